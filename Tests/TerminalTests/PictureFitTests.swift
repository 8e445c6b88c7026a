import Foundation
import Imaging
import Terminal
import Testing
import WetreadTesting

@Suite("Fitted pictures") struct PictureFitTests {
    /// A soft picture with edges, lines and noise: what radiographs are made of.
    private static func levels(_ size: GridSize, seed: UInt64) -> [Float] {
        var generator = SplitMix64(seed: seed)
        let (width, height) = (size.columns * 6, size.rows * 12)
        return (0..<width * height).map { index in
            let (row, column) = index.quotientAndRemainder(dividingBy: width)
            let (x, y) = (Double(column) / Double(width), Double(row) / Double(height))
            var value = 90 + 70 * sin(3 * x + 1) * cos(2.5 * y)
            let lung = pow((x - 0.3) / 0.2, 2) + pow((y - 0.5) / 0.4, 2)
            if lung < 1 { value -= 60 * (1 - lung) }
            if abs(sin(14 * y + 3 * x)) < 0.12 { value += 25 }
            if x > 0.8 && y < 0.12 { value = 235 }
            return Float(min(max(value + Double.random(in: -6...6, using: &generator), 0), 255))
        }
    }

    struct Floor: Sendable, CustomTestStringConvertible {
        let id: String
        let colour: Capabilities.Colour
        var thrift: Double?
        let psnr: Double
        let view: Double
        let bytesPerCellMax: Double
        var testDescription: String { id }
    }

    // Floors a little below what was measured when the fit was written; the plain fit that it took
    // the place of had 29.9/41.0 (256 colours) and 18.5/30.4 (16 colours).
    @Test(
        "are near the source, as sampled and as seen from a distance",
        arguments: [
            Floor(
                id: "direct", colour: .direct, psnr: 30.5, view: 46.5, bytesPerCellMax: 27),
            Floor(
                id: "direct, thrift", colour: .direct, thrift: 30, psnr: 30.3, view: 46,
                bytesPerCellMax: 21),
            Floor(id: "256", colour: .xterm256, psnr: 30.3, view: 45, bytesPerCellMax: 15),
            Floor(id: "16", colour: .sixteen, psnr: 19, view: 36.5, bytesPerCellMax: 9),
            Floor(id: "mono", colour: .monochrome, psnr: 10, view: 31, bytesPerCellMax: 6),
        ])
    func quality(_ floor: Floor) {
        let size = GridSize(columns: 50, rows: 20)
        let levels = Self.levels(size, seed: 3)
        let options = PictureOptions(
            glyphs: .blocks, colour: floor.colour, thrift: floor.thrift, emission: .direct)
        let cells = Picture.cells(levels: levels, size: size, options: options)
        let shown = BlockMeasure.shown(cells)
        let source = levels.map(Double.init)
        let psnr = BlockMeasure.psnr(shown, source)
        let view = BlockMeasure.psnr(
            BlockMeasure.blurred(shown, width: 300), BlockMeasure.blurred(source, width: 300))
        let bytes = PictureWriter.lines(of: cells, colour: floor.colour)
        #expect(psnr >= floor.psnr)
        #expect(view >= floor.view)
        #expect(Double(bytes.count) / 1000 <= floor.bytesPerCellMax)
        // What the fit says of its own error is what the measure finds.
        let residual = cells.residuals.reduce(0) { $0 + Double($1) } / Double(cells.residuals.count)
        #expect(abs(10 * log10(255 * 255 / residual) - psnr) < 0.05)
    }

    @Test("Thrift saves bytes, and more of it more") func thrift() {
        let size = GridSize(columns: 60, rows: 20)
        let levels = Self.levels(size, seed: 5)
        let counts = [0.0, 10, 30, 120, 500].map { thrift in
            let options = PictureOptions(
                glyphs: .blocks, colour: .direct, thrift: thrift, emission: .direct)
            let cells = Picture.cells(levels: levels, size: size, options: options)
            return PictureWriter.lines(of: cells, colour: .direct).count
        }
        #expect(counts == counts.sorted(by: >))
        #expect(counts[4] * 2 < counts[0])
    }

    @Test(
        "Mosaics are found bit by bit",
        arguments: [(Capabilities.Glyphs.octant, 3), (.sextant, 4), (.quadrant, 6)])
    func mosaics(_ glyphs: Capabilities.Glyphs, height: Int) {
        let parts = 2 * 12 / height
        let size = GridSize(columns: 1, rows: 1)
        var found: Set<UInt32> = []
        for bits in 0..<1 << parts {
            let levels: [Float] = (0..<72).map { index in
                bits >> (index / 6 / height * 2 + index % 6 / 3) & 1 == 1 ? 208 : 48
            }
            let options = PictureOptions(glyphs: glyphs, colour: .direct, dithers: false)
            let cells = Picture.cells(levels: levels, size: size, options: options)
            #expect(cells.residuals[0] < 1e-2, "pattern \(bits)")
            found.insert(cells.fronts[0] > cells.backs[0] ? cells.glyphs[0] : ~cells.glyphs[0])
        }
        #expect(found.count >= (1 << parts) - 2)
    }

