// What a decision amounts to: what the reader says of the patient, and whether the AI says so too.

import Radiology
import Terminal

/// What somebody says of one finding.
enum ReaderCall: Sendable, Equatable {
    case present
    case absent
    case unsure

    /// What the AI says: present where the finding stands out (past a bound, or uncertain).
    static func ai(_ finding: Finding) -> ReaderCall {
        SignOffState.stands(finding) ? .present : .absent
    }

    /// What the AI says, in a word; with a question mark where only the passes' disagreement makes
    /// the finding stand out.
    static func aiWord(_ finding: Finding) -> String {
        guard SignOffState.stands(finding) else { return "absent" }
        return finding.isCritical || finding.isReported ? "present" : "present?"
    }

    /// What a decision on a finding says of the patient.
    init(_ decision: Decision, on finding: Finding) {
        let ai = Self.ai(finding)
        switch decision {
        case .agree: self = ai
        case .disagree: self = ai == .present ? .absent : .present
        case .unsure: self = .unsure
        }
    }

    /// The word for lists.
    var word: String {
        switch self {
        case .present: "present"
        case .absent: "absent"
        case .unsure: "unsure"
        }
    }

    /// The sign for the findings panel; legible without colour.
    var glyph: String {
        switch self {
        case .present: "+"
        case .absent: "-"
        case .unsure: "u"
        }
    }

    /// What the signs mean.
    static let legend = "you: + present  - absent  u unsure  ≠ AI"
}

extension StudyState {
    /// What the reader says of a finding, and whether the AI says the opposite; nil while nothing
    /// is decided.
    func call(on finding: Finding) -> (call: ReaderCall, departs: Bool)? {
        guard let decision = draft.decisions[finding.pathology] else { return nil }
        return (ReaderCall(decision, on: finding), decision == .disagree)
    }

    /// The findings that the reader calls present or is unsure of, in a line; nil without findings
    /// of an AI.
    var callsInALine: String? {
        guard let detail, detail.failure == nil, !detail.findings.isEmpty else { return nil }
        func names(_ wanted: ReaderCall) -> String {
            detail.findings.byUrgency.filter { call(on: $0)?.call == wanted }
                .map(\.pathology.displayName).joined(separator: ", ")
        }
        let present = names(.present)
        let unsure = names(.unsure)
        let first =
            present.isEmpty
            ? "You call none of the AI's findings present" : "You call present: \(present)"
        return first + (unsure.isEmpty ? "." : "; unsure: \(unsure).")
    }
}
