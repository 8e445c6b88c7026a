// Bytes from a terminal to keys, without a terminal: a value that is fed and asked.

/// Turns a terminal's bytes into keys.
///
/// Understands UTF-8, the sequences of xterm and its descendants, of the Linux console and rxvt,
/// and those that terminfo names for the terminal at hand. A bracketed paste is one event. Replies
/// of the terminal to questions (OSC, DCS, APC, `CSI ?`), mouse and focus reports and unknown
/// sequences are swallowed whole, so that none of their characters can act as a key.
public struct KeyParser: Sendable {
    /// What is pending, and so how long it is worth waiting for more.
    public enum Pending: Sendable, Equatable {
        /// Nothing: every byte was used.
        case nothing
        /// A lone Escape: the key itself, unless more follows at once.
        case escape
        /// The beginning of a sequence or of a UTF-8 character.
        case sequence
        /// The inside of a paste.
        case paste
    }

    /// Longest paste that is kept; what follows is dropped with the paste.
    public static let pasteByteCountMax = 1 << 20
    /// Longest control string (OSC and the like) that is waited for.
    private static let stringByteCountMax = 1 << 16

    private var buffer: [UInt8] = []
    private var paste: [UInt8]?
    /// What is still to come of something whose beginning was given up.
    var discarding: Remainder?
    private var replies: [TerminalReply] = []
    private let named: [[UInt8]: Key]
    private let namedLengthMax: Int

    static let pasteEnd: [UInt8] = Array("\u{1B}[201~".utf8)

    /// Makes a parser; `named` are byte strings that this terminal sends for keys (terminfo).
    public init(named: [[UInt8]: Key] = [:]) {
        self.named = named.filter { $0.key.count > 1 && $0.key.first == 0x1B }
        namedLengthMax = self.named.keys.map(\.count).max() ?? 0
    }

    /// What is waiting for more bytes.
    public var pending: Pending {
        if paste != nil || discarding != nil { return .paste }
        if buffer.isEmpty { return .nothing }
        return buffer == [0x1B] ? .escape : .sequence
    }

    /// Takes bytes and returns the keys that are complete.
    public mutating func feed(_ bytes: some Sequence<UInt8>) -> [Key] {
        buffer.append(contentsOf: bytes)
        return drain(atEnd: false)
    }

    /// No more bytes came in time: what is pending is all there is.
    ///
    /// What a slow link still brings of a reply or of a paste is dropped until its end, or until
    /// the next call.
    public mutating func flush() -> [Key] {
        let remainder = discarding == nil ? Remainder(of: buffer, isPaste: paste != nil) : nil
        let keys = drain(atEnd: true)
        discarding = remainder
        return keys
    }

    /// The terminal's replies among what was fed, each handed out once.
    public mutating func takeReplies() -> [TerminalReply] {
        defer { replies = [] }
        return replies
    }

    private mutating func drain(atEnd: Bool) -> [Key] {
        var keys: [Key] = []
        var start = 0
        while start < buffer.count || (atEnd && (paste != nil || discarding != nil)) {
            if let remainder = discarding {
                guard let next = remainder.end(in: buffer[start...], atEnd: atEnd) else {
                    buffer.removeFirst(start)
                    buffer = Array(buffer.suffix(remainder.keptCount(of: buffer)))
                    return keys
                }
                discarding = nil
                start = next
                continue
            }
            if paste != nil {
                guard let (key, next) = continuePaste(from: start, atEnd: atEnd) else {
                    return keys
                }
                keys.append(key)
                start = next
                continue
            }
            switch Self.next(in: buffer[start...], named: named, atEnd: atEnd) {
            case .incomplete:
                buffer.removeFirst(start)
                return keys
            case .key(let key, let count):
                if let key {
                    keys.append(key)
                } else if let reply = TerminalReply(buffer[start..<start + count]) {
                    replies.append(reply)
                }
                start += count
            case .pasteStart(let count):
                paste = []
                start += count
            }
        }
        buffer.removeFirst(min(start, buffer.count))
        return keys
    }

    /// Moves bytes from the buffer into the paste; the key when the paste has ended.
    ///
    /// Otherwise the buffer keeps only what may be the beginning of the end mark.
    private mutating func continuePaste(from start: Int, atEnd: Bool) -> (key: Key, next: Int)? {
        let rest = buffer[start...]
        var collected = paste ?? []
        paste = []  // the only owner now: appending copies nothing
        if let end = Self.firstRange(of: Self.pasteEnd, in: rest) {
            collected.append(contentsOf: rest[..<end])
            paste = nil
            return (.paste(Self.pastedText(collected)), end + Self.pasteEnd.count)
        }
        // The end mark may be cut by the end of what was read: keep its possible beginning.
        let kept = atEnd ? 0 : min(Self.pasteEnd.count - 1, rest.count)
        collected.append(contentsOf: rest.dropLast(kept))
        if atEnd {
            buffer = []
            paste = nil
            return (.paste(Self.pastedText(collected)), 0)
        }
        paste = Array(collected.prefix(Self.pasteByteCountMax))
        buffer = Array(rest.suffix(kept))
        return nil
    }

    static func firstRange(of pattern: [UInt8], in bytes: ArraySlice<UInt8>) -> Int? {
        guard bytes.count >= pattern.count else { return nil }
        return (bytes.startIndex...(bytes.endIndex - pattern.count)).first { start in
            bytes[start..<start + pattern.count].elementsEqual(pattern)
        }
    }

    private static func pastedText(_ bytes: [UInt8]) -> String {
        String(decoding: bytes.prefix(pasteByteCountMax), as: UTF8.self)
            .replacing("\r\n", with: "\n").replacing("\r", with: "\n")
    }
}
