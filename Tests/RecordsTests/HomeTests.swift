// Homes: who may read them, and what happens when they cannot be written.

import Foundation
import Radiology
import Records
import Testing

@Suite(.serialized) struct HomeTests {
    let home = TestHome()

    static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    private func mode(_ path: String) -> Int {
        var status = stat()
        return stat(path, &status) == 0 ? Int(status.st_mode & 0o777) : -1
    }

    @Test(arguments: [0o000, 0o022, 0o777] as [mode_t])
    func everythingIsPrivateWhateverTheMask(mask: mode_t) throws {
        let old = umask(mask)
        defer { umask(old) }
        let store = try home.open()
        try store.take(candidate())
        let objects = try #require(objectFiles(home).first)
        for name in ["wetread.sqlite", "wetread.sqlite-wal", "wetread.sqlite-shm"] {
            #expect(mode(home.url.appendingPathComponent(name).path) == 0o600, "\(name)")
        }
        #expect(mode(objects) == 0o600)
        let inner = URL(fileURLWithPath: objects).deletingLastPathComponent()
        let outer = inner.deletingLastPathComponent()
        let folders = [home.url, home.url.appendingPathComponent("objects"), inner, outer]
        for folder in folders { #expect(mode(folder.path) == 0o700, "\(folder.lastPathComponent)") }
    }

    @Test func aReadableDatabaseFileIsMadePrivate() throws {
        try home.open().close()
        chmod(home.database, 0o644)
        _ = try home.open()
        #expect(mode(home.database) == 0o600)
    }

    @Test func signaturesAreFlushed() throws {
        let store = try home.open()
        #expect(try store.synchronousLevel() == 2)
    }

    @Test func manyFirstStartsAtOnceMakeOneHome() async throws {
        let home = self.home
        let failures: [String] = await withTaskGroup(of: String?.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    do { _ = try home.open() } catch { return "\(error)" }
                    return nil
                }
            }
            return await group.reduce(into: []) { if let text = $1 { $0.append(text) } }
        }
        #expect(failures.isEmpty, "\(failures)")
    }

    @Test func aHomeThatIsAFileIsSaid() throws {
        try Data().write(to: home.url)
        let error = #expect(throws: RecordsError.self) { try home.open() }
        #expect(error?.category == .cannotCreate)
        #expect(
            error?.description.contains("Not a directory") == true
                || error?.description.contains("File exists") == true, "\(error?.description ?? "")"
        )
    }

    @Test func anEmptyHomeCannotBeReadFrom() throws {
        let name = home.url.lastPathComponent
        #expect(throws: RecordsError.emptyHome(home: name)) { try home.open(readOnly: true) }
        #expect(!FileManager.default.fileExists(atPath: home.url.path))
    }

    @Test func somethingElseUnderTheNameIsNotTouched() throws {
        let content = Data(String(repeating: "this is no database. ", count: 99).utf8)
        try FileManager.default.createDirectory(at: home.url, withIntermediateDirectories: true)
        try content.write(to: URL(fileURLWithPath: home.database))
        let error = RecordsError.foreignDatabase(home: home.url.lastPathComponent)
        #expect(throws: error) { try home.open() }
        #expect(throws: error) { try home.open(readOnly: true) }
        #expect(FileManager.default.contents(atPath: home.database) == content)
    }

    @Test func anotherProgramsDatabaseIsNotTouched() throws {
        try FileManager.default.createDirectory(at: home.url, withIntermediateDirectories: true)
        let code = "import sqlite3, sys; sqlite3.connect(sys.argv[1]).execute('CREATE TABLE t (x)')"
        try run("python3", ["-c", code, home.database])
        let error = RecordsError.foreignDatabase(home: home.url.lastPathComponent)
        #expect(throws: error) { try home.open() }
    }

    @Test(arguments: [true, false])
    func aNewerSchemaIsRefused(readOnly: Bool) throws {
        try home.open().close()
        try tamper(home, "INSERT INTO grdb_migrations VALUES ('99')")
        #expect(throws: RecordsError.newerSchema(found: 99, known: RecordStore.schemaVersion)) {
            try home.open(readOnly: readOnly)
        }
    }

    @Test func aDamagedDatabaseIsSaid() throws {
        let store = try home.open()
        for study in 1...50 { try store.take(candidate(study: study)) }
        store.close()
        #expect(!FileManager.default.fileExists(atPath: home.database + "-wal"))
        let file = try FileHandle(forUpdating: URL(fileURLWithPath: home.database))
        let size = try file.seekToEnd()
        try file.seek(toOffset: 4096)
        try file.write(contentsOf: Data(repeating: 0x5A, count: Int(size) - 4096))
        try file.close()
        let error = #expect(throws: RecordsError.self) { _ = try home.open().worklist() }
        #expect(error?.category == .badData, "\(String(describing: error))")
    }

    @Test func aLockedDatabaseIsSaidAfterAWhile() throws {
        let store = try home.open()
        let code = """
            import sqlite3, sys
            db = sqlite3.connect(sys.argv[1], isolation_level=None)
            db.execute('BEGIN IMMEDIATE'); print('locked', flush=True); sys.stdin.read()
            """
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", "-c", code, home.database]
        let (input, output) = (Pipe(), Pipe())
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        _ = output.fileHandleForReading.availableData
        #expect(throws: RecordsError.locked(task: .importImages)) { try store.take(candidate()) }
        #expect(objectFiles(home).count <= 1)
        #expect(try store.worklist().isEmpty)
        try input.fileHandleForWriting.close()
        process.waitUntilExit()
        try store.take(candidate())
    }

    @Test func aStoreForReadingChangesNothing() throws {
        let writer = try home.open()
        try writer.take(candidate())
        let reader = try home.open(readOnly: true)
        #expect(try reader.worklist().count == 1)
        #expect(throws: RecordsError.openedReadOnly(task: .importImages)) {
            try reader.take(candidate(image: 2))
        }
        #expect(objectFiles(home).count == 1)
        try writer.take(candidate(study: 2))
        #expect(try reader.worklist().count == 2)
    }
}

