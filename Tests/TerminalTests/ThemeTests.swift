import Foundation
import Terminal
import Testing

@Suite("Themes") struct ThemeTests {
    /// Themes/ of the repository: beside Tests/.
    static let folder = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Themes")
    static let catalogue = ThemeCatalogue(folders: [folder])

    @Test("The three themes of the first release are there") func shipped() {
        #expect(Set(Self.catalogue.names).isSuperset(of: ["dark", "light", "high-contrast"]))
    }

    @Test(
        "A theme that ships sets every role, reads with any eyes, and without colour",
        arguments: catalogue.names)
    func sound(_ name: String) throws {
        let faults = ThemeCheck.faults(of: try Self.catalogue.theme(named: name))
        #expect(faults.isEmpty, "\(faults.map(\.description).joined(separator: "\n"))")
    }

    @Test("No theme uses the palette entries that users change", arguments: catalogue.names)
    func fixedPalette(_ name: String) throws {
        let theme = try Self.catalogue.theme(named: name)
        for entry in theme.entries.values {
            for paint in [entry.foreground, entry.background].compactMap(\.self) {
                #expect((16...255).contains(paint.index256))
            }
        }
    }

    @Test("The built-in theme tells alarms from text without any colour") func plain() {
        let faults = ThemeCheck.faults(of: .plain).filter {
            if case .missing = $0 { return false } else { return true }
        }
        #expect(faults.isEmpty, "\(faults)")
    }

