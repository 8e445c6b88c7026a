// The command table: one study, its picture, and the decisions made while looking at it.

import Radiology
import Terminal

extension Commands {
    static let reading: [Command] = [
        Command(
            "finding", keys: [.enter], title: "details",
            help: "Show the selected finding in full: its passes, its rule, what it means.",
            places: [.study, .picture, .decisions],
            reason: {
                $0.study?.hidesAI == true
                    ? impressionObstacle
                    : $0.study?.finding == nil ? "there is no AI finding" : nil
            }, run: { $0.openFinding() }),
        Command(
            "report", keys: [.character("r")], title: "report",
            help: "Show the narrative report with image quality and disclaimer.",
            places: [.study, .picture, .decisions], hint: 23, reason: { $0.reportObstacle },
            run: { $0.openReport() }),
        Command(
            "axis", keys: [.character("%")], title: "axis",
            help: "Change the axis of the bars: suspicion (moderate at ½, high at ¾) or the plain "
                + "probability.", places: study, hint: 34, run: { $0.toggleAxis() }),
        Command(
            "sort-findings", keys: [.character("o")], title: "sort",
            help: "Sort the findings by urgency, probability, disagreement of the passes, or name.",
            places: study, hint: 35,
            run: { $0.toggleFindingOrder() }),
        Command(
            "next-study", keys: [.character("]")], title: "study",
            help: "Open the next study of the list.", places: study, hint: 6,
            reason: { $0.neighbour(1) == nil ? "this is the last study of the list" : nil },
            run: { $0.openNeighbour(1) }),
        Command(
            "previous-study", keys: [.character("[")], title: "study before",
            help: "Open the study before it in the list.", places: study,
            reason: { $0.neighbour(-1) == nil ? "this is the first study of the list" : nil },
            run: { $0.openNeighbour(-1) }),
        Command(
            "sign", keys: [.character("s")], title: "to sign-off",
            help: "Take the study and go to its sign-off: decisions, own findings, impression. "
                + "Nothing is signed by it; the signature is a step further.", places: study,
            hint: 5,
            reason: { $0.signOffObstacle }, run: { $0.openSignOff() }),
        Command(
            "back", keys: [.escape, .character("q")], title: "back",
            help: "Back to the list; the draft is kept.", places: study, hint: 89,
            run: { $0.closeStudy() }),
    ]

    static let picture: [Command] = [
        pictureCommand(
            "narrower", "w", title: "window", hint: 20, help: "More contrast: a narrower window.",
            run: { $0.changeWindow(width: 0.9) }),
        pictureCommand(
            "wider", "W", title: "wider", help: "Less contrast: a wider window.",
            run: { $0.changeWindow(width: 1 / 0.9) }),
        pictureCommand(
            "center-up", "c", title: "level", hint: 26,
            help: "Window center up by a twentieth of the width.",
            run: { $0.changeWindow(center: 0.05) }),
        pictureCommand(
            "center-down", "C", title: "level down",
            help: "Window center down by a twentieth of the width.",
            run: { $0.changeWindow(center: -0.05) }),
        pictureCommand(
            "preset", "p", title: "preset", hint: 24,
            help: "The next of the file's windows, the automatic one, and those of tissues.",
            run: { $0.nextPreset() }),
        pictureCommand(
            "invert", "i", title: "invert", hint: 25, help: "Exchange black and white.",
            run: { $0.invert() }),
        pictureCommand(
            "zoom-in", "+", "=", title: "zoom", hint: 21, help: "Magnify.",
            run: { $0.zoom(by: 1.25) }),
        pictureCommand(
            "zoom-out", "-", title: "smaller", help: "Make the picture smaller.",
            run: { $0.zoom(by: 0.8) }),
        pictureCommand(
            "fit", "0", title: "fit", hint: 27, help: "Show the whole image.",
            run: { $0.fitPicture() }),
        pictureCommand(
            "one-to-one", "1", title: "1:1", hint: 28,
            help: "One image pixel for each part of a cell: all that the detector saw.",
            run: { $0.showOneToOne() }),
        Command(
            "pan-left", keys: [.left], title: "pan", help: "Move the view one cell left.",
            places: study, hint: 22, reason: { $0.pictureObstacle },
            run: { $0.pan(columns: -1, rows: 0) }),
        Command(
            "pan-left-letter", keys: [.character("h")], title: "pan",
            help: "Move the view one cell left.", places: [.picture],
            reason: { $0.pictureObstacle }, run: { $0.pan(columns: -1, rows: 0) }),
        letterPan("pan-right-letter", "l", "one cell right", columns: 1, rows: 0),
        letterPan("pan-up-letter", "k", "one cell up", columns: 0, rows: -1),
        letterPan("pan-down-letter", "j", "one cell down", columns: 0, rows: 1),
        panCommand("pan-right", [.right], "one cell right", columns: 1, rows: 0),
        panCommand("pan-up", [.up], "one cell up", columns: 0, rows: -1),
        panCommand("pan-down", [.down], "one cell down", columns: 0, rows: 1),
        panCommand("pan-far-left", [.modified(.left, .shift)], "ten cells left", columns: -10),
        panCommand("pan-far-right", [.modified(.right, .shift)], "ten cells right", columns: 10),
        panCommand(
            "pan-far-up", [.modified(.up, .shift), .pageUp], "five cells up", rows: -5),
        panCommand(
            "pan-far-down", [.modified(.down, .shift), .pageDown], "five cells down", rows: 5),
        Command(
            "next-image", keys: [.character(".")], title: "image",
            help: "To the next frame, or the next image of the study.", places: study, hint: 19,
            reason: { $0.imageObstacle(1) }, run: { $0.changeImage(1) }),
        Command(
            "previous-image", keys: [.character(",")], title: "image before",
            help: "To the frame or image before.", places: study,
            reason: { $0.imageObstacle(-1) }, run: { $0.changeImage(-1) }),
    ]

