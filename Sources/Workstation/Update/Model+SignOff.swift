// What the keys do in the sign-off: the claim, the fields, the decisions.

import Radiology
import Terminal

extension SignOffState {
    /// Where the next key is taken.
    var place: Place {
        switch step {
        case .confirming, .proving, .signing: return .confirm
        case .editing: break
        }
        switch field {
        case .decisions: return .decisions
        case .ownFindings: return ownText == nil ? .ownFindings : .ownText
        case .impression: return .impression
        }
    }

    /// True while the signature is on its way to the disk.
    var isSigning: Bool {
        if case .signing = step { true } else { false }
    }
}

extension Model {
    /// Why the study cannot be taken to its sign-off at all.
    var signOffObstacle: String? {
        study?.detail == nil ? "the study is still loading" : nil
    }

    /// Asks for the study and shows its sign-off; who may not write may look.
    ///
    /// A signed study gets an addendum, which takes no claim; a peer review gets its score.
    mutating func openSignOff() -> [Effect] {
        guard let study, let detail = study.detail else { return [] }
        if let review = study.review { return openScore(review) }
        showFindings()
        self.study?.signing = SignOffState(draft: study.draft)
        let first = signOffRows.first?.pathology
        self.study?.signing?.selected = first
        self.study?.claim = .none
        screen = .signOff
        if detail.findings.isEmpty { self.study?.signing?.field = .impression }
        if writingObstacle != nil { self.study?.signing?.field = .decisions }
        if isAddendum { self.study?.signing?.field = .impression }
        if standingObstacle != nil { return [] }
        // Also where the list says that somebody has it: that process may have died since.
        let request = requests.ask(.claim(study.id))
        self.study?.claim = .asked(request)
        return [.claim(study.id, request: request)]
    }

    /// Back to the study; the draft is kept and the study given back.
    mutating func closeSignOff() -> [Effect] {
        let effects = keepDraft() + releaseClaim()
        study?.signing = nil
        screen = .study
        return effects
    }

    /// Gives the study back where this workstation has it or has asked for it.
    mutating func releaseClaim() -> [Effect] {
        guard let study else { return [] }
        defer { self.study?.claim = .none }
        guard study.claim.isHeld, !reservations.held.contains(study.id) else { return [] }
        return [.release(study.id, request: requests.ask(.release(study.id)))]
    }

    /// Asks every fifteen seconds that the claim be kept alive.
    mutating func renewClaimIfDue() -> [Effect] {
        guard let study, study.claim.isHeld, monotonicSeconds - renewedAtSeconds >= 15 else {
            return []
        }
        renewedAtSeconds = monotonicSeconds
        return [.renewClaim(study.id)]
    }

    /// True where what is written becomes an addendum: the study is signed, the reader may sign.
    var isAddendum: Bool {
        study?.detail?.entry.state.isSigned == true && session.meaning == .final
            && !session.isReadOnly && study?.review == nil
    }

    /// Why no text may be written now; nil where it may: also on a signed study, as an addendum.
    var textObstacle: String? {
        guard isAddendum else { return writingObstacle }
        return study?.signing?.isSigning == true ? "the signature is being stored" : nil
    }

    /// What a signature means now.
    var signingMeaning: ReadingState { isAddendum ? .addended : session.meaning }

    /// The rows of the decisions.
    var signOffRows: [DecisionRow] {
        guard !isAddendum, let study, let detail = study.detail else { return [] }
        return DecisionRow.rows(
            of: detail.findings.byUrgency, isExpanded: study.signing?.isExpanded ?? false)
    }

    /// The selected row of the decisions.
    var signOffRow: Int {
        signOffRows.firstIndex { $0.pathology == study?.signing?.selected } ?? 0
    }

    mutating func moveDecision(_ motion: Motion) {
        let rows = signOffRows
        guard !rows.isEmpty else { return }
        let height = SignOffLayout(size: size, rowCount: rows.count).decisions.rows
        let target = motion.row(from: signOffRow, count: rows.count, height: height)
        study?.signing?.selected = rows[target].pathology
        if let pathology = rows[target].pathology { study?.selectedFinding = pathology }
    }

    /// Keeps the selected row among those the screen has room for.
    mutating func scrollDecisions() {
        guard let signing = study?.signing else { return }
        let rows = signOffRows
        let height = max(SignOffLayout(size: size, rowCount: rows.count).decisions.rows, 1)
        var top = signing.top
        let row = signOffRow
        if row < top { top = row }
        if row >= top + height { top = row - height + 1 }
        study?.signing?.top = min(top, max(rows.count - height, 0))
    }

