// A whole picture in cells: one cell after the other, each knowing what its neighbours left over.

import CKernels
import Dispatch
import Synchronization

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
    fileprivate static let haloRows = 2

    /// The cells of a picture, from display values of its sub-pixels; those beyond 0...255 are
    /// clamped, NaN is black.
    static func cells(
        levels: [Float], size: GridSize, options: PictureOptions,
        variant: wt_picture_variant = wt_picture_best()
    ) -> PictureCells {
        guard size.columns > 0, size.rows > 0 else { return PictureCells(size: size) }
        var work = Work(levels: levels, size: size)
        FitTables.tables(size: size, options: options).withTables { tables in
            work.fit(tables, sweeps: options.isDithering ? options.sweeps : 1, variant: variant)
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
            // The first sweep of a band begins with zeros, which it writes itself.
            let length = line * size.rows
            errors = [Float](unsafeUninitializedCapacity: length) { $1 = length }
            cells = PictureCells(size: size)
        }

        mutating func fit(
            _ tables: UnsafePointer<wt_picture_tables>, sweeps: Int, variant: wt_picture_variant
        ) {
            let (bands, line) = (bands, line)
            levels.withUnsafeBufferPointer { levels in
                summaries.withUnsafeMutableBufferPointer { summaries in
                    errors.withUnsafeMutableBufferPointer { errors in
                        cells.withKernelCells { cells in
                            guard let memory = Memory(tables, levels, summaries, errors, cells)
                            else { return }
                            let order = BandOrder(bands: bands.count, line: line)
                            DispatchQueue.concurrentPerform(iterations: sweeps * bands.count) {
                                _ in
                                let (sweep, band) = order.next()
                                let start = MonotonicTime.nanoseconds
                                if sweep == 0 {
                                    memory.begin(bands[band], line: line, variant: variant)
                                }
                                memory.fit(
                                    bands[band], halo: sweep == 0 ? [] : order.halo(of: band),
                                    line: line, variant: variant)
                                if sweep == 0 {
                                    order.end(
                                        band, edges: memory.edges(of: bands[band], line),
                                        nanoseconds: MonotonicTime.nanoseconds - start)
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    /// Hands out the bands of the first sweep, then those of the second, each of which waits until
    /// its neighbours have left the first.
    private final class BandOrder: Sendable {
        private struct State {
            /// Bands of the first sweep that were handed out.
            var begun = 0
            /// Bands that the second sweep has not begun yet.
            var left: Set<Int>
            /// What the first sweep of each band took, in nanoseconds; 0 while it runs.
            var times: [UInt64]
            /// The first and the last rows of a band's errors after the first sweep.
            var edges: [(first: [Float], last: [Float])?]
        }

        private let bands: Int
        /// Zeros beyond the picture.
        private let nothing: [Float]
        private let state: Mutex<State>
        private let firstSweeps: [DispatchGroup]

        init(bands: Int, line: Int) {
            self.bands = bands
            nothing = [Float](repeating: 0, count: haloRows * line)
            state = Mutex(
                State(
                    left: Set(0..<bands), times: Array(repeating: 0, count: bands),
                    edges: Array(repeating: nil, count: bands)))
            firstSweeps = (0..<bands).map { _ in
                let group = DispatchGroup()
                group.enter()
                return group
            }
        }

        /// The next sweep of a band, the longest of the second sweep first, so that all cores end
        /// together.
        ///
        /// Those of the first sweep have all been handed out before: who waits waits for one that
        /// runs.
        func next() -> (sweep: Int, band: Int) {
            state.withLock { state in
                if state.begun < bands {
                    state.begun += 1
                    return (0, state.begun - 1)
                }
                let band = state.left.max { state.times[$0] < state.times[$1] } ?? 0
                state.left.remove(band)
                return (1, band)
            }
        }

        /// The first sweep of a band is over, after so many nanoseconds.
        func end(
            _ band: Int, edges own: (first: [Float], last: [Float]), nanoseconds: UInt64
        ) {
            state.withLock {
                $0.edges[band] = own
                $0.times[band] = nanoseconds
            }
            firstSweeps[band].leave()
        }

        /// The rows above and below a band as the first sweep left them, zero beyond the picture.
        func halo(of band: Int) -> [Float] {
            for other in max(band - 1, 0)...min(band + 1, bands - 1) { firstSweeps[other].wait() }
            return state.withLock { state in
                let above = band > 0 ? state.edges[band - 1]?.last : nil
                let below = band + 1 < bands ? state.edges[band + 1]?.first : nil
                return (above ?? nothing) + (below ?? nothing)
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

    /// Writes what the first sweep of a band begins with: no errors, and the cells' sums.
    func begin(_ rows: Range<Int>, line: Int, variant: wt_picture_variant) {
        (errors + rows.lowerBound * line).update(repeating: 0, count: rows.count * line)
        wt_picture_summarise(
            variant, tables, levels, Int32(rows.lowerBound), Int32(rows.upperBound), summaries)
    }

    /// Fits a band; `halo` holds the rows above and below it, `line` floats each, none in the
    /// first sweep.
    func fit(_ rows: Range<Int>, halo: [Float], line: Int, variant: wt_picture_variant) {
        var scratch = [Float](repeating: 0, count: 3 * line)
        halo.withUnsafeBufferPointer { halo in
            withUnsafePointer(to: cells) { cells in
                wt_picture_fit(
                    variant, tables, summaries, Int32(rows.lowerBound), Int32(rows.upperBound),
                    halo.isEmpty ? 1 : 0, errors, halo.baseAddress,
                    halo.baseAddress.map { $0 + halo.count / 2 }, &scratch, cells)
            }
        }
    }

    /// The errors of a band's first and last rows, as many as others feel.
    func edges(of rows: Range<Int>, _ line: Int) -> (first: [Float], last: [Float]) {
        func errors(_ rows: Range<Int>) -> [Float] {
            Array(
                UnsafeBufferPointer(
                    start: self.errors + rows.lowerBound * line, count: rows.count * line))
        }
        return (
            errors(rows.prefix(PictureFit.haloRows)), errors(rows.suffix(PictureFit.haloRows))
        )
    }
}
