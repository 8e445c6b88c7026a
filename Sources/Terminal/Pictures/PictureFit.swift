// A whole picture in cells: one cell after the other, each knowing what its neighbours left over.

import Dispatch
import Synchronization

/// Fits block elements and mosaics to cells of 6 x 12 sub-pixels.
///
/// The rows are parted into bands that are fitted side by side; how many depends on the picture
/// only, so the result does not depend on the number of cores. In the first sweep a band does not
/// know the others; in the second each cell knows all its neighbours as the first left them, those
/// of its own band as they are now.
enum PictureFit {
    /// Rows of a band, at least.
    private static let bandRows = 10

    /// One band's cells, and what they leave over.
    private struct Band: Sendable {
        var cells: PictureCells
        var field: ErrorField
    }

    /// The cells of a picture, from display values 0...255 of its sub-pixels.
    static func cells(levels: [Float], size: GridSize, options: PictureOptions) -> PictureCells {
        var cells = PictureCells(size: size)
        guard size.columns > 0, size.rows > 0 else { return cells }
        let horizontal = ViewKernel(blocks: size.columns * CellBlocks.across)
        let vertical = ViewKernel(blocks: size.rows * CellBlocks.down)
        // Only the last sweep's choices stay; those before need not count bytes.
        var draft = options
        draft.thrift = 0
        var field = ErrorField(size: size, horizontal: horizontal, vertical: vertical)
        let padded = padded(levels)
        let count = max(size.rows / bandRows, 1)
        let bands = (0..<count).map { size.rows * $0 / count..<size.rows * ($0 + 1) / count }
        let sweeps = options.isDithering ? options.sweeps : 1
        for sweep in 1...sweeps {
            let fit = CellFit(
                options: sweep == sweeps ? options : draft, horizontal: horizontal,
                vertical: vertical)
            let (known, before) = (cells, field)
            let made = Mutex([Int: Band]())
            DispatchQueue.concurrentPerform(iterations: count) { index in
                var band = Band(cells: known, field: before)
                fitRows(bands[index], padded, fit, &band, isDithering: options.isDithering)
                let done = band
                made.withLock { $0[index] = done }
            }
            let all = made.withLock { $0 }
            for (index, rows) in bands.enumerated() {
                guard let band = all[index] else { continue }
                cells.copy(
                    from: band.cells, at: rows.lowerBound * size.columns,
                    to: rows.lowerBound * size.columns, count: rows.count * size.columns)
                field.takeErrors(of: rows, from: band.field)
            }
        }
        return cells
    }

    /// The levels within 0...255, NaN as black, with room behind them.
    private static func padded(_ levels: [Float]) -> [Float] {
        let count = levels.count + CellSums.padding
        return [Float](unsafeUninitializedCapacity: count) { buffer, filled in
            for index in levels.indices {
                buffer[index] = levels[index] >= 0 ? min(levels[index], 255) : 0
            }
            for index in levels.count..<count { buffer[index] = 0 }
            filled = count
        }
    }

    private static func fitRows(
        _ rows: Range<Int>, _ levels: [Float], _ fit: CellFit, _ band: inout Band,
        isDithering: Bool
    ) {
        var fit = fit
        let size = band.cells.size
        let stride = size.columns * CellSums.across
        levels.withUnsafeBufferPointer { levels in
            guard let first = levels.baseAddress else { return }
            for row in rows {
                if isDithering { band.field.begin(row: row) }
                for column in 0..<size.columns {
                    let start = row * CellSums.down * stride + column * CellSums.across
                    let owed = isDithering ? band.field.owed(column: column) : CellBlocks()
                    fit.fit(
                        first + start, stride: stride, row: row, column: column, owed: owed)
                    if isDithering { band.field.set(fit.error, row: row, column: column) }
                    let index = row * size.columns + column
                    band.cells.glyphs[index] = fit.choice.glyph
                    band.cells.fronts[index] = UInt8(fit.choice.front)
                    band.cells.backs[index] = UInt8(fit.choice.back)
                    band.cells.residuals[index] = fit.residual
                }
                fit.endRow()
            }
        }
    }
}
