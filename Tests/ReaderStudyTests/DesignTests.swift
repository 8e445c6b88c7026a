// Plans, schedules, and the state machine of a reading.

import Foundation
import ReaderStudy
import Testing

@Suite struct DesignTests {
    private static func plan(
        readers: Int = 4, conditions: Int = 2, cases: Int = 12, seed: UInt64 = 7
    ) -> StudyPlan {
        let aids: [AIAid] = [.none, .probabilities, .uncertainty, .heatMap]
        return StudyPlan(
            name: "trial", seed: seed, pathologies: ["Effusion", "Nodule"],
            readers: (1...readers).map { "R\($0)" },
            conditions: (0..<conditions).map {
                ReadingCondition(name: "condition \($0)", aid: aids[$0 % 4])
            },
            cases: (0..<cases).map {
                PlannedCase(name: "c\($0)", findings: $0 % 2 == 0 ? ["Effusion", "Nodule"] : [])
            })
    }

    @Test(arguments: [2, 3, 4, 5, 6])
    func `a Williams square has each condition in each place and after each other equally often`(
        count: Int
    ) {
        let rows = StudySchedule.williamsSquare(count)
        #expect(rows.count == (count % 2 == 0 ? count : 2 * count))
        var places = [Int](repeating: 0, count: count * count)
        var follows = places
        for row in rows {
            #expect(Set(row) == Set(0..<count))
            for (place, condition) in row.enumerated() { places[place * count + condition] += 1 }
            for (first, second) in zip(row, row.dropFirst()) {
                follows[first * count + second] += 1
            }
        }
        #expect(Set(places).count == 1)
        let pairs = follows.indices.filter { $0 / count != $0 % count }.map { follows[$0] }
        #expect(Set(pairs).count == 1)
    }

    @Test(arguments: [(4, 2, 12), (5, 3, 20), (6, 4, 30)])
    func `each reader reads each case once in each condition, in different periods`(
        readers: Int, conditions: Int, cases: Int
    ) {
        for order in ConditionOrder.allCases {
            var plan = Self.plan(readers: readers, conditions: conditions, cases: cases)
            plan.order = order
            let schedule = StudySchedule(plan)
            for periods in schedule.periods {
                #expect(periods.count == conditions)
                var pairs = Set<[Int]>()
                for (number, period) in periods.enumerated() {
                    #expect(period.earliestDay == 28 * number)
                    #expect(period.readings.count == cases)
                    #expect(Set(period.readings.map(\.caseIndex)).count == cases)
                    for reading in period.readings {
                        pairs.insert([reading.caseIndex, reading.conditionIndex])
                    }
                }
                #expect(pairs.count == cases * conditions)
            }
            // Over the readers each condition comes first about equally often for a case.
            let first = schedule.periods.flatMap { $0[0].readings }
            let counts = (0..<conditions).map { c in first.count { $0.conditionIndex == c } }
            let spread = (counts.max() ?? 0) - (counts.min() ?? 0)
            #expect(order == .random || spread <= cases)
        }
    }

    @Test func `the schedule depends on plan, seed and reader alone`() {
        let first = StudySchedule(Self.plan())
        #expect(first == StudySchedule(Self.plan()))
        #expect(first != StudySchedule(Self.plan(seed: 8)))
        #expect(first.periods[0] != first.periods[1])
    }

    @Test func `training cases come first, repeated ones again, split-plot groups apart`() {
        var plan = Self.plan()
        plan.cases.append(PlannedCase(name: "t", findings: [], isTraining: true))
        plan.repeatedCaseCount = 3
        let periods = StudySchedule(plan).periods[0]
        #expect(periods[0].readings[0].purpose == .training)
        #expect(periods[0].readings.count { $0.purpose == .repeated } == 3)
        #expect(periods[1].readings.allSatisfy { $0.purpose != .training })
        plan.design = .splitPlot
        plan.groupCount = 2
        let schedule = StudySchedule(plan)
        func scored(_ reader: Int) -> Set<Int> {
            Set(
                schedule.periods[reader].flatMap(\.readings).filter { $0.purpose == .scored }
                    .map(\.caseIndex))
        }
        #expect(scored(0) == scored(2) && scored(1) == scored(3))
        #expect(scored(0).isDisjoint(with: scored(1)))
        #expect(scored(0).union(scored(1)).count == 12)
    }

    @Test func `faults and warnings of a plan are named`() {
        #expect(Self.plan().isRunnable)
        var plan = Self.plan()
        plan.readers = ["R1", "R1"]
        plan.cases[0].findings = ["Hernia"]
        plan.washoutDays = 3
        plan.repeatedCaseCount = 99
        let review = plan.review
        #expect(!plan.isRunnable)
        for words in [
            "reader R1 is named twice", "truth Hernia", "washout of 3 days", "repeated_cases is 99",
            "few degrees of freedom", "differ in none / probabilities",
        ] {
            #expect(review.contains { $0.text.contains(words) }, "\(words)")
        }
    }

    @Test func `the frozen text tells any two plans apart`() {
        let plan = Self.plan()
        var other = plan
        other.readers[0] = "R1 R2"
        #expect(plan.canonicalText != other.canonicalText)
        var third = plan
        third.cases[1].findings = ["Nodule"]
        #expect(plan.canonicalText != third.canonicalText)
        #expect(plan.canonicalText == Self.plan().canonicalText)
    }
}

