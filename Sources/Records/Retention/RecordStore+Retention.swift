// Removing what the site's rule of retention has come to: studies, step by step, on the trail.

import Foundation
import GRDB
import Radiology

/// What an application of the rule removed.
public struct RetentionSummary: Hashable, Sendable {
    /// Studies whose images were removed and whose reports stay.
    public let imagesRemoved: [StudyID]
    /// Studies of which nothing but the trail stays.
    public let recordsRemoved: [StudyID]
    /// Files removed from `objects`.
    public let objectCount: Int
}

extension RecordStore {
    /// The studies that the rule has come to, the longest signed first; also those that something
    /// keeps all the same.
    ///
    /// A study that was never signed is never among them.
    public func retentionDue() throws(RecordsError) -> [RetentionItem] {
        try read(.applyRetention) { db in try retentionDue(db) }
    }

    /// Removes what is due and kept by nothing, each study in one transaction with its event.
    ///
    /// Where it is cut off, the next run goes on; files of studies that were marked as removed and
    /// not yet unlinked go then.
    /// - Parameter studies: only these of what is due; nil for all.
    public func applyRetention(
        to studies: Set<StudyID>? = nil
    ) throws(RecordsError) -> RetentionSummary {
        var images: [StudyID] = []
        var records: [StudyID] = []
        for item in try retentionDue() where studies?.contains(item.study) ?? true {
            let wasRemoved = try write(.applyRetention) { db in
                // Asked again under the write lock: a hold or a late image may have come.
                guard
                    let now = try retentionDue(db).first(where: { $0.study == item.study }),
                    now.obstacle == nil
                else { return false }
                try remove(now, in: db)
                return true
            }
            guard wasRemoved else { continue }
            if item.stage == .records {
                records.append(item.study)
            } else {
                images.append(item.study)
            }
        }
        return RetentionSummary(
            imagesRemoved: images, recordsRemoved: records, objectCount: try unlinkRemoved())
    }

    /// Keeps a study whatever the rule says, until the hold is ended.
    public func placeHold(on study: StudyID, reason: String) throws(RecordsError) {
        try Self.checkHoldReason(reason)
        try write(.applyRetention) { db in
            try db.requireStudy(study)
            if try db.hold(of: study) != nil {
                throw RecordsError.holdObjection(study: study, isHeld: true)
            }
            let id = try Int64.fetchOne(
                db, sql: "SELECT coalesce(max(id), 0) + 1 FROM retention_hold")
            let number = id ?? 1
            let actor = actorID ?? ReaderID("system")
            try db.execute(
                sql: """
                    INSERT INTO retention_hold (id, study_id, placed_at, by, sealed)
                    VALUES (?, ?, ?, ?, ?)
                    """,
                arguments: [
                    number, study.rawValue, now.text, actor.rawValue,
                    try vault.sealText(reason, Vault.hold(number)),
                ])
            try db.appendAudit(
                .holdPlaced, study: study, actor: actor, at: now,
                detail: [
                    "reason_sha256": .string(ContentHash(of: Array(reason.utf8)).hexadecimal)
                ])
        }
    }

    /// Ends the hold on a study.
    public func endHold(on study: StudyID, reason: String) throws(RecordsError) {
        try Self.checkHoldReason(reason)
        try write(.applyRetention) { db in
            guard let number = try db.hold(of: study) else {
                throw RecordsError.holdObjection(study: study, isHeld: false)
            }
            try db.execute(
                sql: "UPDATE retention_hold SET ended_at = ? WHERE id = ?",
                arguments: [now.text, number])
            try db.appendAudit(
                .holdEnded, study: study, actor: actorID ?? ReaderID("system"), at: now,
                detail: [
                    "reason_sha256": .string(ContentHash(of: Array(reason.utf8)).hexadecimal)
                ])
        }
    }

    /// The holds in force, oldest first.
    public func holds() throws(RecordsError) -> [RetentionHold] {
        try read(.applyRetention) { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT id, study_id, placed_at, by, sealed FROM retention_hold
                    WHERE ended_at IS NULL ORDER BY id
                    """
            ).map { row in
                let placed: Timestamp = try .stored(row[2] as String)
                return RetentionHold(
                    study: StudyID(row[1]), placedAt: placed.date, by: ReaderID(row[3]),
                    reason: try vault.openText(row[4], Vault.hold(row[0])))
            }
        }
    }

    private static func checkHoldReason(_ reason: String) throws(RecordsError) {
        guard reason.filter({ !$0.isWhitespace }).count >= 8, reason.count <= 500 else {
            throw .reasonMissing(task: .applyRetention)
        }
    }
}

extension RecordStore {
    private func retentionDue(_ db: Database) throws -> [RetentionItem] {
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT s.id, o.signed_at, s.addendum_due IS NOT NULL,
                (SELECT count(*) FROM image i WHERE i.study_id = s.id AND i.removed_at IS NULL),
                EXISTS (SELECT 1 FROM retention_hold h
                    WHERE h.study_id = s.id AND h.ended_at IS NULL),
                EXISTS (SELECT 1 FROM critical_result c WHERE c.study_id = s.id AND NOT EXISTS
                    (SELECT 1 FROM critical_step t WHERE t.critical_result = c.number
                        AND t.kind IN ('communicated', 'dismissed')))
                FROM study s JOIN sign_off o ON o.number = s.latest_sign_off
                WHERE s.removed_at IS NULL AND s.state IN ('final', 'addended')
                ORDER BY o.signed_at, s.id
                """)
        return try rows.compactMap { row in
            let signed: Timestamp = try .stored(row[1] as String)
            let days = now.date.timeIntervalSince(signed.date) / 86_400
            let imageCount: Int = row[3]
            guard let stage = settings.retention.stage(daysSinceSignature: days),
                stage == .records || imageCount > 0
            else { return nil }
            let obstacle: String? =
                if row[4] as Bool { "held" } else if row[2] as Bool {
                    "an addendum is due"
                } else if row[5] as Bool { "a critical result is open" } else { nil }
            return RetentionItem(
                study: StudyID(row[0]), stage: stage, signedAt: signed.date,
                imageCount: imageCount, obstacle: obstacle)
        }
    }

