// What the keys do to the open study: opening, leaving, findings, decisions, the draft.

import Radiology
import Terminal

extension Model {
    /// Opens the study that is selected in the list.
    mutating func openSelected() -> [Effect] {
        guard let id = currentStudy else { return [] }
        origin = screen
        return open(id)
    }

    private mutating func open(_ id: StudyID) -> [Effect] {
        let request = requests.ask(.study(id))
        study = StudyState(
            id: id, entryBefore: worklist.entry(id), request: request,
            openedAtSeconds: monotonicSeconds)
        screen = .study
        return [.openStudy(id, request: request)]
    }

    /// Opens the study next to the open one in its list.
    mutating func openNeighbour(_ step: Int) -> [Effect] {
        guard let id = neighbour(step) else { return [] }
        let effects = leaveStudy()
        switch origin {
        case .queue: queue.selection.study = id
        case .worklist, .study, .signOff: worklist.selection.study = id
        }
        return effects + open(id)
    }

    /// Back to the list.
    mutating func closeStudy() -> [Effect] {
        let effects = leaveStudy()
        screen = origin
        return effects
    }

    /// Keeps what is unsaved, gives the study back, and forgets its pixels.
    mutating func leaveStudy() -> [Effect] {
        let effects = keepDraft() + releaseClaim()
        study = nil
        overlay = nil
        return effects
    }

    /// Takes a study from the records.
    mutating func showStudy(_ detail: StudyDetail) -> [Effect] {
        let isFirst = study?.detail == nil
        study?.detail = detail
        study?.problem = nil
        if isFirst {
            let unsaved = unsavedDrafts.removeValue(forKey: detail.id)
            let saved = detail.draft ?? ReadingDraft()
            study?.draft = unsaved ?? saved
            study?.savedDraft = saved
            draftChanged()
            let first = study?.findings.first?.pathology
            study?.selectedFinding = first
        }
        return loadPicture()
    }

    mutating func moveFinding(_ motion: Motion) {
        guard let findings = study?.findings, !findings.isEmpty else { return }
        let row = findings.firstIndex { $0.pathology == study?.selectedFinding } ?? 0
        let target = motion.row(
            from: row, count: findings.count, height: findings.count)
        study?.selectedFinding = findings[target].pathology
    }

    /// Keeps the selected finding among those that the panel has room for.
    mutating func scrollFindings() {
        guard let study else { return }
        let findings = study.findings
        let height = max(StudyLayout(size: size).findingRows, 1)
        let row = findings.firstIndex { $0.pathology == study.selectedFinding } ?? 0
        var top = study.findingTop
        if row < top { top = row }
        if row >= top + height { top = row - height + 1 }
        self.study?.findingTop = min(top, max(findings.count - height, 0))
    }

    mutating func toggleAxis() -> [Effect] {
        study?.isLinear.toggle()
        return []
    }

    mutating func toggleFindingOrder() -> [Effect] {
        guard let order = study?.order else { return [] }
        study?.order = order == .urgency ? .name : .urgency
        return []
    }

    /// Why nothing may be decided or written now; nil where it may.
    var writingObstacle: String? {
        guard let study, let detail = study.detail else { return "the study is still loading" }
        if session.isReadOnly { return "this workstation is read-only" }
        if detail.entry.state.isSigned {
            let who = detail.entry.signedBy.map { " by \($0.rawValue.inert())" } ?? ""
            return "it is signed\(who); what is signed is never changed"
        }
        switch study.claim {
        case .refused(let claim), .lost(.some(let claim)):
            return "it is open \(Words.holder(claim))"
        case .lost(nil): return "the claim on it has lapsed; go back and sign off again"
        case .failed(let reason): return reason
        case .none, .asked, .held: break
        }
        if let claim = detail.entry.claim, claim.reader != session.reader, !study.claim.isHeld {
            return "it is open \(Words.holder(claim))"
        }
        return study.signing?.isSigning == true ? "the signature is being stored" : nil
    }

    /// Why there is nothing to decide on; nil where there is.
    var decisionObstacle: String? {
        if let writingObstacle { return writingObstacle }
        return study?.findings.isEmpty == false ? nil : "there is no AI finding to decide on"
    }

    /// Records a decision on the selected finding, and goes on to the next.
    mutating func decide(_ decision: Decision?) -> [Effect] {
        if screen == .signOff { return decideInSignOff(decision) }
        guard let finding = study?.finding else { return [] }
        study?.draft.decisions[finding.pathology] = decision
        draftChanged()
        if decision != nil { moveFinding(.rows(1)) }
        return []
    }

    /// Starts the time after which a change is kept.
    mutating func draftChanged() {
        guard let study, study.hasUnsavedDraft, study.changedAtSeconds == nil else { return }
        self.study?.changedAtSeconds = monotonicSeconds
    }

    /// Keeps the draft a second after its first unsaved change, so that a crash costs two at most.
    mutating func keepDraftIfDue() -> [Effect] {
        guard let study, let changed = study.changedAtSeconds, monotonicSeconds - changed >= 1,
            !requests.isSavingDraft(of: study.id)
        else { return [] }
        return keepDraft()
    }

    /// Keeps the draft now where it has changed.
    mutating func keepDraft() -> [Effect] {
        guard let study, study.detail != nil, !session.isReadOnly else { return [] }
        self.study?.changedAtSeconds = nil
        guard study.hasUnsavedDraft else { return [] }
        self.study?.savedDraft = study.draft
        let request = requests.ask(.draft(study.id, study.draft))
        return [.saveDraft(study.id, study.draft, request: request)]
    }

    /// Tries again what could not be kept of studies that were left; at most every five seconds.
    mutating func keepUnsavedDrafts(now: Bool = false) -> [Effect] {
        guard now || Int(monotonicSeconds) % 5 == 0 else { return [] }
        let waiting = unsavedDrafts.sorted { $0.key < $1.key }
        unsavedDrafts = [:]
        return waiting.map { study, draft in
            .saveDraft(study, draft, request: requests.ask(.draft(study, draft)))
        }
    }

    mutating func quit() -> [Effect] {
        leaveStudy() + keepUnsavedDrafts(now: true) + [.quit]
    }

    mutating func suspend() -> [Effect] {
        keepDraft() + [.suspend]
    }

    mutating func explainQuitting() -> [Effect] {
        show(Notice(.information, "q on the worklist leaves Wetread; :leave does so anywhere"))
        return []
    }
}
