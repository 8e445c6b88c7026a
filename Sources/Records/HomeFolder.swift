// The folder where everything lies, and who may read it.

import Foundation

/// Makes and checks the home folder: directories 0700, files 0600, whatever the umask.
struct HomeFolder: Sendable {
    /// Absolute path of the folder.
    let path: String
    /// Its last component, which is all that a message may show.
    var name: String { path.split(separator: "/").last.map(String.init) ?? "/" }
    var databasePath: String { path + "/wetread.sqlite" }

    init(_ url: URL) {
        path = url.standardizedFileURL.path
    }

    /// Makes the folder where it is missing and sees that it can be written.
    func prepare() throws(RecordsError) {
        if !Self.isDirectory(path) { try create() }
        guard access(path, W_OK | X_OK) == 0 else {
            throw .readOnlyHome(task: .open, home: name, reason: systemReason(errno))
        }
    }

    private func create() throws(RecordsError) {
        var ancestor = ""
        for component in path.split(separator: "/") {
            ancestor += "/" + component
            if Self.isDirectory(ancestor) { continue }
            let code = Self.makePrivateDirectory(ancestor)
            switch code {
            case 0: continue
            case EROFS, EACCES, EPERM:
                throw .readOnlyHome(task: .open, home: name, reason: systemReason(code))
            case ENOSPC, EDQUOT: throw .diskFull(task: .open, home: name)
            default: throw .unusableHome(home: name, reason: systemReason(code))
            }
        }
    }

    /// Creates an empty database file of mode 0600 where there is none; SQLite gives its `-wal` and
    /// `-shm` files the mode of the database.
    ///
    /// An existing file is not opened here: closing a second descriptor would drop SQLite's locks.
    func prepareDatabaseFile() throws(RecordsError) {
        let descriptor = open(databasePath, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        if descriptor >= 0 {
            fchmod(descriptor, 0o600)
            close(descriptor)
            return
        }
        switch errno {
        case EEXIST: break
        case ENOSPC, EDQUOT: throw .diskFull(task: .open, home: name)
        case let code: throw .readOnlyHome(task: .open, home: name, reason: systemReason(code))
        }
        guard access(databasePath, R_OK | W_OK) == 0 else {
            throw .readOnlyHome(
                task: .open, home: name, reason: "wetread.sqlite: \(systemReason(errno))")
        }
        var status = stat()
        if stat(databasePath, &status) == 0, status.st_mode & 0o077 != 0 {
            chmod(databasePath, 0o600)
        }
    }

    /// Runs `body` while no other process prepares this home, so that two first starts do not both
    /// create the tables.
    func exclusively<Result>(
        _ body: () throws(RecordsError) -> Result
    ) throws(RecordsError) -> Result {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw .unusableHome(home: name, reason: systemReason(errno))
        }
        defer { close(descriptor) }
        while flock(descriptor, LOCK_EX) != 0 && errno == EINTR {}
        return try body()
    }

    static func isDirectory(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// Makes one directory of mode 0700; gives the error number, 0 where it exists afterwards.
    static func makePrivateDirectory(_ path: String) -> Int32 {
        if mkdir(path, 0o700) == 0 {
            chmod(path, 0o700)
            return 0
        }
        return errno == EEXIST && isDirectory(path) ? 0 : errno
    }
}
