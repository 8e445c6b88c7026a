// The picture alone: it says what it hides, and nothing is said of a finding that is not shown.

import Foundation
import Imaging
import Radiology
import Terminal
import Testing
import Workstation

struct PictureAloneTests {
    /// A word of the panel that stands nowhere else on the screen.
    private static let panel = "AI phantom-cxr14"

    private func alone(
        columns: Int = 80, rows: Int = 24, settings: Settings = Settings(), id: Int64 = 1
    ) -> FakeWorld {
        var world = FakeWorld(
            columns: columns, rows: rows, details: ScreenGoldenTests.details, settings: settings)
        world.open(StudyID(id))
        world.type("f")
        return world
    }

    @Test func `f gives the picture the whole width, says so, and brings the findings back`() {
        var world = alone()
        #expect(!world.text.contains(Self.panel) && !world.text.contains("│"))
        #expect(world.text.contains("findings hidden (▲ 1 critical); f brings them back"))
        world.press(.character("+"))
        #expect(world.frame.text(row: 0).contains("▲ findings hidden: f"))
        #expect(world.frame.text(row: 0).contains("ASTER, QUINCE"))
        world.type("f")
        #expect(world.text.contains(Self.panel) && !world.text.contains("hidden: f"))
    }

    @Test(
        arguments: [(60, 20), (71, 24), (72, 24), (80, 24), (100, 30), (200, 60)] as [(Int, Int)])
    func `what is hidden is said at every size, after a resize too`(columns: Int, rows: Int) {
        #expect(alone(columns: columns, rows: rows).text.contains("findings hidden: f"))
        var world = alone()
        world.send(.resized(GridSize(columns: columns, rows: rows)))
        #expect(world.text.contains("findings hidden: f") && !world.text.contains(Self.panel))
    }

    @Test(
        arguments: [
            [.character("j")], [.tab, .tab], [.character("0")], [.character("%")],
            [.enter, .escape],
        ] as [[Key]], [(120, 40), (200, 60)])
    func `a pan folds what is said of the selected finding until it is asked for`(
        keys: [Key], size: (columns: Int, rows: Int)
    ) {
        var world = FakeWorld(
            columns: size.columns, rows: size.rows, details: ScreenGoldenTests.details)
        world.open(StudyID(1))
        let said = size.rows > 45 ? "Calibrated probability" : "CRITICAL: passed"
        #expect(world.text.contains(said))
        world.type("++")
        #expect(world.text.contains(said), "a zoom alone folds nothing")
        world.press(.up)
        #expect(!world.text.contains(said) && world.text.contains("Pneumothorax: ⏎ or 0 says more"))
        // Rules that were passed and what must be known of the analysis stay.
        #expect(world.text.contains("▲ Pneumothorax ≥ 0.70"))
        for key in keys { world.press(key) }
        #expect(!world.text.contains("says more"), "\(keys)")
        if keys != [.character("j")] { #expect(world.text.contains(said)) }
    }

    @Test func `a name of any length leaves room for it`() {
        let entry = Fixtures.entry(
            1, "FERULA^PLANTAGO OF THE VERY LONG NAME THAT GOES ON AND ON", "M",
            birth: "19680705", hours: 2)
        var world = FakeWorld(entries: [entry], details: [Fixtures.detail(entry)])
        world.open(StudyID(1))
        world.type("f+")
        #expect(world.frame.text(row: 0).contains("▲ findings hidden: f"))
        #expect(world.frame.text(row: 0).contains("acc A1042"))
    }

    @Test(
        arguments: [
            (StudyID(1), "▲ 1 critical"), (StudyID(2), "✗ analysis failed"),
            (StudyID(9), "✗ not a frontal chest"),
        ])
    func `what is most urgent among the hidden is named`(id: StudyID, words: String) {
        let failure = AnalysisFailure(timestamp: Fixtures.now, reason: "no memory")
        var world = FakeWorld(
            columns: 120,
            details: ScreenGoldenTests.details
                + [Fixtures.detail(Fixtures.worklist[1], failure: failure)])
        world.open(id)
        world.type("f+")
        #expect(world.frame.text(row: 0).contains(words))
    }

    @Test func `without a picture there is nothing to give the width to`() {
        let world = alone(id: 10)
        #expect(
            world.text.contains("there is no picture yet") && world.text.contains("Analysis failed")
        )
    }

    @Test func `while the AI is hidden nothing of it is told`() {
        var settings = Settings()
        settings.showsImpressionFirst = true
        var world = alone(settings: settings)
        world.type("+")
        #expect(world.text.contains("marks hidden: f") && !world.text.contains("critical"))
        world.type("I")
        #expect(world.impressions.isEmpty, "no impression is recorded unseen")
        #expect(world.text.contains("nothing recorded") && world.text.contains("AI hidden"))
        world.type("I")
        #expect(world.impressions.count == 1)
    }

    @Test(arguments: [" ", "a", "x", "z", "\u{7F}"])
    func `no key decides on a finding that is not shown`(key: String) {
        var world = alone()
        if key == "\u{7F}" { world.press(.backspace) } else { world.type(key) }
        #expect(world.text.contains(Self.panel), "the findings are brought back")
        #expect(world.text.contains("nothing recorded"))
        world.wait(seconds: 2)
        #expect(world.drafts.isEmpty)
        guard key != "\u{7F}" else { return }
        world.type(key)
        world.wait(seconds: 2)
        #expect(world.drafts[StudyID(1)]?.decisions.count == 1)
    }

