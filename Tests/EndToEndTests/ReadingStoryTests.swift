import Foundation
import Testing
import WetreadTesting

/// A whole reading in a real terminal, from the worklist to the signature.
@Suite(.serialized) struct ReadingStoryTests {
    private struct Row: Decodable {
        let study: Int64
        let accessionNumber: String
        let patient: String
        let state: String
        let critical: Bool
    }

    private func worklist(_ home: Home) throws -> [Row] {
        let run = try home.run("worklist", "--json")
        return try run.output.split(separator: "\n").map {
            try JSONDecoder.snakeCase.decode(Row.self, from: Data($0.utf8))
        }
    }

    private func open(_ home: Home, columns: Int, rows: Int, options: String = "") throws
        -> TmuxTerminal
    {
        try TmuxTerminal(
            "\(Installed.program.path) workstation \(options)", columns: columns, rows: rows,
            environment: home.environment)
    }

    /// Answers the question of the first start.
    private func goOnWithoutAccounts(_ terminal: TmuxTerminal) throws {
        try terminal.wait(forText: "Account name")
        try terminal.type("-")
        try terminal.press("Enter")
    }

    @Test(arguments: [(80, 24), (200, 60)])
    func `the top study is opened, windowed, decided, signed, and stays on record`(
        columns: Int, rows: Int
    ) throws {
        let home = try Home()
        let imported = try home.importing([Samples.folder.path])
        let top = try #require(try worklist(home).first)
        #expect(top.critical)
        let family = try #require(top.patient.split(separator: ",").first)

        let terminal = try open(home, columns: columns, rows: rows)
        // Both: a frame may reach the terminal in parts.
        try terminal.wait(for: "the whole list") {
            $0.contains(String(family)) && $0.contains("not a medical device")
        }
        try terminal.press("Enter")
        // The window line stands once the picture is there.
        let study = try terminal.wait(for: "the picture") {
            $0.contains(" W ") && $0.contains("cell ") && $0.contains("phantom")
        }
        let window = try #require(study.split(separator: "\n").first { $0.contains(" W ") })
        try terminal.press("w")
        try terminal.wait(for: "another window") {
            guard let now = $0.split(separator: "\n").first(where: { $0.contains(" W ") })
            else { return false }
            return now != window
        }
        try terminal.press("s")
        try terminal.wait(forText: "you say")
        try terminal.press("A")
        try terminal.wait(for: "every decision") { !$0.contains("no decision yet") }
        try terminal.press("Tab", "Tab")
        // What is pasted is text, whatever it holds: it neither signs nor leaves.
        try terminal.paste("s\nA critical finding, told by phone.\n")
        try terminal.type(" Read back.")
        try terminal.wait(forText: "Read back.")
        try terminal.press("Escape")
        // Escape and a key within 25 ms are one key with Alt: a person is slower, and so is this.
        try terminal.wait(for: "the decisions again") {
            $0.contains("^S to signature") && $0.contains("space agree")
        }
        try terminal.press("s")
        try terminal.wait(forText: "This is a FINAL report")
        // Enter alone signs nothing.
        try terminal.press("Enter")
        #expect(try worklist(home).first { $0.study == top.study }?.state == "inReading")
        try terminal.type(String(top.accessionNumber.suffix(4)))
        try terminal.press("Enter")
        try terminal.wait(for: "the signature on record") { _ in
            try worklist(home).first { $0.study == top.study }?.state == "final"
        }
        try leave(terminal)

        let report = try home.run("report", "\(top.study)").output
        #expect(report.contains("READING, final, signed by tester"))
        #expect(report.contains("told by phone"))
        #expect(report.contains("- Pneumothorax: agree"))
        let audit = try home.run("audit", "verify")
        #expect(audit.status == 0, "\(audit.output)")
        let events = try home.run("audit", "list").output
        for kind in ["imported", "analysed", "opened", "claimed", "signed"] {
            #expect(events.contains("\"kind\":\"\(kind)\""), "\(kind)")
        }
        #expect(imported.refused.isEmpty)
    }

    /// Leaves from any screen: Escape until the worklist, then quit.
    private func leave(_ terminal: TmuxTerminal) throws {
        for _ in 0..<4 where try !terminal.screen().contains("worklist") {
            try terminal.press("Escape")
            usleep(100_000)
        }
        try terminal.wait(forText: "worklist")
        try terminal.press("q")
        #expect(try terminal.waitForExit() == 0)
    }

    @Test func `the second workstation is told who has the study`() throws {
        let home = try Home()
        _ = try home.importing([Samples.folder.path])
        var second = home
        second.environment["WETREAD_READER"] = "colleague"
        let one = try open(home, columns: 80, rows: 24)
        try one.wait(forText: "analysed")
        try one.press("Enter")
        try one.wait(forText: "cell ")
        try one.press("s")
        try one.wait(forText: "you say")
        let two = try open(second, columns: 100, rows: 30)
        try two.wait(forText: "tester")
        try two.press("Enter")
        try two.wait(forText: "cell ")
        try two.press("s")
        let refusal = try two.wait(for: "who has it") { $0.contains("tester") }
        #expect(!refusal.contains("you say") || refusal.contains("tester"))
        try leave(one)
        try leave(two)
        #expect(try home.run("audit", "verify").status == 0)
    }

