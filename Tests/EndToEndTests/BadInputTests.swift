import Foundation
import Testing
import WetreadTesting

/// Bad input: a clear message, an exit code, and nothing lost.
@Suite struct BadInputTests {
    struct BadFile: Sendable, CustomTestStringConvertible {
        let id: String
        let name: String
        let make: @Sendable ([UInt8]) throws -> [UInt8]
        let says: String
        var testDescription: String { id }
    }

    /// The first native sample, whose pixel data is the end of the file.
    private static func nativeSample() throws -> [UInt8] {
        for file in try Samples.files() {
            let bytes = [UInt8](try Data(contentsOf: file))
            if bytes.firstRange(of: Array("1.2.840.10008.1.2.1\0".utf8)) != nil { return bytes }
        }
        throw CocoaError(.fileNoSuchFile)
    }

    /// Sets a 16-bit value of group 0028 in an explicit little-endian file.
    private static func setting(
        _ bytes: [UInt8], element: UInt16, to value: UInt16
    ) throws -> [UInt8] {
        let head: [UInt8] = [
            0x28, 0, UInt8(element & 255), UInt8(element >> 8), 0x55, 0x53, 2, 0,
        ]
        let place = try #require(bytes.firstRange(of: head)).upperBound
        var result = bytes
        result[place] = UInt8(value & 255)
        result[place + 1] = UInt8(value >> 8)
        return result
    }

    @Test(arguments: [
        BadFile(
            id: "a text named .dcm", name: "letter.dcm",
            make: { _ in Array("Dear colleague, thank you for this patient.\n".utf8) },
            says: "not a DICOM file"),
        BadFile(id: "an empty file", name: "empty.dcm", make: { _ in [] }, says: "empty"),
        BadFile(
            id: "half of the pixels", name: "half.dcm", make: { Array($0.prefix($0.count / 2)) },
            says: "the file ends before its data set does"),
        BadFile(
            id: "65535 rows", name: "rows.dcm",
            make: { try setting($0, element: 0x10, to: 65_535) }, says: "the header announces"),
        BadFile(
            id: "no rows", name: "norows.dcm", make: { try setting($0, element: 0x10, to: 0) },
            says: "Rows"),
        BadFile(
            id: "more bits stored than allocated", name: "bits.dcm",
            make: { try setting($0, element: 0x0101, to: 17) }, says: "Bits Stored"),
        BadFile(
            id: "a PNG named .dcm", name: "picture.dcm",
            make: { _ in [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13] },
            says: "PNG or JPEG"),
    ])
    func `a bad file is refused in words, and the good one beside it is taken`(
        _ row: BadFile
    ) throws {
        let home = try Home()
        let folder = home.beside.appendingPathComponent("media")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let good = try Self.nativeSample()
        try Data(good).write(to: folder.appendingPathComponent("good.dcm"))
        let bad = folder.appendingPathComponent(row.name)
        try Data(try row.make(good)).write(to: bad)

        let alone = try home.importing([bad.path])
        #expect(alone.status == 65)
        #expect(alone.refused.map(\.path) == [bad.path])
        let reason = try #require(alone.refused.first?.reason)
        #expect(reason.contains(row.says), "\(reason)")

        let both = try home.importing([folder.path])
        #expect(both.status == 1)
        #expect(both.imported.count == 1)
        #expect(both.refused.count == 1)

        let analysis = try home.run("analyze", "--json", bad.path)
        #expect(analysis.status == 65)
        let line = try #require(try AnalysisLine.lines(analysis.output).first)
        #expect(line.error == true)
        #expect(line.message == "Analysis failed - manual review required")
        #expect(line.reason == reason)
    }

    @Test func `what does not exist is said, with the status for missing input`() throws {
        let home = try Home()
        let result = try home.importing(["/nowhere/scan.dcm"])
        #expect(result.status == 66)
        #expect(result.refused.first?.reason.contains("scan.dcm does not exist") == true)
    }

    @Test func `an unreadable folder is listed and does not stop the rest`() throws {
        let home = try Home()
        let closed = home.beside.appendingPathComponent("closed")
        try FileManager.default.createDirectory(at: closed, withIntermediateDirectories: true)
        let good = try #require(try Samples.files().first)
        // Root may read everything: then the run is made as a user who may not.
        let isRoot = getuid() == 0
        try FileManager.default.setAttributes([.posixPermissions: 0o000], ofItemAtPath: closed.path)
        defer {
            try? FileManager.default.setAttributes(
                [.posixPermissions: 0o700], ofItemAtPath: closed.path)
        }
        if isRoot {
            let inherits = "wetread-\(UUID().uuidString)"
            let open = URL(fileURLWithPath: "/tmp/\(inherits)")
            try FileManager.default.createDirectory(at: open, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(at: open) }
            for path in [open.path, home.beside.path] {
                try FileManager.default.setAttributes(
                    [.posixPermissions: 0o777], ofItemAtPath: path)
            }
            let run = try ProgramRun(
                URL(fileURLWithPath: "/usr/bin/setpriv"),
                [
                    "--reuid=65534", "--regid=65534", "--clear-groups", Installed.program.path,
                    "import", "--json", closed.path, good.path,
                ],
                environment: home.environment.merging(["WETREAD_HOME": open.path + "/home"]) { $1 })
            try check(run, closed: closed, good: good)
        } else {
            try check(
                home.run("import", "--json", closed.path, good.path), closed: closed, good: good)
        }
    }

