import Terminal
import Testing
import WetreadTesting

@Suite("Bytes become keys") struct KeyParserTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let id: String
        let bytes: String
        let keys: [Key]
        var testDescription: String { id }
    }

    static let rows: [Row] = [
        Row(
            id: "letters", bytes: "aZ?", keys: [.character("a"), .character("Z"), .character("?")]),
        Row(id: "UTF-8", bytes: "é漢", keys: [.character("é"), .character("漢")]),
        Row(id: "enter and tab", bytes: "\r\n\t", keys: [.enter, .enter, .tab]),
        Row(id: "backspace", bytes: "\u{7F}\u{8}", keys: [.backspace, .backspace]),
        Row(
            id: "control", bytes: "\u{1}\u{1A}\u{0}",
            keys: [.control("a"), .control("z"), .control(" ")]),
        Row(
            id: "arrows", bytes: "\u{1B}[A\u{1B}OB\u{1B}[C\u{1B}OD",
            keys: [.up, .down, .right, .left]),
        Row(
            id: "arrows with modifiers", bytes: "\u{1B}[1;2A\u{1B}[1;5D\u{1B}[1;3C",
            keys: [
                .modified(.up, .shift), .modified(.left, .control), .modified(.right, .alt),
            ]),
        Row(
            id: "editing keys", bytes: "\u{1B}[H\u{1B}[4~\u{1B}[5~\u{1B}[6~\u{1B}[3~\u{1B}[2~",
            keys: [.home, .end, .pageUp, .pageDown, .delete, .insert]),
        Row(
            id: "function keys", bytes: "\u{1B}OP\u{1B}[15~\u{1B}[24~\u{1B}[[B",
            keys: [.function(1), .function(5), .function(12), .function(2)]),
        Row(id: "back tab", bytes: "\u{1B}[Z", keys: [.backTab]),
        Row(id: "alt", bytes: "\u{1B}x\u{1B}é", keys: [.alt("x"), .alt("é")]),
        Row(id: "two escapes", bytes: "\u{1B}\u{1B}[A", keys: [.escape, .up]),
        Row(
            id: "paste is one event", bytes: "\u{1B}[200~yes\r\nq\u{1B}[A\u{1B}[201~x",
            keys: [.paste("yes\nq\u{1B}[A"), .character("x")]),
        Row(id: "empty paste", bytes: "\u{1B}[200~\u{1B}[201~", keys: [.paste("")]),
        Row(id: "OSC reply", bytes: "\u{1B}]11;rgb:0000/y\u{7}a", keys: [.character("a")]),
        Row(id: "OSC reply closed by ST", bytes: "\u{1B}]4;y\u{1B}\\a", keys: [.character("a")]),
        Row(id: "DCS reply", bytes: "\u{1B}P>|XTerm(y)\u{1B}\\a", keys: [.character("a")]),
        Row(id: "APC reply", bytes: "\u{1B}_Gi=1;OK\u{1B}\\a", keys: [.character("a")]),
        Row(
            id: "device attributes", bytes: "\u{1B}[?62;4;22c\u{1B}[?2026;2$ya",
            keys: [.character("a")]),
        Row(id: "cursor report", bytes: "\u{1B}[12;40Ra", keys: [.character("a")]),
        Row(
            id: "mouse and focus", bytes: "\u{1B}[<0;3;4M\u{1B}[I\u{1B}[Oa",
            keys: [
                .mouse(MouseEvent(.press, at: Position(column: 2, row: 3))), .character("a"),
            ]
        ),
        Row(id: "unknown sequence", bytes: "\u{1B}[99~\u{1B}[5;5;5qa", keys: [.character("a")]),
        Row(
            id: "CSI u", bytes: "\u{1B}[97;5u\u{1B}[13u\u{1B}[27u\u{1B}[120;3u",
            keys: [.control("a"), .enter, .escape, .alt("x")]),
        Row(id: "modifyOtherKeys", bytes: "\u{1B}[27;5;106~", keys: [.control("j")]),
        Row(id: "keypad", bytes: "\u{1B}OM\u{1B}Oq", keys: [.enter, .character("1")]),
    ]

    @Test("in one piece", arguments: rows) func inOnePiece(_ row: Row) {
        var parser = KeyParser()
        #expect(parser.feed(Array(row.bytes.utf8)) == row.keys)
        #expect(parser.pending == .nothing)
    }

    @Test("byte by byte, the same", arguments: rows) func byteByByte(_ row: Row) {
        var parser = KeyParser()
        var keys: [Key] = []
        for byte in row.bytes.utf8 { keys += parser.feed([byte]) }
        #expect(keys == row.keys)
    }

    @Test("A lone Escape waits, and is the key when nothing follows") func loneEscape() {
        var parser = KeyParser()
        #expect(parser.feed([0x1B]) == [])
        #expect(parser.pending == .escape)
        #expect(parser.flush() == [.escape])
        #expect(parser.pending == .nothing)
    }

    @Test("A cut paste never becomes keys") func cutPaste() {
        var parser = KeyParser()
        #expect(parser.feed(Array("\u{1B}[200~y\r1042\r".utf8)) == [])
        #expect(parser.pending == .paste)
        #expect(parser.flush() == [.paste("y\n1042\n")])
    }

    @Test(
        "What comes late of a reply or a paste never becomes keys",
        arguments: [
            ("\u{1B}]11;rgb:ff", "ff/0000/0000\u{7}", true),
            ("\u{1B}P>|XTer", "m(390)y\r1042\r\u{1B}\\", true),
            ("\u{1B}_Gi=31;", "OK\u{1B}\\", true),
            ("\u{1B}[?62;", "4;22c", true),
            ("\u{1B}[200~y\r", "1042\r\u{1B}[201~", true),
            ("\u{1B}[200~y\r", "1042\r", false),
            ("\u{1B}]4;1", "y\r1042\r", false),
        ])
    func lateRemainders(_ first: String, _ rest: String, ends: Bool) {
        var parser = KeyParser()
        _ = parser.feed(Array(first.utf8))
        #expect(parser.flush().allSatisfy { if case .paste = $0 { true } else { false } })
        #expect(parser.pending == .paste)
        for byte in rest.utf8 { #expect(parser.feed([byte]) == []) }
        if !ends { #expect(parser.flush() == []) }
        #expect(parser.pending == .nothing)
        #expect(parser.feed(Array("a".utf8)) == [.character("a")])
    }

    @Test(
        "Replies are told apart",
        arguments: [
            ("\u{1B}[?62;4;22c", TerminalReply.attributes([62, 4, 22])),
            ("\u{1B}[0n", .status), ("\u{1B}[3;17R", .cursor(row: 3, column: 17)),
            ("\u{1B}[?2026;2$y", .mode(2026, state: 2)),
            ("\u{1B}P>|tmux 3.3a\u{1B}\\", .version("tmux 3.3a")),
            ("\u{1B}P1$r0;48:2::1:2:3m\u{1B}\\", .rendition("0;48:2::1:2:3")),
            ("\u{1B}_Gi=31;OK\u{1B}\\", .graphics("OK")),
            ("\u{1B}[6;18;9t", .cellPixels(height: 18, width: 9)),
            ("\u{1B}]11;rgb:1e1e/2020/ffff\u{7}", .background(red: 30, green: 32, blue: 255)),
        ])
    func replies(_ bytes: String, _ expected: TerminalReply) {
        var parser = KeyParser()
        #expect(parser.feed(Array(("a" + bytes + "b").utf8)) == [.character("a"), .character("b")])
        #expect(parser.takeReplies() == [expected])
        #expect(parser.takeReplies() == [])
    }

    @Test("A paste beyond the limit is cut, not leaked into keys") func hugePaste() {
        var parser = KeyParser()
        _ = parser.feed(Array("\u{1B}[200~".utf8))
        let piece = [UInt8](repeating: UInt8(ascii: "y"), count: 300_000)
        for _ in 0..<5 { #expect(parser.feed(piece) == []) }
        let keys = parser.feed(Array("\u{1B}[201~q".utf8))
        guard keys.count == 2, case .paste(let text) = keys[0] else {
            Issue.record("a paste and a key were expected, got \(keys.count) keys")
            return
        }
        #expect(text.utf8.count == KeyParser.pasteByteCountMax)
        #expect(keys[1] == .character("q"))
    }

    @Test("Broken UTF-8 is swallowed") func brokenUTF8() {
        var parser = KeyParser()
        #expect(parser.feed([0xC3, 0x28, 0xFF, 0x80, 0x61]) == [.character("("), .character("a")])
    }

    @Test("Terminfo's own sequences win") func namedSequences() {
        var parser = KeyParser(named: [Array("\u{1B}[q".utf8): .home])
        #expect(parser.feed(Array("\u{1B}[q".utf8)) == [.home])
    }

    @Test("No random bytes crash it, and it always comes to rest", arguments: 0..<20)
    func randomBytes(seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        var parser = KeyParser()
        for _ in 0..<400 {
            let count = Int.random(in: 0..<40, using: &generator)
            let bytes = (0..<count).map { _ -> UInt8 in
                let likely: [UInt8] = [0x1B, 0x5B, 0x5D, 0x4F, 0x3B, 0x7E, 0x32, 0x30, 0x07]
                return Bool.random(using: &generator)
                    ? UInt8.random(in: 0...255, using: &generator)
                    : likely.randomElement(using: &generator) ?? 0
            }
            _ = parser.feed(bytes)
        }
        for _ in 0..<4 { _ = parser.flush() }
        #expect(parser.pending == .nothing)
        #expect(parser.feed([0x61]) == [.character("a")])
    }
}
