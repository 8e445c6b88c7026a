// The rest of what was given up on: a slow link must not turn it into keys.

extension KeyParser {
    /// Something whose beginning was dropped because the rest did not come in time.
    enum Remainder: Sendable {
        /// A control string (OSC, DCS, APC), up to BEL or ST.
        case string
        /// A control sequence, up to its final byte.
        case sequence
        /// A paste, up to its end mark.
        case paste

        /// What the pending bytes are the beginning of; nil for nothing that goes on.
        init?(of pending: [UInt8], isPaste: Bool) {
            if isPaste {
                self = .paste
                return
            }
            guard pending.count > 2, pending[0] == 0x1B else { return nil }
            switch pending[1] {
            case UInt8(ascii: "["): self = .sequence
            case UInt8(ascii: "]"), UInt8(ascii: "P"), UInt8(ascii: "_"), UInt8(ascii: "^"),
                UInt8(ascii: "X"):
                self = .string
            default: return nil
            }
        }

        /// Where it ends among the bytes; nil when it goes on beyond them.
        func end(in bytes: ArraySlice<UInt8>, atEnd: Bool) -> Int? {
            let end: Int?
            switch self {
            case .string: end = Self.stringEnd(bytes)
            case .sequence: end = Self.sequenceEnd(bytes)
            case .paste:
                end = firstRange(of: pasteEnd, in: bytes).map { $0 + pasteEnd.count }
            }
            return end ?? (atEnd ? bytes.endIndex : nil)
        }

        /// Last bytes to keep because the end may be cut by the end of what was read.
        func keptCount(of bytes: [UInt8]) -> Int {
            switch self {
            case .string: bytes.last == 0x1B ? 1 : 0
            case .sequence: 0
            case .paste: min(pasteEnd.count - 1, bytes.count)
            }
        }

        private static func stringEnd(_ bytes: ArraySlice<UInt8>) -> Int? {
            for index in bytes.indices {
                if bytes[index] == 0x07 { return index + 1 }
                guard bytes[index] == 0x1B, index + 1 < bytes.endIndex else { continue }
                return bytes[index + 1] == UInt8(ascii: "\\") ? index + 2 : index
            }
            return nil
        }

        private static func sequenceEnd(_ bytes: ArraySlice<UInt8>) -> Int? {
            guard let index = bytes.firstIndex(where: { !(0x20...0x3F).contains($0) }) else {
                return nil
            }
            return (0x40...0x7E).contains(bytes[index]) ? index + 1 : index
        }
    }
}
