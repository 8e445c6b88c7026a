// The library behind this room, for `wetread doctor`.

import GRDB

extension RecordStore {
    /// The newest schema that this program knows.
    public static let schemaVersion = Schema.version

    /// SQLite's version, as the library that runs says it; throws where it does not work.
    public static func databaseLibraryVersion() throws(RecordsError) -> String {
        do {
            return try DatabaseQueue().read { db in
                try String.fetchOne(db, sql: "SELECT sqlite_version()") ?? "?"
            }
        } catch {
            throw .database(task: .open, code: -1, message: "\(error)")
        }
    }
}
