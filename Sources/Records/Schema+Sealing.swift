// Version 3: what may name a patient is sealed.

import Crypto
import Foundation
import GRDB
import Radiology

extension Schema {
    /// Seals what earlier versions kept in the open, row by row, in tables of a new form.
    static func seal(_ db: Database, master: SymmetricKey) throws {
        try db.execute(sql: sealedTables)
        try Vault.prepare(master: master, db, at: Timestamp(Date()))
        let vault = try Vault(master: master, db)
        let wasFilled = try Int.fetchOne(db, sql: "SELECT count(*) FROM image") ?? 0 > 0
        try sealStudies(db, vault)
        try sealImages(db, vault)
        try sealTexts(db, vault)
        try db.execute(sql: sealedReplacements)
        if wasFilled {
            try db.execute(sql: "INSERT INTO home_state VALUES ('objects', 'plain')")
        }
    }

    private static func sealStudies(_ db: Database, _ vault: Vault) throws {
        let rows = try Row.fetchCursor(db, sql: "SELECT * FROM study")
        while let row = try rows.next() {
            let id: Int64 = row["id"]
            let fields = StudyFields(
                patient: Patient(
                    name: PersonName(
                        alphabetic: row["patient_name"],
                        ideographic: row["patient_name_ideographic"],
                        phonetic: row["patient_name_phonetic"]),
                    identifier: row["patient_identifier"], birthDate: row["patient_birth_date"],
                    sex: row["patient_sex"], age: row["patient_age"]),
                study: StudyHeader(
                    studyInstanceUID: row["study_uid"], accessionNumber: row["accession_number"],
                    date: row["study_date"], time: row["study_time"],
                    timezoneOffset: row["timezone_offset"], description: row["description"],
                    referringPhysician: PersonName(
                        alphabetic: row["referring_name"],
                        ideographic: row["referring_name_ideographic"],
                        phonetic: row["referring_name_phonetic"]),
                    institution: row["institution"]))
            try db.execute(
                sql: """
                    INSERT INTO study_3 SELECT id, ?, ?, received_at, state, needs_analysis,
                    latest_analysis, latest_failure, latest_sign_off, flagged_at, opened_at, notes
                    FROM study WHERE id = ?
                    """,
                arguments: [
                    Data(vault.searchHash("study", fields.study.studyInstanceUID)),
                    try fields.sealed(study: id, vault), id,
                ])
            try db.insertSearchHashes(of: fields, study: id, vault)
        }
    }

    private static func sealImages(_ db: Database, _ vault: Vault) throws {
        let rows = try Row.fetchCursor(
            db, sql: "SELECT id, sop_instance_uid, series_instance_uid, source_name FROM image")
        while let row = try rows.next() {
            let id: Int64 = row[0]
            let fields = ImageFields(
                sopInstanceUID: row[1], seriesInstanceUID: row[2], sourceName: row[3])
            try db.execute(
                sql: """
                    INSERT INTO image_3 SELECT id, study_id, ?, ?, sop_class_uid, series_number,
                    instance_number, modality, body_part, view_position, laterality, manufacturer,
                    transfer_syntax_uid, photometric_interpretation, rows, columns, bits_stored,
                    frame_count, sha256, byte_count, received_at, notes FROM image WHERE id = ?
                    """,
                arguments: [
                    Data(vault.searchHash("image", fields.sopInstanceUID)),
                    try fields.sealed(image: id, vault), id,
                ])
        }
    }

    private static func sealTexts(_ db: Database, _ vault: Vault) throws {
        let analyses = try Row.fetchCursor(db, sql: "SELECT number, id, record FROM analysis")
        while let row = try analyses.next() {
            let number: Int64 = row[0]
            try db.execute(
                sql: """
                    INSERT INTO analysis_3 SELECT number, id, study_id, stored_at, model_name,
                    critical_count, lacks_frontal_chest, top_pathology, top_probability,
                    top_uncertainty, top_risk_level, top_suspicion, top_is_critical,
                    top_is_reported, top_critical_rule, top_bounds, top_source, sha256, ?
                    FROM analysis WHERE number = ?
                    """,
                arguments: [try vault.sealText(row[2], Vault.analysis(row[1])), number])
        }
        let signed = try Row.fetchCursor(
            db, sql: "SELECT number, audit_sequence, record FROM sign_off")
        while let row = try signed.next() {
            let number: Int64 = row[0]
            try db.execute(
                sql: """
                    INSERT INTO sign_off_3 SELECT number, study_id, reader, signed_at,
                    audit_sequence, sha256, ? FROM sign_off WHERE number = ?
                    """,
                arguments: [try vault.sealText(row[2], Vault.signOff(row[1])), number])
        }
        let drafts = try Row.fetchCursor(
            db, sql: "SELECT study_id, reader, saved_at, record FROM draft")
        while let row = try drafts.next() {
            let context = Vault.draft(StudyID(row[0]), ReaderID(row[1]))
            try db.execute(
                sql: "INSERT INTO draft_3 VALUES (?, ?, ?, ?)",
                arguments: [
                    row[0] as Int64, row[1] as String, row[2] as String,
                    try vault.sealText(row[3], context),
                ])
        }
    }

