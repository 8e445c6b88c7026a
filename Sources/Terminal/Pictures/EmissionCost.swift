// What it costs to bring a cell to a terminal, given the colours that are in force there.

/// How a picture's cells reach the terminal; it decides what repeats cost nothing.
public enum Emission: Sendable, Hashable {
    /// Our own writer: foreground and background are set one by one, only when they change.
    case direct
    /// ncurses: a pair of colours is set as a whole when it changes.
    case pairs
}

/// What bytes weigh in a picture, and how many a grey takes.
struct EmissionCost: Sendable {
    /// Weight of a byte against squared grey levels, summed over the sub-pixels of a cell.
    let weight: Float
    /// Bytes of the parameters that set each level.
    let bytes: [Float]
    /// What it costs at least to set one of the grounds, and to set both.
    let leastOne: Float
    let leastBoth: Float

    /// Bytes of `ESC [` and `m`.
    private static let frame: Float = 3

    init(options: PictureOptions) {
        weight = Float(options.byteWeight)
        bytes = (0...255).map { level in
            Float(GreyCode.foreground(UInt8(level), colour: options.colour).utf8.count)
        }
        let isMonochrome = options.colour == .monochrome
        let least = isMonochrome ? 0 : bytes.min() ?? 0
        leastOne = isMonochrome ? 0 : weight * (least + Self.frame)
        leastBoth = isMonochrome ? 0 : weight * (2 * least + Self.frame + 1)
    }
}

/// The SGR parameters of greys.
package enum GreyCode {
    /// The parameters that make a level the foreground.
    ///
    /// In direct colour the greys of the 256 palette are written by index: the same colour in
    /// fewer bytes. Black is (1, 1, 1), because some terminals take (0, 0, 0) for "none".
    package static func foreground(_ level: UInt8, colour: Capabilities.Colour) -> String {
        code(level, colour: colour, ground: 0)
    }

    /// The parameters that make a level the background.
    package static func background(_ level: UInt8, colour: Capabilities.Colour) -> String {
        code(level, colour: colour, ground: 10)
    }

    private static func code(_ level: UInt8, colour: Capabilities.Colour, ground: Int) -> String {
        switch colour {
        case .monochrome: return ""
        case .eight: return String(30 + ground + (level < 128 ? 0 : 7))
        case .sixteen:
            let index = Palette.sixteenGreyIndex[Int(level)]
            return String((index < 8 ? 30 : 82) + ground + index)
        case .xterm256: return "\(38 + ground);5;\(Palette.greyIndex[Int(level)])"
        case .direct:
            if let index = exactIndex[Int(level)] { return "\(38 + ground);5;\(index)" }
            let shown = max(level, 1)
            return "\(38 + ground);2;\(shown);\(shown);\(shown)"
        }
    }

    /// The palette's index of the levels that it has, without black.
    private static let exactIndex: [Int?] = (0...255).map { level in
        let index = Palette.greyIndex[level]
        let has = Palette.greys.contains { $0.index == index && Int($0.level) == level }
        return has && level > 0 ? index : nil
    }
}
