// The repository's own files, as the house tests read them.

import Foundation

/// One tracked source file, with its comments and string literals blanked for searching.
struct SourceFile: Sendable {
    /// Path from the top of the repository.
    let path: String
    /// Lines as written.
    let lines: [String]
    /// Lines with comments and string literals replaced by spaces.
    let code: [String]

    /// The room: the folder below `Sources` or `Tests`.
    var room: String {
        let parts = path.split(separator: "/")
        return parts.count > 2 ? String(parts[1]) : ""
    }

    /// True where the line, or the one before, holds a comment that can be the reason.
    func hasReason(at index: Int) -> Bool {
        if lines[index].contains("//") { return true }
        var before = index - 1
        // Attributes and the head of a statement that was broken over lines may stand between.
        while before >= 0, index - before <= 3 {
            if lines[before].contains("//") { return true }
            before -= 1
        }
        return false
    }

    init(path: String, text: String) {
        self.path = path
        lines = text.components(separatedBy: "\n")
        code = Self.blanked(text).components(separatedBy: "\n")
    }

    /// Replaces comments and string literals by spaces, keeping every line break.
    private static func blanked(_ text: String) -> String {
        let bytes = Array(text.utf8)
        var result = bytes
        var index = 0
        func starts(_ mark: String, at place: Int) -> Bool {
            bytes[place...].starts(with: mark.utf8)
        }
        while index < bytes.count {
            var end = index
            if starts("//", at: index) {
                while end < bytes.count, bytes[end] != 10 { end += 1 }
            } else if starts("/*", at: index) {
                end += 2
                while end < bytes.count, !starts("*/", at: end) { end += 1 }
                end = min(end + 2, bytes.count)
            } else if starts("\"\"\"", at: index) {
                end += 3
                while end < bytes.count, !starts("\"\"\"", at: end) { end += 1 }
                end = min(end + 3, bytes.count)
            } else if bytes[index] == UInt8(ascii: "\"") {
                end += 1
                while end < bytes.count, bytes[end] != UInt8(ascii: "\""), bytes[end] != 10 {
                    end += bytes[end] == UInt8(ascii: "\\") ? 2 : 1
                }
                end = min(end + 1, bytes.count)
            }
            if end == index {
                index += 1
            } else {
                for place in index..<end where bytes[place] != 10 { result[place] = 32 }
                index = end
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}

/// The repository that this test was compiled from.
enum Repository {
    /// Its top folder.
    static let top = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// Paths that git tracks or would track.
    static let files: [String] = {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [
            "git", "-C", top.path, "ls-files", "--cached", "--others", "--exclude-standard",
        ]
        let pipe = Pipe()
        process.standardOutput = pipe
        guard (try? process.run()) != nil else { return [] }
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return String(decoding: output, as: UTF8.self).split(separator: "\n").map(String.init)
            .filter { FileManager.default.fileExists(atPath: top.appendingPathComponent($0).path) }
    }()

    /// Every Swift file below a folder.
    static func swiftFiles(in folder: String) -> [SourceFile] {
        files.filter { $0.hasPrefix(folder + "/") && $0.hasSuffix(".swift") }.compactMap { path in
            (try? String(contentsOf: top.appendingPathComponent(path), encoding: .utf8))
                .map { SourceFile(path: path, text: $0) }
        }
    }

    /// The text of one file.
    static func text(_ path: String) throws -> String {
        try String(contentsOf: top.appendingPathComponent(path), encoding: .utf8)
    }
}
