// Writing, reading and checking the audit trail.

import Foundation
import GRDB
import Radiology

extension Database {
    /// Appends an event in this transaction; gives its sequence number.
    @discardableResult
    func appendAudit(
        _ kind: AuditEventKind, study: StudyID?, actor: ReaderID, at time: Timestamp,
        detail: [String: CanonicalJSON]
    ) throws -> Int64 {
        let head = try cachedStatement(sql: "SELECT count, hash FROM audit_head")
        guard let row = try Row.fetchOne(head) else {
            throw RecordsError.damaged(task: .readAudit, detail: "the audit head is missing")
        }
        let content = AuditChain.Content(
            sequence: row[0] + 1, timestamp: time.text, actor: actor.rawValue, kind: kind.rawValue,
            study: study?.rawValue, detail: CanonicalJSON.object(detail).text, previous: row[1])
        let hash = content.hash.hexadecimal
        try cachedStatement(
            sql: """
                INSERT INTO audit_event
                (sequence, timestamp, actor, kind, study, detail, previous_hash, hash)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            content.sequence, content.timestamp, content.actor, content.kind, content.study,
            content.detail, content.previous, hash,
        ])
        try cachedStatement(sql: "UPDATE audit_head SET count = ?, hash = ?")
            .execute(arguments: [content.sequence, hash])
        return content.sequence
    }
}

extension RecordStore {
    /// Records that patient data left the records another way than by opening a study on a screen:
    /// a list, a print, an export.
    ///
    /// - Parameters:
    ///   - purpose: what for, in a word or two (`worklist`, `report`).
    ///   - study: which study; nil for a list of them.
    public func recordAccess(
        _ purpose: String, study: StudyID? = nil, count: Int = 1, reader: ReaderID
    ) throws(RecordsError) {
        try requireSelf(reader, .recordAccess)
        _ = try write(.recordAccess) { db in
            try db.appendAudit(
                .accessed, study: study, actor: reader, at: now,
                detail: ["purpose": .string(purpose), "count": .integer(Int64(count))])
        }
    }

    /// Events in order of the trail.
    ///
    /// - Parameters:
    ///   - study: only those of one study, where given.
    ///   - after: only those with a greater sequence number.
    ///   - limit: at most so many.
    public func auditEvents(
        study: StudyID? = nil, after: Int64 = 0, limit: Int = 1000
    ) throws(RecordsError) -> [AuditEvent] {
        try read(.readAudit) { db in
            let condition = study == nil ? "" : "AND study = ?"
            var arguments: StatementArguments = [after]
            if let study { arguments += [study.rawValue] }
            arguments += [limit]
            let rows = try Row.fetchCursor(
                db,
                sql: """
                    SELECT sequence, timestamp, actor, kind, study, detail, previous_hash, hash
                    FROM audit_event WHERE sequence > ? \(condition) ORDER BY sequence LIMIT ?
                    """, arguments: arguments)
            var events: [AuditEvent] = []
            while let row = try rows.next() { events.append(try Self.event(row)) }
            return events
        }
    }

    /// Checks the whole trail, its recorded end, and every signed record against its event.
    ///
    /// Finds a changed, missing, inserted, moved or appended event and a removed tail, and names
    /// the first bad one; `AuditVerification.limits` says what no such check can find.
    public func verifyAudit() throws(RecordsError) -> AuditVerification {
        try read(.readAudit) { db in try Self.verification(db) }
    }

    /// How many studies there are, and whether the trail is whole: what anybody may know.
    public func health() throws(RecordsError) -> (studyCount: Int, audit: AuditVerification) {
        try read(.watch) { db in
            let count = try Int.fetchOne(db, sql: "SELECT count(*) FROM study") ?? 0
            return (count, try Self.verification(db))
        }
    }

    private static func verification(_ db: Database) throws -> AuditVerification {
        let signOffs = try Self.signedRecords(db)
        var walk = ChainWalk(signOffs: signOffs)
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT sequence, timestamp, actor, kind, study, detail, previous_hash, hash
                FROM audit_event ORDER BY sequence
                """)
        while let row = try rows.next() {
            if let cause = walk.step(Self.content(row), hash: row[7]) {
                return walk.result(breakAt: walk.count + 1, cause)
            }
        }
        let head = try Row.fetchOne(db, sql: "SELECT count, hash FROM audit_head")
        let recorded: Int64 = head?[0] ?? 0
        let recordedHash: String = head?[1] ?? ""
        if recorded > walk.count {
            return walk.result(breakAt: walk.count + 1, .truncated(recorded: recorded))
        }
        if recorded < walk.count {
            return walk.result(breakAt: recorded + 1, .beyondEnd(recorded: recorded))
        }
        if recordedHash != walk.head.hexadecimal {
            return walk.result(breakAt: walk.count, .headChanged)
        }
        if let orphan = walk.signOffs.keys.min() {
            return walk.result(breakAt: orphan, .signOffUnrecorded)
        }
        return walk.result(breakAt: nil, nil)
    }

