// A reader's log on disk: locked, appended, and synced where an answer must not be lost.

import Foundation
import ReaderStudy

/// The log of one reader, open for writing by one program at a time.
final class ReadingLogFile {
    private let url: URL
    private let descriptor: Int32
    private let reader: String
    private var log: ReadingLog
    /// What was recorded before.
    let records: [ReadingLog.Record]
    /// Bytes of a line that a crash had cut, taken off.
    let tornByteCount: Int

    /// Opens a reader's log, checks it, and takes off a line that a crash had cut.
    init(_ folder: StudyFolder, reader index: Int) throws {
        url = folder.logURL(ofReader: index)
        reader = folder.plan.readers[index]
        let parent = url.deletingLastPathComponent()
        try? FileManager.default.createDirectory(
            at: parent, withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700])
        descriptor = open(url.path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw CommandFailure(
                .cannotCreate, "cannot write \(url.lastPathComponent) in the study's folder")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw CommandFailure(
                .tryAgain, "this reader is reading the study in another window; end that one first")
        }
        do {
            let text = try folder.logText(ofReader: index)
            records = try ReadingLog.records(in: text, file: url.lastPathComponent)
            log = ReadingLog(
                continuing: text, planHash: folder.hash, hash: StudyFolder.sha256)
            let size = lseek(descriptor, 0, SEEK_END)
            tornByteCount = Int(size) - text.utf8.count
            if tornByteCount > 0, ftruncate(descriptor, off_t(text.utf8.count)) != 0 {
                throw CommandFailure(.cannotCreate, "cannot mend \(url.lastPathComponent)")
            }
        } catch {
            close(descriptor)
            throw error
        }
    }

    deinit { close(descriptor) }

    /// The time of the last line, in nanoseconds; 0 for an empty log.
    var lastNanoseconds: UInt64 { records.last?.nanoseconds ?? 0 }

    /// Adds a line; throws where the disk does not take it.
    func add(
        _ event: LoggedEvent, caseName: String, condition: String, nanoseconds: UInt64
    ) throws {
        var bytes = Array(
            log.add(
                ReadingLog.Record(
                    reader: reader, caseName: caseName, condition: condition,
                    nanoseconds: nanoseconds, event: event)
            ).utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw Self.full }
            bytes = bytes.dropFirst(count)
        }
    }

    /// Returns when all that was added is on the disk, and its head is noted beside it.
    func sync() throws {
        guard fsync(descriptor) == 0 else { throw Self.full }
        let head = url.deletingPathExtension().appendingPathExtension("head")
        do {
            try Data("\(log.count) \(log.head)\n".utf8).write(to: head, options: .atomic)
        } catch {
            throw Self.full
        }
    }

    private static let full = CommandFailure(
        .cannotCreate,
        "the log of the reading cannot be written (disk full?); what was submitted before is kept, "
            + "make room and go on with `wetread study read`")
}
