// The worklist and single studies, as the screens ask for them.

import Foundation
import GRDB
import Radiology

/// One stored image of a study.
public struct StoredImage: Hashable, Sendable, Identifiable {
    /// The image.
    public let id: ImageID
    /// What its file says of it.
    public let header: InstanceHeader
    /// SHA-256 of its file.
    public let sha256: ContentHash
    /// Length of its file in bytes.
    public let byteCount: Int
    /// Name of the file it came from.
    public let sourceName: String
    /// When Wetread received it, UTC.
    public let receivedAt: Date
    /// What had to be decided or left out while the file was read.
    public let notes: [String]
}

/// All that is stored of one study.
public struct StudyRecord: Hashable, Sendable {
    /// Its row of the worklist.
    public let entry: WorklistEntry
    /// Its images by series and instance number.
    public let images: [StoredImage]
    /// The latest analysis; it stays when a later attempt fails.
    public let analysis: Analysis?
    /// Why the last attempt failed; nil where it did not.
    public let failure: AnalysisFailure?
    /// The draft of the reader who asks.
    public let draft: ReadingDraft?
    /// The signed readings, oldest first.
    public let signOffs: [SignOff]
    /// What must be said of the study (another patient stated, an image after signing).
    public let notes: [String]
    /// True where an image waits for analysis.
    public let awaitsAnalysis: Bool
}

extension RecordStore {
    /// All studies, by number; order them with `ordered(by:at:)`.
    ///
    /// The top finding of each comes without its passes. A claim that has lapsed is not shown, and
    /// its study stands as it did before.
    public func worklist() throws(RecordsError) -> [WorklistEntry] {
        try read(.readWorklist) { db in
            let views = try db.views(of: nil)
            let now = self.now
            let rows = try Row.fetchCursor(
                db.cachedStatement(sql: EntryRow.query + " ORDER BY s.id"))
            var bounds = StoredBounds()
            var entries: [WorklistEntry] = []
            while let row = try rows.next() {
                let id: Int64 = row[0]
                entries.append(try EntryRow.entry(row, views: views[id], bounds: &bounds, at: now))
            }
            return entries
        }
    }

    /// Whole rows of the studies given, in their order; those that do not exist are left out.
    public func worklistRows(of studies: [StudyID]) throws(RecordsError) -> [WorklistEntry] {
        try read(.readWorklist) { db in
            let now = self.now
            var bounds = StoredBounds()
            var entries: [WorklistEntry] = []
            let find = try db.cachedStatement(sql: EntryRow.query + " WHERE s.id = ?")
            for study in studies {
                guard let row = try Row.fetchOne(find, arguments: [study.rawValue]) else {
                    continue
                }
                let views = try db.views(of: study)[study.rawValue]
                entries.append(try EntryRow.entry(row, views: views, bounds: &bounds, at: now))
            }
            return entries
        }
    }

    /// Everything of one study.
    ///
    /// - Parameter reader: whose draft comes with it.
    public func study(
        _ id: StudyID, draftOf reader: ReaderID? = nil
    ) throws(RecordsError) -> StudyRecord {
        try read(.readStudy) { db in
            let find = try db.cachedStatement(sql: EntryRow.query + " WHERE s.id = ?")
            guard let row = try Row.fetchOne(find, arguments: [id.rawValue]) else {
                throw RecordsError.noSuchStudy(id)
            }
            let views = try db.views(of: id)
            var bounds = StoredBounds()
            let extra = try Row.fetchOne(
                db,
                sql: """
                    SELECT s.notes, s.needs_analysis, a.record, f.failed_at, f.reason
                    FROM study s LEFT JOIN analysis a ON a.number = s.latest_analysis
                    LEFT JOIN analysis_failure f ON f.number = s.latest_failure WHERE s.id = ?
                    """, arguments: [id.rawValue])
            guard let extra else { throw RecordsError.noSuchStudy(id) }
            let record: String? = extra[2]
            let failedAt: Timestamp? = try .stored(extra[3] as String?)
            return StudyRecord(
                entry: try EntryRow.entry(
                    row, views: views[id.rawValue], bounds: &bounds, at: self.now),
                images: try db.images(of: id),
                analysis: try record.map { try StoredAnalysis.decode($0) },
                failure: failedAt.map { AnalysisFailure(timestamp: $0.date, reason: extra[4]) },
                draft: try reader.flatMap { try db.draft(of: id, reader: $0) },
                signOffs: try db.signOffs(of: id), notes: try StoredList.decode(extra[0]),
                awaitsAnalysis: extra[1])
        }
    }