/// Tests on a small file system of their own; they need a user who may mount one.
@Suite(.serialized, .enabled(if: SmallDisk.isPossible, "mounting a tmpfs needs root"))
struct DiskTests {
    @Test func aReadOnlyHomeIsSaidAndCanStillBeRead() throws {
        let disk = try SmallDisk(kilobytes: 4096)
        let store = try disk.open()
        let study = try store.take(candidate())
        store.close()
        try disk.remount("ro")
        let error = #expect(throws: RecordsError.self) { try disk.open() }
        guard case .readOnlyHome(.open, "home", _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        let reader = try RecordStore.open(home: disk.home, readOnly: true)
        #expect(try reader.study(study).images.count == 1)
        #expect(try reader.imageBytes(ImageID(1)) == candidate().bytes)
        #expect(try reader.verifyAudit().isWhole)
        let fresh = disk.folder.appendingPathComponent("fresh")
        #expect(throws: RecordsError.self) { try RecordStore.open(home: fresh) }
        reader.close()
    }

    @Test func aReadOnlyHomeThatACrashLeftIsReadWithItsLastChanges() throws {
        let disk = try SmallDisk(kilobytes: 4096)
        let store = try disk.open()
        try store.take(candidate())
        let copy = disk.folder.appendingPathComponent("copy")
        try run("cp", ["-r", disk.home.path, copy.path])
        store.close()
        try disk.remount("ro")
        let reader = try RecordStore.open(home: copy, readOnly: true)
        #expect(try reader.worklist().count == 1)
        reader.close()
    }

    @Test func aFirstStartOnAFullDiskIsSaidAndWorksWithSpace() throws {
        let disk = try SmallDisk(kilobytes: 1024)
        let filler = disk.folder.appendingPathComponent("filler")
        _ = try? run("dd", ["if=/dev/zero", "of=\(filler.path)", "bs=4k"])
        #expect(throws: RecordsError.diskFull(task: .open, home: "home")) { try disk.open() }
        try FileManager.default.removeItem(at: filler)
        let store = try disk.open()
        #expect(try store.worklist().isEmpty)
        store.close()
    }

    @Test func aFullDiskRefusesTheImportWholeAndWorksAgainWithSpace() throws {
        let disk = try SmallDisk(kilobytes: 2048)
        let store = try disk.open()
        let study = try store.take(candidate(byteCount: 100_000))
        let large = (2...20).map { candidate(study: $0, byteCount: 300_000) }
        let error = RecordsError.diskFull(task: .importImages, home: "home")
        #expect(throws: error) { try store.importImages(large, actor: service) }
        #expect(try store.worklist().count == 1)
        #expect(disk.objectCount == 1, "nothing half-written stays")
        try store.store(analysis(), for: study, actor: service)
        try store.claimAndSign(study)
        #expect(try store.verifyAudit().isWhole)
        try store.take(candidate(study: 21, byteCount: 300_000))
        store.close()
    }

    @Test func aDiskFullOfOtherThingsNeverHalfSigns() throws {
        let disk = try SmallDisk(kilobytes: 2048)
        let store = try disk.open()
        let study = try store.take(candidate())
        try store.store(analysis(), for: study, actor: service)
        _ = try store.claim(study, reader: ada, session: "s", seconds: 60)
        let filler = disk.folder.appendingPathComponent("filler")
        _ = try? run("dd", ["if=/dev/zero", "of=\(filler.path)", "bs=4k"])
        var refusal: RecordsError?
        for _ in 0..<400 where refusal == nil {
            do throws(RecordsError) {
                try store.saveDraft(
                    completeDraft(impression: UUID().uuidString), for: study, reader: ada)
            } catch { refusal = error }
        }
        #expect(refusal == .diskFull(task: .saveDraft, home: "home"))
        #expect(throws: RecordsError.diskFull(task: .sign, home: "home")) {
            try store.sign(
                study, reader: ada, session: "s", draft: completeDraft(), meaning: .final,
                openSeconds: 1, analysis: nil, utcOffsetSeconds: 0)
        }
        #expect(try store.study(study).signOffs.isEmpty)
        try FileManager.default.removeItem(at: filler)
        try store.claimAndSign(study)
        #expect(try store.study(study).signOffs.count == 1)
        #expect(try store.verifyAudit().isWhole)
        store.close()
    }
}

