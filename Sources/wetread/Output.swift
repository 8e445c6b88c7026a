// The two streams of the program, and texts made inert on their way.

import Foundation
import Radiology

/// Writing to standard output and standard error.
enum Output {
    /// Writes a line to standard output.
    static func line(_ text: String = "") { write(text + "\n", to: 1) }

    /// Writes a line to standard error.
    static func error(_ text: String) { write(text + "\n", to: 2) }

    /// Writes bytes to a file descriptor; a closed pipe ends the program quietly, as `cat` would.
    static func write(_ text: String, to descriptor: Int32) {
        write(Array(text.utf8), to: descriptor)
    }

    /// The same of bytes.
    static func write(_ bytes: [UInt8], to descriptor: Int32) {
        var bytes = bytes[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes {
                Foundation.write(descriptor, $0.baseAddress, $0.count)
            }
            if count < 0 && errno == EINTR { continue }
            if count <= 0 { exit(errno == EPIPE ? 0 : ExitStatus.cannotCreate.rawValue) }
            bytes = bytes.dropFirst(count)
        }
    }

    /// True where a descriptor is a terminal.
    static func isTerminal(_ descriptor: Int32) -> Bool { isatty(descriptor) == 1 }

    /// One value as one line of JSON with sorted keys, names in snake case.
    static func json(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    /// Rows as a table with aligned columns, two spaces between them.
    static func table(_ rows: [[String]]) -> [String] {
        guard let columns = rows.map(\.count).max() else { return [] }
        let widths = (0..<columns).map { column in
            rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
        }
        return rows.map { row in
            row.enumerated().map { column, text in
                column == row.count - 1
                    ? text : text + String(repeating: " ", count: widths[column] - text.count)
            }.joined(separator: "  ")
        }
    }
}
