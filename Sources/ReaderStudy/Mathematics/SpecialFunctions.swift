// The incomplete beta and gamma functions, to about 1e-14 relative.

import Foundation

/// Special functions behind the distributions.
///
/// The powers in front of the fractions and series are taken with Loader's saddle-point terms
/// (C. Loader, "Fast and accurate computation of binomial probabilities", 2000), so that large
/// parameters do not cancel as differences of log-gamma values would.
enum SpecialFunctions {
    /// The error of Stirling's formula: log Γ(x) - [(x - 1/2) log x - x + log(2π)/2], for x > 0.
    static func stirlingError(_ value: Double) -> Double {
        if value < 16 {
            return lgamma(value) - (value - 0.5) * log(value) + value - 0.5 * log(2 * .pi)
        }
        let square = value * value
        // Bernoulli numbers B2/(1·2), B4/(3·4), ...: Abramowitz and Stegun 6.1.40.
        let series: [Double] = [
            1.0 / 12, -1.0 / 360, 1.0 / 1260, -1.0 / 1680, 1.0 / 1188, -691.0 / 360_360, 1.0 / 156,
        ]
        return series.reversed().reduce(0) { $0 / square + $1 } / value
    }

    /// a log(a/m) + m - a, without cancellation when a is near m (Loader's deviance term).
    static func deviance(_ value: Double, _ mean: Double) -> Double {
        let difference = value - mean
        guard abs(difference) < 0.1 * (value + mean) else {
            return value * log(value / mean) + mean - value
        }
        let ratio = difference / (value + mean)
        var sum = difference * ratio
        var term = 2 * value * ratio
        let square = ratio * ratio
        for index in 1..<1000 {
            term *= square
            let next = sum + term / Double(2 * index + 1)
            if next == sum { break }
            sum = next
        }
        return sum
    }

    /// x^a y^b / B(a, b) where y = 1 - x.
    static func betaPower(_ shapeA: Double, _ shapeB: Double, _ x: Double, _ y: Double) -> Double {
        guard x > 0, y > 0 else { return 0 }
        let total = shapeA + shapeB
        let errors = stirlingError(total) - stirlingError(shapeA) - stirlingError(shapeB)
        let distance = deviance(shapeA, total * x) + deviance(shapeB, total * y)
        return (shapeA / total * shapeB / (2 * .pi)).squareRoot() * exp(errors - distance)
    }

    /// The regularised incomplete beta function I_x(a, b).
    ///
    /// `complement` is 1 - x, given apart so that it need not be rounded; a and b above 0.
    static func incompleteBeta(
        _ shapeA: Double, _ shapeB: Double, _ x: Double, complement: Double
    ) -> Double {
        if x.isNaN || shapeA.isNaN || shapeB.isNaN { return .nan }
        if x <= 0 { return 0 }
        if complement <= 0 { return 1 }
        if x > (shapeA + 1) / (shapeA + shapeB + 2) {
            return 1 - betaFraction(shapeB, shapeA, complement, x)
        }
        return betaFraction(shapeA, shapeB, x, complement)
    }

    /// I_x(a, b) by Lentz's form of the continued fraction; for x below (a+1)/(a+b+2).
    private static func betaFraction(
        _ shapeA: Double, _ shapeB: Double, _ x: Double, _ y: Double
    ) -> Double {
        let tiny = 1e-300
        var c = 1.0
        var d = 1 - (shapeA + shapeB) * x / (shapeA + 1)
        d = 1 / (abs(d) < tiny ? tiny : d)
        var fraction = d
        // The fraction needs about sqrt(max(a, b)) steps.
        for step in 1..<200_000 {
            let m = Double(step)
            let even =
                m * (shapeB - m) * x / ((shapeA + 2 * m - 1) * (shapeA + 2 * m))
            let odd =
                -(shapeA + m) * (shapeA + shapeB + m) * x
                / ((shapeA + 2 * m) * (shapeA + 2 * m + 1))
            var change = 1.0
            for coefficient in [even, odd] {
                d = 1 + coefficient * d
                d = 1 / (abs(d) < tiny ? tiny : d)
                c = 1 + coefficient / c
                if abs(c) < tiny { c = tiny }
                change = d * c
                fraction *= change
            }
            if abs(change - 1) < 1e-16 { break }
        }
        return min(betaPower(shapeA, shapeB, x, y) * fraction / shapeA, 1)
    }

    /// The regularised incomplete gamma functions P(a, x) and Q(a, x) = 1 - P.
    static func incompleteGamma(_ shape: Double, _ x: Double) -> (lower: Double, upper: Double) {
        if x.isNaN || shape.isNaN { return (.nan, .nan) }
        if x <= 0 { return (0, 1) }
        if x == .infinity { return (1, 0) }
        // x^a e^-x / Γ(a)
        let power =
            (shape / (2 * .pi)).squareRoot() * exp(-stirlingError(shape) - deviance(shape, x))
        if x < shape + 1 {
            var term = 1 / shape
            var sum = term
            var denominator = shape
            while term > sum * 1e-17 {
                denominator += 1
                term *= x / denominator
                sum += term
            }
            let lower = min(power * sum, 1)
            return (lower, 1 - lower)
        }
        let tiny = 1e-300
        var b = x + 1 - shape
        var c = 1 / tiny
        var d = 1 / b
        var fraction = d
        for step in 1..<200_000 {
            let coefficient = -Double(step) * (Double(step) - shape)
            b += 2
            d = coefficient * d + b
            d = 1 / (abs(d) < tiny ? tiny : d)
            c = b + coefficient / c
            if abs(c) < tiny { c = tiny }
            fraction *= d * c
            if abs(d * c - 1) < 1e-16 { break }
        }
        let upper = min(power * fraction, 1)
        return (1 - upper, upper)
    }
}
