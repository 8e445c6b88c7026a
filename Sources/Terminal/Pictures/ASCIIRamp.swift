// Characters by how much ink they have, where there is nothing else.

enum ASCIIRamp {
    /// Characters and the share of the cell they ink, 0...255 of the fullest (DejaVu Sans Mono, its
    /// advance x line height box, as ../shared/tools/frame_quality.py measures glyphs).
    private static let ramp: [(glyph: Character, level: UInt8)] = [
        (" ", 0), (".", 26), (":", 52), ("-", 36), ("=", 91), ("+", 79), ("*", 104), ("o", 126),
        ("#", 208), ("%", 187), ("@", 255),
    ]

    static func frame(levels: [Float], size: GridSize, options: PictureOptions) -> Frame {
        let sorted = ramp.sorted { $0.level < $1.level }
        let chosen = Dither.quantised(
            levels, columns: size.columns, palette: sorted.map(\.level),
            dithers: options.dithers)
        var glyphs = [Character](repeating: " ", count: 256)
        for entry in sorted { glyphs[Int(entry.level)] = entry.glyph }
        return Picture.frame(size: size) { index in
            Cell(
                glyphs[Int(chosen[index])],
                style: Style(foreground: .grey(255), background: .grey(0)))
        }
    }
}
