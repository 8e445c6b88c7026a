// Look-up tables: descriptor and data with the errors that writers make (PS3.3 C.11.1.1, C.7.6.3.1.5).

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
        let numbers = scope.integers(descriptor).compactMap(\.number)
        guard numbers.count >= 3, let element = scope.element(data),
            let bytes = scope.elements.bytes(of: element)
        else { return nil }
        // 0 stands for 65536, which two bytes cannot hold.
        let count = numbers[0] & 0xFFFF == 0 ? 65536 : numbers[0] & 0xFFFF
        let first = numbers[1] & 0xFFFF
        firstValueMapped = isSigned && first >= 0x8000 ? first - 0x10000 : first
        let isBigEndian = scope.elements.isBigEndian
        if bytes.count >= count * 2 {
            entries = (0..<count).map { index in
                let low = UInt16(bytes[index * 2 + (isBigEndian ? 1 : 0)])
                let high = UInt16(bytes[index * 2 + (isBigEndian ? 0 : 1)])
                return high << 8 | low
            }
        } else if bytes.count >= count {
            // Entries of 8 bits, two in each word.
            let isSwapped = isBigEndian && element.vr != "OB"
            entries = (0..<count).map { index in
                let at = isSwapped ? index ^ 1 : index
                return UInt16(bytes[min(at, bytes.count - 1)])
            }
        } else {
            return nil
        }
        let needed = 16 - (entries.max() ?? 0).leadingZeroBitCount
        let stated = (1...16).contains(numbers[2]) ? numbers[2] : 16
        bitsPerEntry = max(stated, needed)
    }

    /// The entry for an input value; the ends hold beyond them.
    func entry(_ value: Int) -> UInt16 {
        entries[min(max(value - firstValueMapped, 0), entries.count - 1)]
    }
}
