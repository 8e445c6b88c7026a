// The rows of studies and images as they are written.

import Foundation
import GRDB
import Radiology

/// Fields of the patient that two files of one study may state differently.
enum PatientField: String, CaseIterable {
    case identifier = "Patient ID"
    case name = "Patient's Name"
    case birthDate = "Patient's Birth Date"
    case sex = "Patient's Sex"

    /// The fields that both state and that differ; a field that one leaves empty does not count.
    static func differing(_ first: Patient, _ second: Patient) -> [PatientField] {
        allCases.filter { field in
            let left = field.value(first)
            let right = field.value(second)
            return !left.isEmpty && !right.isEmpty && left != right
        }
    }

    private func value(_ patient: Patient) -> String {
        switch self {
        case .identifier: patient.identifier.trimmingSpaces()
        case .name:
            // A file that adds other scripts to the same name does not name another person.
            patient.name.alphabetic.uppercased().split(separator: "^")
                .map { $0.trimmingSpaces() }.filter { !$0.isEmpty }.joined(separator: "^")
        case .birthDate: patient.birthDate.filter { $0 != "." }.trimmingSpaces()
        case .sex: patient.sex.trimmingSpaces()
        }
    }
}

extension Database {
    /// The study of an arriving image, made where it is new; with what the audit event should say
    /// and the notes that the image gets.
    ///
    /// The first image decides what stands of patient and study. One that states another patient is
    /// stored too, but said: a note on study and image, never a silent mixture.
    func studyFor(
        _ arrival: Arrival, at time: Timestamp, _ vault: Vault
    ) throws -> (study: StudyID, detail: [String: CanonicalJSON], notes: [String]) {
        let uid = arrival.header.study.studyInstanceUID
        let find = try cachedStatement(
            sql: "SELECT id, state, notes, sealed FROM study WHERE uid_hash = ?")
        let uidHash = Data(vault.searchHash("study", uid))
        guard let row = try Row.fetchOne(find, arguments: [uidHash]) else {
            let study = try insertStudy(arrival, uidHash: uidHash, at: time, vault)
            return (study, ["new_study": .boolean(true)], arrival.notes)
        }
        let study = StudyID(row[0])
        var notes = try StoredList.decode(row[2])
        var imageNotes = arrival.notes
        var detail: [String: CanonicalJSON] = [:]
        let stored = try StudyFields(
            sealed: [UInt8](row[3] as Data), study: study.rawValue, vault)
        let differing = PatientField.differing(stored.patient, arrival.header.patient)
        if !differing.isEmpty {
            let fields = differing.map(\.rawValue)
            let list = fields.joined(separator: ", ")
            detail["patient_differs"] = .array(fields.map { .string($0) })
            imageNotes.append("this image states another patient than the study's first: \(list)")
            let note = "an image states another patient (\(list)); the first image's stands here"
            if !notes.contains(note) { notes.append(note) }
        }
        if try ReadingState.stored(row[1]).isSigned {
            detail["after_signature"] = .boolean(true)
            imageNotes.append("this image arrived after the report was signed")
            let note = "an image arrived at \(time.minuteText), after the report was signed"
            if !notes.contains(note) { notes.append(note) }
            try cachedStatement(
                sql: "UPDATE study SET addendum_due = coalesce(addendum_due, ?) WHERE id = ?"
            ).execute(arguments: [time.text, study.rawValue])
        }
        try cachedStatement(sql: "UPDATE study SET needs_analysis = 1, notes = ? WHERE id = ?")
            .execute(arguments: [StoredList.encode(notes), study.rawValue])
        return (study, detail, imageNotes)
    }

    private func insertStudy(
        _ arrival: Arrival, uidHash: Data, at time: Timestamp, _ vault: Vault
    ) throws -> StudyID {
        let fields = StudyFields(patient: arrival.header.patient, study: arrival.header.study)
        let id = try nextID(of: "study")
        try cachedStatement(
            sql: """
                INSERT INTO study (id, uid_hash, sealed, received_at, state, needs_analysis, notes)
                VALUES (?, ?, ?, ?, ?, 1, '[]')
                """
        ).execute(arguments: [
            id, uidHash, try fields.sealed(study: id, vault), time.text,
            ReadingState.unread.rawValue,
        ])
        try insertSearchHashes(of: fields, study: id, vault)
        return StudyID(id)
    }

    /// The number that a row is sealed for before it is inserted; the write lock is held.
    private func nextID(of table: String) throws -> Int64 {
        let statement = try cachedStatement(sql: "SELECT coalesce(max(id), 0) + 1 FROM \(table)")
        return try Int64.fetchOne(statement) ?? 1
    }

    /// Stores the row of an image.
    func insertImage(
        _ arrival: Arrival, notes: [String], study: StudyID, at time: Timestamp, _ vault: Vault
    ) throws -> ImageID {
        let image = arrival.image
        let id = try nextID(of: "image")
        let fields = ImageFields(
            sopInstanceUID: image.sopInstanceUID, seriesInstanceUID: image.seriesInstanceUID,
            sourceName: arrival.sourceName)
        try cachedStatement(
            sql: """
                INSERT INTO image (id, study_id, uid_hash, sealed, sop_class_uid, series_number,
                instance_number, modality, body_part, view_position, laterality, manufacturer,
                transfer_syntax_uid, photometric_interpretation, rows, columns, bits_stored,
                frame_count, sha256, byte_count, received_at, notes)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            id, study.rawValue, Data(vault.searchHash("image", image.sopInstanceUID)),
            try fields.sealed(image: id, vault), image.sopClassUID, image.seriesNumber,
            image.instanceNumber, image.modality, image.bodyPart, image.viewPosition,
            image.laterality, image.manufacturer, image.transferSyntaxUID,
            image.photometricInterpretation, image.rows, image.columns, image.bitsStored,
            image.frameCount, arrival.hash.hexadecimal, arrival.bytes.count, time.text,
            StoredList.encode(notes),
        ])
        return ImageID(id)
    }
}
