// Untrusted text, made harmless before it meets a terminal, a log or a report.

extension String {
    /// This text with everything that could act on a terminal replaced by `U+FFFD`.
    ///
    /// Replaced are C0 and C1 controls (so every escape sequence loses its introducer), DEL, line
    /// and paragraph separators, bidirectional controls (CVE-2021-42574) and other format
    /// characters that are invisible, unassigned noncharacters and private-use code points. Joiners
    /// that scripts need (U+200C, U+200D) and variation selectors stay. Tabs become a space.
    /// - Parameter keepsNewlines: keeps `\n` (for multi-line texts such as reports).
    public func inert(keepsNewlines: Bool = false) -> String {
        if utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return self }
        var result = String.UnicodeScalarView()
        for scalar in unicodeScalars {
            if scalar == "\n" && keepsNewlines {
                result.append(scalar)
            } else if scalar == "\t" {
                result.append(" ")
            } else {
                result.append(scalar.isInert ? scalar : "\u{FFFD}")
            }
        }
        return String(result)
    }
}

extension Unicode.Scalar {
    /// True where a terminal shows the scalar and does nothing else with it.
    public var isInert: Bool {
        if value == 0x200C || value == 0x200D || (0xFE00...0xFE0F).contains(value) { return true }
        switch properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .lineSeparator, .paragraphSeparator:
            return false
        case .unassigned:
            return !properties.isNoncharacterCodePoint
        default:
            return true
        }
    }
}
