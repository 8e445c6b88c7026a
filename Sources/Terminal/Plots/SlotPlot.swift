// Values over equal stretches of time: bars or steps, with a scale on the left and dates below.

/// A plot of one value for each of some slots, from 0 up to a greatest one.
///
/// A slot is as wide as all slots allow, at most 8 cells; where there are more slots than dots,
/// neighbours share one. A slot without a value stays empty: a gap, not a zero.
public struct SlotPlot: Sendable {
    private let slots: Int
    private let top: Double
    private var plot: BraillePlot
    private let dotsPerSlot: Int

    /// An empty plot.
    ///
    /// - Parameters:
    ///   - slots: how many values there are.
    ///   - top: the value at the upper edge; above 0.
    ///   - columns: cells across at most.
    ///   - rows: cells down.
    public init(slots: Int, top: Double, columns: Int, rows: Int) {
        self.slots = max(slots, 1)
        self.top = top > 0 ? top : 1
        let dots = 2 * max(columns, 1)
        let widest = min(dots / self.slots, 16)
        // Whole cells where there is room, so that all slots look alike.
        dotsPerSlot = widest > 2 ? widest - widest % 2 : widest
        plot = BraillePlot(
            columns: dotsPerSlot > 0 ? (self.slots * dotsPerSlot + 1) / 2 : columns, rows: rows)
    }

    /// Cells across that the slots need.
    public var columns: Int { plot.columns }

    /// The cell that a slot begins in.
    public func column(of slot: Int) -> Int { dots(of: slot).lowerBound / 2 }

    /// Draws a bar for each value above 0, at least one dot high.
    public mutating func bars(_ values: [Double?]) {
        for (slot, value) in values.prefix(slots).enumerated() {
            guard let value, value > 0, value.isFinite else { continue }
            let dots = dots(of: slot)
            let right = dots.count > 1 ? dots.upperBound - 1 : dots.upperBound
            let height = max(Int((min(value / top, 1) * Double(4 * plot.rows)).rounded()), 1)
            for x in dots.lowerBound...right {
                for y in 0..<height { plot.set(x, 4 * plot.rows - 1 - y) }
            }
        }
    }

    /// Draws a level stroke for each value, joined to that of the slot before it if it has one.
    public mutating func steps(_ values: [Double?]) {
        var before: Int?
        for (slot, value) in values.prefix(slots).enumerated() {
            guard let value, value.isFinite else {
                before = nil
                continue
            }
            let y = height(value)
            let dots = dots(of: slot)
            for x in dots { plot.set(x, y) }
            if let before {
                for y in min(before, y)...max(before, y) { plot.set(dots.lowerBound, y) }
            }
            before = y
        }
    }

    /// Draws a dotted line at a value, a dot every other cell; none where it is above the plot.
    public mutating func level(_ value: Double) {
        guard value.isFinite, (0...top).contains(value) else { return }
        for x in stride(from: 0, to: 2 * plot.columns, by: 4) { plot.set(x, height(value)) }
    }

    /// The rows of text: the plot, its axes and the marks below.
    ///
    /// - Parameters:
    ///   - scale: words at values, right-aligned in the gutter; one row takes one.
    ///   - gutter: how many cells are left of the axis.
    ///   - marks: words below the first cells of slots; one that would touch the one before it is
    ///     left out.
    public func lines(
        scale: [(value: Double, text: String)], gutter: Int, marks: [(slot: Int, text: String)],
        unicode: Bool
    ) -> [String] {
        var labels = [String](repeating: "", count: plot.rows)
        for (value, text) in scale { labels[height(value) / 4] = text }
        var lines = zip(labels, plot.lines(unicode: unicode)).map { label, text in
            let axis = unicode ? (label.isEmpty ? "│" : "┤") : (label.isEmpty ? "|" : "+")
            return Self.trimmed(Self.right(label, gutter) + axis + text)
        }
        var rule = [Character](repeating: unicode ? "─" : "-", count: plot.columns)
        var words = ""
        for (slot, text) in marks where slot < slots {
            let column = column(of: slot)
            guard words.isEmpty || column > words.count else { continue }
            rule[column] = unicode ? "┬" : "+"
            words += String(repeating: " ", count: column - words.count) + text
        }
        lines.append(String(repeating: " ", count: gutter) + (unicode ? "└" : "+") + String(rule))
        lines.append(String(repeating: " ", count: gutter + 1) + words)
        return lines
    }

    /// One row of digits below the slots: what is not 0, `+` beyond 9, added up where slots share
    /// a cell.
    public func digits(_ counts: [Int], label: String, gutter: Int) -> String {
        var sums = [Int](repeating: 0, count: plot.columns)
        for (slot, count) in counts.prefix(slots).enumerated() { sums[column(of: slot)] += count }
        let text = sums.map { $0 == 0 ? " " : $0 > 9 ? "+" : "\($0)" }.joined()
        return Self.trimmed(Self.right(label, gutter) + " " + text)
    }

    /// The dots across of a slot.
    private func dots(of slot: Int) -> ClosedRange<Int> {
        guard dotsPerSlot > 0 else {
            let dot = slot * 2 * plot.columns / slots
            return dot...dot
        }
        return (slot * dotsPerSlot)...((slot + 1) * dotsPerSlot - 1)
    }

    /// The dot of a value, from the top.
    private func height(_ value: Double) -> Int {
        Int(((1 - min(max(value / top, 0), 1)) * Double(4 * plot.rows - 1)).rounded())
    }

    private static func right(_ text: String, _ columns: Int) -> String {
        String(repeating: " ", count: max(columns - text.count, 0)) + text
    }

    /// Without the empty cells at the end.
    private static func trimmed(_ text: String) -> String {
        String(text.reversed().drop { $0 == " " }.reversed())
    }
}
