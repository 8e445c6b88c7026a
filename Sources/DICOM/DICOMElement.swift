// Elements to be written.

/// One element of a data set that is to be written.
public struct DICOMElement: Sendable, Equatable {
    /// What an element holds.
    public enum Value: Sendable, Equatable {
        /// Text, values separated by backslashes.
        case text(String)
        /// 16-bit numbers, unsigned.
        case unsigned16([UInt16])
        /// 16-bit numbers, two's complement.
        case signed16([Int16])
        /// 32-bit numbers, unsigned.
        case unsigned32([UInt32])
        /// Bytes as they are to stand in the file.
        case bytes([UInt8])
        /// The items of a sequence.
        case items([[DICOMElement]])
    }

    /// Its tag.
    public var tag: DICOMTag
    /// Its value representation, two letters.
    public var vr: String
    /// What it holds.
    public var value: Value

    /// Makes an element; `vr` fits the value (`US` for `unsigned16`, `SQ` for `items`, ...).
    public init(_ tag: DICOMTag, vr: String, _ value: Value) {
        self.tag = tag
        self.vr = vr
        self.value = value
    }
}

/// Writes elements in one of the three plain encodings (PS3.5 7).
struct ElementWriter {
    let isImplicit: Bool
    let isBigEndian: Bool
    private(set) var bytes: [UInt8] = []

    init(isImplicit: Bool, isBigEndian: Bool) {
        self.isImplicit = isImplicit
        self.isBigEndian = isBigEndian
    }

    /// Appends elements in ascending order of their tags.
    mutating func append(_ elements: [DICOMElement]) {
        for element in elements.sorted(by: { $0.tag < $1.tag }) { append(element) }
    }

    mutating func append(_ element: DICOMElement) {
        let content = content(element)
        header(element.tag, element.vr, length: UInt32(truncatingIfNeeded: content.count))
        bytes += content
    }

    /// A tag, and the value representation and length where the encoding has them.
    mutating func header(_ tag: DICOMTag, _ vr: String, length: UInt32) {
        number(tag.group)
        number(tag.element)
        if isImplicit || tag.group == 0xFFFE {
            number(length)
            return
        }
        bytes += Array(vr.utf8.prefix(2))
        if VR.hasLongLength(vr) {
            bytes += [0, 0]
            number(length)
        } else {
            number(UInt16(truncatingIfNeeded: length))
        }
    }

    mutating func raw(_ more: [UInt8]) { bytes += more }

    private mutating func number<Word: FixedWidthInteger>(_ word: Word) {
        Self.append(word, to: &bytes, isBigEndian: isBigEndian)
    }

    private static func append<Word: FixedWidthInteger>(
        _ word: Word, to bytes: inout [UInt8], isBigEndian: Bool
    ) {
        withUnsafeBytes(of: isBigEndian ? word.bigEndian : word.littleEndian) { bytes += $0 }
    }

    /// The value's bytes, padded to an even number.
    private func content(_ element: DICOMElement) -> [UInt8] {
        var content: [UInt8] = []
        switch element.value {
        case .text(let text): content = Array(text.utf8)
        case .unsigned16(let words): content = binary(words)
        case .signed16(let words): content = binary(words)
        case .unsigned32(let words): content = binary(words)
        case .bytes(let bytes): content = bytes
        case .items(let items):
            var nested = ElementWriter(isImplicit: isImplicit, isBigEndian: isBigEndian)
            for item in items {
                var inner = ElementWriter(isImplicit: isImplicit, isBigEndian: isBigEndian)
                inner.append(item)
                nested.header(.item, "", length: UInt32(truncatingIfNeeded: inner.bytes.count))
                nested.raw(inner.bytes)
            }
            content = nested.bytes
        }
        // PS3.5 6.2: text is padded with a space, identifiers and bytes with zero.
        if content.count % 2 == 1 {
            let isText = VR.isCharacterSetText(element.vr) || VR.isPlainText(element.vr)
            content.append(isText && element.vr != "UI" ? 0x20 : 0)
        }
        return content
    }

    private func binary<Word: FixedWidthInteger>(_ words: [Word]) -> [UInt8] {
        let isNative = isBigEndian == (UInt16(1).bigEndian == 1)
        let ordered = isNative ? words : words.map(\.byteSwapped)
        return ordered.withUnsafeBytes { Array($0) }
    }
}
