// The audit trail: every tampering is found, by us and by a script that shares no code with us.

import Foundation
import Radiology
import Records
import Testing

/// A home with eight events, the last a signature: imported (2), refused, analysed, opened,
/// claimed, signed and a second study's failure.
private func filledHome() throws -> TestHome {
    let home = TestHome()
    let store = try home.open()
    let study = try store.take(candidate(), candidate(study: 2))
    try store.recordRefusal(name: "x.txt", reason: "not DICOM: \"é\u{1}\\\"", actor: service)
    try store.store(analysis(pneumothorax: 0.2), for: study, actor: service)
    try store.markOpened(study, reader: ada, session: "s")
    try store.claimAndSign(study)
    let failure = AnalysisFailure(timestamp: home.clock.now, reason: "out of memory")
    try store.store(failure, for: StudyID(2), actor: service)
    store.close()
    return home
}

private let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("verify_audit.py").path

private struct Tampering: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let sql: String
    let expected: AuditBreak
    let scriptSays: String

    init(_ id: String, _ sql: String, _ sequence: Int64, _ cause: AuditBreak.Cause, _ says: String)
    {
        testDescription = id
        self.sql = sql
        expected = AuditBreak(sequence: sequence, cause: cause)
        scriptSays = "broken \(sequence) \(says)"
    }
}

private let tamperings: [Tampering] = [
    Tampering(
        "timestamp",
        "UPDATE audit_event SET timestamp = '2020-01-01T00:00:00.000000Z' "
            + "WHERE sequence = 3", 3, .changed, "changed"),
    Tampering(
        "actor", "UPDATE audit_event SET actor = 'eve' WHERE sequence = 5", 5, .changed, "changed"),
    Tampering(
        "kind", "UPDATE audit_event SET kind = 'refused' WHERE sequence = 1", 1, .changed,
        "changed"),
    Tampering(
        "study", "UPDATE audit_event SET study = 2 WHERE sequence = 4", 4, .changed, "changed"),
    Tampering(
        "study removed", "UPDATE audit_event SET study = NULL WHERE sequence = 4", 4, .changed,
        "changed"),
    Tampering(
        "detail", "UPDATE audit_event SET detail = '{}' WHERE sequence = 2", 2, .changed,
        "changed"),
    Tampering(
        "previous hash", "UPDATE audit_event SET previous_hash = hash WHERE sequence = 6", 6,
        .changed, "changed"),
    Tampering(
        "hash", "UPDATE audit_event SET hash = previous_hash WHERE sequence = 6", 6, .changed,
        "changed"),
    Tampering(
        "first event removed", "DELETE FROM audit_event WHERE sequence = 1", 1, .missing(until: 2),
        "missing"),
    Tampering(
        "two events removed", "DELETE FROM audit_event WHERE sequence IN (3, 4)", 3,
        .missing(until: 5), "missing"),
    Tampering(
        "event removed and the rest renumbered",
        "DELETE FROM audit_event WHERE sequence = 3; "
            + "UPDATE audit_event SET sequence = sequence - 1 WHERE sequence > 3", 3, .changed,
        "changed"),
    Tampering(
        "last event removed", "DELETE FROM audit_event WHERE sequence = 8", 8,
        .truncated(recorded: 8), "truncated"),
    Tampering(
        "all events removed", "PRAGMA foreign_keys = OFF; DELETE FROM audit_event", 1,
        .truncated(recorded: 8), "truncated"),
    Tampering(
        "two events exchanged",
        "UPDATE audit_event SET sequence = -3 WHERE sequence = 3; "
            + "UPDATE audit_event SET sequence = 3 WHERE sequence = 4; "
            + "UPDATE audit_event SET sequence = 4 WHERE sequence = -3", 3, .changed, "changed"),
    Tampering(
        "event added at the end",
        "INSERT INTO audit_event SELECT 9, timestamp, actor, kind, study, detail, hash, hash "
            + "FROM audit_event WHERE sequence = 8", 9, .changed, "changed"),
    Tampering(
        "recorded end set back", "UPDATE audit_head SET count = 7", 8, .beyondEnd(recorded: 7),
        "beyond end"),
    Tampering(
        "recorded hash", "UPDATE audit_head SET hash = '\(String(repeating: "0", count: 64))'", 8,
        .headChanged, "head"),
    Tampering(
        "signed text", "UPDATE sign_off SET sealed = zeroblob(length(sealed))", 7,
        .signOffChanged, "signed record"),
    Tampering(
        "signed text and its hash",
        "UPDATE sign_off SET sealed = zeroblob(length(sealed)), "
            + "sha256 = '\(String(repeating: "a", count: 64))'", 7, .signOffChanged,
        "signed record"),
    Tampering(
        "signed record removed",
        "UPDATE study SET latest_sign_off = NULL; DELETE FROM sign_off", 7, .signOffChanged,
        "signed record"),
    Tampering(
        "signed record invented",
        "INSERT INTO sign_off (study_id, reader, signed_at, audit_sequence, sha256, sealed) "
            + "SELECT study_id, reader, signed_at, 3, sha256, sealed FROM sign_off", 3,
        .signOffUnrecorded,
        "signed record without event"),
]

