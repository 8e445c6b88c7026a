// The library behind this room, for `wetread doctor`.

import GRDB

extension RecordStore {
    /// SQLite's version, as the library that runs says it.
    public static func databaseLibraryVersion() throws -> String {
        try DatabaseQueue().read { try String.fetchOne($0, sql: "SELECT sqlite_version()") ?? "?" }
    }
}
