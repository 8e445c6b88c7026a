// Copies of a home: consistent while it is used, checked by reading them again.

import Crypto
import Foundation
import GRDB
import Radiology

/// What a backup holds.
public struct BackupSummary: Hashable, Sendable, Codable {
    /// Studies in it.
    public let studyCount: Int
    /// Stored objects in it.
    public let objectCount: Int
    /// Bytes in all.
    public let byteCount: Int
    /// Events of the audit trail in it.
    public let eventCount: Int64
}

/// The list of a backup's files.
private struct Manifest: Codable {
    struct File: Codable {
        let path: String
        let byteCount: Int
        let sha256: String
    }

    static let name = "manifest.json"
    var format = "wetread-backup-1"
    var files: [File] = []
}

extension RecordStore {
    private static let database = "wetread.sqlite"
    /// Beside database and objects; never the keys.
    private static let smallFiles = [
        "audit-checkpoints", "config.toml", "keys.toml", "critical.toml",
    ]

    /// Copies the home into a new folder while it is used, reads everything again and compares.
    ///
    /// Everything stays sealed; the key is not copied and must be kept elsewhere. The trail gets
    /// its event after the copy.
    public func backUp(to folder: URL) throws(RecordsError) -> BackupSummary {
        _ = try read(.backup) { _ in true }
        let target = HomeFolder(folder)
        if access(target.path, F_OK) == 0 { throw .backupUnusable(reason: "it exists already") }
        try target.prepare()
        do {
            try copyDatabase(to: target.path + "/" + Self.database)
            var manifest = Manifest()
            let hashes = try Self.objectHashes(target.path + "/" + Self.database)
            for hash in hashes {
                let path = "objects/\(hash.objectPath)"
                try Self.copy(path, from: home.path, to: target.path)
                manifest.files.append(try Self.entry(path, in: target.path))
            }
            for name in Self.smallFiles where access(home.path + "/" + name, R_OK) == 0 {
                try Self.copy(name, from: home.path, to: target.path)
                manifest.files.append(try Self.entry(name, in: target.path))
            }
            manifest.files.append(try Self.entry(Self.database, in: target.path))
            try Self.write(manifest, in: target.path)
            let summary = try Self.check(target, vault: vault)
            _ = try write(.backup) { db in
                try db.appendAudit(
                    .backedUp, study: nil, actor: actorID ?? ReaderID("system"), at: now,
                    detail: [
                        "objects": .integer(Int64(summary.objectCount)),
                        "studies": .integer(Int64(summary.studyCount)),
                        "events": .integer(summary.eventCount),
                    ])
            }
            return summary
        } catch {
            throw RecordsError(error, task: .backup, home: home)
        }
    }

    /// Makes a home from a backup, after checking every file of it.
    ///
    /// - Parameter keyFile: the key that the backup was sealed with; nil where the settings say
    ///   where it is.
    public static func restore(
        from folder: URL, home: URL, keyFile: URL? = nil, settings: RecordSettings = .standard
    ) throws(RecordsError) -> BackupSummary {
        let (source, target) = (HomeFolder(folder), HomeFolder(home))
        if access(target.databasePath, F_OK) == 0 {
            throw .backupUnusable(reason: "the home holds records already; nothing was changed")
        }
        do {
            try target.prepare()
            if let keyFile {
                try copy(
                    keyFile.lastPathComponent, from: keyFile.deletingLastPathComponent().path,
                    to: target.path, as: "key")
            }
            let master = try MasterKey.find(settings.keys, home: target, mayCreate: false)
            var configuration = GRDB.Configuration()
            configuration.readonly = true
            let vault = try DatabaseQueue(
                path: source.path + "/" + database, configuration: configuration
            ).read { db in try Vault(master: master.key, db) }
            let summary = try check(source, vault: vault)
            let manifest = try readManifest(source.path)
            // The database last: a restore that was cut off leaves no home that opens.
            for file in manifest.files where file.path != database {
                try copy(file.path, from: source.path, to: target.path)
            }
            try copy(database, from: source.path, to: target.path, as: database + ".incoming")
            guard rename(target.databasePath + ".incoming", target.databasePath) == 0 else {
                throw RecordsError.system(
                    task: .restore, operation: "naming the database", code: errno)
            }
            let store = try open(home: home, settings: settings)
            defer { store.close() }
            _ = try store.write(.open) { db in
                try db.appendAudit(
                    .restored, study: nil, actor: ReaderID("system"), at: store.now,
                    detail: ["events": .integer(summary.eventCount)])
            }
            return summary
        } catch {
            throw RecordsError(error, task: .restore, home: target)
        }
    }

