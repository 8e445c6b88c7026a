// Times, decisions and calibration against statsmodels, scikit-learn and SciPy.

import Foundation
import ReaderStudy
import Testing

@Suite struct BehaviourTests {
    private let document: [String: Any]

    init() throws {
        let data = try Data(
            contentsOf: StudyFiles.data.appendingPathComponent("reference.json"))
        document = try #require(
            try JSONSerialization.jsonObject(with: data) as? [String: Any])
    }

    @Test func `the mixed model of log times agrees with statsmodels' REML`() throws {
        let values = try #require(document["times"] as? [String: Any])
        let rows = try #require(values["rows"] as? [[Double]])
        let model = try #require(
            TimeModel(
                rows.map {
                    TimedReading(
                        reader: Int($0[0]), caseIndex: Int($0[1]), isAided: $0[2] == 1,
                        seconds: $0[3])
                }))
        for (name, ours) in [
            ("effect", model.effect.value), ("se", model.effect.standardError),
            ("reader variance", model.readerVariance), ("case variance", model.caseVariance),
            ("error variance", model.errorVariance),
        ] {
            let theirs = try #require(values[name] as? Double)
            #expect(abs(ours - theirs) < 2e-4 * abs(theirs) + 1e-6, "\(name): \(ours), \(theirs)")
        }
        #expect(agree(model.ratio.value, exp(model.effect.value)))
        #expect(model.ratio.lower < model.ratio.value && model.ratio.value < model.ratio.upper)
        let likelihood = try #require(values["log likelihood"] as? Double)
        #expect(model.logLikelihood > likelihood - 0.01, "\(model.logLikelihood), \(likelihood)")
    }

    @Test func `one condition or one reader has no model`() {
        let one = (0..<6).map {
            TimedReading(reader: 0, caseIndex: $0, isAided: $0 % 2 == 0, seconds: 10)
        }
        #expect(TimeModel(one) == nil)
        #expect(TimeModel([]) == nil)
    }

    @Test func `medians and the learning curve are read off the times`() {
        let readings = (0..<8).map { place in
            TimedReading(
                reader: 0, caseIndex: place, isAided: place % 2 == 1,
                seconds: 64 / pow(2, log2(Double(place) + 1) * 0.5), position: place)
        }
        let summary = TimeSummary(readings)
        #expect(agree(summary.learningSlope, -0.5, 1e-9))
        #expect(summary.medians.unaided > summary.medians.aided)
        #expect(TimeSummary([]).medians.unaided.isNaN)
    }

    @Test func `calibration agrees with scikit-learn and statsmodels`() throws {
        let values = try #require(document["calibration"] as? [String: Any])
        let confidences = try #require(values["confidence"] as? [Double])
        let truths = try #require(values["truth"] as? [Bool])
        let calibration = try #require(Calibration(confidences, truths))
        #expect(agree(calibration.brier, try #require(values["brier"] as? Double)))
        #expect(agree(calibration.slope, try #require(values["slope"] as? Double), 1e-6))
        #expect(agree(calibration.intercept, try #require(values["intercept"] as? Double), 1e-6))
        #expect(calibration.bins.reduce(0) { $0 + $1.count } == 200)
        #expect(Calibration([], []) == nil)
    }

    @Test func `each kind of change after the AI is counted once`() {
        func decision(_ truth: Bool, _ before: Double, _ after: Double, _ advice: Double)
            -> AidedDecision
        {
            AidedDecision(
                reader: "R", isDiseased: truth, before: before, after: after, advice: advice,
                uncertainty: advice / 4)
        }
        let changes = DecisionChanges([
            decision(true, 0.2, 0.8, 0.9),  // helped, switched to right advice
            decision(false, 0.2, 0.8, 0.9),  // harmed, followed wrong advice
            decision(false, 0.8, 0.9, 0.9),  // wrong throughout with the AI
            decision(true, 0.3, 0.2, 0.9),  // ignored right advice
            decision(true, 0.9, 0.9, 0.1),  // held against wrong advice
        ])
        #expect(changes.count == 5)
        #expect(changes.helped == 1 && changes.harmed == 1)
        #expect(changes.wrongAdvice == 3)
        #expect(changes.followedWrongAdvice == 1 && changes.agreedWithWrongAdvice == 2)
        #expect(changes.ignoredRightAdvice == 1)
        #expect(changes.disagreed == 4 && changes.switched == 2)
        #expect(changes.p == 1)
        #expect(decision(true, 0.2, 0.8, 0.8).weightOfAdvice == 1)
        #expect(decision(true, 0.2, 0.1, 0.8).weightOfAdvice == 0)
        #expect(decision(true, 0.8, 0.9, 0.805).weightOfAdvice == nil)
    }

    @Test func `the test of changes is the exact binomial of SciPy`() throws {
        let rows = try #require(document["mcnemar"] as? [[String: Double]])
        for row in rows {
            let (helped, harmed) = (Int(row["helped"] ?? 0), Int(row["harmed"] ?? 0))
            let decisions =
                (0..<helped).map { _ in
                    AidedDecision(
                        reader: "R", isDiseased: true, before: 0.1, after: 0.9, advice: 0.9)
                }
                + (0..<harmed).map { _ in
                    AidedDecision(
                        reader: "R", isDiseased: true, before: 0.9, after: 0.1, advice: 0.1)
                }
            #expect(agree(DecisionChanges(decisions).p, try #require(row["p"]), 1e-12))
        }
    }

    @Test func `times and decisions are read from CSV, faults named by their line`() throws {
        let header = "reader,treatment,case,seconds\n"
        let rows = "A,old,c1,10\nA,new,c2,8\nB,new,c1,4\nB,old,c2,9\n"
        let times = try BehaviourCSV.times(Array((header + rows).utf8), name: "t.csv")
        #expect(times.treatments == ["old", "new"])
        #expect(times.readings.map(\.position) == [0, 1, 0, 1])
        #expect(times.readings.map(\.isAided) == [false, true, true, false])
        let other = try BehaviourCSV.times(
            Array((header + rows).utf8), name: "t.csv", reference: "new")
        #expect(other.readings.map(\.isAided) == [true, false, false, true])
        for (text, words) in [
            (header, "no rows"), (header + "A,old,c1,0\n", "line 2: seconds"),
            (header + "A,old,c1\n", "line 2: too few"), ("a,b\n", "expected reader,treatment"),
            (header + "A,old,c1,3\n", "1 treatments"),
        ] {
            do {
                _ = try BehaviourCSV.times(Array(text.utf8), name: "t.csv")
                Issue.record("accepted: \(text)")
            } catch {
                #expect(error.description.contains(words), "\(error.description)")
            }
        }
        let columns = "reader,case,truth,before,after,advice,uncertainty\n"
        let decisions = try BehaviourCSV.decisions(
            Array((columns + "A,c,1,0.2,0.8,0.9,\nB,c,0,0.1,0.1,0.9,0.2\n").utf8), name: "d.csv")
        #expect(decisions.map(\.isDiseased) == [true, false])
        #expect(decisions.map(\.uncertainty) == [nil, 0.2])
        #expect(throws: ReaderStudyError.self) {
            try BehaviourCSV.decisions(Array((columns + "A,c,1,2,0.8,0.9,\n").utf8), name: "d")
        }
    }

    @Test func `reliance is told apart by the AI's own uncertainty`() throws {
        let decisions = (0..<10).map { index in
            AidedDecision(
                reader: "R", isDiseased: true, before: 0.2, after: index < 5 ? 0.8 : 0.2,
                advice: 0.8, uncertainty: index < 5 ? 0.05 : 0.3)
        }
        let parts = try #require(DecisionChanges.byUncertainty(decisions))
        #expect(parts.certain.switchFraction == 1)
        #expect(parts.uncertain.switchFraction == 0)
        #expect(DecisionChanges.byUncertainty([]) == nil)
    }
}
