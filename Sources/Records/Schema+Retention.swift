// Version 6: retention with holds; first impressions and second readings that stay.

extension Schema {
    static let retention =
        """
        ALTER TABLE study ADD COLUMN removed_at TEXT;
        ALTER TABLE image ADD COLUMN removed_at TEXT;

        CREATE TABLE retention_hold (
            id INTEGER PRIMARY KEY,
            study_id INTEGER NOT NULL REFERENCES study (id),
            placed_at TEXT NOT NULL,
            by TEXT NOT NULL,
            ended_at TEXT,
            sealed BLOB NOT NULL
        ) STRICT;
        CREATE UNIQUE INDEX retention_hold_in_force ON retention_hold (study_id)
            WHERE ended_at IS NULL;

        CREATE TABLE first_impression (
            id INTEGER PRIMARY KEY,
            study_id INTEGER NOT NULL REFERENCES study (id),
            reader TEXT NOT NULL,
            locked_at TEXT NOT NULL,
            sealed BLOB NOT NULL,
            UNIQUE (study_id, reader)
        ) STRICT;

        CREATE TABLE peer_reading (
            id INTEGER PRIMARY KEY,
            review INTEGER NOT NULL UNIQUE REFERENCES peer_review (number),
            by TEXT NOT NULL,
            at TEXT NOT NULL,
            sealed BLOB NOT NULL
        ) STRICT;

        """
        + unchangeable("peer_reading", "id, review, by, at")
        + unchangeable("retention_hold", "id, study_id, placed_at, by")
        + unchangeable("first_impression", "id, study_id, reader, locked_at")
}
