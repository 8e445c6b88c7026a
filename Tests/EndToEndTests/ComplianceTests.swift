// Accounts, hooks, retention and the demo through the program itself.

import Foundation
import Testing
import WetreadTesting

@Suite(.serialized) struct ComplianceTests {
    private static let secret = "wet reading 1895"

    /// A home with one account that reads and administers.
    private func homeWithAccount() throws -> Home {
        var home = try Home(reader: "ada")
        home.environment["WETREAD_NEW_SECRET"] = Self.secret
        let added = try home.run("user", "add", "ada", "--printed-name", "Dr. Ada")
        #expect(added.status == 0, "\(added.errors)")
        home.environment["WETREAD_SECRET"] = Self.secret
        return home
    }

    @Test func `the hook is run once for each new critical result, by the import itself`() throws {
        let home = try Home()
        let log = home.beside.appendingPathComponent("paged")
        let script = home.beside.appendingPathComponent("page.sh")
        let mask = "$(grep SigBlk /proc/self/status | tr -d '\\t')"
        try "#!/bin/sh\necho \"$@ $WETREAD_SECRET\(mask)\" >> '\(log.path)'\n"
            .write(to: script, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o755], ofItemAtPath: script.path)
        try FileManager.default.createDirectory(at: home.url, withIntermediateDirectories: true)
        try "preset = \"six-hours\"\nhook = [\"\(script.path)\", \"--pager\"]\n".write(
            to: home.url.appendingPathComponent("critical.toml"), atomically: true,
            encoding: .utf8)
        _ = try home.importing([Samples.folder.path])
        let open = try home.run("critical", "list", "--json").output.split(separator: "\n")
        let lines = try String(contentsOf: log, encoding: .utf8).split(separator: "\n")
        #expect(!open.isEmpty && lines.count == open.count)
        #expect(lines.allSatisfy { $0.hasPrefix("--pager new ") })
        #expect(lines.allSatisfy { $0.hasSuffix("SigBlk:0000000000000000") }, "no blocked signal")
        // Numbers, labels and times only: the samples' names are in no argument.
        for name in ["BERGAMOT", "ALDER", "PHANTOM"] {
            #expect(!lines.joined().uppercased().contains(name))
        }
        #expect(try home.run("critical", "check").output.isEmpty, "each is announced once")
    }

    @Test func `retention lists first, removes on demand only, and the trail stays whole`() throws {
        let home = try Home()
        _ = try home.importing([Samples.folder.path])
        let list = try home.run("retention")
        #expect(list.status == 0 && list.output.contains("Nothing is due"))
        try "images_days = 0\n".write(
            to: home.url.appendingPathComponent("retention.toml"), atomically: true,
            encoding: .utf8)
        let wrong = try home.run("retention")
        #expect(wrong.status == 78 && wrong.errors.contains("images_days"))
        try "images_days = 3650\nrecords_days = 30\n".write(
            to: home.url.appendingPathComponent("retention.toml"), atomically: true,
            encoding: .utf8)
        #expect(try home.run("retention").errors.contains("must not be less"))
        try "images_days = 3650\n".write(
            to: home.url.appendingPathComponent("retention.toml"), atomically: true,
            encoding: .utf8)
        #expect(try home.run("retention", "apply").status == 64)
        #expect(try home.run("retention", "apply", "--yes").output.contains("0 files"))
        #expect(
            try home.run("retention", "hold", "1", "--reason", "case of the court").status == 0)
        #expect(try home.run("retention", "holds").output.contains("case of the court"))
        let events = try home.run("audit", "list").output
        #expect(events.contains("holdPlaced") && events.contains("configurationChanged"))
        #expect(try home.run("audit", "verify").status == 0)
    }

    @Test func `a locked workstation shows no patient and opens with the secret alone`() throws {
        let home = try homeWithAccount()
        _ = try home.importing([Samples.folder.path])
        let terminal = try TmuxTerminal(
            "\(Installed.program.path) workstation", columns: 80, rows: 24,
            environment: home.environment)
        try terminal.wait(forText: "analysed")
        try terminal.press("F9")
        let locked = try terminal.wait(forText: "Wetread is locked")
        #expect(locked.contains("Dr. Ada") && !locked.contains("analysed"))
        try terminal.type("not the secret")
        try terminal.press("Enter")
        try terminal.wait(forText: "the secret is wrong")
        try terminal.type(Self.secret)
        try terminal.press("Enter")
        try terminal.wait(forText: "analysed")
        try terminal.press("q")
        #expect(try terminal.waitForExit() == 0)
        let events = try home.run("audit", "list").output
        for kind in ["screenLocked", "logInFailed", "screenUnlocked", "loggedOut"] {
            #expect(events.contains("\"kind\":\"\(kind)\""), "\(kind)")
        }
    }

    @Test func `the first start makes an account and asks for its secret`() throws {
        let home = try Home(reader: "noor")
        let terminal = try TmuxTerminal(
            "\(Installed.program.path) workstation", columns: 100, rows: 30,
            environment: home.environment)
        try terminal.wait(forText: "Account name [noor]")
        try terminal.press("Enter")
        try terminal.wait(forText: "Name under your signatures")
        try terminal.type("Dr. Noor")
        try terminal.press("Enter")
        try terminal.wait(forText: "new secret for noor")
        try terminal.type("short")
        try terminal.press("Enter")
        try terminal.wait(forText: "again:")
        try terminal.type("short")
        try terminal.press("Enter")
        try terminal.wait(forText: "fewer than 12 characters")
        // What is typed before a prompt for a secret stands there is thrown away.
        for prompt in ["new secret for noor:", "again:"] {
            try terminal.wait(for: "a second '\(prompt)'") {
                $0.components(separatedBy: prompt).count == 3
            }
            try terminal.type(Self.secret)
            try terminal.press("Enter")
        }
        try terminal.wait(forText: "secret of noor")
        try terminal.type(Self.secret)
        try terminal.press("Enter")
        let screen = try terminal.wait(forText: "wetread import")
        #expect(!screen.contains(Self.secret))
        try terminal.press("q")
        #expect(try terminal.waitForExit() == 0)
        var again = home
        again.environment["WETREAD_SECRET"] = Self.secret
        #expect(try again.run("user", "list").output.contains("Dr. Noor"))
    }

    @Test func `the impression goes through the reader's own editor`() throws {
        var home = try Home()
        let script = home.beside.appendingPathComponent("editor.sh")
        // An editor that reads its line from the terminal, as editors do.
        try "#!/bin/sh\nls -ld \"$(dirname \"$1\")\" > '\(home.beside.path)/mode'\n"
            .appending("grep SigBlk /proc/self/status > '\(home.beside.path)/mask'\n")
            .appending("echo EDITING; read line; echo \"$line, edited\" > \"$1\"\n")
            .write(to: script, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o755], ofItemAtPath: script.path)
        home.environment["EDITOR"] = script.path
        home.environment["VISUAL"] = ""
        _ = try home.importing([Samples.folder.path])
        let terminal = try TmuxTerminal(
            "\(Installed.program.path) workstation", columns: 80, rows: 24,
            environment: home.environment)
        try terminal.wait(forText: "analysed")
        try terminal.press("Enter")
        try terminal.wait(forText: "phantom")
        try terminal.press("s")
        try terminal.wait(forText: "you say")
        try terminal.press("Tab", "Tab")
        try terminal.wait(forText: "to signature")
        try terminal.press("C-o")
        try terminal.wait(forText: "EDITING")
        try terminal.type("Clear lungs")
        try terminal.press("Enter")
        try terminal.wait(forText: "Clear lungs, edited")
        try terminal.type(" here")
        try terminal.wait(forText: "edited here")
        let mode = try String(
            contentsOf: home.beside.appendingPathComponent("mode"), encoding: .utf8)
        #expect(mode.hasPrefix("drwx------"))
        // An editor must hear ^C and the window's changes.
        let mask = try String(
            contentsOf: home.beside.appendingPathComponent("mask"), encoding: .utf8)
        #expect(mask.contains("0000000000000000"))
        try terminal.press("Escape")
        try terminal.wait(forText: "space agree")
    }

    @Test func `the demo's home has a reader whose secret it prints`() throws {
        let run = try ProgramRun(
            URL(fileURLWithPath: "/bin/bash"),
            [
                Installed.top.appendingPathComponent(".ci/demo").path, Installed.program.path,
            ], environment: ["TMPDIR": NSTemporaryDirectory()])
        #expect(run.status == 0, "\(run.errors)")
        #expect(run.output.contains("reader demo, secret: \(Self.secret)"))
        #expect(run.output.contains("Pneumothorax"))
    }
}
