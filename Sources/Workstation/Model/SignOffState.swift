// The sign-off as state: which field has the keys, what is being written, how far it is.

import Radiology
import Terminal

/// The sign-off of the open study.
struct SignOffState: Sendable {
    /// The fields, in the order of Tab.
    enum Field: Int, Sendable, CaseIterable {
        case decisions
        case ownFindings
        case impression
    }

    /// How far it is.
    enum Step: Sendable, Equatable {
        /// Deciding and writing.
        case editing
        /// All is shown in full; what was typed of the last four characters.
        case confirming(typed: String)
        /// The four characters were right; what was typed of the signer's secret.
        case proving(typed: String)
        /// On its way to the disk.
        case signing(RequestNumber)
    }

    /// An own finding that is being written.
    struct OwnText: Sendable {
        /// Which one it is; one past the last for a new one.
        var index: Int
        /// The list as it was before, for Esc.
        var before: [OwnFinding]
        var field: TextEditor

        /// The list with what is written; an empty text is no finding.
        var applied: [OwnFinding] {
            let text = field.text.trimmingSpaces()
            var list = before
            if list.indices.contains(index) {
                if text.isEmpty {
                    list.remove(at: index)
                } else {
                    list[index] = OwnFinding(parsing: text)
                }
            } else if !text.isEmpty {
                list.append(OwnFinding(parsing: text))
            }
            return list
        }
    }

    var field = Field.decisions
    var step = Step.editing
    /// The pathology of the selected row; nil for the row of those below their bounds.
    var selected: Pathology?
    /// True where the findings below their bounds are shown one by one.
    var isExpanded = false
    /// First row of the decisions that is shown.
    var top = 0
    var ownRow = 0
    var ownText: OwnText?
    var impression: TextEditor
    /// First line shown of what will be signed.
    var confirmTop = 0

    init(draft: ReadingDraft) { impression = TextEditor(draft.impression, isMultiline: true) }

    /// True for a finding that always has a row of its own.
    static func stands(_ finding: Finding) -> Bool {
        finding.isCritical || finding.isReported || finding.riskLevel == .uncertain
    }
}

/// A row of the decisions.
enum DecisionRow: Sendable, Equatable {
    /// One finding.
    case finding(Finding)
    /// The findings below their bounds, together.
    case rest([Finding])

    /// The rows for some findings: those that stand out, then the rest in one row or one by one.
    static func rows(of findings: [Finding], isExpanded: Bool) -> [DecisionRow] {
        let standing = findings.filter(SignOffState.stands).map(DecisionRow.finding)
        let rest = findings.filter { !SignOffState.stands($0) }
        if rest.isEmpty { return standing }
        return standing + [.rest(rest)] + (isExpanded ? rest.map(DecisionRow.finding) : [])
    }

    var pathology: Pathology? {
        if case .finding(let finding) = self { finding.pathology } else { nil }
    }
}
