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
                db.cachedStatement(
                    sql: EntryRow.query + " WHERE s.removed_at IS NULL ORDER BY s.id"))
            var bounds = StoredBounds()
            var entries: [WorklistEntry] = []
            while let row = try rows.next() {
                let id: Int64 = row[0]
                entries.append(
                    try EntryRow.entry(row, views: views[id], bounds: &bounds, at: now, vault))
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
            let find = try db.cachedStatement(
                sql: EntryRow.query + " WHERE s.id = ? AND s.removed_at IS NULL")
            for study in studies {
                guard let row = try Row.fetchOne(find, arguments: [study.rawValue]) else {
                    continue
                }
                let views = try db.views(of: study)[study.rawValue]
                entries.append(
                    try EntryRow.entry(row, views: views, bounds: &bounds, at: now, vault))
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
            try db.requireStudy(id)
            let find = try db.cachedStatement(sql: EntryRow.query + " WHERE s.id = ?")
            guard let row = try Row.fetchOne(find, arguments: [id.rawValue]) else {
                throw RecordsError.noSuchStudy(id)
            }
            let views = try db.views(of: id)
            var bounds = StoredBounds()
            let extra = try Row.fetchOne(
                db,
                sql: """
                    SELECT s.notes, s.needs_analysis, a.sealed, f.failed_at, f.reason, a.id
                    FROM study s LEFT JOIN analysis a ON a.number = s.latest_analysis
                    LEFT JOIN analysis_failure f ON f.number = s.latest_failure WHERE s.id = ?
                    """, arguments: [id.rawValue])
            guard let extra else { throw RecordsError.noSuchStudy(id) }
            let record = try (extra[2] as Data?).map {
                try vault.openText($0, Vault.analysis(extra[5]))
            }
            let failedAt: Timestamp? = try .stored(extra[3] as String?)
            return StudyRecord(
                entry: try EntryRow.entry(
                    row, views: views[id.rawValue], bounds: &bounds, at: self.now,
                    vault),
                images: try db.images(of: id, vault),
                analysis: try record.map { try StoredAnalysis.decode($0) },
                failure: failedAt.map { AnalysisFailure(timestamp: $0.date, reason: extra[4]) },
                draft: try reader.flatMap { try db.draft(of: id, reader: $0, vault) },
                signOffs: try db.signOffs(of: id, vault), notes: try StoredList.decode(extra[0]),
                awaitsAnalysis: extra[1])
        }
    }

    /// The images of a study by series and instance number.
    public func images(of study: StudyID) throws(RecordsError) -> [StoredImage] {
        try read(.listImages) { db in
            try db.requireStudy(study)
            return try db.images(of: study, vault)
        }
    }
}

/// The columns of a worklist row and how they become an entry.
private enum EntryRow {
    static let query = """
        SELECT s.id, s.sealed, s.received_at, s.state, s.flagged_at, s.opened_at,
        a.model_name, a.critical_count, a.lacks_frontal_chest, a.top_pathology, a.top_probability,
        a.top_uncertainty, a.top_risk_level, a.top_suspicion, a.top_is_critical, a.top_is_reported,
        a.top_critical_rule, a.top_source, f.reason,
        c.reader, c.session, c.since, c.expires, c.state_before, o.reader, o.signed_at,
        a.top_bounds, s.addendum_due
        FROM study s LEFT JOIN analysis a ON a.number = s.latest_analysis
        LEFT JOIN analysis_failure f ON f.number = s.latest_failure
        LEFT JOIN claim c ON c.study_id = s.id
        LEFT JOIN sign_off o ON o.number = s.latest_sign_off
        """