    private static let sealedTables = """
        CREATE TABLE sealing_key (
            number INTEGER PRIMARY KEY,
            wrapped BLOB NOT NULL,
            created_at TEXT NOT NULL
        ) STRICT;
        CREATE TABLE home_state (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;

        CREATE TABLE study_3 (
            id INTEGER PRIMARY KEY,
            uid_hash BLOB NOT NULL UNIQUE,
            sealed BLOB NOT NULL,
            received_at TEXT NOT NULL,
            state TEXT NOT NULL,
            needs_analysis INTEGER NOT NULL,
            latest_analysis INTEGER REFERENCES analysis (number),
            latest_failure INTEGER REFERENCES analysis_failure (number),
            latest_sign_off INTEGER REFERENCES sign_off (number),
            flagged_at TEXT,
            opened_at TEXT,
            notes TEXT NOT NULL
        ) STRICT;
        CREATE TABLE study_search (
            hash BLOB NOT NULL,
            study_id INTEGER NOT NULL REFERENCES study (id),
            PRIMARY KEY (hash, study_id)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE image_3 (
            id INTEGER PRIMARY KEY,
            study_id INTEGER NOT NULL REFERENCES study (id),
            uid_hash BLOB NOT NULL UNIQUE,
            sealed BLOB NOT NULL,
            sop_class_uid TEXT NOT NULL,
            series_number INTEGER,
            instance_number INTEGER,
            modality TEXT NOT NULL,
            body_part TEXT NOT NULL,
            view_position TEXT NOT NULL,
            laterality TEXT NOT NULL,
            manufacturer TEXT NOT NULL,
            transfer_syntax_uid TEXT NOT NULL,
            photometric_interpretation TEXT NOT NULL,
            rows INTEGER NOT NULL,
            columns INTEGER NOT NULL,
            bits_stored INTEGER NOT NULL,
            frame_count INTEGER NOT NULL,
            sha256 TEXT NOT NULL,
            byte_count INTEGER NOT NULL,
            received_at TEXT NOT NULL,
            notes TEXT NOT NULL
        ) STRICT;

        CREATE TABLE analysis_3 (
            number INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            study_id INTEGER NOT NULL REFERENCES study (id),
            stored_at TEXT NOT NULL,
            model_name TEXT NOT NULL,
            critical_count INTEGER NOT NULL,
            lacks_frontal_chest INTEGER NOT NULL,
            top_pathology TEXT,
            top_probability REAL,
            top_uncertainty REAL,
            top_risk_level TEXT,
            top_suspicion REAL,
            top_is_critical INTEGER,
            top_is_reported INTEGER,
            top_critical_rule TEXT,
            top_bounds TEXT,
            top_source TEXT,
            sha256 TEXT NOT NULL,
            sealed BLOB NOT NULL
        ) STRICT;
        CREATE TABLE sign_off_3 (
            number INTEGER PRIMARY KEY,
            study_id INTEGER NOT NULL REFERENCES study (id),
            reader TEXT NOT NULL,
            signed_at TEXT NOT NULL,
            audit_sequence INTEGER NOT NULL UNIQUE REFERENCES audit_event (sequence),
            sha256 TEXT NOT NULL,
            sealed BLOB NOT NULL
        ) STRICT;
        CREATE TABLE draft_3 (
            study_id INTEGER NOT NULL REFERENCES study (id),
            reader TEXT NOT NULL,
            saved_at TEXT NOT NULL,
            sealed BLOB NOT NULL,
            PRIMARY KEY (study_id, reader)
        ) STRICT;

        """

    private static let sealedReplacements =
        """
        DROP TRIGGER analysis_no_delete; DROP TRIGGER sign_off_no_delete;
        DROP TABLE study; ALTER TABLE study_3 RENAME TO study;
        DROP TABLE image; ALTER TABLE image_3 RENAME TO image;
        DROP TABLE analysis; ALTER TABLE analysis_3 RENAME TO analysis;
        DROP TABLE sign_off; ALTER TABLE sign_off_3 RENAME TO sign_off;
        DROP TABLE draft; ALTER TABLE draft_3 RENAME TO draft;
        CREATE INDEX study_needs_analysis ON study (received_at, id) WHERE needs_analysis;
        CREATE INDEX image_in_study
            ON image (study_id, series_number, instance_number, id, modality, view_position);
        CREATE INDEX image_object ON image (sha256);
        CREATE INDEX analysis_of_study ON analysis (study_id);
        CREATE INDEX sign_off_of_study ON sign_off (study_id);

        """
        + unchangeable(
            "analysis",
            """
            number, id, study_id, stored_at, model_name, critical_count, lacks_frontal_chest,
            top_pathology, top_probability, top_uncertainty, top_risk_level, top_suspicion,
            top_is_critical, top_is_reported, top_critical_rule, top_bounds, top_source, sha256
            """)
        + unchangeable(
            "sign_off", "number, study_id, reader, signed_at, audit_sequence, sha256")

    /// Refuses changes of a table's columns, but for sealing the same again with another key.
    static func unchangeable(_ table: String, _ columns: String) -> String {
        """
        CREATE TRIGGER \(table)_no_update BEFORE UPDATE OF \(columns) ON \(table)
        BEGIN SELECT RAISE (ABORT, 'rows of \(table) are never changed'); END;
        CREATE TRIGGER \(table)_no_delete BEFORE DELETE ON \(table)
        BEGIN SELECT RAISE (ABORT, 'rows of \(table) are never removed'); END;

        """
    }
}

extension Database {
    /// Lets a study be found by its words.
    func insertSearchHashes(of fields: StudyFields, study: Int64, _ vault: Vault) throws {
        for hash in fields.searchHashes(vault) {
            try cachedStatement(sql: "INSERT OR IGNORE INTO study_search VALUES (?, ?)")
                .execute(arguments: [Data(hash), study])
        }
    }
}
