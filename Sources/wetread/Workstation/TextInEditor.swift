// A text in the reader's own editor.

import Foundation
import Radiology
import Records

/// Runs `$VISUAL`, else `$EDITOR`, on a private file and reads it back.
///
/// An impression may name a patient: the file lies in a folder of mode 0700 in memory where the
/// system has one (`$XDG_RUNTIME_DIR`, `/dev/shm`), and the folder is removed with all that the
/// editor left in it.
enum TextInEditor {
    /// The most characters that come back.
    private static let countMax = 20_000

    /// Edits a text; waits for the editor's end on a thread of its own.
    static func edit(_ text: String) async -> Result<String, CommandFailure> {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread { continuation.resume(returning: run(text)) }
        }
    }

    private static func run(_ text: String) -> Result<String, CommandFailure> {
        let environment = ProcessInfo.processInfo.environment
        let named = ["VISUAL", "EDITOR"].compactMap { environment[$0] }.first { !$0.isEmpty }
        guard let editor = named else {
            return .failure(
                CommandFailure(.configuration, "no editor is named. Set VISUAL or EDITOR."))
        }
        guard let folder = makeFolder(environment) else {
            return .failure(
                CommandFailure(.cannotCreate, "no private folder for the editor can be made."))
        }
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let file = folder + "/impression.txt"
        guard
            FileManager.default.createFile(
                atPath: file, contents: Data(text.utf8), attributes: [.posixPermissions: 0o600])
        else {
            return .failure(
                CommandFailure(.cannotCreate, "the file for the editor cannot be written."))
        }
        let status = spawn(editor, file)
        guard status == 0, let data = FileManager.default.contents(atPath: file),
            data.count <= 4 * countMax
        else {
            return .failure(
                CommandFailure(
                    .someFailed,
                    "the editor ended with status \(status): the impression stays as it was."))
        }
        return .success(String(decoding: data, as: UTF8.self))
    }

    private static func makeFolder(_ environment: [String: String]) -> String? {
        let places = [environment["XDG_RUNTIME_DIR"], "/dev/shm", NSTemporaryDirectory()]
        for place in places.compactMap(\.self) where !place.isEmpty {
            let path = place + "/wetread-\(UUID().uuidString)"
            if mkdir(path, 0o700) == 0 { return path }
        }
        return nil
    }

    /// Runs the editor in the foreground: Foundation's `Process` would put it into a group of its
    /// own, which may not read from the terminal.
    private static func spawn(_ editor: String, _ file: String) -> Int32 {
        let words = ["/bin/sh", "-c", editor + " \"$1\"", "wetread", file]
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) }
        arguments.append(nil)
        var variables: [UnsafeMutablePointer<CChar>?] = ChildEnvironment.variables
            .map { strdup("\($0.key)=\($0.value)") }
        variables.append(nil)
        defer { for text in arguments + variables { free(text) } }
        var pid = pid_t()
        let code = ChildSignals.unblocked {
            posix_spawn(&pid, "/bin/sh", nil, nil, arguments, variables)
        }
        guard code == 0 else { return -1 }
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0 && errno == EINTR {}
        // WEXITSTATUS; a signal's number counts as a failure, too.
        return status & 0x7F == 0 ? (status >> 8) & 0xFF : status & 0x7F
    }
}
