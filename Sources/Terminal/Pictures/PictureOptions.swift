// How a picture is turned into cells: the inputs that decide, and what to say about them.

/// How a picture is drawn.
public struct PictureOptions: Sendable, Hashable {
    /// The glyphs to choose from.
    public var glyphs: Capabilities.Glyphs
    /// The colours there are.
    public var colour: Capabilities.Colour
    /// True to spread the error of few greys over the neighbours, so that areas keep their mean.
    ///
    /// It can look like a fine pattern in the lung; false shows each cell on its own.
    public var dithers: Bool

    /// Makes options.
    public init(glyphs: Capabilities.Glyphs, colour: Capabilities.Colour, dithers: Bool = true) {
        self.glyphs = glyphs
        self.colour = colour
        self.dithers = dithers
    }

    /// What a terminal can do.
    public init(_ capabilities: Capabilities, dithers: Bool = true) {
        self.init(
            glyphs: capabilities.glyphs, colour: capabilities.colour, dithers: dithers)
    }

    /// The samples that one cell takes, across and down.
    public var samplesPerCell: (across: Int, down: Int) {
        switch method {
        case .half: (1, 2)
        case .blocks: (8, 8)
        case .braille: (2, 4)
        case .background, .ramp: (1, 1)
        }
    }

    /// The parts of a cell that can be told apart, for saying how much detail is shown.
    public var partsPerCell: Int {
        switch method {
        case .half: 2
        case .blocks: 4
        case .braille: 8
        case .background, .ramp: 1
        }
    }

    /// The samples that a picture of so many cells takes.
    public func grid(for size: GridSize) -> (columns: Int, rows: Int) {
        (size.columns * samplesPerCell.across, size.rows * samplesPerCell.down)
    }

    /// What to write beside the picture, such as "30 greys, dithered".
    public var summary: String {
        let greys = palette.count
        let number = colour == .direct ? "256 greys" : "\(greys) greys"
        switch method {
        case .ramp: return "ASCII"
        case .braille: return "braille"
        case .half where greys == 2: return "black and white"
        default: return isDithering ? "\(number), dithered" : number
        }
    }

    /// True where the error of a cell is passed on.
    var isDithering: Bool { dithers && colour != .direct }

    enum Method {
        case half
        case blocks
        case braille
        /// One grey for each cell, by its background: where only ASCII can be written.
        case background
        /// ASCII characters by the share of the cell that they ink.
        case ramp
    }

    var method: Method {
        switch glyphs {
        case .ascii: colour >= .sixteen ? .background : .ramp
        case .braille: .braille
        case .half: .half
        case .blocks: .blocks
        }
    }

    /// The greys that can be used, dark to bright.
    var palette: [UInt8] {
        switch colour {
        case .monochrome: [0, 255]
        case .eight: [0, 229]
        case .sixteen: Palette.sixteenGreys.map(\.level)
        case .xterm256: Palette.greys.map(\.level)
        case .direct: (0...255).map { UInt8($0) }
        }
    }
}
