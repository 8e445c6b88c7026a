// Homes of earlier versions: brought up to date with a backup, sealed, nothing lost.

import Foundation
import Radiology
import Records
import Testing

private let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()

/// A home of schema 1 as a release before sealing left it: the database from a dump, the object in
/// the open.
private func oldHome() throws -> TestHome {
    let home = TestHome()
    let sample = folder.deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("SampleStudies/02-bergamot-alder-pa.dcm")
    let bytes = try [UInt8](Data(contentsOf: sample))
    let object = home.url.appendingPathComponent("objects/\(ContentHash(of: bytes).objectPath)")
    try FileManager.default.createDirectory(
        at: object.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: object)
    let code =
        "import sqlite3, sys; d = sqlite3.connect(sys.argv[1]); "
        + "d.executescript(open(sys.argv[2], encoding='utf-8').read()); d.commit()"
    let dump = folder.appendingPathComponent("Fixtures/schema-1.sql").path
    let result = try run("python3", ["-c", code, home.database, dump])
    #expect(result.status == 0, "\(result.output)")
    return home
}

@Suite struct MigrationTests {
    @Test func anOldHomeIsSealedAndKeepsEverything() throws {
        let home = try oldHome()
        #expect(throws: RecordsError.olderSchema(found: 1, known: RecordStore.schemaVersion)) {
            try home.open(readOnly: true)
        }
        let store = try home.open()
        let entry = try #require(try store.worklist().first)
        #expect(entry.patient.name.alphabetic == "BERGAMOT^ALDER" && entry.state == .final)
        let record = try store.study(entry.id, draftOf: ben)
        #expect(record.signOffs.first?.reading.impression == "Old impression.")
        #expect(record.signOffs.first?.reader == ada && entry.signedBy == ada)
        #expect(record.draft?.impression == "Draft of old.")
        #expect(record.analysis != nil && record.images.count == 1)
        #expect(try store.imageBytes(record.images[0].id).count == record.images[0].byteCount)
        #expect(try store.verifyAudit().isWhole)
        #expect(try store.studies(foundBy: "bergamot") == [entry.id])
        store.close()
        for name in ["BERGAMOT", "PHANTOM-02", "Old impression", "20020312"] {
            #expect(try files(of: home, containing: name) == [])
        }
        #expect(try home.open().worklist().count == 1, "and opens again")
    }

    @Test func theCopyBeforeAMigrationIsSealedAndCanBeOpened() throws {
        let home = try oldHome()
        try home.open().close()
        let backups = home.url.appendingPathComponent("backups")
        let names = try FileManager.default.contentsOfDirectory(atPath: backups.path)
        #expect(names.count == 1 && names[0].hasPrefix("schema-1-"))
        let plain = home.url.appendingPathComponent("plain").path
        try RecordStore.openSchemaBackup(
            backups.appendingPathComponent(names[0]), home: home.url, to: plain)
        let code =
            "import sqlite3, sys; d = sqlite3.connect(sys.argv[1]); "
            + "print(d.execute('SELECT patient_name FROM study').fetchone()[0])"
        #expect(try run("python3", ["-c", code, plain]).output == "BERGAMOT^ALDER\n")
    }

    private func files(of home: TestHome, containing text: String) throws -> [String] {
        let names = FileManager.default.enumerator(atPath: home.url.path)?.allObjects
        return try (names as? [String] ?? []).filter { name in
            let path = home.url.appendingPathComponent(name)
            if HomeTests.isFolder(path.path) { return false }
            return try Data(contentsOf: path).range(of: Data(text.utf8)) != nil
        }
    }
}
