// Where the files that ship with the program lie.

import Foundation

/// The program's own files: beside it after `make install`, in the checkout while developing.
enum Installation {
    /// The folder of the running program.
    static let programFolder = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        .deletingLastPathComponent()

    /// Folders that may hold the themes that ship.
    static var themeFolders: [URL] {
        var folders = [programFolder]
        // A build lies in .build/<triple>/<configuration> of the checkout.
        var above = programFolder
        for _ in 0..<3 {
            above.deleteLastPathComponent()
            folders.append(above)
        }
        return folders.map { $0.appendingPathComponent("Themes") }
            .filter { FileManager.default.fileExists(atPath: $0.path) }
    }
}
