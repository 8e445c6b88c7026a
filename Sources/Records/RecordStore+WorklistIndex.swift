// Long worklists: the facts that order and filter every study, and whole rows of a few.

import Foundation
import GRDB
import Radiology

/// The part of a worklist row that orders, filters and finds it.
public struct WorklistFacts: Sendable {
    /// The study.
    public let id: StudyID
    /// The patient.
    public let patient: Patient
    /// Its accession number.
    public let accessionNumber: String
    /// Its date, as in the file.
    public let studyDate: String
    /// Modality of the first image.
    public let modality: String
    /// When it was received, UTC.
    public let receivedAt: Date
    /// Where its reading stands.
    public let state: ReadingState
    /// Critical findings of the latest analysis.
    public let criticalCount: Int
    /// When the first flag was raised, UTC.
    public let flaggedAt: Date?
    /// When somebody first opened it, UTC.
    public let openedAt: Date?
    /// Suspicion of the top finding; nil without an analysis.
    public let suspicion: Double?
    /// The top finding; nil without an analysis.
    public let pathology: Pathology?
    /// True where the report lists the top finding.
    public let isReported: Bool
    /// True where the analysis failed or no image is a frontal chest.
    public let needsManualReview: Bool
    /// True where an image came after the signature.
    public let awaitsAddendum: Bool
    /// Who holds it.
    public let holder: ReaderID?
    /// Who signed it last.
    public let signedBy: ReaderID?
    /// When it was signed last, UTC.
    public let signedAt: Date?
}

extension RecordStore {
    /// How many studies there are.
    public func studyCount() throws(RecordsError) -> Int {
        try read(.readWorklist) { db in
            try Int.fetchOne(db, sql: "SELECT count(*) FROM study WHERE removed_at IS NULL")
                ?? 0
        }
    }

    /// The facts of every study, or of those given, by number; removed ones are left out.
    ///
    /// One pass over the database: at 100,000 studies a fraction of a second, for a worker and not
    /// for the screen's own thread.
    public func worklistFacts(
        of studies: [StudyID]? = nil
    ) throws(RecordsError) -> [WorklistFacts] {
        try read(.readWorklist) { db in
            let now = self.now
            var facts: [WorklistFacts] = []
            if let studies {
                for study in studies {
                    let statement = try db.cachedStatement(
                        sql: Self.factsQuery + " WHERE s.id = ? AND s.removed_at IS NULL")
                    if let row = try Row.fetchOne(statement, arguments: [study.rawValue]) {
                        facts.append(try Self.facts(row, at: now, vault))
                    }
                }
                return facts
            }
            let rows = try Row.fetchCursor(
                db.cachedStatement(
                    sql: Self.factsQuery + " WHERE s.removed_at IS NULL ORDER BY s.id"))
            while let row = try rows.next() { facts.append(try Self.facts(row, at: now, vault)) }
            return facts
        }
    }

    /// The studies that stand first by urgency, most urgent first.
    ///
    /// For a first page while the rest is read: the order of `WorklistUrgency.rank`, tier by tier,
    /// each along an index until the page is full. Claims that lapsed count as they stand.
    public func mostUrgent(
        limit: Int, cap: Double
    ) throws(RecordsError) -> [StudyID] {
        try read(.readWorklist) { db in
            let edge = Timestamp(self.now.date.addingTimeInterval(-cap)).text
            var found: [Int64] = []
            for (tier, arguments) in [
                (Self.criticalTier, []), (Self.overdueTier, [edge]), (Self.youngTiers, [edge]),
            ] where found.count < limit {
                let statement = try db.cachedStatement(sql: tier + " LIMIT ?")
                found += try Int64.fetchAll(
                    statement, arguments: StatementArguments(arguments) + [limit - found.count])
            }
            return found.map(StudyID.init)
        }
    }

    /// True for what waits for a reader; the condition of the indices word for word.
    private static let isWaiting = """
        s.removed_at IS NULL
            AND (s.state NOT IN ('final', 'addended') OR s.addendum_due IS NOT NULL)
        """

    private static let waiting =
        "SELECT s.id FROM study s INDEXED BY study_waiting WHERE \(isWaiting)"

    private static let isCritical = """
        (s.state NOT IN ('final', 'addended') AND EXISTS (
            SELECT 1 FROM analysis c INDEXED BY analysis_critical
            WHERE c.number = s.latest_analysis AND c.critical_count > 0))
        """

    private static let criticalTier = """
        \(waiting) AND \(isCritical) ORDER BY s.received_at, s.id
        """

    /// Past the cap; what else stands in their tier is younger.
    private static let overdueTier = """
        \(waiting) AND s.received_at < ? AND NOT \(isCritical)
        ORDER BY s.received_at, s.id
        """

    /// What must be read by hand or awaits an addendum, by age; then the others by suspicion.
    private static let youngTiers = """
        SELECT s.id FROM study s INDEXED BY study_waiting_analysis
        LEFT JOIN analysis a INDEXED BY analysis_in_worklist ON a.number = s.latest_analysis
        WHERE \(isWaiting) AND s.received_at >= ? AND NOT \(isCritical)
        ORDER BY NOT \(isByHand),
            CASE WHEN \(isByHand) THEN s.received_at ELSE -coalesce(a.top_suspicion, 0.5) END, s.id
        """

