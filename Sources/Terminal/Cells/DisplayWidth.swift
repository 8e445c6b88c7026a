// How many cells text takes, and text made inert: what cannot be shown safely never reaches a cell.

/// The width of text on a terminal, and its decomposition into safe glyphs.
///
/// Works scalar by scalar, as terminals do. Marks (Mn, Me) join the glyph before them, four at
/// most. Joiners and variation selectors are left out. Controls, bidirectional controls, other
/// format controls, private and unassigned code points become U+FFFD, so that no text can steer
/// the terminal or reorder what stands beside it.
public enum DisplayWidth {
    /// What a scalar becomes on the screen.
    enum Kind: Equatable {
        case glyph(width: UInt8)
        case mark
        case omitted
        case unsafe
    }

    private static let marksMax = 4
    /// One character for each printable ASCII code, so that plain text needs no conversion.
    private static let asciiGlyphs: [Character] = (0..<128).map {
        Character(Unicode.Scalar(UInt8($0)))
    }

    /// Cells that `text` takes, as `glyphs(of:)` would write it.
    public static func of(_ text: some StringProtocol) -> Int {
        var total = 0
        for scalar in text.unicodeScalars {
            switch kind(of: scalar) {
            case .glyph(let width): total += Int(width)
            case .unsafe: total += 1
            case .mark, .omitted: break
            }
        }
        return total
    }

    /// The glyphs of a text with their widths (1 or 2), made inert.
    public static func glyphs(of text: some StringProtocol) -> [(glyph: Character, width: UInt8)] {
        var result: [(glyph: Character, width: UInt8)] = []
        result.reserveCapacity(text.utf8.count)
        var pending: String.UnicodeScalarView = .init()
        var marks = 0
        for scalar in text.unicodeScalars {
            switch kind(of: scalar) {
            case .glyph(let width):
                result.append(
                    scalar.isASCII
                        ? (asciiGlyphs[Int(scalar.value)], 1) : (Character(scalar), width))
                marks = 0
                pending = .init([scalar])
            case .mark:
                guard !result.isEmpty, marks < marksMax, !pending.isEmpty else { continue }
                pending.append(scalar)
                marks += 1
                let joined = String(pending)
                if joined.count == 1, let glyph = joined.first {
                    result[result.count - 1].glyph = glyph
                }
            case .omitted: break
            case .unsafe:
                result.append(("\u{FFFD}", 1))
                pending = .init()
            }
        }
        return result
    }

    /// The text with everything that could steer a terminal replaced by U+FFFD.
    public static func inert(_ text: some StringProtocol) -> String {
        String(glyphs(of: text).map(\.glyph))
    }

    static func kind(of scalar: Unicode.Scalar) -> Kind {
        let value = scalar.value
        if value < 0x7F { return value >= 0x20 ? .glyph(width: 1) : .unsafe }
        if value < 0x300 { return value < 0xA0 ? .unsafe : value == 0xAD ? .omitted : narrow }
        // Drawing blocks come in their thousands from pictures.
        if value >= 0x2500, value < 0x25FD { return narrow }
        if isJoiner(value) { return .omitted }
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark: return .mark
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator,
            .paragraphSeparator:
            return .unsafe
        default: break
        }
        // Vowels and finals of conjoining Hangul stand in the cells of their leading consonant.
        if (0x1160...0x11FF).contains(value) || (0xD7B0...0xD7FB).contains(value) { return .mark }
        return .glyph(width: isWide(value) ? 2 : 1)
    }

    private static let narrow = Kind.glyph(width: 1)

    /// ZWNJ, ZWJ, word joiner, and the variation selectors: they only choose between letter forms.
    private static func isJoiner(_ value: UInt32) -> Bool {
        value == 0x200C || value == 0x200D || value == 0x2060
            || (0xFE00...0xFE0F).contains(value) || (0xE0100...0xE01EF).contains(value)
    }

    private static func isWide(_ value: UInt32) -> Bool {
        guard value >= 0x1100 else { return false }
        var low = 0
        var high = wideRanges.count - 1
        while low <= high {
            let middle = (low + high) / 2
            if value < wideRanges[middle].first {
                high = middle - 1
            } else if value > wideRanges[middle].last {
                low = middle + 1
            } else {
                return true
            }
        }
        return false
    }
}
