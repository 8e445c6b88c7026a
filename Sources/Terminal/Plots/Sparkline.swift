// Small charts of one line.

/// Values as eighth blocks, one cell each.
public enum Sparkline {
    private static let steps = Array("▁▂▃▄▅▆▇█")

    /// One glyph a value, from the least to the greatest of `range`; a value of the range's lower
    /// end (or less, or not finite) is the lowest bar, and with `blankAtZero` a space.
    public static func text(
        _ values: [Double], in range: ClosedRange<Double>? = nil, blankAtZero: Bool = false
    ) -> String {
        let finite = values.filter(\.isFinite)
        guard let least = finite.min(), let greatest = finite.max() else {
            return String(repeating: " ", count: values.count)
        }
        let range = range ?? min(least, 0)...max(greatest, 0)
        let span = range.upperBound - range.lowerBound
        return String(
            values.map { value -> Character in
                guard value.isFinite, !(blankAtZero && value <= range.lowerBound) else {
                    return " "
                }
                let share = span > 0 ? (value - range.lowerBound) / span : 0
                return steps[min(max(Int(share * Double(steps.count)), 0), steps.count - 1)]
            })
    }

    /// Counts of values in `columns` equal shares of 0...1, as a histogram of one line.
    public static func histogram(_ values: [Double], columns: Int) -> String {
        guard columns > 0 else { return "" }
        var counts = [Double](repeating: 0, count: columns)
        for value in values where value.isFinite {
            counts[IntervalBar.column(value, columns)] += 1
        }
        return text(counts, blankAtZero: true)
    }
}