    @Test("A bad theme is found out") func badTheme() throws {
        var theme = try Self.catalogue.theme(named: "dark")
        theme.entries[.critical] = Theme.Entry(foreground: theme.entries[.text]?.foreground)
        let faults = ThemeCheck.faults(of: theme)
        #expect(faults.contains(.sameWithoutColour(.critical, .text)))
        #expect(
            faults.contains {
                if case .alike(.critical, .text, nil, _) = $0 { true } else { false }
            })
        theme = try Self.catalogue.theme(named: "dark")
        let ink = Colour(grey: 60)
        theme.entries[.dim] = Theme.Entry(foreground: Theme.Paint(ink))
        #expect(
            ThemeCheck.faults(of: theme).contains {
                if case .lowContrast(role: .dim, _, _, _, _) = $0 { true } else { false }
            })
    }

    struct BadFile: Sendable, CustomTestStringConvertible {
        let id: String
        let text: String
        let message: String
        var testDescription: String { id }
    }

    @Test(
        "A broken theme file says where and what",
        arguments: [
            BadFile(
                id: "role", text: "[roles]\ncritcal = { foreground = \"#ff0000\" }",
                message: "theme x.toml, line 2: unknown role 'critcal'; did you mean 'critical'?"),
            BadFile(
                id: "colour", text: "[palette]\nred = \"#f00\"",
                message: "theme x.toml, line 2: '#f00' is neither #rrggbb nor a name of [palette]"),
            BadFile(
                id: "attribute",
                text: "[roles]\ntext = { foreground = \"#ffffff\" }\n"
                    + "dim = { attributes = [\"blink\"] }",
                message: "theme x.toml, line 3: 'blink' is not an attribute: bold, dim, underline, "
                    + "reverse"),
            BadFile(
                id: "index",
                text: "[roles]\ntext = { foreground = \"#ffffff\", foreground256 = 7 }",
                message: "theme x.toml, line 2: '7' is not an index from 16 to 255 (0 to 15 are "
                    + "the user's)"),
            BadFile(
                id: "kind", text: "roles = 3",
                message: "theme x.toml, line 1: 'roles' must be a table"),
            BadFile(
                id: "key", text: "title = \"x\"",
                message: "theme x.toml, line 1: unknown key 'title'; known are summary, inherits, "
                    + "palette, roles, gray, glyphs"),
            BadFile(
                id: "grey", text: "[gray]\nwhite = 300",
                message: "theme x.toml, line 2: 'white' must be a number from 128 to 255"),
            BadFile(
                id: "glyph", text: "[glyphs]\ncritical = \"!!\"",
                message: "theme x.toml, line 2: 'critical' must be one character of one column"),
            BadFile(
                id: "parent", text: "inherits = \"nowhere\"",
                message: "theme x.toml: it inherits from 'nowhere', which is not there"),
            BadFile(
                id: "circle", text: "inherits = \"x\"",
                message: "theme x.toml: 'x' inherits from itself"),
        ])
    func messages(_ row: BadFile) throws {
        let error = #expect(throws: TerminalError.self) {
            _ = try themes(["x": row.text]).theme(named: "x")
        }
        #expect(error?.description == row.message)
    }

    @Test("A syntax error names its line") func syntax() throws {
        let error = #expect(throws: TerminalError.self) {
            _ = try themes(["x": "summary = \"a\"\n[roles\n"]).theme(named: "x")
        }
        guard case .themeInvalid("x.toml", .some(2), .syntax)? = error else {
            Issue.record("expected a syntax error in line 2, got \(String(describing: error))")
            return
        }
    }

    @Test("A user's theme inherits what it does not set, even from its own name") func inherit()
        throws
    {
        let own = try themes([
            "dark": "inherits = \"dark\"\n[roles]\ntext = { foreground = \"#ffffff\" }"
        ])
        let catalogue = ThemeCatalogue(folders: own.folders + [Self.folder])
        let theme = try catalogue.theme(named: "dark")
        let shipped = try Self.catalogue.theme(named: "dark")
        #expect(theme.entries[.text]?.foreground?.colour == Colour(grey: 255))
        #expect(theme.entries[.critical] == shipped.entries[.critical])
    }

    @Test("A theme has its own greys and glyphs, and hands them on") func greysAndGlyphs() throws {
        let text = """
            inherits = "dark"
            [gray]
            levels = 64
            black = 10
            white = 200
            [glyphs]
            critical = "!"
            """
        let own = try themes(["night": text, "night2": "inherits = \"night\""])
        let theme = try ThemeCatalogue(folders: own.folders + [Self.folder]).theme(named: "night2")
        #expect(theme.greys == GreyScale(levels: 64, black: 10, white: 200))
        #expect(theme.greys.sent([0, 255, 400, .nan]) == [10, 200, 200, 10])
        var frame = Frame(size: GridSize(columns: 2, rows: 1))
        frame.put("▲•", at: Position(column: 0, row: 0), style: Style(.critical))
        #expect(frame.drawn(with: theme.marks).text(row: 0) == "!•")
        // What pictures are made of is not a mark.
        var picture = Frame(size: GridSize(columns: 1, rows: 1))
        picture[Position(column: 0, row: 0)] = Cell(
            "▲", style: Style(foreground: .grey(9), background: .grey(99)))
        #expect(picture.drawn(with: theme.marks) == picture)
        var doubled = theme
        doubled.marks["✓"] = "!"
        #expect(ThemeCheck.faults(of: doubled).contains(.sameGlyph(.critical, .signed)))
    }

    @Test("A name is never a path", arguments: ["../dark", "/etc/passwd", ".", ""])
    func names(_ name: String) {
        #expect(throws: TerminalError.self) { _ = try Self.catalogue.theme(named: name) }
    }

    // Sharma, Wu, Dalal 2005, table 1, rows 1, 7, 14, 25 and 33, from L*a*b* given there.
    @Test(
        "CIEDE2000 agrees with the published pairs",
        arguments: [
            ([50, 2.6772, -79.7751, 50, 0, -82.7485], 2.0425),
            ([50, 0, 0, 50, -1, 2], 2.3669),
            ([50, 2.49, -0.001, 50, -2.49, 0.0011], 7.2195),
            ([60.2574, -34.0099, 36.2677, 60.4626, -34.1751, 39.4387], 1.2644),
            ([6.7747, -0.2908, -2.4247, 5.8714, -0.0985, -2.2286], 0.6377),
        ] as [([Double], Double)])
    func ciede2000(_ row: ([Double], Double)) {
        let v = row.0
        let got = CIEDE2000.difference((v[0], v[1], v[2]), (v[3], v[4], v[5]))
        #expect(abs(got - row.1) < 5e-5)
    }

    @Test("Contrast runs from 1 to 21") func contrast() {
        let white = Colour(grey: 255)
        let black = Colour(grey: 0)
        #expect(abs(white.contrast(with: black) - 21) < 1e-9)
        #expect(abs(white.contrast(with: white) - 1) < 1e-9)
        #expect(abs(Colour(grey: 0x77).contrast(with: white) - 4.478) < 1e-3)
    }

    @Test("The thirty greys are the fixed ones of xterm") func greys() {
        #expect(Palette.greys.count == 30)
        #expect(
            Set(Palette.greys.map(\.index)) == Set(Array(232...255) + [16, 59, 102, 145, 188, 231]))
        #expect(Palette.greys.map(\.level) == Palette.greys.map(\.level).sorted())
    }

    @Test("In a selected row an alarm stays an alarm, without colour too") func looks() throws {
        let theme = try Self.catalogue.theme(named: "dark")
        let colour = ThemeLooks(theme, colour: .xterm256)
        let plain = ThemeLooks(theme, colour: .monochrome)
        let alarm = Style(.critical, on: .selection)
        #expect(colour.look(of: alarm).foreground == colour.look(of: Style(.critical)).foreground)
        #expect(colour.look(of: alarm).background == colour.look(of: Style(.selection)).background)
        #expect(
            plain.look(of: alarm).attributes
                != plain.look(of: Style(.text, on: .selection)).attributes)
        #expect(plain.look(of: alarm).foreground == -1)
    }

    @Test(
        "Every role can be read on a selected row and in a popup", arguments: catalogue.names,
        [Capabilities.Colour.sixteen, .xterm256])
    func onGrounds(_ name: String, _ colour: Capabilities.Colour) throws {
        let looks = ThemeLooks(try Self.catalogue.theme(named: name), colour: colour)
        for role in Role.allCases {
            for ground in [nil, Role.selection, .popup] {
                let look = looks.look(of: Style(role, on: ground))
                #expect(look.foreground != look.background, "\(role) on \(ground ?? .text)")
                guard colour == .xterm256 else { continue }
                let shown = [look.foreground, look.background].map { Palette.fixed[$0 - 16] }
                #expect(shown[0].contrast(with: shown[1]) >= 3, "\(role) on \(ground ?? .text)")
            }
        }
    }

    private func themes(_ files: [String: String]) throws -> ThemeCatalogue {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("wetread-themes-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for (name, text) in files {
            try Data(text.utf8).write(to: folder.appendingPathComponent(name + ".toml"))
        }
        return ThemeCatalogue(folders: [folder])
    }
}
