// Texts in TOML: the files of a home and the plans of studies.

import Foundation
import Radiology
import TOMLKit

/// Reading a TOML text whose mistakes are said with file and line.
enum TOMLText {
    /// The table of a text.
    static func table(
        _ text: String, file: String, status: ExitStatus = .configuration
    ) throws -> TOMLTable {
        do {
            return try TOMLTable(string: text)
        } catch let error as TOMLParseError {
            throw CommandFailure(
                status, "\(file) line \(error.source.begin.line): \(error.description.inert())")
        }
    }

    /// The table of a file of the home; nil where there is no such file.
    static func table(of file: URL) throws -> TOMLTable? {
        guard FileManager.default.fileExists(atPath: file.path) else { return nil }
        let text: String
        do {
            text = try String(contentsOf: file, encoding: .utf8)
        } catch {
            throw CommandFailure(
                .configuration,
                "cannot read \(file.lastPathComponent): \(error.localizedDescription)")
        }
        return try table(text, file: file.lastPathComponent)
    }
}
