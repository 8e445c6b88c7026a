// Two greys in each cell, one above the other.

enum HalfBlocks {
    static func frame(levels: [Float], size: GridSize, options: PictureOptions) -> Frame {
        let greys = Dither.quantised(
            levels, columns: size.columns, palette: options.palette, dithers: options.isDithering)
        return Picture.frame(size: size) { index in
            let (row, column) = index.quotientAndRemainder(dividingBy: size.columns)
            let top = greys[row * 2 * size.columns + column]
            let bottom = greys[(row * 2 + 1) * size.columns + column]
            return cell(top: top, bottom: bottom)
        }
    }

    /// The brighter half is always the foreground: half as many colour pairs, and without colour
    /// the glyph alone shows it.
    private static func cell(top: UInt8, bottom: UInt8) -> Cell {
        if top == bottom { return Picture.solid(top) }
        if top > bottom {
            return Cell("▀", style: Style(foreground: .grey(top), background: .grey(bottom)))
        }
        return Cell("▄", style: Style(foreground: .grey(bottom), background: .grey(top)))
    }
}
