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

    /// Grey levels in direct colour, 2...256; the other colours have those of their palette.
    public var levels: Int
    /// What a byte on the wire is worth.
    ///
    /// In squared grey levels, summed over a cell's 6 x 12 sub-pixels; nil for the ordinary weight, which cannot be seen. 20 to 240 is thrift.
    public var thrift: Double?
    /// How the cells reach the terminal.
    public var emission: Emission
    /// Times each cell is chosen, 1 or 2: the second time it knows all its neighbours.
    public var sweeps: Int

    /// From display values to levels sent: the theme's black and white, the display's curve.
    public var greys: GreyScale

    /// Makes options; `emission` nil is the writer that the colours usually go through.
    public init(
        glyphs: Capabilities.Glyphs, colour: Capabilities.Colour, dithers: Bool = true,
        levels: Int = 256, thrift: Double? = nil, emission: Emission? = nil, sweeps: Int = 2,
        greys: GreyScale = .plain
    ) {
        self.greys = greys
        self.glyphs = glyphs
        self.colour = colour
        self.dithers = dithers
        self.levels = min(max(levels, 2), 256)
        self.thrift = thrift.map { max($0, 0) }
        self.emission = emission ?? (colour == .direct ? .direct : .pairs)
        self.sweeps = min(max(sweeps, 1), 2)
    }

    /// What a terminal can do.
    public init(_ capabilities: Capabilities, dithers: Bool = true) {
        self.init(
            glyphs: capabilities.glyphs, colour: capabilities.colour, dithers: dithers,
            levels: capabilities.greys.levels, thrift: capabilities.thrift,
            emission: capabilities.hasOwnWriter ? .direct : .pairs, greys: capabilities.greys)
    }

    /// True where each cell gets the glyph and the two greys that suit it best.
    public var isFitted: Bool { method == .fit }

    /// True for a picture that saves bytes; an exact one is to follow.
    public var isPreview: Bool { thrift != nil }

    /// The samples that one cell takes, across and down.
    public var samplesPerCell: (across: Int, down: Int) {
        switch method {
        case .half: (1, 2)
        case .fit: (CellBlocks.subPixelsAcross, CellBlocks.subPixelsDown)
        case .braille: (2, 4)
        case .background, .ramp: (1, 1)
        }
    }

    /// The parts of a cell that can be told apart, for saying how much detail is shown.
    public var partsPerCell: Int {
        switch method {
        case .half: 2
        case .fit: glyphs == .octant ? 8 : glyphs == .sextant ? 6 : 4
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
        let number = colour == .direct ? "\(levels) greys" : "\(greys) greys"
        switch method {
        case .ramp: return "ASCII"
        case .braille: return "braille"
        case .half where greys == 2: return "black and white"
        default: return "\(number), \(treatment)"
        }
    }

    /// In one word how the error of few greys is treated, for a line that has no room for more.
    public var treatment: String {
        switch method {
        case .ramp: "ASCII"
        case .background, .braille, .half, .fit:
            !isDithering ? "plain" : colour == .direct ? "shaped" : "dithered"
        }
    }

    /// True where the error of a cell is passed on.
    var isDithering: Bool { dithers && (colour != .direct || method == .fit) }

    /// Weight of the error as seen from a distance, against that of the sub-pixels.
    ///
    /// Areas must keep their brightness, the more so the fewer greys there are. In direct colour a
    /// preview has more of it than the eye can see, and spends the bytes on its sub-pixels.
    var viewWeight: Float {
        switch colour {
        case .direct: isPreview ? 2 : 4
        case .xterm256: 4
        case .sixteen: 20
        case .eight, .monochrome: 75
        }
    }

    /// Weight of a byte on the wire; the plain fit is each cell's own and has none.
    var byteWeight: Double {
        guard dithers else { return thrift ?? 0 }
        switch colour {
        case .direct: return thrift ?? 11
        case .xterm256: return thrift ?? 50
        case .sixteen, .eight: return thrift ?? 60
        case .monochrome: return thrift ?? 0
        }
    }

    enum Method {
        case half
        /// The best of the set's glyphs and two greys for each cell.
        case fit
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
        case .quadrant, .blocks, .sextant, .octant: .fit
        }
    }

    /// The greys that can be used, dark to bright.
    package var palette: [UInt8] {
        switch colour {
        case .monochrome: [0, 255]
        case .eight: [0, 229]
        case .sixteen: Palette.sixteenGreys.map(\.level)
        case .xterm256: Palette.greys.map(\.level)
        case .direct:
            // Black is 1: some terminals take (0, 0, 0) for their own background.
            Set((0..<levels).map { UInt8(max(($0 * 255 + (levels - 1) / 2) / (levels - 1), 1)) })
                .sorted()
        }
    }
}
