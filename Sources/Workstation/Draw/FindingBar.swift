// A finding on the one axis that all findings share.

import Radiology
import Terminal

extension IntervalBar {
    /// Mean, interval (mean ± 2 standard deviations) and bound of a finding.
    ///
    /// The bound is that of the critical rule, or that of the report where there is none.
    /// - Parameters:
    ///   - isLinear: true for the plain probability, false for suspicion (moderate ½, high ¾).
    ///   - hasThreshold: true to mark the bound.
    init(_ finding: Finding, isLinear: Bool, hasThreshold: Bool) {
        func place(_ probability: Double) -> Double {
            let value = min(max(probability, 0), 1)
            return isLinear ? value : finding.bounds.suspicion(of: value)
        }
        let spread = 2 * (finding.uncertainty ?? 0)
        let bound = (finding.bounds.critical ?? finding.bounds.reported).value
        self.init(
            mean: place(finding.probability), lower: place(finding.probability - spread),
            upper: place(finding.probability + spread),
            thresholds: hasThreshold ? [place(bound)] : [], isCritical: finding.isCritical)
    }

    /// The bar in cells; dimmed where its numbers do not count.
    func runs(columns: Int, isDimmed: Bool) -> [TextRun] {
        let runs = runs(columns: columns)
        return isDimmed ? runs.map { TextRun($0.text, Style(.dim)) } : runs
    }
}
