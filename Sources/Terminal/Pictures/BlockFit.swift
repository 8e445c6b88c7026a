// The best block element for each cell: least squares over an 8 x 8 grid of samples.

/// Fits half, quadrant and eighth blocks to cells of 8 x 8 samples.
///
/// For each way that a glyph parts the cell, the two means are the least-squares greys. They are
/// rounded to the palette both ways. The choice weighs the error of the samples against the error
/// of the means of the upper and the lower half (two squares), together with what the neighbours
/// left over; the rest is handed on as Floyd and Steinberg do. Few greys also have the shades, as
/// greys between two greys.
enum BlockFit {
    static let side = 8

    /// Weight of the error of the halves' means, on top of the samples' own.
    ///
    /// Areas must keep their brightness, the more so the fewer greys there are. Measured with
    /// frame_quality.py on NIH chest images.
    private static func meanWeight(greys: Int) -> Float {
        greys <= 2 ? 20 : greys <= 8 ? 10 : greys <= 64 ? 2 : 1
    }

    /// Error handed on beyond this is lost: what lies beyond black and white cannot be made good.
    private static let errorMax: Float = 128

    static func solid(_ grey: UInt8) -> Cell {
        Cell(" ", style: Style(foreground: .grey(grey), background: .grey(grey)))
    }

    static func frame(levels: [Float], size: GridSize, options: PictureOptions) -> Frame {
        var fitter = CellFitter(
            palette: options.palette, meanWeight: meanWeight(greys: options.palette.count))
        var carried = CarriedError(columns: size.columns)
        var cells: [Cell] = []
        cells.reserveCapacity(size.columns * size.rows)
        for row in 0..<size.rows {
            for column in 0..<size.columns {
                let sums = CellSums(
                    levels, at: row * side * size.columns * side + column * side,
                    stride: size.columns * side)
                let owed = options.isDithering ? carried.take(column) : SIMD2()
                fitter.fit(sums, owed: owed)
                if options.isDithering {
                    carried.give(
                        fitter.error.clamped(
                            lowerBound: SIMD2(repeating: -errorMax),
                            upperBound: SIMD2(repeating: errorMax)), column)
                }
                cells.append(fitter.cell)
            }
            carried.nextRow()
        }
        return Picture.frame(size: size) { cells[$0] }
    }
}
