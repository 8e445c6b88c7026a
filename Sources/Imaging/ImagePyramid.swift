// Exact averages of any region, fast enough to be asked for at each key press.

import CKernels
import Dispatch
import Synchronization

/// A radiograph prepared for being looked at in part and at any size.
///
/// Beside the pixels it keeps one level: the sums of each eight rows, at full width, so an eighth
/// of the pixels' memory. A region is then made of whole levels and the few single rows at its
/// fringes: the average is the exact one (up to Float32 rounding), not that of a filtered copy.
public struct ImagePyramid: Sendable {
    /// The radiograph.
    public let radiograph: Radiograph
    /// Sums of `blockRows` rows each; empty where there is padding, which needs weights of its own.
    private let blockSums: [Float]

    private static let blockRows = 8
    /// Rows of a plane that one core samples at a time.
    private static let stripRows = 48

    /// Prepares a radiograph; reads each pixel once.
    public init(_ radiograph: Radiograph) {
        self.radiograph = radiograph
        guard radiograph.isPadding == nil else {
            blockSums = []
            return
        }
        let width = radiograph.width
        let blocks = radiograph.height / Self.blockRows
        var sums = [Float](repeating: 0, count: blocks * width)
        radiograph.values.withUnsafeBufferPointer { values in
            sums.withUnsafeMutableBufferPointer { sums in
                guard let from = values.baseAddress, let to = sums.baseAddress else { return }
                for row in 0..<(blocks * Self.blockRows) {
                    wt_add_scaled_row(
                        to + row / Self.blockRows * width, from + row * width, 1, width)
                }
            }
        }
        blockSums = sums
    }

    /// Samples a region on a grid of `columns` x `rows` cells.
    ///
    /// Per axis: where a cell is at least one source pixel, the exact area average with fractional
    /// edges; where it is smaller, bilinear between pixel centres. Padding has no weight. Cells
    /// with nothing of the picture below them (bilinear: whose centre is outside) are `isOutside`.
    public func sample(_ region: Region, columns: Int, rows: Int) -> SampledPlane {
        precondition(columns > 0 && rows > 0, "a plane has at least one cell")
        precondition(
            region.width > 0 && region.height > 0 && region.width.isFinite
                && region.height.isFinite && region.x.isFinite && region.y.isFinite,
            "a region has an area")
        let across = RegionAxis(
            start: region.x, length: region.width, cells: columns, limit: radiograph.width)
        let down = RegionAxis(
            start: region.y, length: region.height, cells: rows, limit: radiograph.height)
        let strips = max(rows / Self.stripRows, 1)
        let parts = Mutex([Int: (values: [Float], isOutside: [Bool])]())
        // The strips do not depend on the number of cores, nor does any value on its strip.
        DispatchQueue.concurrentPerform(iterations: strips) { strip in
            let part = self.strip(
                rows * strip / strips..<rows * (strip + 1) / strips, across: across, down: down)
            parts.withLock { $0[strip] = part }
        }
        let made = parts.withLock { made in (0..<strips).compactMap { made[$0] } }
        if made.count == 1 {
            return SampledPlane(
                columns: columns, rows: rows, values: made[0].values, isOutside: made[0].isOutside)
        }
        return SampledPlane(
            columns: columns, rows: rows, values: Self.joined(made.map(\.values)),
            isOutside: Self.joined(made.map(\.isOutside)))
    }

    private static func joined<Element>(_ parts: [[Element]]) -> [Element] {
        var all: [Element] = []
        all.reserveCapacity(parts.reduce(0) { $0 + $1.count })
        for part in parts { all.append(contentsOf: part) }
        return all
    }

    /// Some rows of a plane.
    private func strip(
        _ rows: Range<Int>, across: RegionAxis, down: RegionAxis
    ) -> (values: [Float], isOutside: [Bool]) {
        let columns = across.cells.count
        var values = [Float](repeating: 0, count: columns * rows.count)
        var isOutside = [Bool](repeating: true, count: columns * rows.count)
        var sums = RowSums(columns: across.used)
        for row in rows where !down.cells[row].isEmpty {
            sums.clear()
            add(down.cells[row], to: &sums)
            sums.means(
                across.cells, into: &values, &isOutside,
                at: (row - rows.lowerBound) * columns)
        }
        return (values, isOutside)
    }

    /// Adds the rows of a cell, whole blocks where they lie inside it.
    private func add(_ cell: RegionAxis.Cell, to sums: inout RowSums) {
        let width = radiograph.width
        let height = Self.blockRows
        var row = cell.first
        while row <= cell.last {
            let isWhole = row > cell.first && row + height - 1 < cell.last
            let block = row / height
            if row % height == 0, isWhole, (block + 1) * width <= blockSums.count {
                sums.add(
                    blockSums, at: block * width, padding: nil, rowWeight: cell.innerWeight,
                    countWeight: cell.innerWeight * Float(height))
                row += height
            } else {
                let weight = cell.weight(row)
                sums.add(
                    radiograph.values, at: row * width, padding: radiograph.isPadding,
                    rowWeight: weight, countWeight: weight)
                row += 1
            }
        }
    }
}

/// The weighted sum of some rows over the columns in use, with the weights where they differ.
private struct RowSums {
    private let columns: Range<Int>
    private var sums: [Float]
    private var weights: [Float] = []
    private var weight: Float = 0

