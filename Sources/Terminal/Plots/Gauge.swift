// How much of something, as a bar of eighths.

/// A filled share of a line of cells.
public enum Gauge {
    private static let eighths = Array(" ▏▎▍▌▋▊▉")

    /// `share` 0...1 of `columns` cells filled with blocks, to an eighth of a cell.
    public static func text(_ share: Double, columns: Int) -> String {
        guard columns > 0, share.isFinite else { return "" }
        let parts = Int((min(max(share, 0), 1) * Double(columns * 8)).rounded())
        var text = String(repeating: "█", count: parts / 8)
        if parts % 8 > 0 { text.append(eighths[parts % 8]) }
        return text + String(repeating: " ", count: columns - text.count)
    }
}
