// The proper binormal ROC curve by maximum likelihood.

import Foundation

/// The proper binormal curve (Metz and Pan 1999): the curve of an observer who rates by the
/// likelihood ratio of two normal distributions, so that it is nowhere below the diagonal and has
/// no hook.
public struct ProperFit: Sendable, Hashable {
    /// The asymmetry, (b - 1) / (b + 1), within -1...1.
    public let c: Double
    /// The separation d_a, at least 0.
    public let da: Double
    /// The area under the curve (Metz and Pan, equation 14).
    public let area: Double
    /// The log likelihood at the optimum.
    public let logLikelihood: Double

    /// Fits a curve; nil where the ratings have fewer than three categories or are separated.
    public init?(nonDiseased: [Double], diseased: [Double]) {
        let counts = RatingCounts(nonDiseased: nonDiseased, diseased: diseased)
        guard counts.nonDiseased.count > 2, !counts.isSeparated else { return nil }
        var best: (point: [Double], value: Double)?
        for asymmetry in [-0.4, 0, 0.4] {
            let start = Self.start(counts, asymmetry: asymmetry)
            let fit = Minimizer.smoothMinimum(from: start) { Self.cost($0, counts) }
            if fit.value < best?.value ?? .infinity { best = fit }
        }
        // A fit that runs to full separation has no maximum.
        guard let best, best.value < 1e200, exp(best.point[1]) < 8 else { return nil }
        c = tanh(best.point[0])
        da = exp(best.point[1])
        area = Self.area(c: c, da: da)
        logLikelihood = -best.value
    }

    /// Φ(da/√2) + 2 F(-da/√2, 0; ρ), with F the bivariate normal distribution and
    /// ρ = -(1 - c²)/(1 + c²).
    static func area(c: Double, da: Double) -> Double {
        let z = da / 2.0.squareRoot()
        let rho = -(1 - c * c) / (1 + c * c)
        return Distributions.normal(below: z) + 2 * bivariate(-z, 0, rho)
    }

    /// P(X < x, Y < y) of the standard bivariate normal with correlation ρ, by Simpson's rule over
    /// the angle (Owen; Drezner and Wesolowsky 1990).
    static func bivariate(_ x: Double, _ y: Double, _ rho: Double) -> Double {
        let steps = 400
        let end = asin(rho)
        func integrand(_ angle: Double) -> Double {
            let (sine, cosine) = (sin(angle), cos(angle))
            guard cosine > 1e-9 else { return 0 }
            return exp(-(x * x + y * y - 2 * x * y * sine) / (2 * cosine * cosine))
        }
        var sum = integrand(0) + integrand(end)
        for index in 1..<steps {
            sum += (index % 2 == 1 ? 4 : 2) * integrand(end * Double(index) / Double(steps))
        }
        return Distributions.normal(below: x) * Distributions.normal(below: y)
            + sum * end / Double(steps) / 3 / (2 * .pi)
    }

    /// False-positive and true-positive fraction at a cutoff v of the decision variable (Metz and
    /// Pan, equations 5 and 6).
    static func point(_ v: Double, c: Double, da: Double) -> (fpf: Double, tpf: Double) {
        let root = (1 + c * c).squareRoot() / 2
        guard abs(c) > 1e-9 else {
            return (
                Distributions.normal(below: -v - da / 2), Distributions.normal(below: -v + da / 2)
            )
        }
        let shift = da / (2 * c) * (1 + c * c).squareRoot()
        let step = c > 0 ? 1.0 : 0.0
        let fpf =
            Distributions.normal(below: -(1 - c) * v - da * root)
            + Distributions.normal(below: -(1 - c) * v + shift) - step
        let tpf =
            Distributions.normal(below: -(1 + c) * v + da * root)
            + Distributions.normal(below: -(1 + c) * v + shift) - step
        return (min(max(fpf, 0), 1), min(max(tpf, 0), 1))
    }

    /// The curve as points from (0, 0) to (1, 1).
    public func points(count: Int = 200) -> [OperatingPoint] {
        let range = Self.range(c: c, da: da)
        let inner = (0...count).map { index in
            let share = Double(index) / Double(count)
            let point = Self.point(range.high - share * (range.high - range.low), c: c, da: da)
            return OperatingPoint(
                falsePositiveFraction: point.fpf, truePositiveFraction: point.tpf)
        }
        return [OperatingPoint(falsePositiveFraction: 0, truePositiveFraction: 0)] + inner
            + [OperatingPoint(falsePositiveFraction: 1, truePositiveFraction: 1)]
    }

    /// The cutoffs that exist: with c the decision variable is bounded on one side.
    private static func range(c: Double, da: Double) -> (low: Double, high: Double) {
        let reach = 9 + da
        guard abs(c) > 1e-9 else { return (-reach, reach) }
        let bound = da / (4 * c) * (1 + c * c).squareRoot()
        let width = reach / max(1 - abs(c), 0.02)
        return c < 0 ? (max(bound, -width), width) : (-width, min(bound, width))
    }

    /// Parameters: atanh c, log da, and cutoffs as a descent from the strictest.
    ///
    /// Each cutoff is given by the non-diseased share above it, which keeps it inside the range.
    private static func start(_ counts: RatingCounts, asymmetry: Double) -> [Double] {
        let n0 = counts.nonDiseased.reduce(0, +)
        var above = 0.0
        var shares: [Double] = []
        for category in (1..<counts.nonDiseased.count).reversed() {
            above += counts.nonDiseased[category]
            shares.append((above + 0.3) / (n0 + 0.6))
        }
        // Logits of the shares' steps: each share is the one before plus a part of what is left.
        var parameters = [atanh(asymmetry), 0.3]
        var previous = 0.0
        for share in shares {
            let part = min(max((share - previous) / (1 - previous), 0.005), 0.995)
            parameters.append(log(part / (1 - part)))
            previous += part * (1 - previous)
        }
        return parameters
    }

    private static func cost(_ parameters: [Double], _ counts: RatingCounts) -> Double {
        let (c, da) = (tanh(parameters[0]), exp(parameters[1]))
        guard abs(c) < 0.9999, da < 20 else { return .infinity }
        let last = counts.nonDiseased.count - 1
        var (aboveNegative, abovePositive) = (0.0, 0.0)
        var share = 0.0
        var sum = 0.0
        for step in 0...last {
            let category = last - step
            var point = (fpf: 1.0, tpf: 1.0)
            if step < last {
                let part = 1 / (1 + exp(-parameters[2 + step]))
                share += part * (1 - share)
                point = Self.point(cutoff(at: share, c: c, da: da), c: c, da: da)
            }
            sum -= term(counts.nonDiseased[category], point.fpf - aboveNegative)
            sum -= term(counts.diseased[category], point.tpf - abovePositive)
            (aboveNegative, abovePositive) = point
        }
        return sum
    }

    private static func term(_ count: Double, _ probability: Double) -> Double {
        count > 0 ? count * log(max(probability, 1e-300)) : 0
    }

    /// The cutoff with a share of the non-diseased above it.
    private static func cutoff(at share: Double, c: Double, da: Double) -> Double {
        let range = range(c: c, da: da)
        return RootFinder.bisection(between: -range.high, and: -range.low) {
            point(-$0, c: c, da: da).fpf - share
        } * -1
    }
}