    mutating func decideInSignOff(_ decision: Decision?) -> [Effect] {
        let rows = signOffRows
        guard rows.indices.contains(signOffRow) else { return [] }
        switch rows[signOffRow] {
        case .finding(let finding):
            study?.draft.decisions[finding.pathology] = decision
            if decision != nil { moveDecision(.rows(1)) }
        case .rest(let findings):
            guard decision == nil else {
                show(
                    Notice(
                        .information,
                        "y says that none of these is present; e shows them one by one"))
                return []
            }
            for finding in findings { study?.draft.decisions[finding.pathology] = nil }
        }
        draftChanged()
        return []
    }

    mutating func agreeWithAll() -> [Effect] {
        agree(study?.detail?.findings ?? [], what: "agreed with the AI")
    }

    mutating func saySomeAbsent() -> [Effect] {
        let rest = (study?.detail?.findings ?? []).filter { !SignOffState.stands($0) }
        return agree(rest, what: "said absent")
    }

    private mutating func agree(_ findings: [Finding], what: String) -> [Effect] {
        let open = findings.filter { study?.draft.decisions[$0.pathology] == nil }
        for finding in open { study?.draft.decisions[finding.pathology] = .agree }
        draftChanged()
        let text =
            open.isEmpty
            ? "every one of these has a decision already; Backspace takes one back"
            : "\(open.count) \(what); decisions made before were kept"
        show(Notice(.information, text))
        return []
    }

    mutating func toggleExpanded() -> [Effect] {
        study?.signing?.isExpanded.toggle()
        if !signOffRows.contains(where: { $0.pathology == study?.signing?.selected }) {
            study?.signing?.selected = nil
        }
        return []
    }

    mutating func changeField(_ step: Int) -> [Effect] {
        guard let signing = study?.signing else { return [] }
        let all = SignOffState.Field.allCases
        let target = all[(signing.field.rawValue + step + all.count) % all.count]
        if target == .impression, let obstacle = textObstacle {
            show(Notice(.warning, "impression: \(obstacle)"))
            study?.signing?.field = step > 0 ? .decisions : .ownFindings
            return []
        }
        study?.signing?.field = target
        return []
    }

    // MARK: Own findings

    private var ownCount: Int { study?.draft.ownFindings.count ?? 0 }

    /// Why the selected own finding cannot be changed; nil where it can.
    var ownFindingObstacle: String? {
        textObstacle ?? (ownCount == 0 ? "there is none yet; n writes one" : nil)
    }

    mutating func moveOwnFinding(_ motion: Motion) {
        let row = study?.signing?.ownRow ?? 0
        let target = motion.row(from: row, count: ownCount, height: ownCount)
        study?.signing?.ownRow = target
    }

    mutating func addOwnFinding() -> [Effect] {
        study?.signing?.field = .ownFindings
        let own = SignOffState.OwnText(
            index: ownCount, before: study?.draft.ownFindings ?? [], field: TextEditor(""))
        study?.signing?.ownText = own
        return []
    }

    mutating func editOwnFinding() -> [Effect] {
        guard let study, let signing = study.signing,
            study.draft.ownFindings.indices.contains(signing.ownRow)
        else { return [] }
        let text = study.draft.ownFindings[signing.ownRow].line
        self.study?.signing?.ownText = SignOffState.OwnText(
            index: signing.ownRow, before: study.draft.ownFindings, field: TextEditor(text))
        return []
    }

    mutating func removeOwnFinding() -> [Effect] {
        guard let row = study?.signing?.ownRow, ownCount > row else { return [] }
        study?.draft.ownFindings.remove(at: row)
        let last = max(ownCount - 1, 0)
        study?.signing?.ownRow = min(row, last)
        draftChanged()
        return []
    }

    /// What is typed is part of the draft at once, so that a crash loses two seconds at most.
    mutating func typeIntoOwnText(_ key: Key) -> [Effect] {
        guard var own = study?.signing?.ownText else { return [] }
        if let expanded = expanded(own.field, by: key) { own.field = expanded }
        _ = own.field.handle(key)
        study?.signing?.ownText = own
        study?.draft.ownFindings = own.applied
        draftChanged()
        return []
    }

    mutating func endOwnText(keeping: Bool) -> [Effect] {
        guard let own = study?.signing?.ownText else { return [] }
        study?.signing?.ownText = nil
        study?.draft.ownFindings = keeping ? own.applied : own.before
        let last = max(ownCount - 1, 0)
        study?.signing?.ownRow = min(own.index, last)
        draftChanged()
        return []
    }

    // MARK: Impression

    mutating func typeIntoImpression(_ key: Key) -> [Effect] {
        if let obstacle = textObstacle {
            show(Notice(.warning, "impression: \(obstacle)"))
            return []
        }
        if let expanded = expanded(study?.signing?.impression, by: key) {
            study?.signing?.impression = expanded
        }
        _ = study?.signing?.impression.handle(key)
        let text = study?.signing?.impression.text ?? ""
        study?.draft.impression = text
        draftChanged()
        return []
    }

    mutating func leaveImpression() -> [Effect] {
        study?.signing?.field = .decisions
        return []
    }
}