@Suite struct ReadingSessionTests {
    private static var rules: ReadingRules {
        var rules = ReadingRules(pathologies: ["Effusion"], scale: .percent)
        rules.marksFrom = 101
        return rules
    }

    private static func session(_ aid: AIAid, _ timing: AITiming = .concurrent) -> ReadingSession {
        ReadingSession(
            condition: ReadingCondition(name: "x", aid: aid, timing: timing), rules: rules)
    }

    @Test func `the first answer of a sequential reading is locked before the AI may be seen`()
        throws
    {
        var session = Self.session(.probabilities, .sequential)
        #expect(!session.mayShowAI)
        try session.take(.firstPaint, at: 100)
        #expect(!session.mayShowAI)
        #expect(throws: ReadingFault.aiNotAllowed) { try session.take(.aiReveal, at: 150) }
        #expect(throws: ReadingFault.missing(["Effusion"])) { try session.take(.submit, at: 160) }
        try session.take(.decision(pathology: "Effusion", confidence: 30), at: 200)
        try session.take(.submit, at: 300)
        #expect(session.phase == .second && session.mayShowAI)
        try session.take(.aiReveal, at: 310)
        try session.take(.decision(pathology: "Effusion", confidence: 80), at: 400)
        try session.take(.submit, at: 500)
        #expect(session.phase == .done)
        #expect(session.firstAnswers == ["Effusion": 30] && session.answers == ["Effusion": 80])
        #expect(session.firstReadingNanoseconds == 200 && session.readingNanoseconds == 400)
        #expect(throws: ReadingFault.locked) {
            try session.take(.decision(pathology: "Effusion", confidence: 1), at: 600)
        }
    }

    @Test func `a condition without the AI never may show it`() throws {
        for timing in AITiming.allCases {
            var session = Self.session(.none, timing)
            for (index, event) in [
                ReadingEvent.firstPaint, .decision(pathology: "Effusion", confidence: 5), .submit,
            ].enumerated() {
                #expect(!session.mayShowAI)
                try session.take(event, at: UInt64(index))
                #expect(!session.mayShowAI)
            }
            #expect(session.phase == .done)
        }
    }

    @Test func `a pause hides image and AI and stops the clock`() throws {
        var session = Self.session(.uncertainty)
        try session.take(.firstPaint, at: 0)
        #expect(session.mayShowAI && session.mayShowImage)
        try session.take(.pause, at: 1000)
        #expect(!session.mayShowAI && !session.mayShowImage)
        #expect(throws: ReadingFault.paused) { try session.take(.zoom, at: 1500) }
        try session.take(.resume, at: 5000)
        try session.take(.decision(pathology: "Effusion", confidence: 50), at: 6000)
        #expect(session.readingNanoseconds == 2000)
        #expect(throws: ReadingFault.timeBackwards) { try session.take(.zoom, at: 10) }
    }

    @Test func `what is not on the scale or not asked for is refused and changes nothing`() throws {
        var session = Self.session(.none)
        #expect(throws: ReadingFault.notShown) {
            try session.take(.decision(pathology: "Effusion", confidence: 1), at: 0)
        }
        try session.take(.firstPaint, at: 1)
        let before = session
        #expect(throws: ReadingFault.outsideScale(101, 0...100)) {
            try session.take(.decision(pathology: "Effusion", confidence: 101), at: 2)
        }
        #expect(throws: ReadingFault.unknownPathology("Mass")) {
            try session.take(.decision(pathology: "Mass", confidence: 1), at: 2)
        }
        #expect(session == before)
    }

    @Test func `a session replayed from its events is the same session`() throws {
        var session = Self.session(.heatMap, .sequential)
        let events: [ReadingEvent] = [
            .firstPaint, .window, .pause, .resume,
            .decision(pathology: "Effusion", confidence: 12),
            .submit, .aiReveal, .mark(pathology: "Effusion", column: 3, row: 4, confidence: 50),
            .submit,
        ]
        for (index, event) in events.enumerated() { try session.take(event, at: UInt64(index * 9)) }
        let replayed = try ReadingSession.replaying(
            session.entries, condition: session.condition, rules: session.rules)
        #expect(replayed == session)
    }

    @Test func `a changed, dropped or moved line breaks the log's chain`() {
        let hash: ReadingLog.Hash = { bytes in
            var value: UInt64 = 0xCBF2_9CE4_8422_2325
            for byte in bytes { value = (value ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
            return String(value, radix: 16)
        }
        var log = ReadingLog(planHash: "plan", hash: hash)
        var text = ""
        for index in 0..<5 {
            if index == 3 {
                log = ReadingLog(continuing: text, planHash: "plan", hash: hash)
            }
            text += log.add(
                ReadingLog.Record(
                    reader: "R\t1", caseName: "c\n\(index)", condition: "unaided",
                    nanoseconds: UInt64(index),
                    event: .reading(.decision(pathology: "Mass", confidence: index))))
        }
        func firstBreak(_ text: String, plan: String = "plan") -> Int? {
            ReadingLog.firstBreak(in: text, planHash: plan, hash: hash)
        }
        #expect(firstBreak(text) == nil)
        #expect(firstBreak(text, plan: "other") == 0)
        #expect(firstBreak(text.replacing("Mass\t3", with: "Mass\t4")) == 3)
        var lines = text.split(separator: "\n")
        lines.remove(at: 2)
        #expect(firstBreak(lines.joined(separator: "\n")) == 2)
        lines.swapAt(0, 1)
        #expect(firstBreak(lines.joined(separator: "\n")) == 0)
    }
}
