// What seals and opens: data keys under the master key, and hashes to search by.

import Crypto
import Foundation
import GRDB
import Radiology
import Synchronization

/// The keys of one home.
///
/// The master key (outside the database) wraps data keys (inside). A sealed value is
///
///     version 1 (one byte), number of its data key (4 bytes, big endian),
///     nonce (12 bytes, random), AES-256-GCM ciphertext, tag (16 bytes)
///
/// with the context, a text that says where the value belongs, as associated data: a value that is
/// moved to another row does not open.
final class Vault: Sendable {
    /// Bytes that sealing adds.
    static let overhead = 33
    private static let version: UInt8 = 1

    private struct Keys {
        var master: SymmetricKey
        var data: [UInt32: SymmetricKey]
        var current: UInt32
        var search: SymmetricKey
    }

    private let keys: Mutex<Keys>

    /// Reads the keys of a database; throws `keyWrong` where the master key does not open them.
    init(master: SymmetricKey, _ db: Database) throws {
        keys = Mutex(try Self.load(master, db))
    }

    /// Makes the first keys of a database.
    static func prepare(master: SymmetricKey, _ db: Database, at time: Timestamp) throws {
        for number in [UInt32(0), 1] {
            let key = SymmetricKey(size: .bits256)
            try insert(key, number: number, master: master, db, at: time)
        }
    }

    /// Seals bytes for one place.
    func seal(_ bytes: [UInt8], _ context: String) throws -> [UInt8] {
        let (number, key) = keys.withLock { ($0.current, $0.data[$0.current] ?? $0.master) }
        return try Self.seal(bytes, context, number: number, key: key)
    }

    /// Opens what was sealed for the same place.
    func open(_ sealed: [UInt8], _ context: String) throws -> [UInt8] {
        try Array(opened(sealed, context))
    }

    /// The same without a copy.
    func opened(_ sealed: [UInt8], _ context: String) throws -> Data {
        guard sealed.count >= Self.overhead, sealed[0] == Self.version else {
            throw RecordsError.damaged(task: .open, detail: "a sealed value has no valid form")
        }
        let number = Self.number(of: sealed)
        guard let key = keys.withLock({ $0.data[number] }) else {
            throw RecordsError.sealBroken(detail: "of key \(number), which is not known")
        }
        return try Self.open(sealed[5...], context, key: key)
    }

    /// The number of the data key that a sealed value needs.
    static func number(of sealed: [UInt8]) -> UInt32 {
        sealed[1...4].reduce(0) { $0 << 8 | UInt32($1) }
    }

    /// The number of the data key that seals now.
    var current: UInt32 { keys.withLock { $0.current } }

    /// The keyed hash (HMAC-SHA-256, the first 16 bytes) of a value of a kind, to search by.
    func searchHash(_ kind: String, _ value: String) -> [UInt8] {
        let key = keys.withLock { $0.search }
        let code = HMAC<SHA256>.authenticationCode(
            for: Array("\(kind)\u{0}\(value)".utf8), using: key)
        return Array(code.prefix(16))
    }

    /// Reads the keys again, since another process may have made new ones.
    func reload(_ db: Database) throws {
        let master = keys.withLock { $0.master }
        let loaded = try Self.load(master, db)
        keys.withLock { $0 = loaded }
    }

    /// Makes a data key that seals from now on; gives its number.
    func addDataKey(_ db: Database, at time: Timestamp) throws -> UInt32 {
        let master = keys.withLock { $0.master }
        let last = try UInt32.fetchOne(db, sql: "SELECT max(number) FROM sealing_key") ?? 0
        try Self.insert(
            SymmetricKey(size: .bits256), number: last + 1, master: master, db, at: time)
        try reload(db)
        return last + 1
    }

    /// Wraps every key with another master key, which opens the home from then on.
    func rewrap(with master: SymmetricKey, _ db: Database) throws {
        let present = keys.withLock { $0 }
        var all = present.data
        all[0] = present.search
        for (number, key) in all {
            try db.execute(
                sql: "UPDATE sealing_key SET wrapped = ? WHERE number = ?",
                arguments: [Data(try Self.wrap(key, number: number, master: master)), number])
        }
        keys.withLock { $0.master = master }
    }

    private static func load(_ master: SymmetricKey, _ db: Database) throws -> Keys {
        var loaded: [UInt32: SymmetricKey] = [:]
        for row in try Row.fetchAll(db, sql: "SELECT number, wrapped FROM sealing_key") {
            let number: UInt32 = row[0]
            let wrapped: Data = row[1]
            do {
                let bytes = try open(
                    [UInt8](wrapped)[5...], "wetread-key-\(number)", key: master)
                loaded[number] = SymmetricKey(data: bytes)
            } catch { throw RecordsError.keyWrong }
        }
        guard let search = loaded.removeValue(forKey: 0), let current = loaded.keys.max() else {
            throw RecordsError.damaged(task: .open, detail: "the sealing keys are missing")
        }
        return Keys(master: master, data: loaded, current: current, search: search)
    }

    private static func insert(
        _ key: SymmetricKey, number: UInt32, master: SymmetricKey, _ db: Database,
        at time: Timestamp
    ) throws {
        try db.execute(
            sql: "INSERT INTO sealing_key (number, wrapped, created_at) VALUES (?, ?, ?)",
            arguments: [number, Data(try wrap(key, number: number, master: master)), time.text])
    }

    private static func wrap(
        _ key: SymmetricKey, number: UInt32, master: SymmetricKey
    ) throws -> [UInt8] {
        try seal(
            key.withUnsafeBytes { Array($0) }, "wetread-key-\(number)", number: 0, key: master)
    }

    /// Seals with a key in hand.
    static func seal(
        _ bytes: [UInt8], _ context: String, number: UInt32, key: SymmetricKey
    ) throws -> [UInt8] {
        let box = try AES.GCM.seal(bytes, using: key, authenticating: Array(context.utf8))
        var sealed: [UInt8] = []
        sealed.reserveCapacity(bytes.count + overhead)
        sealed.append(version)
        for shift in [UInt32(24), 16, 8, 0] {
            sealed.append(UInt8(truncatingIfNeeded: number >> shift))
        }
        sealed.append(contentsOf: box.nonce)
        sealed.append(contentsOf: box.ciphertext)
        sealed.append(contentsOf: box.tag)
        return sealed
    }

    /// Opens nonce, ciphertext and tag with a key in hand.
    static func open(
        _ combined: ArraySlice<UInt8>, _ context: String, key: SymmetricKey
    ) throws -> Data {
        do {
            let box = try AES.GCM.SealedBox(combined: combined)
            return try AES.GCM.open(box, using: key, authenticating: Array(context.utf8))
        } catch {
            throw RecordsError.sealBroken(detail: "of \(context.prefix { $0 != ":" })")
        }
    }
}
