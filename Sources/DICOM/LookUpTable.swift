// Look-up tables, with the errors that writers make (PS3.3 C.11.1.1, C.7.6.3.1.5).

/// A table from stored or modality values.
struct LookUpTable: Sendable, Equatable {
    /// The input value that the first entry is for.
    let firstValueMapped: Int
    /// Bits of an entry, as the descriptor says (mended where the entries need more).
    let bitsPerEntry: Int
    /// The entries.
    let entries: [UInt16]

    /// Reads a table's descriptor and data.
    /// - Parameter isSigned: how the first value mapped is meant where its representation is not
    ///   stated: as the input values are.
    /// - Returns: nil where there is none or where it has fewer entries than it says.
    init?(
        scope: ElementScope, descriptor: DICOMTag, data: DICOMTag, isSigned: Bool
    ) {
        guard let shape = Shape(scope: scope, descriptor: descriptor),
            let element = scope.element(data), let bytes = scope.elements.bytes(of: element)
        else { return nil }
        let entries: [UInt16]
        if bytes.count >= shape.count * 2 {
            entries = Array(Self.words(bytes, scope).prefix(shape.count))
        } else if bytes.count >= shape.count {
            entries = Array(Self.wordsOfBytes(bytes, element, scope).prefix(shape.count))
        } else {
            return nil
        }
        self.init(shape, entries: entries, isSigned: isSigned)
    }

    /// Reads a palette's table that is written in segments (PS3.3 C.7.9.2).
    init?(scope: ElementScope, descriptor: DICOMTag, segments: DICOMTag) {
        guard let shape = Shape(scope: scope, descriptor: descriptor),
            let element = scope.element(segments), let bytes = scope.elements.bytes(of: element)
        else { return nil }
        let words =
            shape.bits == 8
            ? Self.wordsOfBytes(bytes, element, scope) : Self.words(bytes, scope)
        guard let entries = SegmentedTable.entries(words, count: shape.count) else { return nil }
        self.init(shape, entries: entries, isSigned: false)
    }

    private init(_ shape: Shape, entries: [UInt16], isSigned: Bool) {
        self.entries = entries
        firstValueMapped = isSigned && shape.first >= 0x8000 ? shape.first - 0x10000 : shape.first
        let needed = 16 - (entries.max() ?? 0).leadingZeroBitCount
        bitsPerEntry = max((1...16).contains(shape.bits) ? shape.bits : 16, needed)
    }

    /// The three numbers of a descriptor.
    private struct Shape {
        let count: Int
        let first: Int
        let bits: Int

        init?(scope: ElementScope, descriptor: DICOMTag) {
            let numbers = scope.integers(descriptor).compactMap(\.number)
            guard numbers.count >= 3 else { return nil }
            // 0 stands for 65536, which two bytes cannot hold.
            count = numbers[0] & 0xFFFF == 0 ? 65536 : numbers[0] & 0xFFFF
            first = numbers[1] & 0xFFFF
            bits = numbers[2]
        }
    }

    private static func words(_ bytes: [UInt8], _ scope: ElementScope) -> [UInt16] {
        let (low, high) = scope.elements.isBigEndian ? (1, 0) : (0, 1)
        return (0..<bytes.count / 2).map { index in
            UInt16(bytes[index * 2 + high]) << 8 | UInt16(bytes[index * 2 + low])
        }
    }

    /// Entries of 8 bits, two in each word.
    private static func wordsOfBytes(
        _ bytes: [UInt8], _ element: Element, _ scope: ElementScope
    ) -> [UInt16] {
        let isSwapped = scope.elements.isBigEndian && element.vr != "OB"
        return bytes.indices.map { index in
            UInt16(bytes[min(isSwapped ? index ^ 1 : index, bytes.count - 1)])
        }
    }

    /// The entry for an input value; the ends hold beyond them.
    func entry(_ value: Int) -> UInt16 {
        entries[min(max(value - firstValueMapped, 0), entries.count - 1)]
    }
}

/// Tables in segments: discrete values, straight lines, and repetitions of segments.
private enum SegmentedTable {
    /// The expanded entries; nil where the segments are damaged or give fewer than `count`.
    static func entries(_ words: [UInt16], count: Int) -> [UInt16]? {
        var result: [UInt16] = []
        result.reserveCapacity(count)
        var offset = 0
        while offset < words.count && result.count < count {
            guard let next = expand(words, at: offset, into: &result, limit: count, isNested: false)
            else { return nil }
            offset = next
        }
        return result.count >= count ? Array(result.prefix(count)) : nil
    }

    /// Expands one segment and returns where the next begins.
    private static func expand(
        _ words: [UInt16], at offset: Int, into result: inout [UInt16], limit: Int, isNested: Bool
    ) -> Int? {
        guard offset + 2 <= words.count, result.count <= limit + 65536 else { return nil }
        let length = Int(words[offset + 1])
        switch words[offset] {
        case 0:
            let end = offset + 2 + length
            guard end <= words.count else { return nil }
            result += words[offset + 2..<end]
            return end
        case 1:
            guard offset + 3 <= words.count, let start = result.last, length > 0 else { return nil }
            let rise = Double(words[offset + 2]) - Double(start)
            for step in 1...length {
                let value = Double(start) + rise * Double(step) / Double(length)
                result.append(UInt16(value.rounded()))
            }
            return offset + 3
        case 2:
            // A repetition may not repeat a repetition (PS3.3 C.7.9.2.2).
            guard offset + 4 <= words.count, !isNested else { return nil }
            let bytes = Int(words[offset + 2]) | Int(words[offset + 3]) << 16
            var from = bytes / 2
            for _ in 0..<length {
                guard
                    let next = expand(words, at: from, into: &result, limit: limit, isNested: true)
                else { return nil }
                from = next
            }
            return offset + 4
        default:
            return nil
        }
    }
}
