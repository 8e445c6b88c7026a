// The command table: what a reader does with the picture besides windowing it and moving in it.

import Imaging
import Radiology
import Terminal

extension Commands {
    /// Commands that record what the reader says of a finding: never of one that is not shown.
    static let recordsOnFindings: Set<String> = [
        "agree", "disagree", "unsure", "undecide", "record-impression",
    ]

    /// Commands that are about the findings, which come back for them.
    static let showsFindings: Set<String> = [
        "finding", "axis", "sort-findings", "first-impression",
    ]

    static let viewing: [Command] = [
        Command(
            "focus", keys: [.tab, .backTab], title: "pane",
            help: "Give the letters to the picture (h j k l move it) or to the findings.",
            places: study, hint: 38, run: { $0.changePane() }),
        Command(
            "picture-alone", keys: [.character("f")], title: "picture alone",
            help: "Give the picture the whole width and hide the findings, or bring them back; "
                + "the first line says that they are hidden.", places: study, hint: 17,
            reason: { $0.pictureAloneObstacle }, run: { $0.togglePictureAlone() }),
        Command(
            "picture-alone", keys: [.character("f")], title: "picture alone",
            help: "Give the picture the whole width and hide the findings, or bring them back.",
            places: [.points], hint: 10, reason: { $0.pictureAloneObstacle },
            run: { $0.togglePictureAlone() }),
        Command(
            "heat", keys: [.character("h"), .character("H")], title: "heat map",
            help: "Lay the selected finding's heat map over the picture: colour, contour, none.",
            places: [.study], hint: 29, reason: { $0.heatObstacle }, run: { $0.nextHeat() }),
        Command(
            "heat-map", keys: [.character("H")], title: "heat map",
            help: "Lay the selected finding's heat map over the picture: colour, contour, none.",
            places: [.picture], hint: 29, reason: { $0.heatObstacle }, run: { $0.nextHeat() }),
        Command(
            "prior", keys: [.character("b")], title: "prior",
            help:
                "Lay the newest earlier study beside, moving together; then older ones, then none.",
            places: study, hint: 30, reason: { $0.priorObstacle }, run: { $0.nextPrior() }),
        preset("soft-tissue", "2", .tissue(.softTissue), "soft tissue"),
        preset("lung", "3", .tissue(.lung), "lung"),
        preset("bone", "4", .tissue(.bone), "bone"),
        preset("file-window", "5", .file, "what the file asks for"),
        preset("auto-window", "6", .automatic, "the bulk of the values"),
        Command(
            "rotate", keys: [.character(">")], title: "rotate",
            help: "Turn the picture a quarter clockwise.", places: study, hint: 40,
            reason: { $0.pictureObstacle }, run: { $0.rotate(1) }),
        Command(
            "rotate-back", keys: [.character("<")], title: "rotate back",
            help: "Turn the picture a quarter the other way.", places: study,
            reason: { $0.pictureObstacle }, run: { $0.rotate(-1) }),
        Command(
            "flip", keys: [.character("F")], title: "flip",
            help: "Exchange left and right; the screen says so while it is on.", places: study,
            reason: { $0.pictureObstacle }, run: { $0.flip() }),
        Command(
            "enhance", keys: [.character("e")], title: "enhance",
            help: "The next filter: none, edges, CLAHE; the screen names it while it is on.",
            places: study, hint: 41, reason: { $0.pictureObstacle },
            run: { $0.nextEnhancement() }),
        Command(
            "plain-fit", keys: [.character("n")], title: "plain fit",
            help: "Dither and noise shaping off or on: they can look like a fine pattern.",
            places: study, hint: 44, reason: { $0.pictureObstacle },
            run: { $0.togglePlainFit() }),
        Command(
            "pixels", keys: [.character("P")], title: "pixels",
            help: "Show the picture as pixels where the terminal has Kitty graphics or sixel.",
            places: study, hint: 33, reason: { $0.graphicsObstacle },
            run: { $0.togglePixels() }),
        tool("magnifier", "m", .magnifier, "lens", hint: 31, "Put a lens on the picture."),
        tool(
            "ruler", "d", .ruler, "ruler", hint: 32,
            "Measure a distance: millimetres where the file states a spacing, else pixels."),
        tool(
            "ratio", "t", .cardiothoracicRatio, "heart/thorax", hint: 42,
            "Measure the cardiothoracic ratio by four points."),
        tool("zoom-region", "Z", .region, "zoom to", hint: 43, "Magnify a region by two corners."),
        Command(
            "seen", keys: [.character("V")], title: "seen",
            help:
                "Show which parts of the image were magnified, and which only seen in the overview.",
            places: study, reason: { $0.pictureObstacle }, run: { $0.openCoverage() }),
        Command(
            "unmeasure", keys: [.character("D")], title: "unmeasure",
            help: "Remove the last measurement of this image.", places: study,
            run: { $0.removeMeasurement() }),
    ]

