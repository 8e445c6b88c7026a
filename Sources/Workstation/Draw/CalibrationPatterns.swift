// Patterns by which a display is judged: a step wedge, and the squares of 5 % and 95 %.

import Foundation
import Radiology
import Terminal

/// The lines of the test patterns, in greys that go the way of a picture's.
struct CalibrationPatterns {
    private static let steps = 18

    private let greys: [UInt8]
    private let isCoarse: Bool

    /// Patterns for a terminal.
    init(_ capabilities: Capabilities) {
        let values = (0..<Self.steps).map { Float($0) / Float(Self.steps - 1) * 255 }
        let sent = capabilities.greys.sent(values + [12.75, 242.25])
        greys = sent.map { UInt8(min(max($0, 0), 255).rounded()) }
        isCoarse = capabilities.colour < .direct
    }

    /// Every line as runs, for a width of at least 40 columns.
    func lines(columns: Int, settings: Settings, colour: Capabilities.Colour) -> [[TextRun]] {
        guard colour >= .xterm256 else {
            return text(
                ["This terminal shows fewer than 256 colours: it has no greys to judge."], columns)
        }
        let width = max(columns / Self.steps, 2)
        let wedge = (0..<Self.steps).map { step in run(greys[step], width) }
        var lines: [[TextRun]] = [wedge, wedge, wedge, [TextRun("")]]
        lines += squares()
        lines += text(
            [
                "",
                "In the light you read in: every step of the wedge differs from its neighbour, and "
                    + "all differences look alike. Within black the square of 5 % can be seen, "
                    + "within white the one of 95 %.",
                isCoarse
                    ? "This terminal has 30 greys: neighbouring steps can be the same grey." : "",
                settings.display.map { "Stated in config.toml: \($0.words)." }
                    ?? "Nothing is stated of this display. Measure it, then write into config.toml:",
                settings.display == nil
                    ? "display = { luminance_min = 0.4, luminance_max = 250, ambient = 0.3, "
                        + "gamma = 2.2, checked = \"\(Self.example)\" }" : "",
                "A terminal is not a diagnostic display, checked or not.",
            ].filter { !$0.isEmpty }, columns)
        return lines
    }

    private static let example = "2026-01-31"

    /// Black with 5 % in it, white with 95 % in it, side by side.
    private func squares() -> [[TextRun]] {
        let black = greys[0]
        let white = greys[Self.steps - 1]
        let edge = [run(black, 16), TextRun("    "), run(white, 16)]
        let middle = [
            run(black, 5), run(greys[Self.steps], 6), run(black, 5), TextRun("    "),
            run(white, 5), run(greys[Self.steps + 1], 6), run(white, 5),
        ]
        let words = [TextRun("0 % and 5 %         100 % and 95 %", Style(.dim))]
        return [edge, middle, middle, edge, words]
    }

    private func run(_ grey: UInt8, _ columns: Int) -> TextRun {
        TextRun(
            String(repeating: " ", count: columns),
            Style(foreground: .grey(grey), background: .grey(grey)))
    }

    private func text(_ paragraphs: [String], _ columns: Int) -> [[TextRun]] {
        paragraphs.flatMap { paragraph in
            TextLayout.wrapped(paragraph, to: columns).map { [TextRun($0, Style(.popup))] }
        }
    }
}
