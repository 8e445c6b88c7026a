import Terminal
import Testing

@Suite("Frames") struct FrameTests {
    struct WidthRow: Sendable, CustomTestStringConvertible {
        let id: String
        let text: String
        let width: Int
        let inert: String
        var testDescription: String { id }
    }

    @Test(
        "Text has the width that a terminal gives it, and is inert",
        arguments: [
            WidthRow(id: "ASCII", text: "abc", width: 3, inert: "abc"),
            WidthRow(id: "wide", text: "漢字", width: 4, inert: "漢字"),
            WidthRow(id: "composed", text: "é", width: 1, inert: "é"),
            WidthRow(id: "decomposed", text: "e\u{301}", width: 1, inert: "e\u{301}"),
            WidthRow(
                id: "stacked marks are bounded",
                text: "e" + String(repeating: "\u{301}", count: 50),
                width: 1, inert: "e\u{301}\u{301}\u{301}\u{301}"),
            WidthRow(id: "mark alone", text: "\u{301}a", width: 1, inert: "a"),
            WidthRow(id: "escape", text: "a\u{1B}[2J", width: 5, inert: "a\u{FFFD}[2J"),
            WidthRow(id: "C1 control", text: "a\u{9B}2J", width: 4, inert: "a\u{FFFD}2J"),
            WidthRow(id: "bidi override", text: "a\u{202E}b", width: 3, inert: "a\u{FFFD}b"),
            WidthRow(id: "isolate", text: "\u{2066}b", width: 2, inert: "\u{FFFD}b"),
            WidthRow(id: "line feed", text: "a\nb", width: 3, inert: "a\u{FFFD}b"),
            WidthRow(id: "joiner", text: "a\u{200D}b", width: 2, inert: "ab"),
            WidthRow(id: "private use", text: "\u{E000}", width: 1, inert: "\u{FFFD}"),
            WidthRow(id: "Hangul syllable", text: "한", width: 2, inert: "한"),
            WidthRow(id: "Hangul jamo", text: "\u{1112}\u{1161}\u{11AB}", width: 2, inert: "한"),
            WidthRow(id: "block elements", text: "▀▄█", width: 3, inert: "▀▄█"),
            WidthRow(id: "Hebrew", text: "שלום", width: 4, inert: "שלום"),
            WidthRow(id: "Thai with marks", text: "น้ำ", width: 2, inert: "น้ำ"),
            WidthRow(id: "emoji", text: "🫁", width: 2, inert: "🫁"),
        ])
    func widths(_ row: WidthRow) {
        #expect(DisplayWidth.of(row.text) == row.width)
        #expect(DisplayWidth.inert(row.text) == row.inert)
        var frame = Frame(size: GridSize(columns: 20, rows: 1))
        #expect(frame.put(row.text, at: Position(column: 0, row: 0)) == row.width)
    }

    @Test("Text is cut at the edge with an ellipsis, wide characters whole") func cutting() {
        var frame = Frame(size: GridSize(columns: 6, rows: 4))
        frame.put("abcdefgh", at: Position(column: 0, row: 0))
        frame.put("漢字漢字", at: Position(column: 0, row: 1))
        frame.put("漢字漢字", at: Position(column: 1, row: 2), width: 4)
        frame.put("right", at: Position(column: 0, row: 3), width: 6, alignment: .right)
        #expect(frame.text == "abcde…\n漢字…\n 漢…\n right")
    }

    @Test("Half of a wide glyph never stays behind") func halves() {
        var frame = Frame(size: GridSize(columns: 4, rows: 2))
        frame.put("漢字", at: Position(column: 0, row: 0))
        frame.put("x", at: Position(column: 1, row: 0))
        frame.put("漢字", at: Position(column: 0, row: 1))
        frame.put("x", at: Position(column: 2, row: 1))
        #expect(frame.text == " x字\n漢x")
        let widths = frame.cells.map(\.width)
        #expect(widths == [1, 1, 2, 0, 2, 0, 1, 1])
    }

