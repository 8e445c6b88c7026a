// How errors look from a distance: the Gaussian of PSNR_view, on blocks of 2 x 2 sub-pixels.

import Foundation

/// The energy of an error along one axis after a Gaussian, as weights between blocks.
///
/// A cell is 6 x 12 sub-pixels, which at a cell aspect of 2 are square; a block is 2 x 2 of them, so
/// a cell holds 3 x 6. With G a Gaussian of sigma 4 sub-pixels (two thirds of a cell's width: the
/// eye at a distance) and e constant in each block, `|G e|^2 = sum over blocks i, j of
/// e_i e_j x(i, j) y(i, j)`, where x and y are the weights of the two axes. Beyond the borders the
/// outermost sub-pixel goes on, and nothing is looked at there.
struct ViewKernel: Sendable {
    /// Sub-pixels of a block along an axis.
    static let blockSide = 2
    /// Blocks beyond which the weight is left out: it is below 0.3 % of the greatest.
    static let reach = 10
    private static let sigma = 4.0
    private static let radius = 16

    /// Number of blocks.
    let count: Int
    /// For each block, its weights with the blocks from `reach` before it to `reach` behind it.
    private let weights: [Float]

    init(blocks count: Int) {
        self.count = count
        let seen = Self.seen(blocks: count)
        let width = 2 * Self.reach + 1
        var weights = [Float](repeating: 0, count: count * width)
        for block in 0..<count {
            for other in max(block - Self.reach, 0)..<min(block + Self.reach + 1, count) {
                let (first, second) = (seen[block], seen[other])
                let low = max(first.start, second.start)
                let high = min(
                    first.start + first.values.count, second.start + second.values.count)
                var sum = 0.0
                for place in low..<max(high, low) {
                    sum += first.values[place - first.start] * second.values[place - second.start]
                }
                weights[block * width + other - block + Self.reach] = Float(sum)
            }
        }
        self.weights = weights
    }

    /// The weight between two blocks; 0 beyond the reach and the borders.
    func weight(_ block: Int, _ other: Int) -> Float {
        guard block >= 0, block < count, abs(other - block) <= Self.reach else { return 0 }
        return weights[block * (2 * Self.reach + 1) + other - block + Self.reach]
    }

    /// What one in each block makes of the sub-pixels, seen through the Gaussian.
    private static func seen(blocks count: Int) -> [(start: Int, values: [Double])] {
        let extent = count * blockSide
        let raw = (-radius...radius).map { exp(-Double($0 * $0) / (2 * sigma * sigma)) }
        let total = raw.reduce(0, +)
        return (0..<count).map { block in
            let first = block * blockSide
            let last = first + blockSide - 1
            // Beyond the border the outermost sub-pixel goes on.
            let from = first == 0 ? -radius : first
            let to = last == extent - 1 ? extent - 1 + radius : last
            let start = max(first - radius, 0)
            let end = min(last + radius, extent - 1)
            let values = (start...end).map { place in
                (from...to).reduce(0) { sum, source in
                    abs(place - source) <= radius ? sum + raw[place - source + radius] : sum
                } / total
            }
            return (start, values)
        }
    }
}

/// The blocks of a cell: three columns of six, the last two lanes nothing.
struct CellBlocks: Sendable {
    var left = SIMD8<Float>()
    var middle = SIMD8<Float>()
    var right = SIMD8<Float>()

    static let across = 3
    static let down = 6
    /// Ones where there are blocks.
    static let ones = SIMD8<Float>(1, 1, 1, 1, 1, 1, 0, 0)
    static let everywhere = CellBlocks(left: ones, middle: ones, right: ones)

    /// One column.
    subscript(_ column: Int) -> SIMD8<Float> {
        get { column == 0 ? left : column == 1 ? middle : right }
        set {
            switch column {
            case 0: left = newValue
            case 1: middle = newValue
            default: right = newValue
            }
        }
    }

    /// The scalar product.
    @inline(__always) func dot(_ other: CellBlocks) -> Float {
        (left * other.left + middle * other.middle + right * other.right).sum()
    }

    /// The sum over the blocks.
    @inline(__always) var sum: Float { (left + middle + right).sum() }

    @inline(__always) static func + (first: CellBlocks, second: CellBlocks) -> CellBlocks {
        CellBlocks(
            left: first.left + second.left, middle: first.middle + second.middle,
            right: first.right + second.right)
    }

    @inline(__always) static func - (first: CellBlocks, second: CellBlocks) -> CellBlocks {
        CellBlocks(
            left: first.left - second.left, middle: first.middle - second.middle,
            right: first.right - second.right)
    }

    @inline(__always) static func * (blocks: CellBlocks, factor: Float) -> CellBlocks {
        CellBlocks(
            left: blocks.left * factor, middle: blocks.middle * factor,
            right: blocks.right * factor)
    }
}

/// Six by six weights between a cell's rows of blocks and another's.
struct BlockMatrix: Sendable {
    private let columns: InlineArray<6, SIMD8<Float>>

    /// The weights of the cell row `other` on the cell row `row`.
    init(_ kernel: ViewKernel, row: Int, other: Int) {
        columns = InlineArray { column in
            var lanes = SIMD8<Float>()
            for lane in 0..<6 {
                lanes[lane] = kernel.weight(
                    row * CellBlocks.down + lane, other * CellBlocks.down + column)
            }
            return lanes
        }
    }

    /// The product with a column of blocks.
    @inline(__always) func times(_ column: SIMD8<Float>) -> SIMD8<Float> {
        var sum = columns[0] * column[0]
        for index in 1..<6 { sum += columns[index] * column[index] }
        return sum
    }
}

/// Weights of a cell's columns of blocks on each other.
struct ColumnWeights: Sendable {
    private let weights: InlineArray<9, Float>

    init(_ kernel: ViewKernel, column: Int) {
        weights = InlineArray { index in
            kernel.weight(
                column * CellBlocks.across + index / 3, column * CellBlocks.across + index % 3)
        }
    }

    /// The view kernel within a cell, `rows` being its vertical part.
    @inline(__always) func seen(_ blocks: CellBlocks, rows: BlockMatrix) -> CellBlocks {
        let left = rows.times(blocks.left)
        let middle = rows.times(blocks.middle)
        let right = rows.times(blocks.right)
        return CellBlocks(
            left: left * weights[0] + middle * weights[1] + right * weights[2],
            middle: left * weights[3] + middle * weights[4] + right * weights[5],
            right: left * weights[6] + middle * weights[7] + right * weights[8])
    }
}
