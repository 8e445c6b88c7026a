// Changing keys, and sealing what an older version left in the open.

import Crypto
import Foundation
import GRDB
import Radiology

/// Names of the files of a rotation.
enum KeyRotation {
    /// The next key beside the present one, until the database is wrapped with it.
    static func nextName(_ file: String) -> String { file + ".next" }
}

/// What a rotation of keys did.
public struct KeyRotationResult: Hashable, Sendable {
    /// Values in the database that were sealed anew.
    public let valueCount: Int
    /// Stored objects that were sealed anew.
    public let objectCount: Int
}

extension RecordStore {
    /// Gives the home a new key: the key file, and the keys that seal the data.
    ///
    /// First the new key file is written beside the old one, then all data keys are wrapped with it
    /// in one transaction, then the file takes its place: cut off anywhere, the home opens with one
    /// of the two. Then everything is sealed anew with a new data key.
    /// - Parameter newKey: 64 hexadecimal digits, where the key does not lie in a file; the caller
    ///   sees to it that it is given from then on.
    public func rotateKeys(newKey: String? = nil) throws(RecordsError) -> KeyRotationResult {
        let present = try MasterKey.find(settings.keys, home: home, mayCreate: false)
        let next: SymmetricKey
        if let newKey {
            next = try MasterKey.parse(newKey, from: "the new key")
        } else {
            next = SymmetricKey(size: .bits256)
        }
        if let file = present.file {
            unlink(KeyRotation.nextName(file))
            try MasterKey.write(next, to: KeyRotation.nextName(file))
        } else if newKey == nil {
            throw .keyUnusable(reason: "it does not lie in a file: give the new one")
        }
        try write(.maintain) { db in
            try vault.reload(db)
            try vault.rewrap(with: next, db)
            _ = try vault.addDataKey(db, at: now)
            try db.appendAudit(
                .keyRotated, study: nil, actor: actorID ?? ReaderID("system"), at: now,
                detail: ["data_key": .integer(Int64(vault.current))])
        }
        if let file = present.file, rename(KeyRotation.nextName(file), file) != 0 {
            throw .system(task: .maintain, operation: "replacing the key file", code: errno)
        }
        let values = try resealRows()
        return KeyRotationResult(valueCount: values, objectCount: try resealObjects())
    }

    /// Seals with the present data key what another one sealed, some hundred rows at a time.
    private func resealRows() throws(RecordsError) -> Int {
        var count = 0
        for table in SealedTable.all {
            var after: Int64 = 0
            while true {
                let last = try write(.maintain) { db in try reseal(table, after: after, in: db) }
                guard let last else { break }
                after = last.rowid
                count += last.count
            }
        }
        return count
    }

    private func reseal(
        _ table: SealedTable, after: Int64, in db: Database
    ) throws -> (rowid: Int64, count: Int)? {
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT rowid, sealed, \(table.contextColumns) FROM \(table.name)
                WHERE rowid > ? AND sealed IS NOT NULL ORDER BY rowid LIMIT 200
                """, arguments: [after])
        guard let last = rows.last else { return nil }
        var count = 0
        for row in rows {
            let sealed = [UInt8](row[1] as Data)
            if sealed.isEmpty || Vault.number(of: sealed) == vault.current { continue }
            let context = table.context(row)
            let bytes = try vault.open(sealed, context)
            try db.execute(
                sql: "UPDATE \(table.name) SET sealed = ? WHERE rowid = ?",
                arguments: [Data(try vault.seal(bytes, context)), row[0] as Int64])
            count += 1
        }
        return (last[0], count)
    }

    private func resealObjects() throws(RecordsError) -> Int {
        let texts = try read(.maintain) { db in
            try String.fetchAll(db, sql: "SELECT DISTINCT sha256 FROM image")
        }
        var count = 0
        for text in texts {
            guard let hash = ContentHash(hexadecimal: text),
                let bytes = try objects.bytes(of: hash), ContentHash(of: bytes) == hash
            else { continue }
            try objects.store([ObjectStore.Object(hash: hash, bytes: bytes)])
            count += 1
        }
        return count
    }

    /// Seals the objects that a version before sealing left; ends at once where there are none.
    func sealPlainObjects() throws(RecordsError) {
        let hashes = try read(.open) { db in
            guard
                try String.fetchOne(db, sql: "SELECT value FROM home_state WHERE name = 'objects'")
                    != nil
            else { return [String]() }
            return try String.fetchAll(db, sql: "SELECT DISTINCT sha256 FROM image")
        }
        if hashes.isEmpty { return }
        for text in hashes {
            guard let hash = ContentHash(hexadecimal: text),
                let bytes = try objects.bytes(of: hash), ContentHash(of: bytes) == hash,
                !objects.contains(hash, byteCount: bytes.count)
            else { continue }
            try objects.store([ObjectStore.Object(hash: hash, bytes: bytes)])
        }
        try write(.open) { db in
            try db.execute(sql: "DELETE FROM home_state WHERE name = 'objects'")
        }
    }

    /// The studies that a word finds: a whole word of the patient's name, the patient's identifier,
    /// the accession number, or the Study Instance UID; by keyed hash, nothing is opened.
    public func studies(foundBy word: String) throws(RecordsError) -> [StudyID] {
        guard let hash = StudyFields.searchHash(word, vault) else { return [] }
        return try read(.readWorklist) { db in
            try Int64.fetchAll(
                db, sql: "SELECT study_id FROM study_search WHERE hash = ? ORDER BY study_id",
                arguments: [Data(hash)]
            ).map { StudyID($0) }
        }
    }
}

/// A table with a `sealed` column, and what its values belong to.
struct SealedTable {
    let name: String
    let contextColumns: String
    /// The context of a row whose columns from the third on are `contextColumns`.
    let context: @Sendable (Row) -> String

    static let all: [SealedTable] = [
        SealedTable(name: "study", contextColumns: "id") { "study:\($0[2] as Int64)" },
        SealedTable(name: "image", contextColumns: "id") { "image:\($0[2] as Int64)" },
        SealedTable(name: "analysis", contextColumns: "id") { Vault.analysis($0[2]) },
        SealedTable(name: "sign_off", contextColumns: "audit_sequence") { Vault.signOff($0[2]) },
        SealedTable(name: "peer_verdict", contextColumns: "id") { Vault.peerVerdict($0[2]) },
        SealedTable(name: "peer_reading", contextColumns: "id") { Vault.peerReading($0[2]) },
        SealedTable(name: "first_impression", contextColumns: "id") {
            Vault.firstImpression($0[2])
        },
        SealedTable(name: "retention_hold", contextColumns: "id") { Vault.hold($0[2]) },
        SealedTable(name: "critical_step", contextColumns: "id") { Vault.criticalStep($0[2]) },
        SealedTable(name: "draft", contextColumns: "study_id, reader") {
            Vault.draft(StudyID($0[2]), ReaderID($0[3]))
        },
    ]
}
