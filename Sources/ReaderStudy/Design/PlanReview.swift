// What a plan can and cannot answer.

/// A remark about a plan.
public struct PlanRemark: Sendable, Hashable {
    /// How grave it is.
    public enum Kind: String, Sendable {
        /// The study cannot be run so.
        case fault
        /// It can be run, but a question cannot be answered.
        case warning
        /// What it answers.
        case note
    }

    /// How grave it is.
    public let kind: Kind
    /// What was found, and what would mend it.
    public let text: String
}

extension StudyPlan {
    /// Everything that is to be said of the plan before it is run: faults first.
    public var review: [PlanRemark] {
        (faults.map { PlanRemark(kind: .fault, text: $0) })
            + warnings.map { PlanRemark(kind: .warning, text: $0) }
            + notes.map { PlanRemark(kind: .note, text: $0) }
    }

    /// True where the plan can be run.
    public var isRunnable: Bool { faults.isEmpty }

    private var faults: [String] {
        var found: [String] = []
        func nameOnce(_ names: [String], _ what: String) {
            var seen = Set<String>()
            for name in names {
                if name.isEmpty { found.append("a \(what) has an empty name") }
                if !seen.insert(name).inserted {
                    found.append("\(what) \(name) is named twice; names must differ")
                }
            }
        }
        nameOnce(readers, "reader")
        nameOnce(conditions.map(\.name), "condition")
        nameOnce(cases.map(\.name), "case")
        nameOnce(pathologies, "pathology")
        if name.isEmpty { found.append("the study has no name") }
        if readers.isEmpty { found.append("no reader: name at least one") }
        if conditions.isEmpty { found.append("no reading condition: name at least one") }
        if pathologies.isEmpty { found.append("no pathology is asked for: name at least one") }
        if scoredCases.isEmpty { found.append("no scored case: add cases without training = true") }
        for item in cases {
            for finding in item.findings where !pathologies.contains(finding) {
                found.append(
                    "case \(item.name) has the truth \(finding), which is not among the pathologies"
                )
            }
        }
        nameOnce(actions, "action")
        found += locationFaults
        if !scale.range.contains(callsPresentFrom) {
            found.append(
                "present_from is \(callsPresentFrom); the scale goes from "
                    + "\(scale.range.lowerBound) to \(scale.range.upperBound)")
        }
        if idleSeconds < 0 { found.append("idle_seconds is \(idleSeconds); it must be 0 or more") }
        if sessionMinutes < 0 {
            found.append("session_minutes is \(sessionMinutes); it must be 0 or more")
        }
        if washoutDays < 0 { found.append("washout is \(washoutDays) days; it must be 0 or more") }
        if repeatedCaseCount < 0 || repeatedCaseCount > scoredCases.count {
            found.append(
                "repeated_cases is \(repeatedCaseCount); expected 0 to \(scoredCases.count)")
        }
        if design == .splitPlot, !(2...max(readers.count / 2, 2)).contains(groupCount) {
            found.append(
                "split-plot needs 2 to \(max(readers.count / 2, 2)) groups of two readers or more; "
                    + "found \(groupCount)")
        }
        return found
    }

    private var locationFaults: [String] {
        cases.flatMap { item in
            item.locations.compactMap { place in
                if !item.findings.contains(place.finding) {
                    return "case \(item.name) has a location of \(place.finding), which is not "
                        + "among its findings"
                }
                return place.radius > 0
                    ? nil
                    : "case \(item.name): the radius of \(place.finding) is \(place.radius); it "
                        + "must be above 0"
            }
        }
    }

    private var warnings: [String] {
        var found: [String] = []
        if collectsMarks {
            let without = scoredCases.count { item in
                !item.findings.allSatisfy { name in
                    item.locations.contains { $0.finding == name }
                }
            }
            if without > 0 {
                found.append(
                    "marks are asked for, but \(without) cases have findings without a location: "
                        + "their marks cannot be judged")
            }
        }
        if readers.count < 2 {
            found.append(
                "one reader: results hold for this reader only (no random readers); two or more "
                    + "are needed, five or more are usual")
        } else if readers.count < 4 {
            found.append(
                "\(readers.count) readers: the test of random readers has few degrees of freedom")
        }
        for pathology in pathologies {
            let diseased = scoredCases.count { $0.findings.contains(pathology) }
            let healthy = scoredCases.count - diseased
            if diseased < 2 || healthy < 2 {
                found.append(
                    "\(pathology): \(diseased) diseased and \(healthy) non-diseased cases; no ROC "
                        + "without two of each")
            }
        }
        if conditions.count < 2, conditions.first?.timing != .sequential {
            found.append("one condition: nothing is compared")
        }
        if conditions.count > 1, washoutDays < 14, design == .crossed {
            found.append(
                "washout of \(washoutDays) days: readers may remember cases; 28 days are usual")
        }
        if conditions.allSatisfy({ $0.aid != .none }),
            !conditions.contains(where: {
                $0.timing == .sequential
            })
        {
            found.append("no condition without the AI: its effect as such cannot be estimated")
        }
        if scale != .percent, conditions.count > 1 {
            found.append(
                "\(scale.rawValue) ratings: ties cost power, and a fitted curve needs three used "
                    + "categories")
        }
        return found
    }

    private var notes: [String] {
        var found: [String] = []
        for (index, first) in conditions.enumerated() {
            for second in conditions[(index + 1)...] {
                let differ = [
                    first.aid != second.aid ? "\(first.aid.rawValue) / \(second.aid.rawValue)" : "",
                    first.timing != second.timing
                        ? "\(first.timing.rawValue) / \(second.timing.rawValue)" : "",
                ].filter { !$0.isEmpty }
                found.append(
                    "\(first.name) and \(second.name) differ in "
                        + (differ.isEmpty ? "nothing" : differ.joined(separator: " and ")))
            }
        }
        found.append(
            "\(readings) readings of \(scoredCases.count) scored cases by \(readers.count) readers"
                + (trainingCases.isEmpty
                    ? "" : ", after \(trainingCases.count) training cases each"))
        if repeatedCaseCount > 0 {
            found.append("\(repeatedCaseCount) cases are read twice: agreement within readers")
        }
        if collectsMarks { found.append("locations are marked: LROC and free-response figures") }
        return found
    }

    /// How many scored readings the whole study has.
    public var readings: Int {
        let perReader =
            design == .splitPlot ? scoredCases.count / max(groupCount, 1) : scoredCases.count
        return readers.count * conditions.count * (perReader + repeatedCaseCount)
    }
}
