// Non-inferiority and multiplicity.

/// Whether a treatment is not worse than another by more than a margin (random readers and cases).
public struct NonInferiority: Sendable, Hashable {
    /// The treatment that may be worse.
    public let new: String
    /// The treatment it is compared with.
    public let old: String
    /// New minus old.
    public let difference: Estimate
    /// The margin, above 0.
    public let margin: Double

    /// The lower end of the one-sided 97.5 % interval (that of the two-sided 95 % interval).
    public var lower: Double { difference.lower }

    /// The one-sided p value of "worse by the margin or more".
    public var p: Double {
        guard difference.standardError > 0 else { return .nan }
        return Distributions.t(
            above: (difference.value + margin) / difference.standardError,
            df: difference.degreesOfFreedom)
    }

    /// True where the interval excludes a loss of the margin.
    public var isNonInferior: Bool { lower > -margin }

    /// Every ordered pair of treatments.
    public static func all(_ analysis: ObuchowskiRockette, margin: Double) -> [NonInferiority] {
        analysis.treatments.indices.flatMap { new in
            analysis.treatments.indices.compactMap { old -> NonInferiority? in
                guard new != old,
                    let difference = analysis.difference(
                        IndexPair(first: new, second: old), .readersAndCases)
                else { return nil }
                return NonInferiority(
                    new: analysis.treatments[new], old: analysis.treatments[old],
                    difference: difference, margin: margin)
            }
        }
    }
}

/// Corrections for several tests.
public enum Multiplicity {
    /// Holm's step-down adjusted p values (1979), in the order given; NaN stays NaN and counts not.
    public static func holm(_ p: [Double]) -> [Double] {
        let order = p.indices.filter { !p[$0].isNaN }.sorted { p[$0] < p[$1] }
        var adjusted = p
        var highest = 0.0
        for (rank, index) in order.enumerated() {
            highest = max(highest, min(1, Double(order.count - rank) * p[index]))
            adjusted[index] = highest
        }
        return adjusted
    }
}
