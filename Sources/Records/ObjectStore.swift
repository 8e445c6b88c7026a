// The original bytes of every image, sealed, by their SHA-256.

import Crypto
import Foundation
import Radiology

extension ContentHash {
    /// The SHA-256 of some bytes.
    package init(of bytes: [UInt8]) { self.init(digest: SHA256.hash(data: bytes)) }

    /// Where the bytes lie under `objects/`: `aa/bb/<sha256>`.
    package var objectPath: String {
        "\(hexadecimal.prefix(2))/\(hexadecimal.dropFirst(2).prefix(2))/\(hexadecimal)"
    }
}

/// Files under `objects/`, written so that a name never stands for half a content.
///
/// An object is written under `objects/.incoming/`, flushed to the disk, renamed, and the folders
/// that changed are flushed too. A crash leaves at most a file in `.incoming`, which the next start
/// removes: its writer held a lock on it that ended with the process.
struct ObjectStore: Sendable {
    /// An object to write.
    struct Object: Sendable {
        let hash: ContentHash
        let bytes: [UInt8]
    }

    private let root: String
    private let home: String
    private let vault: Vault
    private var incoming: String { root + "/.incoming" }

    /// How long a file in `.incoming` is left alone, since its writer may not have locked it yet.
    private static let sparedSeconds = 60.0

    init(home: HomeFolder, vault: Vault) {
        self.vault = vault
        root = home.path + "/objects"
        self.home = home.name
    }

    /// Makes the folders and removes what dead writers left.
    func prepare() throws(RecordsError) {
        for path in [root, incoming] {
            let code = HomeFolder.makePrivateDirectory(path)
            if code != 0 { throw failure(.open, "making the folder objects", code) }
        }
        sweepIncoming()
    }

    /// True where an object of this hash and length has a name.
    ///
    /// Its content is not looked at; `holds` does that.
    func contains(_ hash: ContentHash, byteCount: Int) -> Bool {
        var status = stat()
        guard stat(path(of: hash), &status) == 0 else { return false }
        return Int(status.st_size) == byteCount + Vault.overhead
    }

    /// True where an object lies under its hash, byte for byte.
    func holds(_ object: Object) -> Bool {
        guard contains(object.hash, byteCount: object.bytes.count) else { return false }
        return (try? bytes(of: object.hash)) == object.bytes
    }

    /// Writes objects; when it returns they survive a power failure.
    ///
    /// Files are flushed side by side, because a disk does several flushes in the time of one.
    func store(_ objects: [Object]) throws(RecordsError) {
        let outcomes = objects.mappedSideBySide { object in
            do throws(RecordsError) {
                return Result<[String], RecordsError>.success(try write(object))
            } catch {
                return .failure(error)
            }
        }
        var folders: Set<String> = []
        for outcome in outcomes { folders.formUnion(try outcome.get()) }
        for folder in folders.sorted(by: >) { try flushFolder(folder) }
    }

    /// Reads an object whole and opens it; nil where there is none.
    ///
    /// What does not open is given as it lies there: its hash says what it is (an object of a
    /// version before sealing, or a changed one).
    func bytes(of hash: ContentHash) throws(RecordsError) -> [UInt8]? {
        guard let stored = try storedBytes(of: hash) else { return nil }
        return (try? vault.open(stored, "object:\(hash.hexadecimal)")) ?? stored
    }