    @Test("A picture does not depend on how it is cut into lines of text") func writerAgrees() {
        let size = GridSize(columns: 20, rows: 12)
        let levels = Self.levels(size, seed: 9)
        for colour in Capabilities.Colour.allCases {
            let options = PictureOptions(glyphs: .blocks, colour: colour, emission: .direct)
            let cells = Picture.cells(levels: levels, size: size, options: options)
            let again = Picture.cells(levels: levels, size: size, options: options)
            #expect(cells == again)
            let text = String(
                decoding: PictureWriter.lines(of: cells, colour: colour), as: UTF8.self)
            let glyphs = text.replacing(/\u{1B}\[[0-9;]*m/, with: "").split(separator: "\n")
            #expect(glyphs.count == size.rows && glyphs.allSatisfy { $0.count == size.columns })
            #expect(
                glyphs.joined().unicodeScalars.map(\.value) == cells.glyphs)
        }
    }
}

@Suite("Pixels for terminals that take them") struct PixelGraphicsTests {
    private static let size = (width: 37, height: 20)
    private static let grey: [UInt8] = (0..<37 * 20).map { UInt8($0 * 7 % 256) }

    @Test("A Kitty transmission holds the picture as PNG, in pieces") func kitty() throws {
        let noise = (0..<120 * 120).map { UInt8(truncatingIfNeeded: $0 &* $0 &* 31 >> 5) }
        for (grey, width, height) in [(Self.grey, 37, 20), (noise, 120, 120)] {
            let bytes = try PixelGraphics.kitty(
                grey: grey, width: width, height: height,
                cells: GridSize(columns: 10, rows: 3))
            let text = String(decoding: bytes, as: UTF8.self)
            let pieces = text.matches(of: /\u{1B}_G([^;]*);([^\u{1B}]*)\u{1B}\\/)
            #expect(pieces.map { $0.0.count }.reduce(0, +) == text.count)
            #expect(pieces.allSatisfy { $0.2.count <= 4096 })
            #expect(pieces.dropLast().allSatisfy { $0.1.hasSuffix("m=1") })
            #expect(pieces.last?.1.hasSuffix("m=0") == true)
            #expect(pieces.first?.1.contains("c=10,r=3") == true)
            let data = try #require(
                Data(base64Encoded: pieces.map { String($0.2) }.joined()))
            let read = try RasterFile.read(bytes: [UInt8](data), name: "kitty")
            #expect(read.values == grey.map(Float.init))
        }
    }

    @Test("Sixels decode to the picture, to half a step of 64 greys") func sixel() throws {
        let bytes = PixelGraphics.sixel(
            grey: Self.grey, width: Self.size.width, height: Self.size.height)
        let text = String(decoding: bytes, as: UTF8.self)
        let body = try #require(text.wholeMatch(of: /\u{1B}P0;1;0q"1;1;37;20(.*)\u{1B}\\/)).1
        var colours: [Int: Double] = [:]
        var pixels = [Double](repeating: -1, count: 37 * 24)
        var (row, column, register, run) = (0, 0, 0, 1)
        for token in body.matches(of: /#(\d+);2;(\d+);\d+;\d+|#(\d+)|!(\d+)|([$-])|([?-~])/) {
            let parts = token.output
            if let number = parts.1, let percent = parts.2 {
                colours[Int(number) ?? -1] = (Double(percent) ?? 0) * 2.55
            } else if let number = parts.3 {
                register = Int(number) ?? -1
            } else if let count = parts.4 {
                run = Int(count) ?? 0
            } else if let move = parts.5 {
                column = 0
                if move == "-" { row += 6 }
            } else if let bits = parts.6?.utf8.first {
                for _ in 0..<run {
                    for bit in 0..<6 where (bits - 0x3F) >> bit & 1 == 1 {
                        pixels[(row + bit) * 37 + column] = colours[register] ?? -1
                    }
                    column += 1
                }
                run = 1
            }
        }
        let worst = zip(pixels, Self.grey).map { abs($0 - Double($1)) }.max() ?? 999
        #expect(worst <= 255.0 / 63 + 1.3)
    }
}

@Suite("What a grid of cells hides") struct DetailHintTests {
    @Test("Detail that cells cannot show is pointed at") func detail() throws {
        let size = GridSize(columns: 8, rows: 4)
        var levels = [Float](repeating: 100, count: 48 * 48)
        let options = PictureOptions(glyphs: .blocks, colour: .direct)
        #expect(DetailHint(Picture.cells(levels: levels, size: size, options: options)) == nil)
        // A chessboard of sub-pixels in the cell of column 5, row 2.
        for row in 24..<36 {
            for column in 30..<36 { levels[row * 48 + column] = (row + column) % 2 == 0 ? 20 : 220 }
        }
        let hint = try #require(
            DetailHint(Picture.cells(levels: levels, size: size, options: options)))
        #expect(abs(hint.share - 1.0 / 32) < 1e-9)
    }
}

@Suite("How fast a link is") struct LinkMeterTests {
    @Test("Thrift grows as the link slows") func thrift() {
        func meter(bytesPerSecond: Double, roundTrip: Double) -> LinkMeter {
            var meter = LinkMeter()
            meter.record(byteCount: 10, seconds: roundTrip)
            for _ in 0..<8 {
                meter.record(byteCount: 40_000, seconds: roundTrip + 40_000 / bytesPerSecond)
            }
            return meter
        }
        #expect(LinkMeter().thrift(exactByteCount: 60_000) == nil)
        let fast = meter(bytesPerSecond: 1e7, roundTrip: 0.001)
        #expect(fast.thrift(exactByteCount: 60_000) == nil)
        let steps = [400_000.0, 180_000, 90_000, 8_000].map {
            meter(bytesPerSecond: $0, roundTrip: 0.02).thrift(exactByteCount: 60_000) ?? 0
        }
        #expect(steps == steps.sorted() && steps[0] == 0 && steps[3] == 240)
    }
}
