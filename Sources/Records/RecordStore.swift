// The records of one home: the only door to its database and its objects.

import Foundation
import GRDB
import Radiology

/// Worklist, images, analyses, claims, drafts, signatures and the audit trail of one home folder.
///
/// Several processes may have stores on one home: every change is one SQLite transaction (WAL,
/// flushed to the disk before it returns) together with the audit events that describe it. All
/// calls block for the time of a disk access and may be made from any thread.
public final class RecordStore: Sendable {
    /// How long a call waits for another process's write before it throws `locked`, in seconds.
    static let busySeconds = 5.0

    private let database: any DatabaseWriter
    let home: HomeFolder
    let vault: Vault
    let objects: ObjectStore
    private let clock: TrustedClock
    /// What the site set.
    public let settings: RecordSettings
    /// True where every change is refused.
    public let isReadOnly: Bool
    /// Who acts; nil where nobody logged in.
    public let actor: Actor?
    var actorID: ReaderID? { actor?.id }

    private init(
        opened: Opened, home: HomeFolder, clock: TrustedClock, settings: RecordSettings,
        isReadOnly: Bool
    ) {
        database = opened.database
        self.home = home
        vault = opened.vault
        objects = ObjectStore(home: home, vault: opened.vault)
        self.clock = clock
        self.settings = settings
        self.isReadOnly = isReadOnly
        actor = nil
    }

    /// The same records for another actor.
    init(_ other: RecordStore, actor: Actor) {
        database = other.database
        home = other.home
        vault = other.vault
        objects = other.objects
        clock = other.clock
        settings = other.settings
        isReadOnly = other.isReadOnly
        self.actor = actor
    }

    /// Opens the records of a home, making and migrating them where needed.
    ///
    /// - Parameters:
    ///   - home: the folder; made with mode 0700 where it is missing (not when only reading).
    ///   - clock: gives the present, for every stored moment.
    ///   - readOnly: refuses every change; also opens a home that cannot be written.
    ///   - settings: what the site sets.
    public static func open(
        home: URL, clock: @escaping @Sendable () -> Date = { Date() }, readOnly: Bool = false,
        settings: RecordSettings = .standard
    ) throws(RecordsError) -> RecordStore {
        let folder = HomeFolder(home)
        let trusted = TrustedClock(wall: clock, steadySeconds: settings.steadySeconds)
        if readOnly {
            return RecordStore(
                opened: try openForReading(folder, settings), home: folder, clock: trusted,
                settings: settings,
                isReadOnly: true)
        }
        try folder.prepare()
        let opened = try folder.exclusively { () throws(RecordsError) in
            try folder.prepareDatabaseFile()
            return try openForWriting(folder, settings)
        }
        let store = RecordStore(
            opened: opened, home: folder, clock: trusted, settings: settings,
            isReadOnly: false)
        try store.objects.prepare()
        try store.sealPlainObjects()
        try store.recordConfiguration()
        try store.recordConfiguration()
        store.publishMissing()
        return store
    }

    /// A number that grows with every change to the records by any process; cheap enough to ask for
    /// several times a second.
    public func changeToken() throws(RecordsError) -> Int64 {
        try read(.watch) { db in
            let statement = try db.cachedStatement(sql: "SELECT value FROM change_counter")
            return try Int64.fetchOne(statement) ?? 0
        }
    }

    /// SQLite's `synchronous` of the connection that writes: 2 is FULL, flushed at every commit.
    package func synchronousLevel() throws(RecordsError) -> Int {
        do {
            return try database.writeWithoutTransaction { db in
                try Int.fetchOne(db, sql: "PRAGMA synchronous") ?? -1
            }
        } catch {
            throw RecordsError(error, task: .open, home: home)
        }
    }

