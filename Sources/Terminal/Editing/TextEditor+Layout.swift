// A text under edit as lines of cells.

extension TextEditor {
    /// The text broken into lines of `columns` cells, and where the cursor stands in them.
    public struct Layout: Sendable, Equatable {
        /// The lines, at least one.
        public let lines: [String]
        /// The cursor's line.
        public let cursorLine: Int
        /// The cursor's cell in its line.
        public let cursorColumn: Int
    }

    /// Breaks the text into lines of `columns` cells at most.
    ///
    /// Breaks behind spaces, which stay at the end of their line (hanging where there is no room);
    /// a word longer than a line is cut. The cursor may stand behind the last cell of a line only
    /// at the end of the text, where it wraps.
    public func layout(columns: Int) -> Layout {
        let columns = max(columns, 1)
        let characters = Array(text)
        var lines: [String] = []
        var cursorLine = 0
        var cursorColumn = 0
        var start = 0
        while true {
            let (end, next) = Self.lineBreak(characters, from: start, columns: columns)
            let isLast = next >= characters.count && characters.last != "\n" || next == start
            if cursor >= start, cursor < next || isLast {
                cursorLine = lines.count
                let width = DisplayWidth.of(String(characters[start..<min(cursor, end)]))
                cursorColumn = min(width, columns)
            }
            lines.append(String(characters[start..<end]))
            if isLast { break }
            start = next
        }
        if cursorColumn == columns {
            cursorColumn = 0
            cursorLine += 1
            if cursorLine == lines.count { lines.append("") }
        }
        return Layout(lines: lines, cursorLine: cursorLine, cursorColumn: cursorColumn)
    }

    /// A line of `columns` cells that shows the cursor, and the cursor's cell in it.
    ///
    /// - Parameter mask: stands for every character, for secrets.
    public func line(columns: Int, mask: Character? = nil) -> (text: String, cursorColumn: Int) {
        let columns = max(columns, 1)
        let shown = mask.map { String(repeating: $0, count: text.count) } ?? text
        let glyphs = Array(shown)
        var start = 0
        // The cursor needs a cell of its own behind the text.
        while start < cursor,
            DisplayWidth.of(String(glyphs[start..<min(cursor, glyphs.count)])) > columns - 1
        {
            start += 1
        }
        let before = DisplayWidth.of(String(glyphs[start..<min(cursor, glyphs.count)]))
        var end = start
        var width = 0
        while end < glyphs.count {
            let next = DisplayWidth.of(String(glyphs[end]))
            if width + next > columns { break }
            width += next
            end += 1
        }
        return (String(glyphs[start..<end]), min(before, columns - 1))
    }

    /// Where the line that begins at `start` ends, and where the next one begins.
    private static func lineBreak(
        _ characters: [Character], from start: Int, columns: Int
    ) -> (end: Int, next: Int) {
        var width = 0
        var index = start
        var lastSpace: Int?
        while index < characters.count {
            if characters[index] == "\n" { return (index, index + 1) }
            let next = DisplayWidth.of(String(characters[index]))
            if characters[index] == " " {
                // A space may hang over the edge: it shows nothing there.
                if width + next > columns { return (index, index + 1) }
                lastSpace = index
            } else if width + next > columns {
                if let lastSpace { return (lastSpace + 1, lastSpace + 1) }
                return index > start ? (index, index) : (index + 1, index + 1)
            }
            width += next
            index += 1
        }
        return (index, index)
    }
}
