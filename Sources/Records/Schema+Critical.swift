// Version 4: critical results, signed checkpoints of the trail, addenda that are due.

extension Schema {
    static let critical =
        """
        ALTER TABLE study ADD COLUMN addendum_due TEXT;

        CREATE TABLE critical_result (
            number INTEGER PRIMARY KEY,
            study_id INTEGER NOT NULL REFERENCES study (id),
            pathology TEXT NOT NULL,
            category TEXT NOT NULL,
            acr_category TEXT NOT NULL,
            limit_seconds REAL NOT NULL,
            rule TEXT NOT NULL,
            analysis TEXT NOT NULL,
            raised_at TEXT NOT NULL,
            due_at TEXT NOT NULL,
            UNIQUE (study_id, pathology)
        ) STRICT;
        CREATE TABLE critical_step (
            id INTEGER PRIMARY KEY,
            critical_result INTEGER NOT NULL REFERENCES critical_result (number),
            kind TEXT NOT NULL,
            at TEXT NOT NULL,
            by TEXT NOT NULL,
            sealed BLOB NOT NULL
        ) STRICT;
        CREATE INDEX critical_step_of_result ON critical_step (critical_result);

        CREATE TABLE audit_checkpoint (
            sequence INTEGER PRIMARY KEY REFERENCES audit_event (sequence),
            made_at TEXT NOT NULL,
            line TEXT NOT NULL
        ) STRICT;

        """
        + unchangeable(
            "critical_result",
            """
            number, study_id, pathology, category, acr_category, limit_seconds, rule, analysis,
            raised_at, due_at
            """)
        + unchangeable("critical_step", "id, critical_result, kind, at, by")
        + unchangeable("audit_checkpoint", "sequence, made_at, line")
}
