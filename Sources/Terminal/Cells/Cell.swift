// One place of the screen.

/// One cell of a frame.
public struct Cell: Sendable, Hashable {
    /// The glyph: one character with its marks; a space in the second half of a wide one.
    public var glyph: Character
    /// How it looks.
    public var style: Style
    /// Cells the glyph takes: 1, 2 for a wide one, 0 for the second half of a wide one.
    public var width: UInt8

    /// Makes a cell; the glyph must take `width` cells on a terminal.
    public init(_ glyph: Character, style: Style, width: UInt8 = 1) {
        self.glyph = glyph
        self.style = style
        self.width = width
    }

    /// The same glyph in the same look; the glyphs are compared last, because that takes longest.
    public static func == (first: Cell, second: Cell) -> Bool {
        first.width == second.width && first.style == second.style && first.glyph == second.glyph
    }

    /// An empty cell on the screen's own background.
    public static let blank = Cell(" ", style: .text)
}
