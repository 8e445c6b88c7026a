// DICOMDIR: the table of contents of a CD or a memory stick (PS3.10 8, PS3.3 annex F).

import Foundation

/// Follows the table of contents of a medium.
public enum DICOMDirectory {
    /// The files that a DICOMDIR refers to, in its order, each once.
    ///
    /// All lie below the folder of the DICOMDIR: a reference that leads out of it, by its own
    /// words or by a link, is left out. Names are matched whatever their case, and with the
    /// endings that media and mail programs add (`;1`, `.dcm`). A file that is not there is
    /// returned as written, so that the caller can say so.
    public static func referencedFiles(at url: URL) throws(DICOMError) -> [URL] {
        let dataSet = try DICOMDataSet(contentsOf: url)
        guard dataSet.isDirectory else {
            throw .damaged(file: dataSet.name, detail: "it is not a DICOMDIR")
        }
        let folder = url.deletingLastPathComponent()
        var listing = FolderListing()
        var seen: Set<String> = []
        var files: [URL] = []
        for components in references(dataSet) {
            guard let file = resolve(components, below: folder, &listing) else { continue }
            if seen.insert(file.path).inserted { files.append(file) }
        }
        if files.isEmpty { throw .emptyDirectory(file: dataSet.name) }
        return files
    }

    /// Referenced File ID (0004,1500) of each record in use.
    private static func references(_ dataSet: DICOMDataSet) -> [[String]] {
        dataSet.scope.items(DICOMTag(0x0004, 0x1220)).compactMap { record in
            // Record In-use Flag: 0 for a record that is no longer used.
            if record.integer(DICOMTag(0x0004, 0x1410)).number == 0 { return nil }
            let components = record.plainStrings(DICOMTag(0x0004, 0x1500))
            return components.isEmpty ? nil : components
        }
    }

    private static func resolve(
        _ components: [String], below folder: URL, _ listing: inout FolderListing
    ) -> URL? {
        var place = folder
        for component in components {
            guard !component.isEmpty, component != ".", component != "..",
                !component.contains("/"), !component.utf8.contains(0)
            else { return nil }
            place = place.appending(path: listing.name(like: component, in: place) ?? component)
        }
        let root = folder.resolvingSymlinksInPath().standardizedFileURL.path
        let target = place.resolvingSymlinksInPath().standardizedFileURL.path
        return target.hasPrefix(root.hasSuffix("/") ? root : root + "/") ? place : nil
    }
}

/// Names in folders, looked up whatever their case; each folder is listed once.
private struct FolderListing {
    private var folders: [String: [String: String]] = [:]

    mutating func name(like wanted: String, in folder: URL) -> String? {
        let names: [String: String]
        if let known = folders[folder.path] {
            names = known
        } else {
            let found = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
            names = Dictionary(
                found.sorted().map { ($0.lowercased(), $0) },
                uniquingKeysWith: { first, _ in first })
            folders[folder.path] = names
        }
        let lower = wanted.lowercased()
        return [lower, lower + ".dcm", lower + ";1", lower + ".;1"].lazy.compactMap { names[$0] }
            .first
    }
}
