import Imaging
import Terminal
import Testing

@Suite("Pictures in cells") struct PictureTests {
    static let all: [PictureOptions] = Capabilities.Glyphs.allCases.flatMap { glyphs in
        Capabilities.Colour.allCases.flatMap { colour in
            [true, false].map { PictureOptions(glyphs: glyphs, colour: colour, dithers: $0) }
        }
    }

    /// A ramp from black at the left to white at the right, as the options want it sampled.
    private func ramp(_ size: GridSize, _ options: PictureOptions) -> [Float] {
        let grid = options.grid(for: size)
        return (0..<grid.columns * grid.rows).map {
            Float($0 % grid.columns) / Float(max(grid.columns - 1, 1)) * 255
        }
    }

    /// Mean grey of a cell as a terminal would show it.
    private func mean(_ cell: Cell) -> Double {
        guard case .grey(let front) = cell.style.foreground,
            case .grey(let back)? = cell.style.background
        else {
            if case .grey(let back)? = cell.style.background { return Double(back) }
            return .nan
        }
        return Double(back) + Self.coverage(cell.glyph) * (Double(front) - Double(back))
    }

    private static func coverage(_ glyph: Character) -> Double {
        let value = Int(glyph.unicodeScalars.first?.value ?? 0)
        switch value {
        case 0x20: return 0
        case 0x2580: return 0.5
        case 0x2581...0x2588: return Double(value - 0x2580) / 8
        case 0x2589...0x258F: return Double(0x2590 - value) / 8
        case 0x2590: return 0.5
        case 0x2591...0x2593: return Double(value - 0x2590) / 4
        case 0x2594, 0x2595: return 1.0 / 8
        case 0x2596, 0x2597, 0x2598, 0x259D: return 0.25
        case 0x259A, 0x259E: return 0.5
        case 0x2599, 0x259B, 0x259C, 0x259F: return 0.75
        default: return .nan
        }
    }

