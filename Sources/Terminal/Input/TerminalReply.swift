// What a terminal answers when it is asked about itself.

/// A reply of the terminal; never a key, however late it comes.
public enum TerminalReply: Sendable, Equatable {
    /// Device attributes (DA1): the features, such as 4 for sixel. Every terminal answers this.
    case attributes([Int])
    /// Operating status (DSR 5): what was written before the question has been shown.
    case status
    /// The cursor's place, from 1 (DSR 6).
    case cursor(row: Int, column: Int)
    /// A private mode (DECRQM): 1 set, 2 reset, 3 always set, 4 never; 0 unknown.
    case mode(Int, state: Int)
    /// Name and version (XTVERSION).
    case version(String)
    /// The colours in force (DECRQSS of SGR), as the parameters of SGR.
    case rendition(String)
    /// An answer of the Kitty graphics protocol: its message, such as "OK".
    case graphics(String)
    /// Height and width of a cell in pixels.
    case cellPixels(height: Int, width: Int)
    /// The background's red, green and blue, 0...255 (OSC 11).
    case background(red: Int, green: Int, blue: Int)

    /// The reply that one whole sequence is; nil for any other sequence.
    init?(_ bytes: ArraySlice<UInt8>) {
        guard bytes.count > 3, bytes.first == 0x1B else { return nil }
        let text = String(decoding: bytes.dropFirst(2), as: UTF8.self)
        switch bytes[bytes.startIndex + 1] {
        case UInt8(ascii: "["): self.init(sequence: text)
        case UInt8(ascii: "P"), UInt8(ascii: "_"), UInt8(ascii: "]"):
            let body = text.hasSuffix("\u{1B}\\") ? text.dropLast(2) : text.dropLast(1)
            self.init(string: body, kind: bytes[bytes.startIndex + 1])
        default: return nil
        }
    }

    private init?(sequence text: String) {
        guard let final = text.last else { return nil }
        let numbers = Self.numbers(text.dropLast().drop { $0 == "?" })
        switch (final, text.first) {
        case ("c", "?"): self = .attributes(numbers)
        case ("n", _) where numbers == [0]: self = .status
        case ("R", let first) where first != "?" && numbers.count == 2:
            self = .cursor(row: numbers[0], column: numbers[1])
        case ("y", "?") where numbers.count == 2: self = .mode(numbers[0], state: numbers[1])
        case ("t", _) where numbers.count == 3 && numbers[0] == 6:
            self = .cellPixels(height: numbers[1], width: numbers[2])
        default: return nil
        }
    }

    private init?(string body: Substring, kind: UInt8) {
        switch kind {
        case UInt8(ascii: "P") where body.hasPrefix(">|"):
            self = .version(String(body.dropFirst(2).prefix(80)))
        case UInt8(ascii: "P") where body.hasPrefix("1$r") && body.hasSuffix("m"):
            self = .rendition(String(body.dropFirst(3).dropLast()))
        case UInt8(ascii: "_") where body.hasPrefix("G"):
            self = .graphics(String(body.split(separator: ";").dropFirst().first ?? ""))
        case UInt8(ascii: "]") where body.hasPrefix("11;rgb:"):
            let parts = body.dropFirst(7).split(separator: "/").map { part in
                Int(part.prefix(2), radix: 16)
            }
            guard parts.count == 3, let red = parts[0], let green = parts[1], let blue = parts[2]
            else { return nil }
            self = .background(red: red, green: green, blue: blue)
        default: return nil
        }
    }

    /// Numbers between semicolons; a dollar sign before the final byte belongs to it.
    private static func numbers(_ text: Substring) -> [Int] {
        text.drop { $0 == "?" }.split { $0 == ";" || $0 == "$" }.map { Int($0.prefix(6)) ?? 0 }
    }
}