    private static let impressionObstacle = Model.impressionObstacle
    private static let deciders: Set<Place> = [.study, .picture, .decisions]

    static let deciding: [Command] = [
        Command(
            "agree", keys: [.character(" "), .character("a")], title: "agree",
            help: "Agree with the AI on this finding (while the AI is hidden: it is present).",
            places: deciders, hint: 2, reason: { $0.decidingObstacle },
            run: { $0.decide(.agree) }),
        Command(
            "disagree", keys: [.character("x")], title: "disagree",
            help: "Disagree with the AI on this finding (while the AI is hidden: it is absent).",
            places: deciders, hint: 3, reason: { $0.decidingObstacle },
            run: { $0.decide(.disagree) }),
        Command(
            "unsure", keys: [.character("z")], title: "unsure",
            help: "Say that you cannot tell on this finding.", places: deciders, hint: 4,
            reason: { $0.decidingObstacle }, run: { $0.decide(.unsure) }),
        Command(
            "undecide", keys: [.backspace, .delete], title: "no decision",
            help: "Take the decision on this finding back.", places: deciders,
            reason: { $0.decisionObstacle }, run: { $0.decide(nil) }),
        Command(
            "undo", keys: [.character("u")], title: "undo",
            help: "Take the last change back: decision, text, window, measurement.",
            places: [.study, .picture, .decisions, .ownFindings], hint: 36,
            reason: { $0.undoObstacle }, run: { $0.undo() }),
        Command(
            "redo", keys: [.control("r")], title: "redo", help: "Do again what was taken back.",
            places: [.study, .picture, .decisions, .ownFindings],
            reason: {
                $0.study?.redoPoints.isEmpty == false ? nil : "there is nothing to do again"
            }, run: { $0.redo() }),
        Command(
            "record-impression", keys: [.character("I")], title: "record & show AI",
            help: "Record the first impression and show the AI.", places: study, hint: 1,
            reason: { $0.recordingObstacle }, run: { $0.recordImpression() }),
        Command(
            "first-impression", keys: [], title: "first impression",
            help: "Hide the AI until a first impression is recorded, or show it at once.",
            places: [.worklist, .queue, .study, .picture],
            run: { $0.toggleImpressionFirst() }),
        Command(
            "copy", keys: [.character("y")], title: "copy",
            help:
                "Copy impression and own findings to the clipboard (OSC 52), without patient data "
                + "unless the configuration allows it.",
            places: [.study, .picture, .ownFindings], run: { $0.copyReport() }),
    ]

    private static func pictureCommand(
        _ id: String, _ keys: Character..., title: String, hint: Int? = nil, help: String,
        run: @escaping @Sendable (inout Model) -> [Effect]
    ) -> Command {
        Command(
            id, keys: keys.map(Key.character), title: title, help: help, places: study,
            hint: hint, reason: { $0.pictureObstacle }, run: run)
    }

    private static func letterPan(
        _ id: String, _ key: Character, _ words: String, columns: Int, rows: Int
    ) -> Command {
        Command(
            id, keys: [.character(key)], title: "pan", help: "Move the view \(words).",
            places: [.picture], reason: { $0.pictureObstacle },
            run: { $0.pan(columns: columns, rows: rows) })
    }

    private static func panCommand(
        _ id: String, _ keys: [Key], _ words: String, columns: Int = 0, rows: Int = 0
    ) -> Command {
        Command(
            id, keys: keys, title: "pan", help: "Move the view \(words).", places: study,
            reason: { $0.pictureObstacle }, run: { $0.pan(columns: columns, rows: rows) })
    }
}
