// Documentation/sign-off.md: the states of a reading and the table of moves, from the code.

import Radiology

/// The page about states, moves, roles and signatures.
enum SignOffPage {
    /// The page as Markdown.
    static var text: String {
        """
        # Sign-off

        Written by `make docs` from the program itself; do not edit.

        ## States

        \(ReadingState.allCases.map { "- `\($0.rawValue)`: \(meaning($0))" }.joined(separator: "\n"))

        ## Moves

        The table is `ReadingState.after` in `Sources/Radiology/ReadingState.swift`; nothing else
        decides. `–` is refused with a message. A claim lapses unless it is renewed, and may be taken
        over; both leave an event in the audit trail. An image that arrives after the signature moves
        nothing: the study is marked as awaiting an addendum until one is signed.

        \(ReadingState.movesAsMarkdown)

        ## Who may do what

        \(roleTable)

        ## What is signed

        A signature states: "\(SignOff.statement(meaning: .final))" It is asked for with the signer's
        secret where the home has accounts. The signed record is canonical JSON (sorted members, no
        spaces, no fractions) and holds the reader and printed name, UTC time and offset, meaning and
        statement, decisions, own findings and impression, the analysis that was shown with its
        SHA-256, model SHA-256, seed and passes, and what was on the screen: which analyses since when,
        how much of each image, and the reader's first impression with what changed after the reveal.
        Its SHA-256 stands in the audit trail. It is never changed; an addendum is a record of its own,
        and states: "\(SignOff.statement(meaning: .addended))"

        """
    }

    private static func meaning(_ state: ReadingState) -> String {
        switch state {
        case .unread: "stored, not analysed yet"
        case .analysed: "analysed by a model, not signed"
        case .failed: "the analysis failed: a person must read it without one"
        case .inReading: "a reader has it open to sign"
        case .preliminary: "signed as preliminary, usually by a resident"
        case .final: "signed as final"
        case .addended: "an addendum follows the final report"
        }
    }

    private static var roleTable: String {
        var lines = [
            "| permission | " + AccountRole.allCases.map(\.rawValue).joined(separator: " | ")
                + " |",
            "| --- |" + AccountRole.allCases.map { _ in " --- |" }.joined(),
        ]
        for permission in Permission.allCases {
            let cells = AccountRole.allCases.map { role in
                role.permissions.contains(permission) ? "yes" : "–"
            }
            lines.append("| \(permission.rawValue) | " + cells.joined(separator: " | ") + " |")
        }
        return lines.joined(separator: "\n")
    }
}