    @Test("Every mode gives a whole frame of its own glyphs, the same each time", arguments: all)
    func wholeFrames(_ options: PictureOptions) {
        let size = GridSize(columns: 13, rows: 5)
        let levels = ramp(size, options)
        let frame = Picture.frame(levels: levels, size: size, options: options)
        #expect(frame.size == size)
        #expect(frame.cells.allSatisfy { $0.width == 1 && DisplayWidth.of(String($0.glyph)) == 1 })
        #expect(Picture.frame(levels: levels, size: size, options: options) == frame)
        if options.glyphs == .ascii { #expect(frame.text.allSatisfy { $0.isASCII }) }
    }

    @Test("Only the greys that the terminal has are used", arguments: all)
    func greysOfPalette(_ options: PictureOptions) {
        let size = GridSize(columns: 40, rows: 6)
        let frame = Picture.frame(levels: ramp(size, options), size: size, options: options)
        let allowed: Set<UInt8>
        switch options.colour {
        case .monochrome: allowed = [0, 255]
        case .eight: allowed = [0, 229, 255]
        case .sixteen: allowed = Set(Palette.sixteenGreys.map(\.level)).union([255])
        case .xterm256: allowed = Set(Palette.greys.map(\.level))
        case .direct: allowed = Set(0...255)
        }
        for cell in frame.cells {
            for ink in [cell.style.foreground, cell.style.background].compactMap(\.self) {
                if case .grey(let level) = ink { #expect(allowed.contains(level)) }
            }
        }
    }

    @Test(
        "A flat area keeps its brightness with dithering",
        arguments: [Capabilities.Glyphs.half, .blocks], Capabilities.Colour.allCases)
    func flatAreas(_ glyphs: Capabilities.Glyphs, _ colour: Capabilities.Colour) {
        let options = PictureOptions(glyphs: glyphs, colour: colour)
        let size = GridSize(columns: 40, rows: 20)
        let grid = options.grid(for: size)
        for level in stride(from: 20, through: 220, by: 25) {
            let levels = [Float](repeating: Float(level), count: grid.columns * grid.rows)
            let frame = Picture.frame(levels: levels, size: size, options: options)
            let total = frame.cells.map(mean).reduce(0, +) / Double(frame.cells.count)
            // With two greys the nearest shade is worth more than the last percent.
            let tolerance = glyphs == .blocks && colour <= .eight ? 8.0 : 4
            #expect(abs(total - Double(level)) < tolerance, "level \(level) became \(total)")
        }
    }

    @Test("Black is black and white is white", arguments: all) func ends(_ options: PictureOptions)
    {
        let size = GridSize(columns: 4, rows: 2)
        let grid = options.grid(for: size)
        for (level, glyphs) in [(Float(0), " "), (300, " ⣿@█"), (.nan, " ")] {
            let levels = [Float](repeating: level, count: grid.columns * grid.rows)
            let frame = Picture.frame(levels: levels, size: size, options: options)
            let shown = Set(frame.cells.map(\.glyph))
            #expect(shown.count == 1)
            if options.glyphs == .braille {
                #expect(shown == [level > 0 ? "⣿" : "⠀"])
            } else {
                #expect(shown.isSubset(of: Set(glyphs)))
            }
        }
    }

    struct Fit: Sendable, CustomTestStringConvertible {
        let id: String
        /// True where an eighth of a cell (column, row) is bright.
        let isBright: @Sendable (Int, Int) -> Bool
        let glyph: Character
        var testDescription: String { id }
    }

    @Test(
        "A cell that is a block element becomes that block element",
        arguments: [
            Fit(id: "upper half", isBright: { $1 < 4 }, glyph: "▀"),
            Fit(id: "lower half", isBright: { $1 >= 4 }, glyph: "▄"),
            Fit(id: "left half", isBright: { column, _ in column < 4 }, glyph: "▌"),
            Fit(id: "right half", isBright: { column, _ in column >= 4 }, glyph: "▐"),
            Fit(id: "lower quarter", isBright: { $1 >= 6 }, glyph: "▂"),
            Fit(id: "upper eighth", isBright: { $1 < 1 }, glyph: "▔"),
            Fit(id: "left three eighths", isBright: { column, _ in column < 3 }, glyph: "▍"),
            Fit(id: "right eighth", isBright: { column, _ in column == 7 }, glyph: "▕"),
            Fit(id: "corner", isBright: { $0 >= 4 && $1 < 4 }, glyph: "▝"),
            Fit(id: "three corners", isBright: { $0 < 4 || $1 >= 4 }, glyph: "▙"),
            Fit(id: "diagonal", isBright: { ($0 < 4) == ($1 < 4) }, glyph: "▚"),
            Fit(id: "other diagonal", isBright: { ($0 < 4) != ($1 < 4) }, glyph: "▞"),
        ])
    func blocks(_ row: Fit) {
        // 6 x 12 samples, each the mean of 4 x 2 points of a grid of 24 x 24: three to an eighth.
        let levels: [Float] = (0..<72).map { index in
            let points = (0..<8).map { point in
                row.isBright(
                    (index % 6 * 4 + point % 4) / 3, (index / 6 * 2 + point / 4) / 3)
            }
            return 48 + Float(points.filter(\.self).count) * 20
        }
        let options = PictureOptions(glyphs: .blocks, colour: .direct, dithers: false)
        let size = GridSize(columns: 1, rows: 1)
        let cell = Picture.frame(levels: levels, size: size, options: options).cells[0]
        #expect(cell.glyph == row.glyph)
        #expect(cell.style == Style(foreground: .grey(208), background: .grey(48)))
    }

    @Test("A heat map warms the greys and keeps their order") func heat() {
        let size = GridSize(columns: 4, rows: 1)
        let options = PictureOptions(glyphs: .half, colour: .xterm256)
        var frame = Picture.frame(
            levels: [40, 40, 200, 200, 40, 40, 200, 200], size: size, options: options)
        let before = frame
        frame.drawHeat([0, 1, 0, .nan], in: frame.bounds, capabilities: .ordinary)
        #expect(frame.difference(from: before) == [Position(column: 1, row: 0)])
        guard case .rgb(let red, let green, let blue)? = frame.cells[1].style.background else {
            Issue.record("a colour was expected, got \(frame.cells[1].style)")
            return
        }
        #expect(red > green && green > blue)
        let luma = Colour(red: red, green: green, blue: blue).luma
        #expect(luma < 120)
    }

    @Test("Without colour a heat map is a contour that leaves its inside open") func contour() {
        var frame = Frame(size: GridSize(columns: 7, rows: 5))
        let strengths: [Float] = (0..<35).map { index in
            (1...5).contains(index % 7) && (1...3).contains(index / 7) ? 0.6 : 0
        }
        frame.drawHeat(strengths, in: frame.bounds, capabilities: .least)
        #expect(frame.text == "\n ·····\n ·   ·\n ·····\n")
    }

    @Test("A region drawn through a pyramid stands where the viewport says") func pyramid() {
        // Bright square of 8 x 8 pixels at (16, 8) of a 32 x 32 picture, 16 x 8 cells.
        let values: [Float] = (0..<1024).map { index in
            let (row, column) = index.quotientAndRemainder(dividingBy: 32)
            return (16..<24).contains(column) && (8..<16).contains(row) ? 4000 : 0
        }
        let radiograph = Radiograph(width: 32, height: 32, values: values, bitsStored: 12)
        let viewport = Viewport(
            pictureWidth: 32, pictureHeight: 32, size: GridSize(columns: 16, rows: 8))
        let window = DisplayWindow(shape: .linearExact(center: 2000, width: 4000), origin: .reader)
        let options = PictureOptions(glyphs: .half, colour: .xterm256)
        func bright(_ isInverted: Bool) -> Set<Position> {
            let frame = Picture.frame(
                of: ImagePyramid(radiograph), in: viewport, window: window, isInverted: isInverted,
                options: options)
            return Set(
                frame.bounds.positions.filter { position in
                    if case .grey(231...255)? = frame[position].style.background {
                        true
                    } else {
                        false
                    }
                })
        }
        let square = Set(Rectangle(column: 8, row: 2, columns: 4, rows: 2).positions)
        #expect(bright(false) == square)
        #expect(bright(true) == Set(Rectangle(viewport.size).positions).subtracting(square))
    }
}

extension Rectangle {
    /// Every cell, row by row.
    fileprivate var positions: [Position] {
        (0..<rows).flatMap { down in (0..<columns).map { position(columns: $0, rows: down) } }
    }
}
