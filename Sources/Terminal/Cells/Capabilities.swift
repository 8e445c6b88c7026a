// What a terminal can show, as a value: part of what decides a frame.

/// What a terminal can show.
public struct Capabilities: Sendable, Hashable {
    /// How many colours there are.
    public enum Colour: Int, Sendable, Hashable, Comparable, CaseIterable {
        /// None: attributes only.
        case monochrome
        /// Eight, with bold for bright ones.
        case eight
        /// The sixteen of the PC.
        case sixteen
        /// The palette of xterm-256color.
        case xterm256
        /// Any 24-bit colour.
        case direct

        /// Fewer colours come first.
        public static func < (left: Colour, right: Colour) -> Bool {
            left.rawValue < right.rawValue
        }
    }

    /// The glyphs that pictures are drawn with.
    public enum Glyphs: String, Sendable, Hashable, CaseIterable {
        /// ASCII only.
        case ascii
        /// Half blocks: two sub-cells, one above the other.
        case half
        /// Half and quadrant blocks.
        case quadrant
        /// Half, quadrant and eighth blocks, the best fit for each cell (U+2580...259F).
        case blocks
        /// Blocks and the 2 x 3 mosaics of Unicode 13: own writer only, after a width probe.
        case sextant
        /// Blocks and the 2 x 4 mosaics of Unicode 16: own writer only, after a width probe.
        case octant
        /// Braille: eight dots, for terminals without colour.
        case braille
    }

    /// How many colours there are.
    public var colour: Colour
    /// The glyphs that pictures are drawn with.
    public var glyphs: Glyphs
    /// True when text beyond ASCII can be shown.
    public var unicode: Bool
    /// Height of a cell divided by its width; 2 where it is not known.
    public var cellAspect: Double

    /// True where pictures go to the terminal by our own writer, not through ncurses.
    public var hasOwnWriter: Bool
    /// What a byte of a picture is worth while the link is slow.
    ///
    /// The picture is then a preview, and an exact one follows when there is time. Nil for the exact picture. See `PictureOptions.thrift`.
    public var thrift: Double?
    /// True while some cells of a picture that moved are rough, and exact ones are to follow.
    public var showsRoughCells = false
    /// The greys that pictures use.
    public var greys: GreyScale
    /// How pixels can be shown over cells; nil where they cannot.
    public var graphics: Graphics?

    /// Pictures of pixels, beside characters.
    public struct Graphics: Sendable, Hashable {
        /// The protocols.
        public enum Kind: String, Sendable, Hashable {
            /// The Kitty graphics protocol.
            case kitty
            /// DEC's sixels.
            case sixel
        }

        /// The protocol.
        public let kind: Kind
        /// Width of a cell in pixels.
        public let cellWidth: Int
        /// Height of a cell in pixels.
        public let cellHeight: Int

        /// Makes a way to show pixels; extents below 1 count as 1.
        public init(kind: Kind, cellWidth: Int, cellHeight: Int) {
            self.kind = kind
            self.cellWidth = max(cellWidth, 1)
            self.cellHeight = max(cellHeight, 1)
        }
    }

    /// Makes capabilities; without Unicode the glyphs are ASCII whatever was asked for.
    public init(
        colour: Colour, glyphs: Glyphs, unicode: Bool, cellAspect: Double = 2,
        hasOwnWriter: Bool = false, thrift: Double? = nil, greys: GreyScale = .plain,
        graphics: Graphics? = nil
    ) {
        self.greys = greys
        self.graphics = graphics
        self.colour = colour
        self.glyphs = unicode ? glyphs : .ascii
        self.unicode = unicode
        self.hasOwnWriter = hasOwnWriter
        self.thrift = thrift
        self.cellAspect = cellAspect > 0.2 && cellAspect < 10 ? cellAspect : 2
    }

    /// 256 colours, block elements, Unicode: what nearly every terminal can do today.
    public static let ordinary = Capabilities(colour: .xterm256, glyphs: .blocks, unicode: true)
    /// No colour and ASCII only: what every terminal can do.
    public static let least = Capabilities(colour: .monochrome, glyphs: .ascii, unicode: false)
}
