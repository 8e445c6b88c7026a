import Foundation
import Synchronization
import Terminal
import Testing
import WetreadTesting

/// What the workstation writes to its terminal, in bytes.
@Suite(.serialized) struct WireTests {
    private func open(_ home: Home) throws -> PtyTerminal {
        let terminal = try PtyTerminal(
            Installed.program, ["workstation"], columns: 80, rows: 24,
            environment: home.environment)
        #expect(terminal.read(until: "analysed"))
        // The model packages are read behind the first screen; their news changes no cell.
        _ = terminal.read(quietMilliseconds: 1500)
        return terminal
    }

    private func count(_ text: String, in bytes: [UInt8]) -> Int {
        String(decoding: bytes, as: UTF8.self).components(separatedBy: text).count - 1
    }

    @Test func `a cursor move in the worklist costs at most 200 bytes`() throws {
        let home = try Home()
        _ = try home.importing([Samples.folder.path])
        let terminal = try open(home)
        for key in ["j", "j", "j", "k", "k", "j"] {
            terminal.type(key)
            let bytes = terminal.read()
            #expect(!bytes.isEmpty)
            #expect(bytes.count <= 200, "\(bytes.count) bytes for \(key)")
        }
    }

    @Test func `an idle screen writes nothing but its clock once a minute`() throws {
        let home = try Home()
        _ = try home.importing([Samples.folder.path])
        let terminal = try open(home)
        // Two stretches of three seconds cannot both hold the change of a minute.
        let stretches = (0..<2).map { _ in
            terminal.read(quietMilliseconds: 3000, seconds: 3).count
        }
        #expect(stretches.min() == 0, "\(stretches)")
    }

    @Test func `no frame after the first clears the screen`() throws {
        let home = try Home()
        _ = try home.importing([Samples.folder.path])
        let terminal = try open(home)
        var bytes: [UInt8] = []
        for key in ["j", "!", "q", "o", "\r", "j", "w", "+", "?", "q", "s", "q"] {
            terminal.type(key)
            bytes += terminal.read()
        }
        #expect(bytes.count > 1000)
        #expect(count("\u{1B}[2J", in: bytes) == 0)
        #expect(count("\u{1B}[H\u{1B}[J", in: bytes) == 0)
    }

    @Test func `q quits though nothing of what piled up was read`() throws {
        let home = try Home()
        _ = try home.importing([Samples.folder.path])
        let terminal = try open(home)
        for _ in 0..<40 { terminal.type("\r\u{1B}!q?qo") }
        terminal.type("\u{1B}")
        usleep(200_000)
        terminal.type("qqq")
        let end = try #require(terminal.waitForExit())
        #expect(end.status == 0)
    }

    @Test func `a claim ends with its process, and not before`() throws {
        let home = try Home()
        _ = try home.importing([Samples.folder.path])
        var first: PtyTerminal? = try open(home)
        first?.type("\r")
        #expect(first?.read(until: "phantom") == true)
        first?.type("s")
        #expect(first?.read(until: "you say") == true)
        var other = home
        other.environment["WETREAD_READER"] = "colleague"
        let refused = try open(other)
        refused.type("\r")
        #expect(refused.read(until: "phantom"))
        refused.type("s")
        #expect(refused.read(until: "workstation since"))
        // The line is cut: the process gets no chance to give anything back.
        first = nil
        let second = try open(other)
        second.type("\r")
        #expect(second.read(until: "phantom"))
        second.type("s")
        #expect(second.read(until: "no decision yet on"))
    }

    @Test func `a mistake in keys.toml is said with its line, and mended while it runs`() throws {
        let home = try Home()
        _ = try home.importing([Samples.folder.path])
        let terminal = try open(home)
        let file = home.url.appendingPathComponent("keys.toml")
        try "[worklist]\nqueue = \"hyper-x\"\n".write(to: file, atomically: true, encoding: .utf8)
        #expect(terminal.read(until: "line 2"))
        try "[worklist]\nqueue = \"c\"\n".write(to: file, atomically: true, encoding: .utf8)
        #expect(terminal.read(until: "read again"))
        terminal.type("c")
        #expect(terminal.read(until: "not yet opened"))
    }

