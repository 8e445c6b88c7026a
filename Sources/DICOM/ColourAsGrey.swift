// Colour pictures as grey: the luma of ITU-R BT.601, as PS3.3 C.7.6.3.1.2 defines it.

/// Turns decoded colour into grey of 8 or 16 bits.
enum ColourAsGrey {
    /// Luma of three samples for each pixel, rounded.
    /// - Parameter isLumaFirst: the first sample is luma already.
    /// - Parameter isPartial: luma uses 16...235 of 8 bits (YBR_PARTIAL_422).
    static func values(_ stored: StoredPixels, isLumaFirst: Bool, isPartial: Bool) -> [Float] {
        stored.mapped(LumaTransform(isLumaFirst: isLumaFirst, isPartial: isPartial))
    }

    private struct LumaTransform: PixelTransform {
        let isLumaFirst: Bool
        let isPartial: Bool

        func apply<Stored: FixedWidthInteger>(_ values: [Stored]) -> [Float] {
            (0..<values.count / 3).map { pixel in
                let first = Double(values[pixel * 3])
                if isPartial { return Float(min(max((first - 16) * 255 / 219, 0), 255).rounded()) }
                if isLumaFirst { return Float(first) }
                let green = Double(values[pixel * 3 + 1])
                let blue = Double(values[pixel * 3 + 2])
                return Float((0.299 * first + 0.587 * green + 0.114 * blue).rounded())
            }
        }
    }

    /// The palette's grey for each index, and its bits; nil where the palette is incomplete.
    static func palette(_ scope: ElementScope) -> (table: LookUpTable, grey: [Float], bits: Int)? {
        var channels: [LookUpTable] = []
        for offset in 0..<UInt16(3) {
            let descriptor = DICOMTag(0x0028, DICOMTag.redPaletteDescriptor.element + offset)
            let data = DICOMTag(0x0028, DICOMTag.redPaletteData.element + offset)
            let segments = DICOMTag(0x0028, DICOMTag.segmentedRedPaletteData.element + offset)
            let table =
                LookUpTable(scope: scope, descriptor: descriptor, data: data, isSigned: false)
                ?? LookUpTable(scope: scope, descriptor: descriptor, segments: segments)
            guard let table else { return nil }
            channels.append(table)
        }
        guard channels[1].entries.count == channels[0].entries.count,
            channels[2].entries.count == channels[0].entries.count
        else { return nil }
        let grey = channels[0].entries.indices.map { index in
            let luma =
                0.299 * Double(channels[0].entries[index])
                + 0.587 * Double(channels[1].entries[index])
                + 0.114 * Double(channels[2].entries[index])
            return Float(luma.rounded())
        }
        let isWide = channels.contains { $0.entries.contains { $0 > 255 } }
        return (channels[0], grey, isWide ? 16 : 8)
    }

    /// The grey of palette indices.
    static func values(
        _ stored: StoredPixels, palette: (table: LookUpTable, grey: [Float], bits: Int)
    ) -> [Float] {
        stored.mapped(
            PaletteTransform(first: palette.table.firstValueMapped, grey: palette.grey))
    }

    private struct PaletteTransform: PixelTransform {
        let first: Int
        let grey: [Float]

        func apply<Stored: FixedWidthInteger>(_ values: [Stored]) -> [Float] {
            values.map { grey[min(max(Int($0) - first, 0), grey.count - 1)] }
        }
    }
}
