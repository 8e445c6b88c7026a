// Peer review: offered by rule at the signature, scored blind, adjudicated by a third.

import Foundation
import GRDB
import Radiology

/// What a second reader sees before the score: images, no report and no model.
public struct BlindStudy: Hashable, Sendable {
    /// The number of the review.
    public let review: Int64
    /// The study.
    public let study: StudyID
    /// Its images.
    public let images: [StoredImage]
    /// True where this reader has written down what they see: the report may be shown.
    public let isRead: Bool
}

extension RecordStore {
    /// The studies that a reader may score: not their own, not scored, not begun by another; the
    /// oldest first.
    public func peerOffers(for reader: ReaderID) throws(RecordsError) -> [BlindStudy] {
        try requireSelf(reader, .scorePeers)
        return try read(.scorePeers) { db in
            let readers = try db.peerReaders()
            return try db.peerReviews(vault)
                .filter { $0.verdict == nil && $0.signer != reader }
                .filter { (readers[$0.id] ?? reader) == reader }
                .map { review in
                    BlindStudy(
                        review: review.id, study: review.study,
                        images: try db.images(of: review.study, vault),
                        isRead: readers[review.id] != nil)
                }
        }
    }

    /// Scores an offered study; the reader's own reading must be recorded before.
    public func scorePeer(
        _ number: Int64, _ score: PeerScore, pathology: Pathology? = nil, comment: String,
        reader: ReaderID
    ) throws(RecordsError) {
        try requireSelf(reader, .scorePeers)
        try write(.scorePeers) { db in
            let review = try db.peerReview(number, vault)
            if review.signer == reader { throw RecordsError.ownReport(number) }
            if review.verdict != nil { throw RecordsError.scoredAlready(number) }
            guard try db.peerReaders()[number] == reader else {
                throw RecordsError.readFirst(number)
            }
            try addVerdict("score", to: review, score, pathology, comment, reader, in: db)
        }
    }

    /// Decides a scored study as a third reader; this score counts from then on.
    public func adjudicatePeer(
        _ number: Int64, _ score: PeerScore, pathology: Pathology? = nil, comment: String,
        reader: ReaderID
    ) throws(RecordsError) {
        try requireSelf(reader, .scorePeers)
        try write(.scorePeers) { db in
            let review = try db.peerReview(number, vault)
            guard let verdict = review.verdict else { throw RecordsError.notScored(number) }
            if review.signer == reader || verdict.by == reader {
                throw RecordsError.ownReport(number)
            }
            if review.adjudication != nil { throw RecordsError.scoredAlready(number) }
            try addVerdict("adjudication", to: review, score, pathology, comment, reader, in: db)
        }
    }

    /// Everything that was offered since a moment, with its scores.
    public func peerReviews(since: Date) throws(RecordsError) -> [PeerReview] {
        try read(.viewStatistics) { db in
            try db.peerReviews(vault).filter { $0.offeredAt >= since }
        }
    }

    /// Offers a signed study to another reader where the rule chooses it.
    ///
    /// The choice is the SHA-256 of the seed and the record's hash against the share: the same for
    /// everybody who knows the seed, and foreseen by nobody else.
    func offerToPeers(
        _ study: StudyID, signer: ReaderID, record: ContentHash, at time: Timestamp,
        in db: Database
    ) throws {
        let rule = settings.peers
        guard rule.share > 0 else { return }
        let digest = ContentHash(of: Array("peer:\(rule.seed):\(record.hexadecimal)".utf8))
        let draw = digest.bytes.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard Double(draw) / 18_446_744_073_709_551_616 < rule.share else { return }
        try db.execute(
            sql: "INSERT INTO peer_review (study_id, signer, offered_at) VALUES (?, ?, ?)",
            arguments: [study.rawValue, signer.rawValue, time.text])
        try db.appendAudit(
            .peerOffered, study: study, actor: ReaderID("system"), at: time,
            detail: ["review": .integer(db.lastInsertedRowID)])
    }

    private func addVerdict(
        _ kind: String, to review: PeerReview, _ score: PeerScore, _ pathology: Pathology?,
        _ comment: String, _ reader: ReaderID, in db: Database
    ) throws {
        let last = try Int64.fetchOne(db, sql: "SELECT max(id) FROM peer_verdict") ?? 0
        try db.execute(
            sql: """
                INSERT INTO peer_verdict (id, review, kind, by, at, score, pathology, sealed)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                last + 1, review.id, kind, reader.rawValue, now.text, score.rawValue,
                pathology?.rawValue, try vault.sealText(comment, Vault.peerVerdict(last + 1)),
            ])
        try db.appendAudit(
            kind == "score" ? .peerScored : .peerAdjudicated, study: review.study, actor: reader,
            at: now,
            detail: ["review": .integer(review.id), "score": .string(score.rawValue)])
    }
}

extension Vault {
    /// What a sealed comment belongs to.
    static func peerVerdict(_ number: Int64) -> String { "peer-verdict:\(number)" }
}

extension Database {
    func peerReview(_ number: Int64, _ vault: Vault) throws -> PeerReview {
        guard let review = try peerReviews(vault).first(where: { $0.id == number }) else {
            throw RecordsError.noSuchReview(number)
        }
        return review
    }

    fileprivate func peerReviews(_ vault: Vault) throws -> [PeerReview] {
        var verdicts: [Int64: [String: PeerReview.Verdict]] = [:]
        let rows = try Row.fetchAll(
            self,
            sql: """
                SELECT v.id, v.review, v.kind, v.by, v.at, v.score, v.pathology, v.sealed
                FROM peer_verdict v JOIN peer_review r ON r.number = v.review
                JOIN study s ON s.id = r.study_id WHERE s.removed_at IS NULL
                """)
        for row in rows {
            guard let score = PeerScore(rawValue: row[5]) else {
                throw RecordsError.damaged(task: .scorePeers, detail: "unknown score")
            }
            let at: Timestamp = try .stored(row[4] as String)
            verdicts[row[1], default: [:]][row[2]] = PeerReview.Verdict(
                by: ReaderID(row[3]), at: at.date, score: score,
                pathology: (row[6] as String?).map { Pathology($0) },
                comment: try vault.openText(row[7], Vault.peerVerdict(row[0])))
        }
        return try Row.fetchAll(
            self,
            sql: """
                SELECT r.number, r.study_id, r.signer, r.offered_at FROM peer_review r
                JOIN study s ON s.id = r.study_id WHERE s.removed_at IS NULL ORDER BY r.number
                """
        ).map { row in
            let offered: Timestamp = try .stored(row[3] as String)
            let both = verdicts[row[0]] ?? [:]
            return PeerReview(
                id: row[0], study: StudyID(row[1]), signer: ReaderID(row[2]),
                offeredAt: offered.date, verdict: both["score"],
                adjudication: both["adjudication"])
        }
    }
}
