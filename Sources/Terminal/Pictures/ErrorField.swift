// What the cells drawn so far leave over, as a cell among them sees it.

/// The errors of a picture's blocks, and the view kernel over them.
///
/// Three columns of six blocks make a cell. Errors of cells that are not drawn yet count as zero.
struct ErrorField: Sendable {
    private let width: Int
    private let rowCount: Int
    private let horizontal: ViewKernel
    private let vertical: ViewKernel
    /// The errors of all rows, a column of blocks each.
    private var errors: [SIMD8<Float>]
    /// What the other rows contribute to each column of blocks of this row.
    private var others: [SIMD8<Float>]
    /// This row's errors after the kernel's vertical part.
    private var sameRow: [SIMD8<Float>]
    private var own: BlockMatrix
    /// For each column of blocks the weights of those around it.
    private let weights: [Float]
    private static let reach = ViewKernel.reach
    private static let span = 2 * ViewKernel.reach + 1

    init(size: GridSize, horizontal: ViewKernel, vertical: ViewKernel) {
        self.horizontal = horizontal
        self.vertical = vertical
        rowCount = size.rows
        width = CellBlocks.across * size.columns + 2 * Self.reach
        errors = [SIMD8<Float>](repeating: SIMD8(), count: width * size.rows)
        others = [SIMD8<Float>](repeating: SIMD8(), count: width)
        sameRow = others
        own = BlockMatrix(vertical, row: 0, other: 0)
        weights = (0..<horizontal.count).flatMap { block in
            (-Self.reach...Self.reach).map { horizontal.weight(block, block + $0) }
        }
    }

    /// Prepares a row: what the rows around it contribute, as far as they are drawn.
    mutating func begin(row: Int) {
        own = BlockMatrix(vertical, row: row, other: row)
        var sums = [SIMD8<Float>](repeating: SIMD8(), count: width)
        for other in max(row - 2, 0)..<min(row + 3, rowCount) where other != row {
            let matrix = BlockMatrix(vertical, row: row, other: other)
            for place in Self.reach..<width - Self.reach {
                sums[place] += matrix.times(errors[other * width + place])
            }
        }
        for place in Self.reach..<width - Self.reach {
            sameRow[place] = own.times(errors[row * width + place])
            others[place] = Self.sum(sums, weights, place)
        }
    }

    /// The neighbours' error at the blocks of a cell of the row begun, without its own.
    func owed(column: Int) -> CellBlocks {
        let place = Self.reach + CellBlocks.across * column
        var blocks = CellBlocks()
        for index in 0..<CellBlocks.across {
            let start = (place + index - Self.reach) * Self.span
            var sum = others[place + index]
            for distance in index + 1...Self.reach {
                sum += sameRow[place + index - distance] * weights[start + Self.reach - distance]
            }
            for distance in CellBlocks.across - index...Self.reach {
                sum += sameRow[place + index + distance] * weights[start + Self.reach + distance]
            }
            blocks[index] = sum
        }
        return blocks
    }

    /// Takes over what another field knows of some rows.
    mutating func takeErrors(of rows: Range<Int>, from other: ErrorField) {
        let places = rows.lowerBound * width..<rows.upperBound * width
        errors.replaceSubrange(places, with: other.errors[places])
    }

    /// Records what a cell leaves over.
    mutating func set(_ error: CellBlocks, row: Int, column: Int) {
        let place = Self.reach + CellBlocks.across * column
        for index in 0..<CellBlocks.across {
            errors[row * width + place + index] = error[index]
            sameRow[place + index] = own.times(error[index])
        }
    }

    @inline(__always) private static func sum(
        _ columns: [SIMD8<Float>], _ weights: [Float], _ place: Int
    ) -> SIMD8<Float> {
        var sum = SIMD8<Float>()
        let start = (place - reach) * span
        for index in 0..<span {
            sum += columns[place - reach + index] * weights[start + index]
        }
        return sum
    }
}
