// Bytes for the terminal without the colours and attributes that would change nothing.

/// Takes out of a stream of text what sets colours and attributes to no effect.
///
/// ncurses writes both colours of a pair where one changes, and sets the ink of blanks. The filter
/// follows SGR (ECMA-48 8.3.117 and xterm's 256 and 24-bit colours), puts a change off until
/// something is written that shows it, and then writes what differs. Everything else passes
/// unchanged, so the screen is the same; about half of the bytes of a text frame are saved.
///
/// State goes from one call to the next: every byte that can change colours must pass.
package struct StyleFilter: Sendable {
    /// Colours and attributes as SGR sets them.
    private struct Look: Equatable {
        var front: Tint = .standard
        var back: Tint = .standard
        var attributes: UInt16 = 0
    }

    /// A colour by the parameters that set it.
    private enum Tint: Equatable {
        case standard
        /// One of 30...37 and 90...97; a background is set by 10 more.
        case basic(Int)
        case indexed(Int)
        case direct(Int, Int, Int)
    }

    /// SGR 1...9, as bits.
    private static let bold: UInt16 = 1 << 1
    private static let dim: UInt16 = 1 << 2
    /// Underline, blink, reverse, strike: what shows on a blank.
    private static let shownOnBlanks: UInt16 = 1 << 4 | 1 << 5 | 1 << 7 | 1 << 9

    /// What the stream has asked for.
    private var wanted = Look()
    /// What the terminal has; nil while that is not known.
    private var actual: Look?
    /// The last designation of a character set (`ESC ( x`) and shift (SO, SI), as written.
    private var charset: UInt8?
    private var shift: UInt8?
    private var output: [UInt8] = []
    /// The parameters of one sequence.
    private var numbers: [Int] = []
    /// True where single attributes can be turned off (22...29); else all are turned off with 0.
    private let hasOffCodes: Bool

    /// A filter for a terminal of which nothing is known yet.
    package init(hasOffCodes: Bool) { self.hasOffCodes = hasOffCodes }

    /// Says that the terminal's colours and attributes are not known any more.
    package mutating func forget() {
        actual = nil
        charset = nil
        shift = nil
    }

    /// The bytes without what changes nothing.
    package mutating func filtered(_ bytes: [UInt8]) -> [UInt8] {
        output = []
        output.reserveCapacity(bytes.count)
        var index = 0
        while index < bytes.count {
            switch bytes[index] {
            case 0x1B: index = takeEscape(bytes, at: index)
            case UInt8(ascii: " "):
                show(isBlank: true)
                output.append(bytes[index])
                index += 1
            case 0x0E, 0x0F:
                if shift != bytes[index] { output.append(bytes[index]) }
                shift = bytes[index]
                index += 1
            case 0..<0x20:
                // A line feed may scroll, and what comes in has the background.
                if bytes[index] == 0x0A { show(isBlank: true) }
                output.append(bytes[index])
                index += 1
            default:
                show(isBlank: false)
                while index < bytes.count, bytes[index] > 0x20 {
                    output.append(bytes[index])
                    index += 1
                }
            }
        }
        return output
    }

    /// Takes an escape sequence and says where the next byte stands.
    private mutating func takeEscape(_ bytes: [UInt8], at start: Int) -> Int {
        guard start + 2 < bytes.count else {
            output += bytes[start...]
            return bytes.count
        }
        if bytes[start + 1] == UInt8(ascii: "(") {
            if charset != bytes[start + 2] { output += bytes[start..<start + 3] }
            charset = bytes[start + 2]
            return start + 3
        }
        guard bytes[start + 1] == UInt8(ascii: "[") else {
            show(isBlank: false)
            output += bytes[start..<start + 2]
            return start + 2
        }
        var end = start + 2
        while end < bytes.count, !(0x40...0x7E).contains(bytes[end]) { end += 1 }
        guard end < bytes.count else {
            output += bytes[start...]
            return bytes.count
        }
        if bytes[end] == UInt8(ascii: "m") {
            if !take(bytes[start + 2..<end]) {
                show(isBlank: false)
                output += bytes[start...end]
                actual = nil
            }
        } else {
            if !Self.isMove(bytes[end]) { show(isBlank: true) }
            output += bytes[start...end]
        }
        return end + 1
    }

    /// True for the ends of sequences that only move the cursor.
    private static func isMove(_ final: UInt8) -> Bool {
        switch final {
        case UInt8(ascii: "A")...UInt8(ascii: "H"), UInt8(ascii: "`"), UInt8(ascii: "a"),
            UInt8(ascii: "d"), UInt8(ascii: "e"), UInt8(ascii: "f"):
            true
        default: false
        }
    }

    // MARK: what is asked for

    /// Takes the parameters of an SGR; false where one is not known here.
    private mutating func take(_ text: ArraySlice<UInt8>) -> Bool {
        numbers.removeAll(keepingCapacity: true)
        var number = 0
        for byte in text {
            switch byte {
            case 0x30...0x39 where number < 10_000: number = number * 10 + Int(byte - 0x30)
            case UInt8(ascii: ";"):
                numbers.append(number)
                number = 0
            default: return false
            }
        }
        numbers.append(number)
        var look = wanted
        var index = 0
        while index < numbers.count {
            let code = numbers[index]
            index += 1
            switch code {
            case 0: look = Look()
            case 1...5, 7...9: look.attributes |= 1 << UInt16(code)
            // The ordinary character set, which sgr0 of some terminals asks for.
            case 10: break
            case 22: look.attributes &= ~(Self.bold | Self.dim)
            case 23...25, 27...29: look.attributes &= ~(1 << UInt16(code - 20))
            case 30...37, 90...97: look.front = .basic(code)
            case 40...47, 100...107: look.back = .basic(code - 10)
            case 39: look.front = .standard
            case 49: look.back = .standard
            case 38, 48:
                guard let tint = tint(at: &index) else { return false }
                if code == 38 { look.front = tint } else { look.back = tint }
            default: return false
            }
        }
        wanted = look
        return true
    }

    /// The colour after 38 or 48.
    private func tint(at index: inout Int) -> Tint? {
        let rest = numbers[index...]
        switch rest.first {
        case 5? where rest.count >= 2:
            index += 2
            return .indexed(numbers[index - 1])
        case 2? where rest.count >= 4:
            index += 4
            return .direct(numbers[index - 3], numbers[index - 2], numbers[index - 1])
        default: return nil
        }
    }

    // MARK: what is written

    /// Brings the terminal to what is wanted, as far as the next thing written shows it.
    private mutating func show(isBlank: Bool) {
        guard actual != wanted else { return }
        var target = wanted
        if isBlank, let actual,
            (actual.attributes | wanted.attributes) & Self.shownOnBlanks == 0
        {
            target.front = actual.front
            target.attributes = actual.attributes
            if target == actual { return }
        }
        output += [0x1B, UInt8(ascii: "[")]
        let base = turnOff(for: target)
        let added = target.attributes & ~base.attributes
        for bit in 1...9 where added & 1 << UInt16(bit) != 0 { append(bit) }
        if target.front != base.front { append(target.front, isFront: true) }
        if target.back != base.back { append(target.back, isFront: false) }
        output[output.count - 1] = UInt8(ascii: "m")
        actual = target
    }

    /// Turns off what `target` has not; what the terminal then has.
    private mutating func turnOff(for target: Look) -> Look {
        let surplus = actual.map { $0.attributes & ~target.attributes }
        guard var base = actual, let surplus, surplus == 0 || hasOffCodes else {
            append(0)
            return Look()
        }
        if surplus & (Self.bold | Self.dim) != 0 {
            append(22)
            base.attributes &= ~(Self.bold | Self.dim)
        }
        for bit in 3...9 where surplus & 1 << UInt16(bit) != 0 {
            append(20 + bit)
            base.attributes &= ~(1 << UInt16(bit))
        }
        return base
    }

    private mutating func append(_ tint: Tint, isFront: Bool) {
        let ground = isFront ? 38 : 48
        switch tint {
        case .standard: append(ground + 1)
        case .basic(let code): append(isFront ? code : code + 10)
        case .indexed(let index):
            append(ground)
            append(5)
            append(index)
        case .direct(let red, let green, let blue):
            append(ground)
            append(2)
            append(red)
            append(green)
            append(blue)
        }
    }

    /// A parameter and a semicolon.
    private mutating func append(_ number: Int) {
        var rest = number
        let first = output.count
        repeat {
            output.append(UInt8(ascii: "0") + UInt8(rest % 10))
            rest /= 10
        } while rest > 0
        output[first...].reverse()
        output.append(UInt8(ascii: ";"))
    }
}