    private func check(_ run: ProgramRun, closed: URL, good: URL) throws {
        let result = try JSONDecoder.snakeCase.decode(
            ImportResult.self, from: Data(run.output.utf8))
        #expect(run.status == 1, "\(run.errors)")
        #expect(result.imported == [good.path])
        #expect(result.refused.map(\.path) == [closed.path])
        #expect(result.refused.first?.reason.contains("cannot list folder closed") == true)
    }

    @Test func `a network that is not what its description says is refused before it runs`() throws
    {
        let home = try Home()
        let package = home.beside.appendingPathComponent("forged")
        let source = Installed.top.appendingPathComponent(
            "Sources/Analyzer/Resources/phantom-cxr14")
        try FileManager.default.copyItem(at: source, to: package)
        let network = package.appendingPathComponent("model.onnx")
        var bytes = try Data(contentsOf: network)
        bytes[bytes.count / 2] ^= 1
        try bytes.write(to: network)
        let file = try #require(try Samples.files().first)
        let run = try home.run("analyze", "--model", package.path, file.path)
        #expect(run.status == 78)
        #expect(run.errors.contains("is not what it says: the network's SHA-256 is"))
        #expect(run.output.isEmpty)
    }

    @Test func `a home that cannot be written to is said with what would mend it`() throws {
        let home = try Home()
        let file = try #require(try Samples.files().first)
        // A file where the home should be stops root too.
        try Data().write(to: home.url)
        let run = try home.run("import", file.path)
        #expect(run.status == 73 || run.status == 77, "\(run.status)")
        #expect(run.errors.contains("WETREAD_HOME"), "\(run.errors)")
    }

    @Test(.enabled(if: getuid() == 0, "needs root to mount a small disk"))
    func `a read-only home shows its worklist and takes nothing`() throws {
        let disk = try SmallDisk(megabytes: 32)
        var home = try Home()
        home.environment["WETREAD_HOME"] = disk.url.appendingPathComponent("home").path
        let files = try Samples.files()
        #expect(try home.importing([files[0].path]).status == 0)
        try disk.remountReadOnly()
        let run = try home.run("import", files[1].path)
        #expect([73, 77].contains(run.status), "\(run.status) \(run.errors)")
        #expect(run.errors.contains("Read-only file system"))
        let list = try home.run("worklist", "--json")
        #expect(list.status == 0, "\(list.errors)")
        #expect(list.output.split(separator: "\n").count == 1)
    }

    @Test(.enabled(if: getuid() == 0, "needs root to mount a small disk"))
    func `a full disk loses nothing that was taken, and is said`() throws {
        let disk = try SmallDisk(megabytes: 4)
        var home = try Home()
        home.environment["WETREAD_HOME"] = disk.url.appendingPathComponent("home").path
        // The samples are a few hundred kilobytes each: they fill the disk before they end.
        let load = home.beside.appendingPathComponent("load")
        #expect(
            try home.run("phantom", "--load", "8", "--size", "1024", "--output", load.path).status
                == 0)
        let run = try home.run("import", "--json", load.path)
        #expect(run.status == 73, "\(run.status) \(run.errors) \(run.output)")
        #expect(run.errors.contains("full"), "\(run.errors)")
        let verify = try home.run("audit", "verify")
        #expect(verify.status == 0, "\(verify.output) \(verify.errors)")
        let list = try home.run("worklist")
        #expect(list.status == 0, "\(list.errors)")
    }

    @Test func `a name that holds escape sequences is shown inert`() throws {
        let home = try Home()
        var bytes = try Self.nativeSample()
        // Patient's Name, explicit VR: replaced by as many bytes of attack.
        let head: [UInt8] = [0x10, 0, 0x10, 0, 0x50, 0x4E]
        let place = try #require(bytes.firstRange(of: head)).upperBound
        let length = Int(bytes[place]) | Int(bytes[place + 1]) << 8
        let attack = Array("\u{1B}]0;X\u{07}\u{1B}[2J".utf8)
        try #require(length >= attack.count)
        for index in 0..<length {
            bytes[place + 2 + index] = index < attack.count ? attack[index] : 0x41
        }
        let file = home.beside.appendingPathComponent("evil.dcm")
        try Data(bytes).write(to: file)
        #expect(try home.importing([file.path]).status == 0)
        for arguments in [
            ["worklist"], ["report", "--top"], ["dump", "dicom", file.path],
            ["dump", "dicom", "--json", file.path], ["worklist", "--json"], ["audit", "list"],
        ] {
            let run = try home.run(arguments)
            #expect(run.status == 0, "\(arguments): \(run.errors)")
            let control = run.output.unicodeScalars.filter {
                $0.value < 32 && $0 != "\n" || $0.value == 0x7F || (0x80...0x9F).contains($0.value)
            }
            #expect(control.isEmpty, "\(arguments)")
        }
    }
}

/// A small file system of its own, mounted for one test.
final class SmallDisk {
    let url: URL
    private let folder: ScratchFolder

    init(megabytes: Int) throws {
        folder = try ScratchFolder("disk")
        url = folder.url
        try Self.run(
            "/usr/bin/mount", ["-t", "tmpfs", "-o", "size=\(megabytes)m", "tmpfs", url.path])
    }

    func remountReadOnly() throws {
        try Self.run("/usr/bin/mount", ["-o", "remount,ro", url.path])
    }

    deinit { try? Self.run("/usr/bin/umount", ["-l", url.path]) }

    private static func run(_ program: String, _ arguments: [String]) throws {
        let run = try ProgramRun(URL(fileURLWithPath: program), arguments)
        guard run.status == 0 else { throw CocoaError(.fileWriteUnknown) }
    }
}
