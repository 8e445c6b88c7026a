// What the surroundings say about the terminal, before it is asked anything.

import CTerminal

/// What a user or a configuration asks of the terminal, over what would be detected.
public struct TerminalOptions: Sendable, Equatable {
    /// Colours to use at most; nil for all that there are.
    public var colour: Capabilities.Colour?
    /// Glyphs for pictures; nil for the best that is safe.
    public var glyphs: Capabilities.Glyphs?
    /// True to draw beyond ASCII even where the locale is not UTF-8.
    public var forcesUnicode: Bool
    /// Height of a cell divided by its width; nil for 2.
    public var cellAspect: Double?
    /// How long after Escape more bytes still make a sequence, in milliseconds.
    public var escapeDelayMilliseconds: Int
    /// True to ask the terminal what it can do; false to use what terminfo says.
    public var asksTerminal: Bool

    /// Makes options.
    public init(
        colour: Capabilities.Colour? = nil, glyphs: Capabilities.Glyphs? = nil,
        forcesUnicode: Bool = false, cellAspect: Double? = nil, escapeDelayMilliseconds: Int = 25,
        asksTerminal: Bool = true
    ) {
        self.colour = colour
        self.glyphs = glyphs
        self.forcesUnicode = forcesUnicode
        self.cellAspect = cellAspect
        self.escapeDelayMilliseconds = escapeDelayMilliseconds
        self.asksTerminal = asksTerminal
    }
}

extension Capabilities {
    /// What a terminal can show, from what is known about it.
    ///
    /// - Parameters:
    ///   - environment: `NO_COLOR` (https://no-color.org: set and not empty) means monochrome
    ///     unless the options ask for colour.
    ///   - colourCount: colours by terminfo; 0 where there are none.
    ///   - isUTF8: whether the locale's character set is UTF-8.
    ///   - options: what was asked for.
    ///   - answers: what the terminal answered so far.
    public static func detected(
        environment: [String: String], colourCount: Int, isUTF8: Bool, options: TerminalOptions,
        answers: TerminalAnswers = TerminalAnswers()
    ) -> Capabilities {
        var colour: Colour
        switch colourCount {
        case ..<8: colour = .monochrome
        case 8..<16: colour = .eight
        case 16..<256: colour = .sixteen
        default: colour = .xterm256
        }
        let promised = ["truecolor", "24bit"].contains(environment["COLORTERM"] ?? "")
        if answers.isComplete, colour == .xterm256, answers.hasDirectColour || promised {
            colour = .direct
        }
        let refused = !(environment["NO_COLOR"] ?? "").isEmpty
        if let asked = options.colour {
            // 24-bit colours are in no terminfo: who asks for them is believed.
            colour = asked == .direct && colour >= .xterm256 ? .direct : min(colour, asked)
        } else if refused {
            colour = .monochrome
        }
        let unicode = isUTF8 || options.forcesUnicode
        let pixels = answers.cellPixels.map { Double($0.height) / Double($0.width) }
        return Capabilities(
            colour: colour, glyphs: glyphs(options.glyphs ?? .blocks, answers: answers),
            unicode: unicode, cellAspect: options.cellAspect ?? pixels ?? 2,
            hasOwnWriter: unicode && colour >= .sixteen
                && (answers.isComplete || colour == .direct),
            graphics: answers.isComplete ? graphics(answers) : nil)
    }

    /// Kitty's protocol scales a picture to its cells; sixels need to know how large a cell is.
    private static func graphics(_ answers: TerminalAnswers) -> Graphics? {
        if answers.hasKittyGraphics {
            return Graphics(
                kind: .kitty, cellWidth: answers.cellPixels?.width ?? 10,
                cellHeight: answers.cellPixels?.height ?? 20)
        }
        guard answers.hasSixel, let cell = answers.cellPixels else { return nil }
        return Graphics(kind: .sixel, cellWidth: cell.width, cellHeight: cell.height)
    }

    /// Mosaics only where the terminal was seen to give them one column.
    private static func glyphs(_ wished: Glyphs, answers: TerminalAnswers) -> Glyphs {
        switch wished {
        case .sextant where answers.sextantWidth != 1 || !answers.isComplete: .blocks
        case .octant where answers.octantWidth != 1 || !answers.isComplete: .blocks
        default: wished
        }
    }

    /// True when the locale's character set is UTF-8; sets LC_CTYPE from the environment.
    public static func localeIsUTF8(forced: Bool = false) -> Bool {
        wt_terminal_locale_is_utf8(forced)
    }
}
