// What the database holds, version by version.

import Crypto
import GRDB
import Radiology

/// The schema of `wetread.sqlite`.
///
/// A migration that has been released is never edited; a later one follows it. Moments are texts as
/// `Timestamp` writes them. The rows of `analysis`, `analysis_failure`, `sign_off` and
/// `audit_event` are never changed or removed: triggers refuse it.
enum Schema {
    /// SQLite's `application_id` of our databases: `WTRD`.
    static let applicationID = 0x5754_5244

    /// The newest version this program knows.
    static let version = 7

    /// The first version that seals what may name a patient.
    static let firstSealed = 3

    /// Brings a database up to date; the master key seals what earlier versions kept in the open.
    static func migrator(master: SymmetricKey) -> DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1") { db in
            try db.execute(sql: version1)
        }
        migrator.registerMigration("2") { db in
            try db.execute(sql: people)
        }
        migrator.registerMigration("3") { db in try seal(db, master: master) }
        migrator.registerMigration("4") { db in try db.execute(sql: critical) }
        migrator.registerMigration("5") { db in try db.execute(sql: peers) }
        migrator.registerMigration("6") { db in try db.execute(sql: retention) }
        migrator.registerMigration("7") { db in try db.execute(sql: worklist) }
        return migrator
    }

    /// The version that a database was brought to; 0 for an empty one.
    static func version(of db: Database) throws -> Int {
        guard try db.tableExists("grdb_migrations") else { return 0 }
        return try String.fetchAll(db, sql: "SELECT identifier FROM grdb_migrations")
            .compactMap { Int($0) }.max() ?? 0
    }

    private static let people = """
        CREATE TABLE account (
            name TEXT PRIMARY KEY COLLATE NOCASE,
            printed_name TEXT NOT NULL,
            roles TEXT NOT NULL,
            secret TEXT NOT NULL,
            os_user TEXT UNIQUE,
            created_at TEXT NOT NULL,
            is_disabled INTEGER NOT NULL DEFAULT 0,
            must_change INTEGER NOT NULL,
            failures INTEGER NOT NULL DEFAULT 0,
            last_failure TEXT,
            locked_until TEXT,
            last_log_in TEXT
        ) STRICT;
        CREATE TRIGGER account_no_delete BEFORE DELETE ON account
        BEGIN SELECT RAISE (ABORT, 'accounts are disabled, never removed'); END;

        CREATE TABLE notice (
            number INTEGER PRIMARY KEY,
            account TEXT NOT NULL REFERENCES account (name),
            raised_at TEXT NOT NULL,
            text TEXT NOT NULL,
            seen_at TEXT
        ) STRICT;

        """

    /// What orders a worklist, apart from the rows.
    ///
    /// The rows are long, and a list of many studies would read them all for a few numbers of each.
    /// What waits stands twice, by its time and by its analysis, so that a walk along it is also one
    /// along `analysis_in_worklist`.
    private static let worklist = """
        CREATE INDEX study_removed ON study (removed_at);
        CREATE INDEX study_waiting
            ON study (received_at, id, latest_analysis, state, addendum_due, removed_at)
            WHERE removed_at IS NULL
            AND (state NOT IN ('final', 'addended') OR addendum_due IS NOT NULL);
        CREATE INDEX study_waiting_analysis
            ON study (latest_analysis, received_at, id, latest_failure, state, addendum_due,
            removed_at)
            WHERE removed_at IS NULL
            AND (state NOT IN ('final', 'addended') OR addendum_due IS NOT NULL);
        CREATE INDEX analysis_critical ON analysis (number) WHERE critical_count > 0;
        CREATE INDEX analysis_in_worklist
            ON analysis (number, critical_count, lacks_frontal_chest, top_pathology,
            top_suspicion, top_is_reported);
        """

    private static let version1 = studies + readings + audit

    private static let studies = """
        PRAGMA application_id = \(applicationID);

        CREATE TABLE study (
            id INTEGER PRIMARY KEY,
            study_uid TEXT NOT NULL UNIQUE,
            patient_name TEXT NOT NULL,
            patient_name_ideographic TEXT NOT NULL,
            patient_name_phonetic TEXT NOT NULL,
            patient_identifier TEXT NOT NULL,
            patient_birth_date TEXT NOT NULL,
            patient_sex TEXT NOT NULL,
            patient_age TEXT NOT NULL,
            accession_number TEXT NOT NULL,
            study_date TEXT NOT NULL,
            study_time TEXT NOT NULL,
            timezone_offset TEXT NOT NULL,
            description TEXT NOT NULL,
            referring_name TEXT NOT NULL,
            referring_name_ideographic TEXT NOT NULL,
            referring_name_phonetic TEXT NOT NULL,
            institution TEXT NOT NULL,
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
        CREATE INDEX study_needs_analysis ON study (received_at, id) WHERE needs_analysis;

        CREATE TABLE image (
            id INTEGER PRIMARY KEY,
            study_id INTEGER NOT NULL REFERENCES study (id),
            sop_instance_uid TEXT NOT NULL UNIQUE,
            sop_class_uid TEXT NOT NULL,
            series_instance_uid TEXT NOT NULL,
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
            source_name TEXT NOT NULL,
            received_at TEXT NOT NULL,
            notes TEXT NOT NULL
        ) STRICT;
        CREATE INDEX image_in_study
            ON image (study_id, series_number, instance_number, id, modality, view_position);
        CREATE INDEX image_object ON image (sha256);

        CREATE TABLE analysis (
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
            record TEXT NOT NULL
        ) STRICT;
        CREATE INDEX analysis_of_study ON analysis (study_id);

        CREATE TABLE analysis_failure (
            number INTEGER PRIMARY KEY,
            study_id INTEGER NOT NULL REFERENCES study (id),
            failed_at TEXT NOT NULL,
            reason TEXT NOT NULL
        ) STRICT;
        CREATE INDEX analysis_failure_of_study ON analysis_failure (study_id);

        """

    private static let readings = """
        CREATE TABLE claim (
            study_id INTEGER PRIMARY KEY REFERENCES study (id),
            reader TEXT NOT NULL,
            session TEXT NOT NULL,
            since TEXT NOT NULL,
            expires TEXT NOT NULL,
            state_before TEXT NOT NULL
        ) STRICT;

        CREATE TABLE draft (
            study_id INTEGER NOT NULL REFERENCES study (id),
            reader TEXT NOT NULL,
            saved_at TEXT NOT NULL,
            record TEXT NOT NULL,
            PRIMARY KEY (study_id, reader)
        ) STRICT;

        CREATE TABLE sign_off (
            number INTEGER PRIMARY KEY,
            study_id INTEGER NOT NULL REFERENCES study (id),
            reader TEXT NOT NULL AS (json_extract(record, '$.reader')),
            signed_at TEXT NOT NULL AS (json_extract(record, '$.signed_at')),
            audit_sequence INTEGER NOT NULL UNIQUE REFERENCES audit_event (sequence),
            sha256 TEXT NOT NULL,
            record TEXT NOT NULL
        ) STRICT;
        CREATE INDEX sign_off_of_study ON sign_off (study_id);

        """

    private static let audit = """
        CREATE TABLE audit_event (
            sequence INTEGER PRIMARY KEY,
            timestamp TEXT NOT NULL,
            actor TEXT NOT NULL,
            kind TEXT NOT NULL,
            study INTEGER,
            detail TEXT NOT NULL,
            previous_hash TEXT NOT NULL,
            hash TEXT NOT NULL
        ) STRICT;
        CREATE INDEX audit_event_of_study ON audit_event (study, sequence);

        CREATE TABLE audit_head (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            count INTEGER NOT NULL,
            hash TEXT NOT NULL
        ) STRICT;
        INSERT INTO audit_head VALUES (1, 0, '\(AuditChain.genesis.hexadecimal)');

        CREATE TABLE change_counter (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            value INTEGER NOT NULL
        ) STRICT;
        INSERT INTO change_counter VALUES (1, 0);

        CREATE TRIGGER audit_event_follows BEFORE INSERT ON audit_event
        WHEN NEW.sequence IS NOT (SELECT count + 1 FROM audit_head)
            OR NEW.previous_hash IS NOT (SELECT hash FROM audit_head)
        BEGIN SELECT RAISE (ABORT, 'an audit event must follow the last one'); END;
        CREATE TRIGGER audit_head_moves_on BEFORE UPDATE ON audit_head
        WHEN NEW.count IS NOT OLD.count + 1
            OR NEW.hash IS NOT (SELECT hash FROM audit_event WHERE sequence = NEW.count)
        BEGIN SELECT RAISE (ABORT, 'the audit trail only grows'); END;
        CREATE TRIGGER audit_head_stays BEFORE DELETE ON audit_head
        BEGIN SELECT RAISE (ABORT, 'the audit trail only grows'); END;

        """
        + ["audit_event", "sign_off", "analysis", "analysis_failure"].map(unchangeable).joined()

    private static func unchangeable(_ table: String) -> String {
        """
        CREATE TRIGGER \(table)_no_update BEFORE UPDATE ON \(table)
        BEGIN SELECT RAISE (ABORT, 'rows of \(table) are never changed'); END;
        CREATE TRIGGER \(table)_no_delete BEFORE DELETE ON \(table)
        BEGIN SELECT RAISE (ABORT, 'rows of \(table) are never removed'); END;

        """
    }
}
