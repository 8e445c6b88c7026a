import Terminal
import Testing

@Suite("Text under edit") struct TextEditorTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let id: String
        let start: String
        let keys: [Key]
        let text: String
        let cursor: Int
        var testDescription: String { id }
    }

    @Test(
        "Keys change a line as people expect",
        arguments: [
            Row(
                id: "typing", start: "", keys: [.character("a"), .character("é")], text: "aé",
                cursor: 2),
            Row(
                id: "backspace takes a letter with its marks", start: "ae\u{301}",
                keys: [.backspace], text: "a", cursor: 1),
            Row(id: "delete at the end", start: "ab", keys: [.delete], text: "ab", cursor: 2),
            Row(id: "home and delete", start: "ab", keys: [.home, .delete], text: "b", cursor: 0),
            Row(
                id: "insert in the middle", start: "ac", keys: [.left, .character("b")],
                text: "abc", cursor: 2),
            Row(
                id: "word left and kill", start: "one two", keys: [.alt("b"), .control("k")],
                text: "one ", cursor: 4),
            Row(
                id: "delete word", start: "one two ", keys: [.control("w")], text: "one ", cursor: 4
            ),
            Row(
                id: "word right", start: "one two",
                keys: [.home, .modified(.right, .control), .character("!")], text: "one! two",
                cursor: 4),
            Row(id: "kill to start", start: "one two", keys: [.control("u")], text: "", cursor: 0),
            Row(
                id: "paste is text", start: "", keys: [.paste("a\r\nb\u{1B}[A\tc")],
                text: "a b[A c", cursor: 7),
            Row(
                id: "a run of typing is one undo", start: "x",
                keys: [.character("a"), .character("b"), .control("z")], text: "x", cursor: 1),
            Row(
                id: "undo by words", start: "",
                keys: [.character("a"), .character(" "), .character("b"), .control("z")],
                text: "a", cursor: 1),
            Row(
                id: "redo", start: "", keys: [.character("a"), .control("z"), .control("y")],
                text: "a", cursor: 1),
            Row(id: "undo with nothing", start: "x", keys: [.control("z")], text: "x", cursor: 1),
            Row(
                id: "a mark joins its letter", start: "e", keys: [.character("\u{301}")], text: "é",
                cursor: 1),
        ])
    func line(_ row: Row) {
        var editor = TextEditor(row.start)
        for key in row.keys {
            let wasUsed = editor.handle(key)
            #expect(wasUsed)
        }
        #expect(editor.text == row.text)
        #expect(editor.cursor == row.cursor)
    }

    @Test(
        "Enter, Tab, Escape and function keys are not the editor's in one line",
        arguments: [Key.enter, .tab, .escape, .function(1), .up, .down, .terminate])
    func notOurs(_ key: Key) {
        var editor = TextEditor("a")
        let wasUsed = editor.handle(key)
        #expect(!wasUsed)
        #expect(editor.text == "a")
    }

    @Test("Up and down keep the column") func vertical() {
        var editor = TextEditor("abcdef\nab\nabcdef", isMultiline: true)
        _ = editor.handle(.left)
        _ = editor.handle(.up)
        #expect(editor.cursor == 9)
        _ = editor.handle(.up)
        #expect(editor.cursor == 5)
        _ = editor.handle(.enter)
        #expect(editor.text == "abcde\nf\nab\nabcdef")
    }

    @Test("It never takes more than its limit") func limit() {
        var editor = TextEditor("", characterCountMax: 5)
        editor.insert("abcdefgh")
        _ = editor.handle(.character("x"))
        #expect(editor.text == "abcde")
    }

    struct LayoutRow: Sendable, CustomTestStringConvertible {
        let text: String
        let columns: Int
        let lines: [String]
        let line: Int
        let column: Int
        var testDescription: String { "\(text.debugDescription) in \(columns)" }
    }

    @Test(
        "The layout shows all of the text and the cursor behind it",
        arguments: [
            LayoutRow(text: "", columns: 5, lines: [""], line: 0, column: 0),
            LayoutRow(text: "abc", columns: 5, lines: ["abc"], line: 0, column: 3),
            LayoutRow(text: "abcde", columns: 5, lines: ["abcde", ""], line: 1, column: 0),
            LayoutRow(
                text: "one two three", columns: 8, lines: ["one two ", "three"], line: 1, column: 5),
            LayoutRow(text: "a\n", columns: 5, lines: ["a", ""], line: 1, column: 0),
            LayoutRow(text: "abcdefg", columns: 3, lines: ["abc", "def", "g"], line: 2, column: 1),
            LayoutRow(text: "漢字漢", columns: 4, lines: ["漢字", "漢"], line: 1, column: 2),
            LayoutRow(text: "漢", columns: 1, lines: ["漢", ""], line: 1, column: 0),
        ])
    func layout(_ row: LayoutRow) {
        let layout = TextEditor(row.text, isMultiline: true).layout(columns: row.columns)
        #expect(layout.lines == row.lines)
        #expect(layout.cursorLine == row.line)
        #expect(layout.cursorColumn == row.column)
    }

    @Test("For every cursor the layout keeps the text and shows the cursor", arguments: 1...12)
    func everyCursor(columns: Int) {
        let text = "Moderate right apical  pneumothorax.\n\nNo tension 漢字 ok "
        var editor = TextEditor(text, isMultiline: true)
        editor.insert("")
        for _ in 0...text.count {
            let layout = editor.layout(columns: columns)
            #expect(layout.cursorLine < layout.lines.count)
            #expect(layout.cursorColumn < columns)
            #expect(
                layout.lines.joined().filter { $0 != " " }
                    == text.filter { $0 != "\n" && $0 != " " })
            _ = editor.handle(.left)
        }
    }

    @Test("A long line scrolls to its cursor, and a secret is masked") func scrolling() {
        var editor = TextEditor("abcdefghij")
        #expect(editor.line(columns: 5) == ("ghij", 4))
        #expect(editor.line(columns: 5, mask: "•") == ("••••", 4))
        _ = editor.handle(.home)
        #expect(editor.line(columns: 5) == ("abcde", 0))
        #expect(TextEditor("").line(columns: 5) == ("", 0))
    }
}
