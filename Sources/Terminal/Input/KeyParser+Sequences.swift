// The grammar: one key, one sequence or one character from the front of the bytes.

extension KeyParser {
    enum Step: Equatable {
        case incomplete
        /// A key, or nil for something to be swallowed, and the bytes it took.
        case key(Key?, count: Int)
        case pasteStart(count: Int)
    }

    static func next(in bytes: ArraySlice<UInt8>, named: [[UInt8]: Key], atEnd: Bool) -> Step {
        guard let first = bytes.first else { return .incomplete }
        if first == 0x1B { return escape(Array(bytes), named: named, atEnd: atEnd) }
        if first < 0x20 || first == 0x7F { return .key(control(first), count: 1) }
        return character(bytes, atEnd: atEnd)
    }

    // MARK: characters

    private static func control(_ byte: UInt8) -> Key {
        switch byte {
        case 0x09: .tab
        case 0x0A, 0x0D: .enter
        case 0x08, 0x7F: .backspace
        case 0x00: .control(" ")
        case 0x01...0x1A: .control(Character(Unicode.Scalar(byte + 0x60)))
        default: .control(Character(Unicode.Scalar(byte + 0x40)))
        }
    }

    private static func character(_ bytes: ArraySlice<UInt8>, atEnd: Bool) -> Step {
        let first = bytes[bytes.startIndex]
        let count =
            first < 0x80 ? 1 : first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC2 ? 2 : 0
        guard count > 0, first < 0xF5 else { return .key(nil, count: 1) }
        let taken = bytes.prefix(count)
        let broken = taken.dropFirst().firstIndex { $0 & 0xC0 != 0x80 }
        if let broken { return .key(nil, count: broken - bytes.startIndex) }
        guard taken.count == count else {
            return atEnd ? .key(nil, count: taken.count) : .incomplete
        }
        guard let text = String(validating: taken, as: UTF8.self), let typed = text.first,
            case .glyph = DisplayWidth.kind(
                of: typed.unicodeScalars[typed.unicodeScalars.startIndex])
        else { return .key(nil, count: count) }
        return .key(.character(typed), count: count)
    }

    // MARK: escape sequences

    private static func escape(_ bytes: [UInt8], named: [[UInt8]: Key], atEnd: Bool) -> Step {
        guard bytes.count > 1 else { return atEnd ? .key(.escape, count: 1) : .incomplete }
        for length in stride(from: min(bytes.count, 12), to: 1, by: -1) {
            if let key = named[Array(bytes[..<length])] { return .key(key, count: length) }
        }
        switch bytes[1] {
        case UInt8(ascii: "["): return controlSequence(bytes, atEnd: atEnd)
        case UInt8(ascii: "O"): return singleShift(bytes, atEnd: atEnd)
        case UInt8(ascii: "]"), UInt8(ascii: "P"), UInt8(ascii: "_"), UInt8(ascii: "^"),
            UInt8(ascii: "X"):
            return controlString(bytes, atEnd: atEnd)
        case 0x1B: return .key(.escape, count: 1)
        case 0x0D, 0x0A: return .key(.alt("\n"), count: 2)
        case 0x7F, 0x08: return .key(.alt("\u{8}"), count: 2)
        case ..<0x20: return .key(.escape, count: 1)
        default: break
        }
        switch character(bytes[1...], atEnd: atEnd) {
        case .key(.character(let typed)?, let count): return .key(.alt(typed), count: count + 1)
        case .key(_, let count): return .key(nil, count: count + 1)
        case .incomplete, .pasteStart: return .incomplete
        }
    }

    /// `ESC O` and a letter: arrows and keypad in application mode, F1 to F4.
    private static func singleShift(_ bytes: [UInt8], atEnd: Bool) -> Step {
        guard bytes.count > 2 else { return atEnd ? .key(.alt("O"), count: 2) : .incomplete }
        let letter = bytes[2]
        if letter == UInt8(ascii: "M") { return .key(.enter, count: 3) }
        // rxvt: Ctrl with an arrow.
        let rxvt: [UInt8: Key] = [
            0x61: .modified(.up, .control), 0x62: .modified(.down, .control),
            0x63: .modified(.right, .control), 0x64: .modified(.left, .control),
        ]
        if let key = rxvt[letter] { return .key(key, count: 3) }
        // The keypad sends the letters j...y for * + , - . / 0...9.
        if (0x6A...0x79).contains(letter) {
            return .key(.character(Character(Unicode.Scalar(letter - 0x40))), count: 3)
        }
        return .key(lettered(letter, modifiers: []), count: 3)
    }

