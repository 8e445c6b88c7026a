// The scalars of mosaics, by their bits: 0 top left, 1 top right, 2 the next row's left.

/// Sextants (Unicode 13) and octants (Unicode 16), with the older blocks where they are the same.
enum MosaicGlyphs {
    /// 2 x 3 blocks: U+1FB00 on, in the order of their bits, less the half blocks.
    static let sextants: [Int: UInt32] = {
        var glyphs: [Int: UInt32] = [21: 0x258C, 42: 0x2590, 63: 0x2588]
        var next: UInt32 = 0x1FB00
        for bits in 1..<63 where glyphs[bits] == nil {
            glyphs[bits] = next
            next += 1
        }
        return glyphs
    }()

    /// 2 x 4 blocks: U+1CD00 on, in the order of their bits, less those that stand elsewhere.
    static let octants: [Int: UInt32] = {
        var glyphs: [Int: UInt32] = [
            0: 0x20, 1: 0x1CEA8, 2: 0x1CEAB, 3: 0x1FB82, 5: 0x2598, 10: 0x259D, 15: 0x2580,
            20: 0x1FBE6, 40: 0x1FBE7, 63: 0x1FB85, 64: 0x1CEA3, 80: 0x2596, 85: 0x258C,
            90: 0x259E, 95: 0x259B, 128: 0x1CEA0, 160: 0x2597, 165: 0x259A, 170: 0x2590,
            175: 0x259C, 192: 0x2582, 240: 0x2584, 245: 0x2599, 250: 0x259F, 252: 0x2586,
            255: 0x2588,
        ]
        var next: UInt32 = 0x1CD00
        for bits in 0..<256 where glyphs[bits] == nil {
            glyphs[bits] = next
            next += 1
        }
        return glyphs
    }()
}
