// Tools on the picture, the findings panel's views, priors, heat, first impressions, the mouse.

import Foundation
import Imaging
import Radiology
import Terminal
import Testing
import Workstation

struct ToolTests {
    private func study(columns: Int = 80, rows: Int = 24) -> FakeWorld {
        var world = FakeWorld(columns: columns, rows: rows)
        world.open(StudyID(1))
        return world
    }

    @Test func `the ruler measures in millimetres and says where`() {
        var world = study()
        world.type("d")
        #expect(world.text.contains("first end"))
        world.type(" ")
        world.type("llllll ")
        // Fit: 14.1 px a cell of 0.7 mm at the detector, six cells.
        let text = world.text
        #expect(text.contains("mm at the detector"))
        #expect(text.contains("59.") || text.contains("58.") || text.contains("60."))
        world.type("D")
        #expect(!world.text.contains("mm at the detector"))
    }

    @Test func `without a spacing the ruler says pixels`() {
        var world = FakeWorld()
        let plain = Fixtures.radiograph(side: 256)
        world.pyramid = ImagePyramid(
            Radiograph(
                width: 256, height: 256, values: plain.values, spacing: nil, bitsStored: 12))
        world.open(StudyID(1))
        world.type("d jjjj ")
        #expect(world.text.contains("px (no spacing in the file)"))
    }

    @Test func `the cardiothoracic ratio takes four points`() {
        var world = study()
        world.type("t")
        // Heart six cells wide, thorax twelve.
        world.type("hhh llllll hhhhhhhhh llllllllllll ")
        #expect(world.text.contains("heart/thorax 0.50"))
    }

    @Test func `a measurement follows the picture when it is turned`() {
        var world = study()
        world.type("d llllll ")
        func length() -> String {
            let text = world.text
            guard let end = text.firstRange(of: " mm at the detector") else { return "none" }
            return String(text[..<end.lowerBound].suffix(4))
        }
        let before = length()
        world.type(">")
        #expect(world.text.contains("turned 90°"))
        #expect(before == length())
        #expect(before != "none")
        world.type("<F")
        #expect(world.text.contains("MIRRORED"))
    }

    @Test func `four quarter turns and two flips give the same picture again`() {
        var world = study()
        let before = world.frame
        world.type(">>>>FF")
        world.press(.function(1))
        world.press(.escape)
        #expect(world.frame.difference(from: before).isEmpty)
    }

    @Test func `presets of tissues differ and say their names`() {
        var world = study(columns: 120, rows: 40)
        var seen: Set<String> = []
        for (key, word) in [("2", "soft tissue"), ("3", "lung"), ("4", "bone"), ("6", "auto")] {
            world.type(key)
            #expect(world.text.contains(word))
            seen.insert(world.frame.text)
        }
        #expect(seen.count == 4)
        world.type("5")
        #expect(world.text.contains("STANDARD"))
    }

    @Test func `a filter changes the picture and is named while it is on`() {
        var world = study(columns: 120, rows: 40)
        let before = world.frame
        world.type("e")
        #expect(world.text.contains("EDGES ENHANCED"))
        #expect(world.frame.difference(from: before).count > 100)
        world.type("e")
        #expect(world.text.contains("CLAHE"))
        world.type("e")
        #expect(!world.text.contains("CLAHE"))
    }

    @Test func `a region is magnified by two corners`() {
        var world = study()
        world.type("Z")
        world.type("hhhhkk")
        world.type(" ")
        world.type("llllllll")
        world.type("jjjj ")
        #expect(!world.text.contains("fit ·"))
        #expect(world.text.contains("x"))
    }

    @Test func `the lens lies over the picture and goes away`() {
        var world = study()
        let before = world.frame
        world.type("m")
        #expect(world.text.contains("x4.0"))
        world.type("+")
        #expect(world.text.contains("x5.0"))
        world.press(.escape)
        #expect(world.frame.difference(from: before).isEmpty)
    }

    @Test func `Tab gives the letters to the picture`() {
        var world = study()
        world.type("+++")
        let before = world.frame
        world.type("\tl")
        #expect(world.frame.difference(from: before).count > 50)
        world.type("\tj")
        #expect(world.model.place == .study)
    }

    // MARK: How the picture is made

    @Test func `the status says how the picture is made, and n takes dither off`() {
        var world = study()
        #expect(world.text.contains("exact, dithered"))
        let dithered = world.frame
        world.type("n")
        #expect(world.text.contains("exact, plain"))
        #expect(world.frame.difference(from: dithered).count > 50)
        world.type("]")
        #expect(world.text.contains("exact, plain"), "the choice stays for the next study")
    }

