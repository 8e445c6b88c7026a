// Bytes of files: mapped for reading, written whole.

import Foundation

/// What the system says about an error number, with a full stop.
func systemMessage(_ code: Int32) -> String { String(cString: strerror(code)) + "." }

/// Bytes that stay where they are as long as this object lives: a mapped file, or an array's copy.
///
/// `@unchecked Sendable`: the memory is written before `init` returns and never after.
final class ByteStore: @unchecked Sendable {
    let bytes: UnsafeRawBufferPointer
    private let mapped: Bool

    /// Maps a file; nothing is copied and pages are read when touched.
    init(mapping url: URL) throws(CNNError) {
        let name = url.lastPathComponent
        let descriptor = open(url.path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .unreadable(file: name, code: errno) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            throw .unreadable(file: name, code: errno)
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw .unreadable(file: name, code: EISDIR)
        }
        let count = Int(status.st_size)
        mapped = count > 0
        guard count > 0 else {
            bytes = UnsafeRawBufferPointer(start: nil, count: 0)
            return
        }
        guard let memory = mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, 0),
            memory != MAP_FAILED
        else { throw .unreadable(file: name, code: errno) }
        bytes = UnsafeRawBufferPointer(start: memory, count: count)
    }

    /// Copies bytes.
    init(copying source: [UInt8]) {
        let memory = UnsafeMutableRawBufferPointer.allocate(
            byteCount: max(1, source.count), alignment: 64)
        memory.copyBytes(from: source)
        bytes = UnsafeRawBufferPointer(rebasing: memory[..<source.count])
        mapped = false
    }

    /// Says that a stretch is about to be read from front to back: its pages come in one go.
    func fetch(_ range: Range<Int>) { advise(range, MADV_POPULATE_READ) }

    /// Says that a stretch is not needed for now: its pages go, and come back from the file.
    ///
    /// Nothing happens to bytes that were copied.
    func drop(_ range: Range<Int>) { advise(range, MADV_DONTNEED) }

    /// Short stretches are not worth a call.
    private static let adviseBytesMin = 1 << 16

    private func advise(_ range: Range<Int>, _ advice: Int32) {
        guard mapped, range.count >= Self.adviseBytesMin, let start = bytes.baseAddress else {
            return
        }
        let page = Int(sysconf(Int32(_SC_PAGESIZE)))
        // Only whole pages: neighbours may still need the ends.
        let first = (range.lowerBound + page - 1) / page * page
        let end = range.upperBound / page * page
        guard first < end else { return }
        // An older kernel that knows no such advice reads the pages one by one.
        _ = madvise(UnsafeMutableRawPointer(mutating: start + first), end - first, advice)
    }

    deinit {
        if mapped, let start = bytes.baseAddress {
            munmap(UnsafeMutableRawPointer(mutating: start), bytes.count)
        } else {
            bytes.baseAddress?.deallocate()
        }
    }
}

/// Writes a whole file, replacing what was there.
func writeFile(_ parts: [[UInt8]], to url: URL) throws(CNNError) {
    let name = url.lastPathComponent
    let descriptor = open(url.path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw .unwritable(file: name, code: errno) }
    defer { close(descriptor) }
    for part in parts {
        var written = 0
        while written < part.count {
            let count = part.withUnsafeBytes { bytes in
                write(descriptor, bytes.baseAddress.map { $0 + written }, part.count - written)
            }
            if count < 0 {
                if errno == EINTR { continue }
                throw .unwritable(file: name, code: errno)
            }
            written += count
        }
    }
}
