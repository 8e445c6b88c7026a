// What every test and interval is told as.

/// An estimate with its standard error and its interval.
public struct Estimate: Sendable, Hashable {
    /// The estimate.
    public let value: Double
    /// Its standard error.
    public let standardError: Double
    /// Degrees of freedom of the t distribution behind it; infinite for a normal interval.
    public let degreesOfFreedom: Double
    /// The lower end of the 95 % interval, not cut to 0...1; NaN where it is undefined.
    public let lower: Double
    /// The upper end of the 95 % interval.
    public let upper: Double

    /// t (or z) against zero; NaN where the standard error is zero.
    public var statistic: Double { standardError > 0 ? value / standardError : .nan }

    /// Makes an estimate whose interval is known.
    init(
        value: Double, standardError: Double, degreesOfFreedom: Double, lower: Double,
        upper: Double
    ) {
        self.value = value
        self.standardError = standardError
        self.degreesOfFreedom = degreesOfFreedom
        self.lower = lower
        self.upper = upper
    }

    /// The two-sided p value against zero; NaN where the standard error is zero.
    public var p: Double { Distributions.t(beyond: statistic, df: degreesOfFreedom) }

    /// Makes an estimate from a variance; a negative variance has no interval.
    ///
    /// With a variance of zero the interval is the value itself.
    public init(_ value: Double, variance: Double, degreesOfFreedom: Double, level: Double = 0.95) {
        self.value = value
        self.degreesOfFreedom = degreesOfFreedom
        standardError = variance >= 0 ? variance.squareRoot() : .nan
        let half =
            standardError == 0
            ? 0
            : Distributions.tQuantile(above: (1 - level) / 2, df: degreesOfFreedom) * standardError
        lower = value - half
        upper = value + half
    }
}

/// An overall test of equality of treatments.
public struct OverallTest: Sendable, Hashable {
    /// The F statistic; NaN where it is 0/0.
    public let f: Double
    /// Numerator degrees of freedom.
    public let df1: Double
    /// Denominator degrees of freedom; infinite for a chi-square test.
    public let df2: Double
    /// What F divides by.
    public let denominator: Double
    /// The p value; NaN where the statistic is.
    public var p: Double { f.isFinite ? Distributions.f(above: f, df1, df2) : f > 0 ? 0 : .nan }

    /// F = `numerator` / `denominator`; undefined where both are zero.
    init(numerator: Double, denominator: Double, df1: Double, df2: Double) {
        f = denominator > 0 ? numerator / denominator : .nan
        self.denominator = denominator
        self.df1 = df1
        self.df2 = df2
    }
}

/// Two treatments (or readers) by index, the second subtracted from the first.
public struct IndexPair: Sendable, Hashable {
    /// The first.
    public let first: Int
    /// The second, which is subtracted.
    public let second: Int

    /// Makes a pair.
    public init(first: Int, second: Int) {
        self.first = first
        self.second = second
    }

    /// All pairs of `count` things, in order.
    static func all(_ count: Int) -> [IndexPair] {
        (0..<count).flatMap { first in
            ((first + 1)..<max(count, first + 1)).map { IndexPair(first: first, second: $0) }
        }
    }
}

/// Which of readers and cases an analysis takes as a sample.
public enum Generalisation: String, Sendable, Hashable, CaseIterable {
    /// Random readers, random cases: to the populations of both.
    case readersAndCases = "RRRC"
    /// Fixed readers, random cases: to cases like these, for these readers.
    case cases = "FRRC"
    /// Random readers, fixed cases: to readers like these, for these cases.
    case readers = "RRFC"
}