    private static func objectHashes(_ path: String) throws -> [ContentHash] {
        try DatabaseQueue(path: path).read { db in
            try String.fetchAll(
                db,
                sql: """
                    SELECT DISTINCT sha256 FROM image WHERE removed_at IS NULL ORDER BY sha256
                    """)
        }.compactMap { ContentHash(hexadecimal: $0) }
    }

    /// Reads a backup whole: every file against the manifest, the database's integrity, its trail,
    /// and that every object opens to what its name says.
    private static func check(_ folder: HomeFolder, vault: Vault) throws -> BackupSummary {
        let manifest = try readManifest(folder.path)
        for file in manifest.files {
            let found = try entry(file.path, in: folder.path)
            guard found.sha256 == file.sha256 else {
                throw RecordsError.backupUnusable(
                    reason: "its file \(file.path.suffix(24)) is not what was backed up")
            }
        }
        var configuration = GRDB.Configuration()
        configuration.readonly = true
        let queue = try DatabaseQueue(
            path: folder.path + "/" + database, configuration: configuration)
        let (integrity, studies, events) = try queue.read { db in
            (
                try String.fetchOne(db, sql: "PRAGMA integrity_check") ?? "",
                try Int.fetchOne(db, sql: "SELECT count(*) FROM study") ?? 0,
                try Int64.fetchOne(db, sql: "SELECT count FROM audit_head") ?? 0
            )
        }
        guard integrity == "ok" else {
            throw RecordsError.backupUnusable(reason: "its database is damaged (\(integrity))")
        }
        let objects = ObjectStore(home: folder, vault: vault)
        let hashes = try objectHashes(folder.path + "/" + database)
        for hash in hashes {
            guard let bytes = try objects.bytes(of: hash), ContentHash(of: bytes) == hash else {
                throw RecordsError.backupUnusable(
                    reason: "its object \(hash.short) is missing or does not open")
            }
        }
        return BackupSummary(
            studyCount: studies, objectCount: hashes.count,
            byteCount: manifest.files.reduce(0) { $0 + $1.byteCount }, eventCount: events)
    }

    private static func readManifest(_ folder: String) throws -> Manifest {
        guard let data = FileManager.default.contents(atPath: folder + "/" + Manifest.name),
            let manifest = try? JSONDecoder().decode(Manifest.self, from: data),
            manifest.format == Manifest().format,
            manifest.files.allSatisfy({ !$0.path.hasPrefix("/") && !$0.path.contains("..") })
        else {
            throw RecordsError.backupUnusable(
                reason: "it has no manifest.json of a whole backup")
        }
        return manifest
    }

    private static func write(_ manifest: Manifest, in folder: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        let path = folder + "/" + Manifest.name
        try Data(encoder.encode(manifest)).write(to: URL(fileURLWithPath: path))
        chmod(path, 0o600)
    }

    private static func entry(_ path: String, in folder: String) throws -> Manifest.File {
        guard let file = FileHandle(forReadingAtPath: folder + "/" + path) else {
            throw RecordsError.backupUnusable(
                reason: "its file \(path.suffix(24)) is missing")
        }
        var hash = SHA256()
        var count = 0
        while let bytes = try file.read(upToCount: 4 << 20), !bytes.isEmpty {
            hash.update(data: bytes)
            count += bytes.count
        }
        return Manifest.File(
            path: path, byteCount: count,
            sha256: ContentHash(digest: hash.finalize()).hexadecimal)
    }

    private static func copy(
        _ path: String, from source: String, to target: String, as name: String? = nil
    ) throws {
        let end = target + "/" + (name ?? path)
        var folder = target
        for part in path.split(separator: "/").dropLast() where name == nil {
            folder += "/" + part
            let code = HomeFolder.makePrivateDirectory(folder)
            if code != 0 {
                throw RecordsError.system(task: .backup, operation: "making a folder", code: code)
            }
        }
        do {
            try FileManager.default.copyItem(atPath: source + "/" + path, toPath: end)
        } catch let error as CocoaError where error.code == .fileWriteOutOfSpace {
            throw RecordsError.diskFull(task: .backup, home: "of the copy")
        } catch {
            throw RecordsError.backupUnusable(
                reason: "a file of it cannot be copied (\(path.suffix(24)))")
        }
        chmod(end, 0o600)
    }
}