/// A tmpfs of a given size, unmounted with the last use of this value.
final class SmallDisk: Sendable {
    let folder: URL
    var home: URL { folder.appendingPathComponent("home") }

    static let isPossible: Bool = {
        guard getuid() == 0, let disk = try? SmallDisk(kilobytes: 64) else { return false }
        return FileManager.default.fileExists(atPath: disk.folder.path)
    }()

    init(kilobytes: Int) throws {
        folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("wetread-disk-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let result = try run(
            "mount", ["-t", "tmpfs", "-o", "size=\(kilobytes)k", "tmpfs", folder.path])
        if result.status != 0 { throw CocoaError(.fileWriteNoPermission) }
    }

    deinit {
        _ = try? run("umount", ["-l", folder.path])
        try? FileManager.default.removeItem(at: folder)
    }

    func open() throws -> RecordStore { try RecordStore.open(home: home) }

    func remount(_ mode: String) throws {
        let result = try run("mount", ["-o", "remount,\(mode)", folder.path])
        #expect(result.status == 0, "\(result.output)")
    }

    /// Files under `objects`, whole or half-written.
    var objectCount: Int {
        let root = home.appendingPathComponent("objects").path
        let names = FileManager.default.enumerator(atPath: root)?.allObjects as? [String] ?? []
        return names.filter { !HomeTests.isFolder("\(root)/\($0)") }.count
    }
}
