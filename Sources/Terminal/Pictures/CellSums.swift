// What the fit needs to know of a cell and of the palette.

/// Sums over the 8 x 8 samples of a cell.
struct CellSums {
    private(set) var total: Float = 0
    private(set) var squares: Float = 0
    /// By row, from the top.
    private(set) var rows = SIMD8<Float>()
    /// By column, from the left.
    private(set) var columns = SIMD8<Float>()
    /// Upper left, upper right, lower left, lower right.
    private(set) var quarters = SIMD4<Float>()

    init(_ levels: [Float], at start: Int, stride: Int) {
        var squared = SIMD8<Float>()
        var above = SIMD8<Float>()
        for row in 0..<8 {
            let from = start + row * stride
            var line = SIMD8<Float>()
            for column in 0..<8 { line[column] = levels[from + column] }
            columns += line
            squared += line * line
            rows[row] = line.sum()
            if row == 3 { above = columns }
        }
        total = rows.sum()
        squares = squared.sum()
        let below = columns - above
        quarters = [
            above.lowHalf.sum(), above.highHalf.sum(), below.lowHalf.sum(), below.highHalf.sum(),
        ]
    }
}

/// The palette's entries on both sides of a level.
struct PaletteSteps {
    let palette: [UInt8]
    /// The last entry that is not above, and the first that is not below, each level 0...255.
    private let below: [Float]
    private let above: [Float]

    init(_ palette: [UInt8]) {
        self.palette = palette
        below = (0...255).map { level in Float(palette.last { Int($0) <= level } ?? palette[0]) }
        above = (0...255).map { level in
            Float(palette.first { Int($0) >= level } ?? palette[palette.count - 1])
        }
    }

    /// The entries next to a level; the same one twice where it is exact or at an end.
    func around(_ level: Float) -> (below: Float, above: Float) {
        let clamped = min(max(level, 0), 255)
        let floor = Int(clamped)
        let ceiling = Float(floor) == clamped ? floor : min(floor + 1, 255)
        return (below[floor], above[ceiling])
    }
}

/// The error that cells hand to their neighbours: Floyd-Steinberg, always left to right.
struct CarriedError {
    private var current: [Float]
    private var next: [Float]

    init(columns: Int) {
        current = [Float](repeating: 0, count: columns + 2)
        next = current
    }

    /// What the neighbours left for a cell.
    func take(_ column: Int) -> Float { current[column + 1] }

    /// Hands on what a cell could not show; no more than half the range, beyond it is lost.
    mutating func give(_ error: Float, _ column: Int) {
        let kept = min(max(error, -128), 128)
        current[column + 2] += kept * (7.0 / 16)
        next[column] += kept * (3.0 / 16)
        next[column + 1] += kept * (5.0 / 16)
        next[column + 2] += kept * (1.0 / 16)
    }

    mutating func nextRow() {
        swap(&current, &next)
        for index in next.indices { next[index] = 0 }
    }
}
