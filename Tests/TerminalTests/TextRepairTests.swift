import Foundation
import Terminal
import Testing
import WetreadTesting

/// Text beside a picture, after the terminal scrolled it along.
@Suite("Text put back after a scroll") struct TextRepairTests {
    private static let size = GridSize(columns: 70, rows: 24)
    private static let area = Rectangle(column: 3, row: 2, columns: 30, rows: 18)

    /// A picture and words of many looks beside it, in runs of many lengths.
    private static func frame(_ random: inout SplitMix64, offset: Int = 0) -> Frame {
        var frame = Frame(size: size)
        let roles: [Role] = [.text, .dim, .accent, .selection, .critical, .warning]
        for row in 0..<size.rows {
            var column = 0
            while column < size.columns {
                let length = Int.random(in: 1...12, using: &random)
                let word = String(
                    repeating: ["a", "b", " ", " ", "-"].randomElement(using: &random) ?? "x",
                    count: min(length, size.columns - column))
                var style = Style(roles.randomElement(using: &random) ?? .text)
                if Int.random(in: 0..<8, using: &random) == 0 { style.attributes = .reverse }
                if Int.random(in: 0..<5, using: &random) == 0 {
                    style.background = .role(.selection)
                }
                frame.put(word, at: Position(column: column, row: row), style: style)
                column += length
            }
        }
        for index in 0..<area.rows * area.columns {
            let (row, column) = index.quotientAndRemainder(dividingBy: area.columns)
            let grey = UInt8((row - offset + 20) * 5)
            frame[area.position(columns: column, rows: row)] = Cell(
                "▌", style: Style(foreground: .grey(grey), background: .grey(UInt8(column * 3))))
        }
        return frame
    }

    @Test(
        "Whatever stands beside, it stands there again",
        arguments: [1, -1, 2, -3], [Capabilities.Colour.xterm256, .sixteen, .monochrome])
    func everything(rows: Int, colour: Capabilities.Colour) throws {
        _ = Capabilities.localeIsUTF8(forced: true)
        for theme in try ["dark", "light", "mono"].map(ThemeTests.catalogue.theme(named:)) {
            let looks = ThemeLooks(theme, colour: colour)
            for seed in 1...20 as ClosedRange<UInt64> {
                var random = SplitMix64(seed: seed)
                let shown = Self.frame(&random)
                random = SplitMix64(seed: seed)
                let moved = Self.frame(&random, offset: rows)
                let shift = try #require(ImageShift.between(shown, and: moved))
                #expect(shift.rows == rows && shift.area == Self.area)
                for (hasOffCodes, erases) in [(true, true), (false, false), (true, false)] {
                    let repair = TextRepair(
                        looks: looks, hasOffCodes: hasOffCodes, erasesInColour: erases)
                    var emulator = TerminalEmulator(Self.size)
                    emulator.show(shown, looks: looks)
                    let bytes =
                        ImageWriter.saving + repair.scroll(by: shift, of: shown)
                        + ImageWriter.restoring
                    emulator.feed(bytes)
                    emulator.feed(
                        ImageWriter(colour: .direct).bytes(moved, over: shown, after: shift))
                    #expect(emulator.differences(from: moved, looks: looks) == 0, "\(seed)")
                }
            }
        }
    }

    @Test("Columns of one colour are written one after another") func order() throws {
        let looks = ThemeLooks(try ThemeTests.catalogue.theme(named: "dark"), colour: .xterm256)
        func frame(offset: Int) -> Frame {
            var random = SplitMix64(seed: 1)
            var frame = Self.frame(&random, offset: offset)
            for row in 0..<Self.size.rows {
                let line = Rectangle(column: 33, row: row, columns: 37, rows: 1)
                frame.fill(line)
                frame.put("name \(row)", at: line.position(columns: 1), style: Style(.text))
                frame.put(
                    "\(row * 37 % 100)", at: line.position(columns: 12), style: Style(.accent))
                frame.put(
                    "level \(row % 3)", at: line.position(columns: 20), style: Style(.warning))
            }
            return frame
        }
        let shown = frame(offset: 0)
        let shift = try #require(ImageShift.between(shown, and: frame(offset: 1)))
        let repair = TextRepair(looks: looks, hasOffCodes: true, erasesInColour: true)
        let text = String(decoding: repair.scroll(by: shift, of: shown), as: UTF8.self)
        // The three colours beside the picture and those of the edge at its left: not three a row.
        #expect(text.components(separatedBy: "38;5;").count < 25)
        #expect(text.utf8.count < 18 * 30)
    }
}
