// Means and variances of small lists.

import Radiology

/// Sums and moments of a list of values.
enum Moments {
    /// The mean; NaN for an empty list.
    static func mean(_ values: [Double]) -> Double {
        values.reduce(0, +) / Double(values.count)
    }

    /// The variance with the divisor n - 1; NaN for fewer than two values.
    static func variance(_ values: [Double]) -> Double { covariance(values, values) }

    /// The covariance with the divisor n - 1; NaN for fewer than two pairs.
    static func covariance(_ first: [Double], _ second: [Double]) -> Double {
        guard first.count > 1 else { return .nan }
        let meanFirst = mean(first)
        let meanSecond = mean(second)
        var sum = 0.0
        for index in first.indices {
            sum += (first[index] - meanFirst) * (second[index] - meanSecond)
        }
        return sum / Double(first.count - 1)
    }

    /// The median, the mean of the two middle values where the count is even; NaN if empty.
    static func median(_ values: [Double]) -> Double { quantile(values, 0.5) }

    /// The quantile by linear interpolation between order statistics (Hyndman and Fan type 7).
    static func quantile(_ values: [Double], _ share: Double) -> Double {
        SampleStatistics.quantile(share, ofSorted: values.sorted()) ?? .nan
    }

    /// What rounding leaves of a sum of squares that is zero is taken as zero.
    ///
    /// Figures of merit are at most 1, so squares of rounding errors stay below 1e-28.
    static func snapped(_ square: Double) -> Double { abs(square) < 1e-28 ? 0 : square }
}
