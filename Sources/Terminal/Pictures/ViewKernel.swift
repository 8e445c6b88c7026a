// How errors look from a distance: the Gaussian of PSNR_view, on blocks of 2 x 2 sub-pixels.

import CKernels
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
    static let reach = Int(WT_PICTURE_REACH)
    private static let sigma = 4.0
    private static let radius = 16
    /// The Gaussian's values from `-radius` to `radius`, with the sum 1.
    private static let gaussian: [Double] = {
        let raw = (-radius...radius).map { exp(-Double($0 * $0) / (2 * sigma * sigma)) }
        let total = raw.reduce(0, +)
        return raw.map { $0 / total }
    }()

    /// Number of blocks.
    let count: Int
    /// For each block, its weights with the blocks from `reach` before it to `reach` behind it.
    let weights: [Float]
    /// The share of each sub-pixel in what its block's error is taken to be.
    ///
    /// Half each, but in the outermost blocks: there the outermost sub-pixel goes on, and weighs
    /// more by far than its neighbour.
    let shares: [Float]

    init(blocks count: Int) {
        self.count = count
        shares = Self.shares(blocks: count)
        let width = 2 * Self.reach + 1
        var weights = [Float](repeating: 0, count: count * width)
        // Blocks far from both borders have the same weights.
        let kinds = PlaceKinds(count, borders: Self.reach + Self.radius / Self.blockSide + 1)
        let known = kinds.examples.map { Self.weights(of: $0, count: count) }
        for block in 0..<count {
            for (index, weight) in known[kinds.kinds[block]].enumerated() {
                weights[block * width + index] = weight
            }
        }
        self.weights = weights
    }

    /// The weights of a block with those from `reach` before it to `reach` behind it.
    private static func weights(of block: Int, count: Int) -> [Float] {
        let extent = count * blockSide
        func seen(_ block: Int) -> (start: Int, values: [Double]) {
            let first = block * blockSide
            return Self.seen(first...first + blockSide - 1, extent: extent)
        }
        let own = seen(block)
        return (block - reach...block + reach).map { other in
            guard (0..<count).contains(other) else { return 0 }
            let second = seen(other)
            let low = max(own.start, second.start)
            let high = min(own.start + own.values.count, second.start + second.values.count)
            var sum = 0.0
            for place in low..<max(high, low) {
                sum += own.values[place - own.start] * second.values[place - second.start]
            }
            return Float(sum)
        }
    }

    /// The weight between two blocks; 0 beyond the reach and the borders.
    func weight(_ block: Int, _ other: Int) -> Float {
        guard block >= 0, block < count, abs(other - block) <= Self.reach else { return 0 }
        return weights[block * (2 * Self.reach + 1) + other - block + Self.reach]
    }

    /// What one in some sub-pixels makes of those around, seen through the Gaussian.
    private static func seen(
        _ ones: ClosedRange<Int>, extent: Int
    ) -> (start: Int, values: [Double]) {
        // Beyond the border the outermost sub-pixel goes on.
        let from = ones.lowerBound == 0 ? -radius : ones.lowerBound
        let to = ones.upperBound == extent - 1 ? extent - 1 + radius : ones.upperBound
        let start = max(ones.lowerBound - radius, 0)
        let values = (start...min(ones.upperBound + radius, extent - 1)).map { place in
            (from...to).reduce(0) { sum, source in
                abs(place - source) <= radius ? sum + gaussian[place - source + radius] : sum
            }
        }
        return (start, values)
    }

    /// The shares with which one error for a block comes nearest to its two sub-pixels' own.
    ///
    /// With k and l what the two make of the picture, errors d and -d are seen as d (k - l), the
    /// block's error (2 share - 1) d as (2 share - 1) d (k + l): least squares over the picture.
    private static func shares(blocks count: Int) -> [Float] {
        let extent = count * blockSide
        func share(outermost: Int, other: Int) -> Float {
            let places = max(outermost - 3 * radius, 0)..<min(outermost + 3 * radius, extent)
            let (first, second) = (
                seen(outermost...outermost, extent: extent), seen(other...other, extent: extent)
            )
            func value(_ curve: (start: Int, values: [Double]), _ place: Int) -> Double {
                let index = place - curve.start
                return curve.values.indices.contains(index) ? curve.values[index] : 0
            }
            var (mixed, square) = (0.0, 0.0)
            for place in places {
                let sum = value(first, place) + value(second, place)
                mixed += (value(first, place) - value(second, place)) * sum
                square += sum * sum
            }
            return Float(0.5 + 0.5 * mixed / square)
        }
        var shares = [Float](repeating: 0.5, count: extent)
        shares[0] = share(outermost: 0, other: 1)
        shares[1] = 1 - shares[0]
        shares[extent - 1] = share(outermost: extent - 1, other: extent - 2)
        shares[extent - 2] = 1 - shares[extent - 1]
        return shares
    }
}

/// The blocks of a cell: three columns of six, the last two lanes nothing.
struct CellBlocks: Sendable {
    var left = SIMD8<Float>()
    var middle = SIMD8<Float>()
    var right = SIMD8<Float>()

    static let across = 3
    static let down = 6
    static let subPixelsAcross = 6
    static let subPixelsDown = 12
    static let subPixels = 72
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

/// The kinds of place along an axis: those next to a border are each their own, all others one.
struct PlaceKinds {
    /// One position of each kind.
    private(set) var examples: [Int] = []
    /// The kind of every position.
    private(set) var kinds: [Int] = []

    init(_ count: Int, borders: Int) {
        var known: [Int: Int] = [:]
        for position in 0..<count {
            let key =
                min(position, borders) * (borders + 1) + min(count - 1 - position, borders)
            if known[key] == nil {
                known[key] = examples.count
                examples.append(position)
            }
            kinds.append(known[key] ?? 0)
        }
    }
}
