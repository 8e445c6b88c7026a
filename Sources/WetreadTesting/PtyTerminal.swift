// A bare pseudo-terminal: every byte that a program writes, and nothing that interprets them.

import Foundation

/// A program in a pseudo-terminal, for tests that count bytes or leave them unread.
public final class PtyTerminal: @unchecked Sendable {
    // Sendable: one test owns it, and every call blocks until it is done.
    private let master: Int32
    private let child: pid_t
    private var hasEnded = false
    /// When the last bytes were read, in nanoseconds of the monotonic clock; 0 before any.
    public private(set) var lastReadAt: UInt64 = 0

    // Linux's TIOCSPTLCK and TIOCGPTN (asm-generic/ioctls.h) and glibc's POSIX_SPAWN_SETSID
    // (spawn.h): macros and GNU names that Swift does not see.
    private static let setLock: UInt = 0x4004_5431
    private static let getNumber: UInt = 0x8004_5430
    private static let spawnInNewSession: Int16 = 0x80

    /// Starts a program in a terminal of a size; its environment is this process's and `environment`.
    public init(
        _ program: URL, _ arguments: [String], columns: Int, rows: Int,
        environment: [String: String] = [:]
    ) throws {
        master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
        var number: UInt32 = 0
        var unlocked: Int32 = 0
        guard master >= 0, ioctl(master, Self.setLock, &unlocked) == 0,
            ioctl(master, Self.getNumber, &number) == 0
        else { throw ProgramRun.NotStarted(description: "no pseudo-terminal") }
        let name = "/dev/pts/\(number)"
        var size = winsize(
            ws_row: UInt16(rows), ws_col: UInt16(columns), ws_xpixel: 0, ws_ypixel: 0)
        _ = ioctl(master, UInt(TIOCSWINSZ), &size)
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        // The first terminal that the leader of a new session opens becomes its own.
        posix_spawn_file_actions_addopen(&actions, 0, name, O_RDWR, 0)
        posix_spawn_file_actions_adddup2(&actions, 0, 1)
        posix_spawn_file_actions_adddup2(&actions, 0, 2)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        ProgramRun.blockNothing(&attributes, flags: Self.spawnInNewSession)
        let variables = ProgramRun.merged(
            environment.merging(["TERM": "xterm-256color", "LANG": "C.UTF-8"]) { own, _ in own })
        var started: pid_t = 0
        let code = ProgramRun.withCStrings([program.path] + arguments) { arguments in
            ProgramRun.withCStrings(variables.map { "\($0)=\($1)" }) { environment in
                posix_spawn(
                    &started, program.path, &actions, &attributes, arguments, environment)
            }
        }
        guard code == 0 else {
            throw ProgramRun.NotStarted(description: String(cString: strerror(code)))
        }
        child = started
    }

    deinit {
        if !hasEnded {
            kill(child, SIGKILL)
            waitpid(child, nil, 0)
        }
        close(master)
    }

    /// The monotonic clock, which is the same for all processes of a machine.
    public static func monotonicNanoseconds() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }

    /// Reads, and drops what is read, until a condition holds; false where it does not in time.
    public func wait(seconds: Double = 20, until isMet: () throws -> Bool) rethrows -> Bool {
        let end = Date().addingTimeInterval(seconds)
        while Date() < end {
            if try isMet() { return true }
            _ = read(quietMilliseconds: 10, seconds: 0.5)
        }
        return false
    }

    /// Ends the program as a crash or a power cut would.
    public func cut() { kill(child, SIGKILL) }

    /// Types bytes.
    public func type(_ text: String) {
        let bytes = Array(text.utf8)
        _ = bytes.withUnsafeBytes { write(master, $0.baseAddress, $0.count) }
    }

    /// Reads until nothing came for a while, or the program ended, or the time is over.
    public func read(quietMilliseconds: Int32 = 300, seconds: Double = 20) -> [UInt8] {
        var all: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65536)
        let end = Date().addingTimeInterval(seconds)
        while Date() < end {
            var waiting = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
            guard poll(&waiting, 1, quietMilliseconds) > 0 else { return all }
            let count = Foundation.read(master, &buffer, buffer.count)
            guard count > 0 else { return all }
            lastReadAt = Self.monotonicNanoseconds()
            all += buffer.prefix(count)
        }
        return all
    }

    /// Reads until a text came; false where it did not in time.
    public func read(until text: String, seconds: Double = 20) -> Bool {
        var all: [UInt8] = []
        let wanted = Array(text.utf8)
        let end = Date().addingTimeInterval(seconds)
        while Date() < end {
            all += read(quietMilliseconds: 50, seconds: 1)
            if all.count >= wanted.count,
                (0...(all.count - wanted.count)).contains(where: {
                    all[$0..<$0 + wanted.count].elementsEqual(wanted)
                })
            {
                return true
            }
        }
        return false
    }

    /// Waits until the program ends while its output is read; nil where it does not in time.
    public func waitForExit(seconds: Double = 20) -> (status: Int32, bytes: [UInt8])? {
        var bytes: [UInt8] = []
        let end = Date().addingTimeInterval(seconds)
        while Date() < end {
            bytes += read(quietMilliseconds: 20, seconds: 1)
            var status: Int32 = 0
            if waitpid(child, &status, WNOHANG) == child {
                hasEnded = true
                return (status & 0x7F == 0 ? (status >> 8) & 0xFF : 128 + (status & 0x7F), bytes)
            }
        }
        return nil
    }
}
