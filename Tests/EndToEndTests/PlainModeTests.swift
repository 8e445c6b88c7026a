import Foundation
import Testing
import WetreadTesting

/// The line mode of the real program, through pipes.
struct PlainModeTests {
    @Test func `a study is read and signed by lines alone`() throws {
        let home = try Home()
        _ = try home.importing([Samples.folder.path])
        let list = try home.run("worklist", "--json").output.split(separator: "\n")
        let first = try #require(list.first).description
        let accession = try #require(
            first.firstRange(of: "\"accession_number\":\"").map {
                first[$0.upperBound...].prefix { $0 != "\"" }
            })
        let lines = [
            "open", "sign", "agree-all", "next-field", "next-field", "Read by lines.", ".", "check",
            String(accession.suffix(4)), "quit",
        ]
        let script = home.beside.appendingPathComponent("lines")
        try (lines.joined(separator: "\n") + "\n").write(
            to: script, atomically: true, encoding: .utf8)
        let run = try ProgramRun(
            URL(fileURLWithPath: "/bin/sh"),
            ["-c", "'\(Installed.program.path)' workstation --plain < '\(script.path)'"],
            environment: home.environment)
        #expect(run.status == 0, "\(run.errors)")
        #expect(run.output.contains("signed as final"), "\(run.output)")
        #expect(!run.output.contains("\u{1B}"))
        #expect(try home.run("worklist", "--json").output.contains("\"state\":\"final\""))
    }
}
