// The command table: critical results, peer review, windows of fields, the locked screen.

import Terminal

extension Commands {
    private static let screens: Set<Place> = [
        .worklist, .queue, .study, .picture, .decisions, .ownFindings,
    ]

    static let telling: [Command] = [
        Command(
            "tell", keys: [.character("t")], title: "told",
            help: "Record whom you told of a critical result of this study, or that nobody was "
                + "reached.", places: [.queue], hint: 3, reason: { $0.criticalObstacle },
            run: { $0.openCommunication() }),
        Command(
            "dismiss", keys: [.character("d")], title: "dismiss",
            help: "Dismiss a critical result of this study as false, with the reason.",
            places: [.queue], hint: 4, reason: { $0.criticalObstacle },
            run: { $0.openDismissal() }),
        Command(
            "tell", keys: [], title: "told",
            help: "Record whom you told of a critical result of this study.",
            places: [.worklist, .study, .picture], reason: { $0.criticalObstacle },
            run: { $0.openCommunication() }),
        Command(
            "dismiss", keys: [], title: "dismiss",
            help: "Dismiss a critical result of this study as false, with the reason.",
            places: [.worklist, .study, .picture], reason: { $0.criticalObstacle },
            run: { $0.openDismissal() }),
        Command(
            "peer", keys: [], title: "peer review",
            help: "Open the oldest report that is offered to you for review, blind.",
            places: [.worklist, .queue], reason: { $0.peerObstacle },
            run: { $0.askForPeers() }),
        Command(
            "lock", keys: [.function(9)], title: "lock",
            help: "Lock the screen: nothing of a patient stands on it until you are back.",
            places: screens, run: { $0.lockScreen(reason: "key") }),
    ]

    static let filling: [Command] = [
        Command(
            "accept-field", keys: [.enter], title: "next, store",
            help: "To the next field; from the last one store it.", places: [.form], hint: 1,
            reason: { $0.formStoringObstacle }, run: { $0.acceptField() }),
        Command(
            "next-input", keys: [.tab, .down], title: "field", help: "To the next field.",
            places: [.form], hint: 2, reason: { $0.formStoringObstacle },
            run: { $0.moveForm(1) }),
        Command(
            "previous-input", keys: [.backTab, .up], title: "field before",
            help: "To the field before.", places: [.form], run: { $0.moveForm(-1) }),
        Command(
            "store-form", keys: [.control("s")], title: "store",
            help: "Store what is filled in.", places: [.form], hint: 3,
            reason: { $0.formStoringObstacle }, run: { $0.submitForm() }),
        Command(
            "cancel-form", keys: [.escape, .control("c")], title: "cancel",
            help: "Close the window; nothing is stored.", places: [.form], hint: 80,
            reason: { $0.formStoringObstacle }, run: { $0.cancelForm() }),
        Command(
            "unlock", keys: [.enter], title: "open",
            help: "Open the screen; with accounts your secret is asked for.", places: [.lock],
            hint: 1, run: { $0.unlock() }),
        Command(
            "correct-secret", keys: [.backspace], title: "correct",
            help: "Take back a typed character.", places: [.lock], run: { $0.correctLock() }),
        Command(
            "clear-secret", keys: [.escape, .control("u")], title: "clear",
            help: "Take back all that was typed.", places: [.lock], hint: 2,
            run: { $0.clearLock() }),
        Command(
            "leave-locked", keys: [.control("d")], title: "quit",
            help: "Leave Wetread; drafts are kept.", places: [.lock], hint: 95,
            run: { $0.quit() }),
    ]

    static let writing: [Command] = [
        Command(
            "complete-label", keys: [.control("n")], title: "label",
            help: "Complete the label that the word before the cursor begins; again for the next.",
            places: [.impression, .ownText], hint: 6, run: { $0.completeLabel() }),
        Command(
            "template", keys: [.control("t")], title: "template",
            help: "Put a template of templates.toml into the impression.", places: [.impression],
            hint: 7, reason: { $0.templateObstacle }, run: { $0.openTemplates() }),
        Command(
            "editor", keys: [.control("o")], title: "editor",
            help: "Open the impression in $VISUAL or $EDITOR.", places: [.impression],
            reason: { $0.textObstacle }, run: { $0.openEditor() }),
        Command(
            "add-parts", keys: [.character("N")], title: "add by parts",
            help: "Add a finding of your own by label, side, severity, place and words.",
            places: [.decisions, .ownFindings], reason: { $0.textObstacle },
            run: { $0.openOwnFindingForm() }),
    ]
}