    @Test func `a picture that saves bytes is called a preview`() {
        let thrifty = Capabilities(
            colour: .xterm256, glyphs: .blocks, unicode: true, hasOwnWriter: true, thrift: 240)
        var world = study()
        world.send(.capabilitiesChanged(thrifty))
        world.type("w")
        let preview = draw(world.model, size: world.model.size, capabilities: thrifty)
        #expect(preview.text.contains("PREVIEW"))
        // The exact picture of the same window is shown where it is known.
        var exact = thrifty
        exact.thrift = nil
        for can in [exact, thrifty] {
            let text = draw(world.model, size: world.model.size, capabilities: can).text
            #expect(text.contains("exact"))
        }
    }

    @Test func `an exact picture that moves stays exact on a slow link`() {
        var thrifty = Capabilities.ordinary
        thrifty.thrift = 120
        var world = study()
        world.type("++")
        _ = world.frame
        world.press(.right)
        #expect(
            draw(world.model, size: world.model.size, capabilities: thrifty).text.contains("exact"))
        world.press(.down)
        #expect(
            draw(world.model, size: world.model.size, capabilities: thrifty).text.contains("exact"))
        // A preview moves as a preview, and so does every other picture.
        world.type("+")
        #expect(
            draw(world.model, size: world.model.size, capabilities: thrifty).text.contains(
                "PREVIEW"))
        world.press(.right)
        #expect(
            draw(world.model, size: world.model.size, capabilities: thrifty).text.contains(
                "PREVIEW"))
    }

    @Test func `a preview beside the signature's fields is called one too`() {
        var world = study(columns: 140, rows: 40)
        world.type("s")
        #expect(!world.text.contains("PREVIEW"))
        let thrifty = Capabilities(
            colour: .xterm256, glyphs: .blocks, unicode: true, hasOwnWriter: true, thrift: 120)
        var rough = Capabilities.ordinary
        rough.showsRoughCells = true
        for can in [thrifty, rough] {
            let text = draw(world.model, size: world.model.size, capabilities: can).text
            #expect(text.contains("sign-off") && text.contains("PREVIEW"))
        }
    }

    @Test func `pixels stand in the place of characters until a tool needs them`() throws {
        var world = study()
        world.type("P")
        #expect(world.text.contains("answered neither"))
        var can = Capabilities.ordinary
        can.graphics = Capabilities.Graphics(kind: .kitty, cellWidth: 8, cellHeight: 16)
        world.send(.capabilitiesChanged(can))
        world.type("P")
        let layer = try #require(world.model.pixelLayer(capabilities: can))
        #expect(layer.width == layer.area.columns * 8 && layer.height == layer.area.rows * 16)
        let grey = layer.grey()
        #expect(grey.count == layer.width * layer.height && Set(grey).count > 20)
        let frame = draw(world.model, size: world.model.size, capabilities: can)
        #expect(frame.text.contains("kitty pixels"))
        #expect(frame[layer.area.position(columns: 10, rows: 5)].glyph == " ")
        // Each thing drawn in characters brings them back for as long as it is there.
        world.type("d")
        #expect(world.model.pixelLayer(capabilities: can) == nil)
        world.press(.escape)
        #expect(world.model.pixelLayer(capabilities: can) == layer)
        world.type("w")
        #expect(world.model.pixelLayer(capabilities: can) != layer)
        world.type("?")
        #expect(world.model.pixelLayer(capabilities: can) == nil)
    }

    @Test(arguments: [true, false])
    func `detail that the cells hide is said`(hasStripes: Bool) {
        var world = FakeWorld(columns: 110, rows: 30)
        let side = 512
        let values = (0..<side * side).map { index -> Float in
            hasStripes ? (index % side / 4 % 2 == 0 ? 0 : 4000) : 2000
        }
        world.pyramid = ImagePyramid(
            Radiograph(width: side, height: side, values: values, spacing: nil, bitsStored: 12))
        world.open(StudyID(1))
        let status = world.text(row: 26)
        #expect(status.contains("zoom: detail < cell") == hasStripes)
        guard hasStripes else { return }
        world.type("1+++++")
        let magnified = world.text(row: 26)
        #expect(magnified.contains("all detail") && !magnified.contains("detail < cell"))
    }

    @Test func `the foot says what is known of the display`() throws {
        var world = study(columns: 120, rows: 30)
        #expect(world.text.contains("display not calibrated; not for primary diagnosis"))
        let calibration = try #require(
            DisplayCalibration(luminanceMin: 0.4, luminanceMax: 250, ambient: 0.3))
        var settings = Settings()
        settings.display = DisplayStatement(calibration: calibration, checkedOn: nil)
        world.send(.settingsChanged(settings))
        world.press(.escape)
        #expect(world.text.contains("GSDF 0.7-250 cd/m² stated, not checked; not for primary"))
        settings.display = DisplayStatement(calibration: calibration, checkedOn: "2026-11-20")
        world.send(.settingsChanged(settings))
        #expect(world.text.contains("GSDF 0.7-250 cd/m², checked 2026-11-20"))
        #expect(!world.text.contains("not for primary diagnosis"))
    }

    @Test func `the test patterns show 5 % in black and 95 % in white`() {
        var world = study(columns: 100, rows: 30)
        world.type(":calibration")
        world.press(.enter)
        #expect(world.text.contains("0 % and 5 %"))
        let greys = Set(
            world.frame.cells.compactMap { cell -> UInt8? in
                if case .grey(let level)? = cell.style.background { level } else { nil }
            })
        #expect(greys.isSuperset(of: [0, 13, 242, 255]) && greys.count >= 20)
    }

    // MARK: The panel

    @Test func `findings sort by probability and by disagreement`() {
        var world = study()
        world.type("oo")
        #expect(world.text(row: 4).contains("Nodule"))
        #expect(world.text.contains("disagreement"))
    }

    @Test func `the measured area stands in the panel and in the details`() {
        let card = ModelCard(
            areas: [
                .pneumothorax: MeasuredAUC(value: 0.81, interval: 0.76...0.86, positiveCount: 120)
            ], measuredOn: "test, 2423 images", calibration: "per-label Platt")
        for (columns, rows) in [(80, 24), (200, 60)] {
            var world = FakeWorld(
                columns: columns, rows: rows,
                details: [
                    StudyDetail(
                        entry: Fixtures.worklist[0], images: [Fixtures.image(1)],
                        analysis: Fixtures.analysis(), modelCard: card)
                ])
            world.open(StudyID(1))
            #expect(world.text.contains(".81"))
            world.press(.enter)
            #expect(world.text.contains("0.760-0.860"))
            #expect(world.text.contains("per-label Platt"))
            #expect(world.text.contains("Entropy"))
        }
    }

    @Test func `first impression first hides every number until it is recorded`() {
        var settings = Settings()
        settings.showsImpressionFirst = true
        var world = FakeWorld(settings: settings)
        #expect(!world.text.contains(".91"))
        world.open(StudyID(1))
        #expect(!world.text.contains(".91"))
        #expect(!world.text.contains("━"))
        world.type("r")
        #expect(world.text.contains("the AI is hidden") && !world.text.contains("CRITICAL"))
        #expect(world.text.contains("knows only drawn phantoms"))
        world.press(.escape)
        world.press(.enter)
        #expect(world.text.contains("the AI is hidden"))
        // Label order: the third is effusion; the reader sees it and nothing else.
        world.type("jj ")
        world.type("I")
        #expect(world.text.contains(".91"))
        #expect(world.text.contains("≠"))
        #expect(world.text.contains("you and the AI differ"))
        world.press(.escape)
        world.open(StudyID(1))
        #expect(world.text.contains(".91"))
    }

    @Test func `the heat map tints the picture for the selected finding and says what it is`() {
        let card = ModelCard(areas: [:], hasHeatMaps: true)
        var world = FakeWorld(details: [
            StudyDetail(
                entry: Fixtures.worklist[0], images: [Fixtures.image(1)],
                analysis: Fixtures.analysis(), modelCard: card)
        ])
        world.heat = [
            .pneumothorax: HeatField(columns: 2, rows: 2, values: [0, 4, 0, 0]),
            .effusion: HeatField(columns: 2, rows: 2, values: [-1, -1, -1, -1]),
        ]
        world.open(StudyID(1))
        let before = world.frame
        world.type("h")
        #expect(world.text.contains("of its own peak"))
        let changed = world.frame.difference(from: before).filter { $0.column < 36 && $0.row < 20 }
        #expect(changed.count > 10)
        // The peak lies in the upper right quarter of the picture.
        #expect(changed.count { $0.column >= 18 } > changed.count { $0.column < 18 })
        world.type("hh")
        let after = world.frame.difference(from: before).filter { $0.column < 36 && $0.row < 20 }
        #expect(after.isEmpty)
    }

    @Test func `without the model there is no heat map, and the reason is said`() {
        var world = study()
        world.type("h")
        #expect(world.text.contains("not installed here"))
    }

    @Test func `a prior lies beside, moves along, and is never called the current one`() {
        let prior = Fixtures.entry(
            50, "ASTER^QUINCE", "M", birth: "19720310", hours: 9000, views: ["AP"])
        var world = FakeWorld(
            columns: 160, rows: 50, entries: Fixtures.worklist + [prior],
            details: [
                StudyDetail(
                    entry: Fixtures.worklist[0], images: [Fixtures.image(1)],
                    analysis: Fixtures.analysis(), priors: [prior])
            ])
        world.open(StudyID(1))
        world.type("b")
        #expect(world.text.contains("PRIOR"))
        let before = world.frame
        world.type("++")
        world.press(.right)
        let moved = world.frame.difference(from: before)
        #expect(moved.contains { $0.column < 55 && $0.row > 3 })
        #expect(moved.contains { $0.column > 60 && $0.column < 110 && $0.row > 3 })
        world.type("b")
        #expect(!world.text.contains("PRIOR"))
    }

    // MARK: Coverage

    @Test func `what was only seen in the overview is said before the signature`() {
        var world = FakeWorld()
        world.prepareSignOff()
        world.press(.control("s"))
        #expect(world.text.contains("Not yet seen: never on the screen"))
        world.press(.escape, .escape, .escape)
        world.wait(seconds: 2)
        world.type("s")
        world.press(.control("s"))
        #expect(world.text.contains("only the overview was seen"))
    }

    @Test func `what was magnified counts as seen, the rest is named`() {
        var world = FakeWorld()
        world.prepareSignOff()
        world.press(.escape, .escape)
        world.type("+++++")
        world.wait(seconds: 2)
        world.type("s")
        world.press(.control("s"))
        #expect(world.text.contains("at no more than the overview: upper left"))
        #expect(!world.text.contains("middle central"))
    }

    // MARK: The mouse

    @Test func `a click selects, a second one opens, the wheel moves`() {
        var world = FakeWorld()
        world.press(.mouse(MouseEvent(.press, at: Position(column: 20, row: 7))))
        #expect(world.model.screen == .worklist)
        let selected = world.model.currentStudy
        world.press(.mouse(MouseEvent(.press, at: Position(column: 20, row: 7))))
        #expect(world.model.screen == .study)
        #expect(world.model.currentStudy == selected)
        world.press(.escape)
        world.press(.mouse(MouseEvent(.wheelDown, at: Position(column: 20, row: 7))))
        #expect(world.model.currentStudy != selected)
    }

    @Test func `a drag pans, the right button windows, the wheel magnifies`() {
        var world = study(columns: 120, rows: 30)
        let place = Position(column: 15, row: 10)
        world.press(.mouse(MouseEvent(.wheelUp, at: place)))
        #expect(world.text.contains("x1.2"))
        world.press(.mouse(MouseEvent(.press, button: .right, at: place)))
        world.press(
            .mouse(MouseEvent(.drag, button: .right, at: Position(column: 20, row: 10))))
        world.press(
            .mouse(MouseEvent(.release, button: .right, at: Position(column: 20, row: 10))))
        #expect(world.text.contains("own"))
        let before = world.frame
        world.press(.mouse(MouseEvent(.press, at: place)))
        world.press(.mouse(MouseEvent(.drag, at: Position(column: 14, row: 10))))
        #expect(world.frame.difference(from: before).count > 50)
        world.type("M")
        #expect(world.effects.last == .setMouse(false))
        let off = world.frame
        world.press(.mouse(MouseEvent(.wheelUp, at: place)))
        #expect(world.frame.difference(from: off).isEmpty)
    }

    // MARK: The next study

    @Test func `neighbouring studies differ in colour and mark, and are decoded ahead`() {
        var world = study()
        let first = world.frame[Position(column: 0, row: 0)]
        #expect(world.effects.contains { if case .prefetch = $0 { true } else { false } })
        world.type("]")
        let second = world.frame[Position(column: 0, row: 0)]
        #expect(first.glyph != second.glyph)
        #expect(first.style != second.style)
    }

    @Test func `a refused claim is asked for again once the study is free`() {
        var world = FakeWorld()
        world.holders[StudyID(1)] = Fixtures.claim(Fixtures.other, hours: 0.5)
        world.open(StudyID(1))
        world.type("s")
        #expect(world.text.contains("Read-only"))
        world.holders = [:]
        world.send(.recordsChanged)
        #expect(world.effects.count { $0.isClaim } == 2)
        #expect(!world.text.contains("Read-only"))
    }
}
