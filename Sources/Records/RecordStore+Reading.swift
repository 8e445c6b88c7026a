// Who is reading what: openings, claims and drafts.

import Foundation
import GRDB
import Radiology

extension RecordStore {
    /// Records that a reader opened a study on a screen.
    public func markOpened(
        _ study: StudyID, reader: ReaderID, session: String
    ) throws(RecordsError) {
        try requireSelf(reader, .recordOpening)
        try write(.recordOpening) { db in
            try db.requireStudy(study)
            try db.cachedStatement(
                sql: "UPDATE study SET opened_at = coalesce(opened_at, ?) WHERE id = ?"
            ).execute(arguments: [now.text, study.rawValue])
            try db.appendAudit(
                .opened, study: study, actor: reader, at: now,
                detail: ["session": .string(session)])
        }
    }

    /// Takes a study to sign it: from then on nobody else can, until it is given back, signed or
    /// not renewed in time.
    ///
    /// A second claim of the same session renews the first. A claim that has lapsed may be taken.
    /// - Parameters:
    ///   - session: this workstation; two of one reader are two.
    ///   - seconds: how long the claim holds unless renewed.
    ///   - takesOver: takes it from whoever has it; the trail says from whom.
    /// - Throws: `heldBy` with the claim of the one who has it, `alreadySigned`.
    public func claim(
        _ study: StudyID, reader: ReaderID, session: String, seconds: Double,
        takesOver: Bool = false
    ) throws(RecordsError) -> Claim {
        try requireSelf(reader, .claim)
        return try write(.claim) { db in
            let now = self.now
            var detail: [String: CanonicalJSON] = ["session": .string(session)]
            if let held = try db.claim(of: study) {
                let isLive = held.expires > now
                if isLive && held.isOf(reader, session) {
                    return try db.extendClaim(held, to: now.adding(seconds: seconds))
                }
                if isLive && !takesOver {
                    throw RecordsError.heldBy(study: study, claim: held.claim)
                }
                try db.endClaim(
                    held, actor: reader, at: now, reason: isLive ? "taken over" : "lapsed")
                if isLive { detail["taken_from"] = .string(held.reader.rawValue) }
            }
            let state = try db.readingState(of: study)
            guard let next = state.after(.claim) else {
                try db.throwIfSigned(study, state)
                throw RecordsError.moveNotAllowed(study: study, from: state, move: .claim)
            }
            let held = HeldClaim(
                study: study, reader: reader, session: session, since: now,
                expires: now.adding(seconds: seconds), before: state)
            try db.insertClaim(held)
            try db.setState(of: study, next)
            try db.appendAudit(.claimed, study: study, actor: reader, at: now, detail: detail)
            return held.claim
        }
    }

    /// Prolongs this session's claim, also one that has lapsed without anybody taking the study.
    ///
    /// - Throws: `heldBy` where somebody has taken it, `notClaimed` where nobody holds it.
    public func renewClaim(
        _ study: StudyID, reader: ReaderID, session: String, seconds: Double
    ) throws(RecordsError) -> Claim {
        try requireSelf(reader, .claim)
        return try write(.claim) { db in
            let held = try db.ownClaim(of: study, reader: reader, session: session)
            return try db.extendClaim(held, to: now.adding(seconds: seconds))
        }
    }

    /// Gives a study back unsigned; it stands again as it did before.
    ///
    /// - Throws: `heldBy` where somebody has taken it, `notClaimed` where nobody holds it.
    public func release(
        _ study: StudyID, reader: ReaderID, session: String
    ) throws(RecordsError) {
        try requireSelf(reader, .release)
        try write(.release) { db in
            let held = try db.ownClaim(of: study, reader: reader, session: session)
            try db.endClaim(held, actor: reader, at: now, reason: "given back")
        }
    }

    /// Keeps what a reader has decided and written so far; an empty draft removes the kept one.
    public func saveDraft(
        _ draft: ReadingDraft, for study: StudyID, reader: ReaderID
    ) throws(RecordsError) {
        try requireSelf(reader, .saveDraft)
        try write(.saveDraft) { db in
            try db.requireStudy(study)
            if draft.isEmpty {
                try db.removeDraft(of: study, reader: reader)
                return
            }
            let record = CanonicalJSON.object(StoredReading(draft).members).text
            try db.cachedStatement(
                sql: """
                    INSERT INTO draft (study_id, reader, saved_at, sealed) VALUES (?, ?, ?, ?)
                    ON CONFLICT DO UPDATE SET saved_at = excluded.saved_at,
                    sealed = excluded.sealed
                    """
            ).execute(arguments: [
                study.rawValue, reader.rawValue, now.text,
                try vault.sealText(record, Vault.draft(study, reader)),
            ])
        }
    }

