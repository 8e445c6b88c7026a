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

    /// Makes options.
    public init(
        colour: Capabilities.Colour? = nil, glyphs: Capabilities.Glyphs? = nil,
        forcesUnicode: Bool = false, cellAspect: Double? = nil, escapeDelayMilliseconds: Int = 25
    ) {
        self.colour = colour
        self.glyphs = glyphs
        self.forcesUnicode = forcesUnicode
        self.cellAspect = cellAspect
        self.escapeDelayMilliseconds = escapeDelayMilliseconds
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
    public static func detected(
        environment: [String: String], colourCount: Int, isUTF8: Bool, options: TerminalOptions
    ) -> Capabilities {
        var colour: Colour
        switch colourCount {
        case ..<8: colour = .monochrome
        case 8..<16: colour = .eight
        case 16..<256: colour = .sixteen
        default: colour = .xterm256
        }
        let refused = !(environment["NO_COLOR"] ?? "").isEmpty
        if let asked = options.colour {
            colour = min(colour, asked)
        } else if refused {
            colour = .monochrome
        }
        let unicode = isUTF8 || options.forcesUnicode
        let glyphs = options.glyphs ?? .blocks
        return Capabilities(
            colour: colour, glyphs: glyphs, unicode: unicode, cellAspect: options.cellAspect ?? 2)
    }

    /// True when the locale's character set is UTF-8; sets LC_CTYPE from the environment.
    public static func localeIsUTF8(forced: Bool = false) -> Bool {
        wt_terminal_locale_is_utf8(forced)
    }
}
