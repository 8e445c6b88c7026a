// Signed checkpoints: a trail cut short or rewritten is found, although the database agrees with
// itself.

import Foundation
import Radiology
import Records
import Testing

/// Rewrites the whole trail after a change, as somebody would who knows how it is hashed.
private let rewriter = """
    import hashlib, json, sqlite3, sys
    db = sqlite3.connect(sys.argv[1])
    for (name,) in db.execute("SELECT name FROM sqlite_schema WHERE type='trigger'").fetchall():
        db.execute(f"DROP TRIGGER {name}")
    db.execute(sys.argv[2])
    rows = db.execute("SELECT sequence, timestamp, actor, kind, study, detail FROM audit_event "
                      "ORDER BY sequence").fetchall()
    head, count = "0" * 64, 0
    for sequence, timestamp, actor, kind, study, detail in rows:
        event = {"actor": actor, "detail": detail, "format": "wetread-audit-1", "kind": kind,
                 "previous": head, "sequence": sequence, "study": study, "timestamp": timestamp}
        text = json.dumps(event, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        previous, head, count = head, hashlib.sha256(text.encode()).hexdigest(), sequence
        db.execute("UPDATE audit_event SET previous_hash = ?, hash = ? WHERE sequence = ?",
                   (previous, head, sequence))
    db.execute("UPDATE audit_head SET count = ?, hash = ?", (count, head))
    if len(sys.argv) > 3:
        db.execute(sys.argv[3])
    db.commit()
    """

@Suite struct CheckpointTests {
    let home = TestHome()

    private func fill(_ count: Int) throws {
        let store = try home.open()
        for number in 1...count {
            try store.recordRefusal(name: "\(number)", reason: "r", actor: service)
        }
        store.close()
    }

    private var published: [Substring] {
        get throws {
            try String(
                contentsOf: home.url.appendingPathComponent("audit-checkpoints"), encoding: .utf8
            ).split(separator: "\n")
        }
    }

    private func rewrite(_ sql: [String]) throws {
        let result = try run("python3", ["-c", rewriter, home.database] + sql)
        #expect(result.status == 0, "\(result.output)")
    }

    @Test func everyHundredEventsAreSignedHereAndInASecondFile() throws {
        try fill(250)
        let lines = try published
        #expect(lines.map { $0.split(separator: " ")[1] } == ["100", "200"])
        #expect(try home.open(readOnly: true).verifyAudit().isWhole)
    }

    @Test func aRewrittenTrailIsFoundAtTheFirstCheckpointAfterTheChange() throws {
        try fill(250)
        try rewrite(["UPDATE audit_event SET actor = 'eve' WHERE sequence = 150"])
        let found = try home.open(readOnly: true).verifyAudit()
        #expect(found.firstBreak == AuditBreak(sequence: 200, cause: .checkpointDiffers))
    }

    @Test func aTrailCutShortIsFoundThroughTheSecondFileAlone() throws {
        try fill(250)
        try rewrite([
            "DELETE FROM audit_event WHERE sequence > 150",
            "DELETE FROM audit_checkpoint WHERE sequence > 150",
        ])
        let found = try home.open(readOnly: true).verifyAudit()
        #expect(found.firstBreak == AuditBreak(sequence: 151, cause: .truncated(recorded: 200)))
    }

    @Test func withoutTheSecondFileACutBehindTheLastCheckpointIsWhatItCannotSee() throws {
        try fill(250)
        try FileManager.default.removeItem(
            at: home.url.appendingPathComponent("audit-checkpoints"))
        try rewrite(["DELETE FROM audit_event WHERE sequence > 220"])
        #expect(try home.open(readOnly: true).verifyAudit().isWhole)
        try rewrite(["DELETE FROM audit_event WHERE sequence > 150"])
        let found = try home.open(readOnly: true).verifyAudit()
        #expect(found.firstBreak == AuditBreak(sequence: 151, cause: .truncated(recorded: 200)))
    }

    @Test func aForgedCheckpointIsFound() throws {
        try fill(150)
        try rewrite([
            "SELECT 1",
            "UPDATE audit_checkpoint SET line = replace(line, 'wetread-checkpoint-1 1', "
                + "'wetread-checkpoint-1 9')",
        ])
        let found = try home.open(readOnly: true).verifyAudit()
        #expect(found.firstBreak?.cause == .checkpointForged)
    }

    @Test func aCheckpointOnDemandCoversTheLastEvent() throws {
        try fill(5)
        let store = try home.open()
        let line = try #require(try store.checkpointAudit())
        #expect(line.hasPrefix("wetread-checkpoint-1 5 "))
        #expect(try published.last.map(String.init) == line)
        store.close()
        try rewrite(["DELETE FROM audit_event WHERE sequence > 3", "DELETE FROM audit_checkpoint"])
        let found = try home.open(readOnly: true).verifyAudit()
        #expect(found.firstBreak == AuditBreak(sequence: 4, cause: .truncated(recorded: 5)))
    }

    @Test func aSecondFileThatWasLostIsWrittenAgainFromTheDatabase() throws {
        try fill(250)
        try FileManager.default.removeItem(
            at: home.url.appendingPathComponent("audit-checkpoints"))
        try home.open().close()
        #expect(try published.count == 2)
    }
}