    /// OSC, DCS, APC, PM, SOS up to BEL or ST: a reply to a question, never a key.
    private static func controlString(_ bytes: [UInt8], atEnd: Bool) -> Step {
        var index = 2
        while index < bytes.count {
            if bytes[index] == 0x07 { return .key(nil, count: index + 1) }
            if bytes[index] == 0x1B {
                guard index + 1 < bytes.count else { break }
                let closes = bytes[index + 1] == UInt8(ascii: "\\")
                return .key(nil, count: closes ? index + 2 : index)
            }
            index += 1
        }
        if bytes.count > 1 << 16 { return .key(nil, count: bytes.count) }
        guard atEnd else { return .incomplete }
        if bytes.count > 2 { return .key(nil, count: bytes.count) }
        return .key(.alt(Character(Unicode.Scalar(bytes[1]))), count: 2)
    }

    /// `ESC [`, parameter bytes 0x30...0x3F, intermediate bytes 0x20...0x2F, a final byte (ECMA-48).
    private static func controlSequence(_ bytes: [UInt8], atEnd: Bool) -> Step {
        var index = 2
        if bytes.count > 2, bytes[2] == UInt8(ascii: "[") {
            // Linux console: ESC [ [ A ... E are F1 ... F5.
            guard bytes.count > 3 else { return atEnd ? .key(nil, count: 3) : .incomplete }
            let number = Int(bytes[3]) - 0x40
            return .key((1...5).contains(number) ? .function(number) : nil, count: 4)
        }
        while index < bytes.count, (0x20...0x3F).contains(bytes[index]), index < 128 { index += 1 }
        guard index < bytes.count else {
            if !atEnd { return .incomplete }
            return bytes.count == 2 ? .key(.alt("["), count: 2) : .key(nil, count: bytes.count)
        }
        let final = bytes[index]
        // A sequence broken by something else: drop what there is of it and go on there.
        guard (0x40...0x7E).contains(final) || final == UInt8(ascii: "$") else {
            return .key(nil, count: index)
        }
        if bytes[2] == UInt8(ascii: "<"), [UInt8(ascii: "M"), UInt8(ascii: "m")].contains(final) {
            return .key(mouse(bytes[3..<index], isRelease: final != 0x4D), count: index + 1)
        }
        if bytes[2..<index].contains(where: { (0x3C...0x3F).contains($0) || $0 < 0x30 }) {
            return .key(nil, count: index + 1)
        }
        let parameters = bytes[2..<index].split(separator: UInt8(ascii: ";")).map { part in
            let number = part.prefix { (0x30...0x39).contains($0) }.prefix(6)
            return number.reduce(0) { $0 * 10 + Int($1 - 0x30) }
        }
        if final == UInt8(ascii: "~"), parameters.first == 200 {
            return .pasteStart(count: index + 1)
        }
        return .key(key(final: final, parameters: parameters), count: index + 1)
    }

    /// `button;column;row` of an SGR mouse report (xterm's mode 1006), counted from 1.
    private static func mouse(_ bytes: ArraySlice<UInt8>, isRelease: Bool) -> Key? {
        let numbers = String(decoding: bytes, as: UTF8.self).split(separator: ";").map { Int($0) }
        guard numbers.count == 3, let code = numbers[0], let column = numbers[1],
            let row = numbers[2], code >= 0, (1...10_000) ~= column, (1...10_000) ~= row
        else { return nil }
        var modifiers: Key.Modifiers = []
        if code & 4 != 0 { modifiers.insert(.shift) }
        if code & 8 != 0 { modifiers.insert(.alt) }
        if code & 16 != 0 { modifiers.insert(.control) }
        let place = Position(column: column - 1, row: row - 1)
        func event(_ action: MouseEvent.Action, _ button: MouseEvent.Button = .left) -> Key {
            .mouse(MouseEvent(action, button: button, at: place, modifiers: modifiers))
        }
        if code & 64 != 0 {
            guard !isRelease, code & 2 == 0 else { return nil }
            return event(code & 1 == 0 ? .wheelUp : .wheelDown)
        }
        let button: MouseEvent.Button
        switch code & 3 {
        case 0: button = .left
        case 1: button = .middle
        case 2: button = .right
        default: return nil
        }
        return event(isRelease ? .release : code & 32 != 0 ? .drag : .press, button)
    }

