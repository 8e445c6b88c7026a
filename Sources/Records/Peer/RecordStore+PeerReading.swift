// The second reader's own reading: written down blind, before the first report is shown.

import Foundation
import GRDB
import Radiology

extension RecordStore {
    /// Records what a second reader sees, and then gives the report that is to be scored.
    ///
    /// The first words stay: asked again by the same reader this changes nothing and gives the
    /// report again. A score needs them.
    /// - Throws: `ownReport`, `scoredAlready` (also where another reader has begun), `noSuchReview`,
    ///   `reasonMissing` for an empty reading.
    public func recordPeerReading(
        _ number: Int64, _ reading: String, reader: ReaderID
    ) throws(RecordsError) -> SignOff {
        try requireSelf(reader, .scorePeers)
        return try write(.scorePeers) { db in
            let review = try db.peerReview(number, vault)
            if review.signer == reader { throw RecordsError.ownReport(number) }
            let known = try db.peerReaders()[number]
            if let known, known != reader { throw RecordsError.scoredAlready(number) }
            if known == nil {
                if review.verdict != nil { throw RecordsError.scoredAlready(number) }
                guard !reading.allSatisfy(\.isWhitespace), reading.count <= 4000 else {
                    throw RecordsError.reasonMissing(task: .scorePeers)
                }
                try insertPeerReading(reading, of: review, reader: reader, in: db)
            }
            let signed = try db.signOffs(of: review.study, vault)
            guard
                let report = signed.last(where: {
                    $0.reader == review.signer && $0.meaning == .final
                })
            else { throw RecordsError.noSuchReview(number) }
            return report
        }
    }

    private func insertPeerReading(
        _ reading: String, of review: PeerReview, reader: ReaderID, in db: Database
    ) throws {
        let id = try Int64.fetchOne(db, sql: "SELECT coalesce(max(id), 0) + 1 FROM peer_reading")
        let number = id ?? 1
        try db.execute(
            sql: "INSERT INTO peer_reading (id, review, by, at, sealed) VALUES (?, ?, ?, ?, ?)",
            arguments: [
                number, review.id, reader.rawValue, now.text,
                try vault.sealText(reading, Vault.peerReading(number)),
            ])
        try db.appendAudit(
            .peerRead, study: review.study, actor: reader, at: now,
            detail: [
                "review": .integer(review.id),
                "record_sha256": .string(ContentHash(of: Array(reading.utf8)).hexadecimal),
            ])
    }

    /// What a second reader wrote down before the report was shown; nil where nothing is.
    public func peerReading(_ number: Int64) throws(RecordsError) -> String? {
        try read(.scorePeers) { db in
            try Row.fetchOne(
                db, sql: "SELECT id, sealed FROM peer_reading WHERE review = ? AND sealed <> x''",
                arguments: [number]
            ).map { try vault.openText($0[1], Vault.peerReading($0[0])) }
        }
    }
}

extension Vault {
    /// What a sealed reading of a second reader belongs to.
    static func peerReading(_ number: Int64) -> String { "peer-reading:\(number)" }
}

extension Database {
    /// Who has begun each review.
    func peerReaders() throws -> [Int64: ReaderID] {
        let rows = try Row.fetchAll(self, sql: "SELECT review, by FROM peer_reading")
        return Dictionary(rows.map { ($0[0], ReaderID($0[1])) }) { $1 }
    }
}
