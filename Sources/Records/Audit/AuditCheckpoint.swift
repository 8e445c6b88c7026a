// Signed checkpoints: what makes a shortened or rewritten trail visible.

import Crypto
import Foundation
import GRDB
import Radiology

/// A signed statement that the trail stood at an event with a hash.
///
/// One line of text, in the database and in a second file (and on syslog, where asked for):
///
///     wetread-checkpoint-1 <sequence> <hash of the event> <time> <public key> <signature>
///
/// all hexadecimal but sequence and time. The signature (Ed25519, RFC 8032) is over the line up to
/// and without the space before it.
struct AuditCheckpoint: Hashable, Sendable {
    let sequence: Int64
    let hash: String
    let publicKey: String
    let line: String

    /// Signs a state of the trail.
    init(sequence: Int64, hash: String, at time: Timestamp, key: Curve25519.Signing.PrivateKey)
        throws
    {
        self.sequence = sequence
        self.hash = hash
        publicKey = ContentHash.hexadecimal([UInt8](key.publicKey.rawRepresentation))
        let statement = "wetread-checkpoint-1 \(sequence) \(hash) \(time.text) \(publicKey)"
        let signature = try key.signature(for: Data(statement.utf8))
        line = "\(statement) \(ContentHash.hexadecimal([UInt8](signature)))"
    }

    /// Reads a line; nil where it is none, or its signature is not right.
    init?(line: String) {
        let parts = line.split(separator: " ").map(String.init)
        guard parts.count == 6, parts[0] == "wetread-checkpoint-1",
            let sequence = Int64(parts[1]), let keyHash = ContentHash(hexadecimal: parts[4]),
            parts[5].count == 128,
            let first = ContentHash(hexadecimal: String(parts[5].prefix(64))),
            let second = ContentHash(hexadecimal: String(parts[5].suffix(64))),
            let key = try? Curve25519.Signing.PublicKey(rawRepresentation: keyHash.bytes)
        else { return nil }
        let statement = parts.prefix(5).joined(separator: " ")
        guard
            key.isValidSignature(first.bytes + second.bytes, for: Data(statement.utf8))
        else { return nil }
        self.sequence = sequence
        hash = parts[2]
        publicKey = parts[4]
        self.line = line
    }
}

/// Where checkpoints are signed and kept.
struct CheckpointKeeper: Sendable {
    /// Events between two checkpoints.
    static let interval: Int64 = 100
    /// Or after so many seconds, where there is any event.
    static let intervalSeconds = 3600.0

    /// LOG_AUTHPRIV | LOG_INFO; the macros do not reach Swift.
    private static let syslogPriority: Int32 = 10 << 3 | 6

    let home: HomeFolder
    let settings: RecordSettings

    private var keyPath: String { settings.auditKeyFile ?? home.path + "/audit-key" }
    /// The second file: outside the database, better outside the machine.
    var filePath: String { settings.checkpointFile ?? home.path + "/audit-checkpoints" }

    /// The signing key, made where it is missing.
    func signingKey() throws -> Curve25519.Signing.PrivateKey {
        if access(keyPath, F_OK) != 0 {
            try? MasterKey.write(SymmetricKey(size: .bits256), to: keyPath)
        }
        let found = try MasterKey.find(
            .environment(["WETREAD_KEY_FILE": keyPath]), home: home, mayCreate: false)
        return try Curve25519.Signing.PrivateKey(
            rawRepresentation: found.key.withUnsafeBytes { Data($0) })
    }

    /// The public key that the lines must bear; nil where there is no signing key.
    func publicKey() -> String? {
        guard access(keyPath, R_OK) == 0, let key = try? signingKey() else { return nil }
        return ContentHash.hexadecimal([UInt8](key.publicKey.rawRepresentation))
    }

    /// Adds lines to the second file, and to syslog where asked for.
    func publish(_ lines: [String]) {
        if lines.isEmpty { return }
        let descriptor = Foundation.open(
            filePath, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        if descriptor >= 0 {
            let bytes = Array(lines.map { $0 + "\n" }.joined().utf8)
            _ = Foundation.write(descriptor, bytes, bytes.count)
            fsync(descriptor)
            close(descriptor)
        }
        if settings.sendsCheckpointsToSyslog {
            for line in lines {
                withVaList([]) { vsyslog(Self.syslogPriority, line, $0) }
            }
        }
    }

    /// The lines of the second file; nil where there is none.
    func publishedLines() -> [String]? {
        guard let data = FileManager.default.contents(atPath: filePath) else { return nil }
        return String(decoding: data, as: UTF8.self).split(separator: "\n").map(String.init)
    }
}

extension RecordStore {
    var checkpoints: CheckpointKeeper { CheckpointKeeper(home: home, settings: settings) }

    /// Signs a checkpoint where enough events have passed since the last; gives its line.
    func addCheckpoint(isForced: Bool = false, in db: Database) throws -> String? {
        let statement = try db.cachedStatement(
            sql: """
                SELECT h.count, h.hash, coalesce(c.sequence, 0), c.made_at FROM audit_head h
                LEFT JOIN audit_checkpoint c
                ON c.sequence = (SELECT max(sequence) FROM audit_checkpoint)
                """)
        guard let row = try Row.fetchOne(statement) else { return nil }
        let count: Int64 = row[0]
        let last: Int64 = row[2]
        let made: Timestamp? = try .stored(row[3] as String?)
        let isOld = made.map { $0.adding(seconds: CheckpointKeeper.intervalSeconds) < now }
        let isDue = count - last >= CheckpointKeeper.interval || isOld ?? false
        guard count > last, isForced || isDue else { return nil }
        let checkpoint = try AuditCheckpoint(
            sequence: count, hash: row[1], at: now, key: checkpoints.signingKey())
        try db.execute(
            sql: "INSERT INTO audit_checkpoint (sequence, made_at, line) VALUES (?, ?, ?)",
            arguments: [count, now.text, checkpoint.line])
        return checkpoint.line
    }

    /// Signs a checkpoint of the trail as it stands, and gives its line to be kept elsewhere.
    public func checkpointAudit() throws(RecordsError) -> String? {
        let line = try write(.maintain) { db in
            try addCheckpoint(isForced: true, in: db)
                ?? String.fetchOne(
                    db, sql: "SELECT line FROM audit_checkpoint ORDER BY sequence DESC LIMIT 1")
        }
        publishMissing()
        return line
    }

    /// Brings the second file up to date with the database.
    func publishMissing() {
        let known = Set(checkpoints.publishedLines() ?? [])
        let lines = try? read(.open) { db in
            try String.fetchAll(db, sql: "SELECT line FROM audit_checkpoint ORDER BY sequence")
        }
        checkpoints.publish((lines ?? []).filter { !known.contains($0) })
    }
}
