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

    /// Runs a program to its end.
    ///
    /// - Parameter environment: added to this process's own; an empty value removes a name.
    public init(
        _ program: URL, _ arguments: [String], environment: [String: String] = [:],
        folder: URL? = nil
    ) throws {
        let process = Process()
        process.executableURL = program
        process.arguments = arguments
        process.currentDirectoryURL = folder
        process.environment = Self.merged(environment)
        process.standardInput = FileHandle.nullDevice
        // Files, not pipes: the end of a pipe is inherited by whatever another test starts at the
        // same moment, and a program that stays (a tmux server) would keep it open for ever.
        let output = try TemporaryFile()
        let errors = try TemporaryFile()
        process.standardOutput = output.handle
        process.standardError = errors.handle
        try process.run()
        process.waitUntilExit()
        self.output = try output.text()
        self.errors = try errors.text()
        status =
            process.terminationReason == .exit
            ? process.terminationStatus : 128 + process.terminationStatus
    }

    static func merged(_ changes: [String: String]) -> [String: String] {
        var result = ProcessInfo.processInfo.environment
        for (name, value) in changes { result[name] = value.isEmpty ? nil : value }
        return result
    }
}

/// A file for what a program writes.
private struct TemporaryFile {
    let url: URL
    let handle: FileHandle

    init() throws {
        url = FileManager.default.temporaryDirectory
            .appendingPathComponent("wetread-\(UUID().uuidString)")
        try Data().write(to: url)
        handle = try FileHandle(forWritingTo: url)
    }

    func text() throws -> String {
        defer { try? FileManager.default.removeItem(at: url) }
        try handle.close()
        return String(decoding: try Data(contentsOf: url), as: UTF8.self)
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
