// A finding on the one axis that all findings share.

import Radiology
import Terminal

/// Mean, interval (mean ± 2 standard deviations) and bound of a finding on an axis 0...1.
struct FindingBar: Equatable {
    let runs: [TextRun]

    /// Places a finding.
    ///
    /// - Parameters:
    ///   - isLinear: true for the plain probability, false for suspicion (moderate ½, high ¾).
    ///   - hasThreshold: true to show the critical bound, or that of the report where there is none.
    init(
        _ finding: Finding, isLinear: Bool, columns: Int, hasThreshold: Bool, isDimmed: Bool
    ) {
        func place(_ probability: Double) -> Double {
            let value = min(max(probability, 0), 1)
            return isLinear ? value : finding.bounds.suspicion(of: value)
        }
        let spread = 2 * (finding.uncertainty ?? 0)
        let bound = (finding.bounds.critical ?? finding.bounds.reported).value
        let low = place(finding.probability - spread)
        let mean = place(finding.probability)
        let high = place(finding.probability + spread)
        func cell(_ value: Double) -> Int {
            min(max(Int((value * Double(columns - 1)).rounded()), 0), columns - 1)
        }
        let threshold = hasThreshold ? cell(place(bound)) : -1
        runs = (0..<max(columns, 0)).map { column in
            let role: (Role) -> Style = { Style(isDimmed ? .dim : $0) }
            if column == cell(mean) {
                return TextRun("●", role(finding.isCritical ? .barCritical : .barMean))
            }
            if column == threshold { return TextRun("┊", role(.barThreshold)) }
            if (cell(low)...cell(high)).contains(column), spread > 0 {
                return TextRun("━", role(finding.isCritical ? .barCritical : .barInterval))
            }
            return TextRun("·", role(.barScale))
        }
    }
}