    @Test func `a frame is one piece, shown at once where the terminal can`() throws {
        let home = try Home()
        _ = try home.importing([Samples.folder.path])
        let terminal = try PtyTerminal(
            Installed.program, ["workstation"], columns: 100, rows: 30,
            environment: home.environment)
        #expect(terminal.read(until: "\u{1B}[c"))
        terminal.type("\u{1B}[?2026;2$y\u{1B}[?62;22c")
        _ = terminal.read(quietMilliseconds: 1500)
        terminal.type("\r")
        #expect(terminal.read(until: "exact"))
        terminal.type("\u{1B}[0n")
        _ = terminal.read(quietMilliseconds: 1000)
        for key in ["w", "i", "n", "?"] {
            terminal.type(key)
            let bytes = terminal.read(quietMilliseconds: 1000)
            terminal.type("\u{1B}[0n")
            #expect(bytes.count > 1000, "\(key)")
            #expect(count("\u{1B}[?2026h", in: bytes) == 1, "\(key)")
            #expect(count("\u{1B}[?2026l", in: bytes) == 1, "\(key)")
            // What lies outside is small: the question for the link, and once a minute the clock.
            let text = String(decoding: bytes, as: UTF8.self)
            let before = text.components(separatedBy: "\u{1B}[?2026h")[0]
            let after = text.components(separatedBy: "\u{1B}[?2026l").last ?? ""
            #expect(before.utf8.count + after.utf8.count < 256, "\(key)")
        }
    }

    private struct PanCase: Sendable, CustomTestStringConvertible {
        let columns: Int
        let rows: Int
        let colours: String
        var isSilent = false
        var isAlone = false
        var hasRuler = false

        var testDescription: String {
            let words = [(isSilent, "silent"), (isAlone, "alone"), (hasRuler, "with a ruler")]
            return (["\(columns)x\(rows) \(colours)"] + words.filter(\.0).map(\.1))
                .joined(separator: " ")
        }

        static let all = [
            PanCase(columns: 80, rows: 24, colours: "16", isSilent: true),
            PanCase(columns: 80, rows: 24, colours: "256", isSilent: true),
            PanCase(columns: 100, rows: 30, colours: "256"),
            PanCase(columns: 100, rows: 30, colours: "256", isSilent: true, isAlone: true),
            PanCase(columns: 100, rows: 30, colours: "truecolor"),
            PanCase(columns: 200, rows: 60, colours: "256", isSilent: true),
            PanCase(columns: 200, rows: 60, colours: "truecolor"),
            PanCase(columns: 200, rows: 60, colours: "truecolor", isAlone: true),
            PanCase(columns: 280, rows: 80, colours: "truecolor"),
            PanCase(columns: 120, rows: 36, colours: "256", isSilent: true, hasRuler: true),
            PanCase(columns: 160, rows: 48, colours: "truecolor", hasRuler: true),
        ]
    }

    /// A workstation with a magnified picture, in a terminal that shows what it is sent.
    private final class ShownWorkstation {
        private let terminal: PtyTerminal
        private let isSilent: Bool
        private(set) var screen: TerminalEmulator

        init(_ pan: PanCase, in home: Home) throws {
            terminal = try PtyTerminal(
                Installed.program, ["workstation", "--colours", pan.colours],
                columns: pan.columns, rows: pan.rows, environment: home.environment)
            isSilent = pan.isSilent
            screen = TerminalEmulator(GridSize(columns: pan.columns, rows: pan.rows))
            while !screen.text.contains("analysed") {
                try #require(take(quietMilliseconds: 1000) > 0)
            }
            // A terminal that answers is written to by our own writer, another one through ncurses.
            if !isSilent { terminal.type("\u{1B}[?62;22c") }
            _ = take(quietMilliseconds: 1500)
            terminal.type("\r")
            while !screen.text.contains("exact") {
                try #require(take(quietMilliseconds: 1500) > 0)
            }
            for key in pan.isAlone ? ["f", "+", "+"] : ["+", "+"] {
                terminal.type(key)
                #expect(take(quietMilliseconds: 1000) > 4000)
            }
            for keys in pan.hasRuler ? ["d", " ", "llllllll", "jjj", " "] : [] {
                terminal.type(keys)
                _ = take(quietMilliseconds: 500)
            }
        }

