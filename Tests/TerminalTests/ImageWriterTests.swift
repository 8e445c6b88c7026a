import Imaging
import Terminal
import Testing
import WetreadTesting

@Suite("Pictures by our own writer") struct ImageWriterTests {
    /// A small terminal: cursor moves, SGR, scrolling, shifting of cells.
    private struct Emulator {
        let size: GridSize
        var cells: [[(glyph: Character, front: String, back: String)]]
        private var row = 0
        private var column = 0
        private var front = "default"
        private var back = "default"
        private var saved = (row: 0, column: 0, front: "default", back: "default")
        private var region: ClosedRange<Int>
        private var margins: ClosedRange<Int>
        private var hasMargins = false

        init(_ size: GridSize) {
            self.size = size
            let blank = (glyph: Character(" "), front: "default", back: "default")
            cells = Array(
                repeating: Array(repeating: blank, count: size.columns), count: size.rows)
            region = 0...size.rows - 1
            margins = 0...size.columns - 1
        }

        mutating func feed(_ bytes: [UInt8]) {
            let scalars = Array(String(decoding: bytes, as: UTF8.self).unicodeScalars)
            var index = 0
            while index < scalars.count {
                guard scalars[index] == "\u{1B}" else {
                    cells[row][column] = (Character(scalars[index]), front, back)
                    column += 1
                    index += 1
                    continue
                }
                let kind = scalars[index + 1]
                if kind == "7" { saved = (row, column, front, back) }
                if kind == "8" { (row, column, front, back) = saved }
                index += 2
                guard kind == "[" else { continue }
                var text = ""
                while scalars[index].value < 0x40 {
                    text.unicodeScalars.append(scalars[index])
                    index += 1
                }
                control(Character(scalars[index]), text.split(separator: ";").map(String.init))
                index += 1
            }
        }

        private mutating func control(_ final: Character, _ texts: [String]) {
            let numbers = texts.map { Int($0) ?? 0 }
            let count = max(numbers.first ?? 1, 1)
            let blank = (glyph: Character(" "), front: "default", back: back)
            switch final {
            case "m": rendition(texts)
            case "H": (row, column) = (count - 1, (numbers.count > 1 ? numbers[1] : 1) - 1)
            case "G": column = count - 1
            case "C": column += count
            case "P":
                cells[row].removeSubrange(column..<column + count)
                cells[row] += Array(repeating: blank, count: count)
            case "@":
                cells[row].insert(contentsOf: Array(repeating: blank, count: count), at: column)
                cells[row].removeLast(count)
            case "h": hasMargins = true
            case "l": (hasMargins, margins) = (false, 0...size.columns - 1)
            case "s": margins = numbers[0] - 1...numbers[1] - 1
            case "r": region = numbers.isEmpty ? 0...size.rows - 1 : numbers[0] - 1...numbers[1] - 1
            case "S", "T":
                let before = cells
                for row in region {
                    let from = final == "S" ? row + count : row - count
                    for column in margins {
                        cells[row][column] = region.contains(from) ? before[from][column] : blank
                    }
                }
            default: Issue.record("an unknown sequence ends in \(final)")
            }
        }

        private mutating func rendition(_ texts: [String]) {
            var rest = texts[...]
            if rest.isEmpty { (front, back) = ("default", "default") }
            while let head = rest.popFirst() {
                guard head == "38" || head == "48" else {
                    Issue.record("unknown colour \(head)")
                    return
                }
                let count = rest.first == "5" ? 2 : 4
                let colour = rest.prefix(count).joined(separator: ";")
                rest = rest.dropFirst(count)
                if head == "38" { front = colour } else { back = colour }
            }
        }

        /// What can be seen of the picture cells of a frame, against what should be.
        func differences(from frame: Frame) -> Int {
            var count = 0
            for row in 0..<size.rows {
                for column in 0..<size.columns {
                    let cell = frame[Position(column: column, row: row)]
                    guard ImageWriter.isPicture(cell) else { continue }
                    let shown = cells[row][column]
                    let isRight =
                        shown.glyph == cell.glyph
                        && (cell.glyph == " " || shown.front == Self.code(cell.style.foreground))
                        && (cell.glyph == "█" || shown.back == Self.code(cell.style.background))
                    if !isRight { count += 1 }
                }
            }
            return count
        }

        private static func code(_ ink: Ink?) -> String {
            guard case .grey(let level)? = ink else { return "none" }
            return String(GreyCode.foreground(level, colour: .direct).dropFirst(3))
        }
    }

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
        var emulator = Emulator(Self.size)
        emulator.feed(writer.bytes(shown, over: nil))
        #expect(emulator.differences(from: shown) == 0)
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
        var emulator = Emulator(Self.size)
        emulator.feed(writer.bytes(before, over: nil))
        let shifting = shift.bytes(over: before)
        let rest = writer.bytes(after, over: shift.applied(to: before))
        emulator.feed(shifting + rest)
        #expect(emulator.differences(from: after) == 0)
        let all = writer.bytes(after, over: before)
        #expect((shifting.count + rest.count) * 2 < all.count)
    }

    @Test("Random changes are written right, with and without text over the picture")
    func randomChanges() {
        var generator = SplitMix64(seed: 11)
        let writer = ImageWriter(colour: .direct)
        var before = frame(viewport, size: Self.size)
        var emulator = Emulator(Self.size)
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
            #expect(emulator.differences(from: after) == 0)
            before = after
        }
    }

    @Test("A tile memo changes nothing") func tiles() {
        let pyramid = ImagePyramid(Self.radiograph)
        let window = DisplayWindow(shape: .linearExact(center: 2000, width: 4000), origin: .reader)
        let options = PictureOptions(glyphs: .blocks, colour: .xterm256)
        let tiles = PictureTiles()
        var viewport = viewport
        for step in [(0, 0), (1, 0), (0, 3), (-10, 2), (5, 5)] {
            viewport.pan(columns: step.0, rows: step.1)
            let remembered = Picture.frame(
                of: pyramid, in: viewport, window: window, options: options, tiles: tiles)
            let fresh = Picture.frame(of: pyramid, in: viewport, window: window, options: options)
            #expect(remembered == fresh)
        }
    }
}
