import Imaging
import Terminal
import Testing
import WetreadTesting

@Suite("Pictures by our own writer") struct ImageWriterTests {
    private static let radiograph: Radiograph = {
        var generator = SplitMix64(seed: 7)
        let values = (0..<256 * 256).map { index in
            let (row, column) = index.quotientAndRemainder(dividingBy: 256)
            return Float((row * column / 64 + Int.random(in: 0..<400, using: &generator)) % 4096)
        }
        return Radiograph(width: 256, height: 256, values: values, bitsStored: 12)
    }()

    private func frame(_ viewport: Viewport, size: GridSize) -> Frame {
        let window = DisplayWindow(shape: .linearExact(center: 2000, width: 4000), origin: .reader)
        var frame = Frame(size: size)
        let options = PictureOptions(glyphs: .blocks, colour: .direct, emission: .direct)
        let picture = Picture.frame(
            of: ImagePyramid(Self.radiograph), in: viewport, window: window, options: options)
        frame.draw(picture, at: Position(column: 1, row: 1))
        frame.put("text beside", at: Position(column: viewport.size.columns + 2, row: 3))
        return frame
    }

    private static let size = GridSize(columns: 60, rows: 20)
    private let looks = ThemeLooks(.plain, colour: .xterm256)
    private var repair: TextRepair {
        TextRepair(looks: looks, hasOffCodes: true, erasesInColour: true)
    }

    private var viewport: Viewport {
        var viewport = Viewport(
            pictureWidth: 256, pictureHeight: 256, size: GridSize(columns: 44, rows: 18))
        viewport.zoom(by: 3)
        return viewport
    }

    @Test("A picture written from nothing stands on the screen, and nothing more is written")
    func whole() {
        let shown = frame(viewport, size: Self.size)
        let writer = ImageWriter(colour: .direct)
        var emulator = TerminalEmulator(Self.size)
        emulator.feed(writer.bytes(shown, over: nil))
        #expect(emulator.differences(from: shown, looks: looks, ofPictures: true) == 0)
        #expect(writer.bytes(shown, over: shown) == [])
        #expect(writer.bytes(shown, over: nil) == writer.bytes(shown, over: nil))
    }

    @Test(
        "A view moved by whole cells is moved by the terminal, and is right",
        arguments: [(1, 0), (-1, 0), (3, 0), (-8, 0), (0, 1), (0, -1), (0, 4), (0, -6)],
        [false, true])
    func pans(_ move: (Int, Int), hasSideMargins: Bool) throws {
        let (columns, rows) = move
        var viewport = viewport
        let before = frame(viewport, size: Self.size)
        viewport.pan(columns: columns, rows: rows)
        let after = frame(viewport, size: Self.size)
        let shift = try #require(
            ImageShift.between(before, and: after, hasSideMargins: hasSideMargins))
        #expect(shift.isWithinMargins == (hasSideMargins && rows != 0))
        #expect(shift.columns == -columns && shift.rows == -rows)
        let writer = ImageWriter(colour: .direct)
        var emulator = TerminalEmulator(Self.size)
        emulator.show(before, looks: looks)
        let shifting =
            shift.isWithinMargins
            ? shift.scroll : rows == 0 ? [] : repair.scroll(by: shift, of: before)
        let rest = writer.bytes(after, over: before, after: shift)
        emulator.feed(ImageWriter.saving + shifting + ImageWriter.restoring + rest)
        #expect(emulator.differences(from: after, looks: looks) == 0)
        let all = writer.bytes(after, over: before)
        #expect((shifting.count + rest.count) * 2 < all.count)
    }

    @Test(
        "What stands for the cells of a pan is near them, and takes as few bytes as it may",
        arguments: [(1, 0), (0, 1), (0, -2)], [Capabilities.Colour.direct, .xterm256])
    func standIns(_ move: (Int, Int), colour: Capabilities.Colour) throws {
        var viewport = viewport
        let before = frame(viewport, size: Self.size)
        viewport.pan(columns: move.0, rows: move.1)
        let after = frame(viewport, size: Self.size)
        let shift = try #require(ImageShift.between(before, and: after))
        let writer = ImageWriter(colour: colour)
        let exact = writer.bytes(after, over: before, after: shift).count
        for share in [0.9, 0.7, 0.5] {
            let room = Int(Double(exact) * share)
            let cells = writer.standIns(in: after, over: before, after: shift, within: room)
            #expect(!cells.isEmpty && cells.count <= shift.incomingCount)
            var rough = after
            for (place, cell) in cells { rough[place] = cell }
            #expect(writer.bytes(rough, over: before, after: shift).count <= room)
            #expect(Self.distance(rough, after) <= 60)
        }
        // A frame in which more changes than what comes in is no pan: nothing stands for it.
        var other = after
        for column in 1...44 where column % 2 == 0 {
            other[Position(column: column, row: 9)].style.background = .grey(UInt8(column))
        }
        let none = writer.standIns(in: other, over: before, after: shift, within: 10)
        #expect(none.isEmpty)
    }

    /// The greatest difference of greys that show, in levels.
    private static func distance(_ rough: Frame, _ exact: Frame) -> Int {
        func level(_ ink: Ink?) -> Int? {
            guard case .grey(let level)? = ink else { return nil }
            return Int(level)
        }
        return zip(rough.cells, exact.cells).map { rough, exact in
            // A space may stand for a glyph: its ground is near both greys.
            let pairs = [
                (
                    rough.glyph == " " ? rough.style.background : rough.style.foreground,
                    exact.glyph == " " ? exact.style.background : exact.style.foreground
                ),
                (rough.style.background, exact.style.background),
            ]
            return pairs.compactMap { first, second in
                level(first).flatMap { first in level(second).map { abs(first - $0) } }
            }.max() ?? 0
        }.max() ?? 0
    }

    @Test("Random changes are written right, with and without text over the picture")
    func randomChanges() {
        var generator = SplitMix64(seed: 11)
        let writer = ImageWriter(colour: .direct)
        var before = frame(viewport, size: Self.size)
        var emulator = TerminalEmulator(Self.size)
        emulator.feed(writer.bytes(before, over: nil))
        for _ in 0..<50 {
            var after = before
            for _ in 0..<Int.random(in: 1..<60, using: &generator) {
                let position = Position(
                    column: Int.random(in: 1...44, using: &generator),
                    row: Int.random(in: 1...18, using: &generator))
                let grey = { UInt8.random(in: 0...255, using: &generator) }
                after[position] = Cell(
                    Bool.random(using: &generator) ? "▄" : " ",
                    style: Style(foreground: .grey(grey()), background: .grey(grey())))
            }
            emulator.feed(writer.bytes(after, over: before))
            #expect(emulator.differences(from: after, looks: looks, ofPictures: true) == 0)
            before = after
        }
    }

    @Test("A tile memo changes nothing") func tiles() {
        let pyramid = ImagePyramid(Self.radiograph)
        let window = DisplayWindow(shape: .linearExact(center: 2000, width: 4000), origin: .reader)
        let options = PictureOptions(glyphs: .blocks, colour: .xterm256)
        let memo = PictureMemo()
        var viewport = viewport
        for step in [(0, 0), (1, 0), (0, 3), (-10, 2), (5, 5)] {
            viewport.pan(columns: step.0, rows: step.1)
            let remembered = memo.drawn(
                PictureMemo.Key(
                    viewport: viewport, window: window, isInverted: false, options: options),
                of: pyramid
            ).frame
            let fresh = Picture.frame(of: pyramid, in: viewport, window: window, options: options)
            #expect(remembered == fresh)
        }
    }
}