@Suite struct AuditTests {
    @Test func aTrailIsWholeAndAnIndependentScriptAgrees() throws {
        let home = try filledHome()
        let store = try home.open()
        let verification = try store.verifyAudit()
        #expect(verification.isWhole && verification.eventCount == 8)
        let events = try store.auditEvents()
        #expect(events.map(\.sequence) == Array(1...8))
        #expect(
            events.map(\.kind) == [
                .imported, .imported, .refused, .analysed, .opened, .claimed, .signed,
                .analysisFailed,
            ])
        #expect(events.last?.hash == verification.head)
        let result = try run("python3", [script, home.database])
        #expect(result.output == "whole 8 \(verification.head.hexadecimal)\n")
    }

    @Test(arguments: tamperings)
    private func tamperingIsFoundAndTheFirstBadEventNamed(_ tampering: Tampering) throws {
        let home = try filledHome()
        try tamper(home, tampering.sql)
        let verification = try home.open(readOnly: true).verifyAudit()
        #expect(verification.firstBreak == tampering.expected)
        let result = try run("python3", [script, home.database])
        #expect(result.status == 1)
        #expect(result.output.hasPrefix(tampering.scriptSays), "\(result.output)")
    }

    @Test(arguments: [
        "UPDATE audit_event SET actor = 'eve'", "DELETE FROM audit_event WHERE sequence = 8",
        "INSERT OR REPLACE INTO audit_event SELECT * FROM audit_event WHERE sequence = 2",
        "UPDATE audit_head SET count = 3", "DELETE FROM audit_head",
        "UPDATE sign_off SET reader = 'eve'", "DELETE FROM sign_off",
        "UPDATE analysis SET critical_count = 0", "DELETE FROM analysis_failure",
    ])
    func theDatabaseItselfRefusesToChangeWhatIsRecorded(sql: String) throws {
        let home = try filledHome()
        let code = "import sqlite3, sys; sqlite3.connect(sys.argv[1]).execute(sys.argv[2])"
        let result = try run("python3", ["-c", code, home.database, sql])
        #expect(result.output.contains("IntegrityError"), "\(result.output)")
        #expect(try home.open().verifyAudit().isWhole)
    }

    @Test func eventsAreFilteredByStudyAndPaged() throws {
        let home = try filledHome()
        let store = try home.open()
        #expect(try store.auditEvents(study: StudyID(2)).map(\.sequence) == [2, 8])
        #expect(try store.auditEvents(after: 2, limit: 3).map(\.sequence) == [3, 4, 5])
        #expect(try store.auditEvents(study: StudyID(1), after: 4, limit: 1).map(\.sequence) == [5])
    }

    @Test func aFailedChangeLeavesNoEvent() throws {
        let home = try filledHome()
        let store = try home.open()
        let before = try store.changeToken()
        #expect(throws: RecordsError.self) {
            try store.markOpened(StudyID(99), reader: ada, session: "s")
        }
        #expect(throws: RecordsError.self) {
            try store.claim(StudyID(1), reader: ben, session: "t", seconds: 60)
        }
        #expect(try store.verifyAudit().eventCount == 8)
        #expect(try store.changeToken() == before)
    }

    @Test func twoStoresWriteOneChain() async throws {
        let home = TestHome()
        let stores = [try home.open(), try home.open()]
        await withTaskGroup(of: Void.self) { group in
            for (number, store) in stores.enumerated() {
                group.addTask {
                    for index in 0..<50 {
                        try? store.recordRefusal(
                            name: "\(number)-\(index)", reason: "", actor: service)
                    }
                }
            }
        }
        let verification = try stores[0].verifyAudit()
        #expect(verification.isWhole && verification.eventCount == 100)
    }
}
