// Several texts as one value to seal: shorter and faster to read than JSON.

/// Texts in a fixed order, each with its length before it.
///
/// Length as LEB128, then UTF-8. A reader that expects more texts than there are gets empty ones,
/// so that later versions may append.
struct SealedFields {
    private(set) var bytes: [UInt8] = []

    /// Writes texts in order.
    init(_ texts: [String]) {
        bytes.reserveCapacity(texts.reduce(0) { $0 + $1.utf8.count + 1 })
        for text in texts {
            var length = text.utf8.count
            while length >= 0x80 {
                bytes.append(UInt8(length & 0x7F) | 0x80)
                length >>= 7
            }
            bytes.append(UInt8(length))
            bytes.append(contentsOf: text.utf8)
        }
    }

    /// Reads so many texts.
    static func texts(_ bytes: some RandomAccessCollection<UInt8>, count: Int) throws -> [String] {
        let bytes = Array(bytes)
        var texts: [String] = []
        texts.reserveCapacity(count)
        var place = 0
        while texts.count < count {
            if place >= bytes.count {
                texts.append("")
                continue
            }
            var length = 0
            var shift = 0
            while place < bytes.count, shift < 35 {
                let byte = bytes[place]
                place += 1
                length |= Int(byte & 0x7F) << shift
                shift += 7
                if byte < 0x80 { break }
            }
            guard length <= bytes.count - place else {
                throw RecordsError.damaged(task: .readStudy, detail: "sealed texts end early")
            }
            texts.append(String(decoding: bytes[place..<place + length], as: UTF8.self))
            place += length
        }
        return texts
    }
}