    private static func event(_ row: Row) throws -> AuditEvent {
        let content = content(row)
        guard let timestamp = Timestamp(content.timestamp),
            let kind = AuditEventKind(rawValue: content.kind),
            let previous = ContentHash(hexadecimal: content.previous),
            let hash = ContentHash(hexadecimal: row[7])
        else {
            throw RecordsError.damaged(
                task: .readAudit, detail: "audit event \(content.sequence) cannot be read")
        }
        return AuditEvent(
            sequence: content.sequence, timestamp: timestamp.date,
            actor: ReaderID(content.actor), kind: kind, study: content.study.map { StudyID($0) },
            detail: content.detail, previousHash: previous, hash: hash)
    }

    private static func content(_ row: Row) -> AuditChain.Content {
        AuditChain.Content(
            sequence: row[0], timestamp: row[1], actor: row[2], kind: row[3], study: row[4],
            detail: row[5], previous: row[6])
    }

    /// The SHA-256 of each signed record as it stands now, by the event that speaks of it.
    private static func signedRecords(_ db: Database) throws -> [Int64: ContentHash] {
        let rows = try Row.fetchCursor(db, sql: "SELECT audit_sequence, record FROM sign_off")
        var records: [Int64: ContentHash] = [:]
        while let row = try rows.next() {
            let record: String = row[1]
            records[row[0]] = ContentHash(of: Array(record.utf8))
        }
        return records
    }
}

/// One pass along the chain.
private struct ChainWalk {
    private(set) var count: Int64 = 0
    private(set) var head = AuditChain.genesis
    /// Signed records that no event was met for yet.
    private(set) var signOffs: [Int64: ContentHash]

    init(signOffs: [Int64: ContentHash]) { self.signOffs = signOffs }

    /// Checks the next event; gives what is wrong with it.
    mutating func step(_ content: AuditChain.Content, hash: String) -> AuditBreak.Cause? {
        if content.sequence != count + 1 {
            return content.sequence > count + 1 ? .missing(until: content.sequence) : .notFollowing
        }
        let computed = content.hash
        if computed.hexadecimal != hash { return .changed }
        if content.previous != head.hexadecimal { return .notFollowing }
        if content.kind == AuditEventKind.signed.rawValue {
            let record = signOffs.removeValue(forKey: content.sequence)
            guard let record, content.detail.contains("\"record_sha256\":\"\(record.hexadecimal)\"")
            else { return .signOffChanged }
        }
        count += 1
        head = computed
        return nil
    }

    func result(breakAt sequence: Int64?, _ cause: AuditBreak.Cause?) -> AuditVerification {
        var found: AuditBreak?
        if let sequence, let cause { found = AuditBreak(sequence: sequence, cause: cause) }
        return AuditVerification(eventCount: count, head: head, firstBreak: found)
    }
}
