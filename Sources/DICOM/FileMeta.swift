// The first bytes of a file: preamble, meta header (PS3.10 7.1), and what else they may be.

/// Where the data set begins, and what the meta header says.
struct FileMeta: Sendable {
    /// Offset of the data set's first byte.
    var dataSetOffset = 0
    /// The transfer syntax that the meta header names.
    var transferSyntax: TransferSyntax?
    /// True where there is a meta header.
    var isPresent = false
    /// The meta header's elements, for listing: tag, value representation, raw value.
    var elements: [(tag: DICOMTag, vr: String, value: [UInt8])] = []

    /// Reads the meta header, which is always explicit little endian; wrong group lengths do not
    /// matter, for the header ends where group 0002 ends.
    init(_ bytes: [UInt8]) {
        var offset = 0
        if Self.hasPrefix(bytes) {
            offset = 132
        } else if !Self.begins(bytes, at: 0, withGroup: 2) {
            return
        }
        while let next = Self.element(bytes, at: offset), next.tag.group == 2 {
            let value = Array(bytes[next.valueOffset..<next.valueOffset + next.length])
            elements.append((next.tag, next.vr, value))
            if next.tag == .transferSyntaxUID {
                let uid = value.prefix { $0 != 0 && $0 != 0x20 }
                if !uid.isEmpty {
                    transferSyntax = TransferSyntax(uid: String(decoding: uid, as: UTF8.self))
                }
            }
            offset = next.valueOffset + next.length
            isPresent = true
        }
        dataSetOffset = offset
    }

    /// True where `DICM` follows a preamble of 128 bytes.
    static func hasPrefix(_ bytes: some RandomAccessCollection<UInt8>) -> Bool {
        bytes.dropFirst(128).prefix(4).elementsEqual("DICM".utf8)
    }

    private static func begins(_ bytes: [UInt8], at offset: Int, withGroup group: UInt8) -> Bool {
        bytes.count >= offset + 8 && bytes[offset] == group && bytes[offset + 1] == 0
            && VR.isKnown(bytes[offset + 4], bytes[offset + 5])
    }

    /// One explicit (or, in broken files, implicit) element that lies wholly within the bytes.
    private static func element(
        _ bytes: [UInt8], at offset: Int
    ) -> (tag: DICOMTag, vr: String, valueOffset: Int, length: Int)? {
        guard bytes.count - offset >= 8 else { return nil }
        func word(_ at: Int) -> Int { Int(bytes[at]) | Int(bytes[at + 1]) << 8 }
        let tag = DICOMTag(UInt16(word(offset)), UInt16(word(offset + 2)))
        var vr = "UN"
        var valueOffset = offset + 8
        var length = word(offset + 4) | word(offset + 6) << 16
        if VR.isKnown(bytes[offset + 4], bytes[offset + 5]) {
            vr = String(decoding: bytes[offset + 4...offset + 5], as: UTF8.self)
            length = word(offset + 6)
            if VR.hasLongLength(vr) {
                guard bytes.count - offset >= 12 else { return nil }
                length = word(offset + 8) | word(offset + 10) << 16
                valueOffset = offset + 12
            }
        }
        guard length <= bytes.count - valueOffset else { return nil }
        return (tag, vr, valueOffset, length)
    }
}

/// Value representations, as far as this room needs to tell them apart (PS3.5 table 6.2-1).
enum VR {
    private static let all: Set<String> = [
        "AE", "AS", "AT", "CS", "DA", "DS", "DT", "FL", "FD", "IS", "LO", "LT", "OB", "OD", "OF",
        "OL", "OV", "OW", "PN", "SH", "SL", "SQ", "SS", "ST", "SV", "TM", "UC", "UI", "UL", "UN",
        "UR", "US", "UT", "UV",
    ]

    static func isKnown(_ first: UInt8, _ second: UInt8) -> Bool {
        all.contains(String(decoding: [first, second], as: UTF8.self))
    }

    /// PS3.5 7.1.2: two reserved bytes and a length of four.
    static func hasLongLength(_ vr: String) -> Bool {
        ["OB", "OD", "OF", "OL", "OV", "OW", "SQ", "SV", "UC", "UN", "UR", "UT", "UV"].contains(vr)
    }

    /// Affected by Specific Character Set.
    static func isCharacterSetText(_ vr: String) -> Bool {
        ["LO", "LT", "PN", "SH", "ST", "UC", "UT"].contains(vr)
    }

    /// Text in the default repertoire.
    static func isPlainText(_ vr: String) -> Bool {
        ["AE", "AS", "CS", "DA", "DS", "DT", "IS", "TM", "UI", "UR"].contains(vr)
    }
}

/// What a file seems to be when it is not DICOM, from its first bytes.
enum ForeignFile {
    static func kind(of bytes: some RandomAccessCollection<UInt8>) -> String? {
        let start = Array(bytes.prefix(512))
        let signatures: [(String, [UInt8])] = [
            ("a PNG image", [0x89, 0x50, 0x4E, 0x47]), ("a JPEG image", [0xFF, 0xD8, 0xFF]),
            ("a GIF image", Array("GIF8".utf8)), ("a PDF document", Array("%PDF".utf8)),
            ("a ZIP archive", [0x50, 0x4B, 0x03, 0x04]), ("a gzip archive", [0x1F, 0x8B]),
            ("a TIFF image", [0x49, 0x49, 0x2A, 0]), ("a TIFF image", [0x4D, 0x4D, 0, 0x2A]),
            ("a Windows bitmap", Array("BM".utf8)), ("an SQLite database", Array("SQLite".utf8)),
            ("a NumPy array", [0x93] + Array("NUMPY".utf8)),
            ("a NIfTI or compressed file", [0x28, 0xB5, 0x2F, 0xFD]),
        ]
        if let match = signatures.first(where: { start.starts(with: $0.1) }) { return match.0 }
        let isText = start.allSatisfy { (0x20...0x7E).contains($0) || [9, 10, 13].contains($0) }
        if isText && !start.isEmpty { return "a text file" }
        return start.allSatisfy { $0 == 0 } && !start.isEmpty ? "a run of zero bytes" : nil
    }

    /// True where a data set may begin here without a meta header: a plausible first element.
    static func mayBeDataSet(_ bytes: some RandomAccessCollection<UInt8>) -> Bool {
        let start = Array(bytes.prefix(12))
        guard start.count >= 8, kind(of: bytes) == nil else { return false }
        let groups: Set<UInt8> = [0x02, 0x08, 0x10, 0x18, 0x20, 0x28]
        if VR.isKnown(start[4], start[5]) {
            return start[0] == 0
                ? groups.contains(start[1]) : start[1] == 0 && groups.contains(start[0])
        }
        guard start[1] == 0, groups.contains(start[0]) else { return false }
        let length = (4..<8).reduce(0) { $0 | Int(start[$1]) << (8 * ($1 - 4)) }
        return length <= bytes.count - 8 && length % 2 == 0
    }
}
