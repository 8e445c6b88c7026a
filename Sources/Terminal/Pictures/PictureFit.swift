// A whole picture in cells: one cell after the other, each knowing what its neighbours left over.

/// Fits block elements and mosaics to cells of 6 x 12 sub-pixels.
enum PictureFit {
    /// The cells of a picture, from display values 0...255 of its sub-pixels.
    static func cells(levels: [Float], size: GridSize, options: PictureOptions) -> PictureCells {
        var cells = PictureCells(size: size)
        guard size.columns > 0, size.rows > 0 else { return cells }
        let horizontal = ViewKernel(blocks: size.columns * CellBlocks.across)
        let vertical = ViewKernel(blocks: size.rows * CellBlocks.down)
        var field = ErrorField(size: size, horizontal: horizontal, vertical: vertical)
        let padded = levels + [Float](repeating: 0, count: CellSums.padding)
        for _ in 0..<(options.isDithering ? options.sweeps : 1) {
            var fit = CellFit(options: options, horizontal: horizontal, vertical: vertical)
            padded.withUnsafeBufferPointer { levels in
                guard let start = levels.baseAddress else { return }
                for row in 0..<size.rows {
                    if options.isDithering { field.begin(row: row) }
                    fitRow(row, start, &fit, &field, &cells, isDithering: options.isDithering)
                }
            }
        }
        return cells
    }

    private static func fitRow(
        _ row: Int, _ levels: UnsafePointer<Float>, _ fit: inout CellFit,
        _ field: inout ErrorField, _ cells: inout PictureCells, isDithering: Bool
    ) {
        let stride = cells.size.columns * CellSums.across
        for column in 0..<cells.size.columns {
            let start = levels + (row * CellSums.down * stride + column * CellSums.across)
            let owed = isDithering ? field.owed(column: column) : CellBlocks()
            fit.fit(start, stride: stride, row: row, column: column, owed: owed)
            if isDithering { field.set(fit.error, row: row, column: column) }
            let index = row * cells.size.columns + column
            cells.glyphs[index] = fit.choice.glyph
            cells.fronts[index] = UInt8(fit.choice.front)
            cells.backs[index] = UInt8(fit.choice.back)
            cells.residuals[index] = fit.residual
        }
        fit.endRow()
    }
}
