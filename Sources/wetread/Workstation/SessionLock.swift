// Whether the process behind a claim still lives.

import Foundation

/// A lock that the system frees when its process ends, however it ends.
///
/// One file for each session under `sessions/` of the home, held with `flock`. A session of another
/// machine cannot be judged by it (network file systems may not share locks) and counts as alive.
final class SessionLock: Sendable {
    private let folder: URL
    private let host: String
    private let descriptor: Int32
    private let own: URL

    /// Takes the lock of this session; nil where the home cannot be written to.
    init?(home: URL, session: String) {
        folder = home.appendingPathComponent("sessions", isDirectory: true)
        host = Self.host(of: session)
        own = folder.appendingPathComponent(Self.fileName(of: session))
        try? FileManager.default.createDirectory(
            at: folder, withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700])
        descriptor = open(own.path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return nil }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            return nil
        }
    }

    /// Frees the lock and removes its file.
    func end() {
        unlink(own.path)
        flock(descriptor, LOCK_UN)
    }

    /// True where the session is one of this machine whose process has ended.
    func isDead(_ session: String) -> Bool {
        guard Self.host(of: session) == host else { return false }
        let path = folder.appendingPathComponent(Self.fileName(of: session)).path
        let other = open(path, O_RDWR | O_CLOEXEC)
        // A file that is gone was removed by a process that ended in good order.
        guard other >= 0 else { return errno == ENOENT }
        defer { close(other) }
        guard flock(other, LOCK_EX | LOCK_NB) == 0 else { return false }
        unlink(path)
        return true
    }

    private static func host(of session: String) -> String {
        String(session.split(separator: "/").first ?? "")
    }

    /// The session's own name holds slashes and a host's name: only its last part, a UUID, is used.
    private static func fileName(of session: String) -> String {
        let last = session.split(separator: "/").last ?? ""
        return last.filter { $0.isLetter || $0.isNumber || $0 == "-" } + ".lock"
    }
}