    static let pointing: [Command] = [
        Command(
            "set-point", keys: [.enter, .character(" ")], title: "set point",
            help: "Set a point at the cross; the last one ends the tool.", places: [.points],
            hint: 1, run: { $0.setPoint() }),
        cross("cross-left", [.left, .character("h")], columns: -1, rows: 0, "one cell left", 2),
        cross("cross-right", [.right, .character("l")], columns: 1, rows: 0, "one cell right"),
        cross("cross-up", [.up, .character("k")], columns: 0, rows: -1, "one cell up"),
        cross("cross-down", [.down, .character("j")], columns: 0, rows: 1, "one cell down"),
        cross(
            "cross-far-left", [.modified(.left, .shift), .character("H")], columns: -8, rows: 0,
            "eight cells left"),
        cross(
            "cross-far-right", [.modified(.right, .shift), .character("L")], columns: 8, rows: 0,
            "eight cells right"),
        cross(
            "cross-far-up", [.modified(.up, .shift), .character("K")], columns: 0, rows: -4,
            "four cells up"),
        cross(
            "cross-far-down", [.modified(.down, .shift), .character("J")], columns: 0, rows: 4,
            "four cells down"),
        Command(
            "lens-more", keys: [.character("+"), .character("=")], title: "more",
            help: "A stronger lens; with other tools, magnify the picture.", places: [.points],
            hint: 3, run: { $0.changeLens(1.25) }),
        Command(
            "lens-less", keys: [.character("-")], title: "less",
            help: "A weaker lens; with other tools, make the picture smaller.", places: [.points],
            run: { $0.changeLens(0.8) }),
        Command(
            "drop-tool", keys: [.escape, .character("q")], title: "done",
            help: "Put the tool away; measurements stay.", places: [.points], hint: 89,
            run: { $0.dropTool() }),
    ]

    private static func preset(
        _ id: String, _ key: Character, _ kind: PresetKind, _ words: String
    ) -> Command {
        Command(
            id, keys: [.character(key)], title: words, help: "Window for \(words).",
            places: study, reason: { $0.pictureObstacle }, run: { $0.takePreset(kind) })
    }

    private static func tool(
        _ id: String, _ key: Character, _ tool: PointTool, _ title: String, hint: Int,
        _ help: String
    ) -> Command {
        Command(
            id, keys: [.character(key)], title: title, help: help, places: study, hint: hint,
            reason: { $0.pictureObstacle }, run: { $0.take(tool) })
    }

    private static func cross(
        _ id: String, _ keys: [Key], columns: Int, rows: Int, _ words: String, _ hint: Int? = nil
    ) -> Command {
        Command(
            id, keys: keys, title: "move", help: "Move the cross \(words).", places: [.points],
            hint: hint, run: { $0.moveCross(columns: columns, rows: rows) })
    }
}
