// The distributions that tests and intervals are taken from.

import Foundation

/// Tail probabilities and quantiles of the distributions that reader-study statistics use.
///
/// All are accurate to about 1e-12 relative, 1e-9 beyond 100,000 degrees of freedom (checked against SciPy by
/// `Tests/ReaderStudyTests/DistributionTests.swift`). Degrees of freedom may be fractions, and
/// infinite where that has a meaning; arguments that are not numbers give NaN.
public enum Distributions {
    /// P(Z <= z) of the standard normal distribution.
    public static func normal(below z: Double) -> Double { 0.5 * erfc(-z / 2.0.squareRoot()) }

    /// P(Z > z) of the standard normal distribution.
    public static func normal(above z: Double) -> Double { 0.5 * erfc(z / 2.0.squareRoot()) }

    /// The density of the standard normal distribution.
    public static func normalDensity(_ z: Double) -> Double {
        exp(-z * z / 2) / (2 * Double.pi).squareRoot()
    }

    /// The z with P(Z <= z) = p; infinite at 0 and 1.
    public static func normalQuantile(_ p: Double) -> Double {
        guard p > 0, p < 1 else { return p == 0 ? -.infinity : p == 1 ? .infinity : .nan }
        if p > 0.5 { return -lowerNormalQuantile(1 - p) }
        return lowerNormalQuantile(p)
    }

    /// The quantile for p up to 1/2: a start from Abramowitz and Stegun 26.2.23, then Halley.
    private static func lowerNormalQuantile(_ p: Double) -> Double {
        let t = (-2 * log(p)).squareRoot()
        var z =
            -(t - (2.515517 + t * (0.802853 + t * 0.010328))
                / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308))))
        for _ in 0..<6 {
            let density = normalDensity(z)
            guard density > 0 else { break }
            let step = (normal(below: z) - p) / density
            let change = step / (1 + z * step / 2)
            z -= change
            if abs(change) <= 1e-16 * max(abs(z), 1e-3) { break }
        }
        return z
    }

    /// P(T > t) of Student's t with `df` degrees of freedom.
    public static func t(above t: Double, df: Double) -> Double {
        if t.isNaN || !(df > 0) { return .nan }
        if df == .infinity { return normal(above: t) }
        if t == .infinity { return 0 }
        if t == -.infinity { return 1 }
        let square = t * t
        let tail =
            0.5
            * SpecialFunctions.incompleteBeta(
                df / 2, 0.5, df / (df + square), complement: square / (df + square))
        return t > 0 ? tail : 1 - tail
    }

    /// P(|T| > |t|) of Student's t with `df` degrees of freedom.
    public static func t(beyond t: Double, df: Double) -> Double {
        2 * self.t(above: abs(t), df: df)
    }

    /// The t with P(T > t) = p.
    public static func tQuantile(above p: Double, df: Double) -> Double {
        guard p > 0, p < 1, df > 0 else { return .nan }
        if df == .infinity { return -normalQuantile(p) }
        if p > 0.5 { return -tQuantile(above: 1 - p, df: df) }
        if p == 0.5 { return 0 }
        return RootFinder.increasing(from: 0) { log(p) - log(t(above: $0, df: df)) }
    }

    /// P(F > f) with `df1` and `df2` degrees of freedom.
    public static func f(above f: Double, _ df1: Double, _ df2: Double) -> Double {
        if f.isNaN || !(df1 > 0) || !(df2 > 0) { return .nan }
        if f <= 0 { return 1 }
        if f == .infinity { return 0 }
        if df2 == .infinity { return chiSquare(above: f * df1, df: df1) }
        let total = df2 + df1 * f
        return SpecialFunctions.incompleteBeta(
            df2 / 2, df1 / 2, df2 / total, complement: df1 * f / total)
    }

    /// The f with P(F > f) = p.
    public static func fQuantile(above p: Double, _ df1: Double, _ df2: Double) -> Double {
        guard p > 0, p < 1 else { return .nan }
        return RootFinder.increasing(from: 0) { log(p) - log(f(above: $0, df1, df2)) }
    }

    /// P(X > x) of the chi-square distribution.
    public static func chiSquare(above x: Double, df: Double) -> Double {
        x <= 0 ? 1 : SpecialFunctions.incompleteGamma(df / 2, x / 2).upper
    }

    /// The x with P(X > x) = p of the chi-square distribution.
    public static func chiSquareQuantile(above p: Double, df: Double) -> Double {
        guard p > 0, p < 1 else { return .nan }
        return RootFinder.increasing(from: 0) { log(p) - log(chiSquare(above: $0, df: df)) }
    }

    /// P(F > f) of the noncentral F distribution.
    ///
    /// A Poisson mixture over the first degrees of freedom (Johnson, Kotz and Balakrishnan,
    /// "Continuous Univariate Distributions" 2, equation 30.10).
    public static func noncentralF(
        above f: Double, _ df1: Double, _ df2: Double, noncentrality: Double
    ) -> Double {
        if df2 == .infinity {
            return noncentralChiSquare(above: f * df1, df: df1, noncentrality: noncentrality)
        }
        guard df1 > 0, df2 > 0, f >= 0, noncentrality >= 0 else { return .nan }
        let total = df2 + df1 * f
        return poissonMixture(mean: noncentrality / 2) { index in
            SpecialFunctions.incompleteBeta(
                df2 / 2, df1 / 2 + Double(index), df2 / total, complement: df1 * f / total)
        }
    }

    /// P(X > x) of the noncentral chi-square distribution.
    public static func noncentralChiSquare(
        above x: Double, df: Double, noncentrality: Double
    ) -> Double {
        guard df > 0, x >= 0, noncentrality >= 0 else { return .nan }
        return poissonMixture(mean: noncentrality / 2) { index in
            SpecialFunctions.incompleteGamma(df / 2 + Double(index), x / 2).upper
        }
    }

    /// The quantile of the beta distribution: the x with I_x(a, b) = p.
    public static func betaQuantile(_ p: Double, _ shapeA: Double, _ shapeB: Double) -> Double {
        if p <= 0 { return 0 }
        if p >= 1 { return 1 }
        return RootFinder.bisection(between: 0, and: 1) {
            SpecialFunctions.incompleteBeta(shapeA, shapeB, $0, complement: 1 - $0) - p
        }
    }

    /// The sum of Poisson probabilities times `value(index)`, from the mode outwards.
    private static func poissonMixture(mean: Double, _ value: (Int) -> Double) -> Double {
        if mean == 0 { return value(0) }
        let mode = Int(mean)
        let atMode = exp(
            Double(mode) * log(mean) - mean - lgamma(Double(mode) + 1))
        var sum = 0.0
        var weight = atMode
        var index = mode
        while weight > 1e-18, index < mode + 100_000 {
            sum += weight * value(index)
            index += 1
            weight *= mean / Double(index)
        }
        weight = atMode
        index = mode
        while index > 0 {
            weight *= Double(index) / mean
            index -= 1
            if weight < 1e-18 { break }
            sum += weight * value(index)
        }
        return sum
    }
}

