import Terminal
import Testing

@Suite("What a terminal can show") struct CapabilityTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let id: String
        var environment: [String: String] = [:]
        var colours = 256
        var isUTF8 = true
        var options = TerminalOptions()
        let expected: Capabilities
        var testDescription: String { id }
    }

    @Test(
        "is found from the surroundings and can be overridden",
        arguments: [
            Row(id: "xterm-256color", expected: .ordinary),
            Row(
                id: "vt100", colours: 0,
                expected: Capabilities(colour: .monochrome, glyphs: .blocks, unicode: true)),
            Row(
                id: "linux", colours: 8,
                expected: Capabilities(colour: .eight, glyphs: .blocks, unicode: true)),
            Row(
                id: "C locale", isUTF8: false,
                expected: Capabilities(colour: .xterm256, glyphs: .ascii, unicode: false)),
            Row(
                id: "C locale, forced", isUTF8: false,
                options: TerminalOptions(glyphs: .half, forcesUnicode: true),
                expected: Capabilities(colour: .xterm256, glyphs: .half, unicode: true)),
            Row(
                id: "NO_COLOR", environment: ["NO_COLOR": "1"],
                expected: Capabilities(colour: .monochrome, glyphs: .blocks, unicode: true)),
            Row(id: "NO_COLOR empty", environment: ["NO_COLOR": ""], expected: .ordinary),
            Row(
                id: "NO_COLOR overruled", environment: ["NO_COLOR": "1"],
                options: TerminalOptions(colour: .sixteen),
                expected: Capabilities(colour: .sixteen, glyphs: .blocks, unicode: true)),
            Row(
                id: "more colours than there are", colours: 8,
                options: TerminalOptions(colour: .direct),
                expected: Capabilities(colour: .eight, glyphs: .blocks, unicode: true)),
            Row(
                id: "glyphs beyond ASCII without Unicode", colours: 0, isUTF8: false,
                options: TerminalOptions(glyphs: .braille), expected: .least),
        ])
    func detected(_ row: Row) {
        let got = Capabilities.detected(
            environment: row.environment, colourCount: row.colours, isUTF8: row.isUTF8,
            options: row.options)
        #expect(got == row.expected)
    }

    @Test("A fake screen plays keys and keeps frames, in ASCII where that is all there is")
    @MainActor func fakeScreen() async {
        let screen = FakeScreen(size: GridSize(columns: 10, rows: 2), capabilities: .least)
        var frame = Frame(size: screen.size)
        frame.put("●━", at: Position(column: 0, row: 0))
        screen.present(frame)
        #expect(screen.frame?.text == "o=\n")
        screen.type("a\n")
        screen.press(.resize(GridSize(columns: 5, rows: 1)))
        screen.stop()
        var keys: [Key] = []
        for await event in screen.events { keys.append(event.key) }
        #expect(keys == [.character("a"), .enter, .resize(GridSize(columns: 5, rows: 1))])
        #expect(screen.size == GridSize(columns: 5, rows: 1) && screen.isStopped)
    }
}
