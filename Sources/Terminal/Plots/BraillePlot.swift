// Lines in braille: two by four dots a cell.

/// A plot of lines in a rectangle of braille cells, for terminals with Unicode.
public struct BraillePlot: Sendable {
    private let columns: Int
    private let rows: Int
    private var cells: [UInt8]

    /// An empty plot of some cells; at least one by one.
    public init(columns: Int, rows: Int) {
        self.columns = max(columns, 1)
        self.rows = max(rows, 1)
        cells = [UInt8](repeating: 0, count: self.columns * self.rows)
    }

    /// Draws a line through points of the unit square, (0, 0) at the lower left; points that are
    /// not finite are left out, others are held to the square.
    public mutating func line(_ points: [(x: Double, y: Double)]) {
        let places = points.filter { $0.x.isFinite && $0.y.isFinite }.map { point in
            (
                Int((min(max(point.x, 0), 1) * Double(2 * columns - 1)).rounded()),
                Int(((1 - min(max(point.y, 0), 1)) * Double(4 * rows - 1)).rounded())
            )
        }
        if let only = places.first, places.count == 1 { set(only.0, only.1) }
        for (from, to) in zip(places, places.dropFirst()) {
            let steps = max(abs(to.0 - from.0), abs(to.1 - from.1), 1)
            for step in 0...steps {
                set(
                    from.0 + (to.0 - from.0) * step / steps,
                    from.1 + (to.1 - from.1) * step / steps)
            }
        }
    }

    private mutating func set(_ x: Int, _ y: Int) {
        // Unicode orders dots 1-3 and 7 down the left, 4-6 and 8 down the right column.
        let left: [UInt8] = [0x01, 0x02, 0x04, 0x40]
        let right: [UInt8] = [0x08, 0x10, 0x20, 0x80]
        cells[y / 4 * columns + x / 2] |= (x % 2 == 0 ? left : right)[y % 4]
    }

    /// The rows of text, from the top.
    public var lines: [String] {
        (0..<rows).map { row in
            String(
                String.UnicodeScalarView(
                    cells[(row * columns)..<((row + 1) * columns)].compactMap {
                        Unicode.Scalar(0x2800 + UInt32($0))
                    }))
        }
    }
}
