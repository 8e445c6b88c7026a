// The reader's own call before the AI: recorded once, never changed, part of the signature.

import Foundation
import GRDB
import Radiology

extension RecordStore {
    /// Records what a reader saw before the AI was shown.
    ///
    /// The moment is this store's; a second call for the same reader and study is refused.
    /// - Throws: `impressionRecorded`, `noSuchStudy`.
    public func recordFirstImpression(
        findings: [Pathology], unsure: [Pathology], of study: StudyID, reader: ReaderID
    ) throws(RecordsError) -> FirstImpression {
        try requireSelf(reader, .recordImpression)
        return try write(.recordImpression) { db in
            try db.requireStudy(study)
            if try db.firstImpression(of: study, reader: reader, vault) != nil {
                throw RecordsError.impressionRecorded(study: study)
            }
            let now = self.now
            let impression = FirstImpression(
                lockedAt: now.date, findings: findings, unsure: unsure)
            let text = StoredViewing.First(impression).json.text
            let statement = try db.cachedStatement(
                sql: "SELECT coalesce(max(id), 0) + 1 FROM first_impression")
            let id = try Int64.fetchOne(statement) ?? 1
            try db.cachedStatement(
                sql: """
                    INSERT INTO first_impression (id, study_id, reader, locked_at, sealed)
                    VALUES (?, ?, ?, ?, ?)
                    """
            ).execute(arguments: [
                id, study.rawValue, reader.rawValue, now.text,
                try vault.sealText(text, Vault.firstImpression(id)),
            ])
            try db.appendAudit(
                .impressionRecorded, study: study, actor: reader, at: now,
                detail: ["record_sha256": .string(ContentHash(of: Array(text.utf8)).hexadecimal)])
            return impression
        }
    }

    /// What a reader saw before the AI was shown; nil where nothing is recorded.
    public func firstImpression(
        of study: StudyID, reader: ReaderID
    ) throws(RecordsError) -> FirstImpression? {
        try requireSelf(reader, .readStudy)
        return try read(.readStudy) { db in
            try db.firstImpression(of: study, reader: reader, vault)
        }
    }

    /// What is signed of the screen: with the recorded first impression, whatever the caller says.
    func viewing(
        _ stated: ViewingRecord?, of study: StudyID, reader: ReaderID, in db: Database
    ) throws -> ViewingRecord? {
        guard let first = try db.firstImpression(of: study, reader: reader, vault) else {
            return stated
        }
        var viewing = stated ?? ViewingRecord()
        viewing.firstImpression = first
        return viewing
    }

    /// What the site's rule on first impressions has against a signature.
    func impressionObstacle(_ viewing: ViewingRecord?, findings: [Finding]) -> String? {
        guard settings.requiresFirstImpression, !findings.isEmpty,
            viewing?.firstImpression == nil
        else { return nil }
        return "this site wants your own call recorded before the AI is shown"
    }
}

extension Vault {
    /// What a sealed first impression belongs to.
    static func firstImpression(_ number: Int64) -> String { "first-impression:\(number)" }
}

extension Database {
    fileprivate func firstImpression(
        of study: StudyID, reader: ReaderID, _ vault: Vault
    ) throws -> FirstImpression? {
        let statement = try cachedStatement(
            sql: "SELECT id, sealed FROM first_impression WHERE study_id = ? AND reader = ?")
        guard let row = try Row.fetchOne(statement, arguments: [study.rawValue, reader.rawValue])
        else { return nil }
        let text = try vault.openText(row[1], Vault.firstImpression(row[0]))
        return try JSONDecoder().decode(StoredViewing.First.self, from: Data(text.utf8))
            .impression()
    }
}
