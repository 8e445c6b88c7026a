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
    /// - Throws: `alreadySigned` (by whom, when), `heldBy`, `claimLapsed`, `notClaimed`, `notReady`
    ///   with what is missing, `noSuchAnalysis`, `diskFull`, ...: then nothing was signed.
    public func sign(
        _ study: StudyID, reader: ReaderID, session: String, draft: ReadingDraft,
        meaning: ReadingState, openSeconds: Double, analysis: AnalysisID?, utcOffsetSeconds: Int,
        secret: String? = nil
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
            let seen = try db.analysisSeen(analysis, of: study)
            let findings = meaning == .addended ? [] : seen?.findings ?? []
            let obstacles = draft.obstacles(findings: findings)
            if !obstacles.isEmpty {
                throw RecordsError.notReady(study: study, obstacles: obstacles)
            }
            let milliseconds = (max(0, openSeconds) * 1000).rounded()
            let signOff = SignOff(
                study: study, reader: reader, signedAt: now.date,
                utcOffsetSeconds: utcOffsetSeconds, meaning: meaning,
                openSeconds: min(milliseconds, 1e12) / 1000, analysis: analysis, reading: draft,
                printedName: actor?.printedName ?? "")
            let uid = try db.studyUID(study)
            let record = SignedRecord.text(signOff, studyUID: uid, analysisSHA256: seen?.sha256)
            try db.insertSignOff(signOff, record: record, at: now)
            try db.setState(of: study, next)
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
            try String.fetchAll(
                db, sql: "SELECT record FROM sign_off WHERE study_id = ? ORDER BY number",
                arguments: [study.rawValue]
            ).map { ($0, ContentHash(of: Array($0.utf8))) }
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
        _ analysis: AnalysisID?, of study: StudyID
    ) throws -> (findings: [Finding], sha256: String)? {
        guard let analysis else { return nil }
        guard let stored = try storedAnalysis(analysis, of: study) else {
            throw RecordsError.noSuchAnalysis(analysis, study: study)
        }
        return (stored.analysis.findings, stored.sha256)
    }

    fileprivate func studyUID(_ study: StudyID) throws -> String {
        let statement = try cachedStatement(sql: "SELECT study_uid FROM study WHERE id = ?")
        guard let uid = try String.fetchOne(statement, arguments: [study.rawValue]) else {
            throw RecordsError.noSuchStudy(study)
        }
        return uid
    }

    fileprivate func insertSignOff(
        _ signOff: SignOff, record: String, at now: Timestamp
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
                INSERT INTO sign_off (study_id, audit_sequence, sha256, record) VALUES (?, ?, ?, ?)
                """
        ).execute(arguments: [signOff.study.rawValue, sequence, hash, record])
        try cachedStatement(sql: "UPDATE study SET latest_sign_off = ? WHERE id = ?")
            .execute(arguments: [lastInsertedRowID, signOff.study.rawValue])
    }

    /// The signed readings of a study, oldest first.
    func signOffs(of study: StudyID) throws -> [SignOff] {
        let statement = try cachedStatement(
            sql: "SELECT record FROM sign_off WHERE study_id = ? ORDER BY number")
        return try String.fetchAll(statement, arguments: [study.rawValue])
            .map { try SignedRecord.signOff($0, study: study) }
    }
}

/// The canonical record of a signature: what its SHA-256 stands for.
private enum SignedRecord {
    private struct Members: Decodable {
        var reader: String
        var signedAt: String
        var utcOffsetSeconds: Int
        var meaning: String
        var openMilliseconds: Int64
        var analysis: String?
        var printedName: String?

        enum CodingKeys: String, CodingKey {
            case reader, meaning, analysis
            case printedName = "printed_name"
            case signedAt = "signed_at"
            case utcOffsetSeconds = "utc_offset_seconds"
            case openMilliseconds = "open_milliseconds"
        }
    }

    static func text(_ signOff: SignOff, studyUID: String, analysisSHA256: String?) -> String {
        var members = StoredReading(signOff.reading).members
        members["format"] = .string("wetread-sign-off-1")
        members["study"] = .integer(signOff.study.rawValue)
        members["study_instance_uid"] = .string(studyUID)
        members["reader"] = .string(signOff.reader.rawValue)
        members["printed_name"] = .string(signOff.printedName)
        members["signed_at"] = .string(Timestamp(signOff.signedAt).text)
        members["utc_offset_seconds"] = .integer(Int64(signOff.utcOffsetSeconds))
        members["meaning"] = .string(signOff.meaning.rawValue)
        members["statement"] = .string(SignOff.statement(meaning: signOff.meaning))
        members["open_milliseconds"] = .integer(Int64((signOff.openSeconds * 1000).rounded()))
        members["analysis"] = signOff.analysis.map { .string($0.rawValue) } ?? .null
        members["analysis_sha256"] = analysisSHA256.map { .string($0) } ?? .null
        return CanonicalJSON.object(members).text
    }

    static func signOff(_ text: String, study: StudyID) throws -> SignOff {
        let members = try JSONDecoder().decode(Members.self, from: Data(text.utf8))
        let signedAt: Timestamp = try .stored(members.signedAt)
        return SignOff(
            study: study, reader: ReaderID(members.reader), signedAt: signedAt.date,
            utcOffsetSeconds: members.utcOffsetSeconds, meaning: try .stored(members.meaning),
            openSeconds: Double(members.openMilliseconds) / 1000,
            analysis: members.analysis.map { AnalysisID($0) },
            reading: try StoredReading(text: text).draft(),
            printedName: members.printedName ?? "")
    }
}
