// Exact averages of any region, fast enough to be asked for at each key press.

import CKernels
import Dispatch

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
        blockSums = radiograph.values.withUnsafeBufferPointer { values in
            [Float](unsafeUninitializedCapacity: blocks * width) { sums, filled in
                guard let from = values.baseAddress, let to = sums.baseAddress else { return }
                // Strips write to rows of their own, and none outlives the closure.
                nonisolated(unsafe) let (source, target) = (from, to)
                let strips = max(blocks / Self.stripRows, 1)
                DispatchQueue.concurrentPerform(iterations: strips) { strip in
                    for block in blocks * strip / strips..<blocks * (strip + 1) / strips {
                        let sum = target + block * width
                        let first = source + block * Self.blockRows * width
                        sum.initialize(from: first, count: width)
                        for row in 1..<Self.blockRows {
                            wt_add_scaled_row(sum, first + row * width, 1, width)
                        }
                    }
                }
                filled = blocks * width
            }
        }
    }

    /// Samples a region on a grid of `columns` x `rows` cells.
    ///
    /// Per axis: where a cell is at least one source pixel, the exact area average with fractional
    /// edges; where it is smaller, bilinear between pixel centres. Padding has no weight. Cells
    /// with nothing of the picture below them (bilinear: whose centre is outside) are `isOutside`.
    public func sample(_ region: Region, columns: Int, rows: Int) -> SampledPlane {
        var values: [Float] = []
        let isOutside = [Bool](unsafeUninitializedCapacity: columns * rows) { marks, filled in
            values = sample(region, columns: columns, rows: rows, marks) { _, _ in }
            filled = columns * rows
        }
        return SampledPlane(columns: columns, rows: rows, values: values, isOutside: isOutside)
    }

    /// Display values 0...255 of a region's samples, row-major `rows * columns`: windowed, inverted
    /// where low values are bright, 0 outside.
    public func displayValues(
        _ region: Region, columns: Int, rows: Int, window: DisplayWindow,
        showsLowValuesBright: Bool
    ) -> [Float] {
        withUnsafeTemporaryAllocation(of: Bool.self, capacity: columns * rows) { marks in
            window.withKernel(isInverted: showsLowValuesBright) { kernel in
                withUnsafePointer(to: kernel) {
                    // The kernel is read only, by strips that have ended when the call returns.
                    nonisolated(unsafe) let kernel = $0
                    return sample(region, columns: columns, rows: rows, marks) { values, marks in
                        marks.withMemoryRebound(to: UInt8.self) { outside in
                            wt_window_row(
                                kernel, values.baseAddress, outside.baseAddress,
                                values.baseAddress, values.count)
                        }
                    }
                }
            }
        }
    }

    /// Samples a region strip by strip; `finish` is called with the values and marks of each.
    ///
    /// - Parameter isOutside: room for `columns * rows` marks.
    private func sample(
        _ region: Region, columns: Int, rows: Int,
        _ isOutside: UnsafeMutableBufferPointer<Bool>,
        finish:
            @Sendable (
                UnsafeMutableBufferPointer<Float>, UnsafeMutableBufferPointer<Bool>
            ) -> Void
    ) -> [Float] {
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
        return [Float](unsafeUninitializedCapacity: columns * rows) { values, filled in
            // Strips write to rows of their own, and none outlives the closure.
            nonisolated(unsafe) let (values, isOutside) = (values, isOutside)
            // They do not depend on the number of cores, nor does any value on its strip.
            DispatchQueue.concurrentPerform(iterations: strips) { strip in
                let own = rows * strip / strips..<rows * (strip + 1) / strips
                let cells = own.lowerBound * columns..<own.upperBound * columns
                let stripValues = UnsafeMutableBufferPointer(rebasing: values[cells])
                let stripMarks = UnsafeMutableBufferPointer(rebasing: isOutside[cells])
                stripValues.initialize(repeating: 0)
                stripMarks.initialize(repeating: true)
                sample(own, across: across, down: down, into: stripValues, stripMarks)
                finish(stripValues, stripMarks)
            }
            filled = columns * rows
        }
    }

    /// Some rows of a plane, into memory of their own that holds zeros and "outside".
    private func sample(
        _ rows: Range<Int>, across: RegionAxis, down: RegionAxis,
        into values: UnsafeMutableBufferPointer<Float>,
        _ isOutside: UnsafeMutableBufferPointer<Bool>
    ) {
        let columns = across.cells.count
        var sums = RowSums(columns: across.used)
        for row in rows where !down.cells[row].isEmpty {
            sums.clear()
            add(down.cells[row], to: &sums)
            let place = row - rows.lowerBound
            let line = place * columns..<(place + 1) * columns
            sums.means(
                across.cells, into: UnsafeMutableBufferPointer(rebasing: values[line]),
                UnsafeMutableBufferPointer(rebasing: isOutside[line]))
        }
    }

    /// Adds the rows of a cell, whole blocks where they lie inside it.
    private func add(_ cell: wt_area_cell, to sums: inout RowSums) {
        let width = radiograph.width
        let height = Self.blockRows
        let (first, last) = (Int(cell.first), Int(cell.last))
        var row = first
        while row <= last {
            let isWhole = row > first && row + height - 1 < last
            let block = row / height
            if row % height == 0, isWhole, (block + 1) * width <= blockSums.count {
                sums.add(
                    blockSums, at: block * width, padding: nil, rowWeight: cell.inner_weight,
                    countWeight: cell.inner_weight * Float(height))
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
        _ cells: [wt_area_cell], into values: UnsafeMutableBufferPointer<Float>,
        _ isOutside: UnsafeMutableBufferPointer<Bool>
    ) {
        for (index, cell) in cells.enumerated() where !cell.isEmpty { isOutside[index] = false }
        guard weights.isEmpty, weight > 0 else {
            for (index, cell) in cells.enumerated() {
                let mean = mean(cell)
                isOutside[index] = mean == nil
                values[index] = mean ?? 0
            }
            return
        }
        sums.withUnsafeBufferPointer { sums in
            guard let first = sums.baseAddress else { return }
            wt_area_means(
                first, Int32(columns.lowerBound), cells, cells.count, 1 / weight,
                values.baseAddress)
        }
    }

    /// The average over a cell's columns; nil where nothing has weight.
    private func mean(_ cell: wt_area_cell) -> Float? {
        guard !cell.isEmpty else { return nil }
        var sum = 0.0
        var total = 0.0
        for column in Int(cell.first)...Int(cell.last) {
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
    let cells: [wt_area_cell]

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
        return Int(low)..<Int(high) + 1
    }

    private static func areaCell(from low: Double, to high: Double, limit: Int) -> wt_area_cell {
        let low = max(low, 0)
        let high = min(high, Double(limit))
        guard high - low > 1e-9 else { return .nothing }
        let first = Int(low)
        let last = min(max(Int(high.rounded(.up)) - 1, first), limit - 1)
        return wt_area_cell(
            first, last, firstWeight: min(Double(first + 1), high) - low,
            lastWeight: high - max(Double(last), low))
    }

    private static func bilinearCell(center: Double, limit: Int) -> wt_area_cell {
        guard center >= 0, center < Double(limit) else { return .nothing }
        let position = center - 0.5
        let below = Int(position.rounded(.down))
        let share = position - Double(below)
        if below < 0 || below >= limit - 1 {
            let only = below < 0 ? 0 : limit - 1
            return wt_area_cell(only, only, firstWeight: 1, lastWeight: 1)
        }
        return wt_area_cell(below, below + 1, firstWeight: 1 - share, lastWeight: share)
    }
}

extension wt_area_cell {
    /// Positions `first...last` with one weight at each end and 1 for all between.
    fileprivate init(_ first: Int, _ last: Int, firstWeight: Double, lastWeight: Double) {
        let inner = max(last - first - 1, 0)
        let total = firstWeight + Double(inner) + (last > first ? lastWeight : 0)
        self.init(
            first: Int32(first), last: Int32(last), first_weight: Float(firstWeight),
            last_weight: Float(lastWeight), inner_weight: 1,
            first_share: Float(firstWeight / total), inner_share: Float(1 / total),
            last_share: last > first ? Float(lastWeight / total) : 0)
    }

    /// Nothing of the picture.
    fileprivate static let nothing: wt_area_cell = {
        var cell = wt_area_cell()
        cell.last = -1
        return cell
    }()

    fileprivate var isEmpty: Bool { last < first }

    fileprivate func weight(_ position: Int) -> Float {
        position == first ? first_weight : position == last ? last_weight : inner_weight
    }
}