    /// Writes a consistent copy of the database while it is used.
    func copyDatabase(to path: String) throws {
        Foundation.close(Foundation.open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600))
        let copy = try DatabaseQueue(path: path)
        try database.backup(to: copy)
        // A file of its own, without a log beside it.
        try copy.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA journal_mode = DELETE")
        }
        try copy.close()
    }

    /// Closes the database; further calls fail.
    ///
    /// The last store to close folds the WAL away.
    public func close() {
        // Readers first: only the writer can fold the WAL away. A connection that is busy stays
        // open until it is released; nothing is lost by that.
        (database as? DatabasePool)?.releaseMemory()
        try? database.close()
    }

    /// The present, as it is stored; never before the last event of the trail.
    var now: Timestamp { clock.now }

    /// Reads in one transaction, beside writers; whoever acts must be allowed to.
    func read<Result>(
        _ task: RecordsTask, _ body: (Database) throws -> Result
    ) throws(RecordsError) -> Result {
        do {
            return try database.read { db in
                try authorize(task, in: db)
                return try body(db)
            }
        } catch {
            throw RecordsError(error, task: task, home: home)
        }
    }

    /// Changes in one transaction, which an error undoes whole; whoever acts must be allowed to.
    func write<Result>(
        _ task: RecordsTask, _ body: (Database) throws -> Result
    ) throws(RecordsError) -> Result {
        if isReadOnly { throw .openedReadOnly(task: task) }
        do {
            let (result, line) = try database.write { db in
                try authorize(task, in: db)
                try keepOrder(in: db)
                let before = db.totalChangesCount
                let result = try body(db)
                guard db.totalChangesCount != before else { return (result, String?.none) }
                try db.cachedStatement(sql: "UPDATE change_counter SET value = value + 1")
                    .execute()
                return (result, try addCheckpoint(in: db))
            }
            if let line { checkpoints.publish([line]) }
            return result
        } catch {
            throw RecordsError(error, task: task, home: home)
        }
    }
}

extension RecordStore {
    /// Lets no event stand before the last one, and says where the system's clock went back.
    private func keepOrder(in db: Database) throws {
        let last = try db.cachedStatement(
            sql: "SELECT timestamp FROM audit_event WHERE sequence = (SELECT count FROM audit_head)"
        )
        guard let text = try String.fetchOne(last), let timestamp = Timestamp(text) else { return }
        guard let seconds = clock.keep(after: timestamp) else { return }
        try db.appendAudit(
            .clockSetBack, study: nil, actor: actorID ?? ReaderID("system"), at: clock.now,
            detail: ["seconds": .integer(Int64(seconds.rounded()))])
    }

    /// An open database and the keys to it.
    private struct Opened {
        let database: any DatabaseWriter
        let vault: Vault
    }

    private static func openForWriting(
        _ folder: HomeFolder, _ settings: RecordSettings
    ) throws(RecordsError) -> Opened {
        do {
            var configuration = Configuration()
            configuration.busyMode = .timeout(busySeconds)
            configuration.maximumReaderCount = 3
            let pool = try DatabasePool(path: folder.databasePath, configuration: configuration)
            let found = try pool.writeWithoutTransaction { db in
                // GRDB lowers this to NORMAL; a signature must outlive a power failure.
                try db.execute(sql: "PRAGMA synchronous = FULL")
                try checkOwner(db, home: folder, allowsEmpty: true)
                let found = try Schema.version(of: db)
                if found > Schema.version {
                    throw RecordsError.newerSchema(found: found, known: Schema.version)
                }
                return found
            }
            let master = try MasterKey.find(
                settings.keys, home: folder, mayCreate: found < Schema.firstSealed)
            if found > 0 && found < Schema.version {
                try SchemaBackup(home: folder, version: found).write(of: pool, master: master.key)
            }
            try Schema.migrator(master: master.key).migrate(pool)
            if found > 0 && found < Schema.firstSealed { try sweepPlainText(pool) }
            let vault = try pool.read { db in try openVault(master, db) }
            return Opened(database: pool, vault: vault)
        } catch {
            throw RecordsError(error, task: .open, home: folder)
        }
    }

    /// Leaves nothing in free pages or the log of what was in the open before.
    private static func sweepPlainText(_ pool: DatabasePool) throws {
        try pool.vacuum()
        try pool.writeWithoutTransaction { db in _ = try db.checkpoint(.truncate) }
    }