    init(columns: Range<Int>) {
        self.columns = columns
        sums = [Float](repeating: 0, count: columns.count)
    }

    mutating func clear() {
        for index in sums.indices { sums[index] = 0 }
        for index in weights.indices { weights[index] = 0 }
        weight = 0
    }

    mutating func add(
        _ rows: [Float], at start: Int, padding: [Bool]?, rowWeight: Float, countWeight: Float
    ) {
        guard rowWeight != 0, !columns.isEmpty else { return }
        let offset = start + columns.lowerBound
        rows.withUnsafeBufferPointer { rows in
            guard let row = rows.baseAddress.map({ $0 + offset }) else { return }
            guard let padding else {
                wt_add_scaled_row(&sums, row, rowWeight, columns.count)
                weight += countWeight
                return
            }
            if weights.isEmpty { weights = [Float](repeating: 0, count: columns.count) }
            Radiograph.withMarks(padding) { marks in
                guard let marks else { return }
                wt_add_scaled_row_unpadded(
                    &sums, &weights, row, marks + offset, rowWeight, columns.count)
            }
        }
    }

    /// The averages over all cells' columns, into one row of a plane.
    func means(
        _ cells: [RegionAxis.Cell], into values: inout [Float], _ isOutside: inout [Bool],
        at start: Int
    ) {
        guard weights.isEmpty, weight > 0 else {
            for (index, cell) in cells.enumerated() {
                guard let mean = mean(cell) else { continue }
                values[start + index] = mean
                isOutside[start + index] = false
            }
            return
        }
        let scale = 1 / Double(weight)
        sums.withUnsafeBufferPointer { sums in
            for (index, cell) in cells.enumerated() where !cell.isEmpty {
                values[start + index] = Float(cell.sum(sums, columns.lowerBound) * scale)
                isOutside[start + index] = false
            }
        }
    }

    /// The average over a cell's columns; nil where nothing has weight.
    private func mean(_ cell: RegionAxis.Cell) -> Float? {
        guard !cell.isEmpty else { return nil }
        var sum = 0.0
        var total = 0.0
        for column in cell.first...cell.last {
            let share = Double(cell.weight(column))
            let index = column - columns.lowerBound
            let count = weights.isEmpty ? weight : weights[index]
            // 0 times a not-a-number must stay nothing.
            if share == 0 || count == 0 { continue }
            sum += share * Double(sums[index])
            total += share * Double(count)
        }
        return total > 0 ? Float(sum / total) : nil
    }
}

/// Which source positions lie below each cell of one axis, and with what weight.
private struct RegionAxis {
    /// Positions `first...last` with one weight at each end and one for all between.
    struct Cell {
        var first = 0
        var last = -1
        var firstWeight: Float = 0
        var lastWeight: Float = 0
        var innerWeight: Float = 1

        var isEmpty: Bool { last < first }

        /// The weighted mean of the sums below; a weight of 0 leaves out even what is no number.
        @inline(__always)
        func sum(_ sums: UnsafeBufferPointer<Float>, _ offset: Int) -> Double {
            var sum = 0.0
            if firstWeight != 0 { sum = Double(firstWeight) * Double(sums[first - offset]) }
            var total = Double(firstWeight)
            if last == first { return firstWeight == 0 ? 0 : sum / total }
            if last > first + 1 {
                for column in first + 1..<last { sum += Double(sums[column - offset]) }
                total += Double(last - first - 1)
            }
            if lastWeight != 0 { sum += Double(lastWeight) * Double(sums[last - offset]) }
            return sum / (total + Double(lastWeight))
        }

        func weight(_ position: Int) -> Float {
            position == first ? firstWeight : position == last ? lastWeight : innerWeight
        }
    }

    let cells: [Cell]

    init(start: Double, length: Double, cells count: Int, limit: Int) {
        let step = length / Double(count)
        cells = (0..<count).map { index in
            let low = start + Double(index) * step
            if step >= 1 {
                return Self.areaCell(from: low, to: start + Double(index + 1) * step, limit: limit)
            }
            return Self.bilinearCell(center: low + step / 2, limit: limit)
        }
    }

    /// The positions that any cell needs.
    var used: Range<Int> {
        let filled = cells.filter { !$0.isEmpty }
        guard let low = filled.map(\.first).min(), let high = filled.map(\.last).max() else {
            return 0..<0
        }
        return low..<(high + 1)
    }

    private static func areaCell(from low: Double, to high: Double, limit: Int) -> Cell {
        let low = max(low, 0)
        let high = min(high, Double(limit))
        guard high - low > 1e-9 else { return Cell() }
        let first = Int(low)
        let last = min(max(Int(high.rounded(.up)) - 1, first), limit - 1)
        return Cell(
            first: first, last: last,
            firstWeight: Float(min(Double(first + 1), high) - low),
            lastWeight: Float(high - max(Double(last), low)))
    }

    private static func bilinearCell(center: Double, limit: Int) -> Cell {
        guard center >= 0, center < Double(limit) else { return Cell() }
        let position = center - 0.5
        let below = Int(position.rounded(.down))
        let share = Float(position - Double(below))
        if below < 0 { return Cell(first: 0, last: 0, firstWeight: 1, lastWeight: 1) }
        if below >= limit - 1 {
            return Cell(first: limit - 1, last: limit - 1, firstWeight: 1, lastWeight: 1)
        }
        return Cell(first: below, last: below + 1, firstWeight: 1 - share, lastWeight: share)
    }
}
