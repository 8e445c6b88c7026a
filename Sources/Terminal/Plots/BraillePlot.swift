// Lines in braille: two by four dots a cell.

/// A plot of lines in a rectangle of braille cells, with a stand-in in ASCII.
public struct BraillePlot: Sendable {
    /// Cells across.
    let columns: Int
    /// Cells down.
    let rows: Int
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

    /// Sets the dot `x` from the left and `y` from the top, which must be on the plot.
    mutating func set(_ x: Int, _ y: Int) {
        // Unicode orders dots 1-3 and 7 down the left, 4-6 and 8 down the right column.
        let left: [UInt8] = [0x01, 0x02, 0x04, 0x40]
        let right: [UInt8] = [0x08, 0x10, 0x20, 0x80]
        cells[y / 4 * columns + x / 2] |= (x % 2 == 0 ? left : right)[y % 4]
    }

    /// The rows of text, from the top, in braille.
    public var lines: [String] { lines(unicode: true) }

    /// The rows of text, from the top, in braille or in ASCII; empty cells are spaces.
    public func lines(unicode: Bool) -> [String] {
        (0..<rows).map { row in
            let cells = cells[(row * columns)..<((row + 1) * columns)]
            return String(
                cells.map { cell -> Character in
                    if cell == 0 { return " " }
                    guard unicode, let dots = Unicode.Scalar(0x2800 + UInt32(cell)) else {
                        return Self.asciiGlyph(of: cell)
                    }
                    return Character(dots)
                })
        }
    }

    /// A character of about the shape of a cell's dots: strokes by height, blocks, slants.
    private static func asciiGlyph(of cell: UInt8) -> Character {
        func rows(_ bits: [UInt8]) -> Int {
            bits.enumerated().reduce(0) { $0 | (cell & $1.element != 0 ? 1 << $1.offset : 0) }
        }
        // Bit 0 is the highest row of dots, bit 3 the lowest.
        let left = rows([0x01, 0x02, 0x04, 0x40])
        let right = rows([0x08, 0x10, 0x20, 0x80])
        if left == 0 || right == 0 {
            if cell.nonzeroBitCount > 1 { return "|" }
            return (left | right) & 0b0011 != 0 ? "'" : "."
        }
        if left.nonzeroBitCount >= 3 && right.nonzeroBitCount >= 3 { return "#" }
        switch left | right {
        case 0b0001: return "\""
        case 0b0010, 0b0100: return "-"
        case 0b1000: return "_"
        case 0b0011, 0b0110, 0b1100: return left == right ? "=" : "-"
        default:
            if left & right != 0 { return left == right ? ":" : "+" }
            return left < right ? "\\" : "/"
        }
    }
}
