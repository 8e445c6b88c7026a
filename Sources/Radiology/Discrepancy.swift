// Where readers differ from one another, and from the model.

/// One difference of a study.
public struct Discrepancy: Hashable, Codable, Sendable {
    /// Between whom.
    public enum Kind: String, Codable, Sendable, CaseIterable {
        /// Between a preliminary and the final report.
        case readers
        /// The reader disagrees with what the model reported.
        case modelOvercalled
        /// The reader found what the model did not report.
        case modelMissed
    }

    /// Between whom.
    public let kind: Kind
    /// On what; nil for findings without a label.
    public let pathology: Pathology?
    /// The earlier side: the preliminary's decision, or the model's probability.
    public let before: String
    /// The later side.
    public let after: String

    /// Makes one.
    public init(kind: Kind, pathology: Pathology?, before: String, after: String) {
        self.kind = kind
        self.pathology = pathology
        self.before = before
        self.after = after
    }

    /// The differences of a study's signed readings, and of the last full one from the model.
    ///
    /// - Parameter findings: of the analysis that the last signer saw; empty where there was none.
    public static func all(of signOffs: [SignOff], findings: [Finding]) -> [Discrepancy] {
        var found: [Discrepancy] = []
        let final = signOffs.last { $0.meaning == .final }
        if let final, let first = signOffs.last(where: { $0.meaning == .preliminary }) {
            found += between(first.reading, final.reading)
        }
        if let reading = (final ?? signOffs.last)?.reading {
            found += between(findings, reading)
        }
        return found
    }

    private static func between(
        _ first: ReadingDraft, _ second: ReadingDraft
    ) -> [Discrepancy] {
        let labels = Set(first.decisions.keys).union(second.decisions.keys)
            .sorted { $0.rawValue < $1.rawValue }
        var found = labels.compactMap { label -> Discrepancy? in
            let (before, after) = (first.decisions[label], second.decisions[label])
            if before == after { return nil }
            return Discrepancy(
                kind: .readers, pathology: label, before: before?.rawValue ?? "none",
                after: after?.rawValue ?? "none")
        }
        let (before, after) = (first.ownFindings.map(\.line), second.ownFindings.map(\.line))
        if Set(before) != Set(after) {
            found.append(
                Discrepancy(
                    kind: .readers, pathology: nil, before: before.joined(separator: "; "),
                    after: after.joined(separator: "; ")))
        }
        return found
    }

    private static func between(
        _ findings: [Finding], _ reading: ReadingDraft
    ) -> [Discrepancy] {
        let own = Set(reading.ownFindings.compactMap(\.pathology))
        return findings.compactMap { finding in
            let isShown = finding.isReported || finding.isCritical
            let isDenied = reading.decisions[finding.pathology] == .disagree
            let probability = ProbabilityText.short(finding.probability)
            if isShown && isDenied {
                return Discrepancy(
                    kind: .modelOvercalled, pathology: finding.pathology, before: probability,
                    after: "disagree")
            }
            if !isShown && (isDenied || own.contains(finding.pathology)) {
                return Discrepancy(
                    kind: .modelMissed, pathology: finding.pathology, before: probability,
                    after: own.contains(finding.pathology) ? "own finding" : "disagree")
            }
            return nil
        }
    }
}