    private func remove(_ item: RetentionItem, in db: Database) throws {
        let study = item.study.rawValue
        let hashes = try String.fetchAll(
            db,
            sql: "SELECT sha256 FROM image WHERE study_id = ? AND removed_at IS NULL ORDER BY id",
            arguments: [study])
        try db.execute(
            sql: "UPDATE image SET removed_at = ? WHERE study_id = ? AND removed_at IS NULL",
            arguments: [now.text, study])
        if item.stage == .records { try removeRecords(of: study, in: db) }
        try db.appendAudit(
            .removed, study: item.study, actor: actorID ?? ReaderID("system"), at: now,
            detail: [
                "stage": .string(item.stage.rawValue),
                "signed_at": .string(Timestamp(item.signedAt).text),
                "objects": .array(hashes.map { .string($0) }),
            ])
    }

    /// Empties every sealed value of a study, and what it could be found by.
    ///
    /// Rows, numbers, times and hashes stay: the trail speaks of them.
    private func removeRecords(of study: Int64, in db: Database) throws {
        let empty = StudyFields(
            patient: Patient(name: PersonName(alphabetic: "")),
            study: StudyHeader(studyInstanceUID: ""))
        try db.execute(
            sql: """
                UPDATE study SET removed_at = ?, sealed = ?, uid_hash = randomblob(16),
                needs_analysis = 0, notes = '[]' WHERE id = ?
                """, arguments: [now.text, try empty.sealed(study: study, vault), study])
        for image in try Int64.fetchAll(
            db, sql: "SELECT id FROM image WHERE study_id = ?", arguments: [study])
        {
            let fields = ImageFields(sopInstanceUID: "", seriesInstanceUID: "", sourceName: "")
            try db.execute(
                sql: """
                    UPDATE image SET sealed = ?, uid_hash = randomblob(16), notes = '[]'
                    WHERE id = ?
                    """, arguments: [try fields.sealed(image: image, vault), image])
        }
        for statement in [
            "DELETE FROM study_search WHERE study_id = ?",
            "DELETE FROM draft WHERE study_id = ?",
            "UPDATE sign_off SET sealed = x'' WHERE study_id = ?",
            "UPDATE analysis SET sealed = x'' WHERE study_id = ?",
            "UPDATE first_impression SET sealed = x'' WHERE study_id = ?",
            "UPDATE retention_hold SET sealed = x'' WHERE study_id = ?",
            """
            UPDATE critical_step SET sealed = x'' WHERE critical_result IN
            (SELECT number FROM critical_result WHERE study_id = ?)
            """,
            """
            UPDATE peer_reading SET sealed = x'' WHERE review IN
            (SELECT number FROM peer_review WHERE study_id = ?)
            """,
            """
            UPDATE peer_verdict SET sealed = x'' WHERE review IN
            (SELECT number FROM peer_review WHERE study_id = ?)
            """,
        ] { try db.execute(sql: statement, arguments: [study]) }
    }

    /// Unlinks the files of removed images that no other image has; also what a run that was cut
    /// off left.
    private func unlinkRemoved() throws(RecordsError) -> Int {
        try write(.applyRetention) { db in
            let texts = try String.fetchAll(
                db,
                sql: """
                    SELECT DISTINCT sha256 FROM image i WHERE removed_at IS NOT NULL AND NOT EXISTS
                    (SELECT 1 FROM image o WHERE o.sha256 = i.sha256 AND o.removed_at IS NULL)
                    """)
            let hashes = texts.compactMap { ContentHash(hexadecimal: $0) }
                .filter { objects.exists($0) }
            objects.remove(hashes)
            return hashes.count
        }
    }
}

extension Vault {
    /// What a sealed reason of a hold belongs to.
    static func hold(_ number: Int64) -> String { "hold:\(number)" }
}

extension Database {
    /// The number of the hold in force on a study; nil where there is none.
    fileprivate func hold(of study: StudyID) throws -> Int64? {
        try Int64.fetchOne(
            self, sql: "SELECT id FROM retention_hold WHERE study_id = ? AND ended_at IS NULL",
            arguments: [study.rawValue])
    }
}
