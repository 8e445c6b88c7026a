"""Copies the studies of a home until its worklist is long, sealing each copy for its own row.

What a row's value looks like stands in Sources/Records/Sealing (Vault, StudyFields): AES-256-GCM
under a data key of the database, which the file `key` of the home wraps. This script opens and seals
with OpenSSL's libcrypto, none of our code.
"""

import ctypes
import ctypes.util
import os
import sqlite3
import uuid

crypto = ctypes.CDLL(ctypes.util.find_library("crypto"))
for name in ("EVP_CIPHER_CTX_new", "EVP_aes_256_gcm"):
    getattr(crypto, name).restype = ctypes.c_void_p
SET_TAG, GET_TAG = 0x11, 0x10
OVERHEAD = 33


def _run(key, nonce, context, text, tag):
    """Seals (tag None) or opens; gives the bytes and the tag."""
    cipher = ctypes.c_void_p(crypto.EVP_CIPHER_CTX_new())
    start = crypto.EVP_DecryptInit_ex if tag else crypto.EVP_EncryptInit_ex
    update = crypto.EVP_DecryptUpdate if tag else crypto.EVP_EncryptUpdate
    finish = crypto.EVP_DecryptFinal_ex if tag else crypto.EVP_EncryptFinal_ex
    out = ctypes.create_string_buffer(len(text) + 16)
    length = ctypes.c_int()
    start(cipher, ctypes.c_void_p(crypto.EVP_aes_256_gcm()), None, key, nonce)
    update(cipher, None, ctypes.byref(length), context, len(context))
    update(cipher, out, ctypes.byref(length), text, len(text))
    if tag:
        crypto.EVP_CIPHER_CTX_ctrl(cipher, SET_TAG, 16, tag)
    good = finish(cipher, None, ctypes.byref(length))
    made = ctypes.create_string_buffer(16)
    if not tag:
        crypto.EVP_CIPHER_CTX_ctrl(cipher, GET_TAG, 16, made)
    crypto.EVP_CIPHER_CTX_free(cipher)
    if good != 1:
        raise ValueError("a sealed value does not open")
    return out.raw[: len(text)], made.raw


def opened(key, sealed, context):
    return _run(key, sealed[5:17], context.encode(), sealed[17:-16], sealed[-16:])[0]


def sealed(key, number, text, context):
    nonce = os.urandom(12)
    body, tag = _run(key, nonce, context.encode(), text, None)
    return b"\x01" + number.to_bytes(4, "big") + nonce + body + tag


def data_key(base, home):
    """The data key that seals now, and its number."""
    master = bytes.fromhex(open(os.path.join(home, "key"), encoding="ascii").read().strip())
    number, wrapped = base.execute(
        "SELECT number, wrapped FROM sealing_key ORDER BY number DESC LIMIT 1").fetchone()
    return opened(master, wrapped, f"wetread-key-{number}"), number


def renamed(fields, prefix):
    """The sealed fields with a prefix before the family name, the first field (one length byte)."""
    if fields[0] + len(prefix) >= 0x80:
        return fields
    return bytes([fields[0] + len(prefix)]) + prefix + fields[1:]


def lengthen(home, count):
    """Copies studies, each with its first image and its analysis, until there are `count`.

    100,000 of them are a database of some two gigabytes, as they are in a department.
    """
    base = sqlite3.connect(os.path.join(home, "wetread.sqlite"))
    key, number = data_key(base, home)
    studies, images, analyses = {}, {}, {}
    columns, image_columns, analysis_columns = (
        [row[1] for row in base.execute(f"PRAGMA table_info({table})")]
        for table in ("study", "image", "analysis"))
    for row in base.execute("SELECT * FROM study WHERE latest_sign_off IS NULL"):
        study = dict(zip(columns, row))
        studies[study["id"]] = study
        study["fields"] = opened(key, study["sealed"], f"study:{study['id']}")
    for row in base.execute("SELECT * FROM image ORDER BY id DESC"):
        image = dict(zip(image_columns, row))
        images[image["study_id"]] = image
        image["fields"] = opened(key, image["sealed"], f"image:{image['id']}")
    for row in base.execute("SELECT * FROM analysis"):
        analysis = dict(zip(analysis_columns, row))
        analyses[analysis["number"]] = analysis
        analysis["text"] = opened(key, analysis["sealed"], f"analysis:{analysis['id']}")
    have = base.execute("SELECT count(*) FROM study").fetchone()[0]
    next_study = base.execute("SELECT max(id) FROM study").fetchone()[0] + 1
    next_image = base.execute("SELECT max(id) FROM image").fetchone()[0] + 1
    next_analysis = base.execute("SELECT max(number) FROM analysis").fetchone()[0] + 1
    order = sorted(studies)

    def insert(table, names, row):
        base.execute(f"INSERT INTO {table} ({', '.join(names)}) "
                     f"VALUES ({', '.join('?' for _ in names)})", [row[name] for name in names])

    for index in range(count - have):
        study = studies[order[index % len(order)]]
        image = images[study["id"]]
        fields = renamed(study["fields"], b"N%d" % index)
        moment = f"2025-{1 + index % 12:02}-{1 + index % 28:02}T{index % 24:02}:{index % 60:02}:00.000000Z"
        latest = None
        if study["latest_analysis"] is not None:
            latest, name = next_analysis + index, str(uuid.uuid4()).upper()
            analysis = analyses[study["latest_analysis"]]
            text = sealed(key, number, analysis["text"], f"analysis:{name}")
            insert("analysis", analysis_columns, dict(
                analysis, number=latest, id=name, study_id=next_study + index, sealed=text))
        insert("study", columns, dict(
            study, id=next_study + index, uid_hash=os.urandom(16), received_at=moment,
            latest_analysis=latest,
            sealed=sealed(key, number, fields, f"study:{next_study + index}")))
        insert("image", image_columns, dict(
            image, id=next_image + index, study_id=next_study + index, uid_hash=os.urandom(16),
            sealed=sealed(key, number, image["fields"], f"image:{next_image + index}")))
    base.execute("UPDATE change_counter SET value = value + 1")
    base.commit()
    base.close()