/// Roots of functions of one variable.
enum RootFinder {
    /// The root above `start` of an increasing function that is not positive at `start`.
    static func increasing(from start: Double, _ function: (Double) -> Double) -> Double {
        var upper = start + 1
        while function(upper) < 0 {
            upper = start + (upper - start) * 2
            if upper > 1e300 { return .infinity }
        }
        return bisection(between: start, and: upper, function)
    }

    /// The root of an increasing function between two ends, to the last digits.
    ///
    /// Regula falsi with the Illinois weights (Dowell and Jarratt 1971), and a halving now and then
    /// where that does not shrink the bracket.
    static func bisection(
        between low: Double, and high: Double, _ function: (Double) -> Double
    ) -> Double {
        var low = low
        var high = high
        var valueLow = function(low)
        var valueHigh = function(high)
        if valueLow >= 0 { return low }
        if valueHigh <= 0 { return high }
        var side = 0
        var previous = Double.infinity
        for step in 1..<400 {
            var middle = 0.5 * (low + high)
            if step % 6 != 0, valueLow.isFinite, valueHigh.isFinite {
                let secant = low - valueLow * (high - low) / (valueHigh - valueLow)
                if secant > low, secant < high { middle = secant }
            }
            let value = function(middle)
            if value == 0 || abs(middle - previous) <= 2 * middle.ulp { return middle }
            previous = middle
            if value < 0 {
                low = middle
                valueLow = value
                if side < 0 { valueHigh *= 0.5 }
                side = -1
            } else {
                high = middle
                valueHigh = value
                if side > 0 { valueLow *= 0.5 }
                side = 1
            }
            if high - low <= 2 * max(low.ulp, high.ulp) { break }
        }
        return 0.5 * (low + high)
    }
}
