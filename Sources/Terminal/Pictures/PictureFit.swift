// A whole picture in cells: one cell after the other, each knowing what its neighbours left over.

import CKernels
import Dispatch

/// Fits block elements and mosaics to cells of 6 x 12 sub-pixels.
///
/// The rows are parted into bands that are fitted side by side; how many depends on the picture
/// only, so the result does not depend on the number of cores. In the first sweep a band does not
/// know the others; in the second each cell knows all its neighbours as the first left them, those
/// of its own band as they are now. Nor does it depend on the processor: see `wt_picture.h`.
enum PictureFit {
    /// Rows of a band, at least.
    private static let bandRows = 10
    /// Rows beyond a band that its cells feel.
    private static let haloRows = 2

    /// The cells of a picture, from display values of its sub-pixels; those beyond 0...255 are
    /// clamped, NaN is black.
    static func cells(
        levels: [Float], size: GridSize, options: PictureOptions,
        variant: wt_picture_variant = wt_picture_best()
    ) -> PictureCells {
        guard size.columns > 0, size.rows > 0 else { return PictureCells(size: size) }
        var work = Work(levels: levels, size: size)
        FitTables.tables(size: size, options: options).withTables { tables in
            for sweep in 1...(options.isDithering ? options.sweeps : 1) {
                work.sweep(tables, isFirst: sweep == 1, variant: variant)
            }
        }
        return work.cells
    }

    /// A picture at work: what is known of its cells, and what they leave over.
    private struct Work {
        private let size: GridSize
        private let levels: [Float]
        private let bands: [Range<Int>]
        /// Floats of a row of errors.
        private let line: Int
        private var summaries: [Float]
        private var errors: [Float]
        private(set) var cells: PictureCells

        init(levels: [Float], size: GridSize) {
            self.size = size
            self.levels = levels
            let count = max(size.rows / bandRows, 1)
            bands = (0..<count).map {
                size.rows * $0 / count..<size.rows * ($0 + 1) / count
            }
            line = 8 * (CellBlocks.across * size.columns + 2 * Int(WT_PICTURE_REACH))
            summaries = [Float](
                unsafeUninitializedCapacity: size.columns * size.rows * Int(WT_PICTURE_SUMMARY)
            ) { $1 = size.columns * size.rows * Int(WT_PICTURE_SUMMARY) }
            errors = [Float](repeating: 0, count: line * size.rows)
            cells = PictureCells(size: size)
        }

        mutating func sweep(
            _ tables: UnsafePointer<wt_picture_tables>, isFirst: Bool,
            variant: wt_picture_variant
        ) {
            let halos = bands.map { halo($0) }
            let (bands, line) = (bands, line)
            levels.withUnsafeBufferPointer { levels in
                summaries.withUnsafeMutableBufferPointer { summaries in
                    errors.withUnsafeMutableBufferPointer { errors in
                        cells.withKernelCells { cells in
                            guard let memory = Memory(tables, levels, summaries, errors, cells)
                            else { return }
                            DispatchQueue.concurrentPerform(iterations: bands.count) { index in
                                memory.fit(
                                    bands[index], halo: halos[index], line: line,
                                    isFirst: isFirst, variant: variant)
                            }
                        }
                    }
                }
            }
        }

        /// Copies of the rows around a band: those above, then those below, zero beyond the picture.
        private func halo(_ rows: Range<Int>) -> [Float] {
            let around =
                Array(rows.lowerBound - haloRows..<rows.lowerBound)
                + Array(rows.upperBound..<rows.upperBound + haloRows)
            return around.flatMap { row in
                row < 0 || row >= size.rows
                    ? [Float](repeating: 0, count: line)
                    : Array(errors[row * line..<(row + 1) * line])
            }
        }
    }
}

/// The memory that the bands of a sweep share.
// Sendable because each band writes to its own rows only and reads no other's (their errors come as
// copies), and no band outlives the closures that lend the pointers: the call that runs them waits.
private struct Memory: @unchecked Sendable {
    private let tables: UnsafePointer<wt_picture_tables>
    private let levels: UnsafePointer<Float>
    // Lent for the time of a sweep, as said above.
    private let summaries: UnsafeMutablePointer<Float>
    // Likewise.
    private let errors: UnsafeMutablePointer<Float>
    private let cells: wt_picture_cells

    /// Nil where there is nothing to fit.
    init?(
        _ tables: UnsafePointer<wt_picture_tables>, _ levels: UnsafeBufferPointer<Float>,
        _ summaries: UnsafeMutableBufferPointer<Float>,
        _ errors: UnsafeMutableBufferPointer<Float>, _ cells: wt_picture_cells
    ) {
        guard let levels = levels.baseAddress, let summaries = summaries.baseAddress,
            let errors = errors.baseAddress
        else { return nil }
        self.tables = tables
        self.levels = levels
        self.summaries = summaries
        self.errors = errors
        self.cells = cells
    }

    /// Fits a band; `halo` holds the rows above and below it, `line` floats each.
    func fit(
        _ rows: Range<Int>, halo: [Float], line: Int, isFirst: Bool, variant: wt_picture_variant
    ) {
        let (first, end) = (Int32(rows.lowerBound), Int32(rows.upperBound))
        if isFirst {
            wt_picture_summarise(variant, tables, levels, first, end, summaries)
        }
        var scratch = [Float](repeating: 0, count: 3 * line)
        halo.withUnsafeBufferPointer { halo in
            guard let above = halo.baseAddress else { return }
            withUnsafePointer(to: cells) { cells in
                wt_picture_fit(
                    variant, tables, summaries, first, end, isFirst ? 1 : 0, errors, above,
                    above + 2 * line, &scratch, cells)
            }
        }
    }
}
