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
        try auditEvents(AuditFilter(study: study), after: after, limit: limit)
    }

    /// The events that a filter lets through, in order of the trail.
    public func auditEvents(
        _ filter: AuditFilter, after: Int64, limit: Int
    ) throws(RecordsError) -> [AuditEvent] {
        try read(.readAudit) { db in
            var conditions = ["sequence > ?"]
            var arguments: StatementArguments = [after]
            if let study = filter.study {
                conditions.append("study = ?")
                arguments += [study.rawValue]
            }
            if let word = filter.foundBy {
                conditions.append("study IN (SELECT study_id FROM study_search WHERE hash = ?)")
                arguments += [Data(StudyFields.searchHash(word, vault) ?? [])]
            }
            if let actor = filter.actor {
                conditions.append("actor = ?")
                arguments += [actor.rawValue]
            }
            if let since = filter.since {
                conditions.append("timestamp >= ?")
                arguments += [Timestamp(since).text]
            }
            if let until = filter.until {
                conditions.append("timestamp < ?")
                arguments += [Timestamp(until).text]
            }
            arguments += [limit]
            let rows = try Row.fetchCursor(
                db,
                sql: """
                    SELECT sequence, timestamp, actor, kind, study, detail, previous_hash, hash
                    FROM audit_event WHERE \(conditions.joined(separator: " AND "))
                    ORDER BY sequence LIMIT ?
                    """, arguments: arguments)
            var events: [AuditEvent] = []
            while let row = try rows.next() { events.append(try Self.event(row)) }
            return events
        }
    }

    /// The events as DICOM audit messages (PS3.15 A.5), each with its study's UID.
    public func auditMessages(
        of events: [AuditEvent]
    ) throws(RecordsError) -> [DICOMAuditMessage] {
        try read(.readAudit) { db in
            var uids: [StudyID: String] = [:]
            return try events.map { event in
                if let study = event.study, uids[study] == nil {
                    uids[study] = try db.studyFields(study, vault).study.studyInstanceUID
                }
                let uid = event.study.flatMap { uids[$0] }
                // A study that retention removed has none any more.
                return DICOMAuditMessage(event, studyInstanceUID: uid == "" ? nil : uid)
            }
        }
    }

    /// Checks the whole trail, its recorded end, and every signed record against its event.
    ///
    /// Finds a changed, missing, inserted, moved or appended event and a removed tail, and names
    /// the first bad one; `AuditVerification.limits` says what no such check can find.
    public func verifyAudit() throws(RecordsError) -> AuditVerification {
        try read(.readAudit) { db in try verification(db) }
    }

    /// How many studies there are, and whether the trail is whole: what anybody may know.
    public func health() throws(RecordsError) -> (studyCount: Int, audit: AuditVerification) {
        try read(.watch) { db in
            let count = try Int.fetchOne(db, sql: "SELECT count(*) FROM study") ?? 0
            return (count, try verification(db))
        }
    }

    private func verification(_ db: Database) throws -> AuditVerification {
        let signOffs = try signedRecords(db)
        var walk = ChainWalk(
            signOffs: signOffs.records, emptied: signOffs.emptied,
            checkpoints: try KnownCheckpoints(
                stored: String.fetchAll(db, sql: "SELECT line FROM audit_checkpoint"),
                published: checkpoints.publishedLines(), publicKey: checkpoints.publicKey()))
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT sequence, timestamp, actor, kind, study, detail, previous_hash, hash
                FROM audit_event ORDER BY sequence
                """)
        while true {
            // Events are hashed side by side, some thousands at a time, then walked in order.
            var batch: [(content: AuditChain.Content, hash: String)] = []
            while batch.count < 8192, let row = try rows.next() {
                batch.append((Self.content(row), row[7]))
            }
            if batch.isEmpty { break }
            for (event, computed) in zip(batch, AuditChain.hashes(of: batch.map(\.content))) {
                if let cause = walk.step(event.content, computed: computed, stored: event.hash) {
                    return walk.result(breakAt: walk.count + 1, cause)
                }
            }
        }
        let head = try Row.fetchOne(db, sql: "SELECT count, hash FROM audit_head")
        return walk.ended(recorded: head?[0] ?? 0, recordedHash: head?[1] ?? "")
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

    /// The SHA-256 of each signed record as it stands now, by the event that speaks of it; and of
    /// those that are empty, with their studies, what their rows state.
    private func signedRecords(
        _ db: Database
    ) throws -> (records: [Int64: ContentHash], emptied: [Int64: Int64]) {
        let rows = try Row.fetchCursor(
            db, sql: "SELECT audit_sequence, sealed, sha256, study_id FROM sign_off")
        var records: [Int64: ContentHash] = [:]
        var emptied: [Int64: Int64] = [:]
        while let row = try rows.next() {
            let sealed = [UInt8](row[1] as Data)
            if sealed.isEmpty, let stated = ContentHash(hexadecimal: row[2]) {
                records[row[0]] = stated
                emptied[row[0]] = row[3]
                continue
            }
            // What does not open is no record that was signed: its hash fits no event.
            let record = try? vault.open(sealed, Vault.signOff(row[0]))
            records[row[0]] = record.map { ContentHash(of: $0) } ?? AuditChain.genesis
        }
        return (records, emptied)
    }
}
