// What every role looks like under every theme that ships, in each number of colours.

import Foundation
import Terminal
import Testing
import WetreadTesting

/// With the frames of `ScreenGoldenTests` these say what stands on any terminal, cell by cell.
struct LookGoldenTests {
    private static let themes = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Themes")

    @Test(
        arguments: ["dark", "high-contrast", "light", "mono", "okabe-ito", "reading-room-dim"],
        [Capabilities.Colour.monochrome, .sixteen, .xterm256, .direct])
    func `every role looks as recorded`(name: String, colour: Capabilities.Colour) throws {
        let theme = try ThemeCatalogue(folders: [Self.themes]).theme(named: name)
        let looks = ThemeLooks(theme, colour: colour)
        let lines = Role.allCases.map { role -> String in
            let plain = looks.look(of: Style(role))
            let selected = looks.look(of: Style(role, on: .selection))
            let entry = theme.entry(role)
            // Direct colour is sent as it stands in the theme, not as an index.
            let direct =
                colour == .direct
                ? " \(entry.foreground?.colour.hex ?? "-") \(entry.background?.colour.hex ?? "-")"
                : ""
            return "\(role.rawValue): \(Self.words(plain)), selected \(Self.words(selected))"
                + direct
        }
        Golden.expect(lines.joined(separator: "\n") + "\n", named: "looks-\(name)-\(colour).txt")
    }

    private static func words(_ look: CellLook) -> String {
        let names: [(Attributes, String)] = [
            (.bold, "bold"), (.dim, "dim"), (.underline, "underline"), (.reverse, "reverse"),
        ]
        let attributes = names.filter { look.attributes.contains($0.0) }.map(\.1)
        return (["\(look.foreground)/\(look.background)"] + attributes).joined(separator: " ")
    }
}