    @Test func `the hints of the picture alone offer no decision`() {
        var world = alone()
        world.type("+")
        let text = world.text
        #expect(!text.contains("space agree") && text.contains("f show findings"))
    }

    @Test(arguments: ["\n", "%", "o", "\t"])
    func `what is about the findings brings them back`(key: String) {
        var world = alone()
        world.type(key)
        world.press(.escape)
        #expect(world.text.contains(Self.panel) || world.model.screen == .worklist)
        var open = alone()
        open.type(key)
        #expect(!open.text.contains("findings hidden"))
    }

    @Test func `taking a decision back shows it`() {
        var world = FakeWorld()
        world.openFirst()
        world.type(" ff")
        world.type("f")
        world.type("+")
        world.type("u")
        #expect(world.text.contains("undone: decision") && world.text.contains(Self.panel))
        world.type("fwu")
        #expect(world.text.contains("undone: window") && !world.text.contains(Self.panel))
    }

    @Test func `the sign-off and the next study have their findings`() {
        var world = alone()
        world.type("s")
        #expect(world.text.contains("you say"))
        world.press(.escape)
        #expect(world.text.contains(Self.panel))
        world.type("f]")
        #expect(world.model.screen == .study && !world.text.contains("hidden: f"))
    }

    @Test func `letters move the picture and never the selection below`() {
        var world = alone()
        world.type("++")
        let before = world.frame
        world.type("l")
        #expect(world.frame.difference(from: before).count > 100)
        world.type("jkh")
        world.type("f")
        // The first finding is still selected.
        let row = world.text.split(separator: "\n").first { $0.contains("Pneumothorax") }
        #expect(row?.contains("›") == true)
    }

    @Test func `the cross of a tool stays on its place of the image`() {
        var world = FakeWorld()
        world.openFirst()
        world.type("dllllllllkk ")
        world.type("f ")
        // Both points fell on one place of the image, but for the size of a cell.
        let line = world.text.split(separator: "\n").first {
            $0.contains("mm") && $0.contains("cell")
        }
        let length = line.flatMap { $0.firstMatch(of: /([0-9.]+) mm/)?.1 }.flatMap { Double($0) }
        #expect((length ?? 1000) <= 20, "\(line ?? "")")
        #expect(world.text.contains("findings hidden"))
    }

    @Test func `a prior beside fits 80 columns once the findings are hidden`() {
        var world = FakeWorld(details: ScreenGoldenTests.details)
        world.openFirst()
        world.type("b")
        #expect(world.text.contains("need 100 columns; f hides the findings"))
        world.type("fb")
        #expect(world.text.contains("PRIOR") && world.text.contains("║"))
        world.type("f")
        #expect(!world.text.contains("PRIOR") && world.text.contains("the prior is put away"))
        #expect(world.text.contains(Self.panel))
        var wide = FakeWorld(columns: 120, rows: 40, details: ScreenGoldenTests.details)
        wide.openFirst()
        wide.type("fbf")
        #expect(wide.text.contains("PRIOR") && wide.text.contains(Self.panel))
    }

    @Test func `heat map and coverage work on the whole width`() {
        var world = alone()
        world.heat = [
            .pneumothorax: HeatField(columns: 3, rows: 3, values: [0, 0, 4, 0, 1, 2, -1, 0, 0])
        ]
        world.type("H")
        #expect(world.text.contains("heat: where Pneumothorax"))
        world.type("V")
        #expect(world.text.contains("magnified"))
        world.press(.escape)
        #expect(world.text.contains("findings hidden"))
    }

    @Test func `pixels take the whole width`() throws {
        var world = FakeWorld()
        var can = Capabilities.ordinary
        can.graphics = Capabilities.Graphics(kind: .kitty, cellWidth: 8, cellHeight: 16)
        world.send(.capabilitiesChanged(can))
        world.openFirst()
        world.type("P")
        let beside = try #require(world.model.pixelLayer(capabilities: can))
        world.type("f")
        let whole = try #require(world.model.pixelLayer(capabilities: can))
        #expect(whole.area.columns == 80 && beside.area.columns < 40)
        #expect(whole.area.rows == beside.area.rows)
    }

    @Test(arguments: [(80, 24), (60, 40), (200, 60)] as [(Int, Int)])
    func `a whole image on the whole width is an overview, not a magnification`(
        columns: Int, rows: Int
    ) {
        var world = FakeWorld(columns: columns, rows: rows)
        world.openFirst()
        world.wait(seconds: 2)
        world.type("f")
        world.wait(seconds: 3)
        world.type("V")
        #expect(world.text.contains("0 % of the image"))
    }

    @Test func `a key map of one's own is named`() throws {
        var settings = Settings()
        settings.keys = try KeyMap([
            KeyBinding(section: "all", command: "picture-alone", keys: ["f6"])
        ])
        var world = FakeWorld(settings: settings)
        world.openFirst()
        world.press(.function(6))
        #expect(world.text.contains("findings hidden: F6"))
    }
}
