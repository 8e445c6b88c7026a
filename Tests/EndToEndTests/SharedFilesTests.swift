import Foundation
import Testing
import WetreadTesting

/// The genuine files of the project's machines, through the real program.
@Suite(.enabled(if: Installed.shared != nil, "needs WETREAD_SHARED"))
struct SharedFilesTests {
    private struct Row {
        let path: String
        let shouldBeRead: Bool
    }

    /// `path` and `expect` of index.csv, whose other columns may hold quoted commas.
    private static func index() throws -> [Row] {
        let shared = try #require(Installed.shared)
        let url = shared.appendingPathComponent("dicom/index.csv")
        let text = try String(contentsOf: url, encoding: .utf8)
        let lines = text.split(whereSeparator: \.isNewline).map { CSV.fields(String($0)) }
        let head = try #require(lines.first)
        let path = try #require(head.firstIndex(of: "path"))
        let expect = try #require(head.firstIndex(of: "expect"))
        return lines.dropFirst().map {
            Row(
                path: shared.appendingPathComponent("dicom/" + $0[path]).path,
                shouldBeRead: $0[expect] == "read")
        }
    }

    @Test func `every file marked read is taken and every file marked refuse is refused`() throws {
        let rows = try Self.index()
        let home = try Home(model: "baseline-cxr14")
        let result = try home.importing(rows.map(\.path))
        var taken = Set(result.imported)
        // Files that share an instance's UID with another go into an empty home of their own.
        for refusal in result.refused where refusal.reason.contains("other bytes") {
            let alone = try Home(model: "baseline-cxr14").importing([refusal.path])
            taken.formUnion(alone.imported)
        }
        taken.formUnion(result.alreadyPresent)
        let wrong = rows.filter { taken.contains($0.path) != $0.shouldBeRead }.map(\.path)
        #expect(wrong == [])
        for refusal in result.refused {
            #expect(refusal.reason.count > 20, "\(refusal.path): \(refusal.reason)")
        }
        let read = rows.filter { $0.shouldBeRead && taken.contains($0.path) }.count
        let refused = rows.filter { !$0.shouldBeRead && !taken.contains($0.path) }.count
        print("shared/dicom: \(read) files read, \(refused) refused, of \(rows.count)")
        #expect(try home.run("audit", "verify").status == 0)
    }

    @Test func `every genuine chest X-ray is analysed, and nearly all are seen to be chests`()
        throws
    {
        let shared = try #require(Installed.shared)
        let home = try Home(model: "baseline-cxr14")
        let run = try home.run(
            "analyze", "--json", shared.appendingPathComponent("cxr/images").path,
            shared.appendingPathComponent("cxr/parity").path)
        let lines = try AnalysisLine.lines(run.output)
        let failed = lines.filter { $0.error == true }
        #expect(failed.isEmpty)
        #expect(run.status == 0)
        let frontal = lines.filter { $0.quality?.frontalChest == true }.count
        print("shared/cxr: \(lines.count) analysed, \(frontal) seen as frontal chests")
        #expect(Double(frontal) > 0.95 * Double(lines.count))
    }

    @Test func `every readable genuine DICOM file is analysed`() throws {
        let files = try Self.index().filter(\.shouldBeRead).map(\.path)
        let run = try Home(model: "baseline-cxr14").run(["analyze", "--json"] + files)
        let lines = try AnalysisLine.lines(run.output)
        #expect(lines.map(\.file) == files)
        let failed = lines.filter { $0.error == true }
        #expect(failed.map { "\($0.file): \($0.reason ?? "")" } == [])
        let chests = lines.filter { $0.quality?.frontalChest == true }.count
        print("shared/dicom: \(lines.count) analysed, \(chests) seen as frontal chests")
    }
}

/// Comma-separated values with quotes (RFC 4180), one line.
enum CSV {
    static func fields(_ line: String) -> [String] {
        var fields: [String] = [""]
        var isQuoted = false
        for character in line {
            switch character {
            case "\"": isQuoted.toggle()
            case "," where !isQuoted: fields.append("")
            default: fields[fields.count - 1].append(character)
            }
        }
        return fields
    }
}