    private func storedBytes(of hash: ContentHash) throws(RecordsError) -> [UInt8]? {
        let descriptor = open(path(of: hash), O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            throw failure(.readImage, "opening its file", errno)
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            throw failure(.readImage, "reading its file", errno)
        }
        var code: Int32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: Int(status.st_size)) { buffer, count in
            while count < buffer.count {
                let rest = UnsafeMutableBufferPointer(rebasing: buffer[count...])
                let taken = read(descriptor, rest.baseAddress, rest.count)
                if taken > 0 {
                    count += taken
                } else if taken == 0 || errno != EINTR {
                    code = taken == 0 ? 0 : errno
                    break
                }
            }
        }
        if code != 0 { throw failure(.readImage, "reading its file", code) }
        return bytes
    }

    /// True where any file has the name of this hash.
    func exists(_ hash: ContentHash) -> Bool { access(path(of: hash), F_OK) == 0 }

    /// Removes objects; the caller holds the database's write lock and knows that no row names
    /// them.
    func remove(_ hashes: some Sequence<ContentHash>) {
        for hash in hashes { unlink(path(of: hash)) }
    }

    private func path(of hash: ContentHash) -> String { root + "/" + hash.objectPath }

    /// Writes one object; gives the folders that must be flushed for its name to last.
    private func write(_ object: Object) throws(RecordsError) -> [String] {
        let outer = "\(root)/\(object.hash.hexadecimal.prefix(2))"
        let inner = "\(outer)/\(object.hash.hexadecimal.dropFirst(2).prefix(2))"
        for folder in [outer, inner] where !HomeFolder.isDirectory(folder) {
            let code = HomeFolder.makePrivateDirectory(folder)
            if code != 0 { throw failure(.importImages, "making a folder under objects", code) }
        }
        let temporary = "\(incoming)/\(UUID().uuidString.lowercased())"
        let sealed: [UInt8]
        do {
            sealed = try vault.seal(object.bytes, "object:\(object.hash.hexadecimal)")
        } catch {
            throw failure(.importImages, "sealing a file under objects", EIO)
        }
        let code = writeFlushed(sealed, to: temporary, then: path(of: object.hash))
        if code != 0 {
            unlink(temporary)
            throw failure(.importImages, "writing a file under objects", code)
        }
        // Also where the folders were there: another process may have made them a moment ago.
        return [root, outer, inner]
    }

    /// Writes, flushes and renames a file; gives the error number, 0 when done.
    private func writeFlushed(
        _ bytes: [UInt8], to temporary: String, then final: String
    ) -> Int32 {
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return errno }
        defer { close(descriptor) }
        guard flock(descriptor, LOCK_EX) == 0, fchmod(descriptor, 0o600) == 0 else { return errno }
        let code = bytes.withUnsafeBytes { buffer in
            var rest = buffer[...]
            while !rest.isEmpty {
                let chunk = UnsafeRawBufferPointer(rebasing: rest)
                let written = Foundation.write(descriptor, chunk.baseAddress, chunk.count)
                if written < 0 && errno != EINTR { return errno }
                rest = rest.dropFirst(max(written, 0))
            }
            return 0
        }
        if code != 0 { return code }
        guard fsync(descriptor) == 0, rename(temporary, final) == 0 else { return errno }
        return 0
    }

    private func flushFolder(_ path: String) throws(RecordsError) {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw failure(.importImages, "flushing a folder under objects", errno)
        }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else {
            throw failure(.importImages, "flushing a folder under objects", errno)
        }
    }

    private func sweepIncoming() {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: incoming)) ?? []
        for name in names {
            let path = "\(incoming)/\(name)"
            var status = stat()
            guard stat(path, &status) == 0 else { continue }
            let age = Date().timeIntervalSince1970 - Double(status.st_mtim.tv_sec)
            guard age > Self.sparedSeconds else { continue }
            let descriptor = open(path, O_RDONLY | O_CLOEXEC)
            guard descriptor >= 0 else { continue }
            if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { unlink(path) }
            close(descriptor)
        }
    }

    private func failure(_ task: RecordsTask, _ operation: String, _ code: Int32) -> RecordsError {
        switch code {
        case ENOSPC, EDQUOT, EFBIG: .diskFull(task: task, home: home)
        case EROFS, EACCES, EPERM:
            .readOnlyHome(task: task, home: home, reason: systemReason(code))
        default: .system(task: task, operation: operation, code: code)
        }
    }
}