        /// The bytes until all is quiet; a terminal that answers says at once that it has shown them.
        func take(quietMilliseconds: Int32) -> Int {
            var count = 0
            var quiet: Int32 = 0
            while quiet < quietMilliseconds {
                let bytes = terminal.read(quietMilliseconds: 10)
                quiet = bytes.isEmpty ? quiet + 10 : 0
                count += bytes.count
                screen.feed(bytes)
                if !isSilent, String(decoding: bytes, as: UTF8.self).contains("\u{1B}[5n") {
                    terminal.type("\u{1B}[0n")
                }
            }
            return count
        }

        /// The bytes of the answer to an arrow, without those of the exact cells that follow it.
        func press(_ key: String) -> Int {
            terminal.type("\u{1B}[\(key)")
            var count = 0
            for _ in 0..<80 where count == 0 { count = take(quietMilliseconds: 250) }
            return count
        }

        /// Cells that a screen drawn from nothing has otherwise; the clock stands in the last line.
        func differencesFromFresh() -> Int {
            let before = screen
            terminal.type("\u{C}")
            #expect(take(quietMilliseconds: 300) > 4000)
            return before.differences(from: screen, withoutLast: 1)
        }
    }

    @Test(arguments: PanCase.all)
    private func `a pan by one cell costs at most 3000 bytes, and the exact picture follows`(
        _ pan: PanCase
    ) throws {
        let home = try Home()
        _ = try home.importing([Samples.folder.path])
        let shown = try ShownWorkstation(pan, in: home)
        for (key, opposite) in [("C", "D"), ("D", "C"), ("B", "A"), ("A", "B")] {
            var first = shown.press(key)
            // On a loaded machine what follows may be read with it: once more, then.
            for _ in 0..<3 where first > 3000 {
                _ = shown.take(quietMilliseconds: 1000)
                _ = shown.press(opposite)
                _ = shown.take(quietMilliseconds: 1000)
                first = shown.press(key)
            }
            #expect((300...3000).contains(first), "\(first) bytes for \(key)")
            let wasPreview = shown.screen.text.contains("PREVIEW")
            let later = shown.take(quietMilliseconds: 700)
            #expect(wasPreview == (later > 200), "\(later) bytes after \(first) for \(key)")
            #expect(!shown.screen.text.contains("PREVIEW"))
            #expect(shown.differencesFromFresh() == 0, "after \(key)")
        }
        // Pans one after another, and what came in rough moves along.
        for key in ["A", "A", "C", "B", "A"] { _ = shown.press(key) }
        _ = shown.take(quietMilliseconds: 700)
        #expect(shown.differencesFromFresh() == 0)
        #expect(shown.screen.unknown == [])
    }

    @Test(arguments: ["16", "256"])
    func `no cell of a whole frame shows the terminal's own ground`(colours: String) throws {
        let home = try Home()
        _ = try home.importing([Samples.folder.path])
        let terminal = try PtyTerminal(
            Installed.program, ["workstation", "--colours", colours], columns: 80, rows: 24,
            environment: home.environment)
        #expect(terminal.read(until: "analysed"))
        terminal.type("\r")
        #expect(terminal.read(until: "exact"))
        _ = terminal.read()
        var screen = TerminalEmulator(GridSize(columns: 80, rows: 24))
        terminal.type("\u{C}")
        screen.feed(terminal.read(quietMilliseconds: 1000))
        #expect(screen.text.contains("exact"))
        // The theme has a ground of its own, and the picture has black cells.
        #expect(screen.cells.joined().count { $0.back == nil } == 0)
        #expect(screen.unknown == [])
    }