    static func entry(
        _ row: Row, views: StudyViews?, bounds: inout StoredBounds, at now: Timestamp,
        _ vault: Vault
    ) throws -> WorklistEntry {
        var state: ReadingState = try .stored(row[3] as String)
        var claim = try claim(row)
        if let held = claim, Timestamp(held.expires) <= now {
            claim = nil
            state = try .stored(row[23] as String)
        }
        let fields = try StudyFields(sealed: [UInt8](row[1] as Data), study: row[0], vault)
        let criticalCount: Int = row[7] ?? 0
        let flaggedAt: Timestamp? = criticalCount > 0 ? try .stored(row[4] as String?) : nil
        let openedAt: Timestamp? = try .stored(row[5] as String?)
        let signedAt: Timestamp? = try .stored(row[25] as String?)
        let received: Timestamp = try .stored(row[2] as String)
        return WorklistEntry(
            id: StudyID(row[0]), patient: fields.patient, study: fields.study,
            modality: views?.modality ?? "", views: views?.views ?? [],
            receivedAt: received.date, state: state, claim: claim,
            topFinding: try topFinding(row, bounds: &bounds),
            criticalCount: criticalCount, flaggedAt: flaggedAt?.date, openedAt: openedAt?.date,
            signedBy: (row[24] as String?).map { ReaderID($0) }, signedAt: signedAt?.date,
            lacksFrontalChest: row[8] ?? false, failure: row[18], modelName: row[6] ?? "",
            awaitsAddendum: row[27] as String? != nil)
    }

    private static func topFinding(
        _ row: Row, bounds: inout StoredBounds
    ) throws -> Finding? {
        guard let pathology = row[9] as String? else { return nil }
        guard let level = RiskLevel(rawValue: row[12]) else {
            throw RecordsError.damaged(task: .readWorklist, detail: "unknown risk level")
        }
        return Finding(
            restoring: Pathology(pathology), probability: row[10], uncertainty: row[11],
            riskLevel: level, suspicion: row[13], isCritical: row[14], isReported: row[15],
            criticalRule: row[16], bounds: try bounds.decode(row[26]), source: row[17])
    }

    private static func claim(_ row: Row) throws -> Claim? {
        guard let reader = row[19] as String? else { return nil }
        let since: Timestamp = try .stored(row[21] as String)
        let expires: Timestamp = try .stored(row[22] as String)
        return Claim(
            reader: ReaderID(reader), session: row[20], since: since.date, expires: expires.date)
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

    func images(of study: StudyID, _ vault: Vault) throws -> [StoredImage] {
        let rows = try Row.fetchCursor(
            cachedStatement(
                sql: """
                    SELECT id, sealed, sop_class_uid, series_number, instance_number, modality,
                    body_part, view_position, laterality, manufacturer, transfer_syntax_uid,
                    photometric_interpretation, rows, columns, bits_stored, frame_count, sha256,
                    byte_count, received_at, notes
                    FROM image WHERE study_id = ? ORDER BY \(imageOrder)
                    """), arguments: [study.rawValue])
        var images: [StoredImage] = []
        while let row = try rows.next() {
            guard let hash = ContentHash(hexadecimal: row[16]) else {
                throw RecordsError.damaged(task: .readStudy, detail: "an image has no valid hash")
            }
            let received: Timestamp = try .stored(row[18] as String)
            let fields = try ImageFields(sealed: [UInt8](row[1] as Data), image: row[0], vault)
            images.append(
                StoredImage(
                    id: ImageID(row[0]), header: Self.instanceHeader(row, fields), sha256: hash,
                    byteCount: row[17], sourceName: fields.sourceName, receivedAt: received.date,
                    notes: try StoredList.decode(row[19])))
        }
        return images
    }

    private static func instanceHeader(_ row: Row, _ fields: ImageFields) -> InstanceHeader {
        InstanceHeader(
            sopInstanceUID: fields.sopInstanceUID, sopClassUID: row[2],
            seriesInstanceUID: fields.seriesInstanceUID, seriesNumber: row[3],
            instanceNumber: row[4], modality: row[5], bodyPart: row[6], viewPosition: row[7],
            laterality: row[8], manufacturer: row[9], transferSyntaxUID: row[10],
            photometricInterpretation: row[11], rows: row[12], columns: row[13],
            bitsStored: row[14], frameCount: row[15])
    }
}
