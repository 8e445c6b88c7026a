// Fields that take text.

import Terminal

extension Canvas {
    /// A field of one line with its label; the terminal's cursor stands in it.
    mutating func drawField(_ field: TextEditor, label: String, in area: Rectangle) {
        frame.fill(area, style: Style(.input))
        let taken = frame.put(label, at: area.origin, style: Style(.input), width: area.columns)
        let line = field.line(columns: area.columns - taken)
        let place = area.position(columns: taken)
        frame.put(line.text, at: place, style: Style(.input), width: area.columns - taken)
        frame.cursor = place.moved(columns: line.cursorColumn)
    }

    /// A text of several lines, scrolled to its cursor where it has the keys.
    mutating func drawText(_ field: TextEditor, in area: Rectangle, isFocused: Bool) {
        guard !area.isEmpty else { return }
        let style = Style(isFocused ? .input : .text)
        frame.fill(area, style: style)
        let layout = field.layout(columns: area.columns)
        let top = isFocused ? max(0, layout.cursorLine - area.rows + 1) : 0
        for row in 0..<area.rows where layout.lines.indices.contains(top + row) {
            frame.put(
                layout.lines[top + row], at: area.position(rows: row), style: style,
                width: area.columns)
        }
        drawScrollMark(top: top, shown: area.rows, count: layout.lines.count, in: area)
        if isFocused {
            frame.cursor = area.position(
                columns: layout.cursorColumn, rows: layout.cursorLine - top)
        }
    }
}