    private static func key(final: UInt8, parameters: [Int]) -> Key? {
        let modifiers = modifiers(parameters.count > 1 ? parameters[1] : 1)
        switch final {
        case UInt8(ascii: "~"):
            if parameters.count == 3, parameters[0] == 27 {
                return key(codePoint: parameters[2], modifiers: modifiers)
            }
            return numbered(parameters.first ?? 0, modifiers: modifiers)
        case UInt8(ascii: "u"):
            return key(codePoint: parameters.first ?? 0, modifiers: modifiers)
        case UInt8(ascii: "Z"): return .backTab
        case UInt8(ascii: "R"): return nil  // a cursor report, not F3
        case UInt8(ascii: "a"): return .modified(.up, .shift)
        case UInt8(ascii: "b"): return .modified(.down, .shift)
        case UInt8(ascii: "c"): return parameters.isEmpty ? .modified(.right, .shift) : nil
        case UInt8(ascii: "d"): return .modified(.left, .shift)
        default: return lettered(final, modifiers: modifiers)
        }
    }

    /// The modifier parameter of xterm: 1 + shift 1 + alt 2 + control 4.
    private static func modifiers(_ parameter: Int) -> Key.Modifiers {
        Key.Modifiers(rawValue: UInt8(clamping: max(parameter - 1, 0)) & 7)
    }

    private static func lettered(_ letter: UInt8, modifiers: Key.Modifiers) -> Key? {
        let arrows: [UInt8: (Key, Key.Arrow)] = [
            UInt8(ascii: "A"): (.up, .up), UInt8(ascii: "B"): (.down, .down),
            UInt8(ascii: "C"): (.right, .right), UInt8(ascii: "D"): (.left, .left),
            UInt8(ascii: "H"): (.home, .home), UInt8(ascii: "F"): (.end, .end),
        ]
        if let (plain, arrow) = arrows[letter] {
            return modifiers.isEmpty ? plain : .modified(arrow, modifiers)
        }
        if (UInt8(ascii: "P")...UInt8(ascii: "S")).contains(letter) {
            return .function(Int(letter) - 0x4F)
        }
        return nil
    }

    private static func numbered(_ number: Int, modifiers: Key.Modifiers) -> Key? {
        switch number {
        case 1, 7: modifiers.isEmpty ? .home : .modified(.home, modifiers)
        case 4, 8: modifiers.isEmpty ? .end : .modified(.end, modifiers)
        case 2: .insert
        case 3: .delete
        case 5: .pageUp
        case 6: .pageDown
        case 11...15: .function(number - 10)
        case 17...21: .function(number - 11)
        case 23, 24: .function(number - 12)
        default: nil
        }
    }

    /// `CSI u` and modifyOtherKeys: a code point with modifiers.
    private static func key(codePoint: Int, modifiers: Key.Modifiers) -> Key? {
        guard let value = UInt32(exactly: codePoint), let scalar = Unicode.Scalar(value) else {
            return nil
        }
        switch codePoint {
        case 9: return modifiers.contains(.shift) ? .backTab : .tab
        case 13: return .enter
        case 27: return .escape
        case 8, 127: return .backspace
        default: break
        }
        guard case .glyph = DisplayWidth.kind(of: scalar) else { return nil }
        let typed = Character(scalar)
        if modifiers.contains(.control) { return .control(Character(typed.lowercased())) }
        return modifiers.contains(.alt) ? .alt(typed) : .character(typed)
    }
}
