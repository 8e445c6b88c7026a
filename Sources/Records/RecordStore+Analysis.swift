// What models said, and what still waits for one.

import Foundation
import GRDB
import Radiology

extension RecordStore {
    /// Studies with an image that no analysis has considered yet, the longest waiting first.
    public func studiesAwaitingAnalysis() throws(RecordsError) -> [StudyID] {
        try read(.listPending) { db in
            try Int64.fetchAll(
                db, sql: "SELECT id FROM study WHERE needs_analysis ORDER BY received_at, id"
            ).map { StudyID($0) }
        }
    }

    /// Stores an analysis of a study and moves the study where the table of moves says so.
    ///
    /// An analysis is never changed; a later one stands beside it. Where a reader has the study or
    /// has signed it, nothing moves.
    /// - Parameter considered: the images that were looked at; the study keeps waiting if others
    ///   arrived meanwhile. Nil stands for all that are stored now.
    public func store(
        _ analysis: Analysis, for study: StudyID, considered: [ImageID]? = nil, actor: ReaderID
    ) throws(RecordsError) {
        try requireSelf(actor, .storeAnalysis)
        try write(.storeAnalysis) { db in
            let record = try StoredAnalysis.encode(analysis)
            let hash = ContentHash(of: Array(record.utf8)).hexadecimal
            let critical = analysis.criticalFindings
            // What a rule of the site calls critical leads the worklist as the model's own flags do.
            let flagged = analysis.findings.filter {
                $0.isCritical || settings.critical.category(of: $0) != nil
            }
            let sealed = try vault.sealText(record, Vault.analysis(analysis.id.rawValue))
            let number = try db.insert(
                analysis, criticalCount: flagged.count, sealed: sealed, sha256: hash, of: study,
                at: now)
            try db.cachedStatement(
                sql: """
                    UPDATE study SET latest_analysis = ?, latest_failure = NULL,
                    flagged_at = coalesce(flagged_at, ?) WHERE id = ?
                    """
            ).execute(arguments: [number, flagged.isEmpty ? nil : now.text, study.rawValue])
            try db.finishAnalysis(of: study, move: .analyse, considered: considered)
            try db.appendAudit(
                .analysed, study: study, actor: actor, at: now,
                detail: [
                    "analysis": .string(analysis.id.rawValue),
                    "record_sha256": .string(hash),
                    "model": .string(analysis.model.name),
                    "model_version": .string(analysis.model.version),
                    "model_sha256": .string(analysis.model.sha256.hexadecimal),
                    "samples": .integer(Int64(analysis.samples)),
                    "seed": .string(String(analysis.seed)),
                    "critical": .array(critical.map { .string($0.pathology.rawValue) }),
                ])
            try raiseCriticalResults(of: analysis, study: study, actor: actor, in: db)
        }
    }

    /// Stores that an analysis failed; what an earlier one found stays with the study.
    ///
    /// - Parameter considered: as for an analysis.
    public func store(
        _ failure: AnalysisFailure, for study: StudyID, considered: [ImageID]? = nil,
        actor: ReaderID
    ) throws(RecordsError) {
        try requireSelf(actor, .storeAnalysis)
        try write(.storeAnalysis) { db in
            try db.requireStudy(study)
            try db.cachedStatement(
                sql: """
                    INSERT INTO analysis_failure (study_id, failed_at, reason) VALUES (?, ?, ?)
                    """
            ).execute(arguments: [
                study.rawValue, Timestamp(failure.timestamp).text, failure.reason,
            ])
            try db.cachedStatement(sql: "UPDATE study SET latest_failure = ? WHERE id = ?")
                .execute(arguments: [db.lastInsertedRowID, study.rawValue])
            try db.finishAnalysis(of: study, move: .fail, considered: considered)
            try db.appendAudit(
                .analysisFailed, study: study, actor: actor, at: now,
                detail: ["reason": .string(failure.reason.inert())])
        }
    }

    /// One analysis of a study, also one that a later one has replaced on the screens.
    public func analysis(
        _ id: AnalysisID, of study: StudyID
    ) throws(RecordsError) -> Analysis {
        try read(.readStudy) { db in
            guard let stored = try db.storedAnalysis(id, of: study, vault) else {
                throw RecordsError.noSuchAnalysis(id, study: study)
            }
            return stored.analysis
        }
    }
}

