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

    /// Asks again for a study that was refused, once nobody holds it any more.
    private mutating func claimAgain() -> [Effect] {
        guard let study, study.signing != nil, case .refused = study.claim,
            study.detail?.entry.claim == nil, study.detail?.entry.state.isSigned == false,
            !session.isReadOnly
        else { return [] }
        let request = requests.ask(.claim(study.id))
        self.study?.claim = .asked(request)
        return [.claim(study.id, request: request)]
    }

    /// Has the first image of the next study decoded while this one is read; the previous one was
    /// mostly just read and lies in the worker's cache where it fits.
    private func prefetch() -> [Effect] { neighbour(1).map { [.prefetch($0)] } ?? [] }

    mutating func open(_ id: StudyID, review: Int64? = nil) -> [Effect] {
        let request = requests.ask(.study(id))
        study = StudyState(
            id: id, entryBefore: worklist.entry(id), request: request,
            openedAtSeconds: monotonicSeconds)
        study?.review = review
        screen = .study
        return [.openStudy(id, request: request)]
    }

    /// Opens the study next to the open one in its list.
    mutating func openNeighbour(_ step: Int) -> [Effect] {
        guard let id = neighbour(step) else { return [] }
        let effects = leaveStudy()
        switch origin {
        case .queue: queue.selection.select(study: id)
        case .worklist, .study, .signOff: worklist.selection.select(study: id)
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
        if let study, study.impression != FirstImpression() {
            impressions[study.id] = study.impression
        }
        study = nil
        overlay = nil
        return effects
    }

    /// Takes a study from the records.
    mutating func showStudy(_ detail: StudyDetail) -> [Effect] {
        let detail = study?.review == nil ? detail : detail.blinded
        let isFirst = study?.detail == nil
        study?.detail = detail
        study?.problem = nil
        if isFirst {
            let unsaved = unsavedDrafts.removeValue(forKey: detail.id)
            let saved = detail.draft ?? ReadingDraft()
            study?.draft = unsaved ?? saved
            study?.savedDraft = saved
            draftChanged()
            study?.impression =
                detail.firstImpression.map { FirstImpression($0) }
                ?? impressions[detail.id] ?? FirstImpression()
            if detail.entry.awaitsAddendum {
                show(
                    Notice(
                        .warning, "an image came after the signature: s writes the addendum"))
            }
            hideAIWhereAsked()
            // Only then: the order of findings would tell what the AI says.
            let first = study?.findings.first?.pathology
            study?.selectedFinding = first
        } else if detail.analysis != nil, study?.selectedFinding == nil {
            hideAIWhereAsked()
            let first = study?.findings.first?.pathology
            study?.selectedFinding = first
        }
        return claimAgain() + loadPicture() + prefetch()
    }

    mutating func moveFinding(_ motion: Motion) {
        guard let findings = study?.findings, !findings.isEmpty else { return }
        let row = findings.firstIndex { $0.pathology == study?.selectedFinding } ?? 0
        let target = motion.row(
            from: row, count: findings.count, height: findings.count)
        study?.selectedFinding = findings[target].pathology
        study?.isDetailFolded = false
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
        study?.order = order.next
        show(Notice(.information, "findings by \(order.next.words)"))
        return []
    }

    /// Why nothing may be decided or written now; nil where it may.
    var writingObstacle: String? {
        if let standingObstacle { return standingObstacle }
        guard let study, let detail = study.detail else { return nil }
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

    /// What no claim can mend: the study is not there, signed, or this workstation only looks on.
    var standingObstacle: String? {
        guard let detail = study?.detail else { return "the study is still loading" }
        if session.isReadOnly { return "this workstation is read-only" }
        if study?.review != nil { return "this is a peer review: s scores it" }
        guard detail.entry.state.isSigned else { return nil }
        let who = detail.entry.signedBy.map { " by \($0.rawValue.inert())" } ?? ""
        return "it is signed\(who); what is signed is never changed"
    }

    /// Why there is nothing to decide on; nil where there is.
    var decisionObstacle: String? {
        if let writingObstacle { return writingObstacle }
        if study?.hidesAI == true { return Self.impressionObstacle }
        return study?.findings.isEmpty == false ? nil : "there is no AI finding to decide on"
    }

    /// Why the keys of decisions do nothing; nil where they do something.
    var decidingObstacle: String? {
        study?.hidesAI == true ? writingObstacle : decisionObstacle
    }

    /// Records a decision on the selected finding, and goes on to the next.
    ///
    /// While the AI is hidden the keys mark the first impression instead: present, absent, unsure.
    mutating func decide(_ decision: Decision?) -> [Effect] {
        if study?.hidesAI == true {
            return look(decision == .agree ? .present : decision == .unsure ? .unsure : nil)
        }
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
        leaveStudy() + releaseReservations() + keepUnsavedDrafts(now: true) + [.quit]
    }

    mutating func suspend() -> [Effect] {
        keepDraft() + [.suspend]
    }

    // MARK: Undo

    /// Takes the last change back; what is typed in one go is one change.
    mutating func undo() -> [Effect] {
        guard let point = study?.undoPoints.popLast(), let now = study.map(UndoPoint.init) else {
            return []
        }
        study?.redoPoints.append(now)
        return restore(point, "undone")
    }

    /// Does again what was taken back.
    mutating func redo() -> [Effect] {
        guard let point = study?.redoPoints.popLast(), let now = study.map(UndoPoint.init) else {
            return []
        }
        study?.undoPoints.append(now)
        return restore(point, "done again")
    }

    private mutating func restore(_ point: UndoPoint, _ words: String) -> [Effect] {
        let changed = study.map(UndoPoint.init).map { $0.differences(from: point) } ?? ""
        let isAboutFindings =
            study?.draft.decisions != point.draft.decisions
            || study?.impression.recordedAt == nil && study?.impression != point.impression
        if isAboutFindings { showFindings() }
        study?.draft = point.draft
        study?.view.window = point.window
        study?.view.isInverted = point.isInverted
        study?.view.processing = point.processing
        study?.measurements = point.measurements
        // What is recorded is never taken back.
        if study?.impression.recordedAt == nil { study?.impression = point.impression }
        study?.isTypingUndo = false
        if study?.signing != nil {
            study?.signing?.ownText = nil
            study?.signing?.impression = TextEditor(point.draft.impression, isMultiline: true)
        }
        draftChanged()
        show(Notice(.information, "\(words): \(changed)"))
        return loadPicture()
    }

    /// Why nothing can be undone; nil where something can.
    var undoObstacle: String? {
        if study?.signing?.isSigning == true { return "the signature is being stored" }
        return study?.undoPoints.isEmpty == false ? nil : "there is nothing to undo"
    }

    /// Puts the report's text on the clipboard; who the patient is only where that is allowed.
    mutating func copyReport() -> [Effect] {
        guard let study, let detail = study.detail else { return [] }
        var text = ""
        if settings.copiesPatientData {
            text += "\(detail.entry.patient.name.display), \(Words.ageAndSex(detail.entry)), "
            text += "accession \(detail.entry.study.accessionNumber.inert())\n\n"
        }
        text += study.draft.impression
        for own in study.draft.ownFindings { text += "\n+ \(own.line)" }
        text = text.inert(keepsNewlines: true)
        guard !text.allSatisfy(\.isWhitespace) else {
            show(Notice(.warning, "there is no impression to copy yet"))
            return []
        }
        let who = settings.copiesPatientData ? "with the patient's name" : "without patient data"
        show(Notice(.information, "impression copied \(who), if the terminal allows it (OSC 52)"))
        return [.copy(text)]
    }

    mutating func explainQuitting() -> [Effect] {
        show(Notice(.information, "q on the worklist leaves Wetread; :leave does so anywhere"))
        return []
    }
}
