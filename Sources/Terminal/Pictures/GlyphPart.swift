// The ways in which glyphs part a cell into ink and rest.

import CKernels

/// A partition of a cell: what is ink and what is rest, the glyph for it and its complement.
///
/// A cell is 6 x 12 sub-pixels. Eighths do not fall on whole ones; their coverage is fractional.
struct GlyphPart: Sendable {
    /// The scalar whose ink this is.
    let glyph: UInt32
    /// The scalar that inks the rest; nil where there is none.
    let complement: UInt32?
    /// Which sums of a cell give the ink's sum.
    let sums: wt_picture_sums
    /// The sums of mosaics that make the ink; for eighths their lane, the number of them less one.
    let bits: Int
    /// Share of ink of each sub-pixel, row by row.
    let ink: [Float]
    /// Sums over the sub-pixels: ink squared, ink times rest, rest squared.
    let inkSquares: Float
    let mixed: Float
    let restSquares: Float

    private init(
        _ glyph: UInt32, complement: UInt32?, sums: wt_picture_sums, bits: Int,
        ink: (_ column: Int, _ row: Int) -> Float
    ) {
        self.glyph = glyph
        self.complement = complement
        self.sums = sums
        self.bits = bits
        let shares = (0..<CellBlocks.subPixels).map {
            ink($0 % CellBlocks.subPixelsAcross, $0 / CellBlocks.subPixelsAcross)
        }
        self.ink = shares
        inkSquares = shares.reduce(0) { $0 + $1 * $1 }
        mixed = shares.reduce(0) { $0 + $1 * (1 - $1) }
        restSquares = shares.reduce(0) { $0 + (1 - $1) * (1 - $1) }
    }

    /// Ink of each block, its sub-pixels counted by their shares.
    func cover(across: [Float], down: [Float]) -> CellBlocks {
        var cover = CellBlocks()
        for (index, share) in ink.enumerated() {
            let (row, column) = index.quotientAndRemainder(dividingBy: CellBlocks.subPixelsAcross)
            cover[column / 2][row / 2] += share * across[column] * down[row]
        }
        return cover
    }

    /// The lowest eighths, `count` of 8.
    private static func lower(_ count: Int) -> GlyphPart {
        let complements: [Int: UInt32] = [4: 0x2580, 7: 0x2594]
        return GlyphPart(
            0x2580 + UInt32(count), complement: complements[count], sums: .lower,
            bits: count - 1
        ) { _, row in
            min(max(Float(row + 1) - (12 - 1.5 * Float(count)), 0), 1)
        }
    }

    /// The leftmost eighths, `count` of 8.
    private static func left(_ count: Int) -> GlyphPart {
        let complements: [Int: UInt32] = [4: 0x2590, 7: 0x2595]
        return GlyphPart(
            0x2590 - UInt32(count), complement: complements[count], sums: .left,
            bits: count - 1
        ) { column, _ in
            min(max(0.75 * Float(count) - Float(column), 0), 1)
        }
    }

    /// A mosaic of 2 x 4; bit 0 is top left, bit 1 top right, bit 2 the next row's left.
    private static func octant(_ bits: Int) -> GlyphPart? {
        guard let glyph = MosaicGlyphs.octants[bits] else { return nil }
        return GlyphPart(
            glyph, complement: MosaicGlyphs.octants[255 - bits], sums: .octants, bits: bits
        ) { column, row in
            bits >> (row / 3 * 2 + column / 3) & 1 == 1 ? 1 : 0
        }
    }

    /// A mosaic of 2 x 3, bits in the same order.
    private static func sextant(_ bits: Int) -> GlyphPart? {
        guard let glyph = MosaicGlyphs.sextants[bits] else { return nil }
        return GlyphPart(
            glyph, complement: MosaicGlyphs.sextants[63 - bits], sums: .sextants,
            bits: bits
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