extension Database {
    /// Throws unless the study exists and was not removed by the rule of retention.
    func requireStudy(_ study: StudyID) throws {
        _ = try readingState(of: study)
    }

    /// An analysis with the hash of its stored form; nil where the study has no such one.
    func storedAnalysis(
        _ id: AnalysisID, of study: StudyID, _ vault: Vault
    ) throws -> (analysis: Analysis, sha256: String)? {
        let statement = try cachedStatement(
            sql: "SELECT sealed, sha256 FROM analysis WHERE id = ? AND study_id = ?")
        try requireStudy(study)
        return try Row.fetchOne(statement, arguments: [id.rawValue, study.rawValue]).map { row in
            let text = try vault.openText(row[0], Vault.analysis(id.rawValue))
            return (try StoredAnalysis.decode(text), row[1])
        }
    }

    fileprivate func insert(
        _ analysis: Analysis, criticalCount: Int, sealed: Data, sha256: String, of study: StudyID,
        at time: Timestamp
    ) throws -> Int64 {
        try requireStudy(study)
        let top = analysis.topFinding
        try cachedStatement(
            sql: """
                INSERT INTO analysis (id, study_id, stored_at, model_name, critical_count,
                lacks_frontal_chest, top_pathology, top_probability, top_uncertainty,
                top_risk_level, top_suspicion, top_is_critical, top_is_reported,
                top_critical_rule, top_bounds, top_source, sha256, sealed)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            analysis.id.rawValue, study.rawValue, time.text, analysis.model.name,
            criticalCount, analysis.lacksFrontalChest,
            top?.pathology.rawValue, top?.probability, top?.uncertainty, top?.riskLevel.rawValue,
            top?.suspicion, top?.isCritical, top?.isReported, top?.criticalRule,
            try top.map { try StoredBounds.encode($0.bounds) }, top?.source,
            sha256, sealed,
        ])
        return lastInsertedRowID
    }

    /// Moves the study, and ends its waiting unless an image came that was not considered.
    fileprivate func finishAnalysis(
        of study: StudyID, move: ReadingMove, considered: [ImageID]?
    ) throws {
        let state = try readingState(of: study)
        guard let next = state.after(move) else {
            throw RecordsError.moveNotAllowed(study: study, from: state, move: move)
        }
        var isCovered = true
        if let considered {
            let stored = try Int64.fetchSet(
                cachedStatement(sql: "SELECT id FROM image WHERE study_id = ?"),
                arguments: [study.rawValue])
            isCovered = stored.isSubset(of: considered.map(\.rawValue))
        }
        try cachedStatement(sql: "UPDATE study SET state = ?, needs_analysis = ? WHERE id = ?")
            .execute(arguments: [next.rawValue, !isCovered, study.rawValue])
        try moveStateBeforeClaim(of: study, move)
    }

    /// A study that is being read returns, when it is given back, to what the analysis made of it.
    private func moveStateBeforeClaim(of study: StudyID, _ move: ReadingMove) throws {
        let statement = try cachedStatement(
            sql: "SELECT state_before FROM claim WHERE study_id = ?")
        guard let text = try String.fetchOne(statement, arguments: [study.rawValue]),
            let next = try ReadingState.stored(text).after(move)
        else { return }
        try cachedStatement(sql: "UPDATE claim SET state_before = ? WHERE study_id = ?")
            .execute(arguments: [next.rawValue, study.rawValue])
    }

    /// The state as stored, whether or not its claim has lapsed.
    func readingState(of study: StudyID) throws -> ReadingState {
        let statement = try cachedStatement(
            sql: "SELECT state, removed_at FROM study WHERE id = ?")
        guard let row = try Row.fetchOne(statement, arguments: [study.rawValue]) else {
            throw RecordsError.noSuchStudy(study)
        }
        if let removed: Timestamp = try .stored(row[1] as String?) {
            throw RecordsError.studyRemoved(study: study, at: removed.date)
        }
        return try .stored(row[0] as String)
    }
}