    /// The kept draft of a reader; nil where there is none.
    public func draft(
        for study: StudyID, reader: ReaderID
    ) throws(RecordsError) -> ReadingDraft? {
        try requireSelf(reader, .readStudy)
        return try read(.readStudy) { db in try db.draft(of: study, reader: reader, vault) }
    }
}

/// A claim as its row holds it.
struct HeldClaim {
    let study: StudyID
    let reader: ReaderID
    let session: String
    let since: Timestamp
    let expires: Timestamp
    /// What the study was before, and returns to when it is given back.
    let before: ReadingState

    var claim: Claim {
        Claim(reader: reader, session: session, since: since.date, expires: expires.date)
    }

    func isOf(_ reader: ReaderID, _ session: String) -> Bool {
        self.reader == reader && self.session == session
    }
}

extension Database {
    /// The claim on a study, lapsed or not.
    func claim(of study: StudyID) throws -> HeldClaim? {
        let statement = try cachedStatement(
            sql: """
                SELECT reader, session, since, expires, state_before FROM claim WHERE study_id = ?
                """)
        return try Row.fetchOne(statement, arguments: [study.rawValue]).map { row in
            HeldClaim(
                study: study, reader: ReaderID(row[0]), session: row[1],
                since: try .stored(row[2] as String), expires: try .stored(row[3] as String),
                before: try .stored(row[4]))
        }
    }

    /// This session's claim, lapsed or not.
    func ownClaim(of study: StudyID, reader: ReaderID, session: String) throws -> HeldClaim {
        guard let held = try claim(of: study) else {
            let state = try readingState(of: study)
            try throwIfSigned(study, state)
            throw RecordsError.notClaimed(study: study)
        }
        guard held.isOf(reader, session) else {
            throw RecordsError.heldBy(study: study, claim: held.claim)
        }
        return held
    }

    /// Throws `alreadySigned` with the last signer where a final report exists.
    func throwIfSigned(_ study: StudyID, _ state: ReadingState) throws {
        let statement = try cachedStatement(
            sql: """
                SELECT reader, signed_at FROM sign_off WHERE study_id = ?
                ORDER BY number DESC LIMIT 1
                """)
        if state.isSigned, let last = try Row.fetchOne(statement, arguments: [study.rawValue]) {
            let signedAt: Timestamp = try .stored(last[1] as String)
            throw RecordsError.alreadySigned(
                study: study, by: ReaderID(last[0]), at: signedAt.date)
        }
    }

    fileprivate func insertClaim(_ held: HeldClaim) throws {
        try cachedStatement(
            sql: """
                INSERT INTO claim (study_id, reader, session, since, expires, state_before)
                VALUES (?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            held.study.rawValue, held.reader.rawValue, held.session, held.since.text,
            held.expires.text, held.before.rawValue,
        ])
    }

    fileprivate func extendClaim(_ held: HeldClaim, to expires: Timestamp) throws -> Claim {
        try cachedStatement(sql: "UPDATE claim SET expires = ? WHERE study_id = ?")
            .execute(arguments: [expires.text, held.study.rawValue])
        return Claim(
            reader: held.reader, session: held.session, since: held.since.date,
            expires: expires.date)
    }

    /// Ends a claim without a signature: the study returns to what it was.
    fileprivate func endClaim(
        _ held: HeldClaim, actor: ReaderID, at time: Timestamp, reason: String
    ) throws {
        let state = try readingState(of: held.study)
        guard let next = state.after(.release, before: held.before) else {
            throw RecordsError.moveNotAllowed(study: held.study, from: state, move: .release)
        }
        try removeClaim(of: held.study)
        try setState(of: held.study, next)
        try appendAudit(
            .released, study: held.study, actor: actor, at: time,
            detail: [
                "reason": .string(reason), "holder": .string(held.reader.rawValue),
                "session": .string(held.session),
            ])
    }

    func removeClaim(of study: StudyID) throws {
        try cachedStatement(sql: "DELETE FROM claim WHERE study_id = ?")
            .execute(arguments: [study.rawValue])
    }

    func setState(of study: StudyID, _ state: ReadingState) throws {
        try cachedStatement(sql: "UPDATE study SET state = ? WHERE id = ?")
            .execute(arguments: [state.rawValue, study.rawValue])
    }

    func draft(of study: StudyID, reader: ReaderID, _ vault: Vault) throws -> ReadingDraft? {
        let statement = try cachedStatement(
            sql: "SELECT sealed FROM draft WHERE study_id = ? AND reader = ?")
        return try Data.fetchOne(statement, arguments: [study.rawValue, reader.rawValue]).map {
            try StoredReading(text: vault.openText($0, Vault.draft(study, reader))).draft()
        }
    }

    func removeDraft(of study: StudyID, reader: ReaderID) throws {
        try cachedStatement(sql: "DELETE FROM draft WHERE study_id = ? AND reader = ?")
            .execute(arguments: [study.rawValue, reader.rawValue])
    }
}