    @Test func `on a slow link the exact picture follows a preview, and pans stay exact`() throws {
        let home = try Home()
        _ = try home.importing([Samples.folder.path])
        let terminal = try PtyTerminal(
            Installed.program, ["workstation", "--colours", "256"], columns: 140, rows: 40,
            environment: home.environment)
        var screen = TerminalEmulator(GridSize(columns: 140, rows: 40))
        func take(quietMilliseconds: Int32) {
            screen.feed(terminal.read(quietMilliseconds: quietMilliseconds))
        }
        for _ in 0..<200 where !screen.text.contains("analysed") { take(quietMilliseconds: 100) }
        terminal.type("\u{1B}[?62;22c")
        take(quietMilliseconds: 500)
        terminal.type("\u{1B}[0n\r")
        for _ in 0..<40 where !screen.text.contains("exact") {
            take(quietMilliseconds: 200)
            terminal.type("\u{1B}[0n")
        }
        // Replies that come late: the link is slow, and then a picture is a preview.
        for _ in 0..<8 where !screen.text.contains("PREVIEW") {
            terminal.type("\u{1B}[0nw")
            take(quietMilliseconds: 1000)
        }
        try #require(screen.text.contains("PREVIEW"))
        // No picture changes by this key, and the exact one is to follow all the same.
        terminal.type("j\u{1B}[0n")
        for _ in 0..<40 where screen.text.contains("PREVIEW") {
            take(quietMilliseconds: 100)
            terminal.type("\u{1B}[0n")
        }
        try #require(screen.text.contains("exact"))
        // A move of the exact picture is no preview, and costs no more than on any link.
        var wasPreview = false
        for key in ["w", "w", "w", "+", "+"] {
            terminal.type(key)
            wasPreview = false
            for turn in 0..<6 where turn < 2 || screen.text.contains("PREVIEW") {
                take(quietMilliseconds: turn == 0 ? 1500 : 600)
                wasPreview = wasPreview || screen.text.contains("PREVIEW")
                terminal.type("\u{1B}[0n")
            }
        }
        try #require(wasPreview && screen.text.contains("exact"))
        terminal.type("\u{1B}[C")
        let bytes = terminal.read(quietMilliseconds: 1000)
        #expect((300...3000).contains(bytes.count), "\(bytes.count) bytes")
        screen.feed(bytes)
        #expect(screen.text.contains("exact"))
    }

    @Test func `what others do to the records is shown at most four times a second`() throws {
        let home = try Home()
        let first = try #require(try Samples.files().first)
        _ = try home.importing([first.path])
        let terminal = try open(home)
        let isDone = Atomic(false)
        Thread.detachNewThread {
            for file in (try? Samples.files()) ?? [] { _ = try? home.run("import", file.path) }
            isDone.store(true, ordering: .releasing)
        }
        // When something was written, in seconds; what comes within 5 ms is one frame.
        var frames: [Double] = []
        let start = ContinuousClock.now
        while !isDone.load(ordering: .acquiring) {
            guard !terminal.read(quietMilliseconds: 5, seconds: 1).isEmpty else { continue }
            frames.append((ContinuousClock.now - start) / .seconds(1))
        }
        // Five frames never lie within less than a second, but for what a loaded machine shifts.
        for (first, fifth) in zip(frames, frames.dropFirst(4)) {
            #expect(fifth - first > 0.9, "\(frames)")
        }
        #expect(frames.count >= 2, "\(frames)")
    }

    @Test(arguments: [
        ("\u{1B}_Gi=31;OK\u{1B}\\\u{1B}[6;16;8t\u{1B}[?62;22c", "\u{1B}_Ga=T,f=100", "\u{1B}_Ga=d"),
        ("\u{1B}[6;16;8t\u{1B}[?62;4;22c", "\u{1B}P0;1;0q\"1;1;", "exact"),
    ])
    func `pixels are shown where the terminal answered that it can, and taken away`(
        answer: String, picture: String, removal: String
    ) throws {
        let home = try Home()
        _ = try home.importing([Samples.folder.path])
        let terminal = try PtyTerminal(
            Installed.program, ["workstation"], columns: 100, rows: 30,
            environment: home.environment)
        #expect(terminal.read(until: "\u{1B}[c"))
        terminal.type(answer)
        _ = terminal.read(quietMilliseconds: 1500)
        terminal.type("\r")
        #expect(terminal.read(until: "exact"))
        terminal.type("P")
        #expect(terminal.read(until: picture))
        _ = terminal.read()
        terminal.type("d")
        #expect(terminal.read(until: removal))
        terminal.type("\u{1B}")
        _ = terminal.read()
        terminal.type("qq")
        #expect(terminal.waitForExit()?.status == 0)
    }

    @Test func `mouse reports are given up with the terminal`() throws {
        let home = try Home()
        _ = try home.importing([Samples.folder.path], options: ["--no-analysis"])
        let terminal = try PtyTerminal(
            Installed.program, ["workstation"], columns: 80, rows: 24,
            environment: home.environment)
        #expect(terminal.read(until: "12 to read"))
        terminal.type("q")
        let end = try #require(terminal.waitForExit())
        #expect(count("\u{1B}[?1002l", in: end.bytes) >= 1)
        #expect(count("\u{1B}[?1006l", in: end.bytes) >= 1)
    }
}
