// Version 5: peer review.

extension Schema {
    static let peers =
        """
        CREATE TABLE peer_review (
            number INTEGER PRIMARY KEY,
            study_id INTEGER NOT NULL REFERENCES study (id),
            signer TEXT NOT NULL,
            offered_at TEXT NOT NULL
        ) STRICT;
        CREATE TABLE peer_verdict (
            id INTEGER PRIMARY KEY,
            review INTEGER NOT NULL REFERENCES peer_review (number),
            kind TEXT NOT NULL CHECK (kind IN ('score', 'adjudication')),
            by TEXT NOT NULL,
            at TEXT NOT NULL,
            score TEXT NOT NULL,
            pathology TEXT,
            sealed BLOB NOT NULL,
            UNIQUE (review, kind)
        ) STRICT;

        """
        + unchangeable("peer_review", "number, study_id, signer, offered_at")
        + unchangeable("peer_verdict", "id, review, kind, by, at, score, pathology")
}
