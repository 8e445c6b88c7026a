// The command table: the sign-off.

import Terminal

extension Commands {
    private static let fields: Set<Place> = [.decisions, .ownFindings]

    private static let checkHelp =
        "Show in full what will be signed; there the last four characters of the accession sign it."

    static let signing: [Command] = [
        Command(
            "next-field", keys: [.tab], title: "field", help: "To the next field.",
            places: [.decisions, .ownFindings, .impression], hint: 1,
            run: { $0.changeField(1) }),
        Command(
            "previous-field", keys: [.backTab], title: "field before",
            help: "To the field before.", places: [.decisions, .ownFindings, .impression],
            run: { $0.changeField(-1) }),
        Command(
            "agree-all", keys: [.character("A")], title: "agree with all",
            help: "Agree with the AI on every finding that has no decision yet.",
            places: [.decisions], hint: 6, reason: { $0.decisionObstacle },
            run: { $0.agreeWithAll() }),
        Command(
            "none-present", keys: [.character("y")], title: "rest absent",
            help: "Say that none of the findings below their bounds is present.",
            places: [.decisions], hint: 7, reason: { $0.decisionObstacle },
            run: { $0.saySomeAbsent() }),
        Command(
            "expand", keys: [.character("e")], title: "one by one",
            help: "Show the findings below their bounds one by one, or together.",
            places: [.decisions], hint: 8, run: { $0.toggleExpanded() }),
        Command(
            "add", keys: [.character("n"), .character("+")], title: "add",
            help: "Write a finding of your own.", places: [.decisions, .ownFindings], hint: 9,
            reason: { $0.textObstacle }, run: { $0.addOwnFinding() }),
        Command(
            "edit", keys: [.enter, .character("e")], title: "edit",
            help: "Change the selected finding of your own.", places: [.ownFindings], hint: 10,
            reason: { $0.ownFindingObstacle }, run: { $0.editOwnFinding() }),
        Command(
            "remove", keys: [.character("d"), .delete, .backspace], title: "remove",
            help: "Remove the selected finding of your own.", places: [.ownFindings], hint: 11,
            reason: { $0.ownFindingObstacle }, run: { $0.removeOwnFinding() }),
        Command(
            "keep-text", keys: [.enter, .tab], title: "keep", help: "Keep the text.",
            places: [.ownText], hint: 1, run: { $0.endOwnText(keeping: true) }),
        Command(
            "drop-text", keys: [.escape], title: "drop", help: "Drop the text.",
            places: [.ownText], hint: 2, run: { $0.endOwnText(keeping: false) }),
        Command(
            "leave-text", keys: [.escape], title: "done",
            help: "Leave the impression; it is kept.", places: [.impression], hint: 3,
            run: { $0.leaveImpression() }),
        Command(
            "check", keys: [.control("s"), .character("s")], title: "to signature",
            help: checkHelp, places: fields, hint: 5,
            reason: { $0.signatureObstacle }, run: { $0.openConfirmation() }),
        Command(
            "check-from-text", keys: [.control("s")], title: "to signature",
            help: checkHelp, places: [.impression],
            hint: 2, reason: { $0.signatureObstacle }, run: { $0.openConfirmation() }),
        Command(
            "leave-sign-off", keys: [.escape, .character("q")], title: "back",
            help: "Back to the study; the draft is kept and the study is given back.",
            places: fields, hint: 89, run: { $0.closeSignOff() }),
        Command(
            "store", keys: [.enter], title: "sign",
            help: "Sign, once the last four characters are typed.", places: [.confirm], hint: 1,
            reason: { $0.storingObstacle }, run: { $0.sign() }),
        Command(
            "correct", keys: [.backspace], title: "correct", help: "Take back a typed character.",
            places: [.confirm], reason: { $0.storingObstacle },
            run: { $0.correctConfirmation() }),
        Command(
            "read-on", keys: [.down, .pageDown], title: "read on",
            help: "Scroll what will be signed.", places: [.confirm], hint: 2,
            run: { $0.scrollConfirmation(1) }),
        Command(
            "read-back", keys: [.up, .pageUp], title: "read back",
            help: "Scroll what will be signed back.", places: [.confirm],
            run: { $0.scrollConfirmation(-1) }),
        Command(
            "back-to-draft", keys: [.escape], title: "back, draft kept",
            help: "Back to the decisions; nothing is signed, the draft is kept.",
            places: [.confirm], hint: 3, reason: { $0.storingObstacle },
            run: { $0.closeConfirmation() }),
    ]
}
