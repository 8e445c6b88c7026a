// Where themes are found, and how they are put together.

import Foundation

/// The themes in a list of folders; where two folders hold the same name, the first one wins.
public struct ThemeCatalogue: Sendable {
    /// The folders, the user's own first.
    public let folders: [URL]

    private static let fileExtension = "toml"
    private static let fileByteCountMax = 1 << 16

    /// Makes a catalogue; folders that do not exist are passed over.
    public init(folders: [URL]) {
        self.folders = folders
    }

    /// Names of all themes, in alphabetical order.
    public var names: [String] {
        let files = folders.flatMap { folder in
            (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        }
        let names = files.filter { $0.hasSuffix("." + Self.fileExtension) && !$0.hasPrefix(".") }
            .map { String($0.dropLast(Self.fileExtension.count + 1)) }
        return Set(names).sorted()
    }

    /// The theme of a name, with what it inherits filled in.
    public func theme(named name: String) throws(TerminalError) -> Theme {
        try theme(named: name, heirs: [])
    }

    private func theme(named name: String, heirs: [String]) throws(TerminalError) -> Theme {
        guard let url = file(named: name) else {
            throw .themeNotFound(name: name, known: names)
        }
        let file = try ThemeFile(name: name, text: text(of: url), file: url.lastPathComponent)
        guard let parent = file.inherits else {
            return Theme(
                name: name, summary: file.summary, entries: file.entries,
                greys: file.greys ?? .plain, marks: file.marks)
        }
        func problem(_ problem: ThemeProblem) -> TerminalError {
            .themeInvalid(file: url.lastPathComponent, line: nil, problem: problem)
        }
        // A user's "dark" may inherit from the "dark" that ships: it is looked for behind its own.
        if parent == name {
            let behind = folders.drop { $0.path != url.deletingLastPathComponent().path }
            let rest = ThemeCatalogue(folders: Array(behind.dropFirst()))
            guard rest.file(named: parent) != nil else { throw problem(.inheritsItself(name)) }
            return file.filled(from: try rest.theme(named: parent, heirs: heirs))
        }
        if heirs.contains(parent) { throw problem(.inheritsItself(name)) }
        guard self.file(named: parent) != nil else { throw problem(.unknownParent(parent)) }
        return file.filled(from: try theme(named: parent, heirs: heirs + [name]))
    }

    private func file(named name: String) -> URL? {
        // A name is never a path.
        guard !name.isEmpty, !name.contains("/"), !name.hasPrefix(".") else { return nil }
        return folders.map { folder in
            URL(fileURLWithPath: folder.path, isDirectory: true)
                .appendingPathComponent(name).appendingPathExtension(Self.fileExtension)
        }.first { FileManager.default.fileExists(atPath: $0.path) }
    }

    private func text(of url: URL) throws(TerminalError) -> String {
        do {
            let data = try Data(contentsOf: url)
            guard data.count <= Self.fileByteCountMax else {
                throw TerminalError.themeUnreadable(
                    file: url.lastPathComponent,
                    message: "it has \(data.count) bytes; a theme has at most "
                        + "\(Self.fileByteCountMax)")
            }
            guard let text = String(data: data, encoding: .utf8) else {
                throw TerminalError.themeUnreadable(
                    file: url.lastPathComponent, message: "it is not UTF-8 text")
            }
            return text
        } catch let error as TerminalError {
            throw error
        } catch {
            throw .themeUnreadable(
                file: url.lastPathComponent, message: error.localizedDescription)
        }
    }
}

extension ThemeFile {
    /// The theme, with the roles that the file leaves out taken from `parent`.
    func filled(from parent: Theme) -> Theme {
        Theme(
            name: name, summary: summary.isEmpty ? parent.summary : summary,
            entries: parent.entries.merging(entries) { _, own in own },
            greys: greys ?? parent.greys, marks: parent.marks.merging(marks) { _, own in own })
    }
}
