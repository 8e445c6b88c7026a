"""Checks the audit trail of a Wetread database without any code of Wetread.

Written from the descriptions in Sources/Records/AuditChain.swift and Sealing/Vault.swift alone;
needs only Python, its sqlite3 and the OpenSSL that Python itself uses. The key is the file `key`
beside the database. Prints `whole <events> <hash of the last>` and exits 0, or `broken <event> <why>` and exits 1.

    python3 verify_audit.py wetread.sqlite
"""

import ctypes
import ctypes.util
import hashlib
import json
import os
import sqlite3
import sys

SET_TAG = 0x11  # EVP_CTRL_AEAD_SET_TAG


def aes_256_gcm_open(key, nonce, sealed, tag, context):
    """The plain bytes; None where they do not open."""
    openssl = ctypes.CDLL(ctypes.util.find_library("crypto"))
    for name in ("EVP_CIPHER_CTX_new", "EVP_aes_256_gcm"):
        getattr(openssl, name).restype = ctypes.c_void_p
    state = ctypes.c_void_p(openssl.EVP_CIPHER_CTX_new())
    plain, length = ctypes.create_string_buffer(len(sealed) + 16), ctypes.c_int()
    cipher = ctypes.c_void_p(openssl.EVP_aes_256_gcm())
    try:
        openssl.EVP_DecryptInit_ex(state, cipher, None, key, nonce)
        openssl.EVP_DecryptUpdate(state, None, ctypes.byref(length), context, len(context))
        openssl.EVP_DecryptUpdate(state, plain, ctypes.byref(length), sealed, len(sealed))
        openssl.EVP_CIPHER_CTX_ctrl(state, SET_TAG, 16, ctypes.create_string_buffer(tag, 16))
        whole = openssl.EVP_DecryptFinal_ex(state, None, ctypes.byref(length))
    finally:
        openssl.EVP_CIPHER_CTX_free(state)
    return plain.raw[: len(sealed)] if whole == 1 else None


def opened(keys, value, context):
    """Opens version (1), key number (4), nonce (12), ciphertext, tag (16)."""
    key = keys.get(int.from_bytes(value[1:5], "big"))
    if value[:1] != b"\x01" or key is None:
        return None
    return aes_256_gcm_open(key, value[5:17], value[17:-16], value[-16:], context.encode())


def data_keys(database, path):
    master = bytes.fromhex(open(os.path.join(os.path.dirname(path), "key")).read())
    rows = database.execute("SELECT number, wrapped FROM sealing_key")
    return {number: opened({0: master}, wrapped, f"wetread-key-{number}") for number, wrapped in rows}


def canonical(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def broken(sequence, why):
    print("broken", sequence, why)
    sys.exit(1)


def main(path):
    database = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    keys = data_keys(database, path)
    signed = {
        sequence: (opened(keys, sealed, f"sign-off:{sequence}") or b"").decode()
        for sequence, sealed in database.execute("SELECT audit_sequence, sealed FROM sign_off")
    }
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
