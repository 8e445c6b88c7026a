// Calibration of confidence: does 80 % mean right in eight of ten?

import Foundation

/// How well probabilities (or confidences scaled to 0...1) agree with the truth.
public struct Calibration: Sendable {
    /// A group of readings with similar confidence.
    public struct Bin: Sendable, Hashable {
        /// How many readings.
        public let count: Int
        /// Their mean confidence.
        public let confidence: Double
        /// The share that are diseased.
        public let observed: Double
    }

    /// The groups, in order of confidence.
    public let bins: [Bin]
    /// The mean square of confidence minus truth (Brier 1950).
    public let brier: Double
    /// The mean distance of confidence and observed share over the groups, weighted by size.
    public let expectedError: Double
    /// The slope of the logistic recalibration; 1 is ideal, below 1 is overconfident.
    public let slope: Double
    /// Its intercept; 0 is ideal.
    public let intercept: Double

    /// Measures confidences (0...1) against truths; nil where there are none.
    ///
    /// `binCount` groups of equal width. Confidences of 0 and 1 count as 0.001 and 0.999 in the
    /// recalibration, whose logits would be infinite.
    public init?(_ confidences: [Double], _ truths: [Bool], binCount: Int = 10) {
        guard !confidences.isEmpty, confidences.count == truths.count else { return nil }
        let count = Double(confidences.count)
        brier =
            zip(confidences, truths).reduce(0) {
                let difference = $1.0 - ($1.1 ? 1 : 0)
                return $0 + difference * difference
            } / count
        let places = confidences.map { min(max(Int($0 * Double(binCount)), 0), binCount - 1) }
        bins = (0..<binCount).compactMap { bin in
            let members = places.indices.filter { places[$0] == bin }
            guard !members.isEmpty else { return nil }
            let size = Double(members.count)
            return Bin(
                count: members.count,
                confidence: members.reduce(0) { $0 + confidences[$1] } / size,
                observed: Double(members.count { truths[$0] }) / size)
        }
        expectedError = bins.reduce(0) {
            $0 + Double($1.count) / count * abs($1.confidence - $1.observed)
        }
        (intercept, slope) = Self.recalibration(confidences, truths)
    }

    /// Logistic regression of truth on the logit of confidence, by Newton's method; NaN where it
    /// does not converge (separated or constant confidences).
    private static func recalibration(_ confidences: [Double], _ truths: [Bool]) -> (
        Double, Double
    ) {
        let logits = confidences.map { confidence in
            let inside = min(max(confidence, 0.001), 0.999)
            return log(inside / (1 - inside))
        }
        var (intercept, slope) = (0.0, 1.0)
        for _ in 0..<100 {
            var gradient = (0.0, 0.0)
            var (h00, h01, h11) = (0.0, 0.0, 0.0)
            for (logit, truth) in zip(logits, truths) {
                let probability = 1 / (1 + exp(-(intercept + slope * logit)))
                let rest = (truth ? 1 : 0) - probability
                let weight = probability * (1 - probability)
                gradient.0 += rest
                gradient.1 += rest * logit
                h00 += weight
                h01 += weight * logit
                h11 += weight * logit * logit
            }
            let determinant = h00 * h11 - h01 * h01
            guard determinant > 1e-12 * max(h00 * h11, 1e-12) else { return (.nan, .nan) }
            let change = (
                (h11 * gradient.0 - h01 * gradient.1) / determinant,
                (h00 * gradient.1 - h01 * gradient.0) / determinant
            )
            intercept += change.0
            slope += change.1
            if abs(change.0) + abs(change.1) < 1e-11 { return (intercept, slope) }
        }
        return (.nan, .nan)
    }
}
