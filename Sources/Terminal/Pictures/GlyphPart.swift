// The ways in which glyphs part a cell into ink and rest.

/// A partition of a cell: what is ink and what is rest, the glyph for it and its complement.
///
/// A cell is 6 x 12 sub-pixels. Eighths do not fall on whole ones; their coverage is fractional.
struct GlyphPart: Sendable {
    /// Which sums of a cell give the ink's sum.
    enum Sums: Int {
        /// The 2 x 4 blocks of 3 x 3 sub-pixels.
        case octants
        /// The lowest 1, 2, ... 7 eighths.
        case lower
        /// The leftmost 1, 2, ... 7 eighths.
        case left
        /// The 2 x 3 blocks of 3 x 4 sub-pixels.
        case sextants
    }

    /// The scalar whose ink this is.
    let glyph: UInt32
    /// The scalar that inks the rest; nil where there is none.
    let complement: UInt32?
    let sums: Sums
    /// The ink's sum is the scalar product of these with the sums.
    let coefficients: SIMD8<Float>
    /// Share of ink of each block of 2 x 2 sub-pixels.
    let cover: CellBlocks
    /// Sums over the sub-pixels: ink squared, ink times rest, rest squared.
    let inkSquares: Float
    let mixed: Float
    let restSquares: Float

    private init(
        _ glyph: UInt32, complement: UInt32?, sums: Sums, coefficients: SIMD8<Float>,
        ink: (_ column: Int, _ row: Int) -> Float
    ) {
        self.glyph = glyph
        self.complement = complement
        self.sums = sums
        self.coefficients = coefficients
        var cover = CellBlocks()
        var squares: (ink: Float, mixed: Float, rest: Float) = (0, 0, 0)
        for row in 0..<12 {
            for column in 0..<6 {
                let share = ink(column, row)
                cover[column / 2][row / 2] += share / 4
                squares.ink += share * share
                squares.mixed += share * (1 - share)
                squares.rest += (1 - share) * (1 - share)
            }
        }
        self.cover = cover
        (inkSquares, mixed, restSquares) = (squares.ink, squares.mixed, squares.rest)
    }

    /// The lowest eighths, `count` of 8.
    private static func lower(_ count: Int) -> GlyphPart {
        var unit = SIMD8<Float>()
        unit[count - 1] = 1
        let complements: [Int: UInt32] = [4: 0x2580, 7: 0x2594]
        return GlyphPart(
            0x2580 + UInt32(count), complement: complements[count], sums: .lower,
            coefficients: unit
        ) { _, row in
            min(max(Float(row + 1) - (12 - 1.5 * Float(count)), 0), 1)
        }
    }

    /// The leftmost eighths, `count` of 8.
    private static func left(_ count: Int) -> GlyphPart {
        var unit = SIMD8<Float>()
        unit[count - 1] = 1
        let complements: [Int: UInt32] = [4: 0x2590, 7: 0x2595]
        return GlyphPart(
            0x2590 - UInt32(count), complement: complements[count], sums: .left,
            coefficients: unit
        ) { column, _ in
            min(max(0.75 * Float(count) - Float(column), 0), 1)
        }
    }

    /// A mosaic of 2 x 4; bit 0 is top left, bit 1 top right, bit 2 the next row's left.
    private static func octant(_ bits: Int) -> GlyphPart? {
        guard let glyph = MosaicGlyphs.octants[bits] else { return nil }
        var unit = SIMD8<Float>()
        for bit in 0..<8 where bits >> bit & 1 == 1 { unit[bit] = 1 }
        return GlyphPart(
            glyph, complement: MosaicGlyphs.octants[255 - bits], sums: .octants, coefficients: unit
        ) { column, row in
            bits >> (row / 3 * 2 + column / 3) & 1 == 1 ? 1 : 0
        }
    }

    /// A mosaic of 2 x 3, bits in the same order.
    private static func sextant(_ bits: Int) -> GlyphPart? {
        guard let glyph = MosaicGlyphs.sextants[bits] else { return nil }
        var unit = SIMD8<Float>()
        for bit in 0..<6 where bits >> bit & 1 == 1 { unit[bit] = 1 }
        return GlyphPart(
            glyph, complement: MosaicGlyphs.sextants[63 - bits], sums: .sextants,
            coefficients: unit
        ) { column, row in
            bits >> (row / 4 * 2 + column / 3) & 1 == 1 ? 1 : 0
        }
    }

    /// The partitions of a set, without those that are others with ink and rest exchanged.
    ///
    /// Coarse leaves out what is narrower than half a cell: with few greys an eighth is a thin line
    /// of quite another grey, and could pass for a pleural line.
    static func all(of glyphs: Capabilities.Glyphs, isCoarse: Bool) -> [GlyphPart] {
        let halves = [octant(0xF0)].compactMap(\.self)
        let quadrants =
            halves + [0x55, 0x05, 0x0A, 0x50, 0xA0, 0xA5].compactMap { octant($0) }
        let eighths = [1, 2, 3, 5, 6, 7]
        let blocks =
            isCoarse ? quadrants : quadrants + eighths.map(lower) + eighths.map(left)
        switch glyphs {
        case .ascii, .braille: return []
        case .half: return halves
        case .quadrant: return quadrants
        case .blocks: return blocks
        case .sextant: return blocks + (1..<32).compactMap { $0 == 21 ? nil : sextant($0) }
        case .octant:
            let known = Set(blocks.flatMap { [$0.glyph, $0.complement].compactMap(\.self) })
            let others = (1..<128).compactMap { octant($0) }
            return blocks + others.filter { !known.contains($0.glyph) }
        }
    }
}
