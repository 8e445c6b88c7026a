// From the paths that the user names to the files that are meant.

import DICOM
import Foundation
import Radiology

/// The files behind a list of paths: folders recursively, DICOMDIR media by their directory.
struct FileScanner {
    /// A path to read, or one that cannot be followed.
    struct Item: Sendable {
        /// The path as the user would write it: the argument, and what lies below it.
        let path: String
        /// Why it cannot be read; nil for a file that may be tried.
        let failure: CommandFailure?

        /// The last path component.
        var name: String { URL(fileURLWithPath: path).lastPathComponent }

        /// The file to read, or the reason why there is none.
        func reachableURL() throws(CommandFailure) -> URL {
            if let failure { throw failure }
            return URL(fileURLWithPath: path)
        }
    }

    private var items: [Item] = []
    private var seen: Set<String> = []

    /// Every item once, folders in name order.
    static func items(of paths: [String]) -> [Item] {
        var scanner = FileScanner()
        for path in paths { scanner.add(path) }
        return scanner.items
    }

    private mutating func add(_ path: String) {
        var isFolder: ObjCBool = false
        let name = URL(fileURLWithPath: path).lastPathComponent
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            append(path, CommandFailure(.noInput, "\(name.inert()) does not exist"))
            return
        }
        if isFolder.boolValue {
            addFolder(path)
        } else if name.uppercased() == "DICOMDIR" {
            addMedia(path)
        } else {
            append(path)
        }
    }

    private mutating func addFolder(_ folder: String) {
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        } catch {
            let name = URL(fileURLWithPath: folder).lastPathComponent.inert()
            append(
                folder,
                CommandFailure(
                    .noPermission,
                    "cannot list folder \(name): permission denied, or it went away"))
            return
        }
        for name in names where !name.hasPrefix(".") {
            let path = folder.hasSuffix("/") ? folder + name : folder + "/" + name
            // A linked folder could lead back here; linked files are read.
            if !Self.isLinkedFolder(path) { add(path) }
        }
    }

    private static func isLinkedFolder(_ path: String) -> Bool {
        var status = stat()
        guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFLNK else { return false }
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// Follows a DICOMDIR; one that leads nowhere is itself what is refused.
    private mutating func addMedia(_ path: String) {
        let directory = URL(fileURLWithPath: path)
        let folder = directory.deletingLastPathComponent().path + "/"
        let folderAsWritten = path.dropLast(directory.lastPathComponent.count)
        do {
            let files = try DICOMDirectory.referencedFiles(at: directory).map(\.path)
            guard files.contains(where: { FileManager.default.fileExists(atPath: $0) }) else {
                throw CommandFailure(
                    .badData,
                    "\(directory.lastPathComponent.inert()) is a DICOMDIR, a directory of images, "
                        + "not an image; it names \(files.count) files, and none of them is there")
            }
            for file in files {
                let written =
                    file.hasPrefix(folder)
                    ? String(folderAsWritten) + file.dropFirst(folder.count) : file
                let isThere = FileManager.default.fileExists(atPath: file)
                let name = URL(fileURLWithPath: file).lastPathComponent.inert()
                append(
                    written,
                    isThere
                        ? nil
                        : CommandFailure(.noInput, "the DICOMDIR names \(name), which is not there")
                )
            }
        } catch {
            append(path, CommandFailure(describing: error))
        }
    }

    private mutating func append(_ path: String, _ failure: CommandFailure? = nil) {
        let identity = URL(fileURLWithPath: path).standardizedFileURL.path
        if seen.insert(identity).inserted { items.append(Item(path: path, failure: failure)) }
    }
}