    @Test func `studies that another process imports appear by themselves`() throws {
        let home = try Home()
        let terminal = try open(home, columns: 80, rows: 24)
        try goOnWithoutAccounts(terminal)
        try terminal.wait(forText: "wetread import")
        _ = try home.importing([Samples.folder.path])
        let row = try #require(try worklist(home).first)
        let family = try #require(row.patient.split(separator: ",").first)
        try terminal.wait(forText: String(family))
        try terminal.press("q")
        #expect(try terminal.waitForExit() == 0)
    }

    @Test(arguments: ["TERM", "SEGV"])
    func `the terminal is given back after a signal`(name: String) throws {
        let home = try Home()
        let file = home.beside.appendingPathComponent("pid")
        // The shell stays and shows what state the terminal was left in.
        let script =
            "sh -c 'stty -a > \(file.path).before; (exec \(Installed.program.path)) ; "
            + "stty -a > \(file.path).after; echo LEFT; cat'"
        let terminal = try TmuxTerminal(
            script, columns: 80, rows: 24, environment: home.environment)
        try goOnWithoutAccounts(terminal)
        try terminal.wait(forText: "wetread import")
        let found = try ProgramRun(
            URL(fileURLWithPath: "/usr/bin/pgrep"), ["-n", "-f", "^\(Installed.program.path)$"])
        let pid = try #require(Int32(found.output.trimmingCharacters(in: .whitespacesAndNewlines)))
        #expect(kill(pid, name == "TERM" ? SIGTERM : SIGSEGV) == 0)
        let screen = try terminal.wait(forText: "LEFT")
        #expect(!screen.contains("wetread import"), "the alternate screen must be left")
        let before = try String(contentsOfFile: file.path + ".before", encoding: .utf8)
        let after = try String(contentsOfFile: file.path + ".after", encoding: .utf8)
        #expect(before == after)
    }

    @Test(arguments: [(80, 24), (200, 60)])
    func `what lay over the picture leaves no trace on it`(columns: Int, rows: Int) throws {
        let home = try Home()
        _ = try home.importing([Samples.folder.path])
        let terminal = try open(home, columns: columns, rows: rows)
        try terminal.wait(forText: "analysed")
        try terminal.press("Enter")
        try terminal.wait(for: "the picture") { $0.contains("exact") && $0.contains("cell ") }
        // The clock of the last line may go on.
        func picture() throws -> [String] { Array(try terminal.visibleRows().prefix(rows - 4)) }
        var before = try picture()
        try terminal.wait(for: "a quiet screen") { _ in
            defer { before = (try? picture()) ?? before }
            return try picture() == before
        }
        for command in ["calibration", "help", "seen", "doctor"] {
            try terminal.press(":")
            try terminal.wait(forText: "Command")
            try terminal.type(command)
            try terminal.press("Enter")
            try terminal.wait(for: "a window") {
                $0.contains("close") && !$0.contains("Command")
            }
            try terminal.press("Escape")
            try terminal.wait(for: "the picture of before, after \(command)", seconds: 5) { _ in
                try picture() == before
            }
        }
        try leave(terminal)
    }

    @Test func `the window may change its size, be stopped and go on`() throws {
        let home = try Home()
        _ = try home.importing([Samples.folder.path])
        let terminal = try open(home, columns: 200, rows: 60)
        try terminal.wait(forText: "analysed")
        try terminal.resize(columns: 80, rows: 24)
        try terminal.wait(for: "a screen of 24 rows") {
            $0.contains("not a medical device")
                && $0.split(separator: "\n", omittingEmptySubsequences: false).allSatisfy {
                    $0.count <= 80
                }
        }
        try terminal.resize(columns: 40, rows: 10)
        try terminal.wait(forText: "60")
        try terminal.resize(columns: 120, rows: 40)
        try terminal.wait(forText: "analysed")
        try leave(terminal)
    }

    @Test(arguments: [
        ("vt100", ""), ("xterm-256color", "--colours none"), ("xterm-256color", "--glyphs ascii"),
    ])
    func `it works without colour and without block characters`(
        type: String, options: String
    ) throws {
        let home = try Home()
        _ = try home.importing([Samples.folder.path])
        let terminal = try TmuxTerminal(
            "env TERM=\(type) \(Installed.program.path) workstation \(options)", columns: 80,
            rows: 24, environment: home.environment)
        try terminal.wait(forText: "analysed")
        try terminal.press("Enter")
        let screen = try terminal.wait(forText: "cell ")
        #expect(screen.contains("Pneumothorax"))
        if options.contains("none") || type == "vt100" {
            let coloured = try terminal.colouredScreen()
            #expect(!coloured.contains("\u{1B}[38;"))
        }
        try leave(terminal)
    }
}
