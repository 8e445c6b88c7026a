// What the passes of a Monte-Carlo run say of a probability, beyond mean and deviation.

import Foundation

/// The passes of one label's probability (a sigmoid's output) and what follows from them.
///
/// Entropies are in nats. Gal and Ghahramani, "Dropout as a Bayesian Approximation" (2016), for
/// the passes; Houlsby et al., "Bayesian Active Learning for Classification" (2011), eq. 2, for the
/// mutual information: what another look at the model could tell, where the entropy counts what
/// the picture itself leaves open as well.
public struct PassSummary: Sendable, Equatable {
    /// The probability of each pass, in their order.
    public let passes: [Double]
    /// The mean of the passes.
    public let mean: Double
    /// The standard deviation of the passes, divisor T; nil for a single pass.
    public let standardDeviation: Double?
    /// The entropy of the mean: 0 where it is sure, ln 2 at one half.
    public let predictiveEntropy: Double
    /// The entropy of the mean less the mean of the passes' entropies; 0 where all passes agree.
    public let mutualInformation: Double
    /// The 2.5 and 97.5 % quantiles of the passes, with linear interpolation (type 7 of Hyndman
    /// and Fan 1996, the default of NumPy and R).
    public let interval: ClosedRange<Double>

    /// Summarises at least one pass; values outside 0...1 are refused.
    public init(passes: [Double]) throws(CNNError) {
        guard !passes.isEmpty, passes.allSatisfy({ (0...1).contains($0) }) else {
            throw .badInput(
                name: "passes", found: "\(passes.count) values, not all of them probabilities",
                expected: "at least one pass, each within 0...1: apply the sigmoid first")
        }
        let count = Double(passes.count)
        let mean = passes.reduce(0, +) / count
        let squares = passes.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        let entropy = Self.entropy([mean, 1 - mean])
        let inner = passes.reduce(0) { $0 + Self.entropy([$1, 1 - $1]) } / count
        let sorted = passes.sorted()
        self.passes = passes
        self.mean = mean
        standardDeviation = passes.count > 1 ? (squares / count).squareRoot() : nil
        predictiveEntropy = entropy
        mutualInformation = max(0, entropy - inner)
        let low = Self.quantile(0.025, of: sorted)
        interval = low...max(low, Self.quantile(0.975, of: sorted))
    }

    /// One summary for each image and label of a run's `[T, N, L]` (or `[T, N]`) output.
    ///
    /// - Parameters:
    ///   - passes: an output of `Engine.runMonteCarlo`.
    ///   - logits: whether the values are logits, to which the sigmoid is applied first.
    public static func labels(
        of passes: Tensor, logits: Bool = false
    ) throws(CNNError) -> [[PassSummary]] {
        let shape = passes.shape
        guard shape.count == 2 || shape.count == 3, shape[0] > 0 else {
            throw .badInput(
                name: "passes", found: "a tensor of shape \(shape)", expected: "[T, N, labels]")
        }
        let labels = shape.count == 3 ? shape[2] : 1
        let values = passes.storage.doubles.map { logits ? 1 / (1 + exp(-$0)) : $0 }
        var result: [[PassSummary]] = []
        for image in 0..<shape[1] {
            var row: [PassSummary] = []
            for label in 0..<labels {
                row.append(
                    try PassSummary(
                        passes: (0..<shape[0]).map {
                            values[($0 * shape[1] + image) * labels + label]
                        }))
            }
            result.append(row)
        }
        return result
    }

    /// Predictive entropy and mutual information of classes that exclude one another (a softmax's
    /// output): `passes[t][class]`, each pass summing to 1.
    public static func exclusive(
        passes: [[Double]]
    ) throws(CNNError) -> (predictiveEntropy: Double, mutualInformation: Double) {
        let classes = passes.first?.count ?? 0
        let isProper = passes.allSatisfy {
            $0.count == classes && $0.allSatisfy { $0 >= 0 } && abs($0.reduce(0, +) - 1) < 1e-3
        }
        guard classes > 0, isProper else {
            throw .badInput(
                name: "passes", found: "rows that are no distributions over the classes",
                expected: "rows of probabilities that sum to 1: apply the softmax first")
        }
        let count = Double(passes.count)
        let mean = (0..<classes).map { k in passes.reduce(0) { $0 + $1[k] } / count }
        let inner = passes.reduce(0) { $0 + entropy($1) } / count
        return (entropy(mean), max(0, entropy(mean) - inner))
    }

    /// -Σ p ln p, where 0 ln 0 is 0.
    private static func entropy(_ probabilities: [Double]) -> Double {
        -probabilities.reduce(0) { $0 + ($1 > 0 ? $1 * log($1) : 0) }
    }

    private static func quantile(_ fraction: Double, of sorted: [Double]) -> Double {
        let place = fraction * Double(sorted.count - 1)
        let below = Int(place)
        guard below + 1 < sorted.count else { return sorted[below] }
        return sorted[below] + (place - Double(below)) * (sorted[below + 1] - sorted[below])
    }
}
