// Eight dots in each cell, for terminals without colour.

enum Braille {
    /// Bits of the dots in reading order, two to a row (Unicode 15, block U+2800).
    private static let bits: [UInt32] = [0x01, 0x08, 0x02, 0x10, 0x04, 0x20, 0x40, 0x80]
    private static let glyphs: [Character] = (0..<256).map { value in
        Unicode.Scalar(0x2800 + UInt32(value)).map(Character.init) ?? " "
    }

    static func frame(levels: [Float], size: GridSize, options: PictureOptions) -> Frame {
        let across = size.columns * 2
        let dots = Dither.quantised(
            levels, columns: across, palette: [0, 255], dithers: options.dithers)
        return Picture.frame(size: size) { index in
            let (row, column) = index.quotientAndRemainder(dividingBy: size.columns)
            var value: UInt32 = 0
            for dot in 0..<8 {
                let place = (row * 4 + dot / 2) * across + column * 2 + dot % 2
                if dots[place] > 0 { value |= bits[dot] }
            }
            let style = Style(foreground: .grey(255), background: .grey(0))
            return Cell(glyphs[Int(value)], style: style)
        }
    }
}
