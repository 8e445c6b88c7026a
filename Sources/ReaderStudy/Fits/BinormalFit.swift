// The binormal ROC curve by maximum likelihood.

import Foundation

/// The binormal curve: sensitivity = Φ(a + b Φ⁻¹(false-positive fraction)).
///
/// Maximum likelihood over categories with free cutoffs (Dorfman and Alf 1969); continuous ratings
/// are cut into truth-state runs first (Metz, Herman and Shen 1998).
public struct BinormalFit: Sendable, Hashable {
    /// The distance of the means in units of the diseased spread.
    public let a: Double
    /// The ratio of the non-diseased to the diseased spread.
    public let b: Double
    /// The area under the curve, Φ(a / √(1 + b²)).
    public var area: Double { Distributions.normal(below: a / (1 + b * b).squareRoot()) }
    /// The standard error of the area, by the delta method; NaN where it cannot be had.
    public let areaStandardError: Double
    /// The log likelihood at the optimum.
    public let logLikelihood: Double

    /// The sensitivity at a false-positive fraction.
    public func sensitivity(at falsePositiveFraction: Double) -> Double {
        if falsePositiveFraction <= 0 { return 0 }
        if falsePositiveFraction >= 1 { return 1 }
        return Distributions.normal(
            below: a + b * Distributions.normalQuantile(falsePositiveFraction))
    }

    /// Fits a curve; nil where the ratings have fewer than three categories, or are separated
    /// (the likelihood then has no maximum).
    public init?(nonDiseased: [Double], diseased: [Double]) {
        let counts = RatingCounts(nonDiseased: nonDiseased, diseased: diseased)
        guard counts.nonDiseased.count > 2, !counts.isSeparated else { return nil }
        let start = Self.start(counts)
        var best = Minimizer.smoothMinimum(from: start) { Self.cost($0, counts) }
        // One more start of equal spreads guards against a corner.
        var other = start
        other[1] = 0
        let second = Minimizer.smoothMinimum(from: other) { Self.cost($0, counts) }
        if second.value < best.value { best = second }
        a = best.point[0]
        b = exp(best.point[1])
        logLikelihood = -best.value
        // A fit that runs to full separation has no maximum.
        guard a.isFinite, b > 1e-4, b < 1e4, best.value < 1e200, a < 5 * (1 + b * b).squareRoot()
        else { return nil }
        areaStandardError = Self.standardError(best.point, counts)
    }

    /// Parameters: a, log b, the first cutoff, and logs of the steps to the others.
    private static func start(_ counts: RatingCounts) -> [Double] {
        let n0 = counts.nonDiseased.reduce(0, +)
        let n1 = counts.diseased.reduce(0, +)
        var cutoffs: [Double] = []
        var z1: [Double] = []
        var (sum0, sum1) = (0.0, 0.0)
        for category in 0..<(counts.nonDiseased.count - 1) {
            sum0 += counts.nonDiseased[category]
            sum1 += counts.diseased[category]
            cutoffs.append(Distributions.normalQuantile((sum0 + 0.3) / (n0 + 0.6)))
            z1.append(Distributions.normalQuantile((sum1 + 0.3) / (n1 + 0.6)))
        }
        // A line through the points: -z1 = a - b z0.
        let spread = Moments.variance(cutoffs)
        let slope = spread > 0 ? Moments.covariance(cutoffs, z1) / spread : 1
        let b = slope.isFinite ? min(max(slope, 0.2), 5) : 1
        let a = b * Moments.mean(cutoffs) - Moments.mean(z1)
        var parameters = [a, log(b), cutoffs[0]]
        for index in cutoffs.indices.dropFirst() {
            parameters.append(log(max(cutoffs[index] - cutoffs[index - 1], 0.02)))
        }
        return parameters
    }

    private static func cost(_ parameters: [Double], _ counts: RatingCounts) -> Double {
        let (a, b) = (parameters[0], exp(parameters[1]))
        var cutoff = parameters[2]
        var (below0, below1) = (0.0, 0.0)
        var sum = 0.0
        let last = counts.nonDiseased.count - 1
        for category in 0...last {
            var (upper0, upper1) = (1.0, 1.0)
            if category < last {
                if category > 0 { cutoff += exp(parameters[2 + category]) }
                upper0 = Distributions.normal(below: cutoff)
                upper1 = Distributions.normal(below: b * cutoff - a)
            }
            sum -= term(counts.nonDiseased[category], upper0 - below0)
            sum -= term(counts.diseased[category], upper1 - below1)
            (below0, below1) = (upper0, upper1)
        }
        return sum
    }

    private static func term(_ count: Double, _ probability: Double) -> Double {
        count > 0 ? count * log(max(probability, 1e-300)) : 0
    }

    /// The delta method with the inverse of the numerical Hessian.
    private static func standardError(_ point: [Double], _ counts: RatingCounts) -> Double {
        let n = point.count
        func value(_ i: Int, _ di: Double, _ j: Int, _ dj: Double) -> Double {
            var moved = point
            moved[i] += di
            moved[j] += dj
            return cost(moved, counts)
        }
        var hessian = [Double](repeating: 0, count: n * n)
        for i in 0..<n {
            for j in i..<n {
                let (hi, hj) = (1e-4 * max(1, abs(point[i])), 1e-4 * max(1, abs(point[j])))
                let second =
                    value(i, hi, j, hj) - value(i, hi, j, -hj) - value(i, -hi, j, hj)
                    + value(i, -hi, j, -hj)
                hessian[i * n + j] = second / (4 * hi * hj)
                hessian[j * n + i] = hessian[i * n + j]
            }
        }
        guard let inverse = LinearSystem.inverse(hessian, count: n) else { return .nan }
        let (a, b) = (point[0], exp(point[1]))
        let root = (1 + b * b).squareRoot()
        let density = Distributions.normalDensity(a / root)
        // d area / d a, and d area / d log b.
        let gradient = [density / root, -density * a * b * b / (root * root * root)]
        var variance = 0.0
        for i in 0..<2 {
            for j in 0..<2 { variance += gradient[i] * gradient[j] * inverse[i * n + j] }
        }
        return variance >= 0 ? variance.squareRoot() : .nan
    }
}
