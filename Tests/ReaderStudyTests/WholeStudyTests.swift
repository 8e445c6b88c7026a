// A whole study with simulated readers: plan, schedule, readings, log, analysis, report.

import Foundation
import ReaderStudy
import Testing

@Suite struct WholeStudyTests {
    private static let hash: ReadingLog.Hash = { bytes in
        var value: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in bytes { value = (value ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        return String(value, radix: 16)
    }

    private static var plan: StudyPlan {
        var plan = StudyPlan(
            name: "whole", seed: 5, pathologies: ["Effusion", "Mass"],
            readers: ["A", "B", "C", "D"],
            conditions: [
                ReadingCondition(name: "unaided", aid: .none),
                ReadingCondition(name: "second reader", aid: .uncertainty, timing: .sequential),
            ],
            cases: (1...12).map {
                PlannedCase(name: "c\($0)", findings: $0 % 2 == 0 ? ["Effusion", "Mass"] : [])
            } + [PlannedCase(name: "t1", findings: ["Mass"], isTraining: true)])
        plan.repeatedCaseCount = 2
        return plan
    }

    /// Reads everything of the schedule as readers would: better and faster with the AI.
    private static func log(_ plan: StudyPlan) -> String {
        var random = StudyRandom(seed: 77)
        var log = ReadingLog(planHash: "frozen", hash: hash)
        var text = ""
        var clock: UInt64 = 1_000
        for (reader, periods) in StudySchedule(plan).periods.enumerated() {
            for reading in periods.flatMap(\.readings) {
                let item = plan.cases[reading.caseIndex]
                let condition = plan.conditions[reading.conditionIndex]
                func add(_ event: ReadingEvent, after seconds: Double) {
                    clock += UInt64(seconds * 1e9)
                    text += log.add(
                        ReadingLog.Record(
                            reader: plan.readers[reader], caseName: item.name,
                            condition: condition.name, nanoseconds: clock,
                            event: .reading(event)))
                }
                func answer(_ skill: Double, seconds: Double) {
                    for pathology in plan.pathologies {
                        let signal = item.findings.contains(pathology) ? skill : 0
                        let value = 40 + 20 * (signal + random.normal())
                        let confidence = min(max(Int(value), 0), 100)
                        add(.decision(pathology: pathology, confidence: confidence), after: seconds)
                    }
                    add(.submit, after: 1)
                }
                add(.firstPaint, after: 2)
                add(.window, after: 1)
                answer(1, seconds: 4)
                if condition.timing == .sequential {
                    add(.aiReveal, after: 0.5)
                    answer(2, seconds: 1)
                }
            }
        }
        return text
    }

    @Test func `a study of four readers, two conditions and twelve cases runs to its report`()
        throws
    {
        let plan = Self.plan
        #expect(plan.isRunnable)
        let log = Self.log(plan)
        #expect(ReadingLog.firstBreak(in: log, planHash: "frozen", hash: Self.hash) == nil)
        let record = try StudyRecord(
            plan: plan, records: try ReadingLog.records(in: log, file: "readings.log"))
        #expect(record.unfinished.isEmpty)
        // 4 readers x (2 x 12 scored + 2 x 2 repeated + 1 training).
        #expect(record.completed.count == 4 * 29)
        #expect(record.completed.count { $0.purpose == .training } == 4)
        for pathology in plan.pathologies {
            let table = try record.ratings(of: pathology)
            #expect(Set(table.treatments) == ["unaided", "second reader, first", "second reader"])
            #expect(table.design == .crossed && table.cases.count == 12)
            let analysis = try ReaderStudyAnalysis(table, name: pathology)
            let test = try #require(analysis.main?.test(.readersAndCases))
            #expect(test.p.isFinite && test.df1 == 2)
            #expect(analysis.html.contains("<svg"))
            #expect(record.repeatedAnswers(of: pathology).count == 16)
        }
        let times = try BehaviourCSV.times(
            Array(record.timesCSV.utf8), name: "times", reference: "unaided")
        let ratio = try #require(TimeModel(times.readings)).ratio.value
        // 10 s unaided; 13.5 s with the second answer.
        #expect(ratio > 1.2 && ratio < 1.5, "\(ratio)")
        let decisions = record.decisions(of: "Mass") { name in
            (Int(name.dropFirst()).map { $0 % 2 == 0 } ?? false ? 0.9 : 0.1, 0.05)
        }
        #expect(decisions.count == 48)
        let changes = DecisionChanges(decisions)
        #expect(changes.helped >= changes.harmed)
    }

    @Test func `after a crash the reader goes on at the same case with what was recorded`() throws {
        let plan = Self.plan
        let all = try ReadingLog.records(in: Self.log(plan), file: "readings.log")
        // The program ends in the middle of reader A's third case, after one answer.
        let paints = all.indices.filter { all[$0].event == .reading(.firstPaint) }
        let cut = paints[2] + 3
        var records = Array(all[..<cut])
        let broken = try StudyRecord(plan: plan, records: records)
        let open = try #require(broken.unfinished["A"])
        #expect(open.session.answers.count == 1)
        let schedule = StudySchedule(plan)
        let next = try #require(broken.next(for: "A", schedule: schedule))
        #expect(next.reading.caseIndex == open.caseIndex && next.period == 0)
        // An hour later the case is painted again and read to its end: the hour does not count.
        let pause: UInt64 = 3_600_000_000_000
        records.append(
            ReadingLog.Record(
                reader: "A", caseName: all[paints[2]].caseName,
                condition: all[paints[2]].condition,
                nanoseconds: all[cut - 1].nanoseconds + pause, event: .reading(.firstPaint)))
        for record in all[cut..<paints[3]] {
            records.append(
                ReadingLog.Record(
                    reader: record.reader, caseName: record.caseName, condition: record.condition,
                    nanoseconds: record.nanoseconds + pause, event: record.event))
        }
        let resumed = try StudyRecord(plan: plan, records: records)
        let whole = try StudyRecord(plan: plan, records: Array(all[..<paints[3]]))
        #expect(resumed.completed == whole.completed)
        #expect(resumed.unfinished.isEmpty)
    }

    @Test func `a log that does not fit its plan or its own order is refused with its line`() throws
    {
        let plan = Self.plan
        let text = Self.log(plan)
        let records = try ReadingLog.records(in: text, file: "readings.log")
        for wrong in [Array(records[1...]), records.reversed()] {
            #expect(throws: ReaderStudyError.self) {
                try StudyRecord(plan: plan, records: wrong)
            }
        }
        var other = plan
        other.readers[0] = "Z"
        #expect(throws: ReaderStudyError.self) { try StudyRecord(plan: other, records: records) }
        #expect(throws: ReaderStudyError.self) {
            try ReadingLog.records(in: "hash\t0\tA\tc1\tunaided\tx\tsubmit\n", file: "f")
        }
        #expect(throws: ReaderStudyError.self) {
            try ReadingLog.records(in: "hash\t0\tA\tc1\tunaided\t5\tdance\n", file: "f")
        }
    }
}
