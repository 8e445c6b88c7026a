"""Checks the audit trail of a Wetread database without any code of Wetread.

Written from the description in Sources/Records/AuditChain.swift alone; needs only Python and its
sqlite3. Prints `whole <events> <hash of the last>` and exits 0, or `broken <event> <why>` and exits 1.

    python3 verify_audit.py wetread.sqlite
"""

import hashlib
import json
import sqlite3
import sys


def canonical(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def broken(sequence, why):
    print("broken", sequence, why)
    sys.exit(1)


def main(path):
    database = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    signed = dict(database.execute("SELECT audit_sequence, record FROM sign_off"))
    count, head = 0, "0" * 64
    rows = database.execute(
        "SELECT sequence, timestamp, actor, kind, study, detail, previous_hash, hash"
        " FROM audit_event ORDER BY sequence"
    )
    for sequence, timestamp, actor, kind, study, detail, previous, stored in rows:
        if sequence != count + 1:
            broken(count + 1, "missing")
        event = {
            "actor": actor, "detail": detail, "format": "wetread-audit-1", "kind": kind,
            "previous": previous, "sequence": sequence, "study": study, "timestamp": timestamp,
        }
        if hashlib.sha256(canonical(event)).hexdigest() != stored:
            broken(sequence, "changed")
        if previous != head:
            broken(sequence, "not following")
        if kind == "signed":
            record = signed.pop(sequence, "")
            digest = hashlib.sha256(record.encode()).hexdigest()
            if json.loads(detail)["record_sha256"] != digest:
                broken(sequence, "signed record")
            if canonical(json.loads(record)).decode() != record:
                broken(sequence, "signed record not canonical")
        count, head = sequence, stored
    recorded, recorded_head = database.execute("SELECT count, hash FROM audit_head").fetchone()
    if recorded > count:
        broken(count + 1, "truncated")
    if recorded < count:
        broken(recorded + 1, "beyond end")
    if recorded_head != head:
        broken(count, "head")
    if signed:
        broken(min(signed), "signed record without event")
    print("whole", count, head)


main(sys.argv[1])