    @Test("Drawing outside does nothing", arguments: [(-3, 0), (0, -1), (50, 0), (0, 9), (-9, -9)])
    func outside(_ place: (Int, Int)) {
        var frame = Frame(size: GridSize(columns: 4, rows: 3))
        let position = Position(column: place.0, row: place.1)
        frame.put("ab", at: position)
        frame[position] = Cell("x", style: .text)
        frame.fill(Rectangle(column: place.0, row: place.1, columns: 2, rows: 1), with: "x")
        frame.box(Rectangle(column: place.0, row: place.1, columns: 2, rows: 2))
        frame.draw(Frame(size: GridSize(columns: 2, rows: 1)), at: position)
        let expected = Frame(size: GridSize(columns: 4, rows: 3))
        #expect(frame.difference(from: expected).allSatisfy { $0.column < 2 && $0.row < 1 })
    }

    @Test("A box has corners, sides and a title") func box() {
        var frame = Frame(size: GridSize(columns: 12, rows: 3))
        frame.box(frame.bounds, title: "Findings")
        #expect(frame.text == "┌─ Findi… ─┐\n│          │\n└──────────┘")
        #expect(frame.asciiOnly().text == "+- Findi~ -+\n|          |\n+----------+")
    }

    @Test("Without Unicode every glyph keeps its cell") func ascii() {
        var frame = Frame(size: GridSize(columns: 20, rows: 1))
        frame.put("··━●━┊ é漢 Ł✓", at: Position(column: 0, row: 0))
        let plain = frame.asciiOnly()
        #expect(plain.text == "..=o=| e?  ?+")
        #expect(plain.text.utf8.allSatisfy { $0 < 0x80 })
    }

    @Test("A selected row keeps what its cells say") func selection() {
        var frame = Frame(size: GridSize(columns: 4, rows: 2))
        frame.put("ab", at: Position(column: 0, row: 0), style: Style(.critical))
        frame.setBackground(.selection, in: frame.bounds.line(0))
        #expect(frame[Position(column: 0, row: 0)].style == Style(.critical, on: .selection))
        #expect(frame.rolePlane == "AA++\n\n-- a critical\n")
        #expect(frame[Position(column: 0, row: 1)].style == .text)
    }

    @Test("Rectangles divide without gap or overlap") func divide() {
        let whole = Rectangle(column: 2, row: 3, columns: 10, rows: 8)
        let (top, rest) = whole.divided(topRows: 3)
        #expect(top.rows == 3 && rest.row == 6 && rest.endRow == whole.endRow)
        let (body, foot) = whole.divided(bottomRows: 2, gap: 1)
        #expect(body.endRow + 1 == foot.row && foot.endRow == whole.endRow)
        let (left, right) = whole.divided(leftColumns: 30)
        #expect(left == whole && right.isEmpty)
        let (start, end) = whole.divided(rightColumns: 4)
        #expect(start.endColumn == end.column && end.columns == 4)
        #expect(whole.line(8).isEmpty && !whole.line(7).isEmpty)
        #expect(
            whole.centered(columns: 4, rows: 20)
                == Rectangle(column: 5, row: 3, columns: 4, rows: 8))
    }

    struct WrapRow: Sendable {
        let text: String
        let columns: Int
        let lines: [String]
    }

    @Test(
        "Text wraps at spaces, by cells",
        arguments: [
            WrapRow(text: "the quick fox", columns: 9, lines: ["the quick", "fox"]),
            WrapRow(text: "a\n\nb", columns: 5, lines: ["a", "", "b"]),
            WrapRow(text: "abcdefgh i", columns: 3, lines: ["abc", "def", "gh", "i"]),
            WrapRow(text: "漢字漢字", columns: 5, lines: ["漢字", "漢字"]),
            WrapRow(text: "", columns: 5, lines: [""]),
            WrapRow(text: "漢", columns: 1, lines: []),
            WrapRow(text: "x", columns: 0, lines: []),
        ])
    func wrapping(_ row: WrapRow) {
        #expect(TextLayout.wrapped(row.text, to: row.columns) == row.lines)
    }

    @Test("Columns line up whatever they hold") func columns() {
        let row = TextLayout.row([("漢字漢字", 5, .left), ("7", 3, .right), ("ab", 4, .center)])
        #expect(row == "漢字…   7  ab ")
        #expect(DisplayWidth.of(row) == 14)
    }
}
