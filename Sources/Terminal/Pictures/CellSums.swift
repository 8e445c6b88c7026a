// What the fit needs to know of a cell's sub-pixels.

/// Sums over the 6 x 12 sub-pixels of a cell.
struct CellSums: Sendable {
    static let across = 6
    static let down = 12
    static let count: Float = 72
    /// Floats that reading the last cell may touch beyond the levels.
    static let padding = 2

    private(set) var total: Float = 0
    private(set) var squares: Float = 0
    /// Means of blocks of 2 x 2 sub-pixels.
    private(set) var means = CellBlocks()
    /// Sums that glyphs are made of, by `GlyphPart.Sums`.
    private(set) var octants = SIMD8<Float>()
    private(set) var lower = SIMD8<Float>()
    private(set) var left = SIMD8<Float>()
    private(set) var sextants = SIMD8<Float>()

    init() {}

    /// Reads a cell whose top left sub-pixel is `levels[start]`; `padding` floats follow the last.
    @inline(__always)
    init(_ levels: UnsafePointer<Float>, stride: Int) {
        // Lanes 0...5 hold the columns.
        let mask = CellBlocks.ones
        let lines = InlineArray<12, SIMD8<Float>> { row in
            UnsafeRawPointer(levels + row * stride).loadUnaligned(as: SIMD8<Float>.self) * mask
        }
        var squared = SIMD8<Float>()
        var rows = InlineArray<12, Float>(repeating: 0)
        for row in 0..<12 {
            squared += lines[row] * lines[row]
            rows[row] = lines[row].sum()
        }
        squares = squared.sum()
        for pair in 0..<6 {
            let line = lines[2 * pair] + lines[2 * pair + 1]
            means.left[pair] = (line[0] + line[1]) * 0.25
            means.middle[pair] = (line[2] + line[3]) * 0.25
            means.right[pair] = (line[4] + line[5]) * 0.25
        }
        var columns = SIMD8<Float>()
        for third in 0..<4 {
            let line = lines[3 * third] + lines[3 * third + 1] + lines[3 * third + 2]
            columns += line
            octants[2 * third] = line[0] + line[1] + line[2]
            octants[2 * third + 1] = line[3] + line[4] + line[5]
        }
        for third in 0..<3 {
            let line =
                lines[4 * third] + lines[4 * third + 1] + lines[4 * third + 2]
                + lines[4 * third + 3]
            sextants[2 * third] = line[0] + line[1] + line[2]
            sextants[2 * third + 1] = line[3] + line[4] + line[5]
        }
        total = octants.sum()
        lower = Self.lowerEighths(rows)
        left = Self.leftEighths(columns)
    }

    /// The sums that a part is made of.
    @inline(__always) func sums(_ kind: GlyphPart.Sums) -> SIMD8<Float> {
        switch kind {
        case .octants: octants
        case .lower: lower
        case .left: left
        case .sextants: sextants
        }
    }

    /// An eighth is a row and a half.
    @inline(__always)
    private static func lowerEighths(_ rows: InlineArray<12, Float>) -> SIMD8<Float> {
        let one = rows[11] + rows[10] / 2
        let two = rows[11] + rows[10] + rows[9]
        let three = two + rows[8] + rows[7] / 2
        let four = two + rows[8] + rows[7] + rows[6]
        let five = four + rows[5] + rows[4] / 2
        let six = four + rows[5] + rows[4] + rows[3]
        let seven = six + rows[2] + rows[1] / 2
        return SIMD8(one, two, three, four, five, six, seven, 0)
    }

    /// An eighth is three quarters of a column.
    @inline(__always) private static func leftEighths(_ columns: SIMD8<Float>) -> SIMD8<Float> {
        let first = columns[0]
        let two = first + columns[1]
        let three = two + columns[2]
        let four = three + columns[3]
        return SIMD8(
            0.75 * first, first + 0.5 * columns[1], two + 0.25 * columns[2], three,
            three + 0.75 * columns[3], four + 0.5 * columns[4],
            four + columns[4] + 0.25 * columns[5], 0)
    }
}

/// The palette's entries on both sides of a level.
struct PaletteSteps: Sendable {
    private let below: [Float]
    private let above: [Float]

    /// A palette in ascending order, not empty.
    init(_ palette: [UInt8]) {
        let first = palette.first ?? 0
        let last = palette.last ?? 255
        below = (0...255).map { level in Float(palette.last { Int($0) <= level } ?? first) }
        above = (0...255).map { level in Float(palette.first { Int($0) >= level } ?? last) }
    }

    /// The entries next to a level; the same one twice where it is exact or at an end.
    @inline(__always) func around(_ level: Float) -> (below: Float, above: Float) {
        let clamped = min(max(level, 0), 255)
        let floor = Int(clamped)
        let ceiling = Float(floor) == clamped ? floor : min(floor + 1, 255)
        return (below[floor], above[ceiling])
    }
}
