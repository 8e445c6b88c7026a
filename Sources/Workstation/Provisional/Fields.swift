// Text fields until the room Terminal brings its own.

import Terminal

struct TextField: Sendable {
    private var characters: [Character]
    private(set) var cursor: Int
    let isMultiline: Bool

    init(_ text: String, isMultiline: Bool = true) {
        characters = Array(text)
        cursor = characters.count
        self.isMultiline = isMultiline
    }

    var text: String { String(characters) }

    mutating func handle(_ key: Key) {
        switch key {
        case .character(let character): insert([character])
        case .paste(let text): insert(Array(text))
        case .enter: insert(["\n"])
        case .backspace:
            guard cursor > 0 else { return }
            cursor -= 1
            characters.remove(at: cursor)
        case .delete: if cursor < characters.count { characters.remove(at: cursor) }
        case .left: cursor = max(cursor - 1, 0)
        case .right: cursor = min(cursor + 1, characters.count)
        case .home: cursor = 0
        case .end: cursor = characters.count
        default: break
        }
    }

    private mutating func insert(_ text: [Character]) {
        let shown = isMultiline ? text : text.map { $0 == "\n" ? " " : $0 }
        characters.insert(contentsOf: shown, at: cursor)
        cursor += shown.count
    }
}

struct LineField: Sendable {
    private var field: TextField
    init(_ text: String) { field = TextField(text, isMultiline: false) }
    var text: String { field.text }
    var cursor: Int { field.cursor }
    mutating func handle(_ key: Key) { if key != .enter { field.handle(key) } }
}

extension Canvas {
    mutating func drawField(
        _ field: LineField, label: String, in area: Rectangle, isFocused: Bool
    ) {
        frame.fill(area, style: Style(.input))
        let taken = frame.put(label, at: area.origin, style: Style(.input), width: area.columns)
        frame.put(
            field.text, at: area.position(columns: taken), style: Style(.input),
            width: area.columns - taken)
        if isFocused { frame.cursor = area.position(columns: taken + field.cursor) }
    }

    mutating func drawText(_ field: TextField, in area: Rectangle, isFocused: Bool) {
        frame.fill(area, style: Style(isFocused ? .input : .text))
        for (row, line) in TextLayout.wrapped(field.text, to: area.columns).prefix(area.rows)
            .enumerated()
        {
            frame.put(
                line, at: area.position(rows: row), style: Style(isFocused ? .input : .text),
                width: area.columns)
        }
        if isFocused { frame.cursor = area.origin }
    }
}
