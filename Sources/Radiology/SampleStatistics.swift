// The few statistics that reports and reader studies share.

/// Statistics of samples and shares.
public enum SampleStatistics {
    /// The quantile of ascending values by linear interpolation between order statistics (Hyndman
    /// and Fan's type 7, the default of R and numpy); nil of nothing.
    public static func quantile(_ share: Double, ofSorted values: [Double]) -> Double? {
        guard let last = values.last else { return nil }
        let place = share * Double(values.count - 1)
        let index = Int(place)
        guard index + 1 < values.count else { return last }
        return values[index] + (place - Double(index)) * (values[index + 1] - values[index])
    }

    /// Wilson's score interval (1927, equation 4) of `count` out of `total`, without continuity
    /// correction; nil of nothing.
    ///
    /// - Parameter z: the normal distribution's quantile, 1.96 for a 95 % interval.
    public static func wilsonInterval(
        _ count: Int, of total: Int, z: Double = 1.959_963_984_540_054
    ) -> ClosedRange<Double>? {
        guard total > 0 else { return nil }
        let n = Double(total)
        let share = Double(count) / n
        let centre = (share + z * z / (2 * n)) / (1 + z * z / n)
        let half =
            z / (1 + z * z / n) * (share * (1 - share) / n + z * z / (4 * n * n)).squareRoot()
        let lower = count == 0 ? 0 : max(centre - half, 0)
        return lower...(count == total ? 1 : min(centre + half, 1))
    }
}
