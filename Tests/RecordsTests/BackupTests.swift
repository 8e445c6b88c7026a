// Backups: whole, checked, sealed, and usable.

import Foundation
import Radiology
import Records
import Testing

@Suite struct BackupTests {
    let home = TestHome()

    private var folder: URL { home.url.appendingPathExtension("backup") }
    private var second: URL { home.url.appendingPathExtension("second") }
    private var key: URL { home.url.appendingPathComponent("key") }

    private func filled() throws -> RecordStore {
        let store = try home.open()
        let study = try store.take(candidate(byteCount: 5000), candidate(study: 2))
        try store.store(analysis(), for: study, actor: service)
        try store.claimAndSign(study)
        return store
    }

    private func clean() {
        for url in [folder, second] { try? FileManager.default.removeItem(at: url) }
    }

    private func restored() throws -> RecordStore {
        _ = try RecordStore.restore(
            from: folder, home: second, keyFile: key, settings: home.settings)
        return try RecordStore.open(home: second, settings: home.settings)
    }

    @Test func whatIsBackedUpWhileItIsUsedComesBackWhole() async throws {
        defer { clean() }
        let store = try filled()
        let other = try home.open()
        let writing = Task.detached {
            for number in 3...30 { _ = try? other.take(candidate(study: number)) }
        }
        let summary = try store.backUp(to: folder)
        await writing.value
        #expect(summary.studyCount >= 2 && summary.objectCount == summary.studyCount)
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        #expect(!names.contains("key") && !names.contains("audit-key"))
        let again = try restored()
        #expect(try again.worklist().count == summary.studyCount)
        #expect(try again.imageBytes(ImageID(1)) == candidate(byteCount: 5000).bytes)
        #expect(try again.study(StudyID(1)).signOffs == store.study(StudyID(1)).signOffs)
        #expect(try again.verifyAudit().isWhole)
        #expect(try again.auditKinds.last == .restored)
        #expect(try store.auditKinds.contains(.backedUp))
    }

    @Test func aBackupWithoutItsKeyDoesNotOpen() throws {
        defer { clean() }
        _ = try filled().backUp(to: folder)
        let error = #expect(throws: RecordsError.self) {
            try RecordStore.restore(from: folder, home: second, settings: home.settings)
        }
        #expect(error?.description.contains("key") == true)
    }

    @Test(arguments: ["objects", "wetread.sqlite", "manifest.json"])
    func aDamagedBackupIsRefused(what: String) throws {
        defer { clean() }
        _ = try filled().backUp(to: folder)
        let names = FileManager.default.enumerator(atPath: folder.path)?.allObjects
        let name = try #require(
            (names as? [String] ?? []).first { name in
                name.hasPrefix(what) && !HomeTests.isFolder("\(folder.path)/\(name)")
            })
        let url = folder.appendingPathComponent(name)
        var bytes = try Data(contentsOf: url)
        bytes[bytes.count / 2] ^= 1
        try bytes.write(to: url)
        let error = #expect(throws: RecordsError.self) { _ = try restored() }
        #expect(error?.category == .badData, "\(String(describing: error))")
        #expect(!FileManager.default.fileExists(atPath: second.path + "/wetread.sqlite"))
    }

    @Test func nothingIsOverwritten() throws {
        defer { clean() }
        let store = try filled()
        _ = try store.backUp(to: folder)
        #expect(throws: RecordsError.backupUnusable(reason: "it exists already")) {
            try store.backUp(to: folder)
        }
        let error = #expect(throws: RecordsError.self) {
            try RecordStore.restore(from: folder, home: home.url, settings: home.settings)
        }
        #expect(error?.description.contains("holds records already") == true)
        #expect(try store.worklist().count == 2)
    }
}

@Suite struct AuditExportTests {
    @Test func everyKindOfEventIsAWellFormedDICOMMessage() throws {
        var lines: [String] = []
        for (index, kind) in AuditEventKind.allCases.enumerated() {
            let hash = ContentHash(digest: [UInt8](repeating: UInt8(index), count: 32))
            let event = AuditEvent(
                sequence: Int64(index + 1), timestamp: Date(timeIntervalSince1970: 1_795_000_000),
                actor: ReaderID("a<&\"\u{1}b"), kind: kind, study: StudyID(1),
                detail: #"{"reason":"<é>"}"#, previousHash: hash, hash: hash)
            lines.append(DICOMAuditMessage(event, studyInstanceUID: "1.2.3").xml)
        }
        // PS3.15 A.5.1: the parts, their order and their required attributes.
        let code = """
            import sys, base64, xml.etree.ElementTree as tree
            for line in sys.argv[1].splitlines():
                message = tree.fromstring(line)
                assert message.tag == "AuditMessage"
                tags = [part.tag for part in message]
                assert tags[:3] == ["EventIdentification", "ActiveParticipant",
                                    "AuditSourceIdentification"], tags
                event = message[0]
                assert event.get("EventActionCode") in "CRUDE"
                assert event.get("EventOutcomeIndicator") in ("0", "4", "8", "12")
                assert event.get("EventDateTime").endswith("Z")
                assert event[0].tag == "EventID" and event[0].get("csd-code").startswith("1101")
                for part in event:
                    assert part.get("codeSystemName") == "DCM" and part.get("originalText")
                assert message[1].get("UserID") and message[1].get("UserIsRequestor") == "true"
                objects = message.findall("ParticipantObjectIdentification")
                assert objects[0].get("ParticipantObjectID") == "1.2.3"
                assert objects[0][0].get("csd-code") == "110180"
                detail = {part.get("type"): base64.b64decode(part.get("value")).decode()
                          for part in objects[1].findall("ParticipantObjectDetail")}
                assert detail["detail"] == '{"reason":"<é>"}', detail
            print("well", len(sys.argv[1].splitlines()))
            """
        let result = try run("python3", ["-c", code, lines.joined(separator: "\n")])
        #expect(result.output == "well \(AuditEventKind.allCases.count)\n")
    }

    @Test func eventsAreFilteredByPatientUserAndTime() throws {
        let home = TestHome()
        let store = try home.open()
        try store.take(candidate(), candidate(study: 2, patient: Patient(identifier: "OTHER-9")))
        home.clock.advance(3600)
        let later = home.clock.now
        try store.markOpened(StudyID(2), reader: ada, session: "s")
        func kinds(_ filter: AuditFilter) throws -> [AuditEventKind] {
            try store.auditEvents(filter, after: 0, limit: 100).map(\.kind)
        }
        #expect(try kinds(AuditFilter(foundBy: "other-9")) == [.imported, .opened])
        #expect(try kinds(AuditFilter(foundBy: "nobody")) == [])
        #expect(try kinds(AuditFilter(actor: ada)) == [.opened])
        #expect(try kinds(AuditFilter(since: later)) == [.opened])
        #expect(try kinds(AuditFilter(until: later)) == [.imported, .imported])
        let messages = try store.auditMessages(of: store.auditEvents())
        #expect(messages.last?.xml.contains(#"ParticipantObjectID="1.2.3.2""#) == true)
    }
}