    private static let isByHand = """
        (s.latest_failure IS NOT NULL OR s.addendum_due IS NOT NULL
            OR coalesce(a.lacks_frontal_chest, 0))
        """

    /// The studies that any process changed after an event of the trail, and the newest event.
    public func studiesChanged(
        after sequence: Int64
    ) throws(RecordsError) -> (studies: [StudyID], sequence: Int64) {
        try read(.readWorklist) { db in
            let newest = try Int64.fetchOne(db, sql: "SELECT count FROM audit_head") ?? 0
            let statement = try db.cachedStatement(
                sql: """
                    SELECT DISTINCT study FROM audit_event
                    WHERE sequence > ? AND study IS NOT NULL ORDER BY study
                    """)
            let studies = try Int64.fetchAll(statement, arguments: [sequence])
            return (studies.map(StudyID.init), newest)
        }
    }

    /// The studies with a claim, live or lapsed: their rows change with the clock alone.
    public func claimedStudies() throws(RecordsError) -> [StudyID] {
        try read(.readWorklist) { db in
            try Int64.fetchAll(db, sql: "SELECT study_id FROM claim ORDER BY study_id")
                .map(StudyID.init)
        }
    }

    /// Earlier studies of the same patient, newest first.
    ///
    /// The same patient: the same non-empty identifier and the same birth date. A study without a
    /// date is no prior of any.
    public func priors(of study: StudyID) throws(RecordsError) -> [StudyID] {
        try read(.readStudy) { db in
            let own = try db.studyFields(study, vault)
            guard !own.study.date.isEmpty,
                let hash = StudyFields.searchHash(own.patient.identifier, vault)
            else { return [] }
            // Found by the keyed hash, then compared in the open: a hash stands for any word.
            let found = try Int64.fetchAll(
                db, sql: "SELECT study_id FROM study_search WHERE hash = ? AND study_id <> ?",
                arguments: [Data(hash), study.rawValue])
            let moment = { (fields: StudyFields) in fields.study.date + fields.study.time }
            let priors = try found.compactMap { id -> (StudyID, String)? in
                let other = try db.studyFields(StudyID(id), vault)
                guard other.patient.identifier == own.patient.identifier,
                    other.patient.birthDate == own.patient.birthDate, !other.study.date.isEmpty,
                    moment(other) < moment(own)
                else { return nil }
                return (StudyID(id), moment(other))
            }
            return priors.sorted { ($1.1, $0.0) < ($0.1, $1.0) }.prefix(20).map(\.0)
        }
    }

    private static let factsQuery = """
        SELECT s.id, s.sealed, s.received_at, s.state, s.flagged_at, s.opened_at, a.critical_count,
        a.lacks_frontal_chest, a.top_pathology, a.top_suspicion, a.top_is_reported,
        s.latest_failure, c.reader, c.expires, c.state_before, o.reader, o.signed_at,
        (SELECT modality FROM image i WHERE i.study_id = s.id
            ORDER BY series_number IS NULL, series_number, instance_number IS NULL,
            instance_number, id LIMIT 1), s.addendum_due IS NOT NULL
        FROM study s LEFT JOIN analysis a INDEXED BY analysis_in_worklist
            ON a.number = s.latest_analysis
        LEFT JOIN claim c ON c.study_id = s.id
        LEFT JOIN sign_off o ON o.number = s.latest_sign_off
        """

    private static func facts(
        _ row: Row, at now: Timestamp, _ vault: Vault
    ) throws -> WorklistFacts {
        var state: ReadingState = try .stored(row[3] as String)
        var holder = (row[12] as String?).map { ReaderID($0) }
        if holder != nil {
            let expires: Timestamp = try .stored(row[13] as String)
            if expires <= now {
                holder = nil
                state = try .stored(row[14] as String)
            }
        }
        let fields = try StudyFields(sealed: [UInt8](row[1] as Data), study: row[0], vault)
        let criticalCount: Int = row[6] ?? 0
        let received: Timestamp = try .stored(row[2] as String)
        let flagged: Timestamp? = try .stored(row[4] as String?)
        let opened: Timestamp? = try .stored(row[5] as String?)
        let signed: Timestamp? = try .stored(row[16] as String?)
        let lacksFrontalChest: Bool = row[7] ?? false
        let hasFailed = (row[11] as Int64?) != nil
        return WorklistFacts(
            id: StudyID(row[0]),
            patient: fields.patient, accessionNumber: fields.study.accessionNumber,
            studyDate: fields.study.date, modality: row[17] ?? "",
            receivedAt: received.date, state: state, criticalCount: criticalCount,
            flaggedAt: criticalCount > 0 ? flagged?.date : nil, openedAt: opened?.date,
            suspicion: row[9], pathology: (row[8] as String?).map { Pathology($0) },
            isReported: row[10] ?? false,
            needsManualReview: !state.isSigned && (hasFailed || lacksFrontalChest),
            awaitsAddendum: row[18], holder: holder,
            signedBy: (row[15] as String?).map { ReaderID($0) },
            signedAt: signed?.date)
    }
}