    /// The images of a study by series and instance number.
    public func images(of study: StudyID) throws(RecordsError) -> [StoredImage] {
        try read(.listImages) { db in
            try db.requireStudy(study)
            return try db.images(of: study)
        }
    }
}

/// The columns of a worklist row and how they become an entry.
private enum EntryRow {
    static let query = """
        SELECT s.id, s.patient_name, s.patient_name_ideographic, s.patient_name_phonetic,
        s.patient_identifier, s.patient_birth_date, s.patient_sex, s.patient_age,
        s.study_uid, s.accession_number, s.study_date, s.study_time, s.timezone_offset,
        s.description, s.referring_name, s.referring_name_ideographic, s.referring_name_phonetic,
        s.institution, s.received_at, s.state, s.flagged_at, s.opened_at,
        a.model_name, a.critical_count, a.lacks_frontal_chest, a.top_pathology, a.top_probability,
        a.top_uncertainty, a.top_risk_level, a.top_suspicion, a.top_is_critical, a.top_is_reported,
        a.top_critical_rule, a.top_source, f.reason,
        c.reader, c.session, c.since, c.expires, c.state_before, o.reader, o.signed_at,
        a.top_bounds
        FROM study s LEFT JOIN analysis a ON a.number = s.latest_analysis
        LEFT JOIN analysis_failure f ON f.number = s.latest_failure
        LEFT JOIN claim c ON c.study_id = s.id
        LEFT JOIN sign_off o ON o.number = s.latest_sign_off
        """

    static func entry(
        _ row: Row, views: StudyViews?, bounds: inout StoredBounds, at now: Timestamp
    ) throws -> WorklistEntry {
        var state: ReadingState = try .stored(row[19] as String)
        var claim = try claim(row)
        if let held = claim, Timestamp(held.expires) <= now {
            claim = nil
            state = try .stored(row[39] as String)
        }
        let criticalCount: Int = row[23] ?? 0
        let flaggedAt: Timestamp? = criticalCount > 0 ? try .stored(row[20] as String?) : nil
        let openedAt: Timestamp? = try .stored(row[21] as String?)
        let signedAt: Timestamp? = try .stored(row[41] as String?)
        let received: Timestamp = try .stored(row[18] as String)
        return WorklistEntry(
            id: StudyID(row[0]), patient: patient(row), study: studyHeader(row),
            modality: views?.modality ?? "", views: views?.views ?? [],
            receivedAt: received.date, state: state, claim: claim,
            topFinding: try topFinding(row, bounds: &bounds),
            criticalCount: criticalCount, flaggedAt: flaggedAt?.date, openedAt: openedAt?.date,
            signedBy: (row[40] as String?).map { ReaderID($0) }, signedAt: signedAt?.date,
            lacksFrontalChest: row[24] ?? false, failure: row[34], modelName: row[22] ?? "")
    }

    private static func patient(_ row: Row) -> Patient {
        Patient(
            name: PersonName(alphabetic: row[1], ideographic: row[2], phonetic: row[3]),
            identifier: row[4], birthDate: row[5], sex: row[6], age: row[7])
    }