    /// The keys; also where a rotation of the key file was cut off between its two steps.
    private static func openVault(_ master: MasterKey, _ db: Database) throws -> Vault {
        do {
            return try Vault(master: master.key, db)
        } catch RecordsError.keyWrong {
            guard let file = master.file,
                let next = try? MasterKey.find(
                    .environment(["WETREAD_KEY_FILE": KeyRotation.nextName(file)]),
                    home: HomeFolder(URL(fileURLWithPath: file)), mayCreate: false)
            else { throw RecordsError.keyWrong }
            let vault = try Vault(master: next.key, db)
            _ = rename(KeyRotation.nextName(file), file)
            return vault
        }
    }

    private static func openForReading(
        _ folder: HomeFolder, _ settings: RecordSettings
    ) throws(RecordsError) -> Opened {
        guard access(folder.databasePath, F_OK) == 0 else {
            throw .emptyHome(home: folder.name)
        }
        do {
            var configuration = Configuration()
            configuration.readonly = true
            configuration.busyMode = .timeout(busySeconds)
            let queue = try DatabaseQueue(
                path: readingPath(folder), configuration: configuration)
            let vault = try queue.read { db in
                try checkOwner(db, home: folder, allowsEmpty: false)
                let found = try Schema.version(of: db)
                if found > Schema.version {
                    throw RecordsError.newerSchema(found: found, known: Schema.version)
                }
                if found < Schema.version {
                    throw RecordsError.olderSchema(found: found, known: Schema.version)
                }
                let master = try MasterKey.find(settings.keys, home: folder, mayCreate: false)
                return try openVault(master, db)
            }
            return Opened(database: queue, vault: vault)
        } catch {
            throw RecordsError(error, task: .open, home: folder)
        }
    }

    /// The path to read from.
    ///
    /// A reader of a WAL database needs its `-shm` file; where none can be made and no WAL is
    /// there, nobody is writing and the file can be read as an unchanging one.
    private static func readingPath(_ folder: HomeFolder) -> String {
        let path = folder.databasePath
        let hasLog = access(path + "-wal", F_OK) == 0
        if hasLog || access(folder.path, W_OK) == 0 { return path }
        let allowed = CharacterSet.urlPathAllowed.subtracting(CharacterSet(charactersIn: "?#%"))
        let escaped = path.addingPercentEncoding(withAllowedCharacters: allowed) ?? path
        return "file:\(escaped)?immutable=1"
    }

    private static func checkOwner(
        _ db: Database, home: HomeFolder, allowsEmpty: Bool
    ) throws {
        let owner = try Int.fetchOne(db, sql: "PRAGMA application_id") ?? 0
        if owner == Schema.applicationID { return }
        let tableCount = try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_schema") ?? 0
        if owner == 0 && tableCount == 0 && allowsEmpty { return }
        throw RecordsError.foreignDatabase(home: home.name)
    }
}

extension RecordsError {
    /// What an error inside a database access means.
    init(_ error: any Error, task: RecordsTask, home: HomeFolder) {
        guard let error = error as? DatabaseError else {
            self =
                error as? RecordsError
                ?? .damaged(task: task, detail: "a row has an unexpected form")
            return
        }
        let message = error.message ?? "no message"
        switch (error.resultCode, error.extendedResultCode) {
        case (.SQLITE_FULL, _), (_, .SQLITE_IOERR_SHMSIZE):
            self = .diskFull(task: task, home: home.name)
        case (.SQLITE_BUSY, _), (.SQLITE_LOCKED, _): self = .locked(task: task)
        case (.SQLITE_READONLY, _), (.SQLITE_PERM, _):
            self = .readOnlyHome(task: task, home: home.name, reason: message)
        case (.SQLITE_CANTOPEN, _) where access(home.path, W_OK | X_OK) != 0:
            self = .unusableHome(home: home.name, reason: systemReason(errno))
        case (.SQLITE_CORRUPT, _): self = .damaged(task: task, detail: message)
        case (.SQLITE_NOTADB, _): self = .foreignDatabase(home: home.name)
        default:
            self = .database(
                task: task, code: error.extendedResultCode.rawValue, message: message)
        }
    }
}
