// The copy of the database that stands before every migration.

import Crypto
import Foundation
import GRDB

/// A sealed copy of the database as an older version left it: `backups/schema-N-<time>.sealed`.
///
/// The file is a row of chunks, each four bytes of length (big endian) and a value sealed under the
/// master key, whose context names the chunk's number and whether it is the last.
struct SchemaBackup {
    private static let chunkByteCount = 16 << 20

    let home: HomeFolder
    let version: Int

    /// Writes the copy; when it returns the copy survives a power failure.
    func write(of pool: DatabasePool, master: SymmetricKey) throws {
        let folder = home.path + "/backups"
        let code = HomeFolder.makePrivateDirectory(folder)
        if code != 0 {
            throw RecordsError.system(task: .open, operation: "making backups", code: code)
        }
        let time = Timestamp(Date()).text.filter { $0.isNumber }.prefix(14)
        let plain = "\(folder)/incoming-\(UUID().uuidString)"
        defer { for suffix in ["", "-wal", "-shm", "-journal"] { unlink(plain + suffix) } }
        // Private from its first byte on.
        close(Foundation.open(plain, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600))
        let copy = try DatabaseQueue(path: plain)
        try pool.backup(to: copy)
        try copy.close()
        try Self.seal(
            plain, to: "\(folder)/schema-\(version)-\(time).sealed", master: master)
    }

    /// Opens a sealed copy into a file of mode 0600.
    static func open(_ path: String, to plain: String, master: SymmetricKey) throws {
        guard let input = FileHandle(forReadingAtPath: path) else {
            throw RecordsError.system(task: .restore, operation: "opening the copy", code: errno)
        }
        let output = try newFile(plain)
        var number = 0
        var isLast = false
        while !isLast {
            guard let head = try input.read(upToCount: 4), head.count == 4 else {
                throw RecordsError.damaged(task: .restore, detail: "the copy ends early")
            }
            let length = head.reduce(0) { $0 << 8 | Int($1) }
            guard length <= chunkByteCount + Vault.overhead,
                let sealed = try input.read(upToCount: length), sealed.count == length
            else { throw RecordsError.damaged(task: .restore, detail: "the copy ends early") }
            isLast = try input.offset() == input.seekToEnd(keepingPlace: true)
            let bytes = try Vault.open(
                [UInt8](sealed)[5...], context(number, isLast: isLast), key: master)
            try output.write(contentsOf: bytes)
            number += 1
        }
        try output.synchronize()
        try output.close()
    }

    private static func seal(_ plain: String, to path: String, master: SymmetricKey) throws {
        guard let input = FileHandle(forReadingAtPath: plain) else {
            throw RecordsError.system(task: .open, operation: "reading the copy", code: errno)
        }
        let size = try input.seekToEnd(keepingPlace: true)
        let output = try newFile(path)
        var number = 0
        while let bytes = try input.read(upToCount: chunkByteCount), !bytes.isEmpty {
            let isLast = try input.offset() == size
            let sealed = try Vault.seal(
                [UInt8](bytes), context(number, isLast: isLast), number: 0, key: master)
            let length = UInt32(sealed.count)
            try output.write(
                contentsOf: [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: length >> $0) })
            try output.write(contentsOf: sealed)
            number += 1
        }
        try output.synchronize()
        try output.close()
    }

    private static func context(_ number: Int, isLast: Bool) -> String {
        "schema-backup:\(number):\(isLast ? "last" : "more")"
    }

    private static func newFile(_ path: String) throws -> FileHandle {
        let descriptor = Foundation.open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw RecordsError.system(task: .open, operation: "making a copy", code: errno)
        }
        return FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    }
}

extension RecordStore {
    /// Opens the copy that was made before a migration, as a plain SQLite file of the old schema.
    ///
    /// The file then holds patient data in the open: whoever asks for it sees to it.
    public static func openSchemaBackup(
        _ copy: URL, home: URL, to plain: String, settings: RecordSettings = .standard
    ) throws(RecordsError) {
        let folder = HomeFolder(home)
        let master = try MasterKey.find(settings.keys, home: folder, mayCreate: false)
        do {
            try SchemaBackup.open(copy.path, to: plain, master: master.key)
        } catch {
            throw RecordsError(error, task: .restore, home: folder)
        }
    }
}

extension FileHandle {
    /// The length of the file; the place in it stays.
    fileprivate func seekToEnd(keepingPlace: Bool) throws -> UInt64 {
        let place = try offset()
        let end = try seekToEnd()
        if keepingPlace { try seek(toOffset: place) }
        return end
    }
}