    private static func studyHeader(_ row: Row) -> StudyHeader {
        StudyHeader(
            studyInstanceUID: row[8], accessionNumber: row[9], date: row[10], time: row[11],
            timezoneOffset: row[12], description: row[13],
            referringPhysician: PersonName(
                alphabetic: row[14], ideographic: row[15], phonetic: row[16]),
            institution: row[17])
    }

    private static func topFinding(
        _ row: Row, bounds: inout StoredBounds
    ) throws -> Finding? {
        guard let pathology = row[25] as String? else { return nil }
        guard let level = RiskLevel(rawValue: row[28]) else {
            throw RecordsError.damaged(task: .readWorklist, detail: "unknown risk level")
        }
        return Finding(
            restoring: Pathology(pathology), probability: row[26], uncertainty: row[27],
            riskLevel: level, suspicion: row[29], isCritical: row[30], isReported: row[31],
            criticalRule: row[32], bounds: try bounds.decode(row[42]), source: row[33])
    }

    private static func claim(_ row: Row) throws -> Claim? {
        guard let reader = row[35] as String? else { return nil }
        let since: Timestamp = try .stored(row[37] as String)
        let expires: Timestamp = try .stored(row[38] as String)
        return Claim(
            reader: ReaderID(reader), session: row[36], since: since.date, expires: expires.date)
    }
}

/// The modality of a study's first image and the views of all.
private struct StudyViews {
    let modality: String
    var views: [String] = []
}

/// Images by series and instance number; those without one stand last.
private let imageOrder =
    "series_number IS NULL, series_number, instance_number IS NULL, instance_number, id"

extension Database {
    fileprivate func views(of study: StudyID?) throws -> [Int64: StudyViews] {
        let condition = study == nil ? "" : "WHERE study_id = ?"
        let statement = try cachedStatement(
            sql: """
                SELECT study_id, modality, view_position FROM image \(condition)
                ORDER BY study_id, \(imageOrder)
                """)
        var arguments: StatementArguments = []
        if let study { arguments += [study.rawValue] }
        let rows = try Row.fetchCursor(statement, arguments: arguments)
        var views: [Int64: StudyViews] = [:]
        while let row = try rows.next() {
            views[row[0], default: StudyViews(modality: row[1])].views.append(row[2])
        }
        return views
    }

    fileprivate func images(of study: StudyID) throws -> [StoredImage] {
        let rows = try Row.fetchCursor(
            cachedStatement(
                sql: """
                    SELECT id, sop_instance_uid, sop_class_uid, series_instance_uid, series_number,
                    instance_number, modality, body_part, view_position, laterality, manufacturer,
                    transfer_syntax_uid, photometric_interpretation, rows, columns, bits_stored,
                    frame_count, sha256, byte_count, source_name, received_at, notes
                    FROM image WHERE study_id = ? ORDER BY \(imageOrder)
                    """), arguments: [study.rawValue])
        var images: [StoredImage] = []
        while let row = try rows.next() {
            guard let hash = ContentHash(hexadecimal: row[17]) else {
                throw RecordsError.damaged(task: .readStudy, detail: "an image has no valid hash")
            }
            let received: Timestamp = try .stored(row[20] as String)
            images.append(
                StoredImage(
                    id: ImageID(row[0]), header: Self.instanceHeader(row), sha256: hash,
                    byteCount: row[18], sourceName: row[19], receivedAt: received.date,
                    notes: try StoredList.decode(row[21])))
        }
        return images
    }

    private static func instanceHeader(_ row: Row) -> InstanceHeader {
        InstanceHeader(
            sopInstanceUID: row[1], sopClassUID: row[2], seriesInstanceUID: row[3],
            seriesNumber: row[4], instanceNumber: row[5], modality: row[6], bodyPart: row[7],
            viewPosition: row[8], laterality: row[9], manufacturer: row[10],
            transferSyntaxUID: row[11], photometricInterpretation: row[12], rows: row[13],
            columns: row[14], bitsStored: row[15], frameCount: row[16])
    }
}
