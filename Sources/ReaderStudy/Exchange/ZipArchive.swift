// ZIP archives, as far as xlsx files need them.

/// A ZIP archive in memory (PKWARE APPNOTE 6.3; no encryption, no ZIP64).
struct ZipArchive {
    /// A file of the archive.
    struct Entry {
        let name: String
        let method: Int
        let offset: Int
        let packedCount: Int
        let checksum: UInt32
    }

    /// What one file may hold, decompressed.
    static let entryBytesMax = 256 << 20

    private let bytes: [UInt8]
    private let entries: [String: Entry]

    /// Reads the directory; nil where the bytes are no such archive.
    init?(_ bytes: [UInt8]) {
        self.bytes = bytes
        guard bytes.count >= 22 else { return nil }
        let earliest = max(0, bytes.count - 22 - 65_535)
        guard
            let end = (earliest...(bytes.count - 22)).reversed().first(where: {
                Self.word(bytes, $0, 4) == 0x0605_4B50
            })
        else { return nil }
        let count = Self.word(bytes, end + 10, 2)
        var position = Self.word(bytes, end + 16, 4)
        var entries: [String: Entry] = [:]
        for _ in 0..<count {
            guard position + 46 <= bytes.count, Self.word(bytes, position, 4) == 0x0201_4B50 else {
                return nil
            }
            let nameCount = Self.word(bytes, position + 28, 2)
            let rest = Self.word(bytes, position + 30, 2) + Self.word(bytes, position + 32, 2)
            guard position + 46 + nameCount <= bytes.count else { return nil }
            let name = String(
                decoding: bytes[(position + 46)..<(position + 46 + nameCount)], as: UTF8.self)
            let isEncrypted = Self.word(bytes, position + 8, 2) & 1 == 1
            guard !isEncrypted else { return nil }
            entries[name] = Entry(
                name: name, method: Self.word(bytes, position + 10, 2),
                offset: Self.word(bytes, position + 42, 4),
                packedCount: Self.word(bytes, position + 20, 4),
                checksum: UInt32(Self.word(bytes, position + 16, 4)))
            position += 46 + nameCount + rest
        }
        self.entries = entries
    }

    private static func word(_ bytes: [UInt8], _ position: Int, _ count: Int) -> Int {
        guard position >= 0, position + count <= bytes.count else { return 0 }
        return (0..<count).reduce(0) { $0 | Int(bytes[position + $1]) << (8 * $1) }
    }

    /// The names of all files, in alphabetical order.
    var names: [String] { entries.keys.sorted() }

    /// A file's bytes; nil where it is missing, damaged, or larger than the limit.
    func bytes(of name: String) -> [UInt8]? {
        guard let entry = entries[name], Self.word(bytes, entry.offset, 4) == 0x0403_4B50 else {
            return nil
        }
        let start =
            entry.offset + 30 + Self.word(bytes, entry.offset + 26, 2)
            + Self.word(bytes, entry.offset + 28, 2)
        guard start + entry.packedCount <= bytes.count else { return nil }
        let packed = bytes[start..<(start + entry.packedCount)]
        let content: [UInt8]?
        switch entry.method {
        case 0: content = Array(packed)
        case 8: content = try? Inflate.bytes(packed, limit: Self.entryBytesMax)
        default: content = nil
        }
        guard let content, CRC32.checksum(content) == entry.checksum else { return nil }
        return content
    }

    /// An archive of files that are stored as they are.
    static func stored(_ files: [(name: String, bytes: [UInt8])]) -> [UInt8] {
        var archive: [UInt8] = []
        var directory: [UInt8] = []
        func little(_ value: Int, _ count: Int) -> [UInt8] {
            (0..<count).map { UInt8(value >> (8 * $0) & 0xFF) }
        }
        for file in files {
            let name = Array(file.name.utf8)
            // Version 2.0, UTF-8 names, stored, 1 January 1980: the same bytes every time.
            let common =
                little(20, 2) + little(0x0800, 2) + little(0, 2) + little(0, 2) + little(0x21, 2)
                + little(Int(CRC32.checksum(file.bytes)), 4) + little(file.bytes.count, 4)
                + little(file.bytes.count, 4) + little(name.count, 2) + little(0, 2)
            directory += little(0x0201_4B50, 4) + little(20, 2) + common + little(0, 2)
            directory +=
                little(0, 2) + little(0, 2) + little(0, 4) + little(archive.count, 4) + name
            archive += little(0x0403_4B50, 4) + common + name + file.bytes
        }
        let start = archive.count
        archive += directory
        archive += little(0x0605_4B50, 4) + little(0, 4) + little(files.count, 2)
        archive += little(files.count, 2) + little(directory.count, 4) + little(start, 4)
        return archive + little(0, 2)
    }
}

/// The checksum of ZIP (ISO 3309).
enum CRC32 {
    private static let table: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index)) { value, _ in
            value & 1 == 1 ? 0xEDB8_8320 ^ (value >> 1) : value >> 1
        }
    }

    static func checksum(_ bytes: [UInt8]) -> UInt32 {
        ~bytes.reduce(~UInt32(0)) { table[Int(($0 ^ UInt32($1)) & 0xFF)] ^ ($0 >> 8) }
    }
}
