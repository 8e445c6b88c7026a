// Running the real program, as a user's shell would.

import Foundation

/// One finished run of a program.
public struct ProgramRun: Sendable {
    /// Exit status; 128 + signal where a signal ended it.
    public let status: Int32
    /// What it wrote to standard output.
    public let output: String
    /// What it wrote to standard error.
    public let errors: String

    /// What could not be started, and the system's reason.
    public struct NotStarted: Error, CustomStringConvertible {
        /// The program and the reason.
        public let description: String
    }

    /// Runs a program to its end.
    ///
    /// By posix_spawn rather than Foundation's `Process`: that one waits until a descriptor which the
    /// child inherits is closed, so a program that leaves a daemon behind (tmux) never seems to end.
    /// - Parameter environment: added to this process's own; an empty value removes a name.
    public init(
        _ program: URL, _ arguments: [String], environment: [String: String] = [:]
    ) throws {
        let scratch = try ScratchFolder("run")
        let outputPath = scratch.url.appendingPathComponent("output").path
        let errorsPath = scratch.url.appendingPathComponent("errors").path
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        let creating = O_WRONLY | O_CREAT | O_TRUNC
        posix_spawn_file_actions_addopen(&actions, 1, outputPath, creating, 0o600)
        posix_spawn_file_actions_addopen(&actions, 2, errorsPath, creating, 0o600)
        // What other tests have open at this moment is not the program's; glibc passes over numbers
        // that are not open.
        for descriptor in 3..<512 { posix_spawn_file_actions_addclose(&actions, Int32(descriptor)) }
        // The threads of tests block signals, and a daemon that never hears of its children stays.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        Self.blockNothing(&attributes, flags: 0)
        var child: pid_t = 0
        let code = Self.withCStrings([program.path] + arguments) { arguments in
            Self.withCStrings(Self.merged(environment).map { "\($0)=\($1)" }) { environment in
                posix_spawn(
                    &child, program.path, &actions, &attributes, arguments, environment)
            }
        }
        guard code == 0 else {
            throw NotStarted(
                description: "\(program.path): \(String(cString: strerror(code)))")
        }
        var ended: Int32 = 0
        while waitpid(child, &ended, 0) < 0 && errno == EINTR {}
        let signal = ended & 0x7F
        status = signal == 0 ? (ended >> 8) & 0xFF : 128 + signal
        output = try Self.text(outputPath)
        errors = try Self.text(errorsPath)
    }

    /// Has a child begin with no signal blocked.
    static func blockNothing(_ attributes: inout posix_spawnattr_t, flags: Int16) {
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, flags | Int16(POSIX_SPAWN_SETSIGMASK))
    }

    private static func text(_ path: String) throws -> String {
        String(decoding: try Data(contentsOf: URL(fileURLWithPath: path)), as: UTF8.self)
    }

    static func merged(_ changes: [String: String]) -> [String: String] {
        var result = ProcessInfo.processInfo.environment
        for (name, value) in changes { result[name] = value.isEmpty ? nil : value }
        return result
    }

    /// Calls `body` with a NULL-terminated vector of C strings that lives as long as the call.
    static func withCStrings<Result>(
        _ texts: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
    ) -> Result {
        let copies = texts.map { strdup($0) }
        defer { for copy in copies { free(copy) } }
        return body(copies + [nil])
    }
}

/// The program under test and the checkout it was built from.
public enum Installed {
    /// The `wetread` that was built beside these tests.
    public static let program = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        .deletingLastPathComponent().appendingPathComponent("wetread")

    /// The top of the checkout.
    public static let top = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// The shared test data of the project's machines, where `WETREAD_SHARED` names it.
    public static let shared: URL? = {
        guard let path = ProcessInfo.processInfo.environment["WETREAD_SHARED"], !path.isEmpty
        else { return nil }
        let url = URL(fileURLWithPath: path, isDirectory: true)
        return FileManager.default.fileExists(atPath: url.path) ? url : nil
    }()
}

/// A folder that is removed when the value goes away.
public final class ScratchFolder: Sendable {
    /// The folder.
    public let url: URL

    /// Makes an empty folder.
    public init(_ name: String = "scratch") throws {
        url = FileManager.default.temporaryDirectory
            .appendingPathComponent("wetread-\(name)-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }
}

extension JSONDecoder {
    /// Reads what the program prints: names in snake case.
    public static var snakeCase: JSONDecoder {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return decoder
    }
}
