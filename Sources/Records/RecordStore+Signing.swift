// The signature: checked, hashed, stored and chained in one transaction.

import Foundation
import GRDB
import Radiology

extension RecordStore {
    /// Signs a reading; when it returns the record survives a power failure.
    ///
    /// A preliminary or final signature needs this session's live claim, which it ends. An addendum
    /// (`meaning` is `addended`) needs no claim: it stands beside the signed report.
    /// - Parameters:
    ///   - meaning: `preliminary`, `final` or `addended`.
    ///   - openSeconds: how long the study was on the screen, by the monotonic clock; kept to the
    ///     millisecond.
    ///   - analysis: the analysis that the reader saw; nil where none was on the screen.
    ///   - utcOffsetSeconds: the signer's offset from UTC now.
    ///   - secret: the signer's, asked for again; needed where the home has accounts.
    ///   - viewing: what was on the screen before; kept under the signature's hash, with the first
    ///     impression that was recorded.
    /// - Throws: `alreadySigned` (by whom, when), `heldBy`, `claimLapsed`, `notClaimed`, `notReady`
    ///   with what is missing, `noSuchAnalysis`, `diskFull`, ...: then nothing was signed.
    public func sign(
        _ study: StudyID, reader: ReaderID, session: String, draft: ReadingDraft,
        meaning: ReadingState, openSeconds: Double, analysis: AnalysisID?, utcOffsetSeconds: Int,
        secret: String? = nil, viewing: ViewingRecord? = nil
    ) throws(RecordsError) -> SignOff {
        try requireSelf(reader, .sign)
        if actor != nil {
            guard let secret else { throw .secretNeeded(task: .sign) }
            try confirmSecret(secret, purpose: "signature")
        }
        return try write(meaning == .preliminary ? .signPreliminary : .sign) { db in
            let now = self.now
            let next = try db.stateAfterSigning(
                study, reader: reader, session: session, meaning: meaning, at: now)
            let seen = try db.analysisSeen(analysis, of: study, vault)
            let findings = meaning == .addended ? [] : seen?.analysis.findings ?? []
            let viewing = try self.viewing(viewing, of: study, reader: reader, in: db)
            let obstacles =
                draft.obstacles(findings: findings)
                + [impressionObstacle(viewing, findings: findings)].compactMap(\.self)
            if !obstacles.isEmpty {
                throw RecordsError.notReady(study: study, obstacles: obstacles)
            }
            let milliseconds = (max(0, openSeconds) * 1000).rounded()
            let signOff = SignOff(
                study: study, reader: reader, signedAt: now.date,
                utcOffsetSeconds: utcOffsetSeconds, meaning: meaning,
                openSeconds: min(milliseconds, 1e12) / 1000, analysis: analysis, reading: draft,
                printedName: actor?.printedName ?? "",
                viewing: viewing)
            let uid = try db.studyFields(study, vault).study.studyInstanceUID
            let record = SignedRecord.text(
                signOff, studyUID: uid, analysis: seen?.analysis, analysisSHA256: seen?.sha256)
            try db.insertSignOff(signOff, record: record, at: now, vault)
            if meaning == .final {
                let hash = ContentHash(of: Array(record.utf8))
                try offerToPeers(study, signer: reader, record: hash, at: now, in: db)
            }
            try db.setState(of: study, next)
            if meaning == .addended {
                try db.execute(
                    sql: "UPDATE study SET addendum_due = NULL WHERE id = ?",
                    arguments: [study.rawValue])
            }
            try db.removeClaim(of: study)
            try db.removeDraft(of: study, reader: reader)
            return signOff
        }
    }

    /// The signed records of a study as they were hashed, oldest first: canonical JSON and its
    /// SHA-256.
    public func signedRecords(
        of study: StudyID
    ) throws(RecordsError) -> [(record: String, sha256: ContentHash)] {
        try read(.readStudy) { db in
            try db.requireStudy(study)
            return try db.signedTexts(of: study, vault).map {
                ($0, ContentHash(of: Array($0.utf8)))
            }
        }
    }
}

extension Database {
    /// Checks that this session may sign, and gives the state that the signature brings.
    fileprivate func stateAfterSigning(
        _ study: StudyID, reader: ReaderID, session: String, meaning: ReadingState,
        at now: Timestamp
    ) throws -> ReadingState {
        let move: ReadingMove
        switch meaning {
        case .preliminary: move = .signPreliminary
        case .final: move = .signFinal
        case .addended: move = .addend
        case .unread, .analysed, .failed, .inReading:
            preconditionFailure("a signature means preliminary, final or addended")
        }
        let state = try readingState(of: study)
        if move != .addend {
            try throwIfSigned(study, state)
            let held = try ownClaim(of: study, reader: reader, session: session)
            if held.expires <= now {
                throw RecordsError.claimLapsed(study: study, at: held.expires.date)
            }
        }
        guard let next = state.after(move) else {
            throw RecordsError.moveNotAllowed(study: study, from: state, move: move)
        }
        return next
    }

    fileprivate func analysisSeen(
        _ analysis: AnalysisID?, of study: StudyID, _ vault: Vault
    ) throws -> (analysis: Analysis, sha256: String)? {
        guard let analysis else { return nil }
        guard let stored = try storedAnalysis(analysis, of: study, vault) else {
            throw RecordsError.noSuchAnalysis(analysis, study: study)
        }
        return stored
    }

    /// What a study's row says of patient and study.
    func studyFields(_ study: StudyID, _ vault: Vault) throws -> StudyFields {
        let statement = try cachedStatement(sql: "SELECT sealed FROM study WHERE id = ?")
        guard let sealed = try Data.fetchOne(statement, arguments: [study.rawValue]) else {
            throw RecordsError.noSuchStudy(study)
        }
        return try StudyFields(sealed: [UInt8](sealed), study: study.rawValue, vault)
    }

    fileprivate func insertSignOff(
        _ signOff: SignOff, record: String, at now: Timestamp, _ vault: Vault
    ) throws {
        let hash = ContentHash(of: Array(record.utf8)).hexadecimal
        let sequence = try appendAudit(
            .signed, study: signOff.study, actor: signOff.reader, at: now,
            detail: [
                "record_sha256": .string(hash), "meaning": .string(signOff.meaning.rawValue),
                "analysis": signOff.analysis.map { .string($0.rawValue) } ?? .null,
            ])
        try cachedStatement(
            sql: """
                INSERT INTO sign_off (study_id, reader, signed_at, audit_sequence, sha256, sealed)
                VALUES (?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            signOff.study.rawValue, signOff.reader.rawValue, Timestamp(signOff.signedAt).text,
            sequence, hash, try vault.sealText(record, Vault.signOff(sequence)),
        ])
        try cachedStatement(sql: "UPDATE study SET latest_sign_off = ? WHERE id = ?")
            .execute(arguments: [lastInsertedRowID, signOff.study.rawValue])
    }

    /// The signed readings of a study, oldest first.
    func signOffs(of study: StudyID, _ vault: Vault) throws -> [SignOff] {
        try signedTexts(of: study, vault).map { try SignedRecord.signOff($0, study: study) }
    }

    /// The signed records of a study as they were hashed, oldest first.
    func signedTexts(of study: StudyID, _ vault: Vault) throws -> [String] {
        let statement = try cachedStatement(
            sql: """
                SELECT sealed, audit_sequence FROM sign_off WHERE study_id = ? ORDER BY number
                """)
        return try Row.fetchAll(statement, arguments: [study.rawValue])
            .map { try vault.openText($0[0], Vault.signOff($0[1])) }
    }
}
