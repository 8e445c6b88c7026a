// What the fit needs to know of a cell and of the palette.

/// Sums over the 8 x 8 samples of a cell.
struct CellSums {
    private(set) var total: Float = 0
    private(set) var squares: Float = 0
    /// Of the upper and of the lower half.
    private(set) var halves = SIMD2<Float>()
    /// Of the lowest rows, one to eight of them.
    private(set) var lower = SIMD8<Float>()
    /// Of the leftmost columns, one to eight of them.
    private(set) var left = SIMD8<Float>()
    /// Upper left, upper right, lower left, lower right.
    private(set) var quarters = SIMD4<Float>()

    init() {}

    init(_ levels: [Float], at start: Int, stride: Int) {
        var squared = SIMD8<Float>()
        var columns = SIMD8<Float>()
        var sum: Float = 0
        for row in 0..<8 {
            let from = start + (7 - row) * stride
            var line = SIMD8<Float>()
            for column in 0..<8 { line[column] = levels[from + column] }
            columns += line
            squared += line * line
            sum += line.sum()
            lower[row] = sum
            if row == 3 {
                quarters[2] = columns.lowHalf.sum()
                quarters[3] = columns.highHalf.sum()
            }
        }
        sum = 0
        for column in 0..<8 {
            sum += columns[column]
            left[column] = sum
        }
        total = sum
        squares = squared.sum()
        quarters[0] = columns.lowHalf.sum() - quarters[2]
        quarters[1] = columns.highHalf.sum() - quarters[3]
        halves = [quarters[0] + quarters[1], quarters[2] + quarters[3]]
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

/// The error that the halves of cells hand to their neighbours, always left to right.
///
/// The weights are those of Floyd and Steinberg on the grid of halves. The lower half of the cell
/// on the left is already drawn when an upper half is decided: its share goes to the one below.
struct CarriedError {
    private var current: [SIMD2<Float>]
    private var next: [SIMD2<Float>]

    /// What an upper half hands to the lower half of its own cell.
    static let downShare: Float = 8.0 / 16

    init(columns: Int) {
        current = [SIMD2<Float>](repeating: SIMD2(), count: columns + 2)
        next = current
    }

    /// What the neighbours left for the halves of a cell.
    func take(_ column: Int) -> SIMD2<Float> { current[column + 1] }

    /// Hands on what the halves of a cell could not show, the lower one's with its own share of
    /// the upper one's in it.
    mutating func give(_ error: SIMD2<Float>, _ column: Int) {
        current[column + 2] += [error.x * (7.0 / 16), error.x * (1.0 / 16) + error.y * (7.0 / 16)]
        next[column].x += error.y * (3.0 / 16)
        next[column + 1].x += error.y * (5.0 / 16)
        next[column + 2].x += error.y * (1.0 / 16)
    }

    mutating func nextRow() {
        swap(&current, &next)
        for index in next.indices { next[index] = SIMD2() }
    }
}
