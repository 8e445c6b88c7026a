import Foundation
import Testing
import WetreadTesting

/// Import and analysis as a user runs them.
@Suite struct ImportTests {
    @Test func `the samples are taken once, analysed, and audited`() throws {
        let home = try Home()
        let files = try Samples.files()
        #expect(files.count >= 12)
        let first = try home.importing([Samples.folder.path])
        #expect(Set(first.imported) == Set(files.map(\.path)))
        let again = try home.importing([Samples.folder.path])
        #expect(again.imported.isEmpty)
        #expect(Set(again.alreadyPresent) == Set(files.map(\.path)))
        let everything = first.imported + first.refused.map(\.path)
        #expect(Set(everything).count == everything.count)
        let verify = try home.run("audit", "verify")
        #expect(verify.status == 0, "\(verify.output)")
        let kinds = try home.run("audit", "list").output
        #expect(kinds.contains("\"kind\":\"imported\""))
        #expect(kinds.contains("\"kind\":\"analysed\""))
    }

    @Test func `the same instance with other bytes is refused and said`() throws {
        let home = try Home()
        let file = try #require(try Samples.files().first)
        var bytes = try Data(contentsOf: file)
        #expect(try home.importing([file.path]).status == 0)
        // The preamble is no part of the instance's meaning, but it is part of its bytes.
        bytes[5] ^= 0x55
        let other = home.beside.appendingPathComponent("other.dcm")
        try bytes.write(to: other)
        let result = try home.importing([other.path])
        #expect(result.status == 65)
        #expect(result.refused.first?.reason.contains("other bytes") == true, "\(result)")
    }

    @Test func `planted critical findings lead the worklist, and normal samples are not flagged`()
        throws
    {
        let home = try Home()
        _ = try home.importing([Samples.folder.path])
        let list = try home.run("worklist", "--json").output.split(separator: "\n")
        let flags = list.map { $0.contains("\"critical\":true") }
        #expect(flags.first == true)
        // Critical ones stand together at the top.
        #expect(flags == flags.sorted { $0 && !$1 })
        #expect(flags.contains(false))
        let text = try home.run("report", "--top").output
        #expect(text.contains("CRITICAL FINDINGS\n- "))
        #expect(text.contains("not a medical device"))
    }

    @Test func `analyze gives one JSON object for each file, the same for the same seed`() throws {
        let home = try Home()
        let files = try Samples.files().map(\.path)
        func run(_ threads: String) throws -> [AnalysisLine] {
            let run = try home.run(
                ["analyze", "--json", "--samples", "5", "--seed", "11", "--threads", threads]
                    + files)
            #expect(run.status == 0, "\(run.errors)")
            return try AnalysisLine.lines(run.output)
        }
        let one = try run("1")
        let two = try run("2")
        #expect(one.map(\.file) == files)
        for (left, right) in zip(one, two) {
            #expect(left.findings?.map(\.probability) == right.findings?.map(\.probability))
            #expect(left.findings?.map(\.uncertainty) == right.findings?.map(\.uncertainty))
            #expect(left.findings?.count == 14)
            #expect(left.samples == 5)
            #expect(left.seed == 11)
            #expect(left.analysisId != right.analysisId)
            #expect(left.disclaimer?.contains("not a medical device") == true)
        }
    }

    @Test func `importing leaves no other trace than the home`() throws {
        let home = try Home()
        let file = try #require(try Samples.files().first)
        _ = try home.importing([file.path])
        let mode = try FileManager.default.attributesOfItem(atPath: home.url.path)
        #expect(mode[.posixPermissions] as? Int == 0o700)
        let database = home.url.appendingPathComponent("wetread.sqlite").path
        let databaseMode = try FileManager.default.attributesOfItem(atPath: database)
        #expect(databaseMode[.posixPermissions] as? Int == 0o600)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: home.beside.path) == ["home"])
    }
}
