// Text in cells: cutting, wrapping and columns, all by display width.

/// Where text stands in the cells it is given.
public enum TextAlignment: Sendable, Hashable {
    /// At the left.
    case left
    /// In the middle.
    case center
    /// At the right.
    case right
}

/// A piece of text in one style.
public struct TextRun: Sendable, Hashable {
    /// What is written.
    public var text: String
    /// How it looks.
    public var style: Style

    /// Makes a run.
    public init(_ text: String, _ style: Style = .text) {
        self.text = text
        self.style = style
    }
}

/// Cutting, padding and wrapping of text by the cells it takes.
public enum TextLayout {
    /// The mark at the end of text that was cut.
    public static let ellipsis: Character = "…"

    /// The text in `columns` cells at most, ending in `…` where it was cut.
    public static func truncated(_ text: some StringProtocol, to columns: Int) -> String {
        String(truncated(DisplayWidth.glyphs(of: text), to: columns).map(\.glyph))
    }

    /// The text in exactly `columns` cells, cut or filled with spaces.
    public static func padded(
        _ text: some StringProtocol, to columns: Int, alignment: TextAlignment = .left
    ) -> String {
        let glyphs = truncated(DisplayWidth.glyphs(of: text), to: columns)
        let room = max(columns - glyphs.reduce(0) { $0 + Int($1.width) }, 0)
        let before: Int
        switch alignment {
        case .left: before = 0
        case .center: before = room / 2
        case .right: before = room
        }
        return String(repeating: " ", count: before) + String(glyphs.map(\.glyph))
            + String(repeating: " ", count: room - before)
    }

    /// Cells in a row as a line: each padded to its width, `gap` spaces between.
    public static func row(
        _ fields: [(text: String, columns: Int, alignment: TextAlignment)], gap: Int = 1
    ) -> String {
        fields.map { padded($0.text, to: $0.columns, alignment: $0.alignment) }
            .joined(separator: String(repeating: " ", count: max(gap, 0)))
    }

    /// The text broken into lines of `columns` cells at most.
    ///
    /// Breaks at spaces, which vanish there; a word longer than a line is cut where the line ends.
    /// Line feeds start a new line, so an empty line stays empty. Every result is inert.
    public static func wrapped(_ text: some StringProtocol, to columns: Int) -> [String] {
        guard columns > 0 else { return [] }
        return text.split(separator: "\n", omittingEmptySubsequences: false)
            .flatMap { wrappedParagraph($0, to: columns) }
    }

    private static func wrappedParagraph(_ text: some StringProtocol, to columns: Int) -> [String] {
        var lines: [String] = []
        var line = ""
        var used = 0
        for word in text.split(separator: " ", omittingEmptySubsequences: true) {
            var glyphs = DisplayWidth.glyphs(of: word)[...]
            var width = glyphs.reduce(0) { $0 + Int($1.width) }
            if used > 0, used + 1 + width <= columns {
                line.append(" ")
                used += 1
            } else if used > 0 {
                lines.append(line)
                (line, used) = ("", 0)
            }
            while width > columns {
                let head = prefix(glyphs, within: columns)
                guard !head.isEmpty else { return lines }
                lines.append(String(head.map(\.glyph)))
                glyphs = glyphs.dropFirst(head.count)
                width = glyphs.reduce(0) { $0 + Int($1.width) }
            }
            line.append(contentsOf: glyphs.map(\.glyph))
            used += width
        }
        lines.append(line)
        return lines
    }

    /// As many glyphs as fit into `columns` cells.
    static func prefix(
        _ glyphs: ArraySlice<(glyph: Character, width: UInt8)>, within columns: Int
    ) -> ArraySlice<(glyph: Character, width: UInt8)> {
        var used = 0
        var end = glyphs.startIndex
        while end < glyphs.endIndex, used + Int(glyphs[end].width) <= columns {
            used += Int(glyphs[end].width)
            end += 1
        }
        return glyphs[glyphs.startIndex..<end]
    }

    static func truncated(
        _ glyphs: [(glyph: Character, width: UInt8)], to columns: Int
    ) -> ArraySlice<(glyph: Character, width: UInt8)> {
        guard columns > 0 else { return [] }
        let fitting = prefix(glyphs[...], within: columns)
        if fitting.count == glyphs.count { return fitting }
        return prefix(glyphs[...], within: columns - 1) + [(ellipsis, UInt8(1))]
    }
}
