// The signature: what stands in its way, the last look, and the answers of the records.

import Radiology
import Terminal

extension Model {
    /// Why the study cannot be signed now; nil where it can.
    var signatureObstacle: String? {
        if isAddendum { return addendumObstacle }
        if let writingObstacle { return writingObstacle }
        if study?.hidesAI == true { return Self.impressionObstacle }
        if case .asked = study?.claim { return "the study is being taken; a moment" }
        guard let study, let detail = study.detail, study.claim.isHeld else {
            return "this workstation does not hold the study; go back and sign off again"
        }
        let obstacles = study.draft.obstacles(findings: detail.findings)
        return obstacles.isEmpty ? nil : obstacles.joined(separator: "; ")
    }

    /// Why the addendum cannot be signed now; nil where it can.
    private var addendumObstacle: String? {
        if let textObstacle { return textObstacle }
        let isEmpty = study?.draft.impression.allSatisfy(\.isWhitespace) ?? true
        return isEmpty ? "write the addendum" : nil
    }

    /// Why nothing can be done to a signature that is on its way to the disk.
    var storingObstacle: String? {
        study?.signing?.isSigning == true
            ? "the signature is being stored; it cannot be called back" : nil
    }

    mutating func openConfirmation() -> [Effect] {
        study?.signing?.step = .confirming(typed: "")
        study?.signing?.confirmTop = 0
        return keepDraft()
    }

    mutating func closeConfirmation() -> [Effect] {
        study?.signing?.step = .editing
        return []
    }

    mutating func scrollConfirmation(_ pages: Int) -> [Effect] {
        guard let study, let signing = study.signing else { return [] }
        let layout = ConfirmLayout(size: size)
        let count = signingLines(study, columns: layout.text.columns).count
        let last = max(count - layout.text.rows, 0)
        let top = signing.confirmTop + pages * max(layout.text.rows - 1, 1)
        self.study?.signing?.confirmTop = min(max(top, 0), last)
        return []
    }

    mutating func typeIntoConfirmation(_ key: Key) -> [Effect] {
        guard case .character(let character) = key else { return [] }
        switch study?.signing?.step {
        case .confirming(let typed)? where typed.count < 4:
            study?.signing?.step = .confirming(typed: typed + String(character))
        case .proving(let typed)? where typed.count < Self.secretCountMax:
            study?.signing?.step = .proving(typed: typed + String(character))
        default: break
        }
        return []
    }

    mutating func correctConfirmation() -> [Effect] {
        switch study?.signing?.step {
        case .confirming(let typed)?:
            study?.signing?.step = .confirming(typed: String(typed.dropLast()))
        case .proving(let typed)?:
            study?.signing?.step = .proving(typed: String(typed.dropLast()))
        default: break
        }
        return []
    }

    /// Longer secrets than the records take.
    private static var secretCountMax: Int { 1_024 }

    /// Signs where the four characters are right and, in a home with accounts, a secret was typed;
    /// Enter alone never does.
    mutating func sign() -> [Effect] {
        guard let study, let detail = study.detail, let signing = study.signing,
            signing.place == .confirm, !signing.isSigning
        else { return [] }
        if let obstacle = signatureObstacle {
            self.study?.signing?.step = .editing
            show(Notice(.warning, "not signed: \(obstacle)"))
            return []
        }
        switch signing.step {
        case .confirming(let typed):
            guard isRightSuffix(typed, detail) else { return [] }
            guard session.asksSecret else { return order(study, detail, secret: nil) }
            self.study?.signing?.step = .proving(typed: "")
            return []
        case .proving(let secret):
            guard secret.isEmpty else { return order(study, detail, secret: secret) }
            show(Notice(.warning, "not signed: type your secret first"))
            return []
        case .editing, .signing: return []
        }
    }

    private mutating func isRightSuffix(_ typed: String, _ detail: StudyDetail) -> Bool {
        guard typed.lowercased() == detail.signingSuffix.lowercased(), typed.count == 4 else {
            self.study?.signing?.step = .confirming(typed: "")
            let what = detail.signsByAccession ? "accession number" : "study's UID"
            let text =
                typed.isEmpty
                ? "not signed: type the last four characters of the \(what) first"
                : "not signed: these are not the last four characters of the \(what)"
            show(Notice(.warning, text))
            return false
        }
        return true
    }

    private mutating func order(
        _ study: StudyState, _ detail: StudyDetail, secret: String?
    ) -> [Effect] {
        let request = requests.ask(.signature(study.id))
        self.study?.signing?.step = .signing(request)
        let order = SigningOrder(
            study: study.id, reading: study.draft, meaning: signingMeaning,
            openSeconds: max(monotonicSeconds - study.openedAtSeconds, 0),
            analysis: detail.failure == nil ? detail.analysis?.id : nil, secret: secret,
            viewing: viewing(of: study, detail))
        return [.sign(order, request: request)]
    }

    /// Answers that concern the claim, the draft and the signature.
    mutating func takeSigningAnswer(_ message: Message) -> [Effect] {
        if let effects = takeReservationAnswer(message) { return effects }
        switch message {
        case .claimed(let id, let claim, let request):
            return takeClaim(id, claim, request: request)
        case .claimRefused(let id, let holder, let request):
            guard requests.close(request) != nil, study?.id == id,
                study?.claim == .asked(request)
            else { return [] }
            study?.claim = .refused(holder)
            study?.signing?.field = .decisions
            show(Notice(.warning, "read-only: this study is open \(Words.holder(holder))"))
        case .claimLost(let id, let holder):
            guard study?.id == id, study?.claim.isHeld == true else { return [] }
            study?.claim = .lost(holder)
            if study?.signing?.isSigning != true { study?.signing?.step = .editing }
            study?.signing?.field = .decisions
            let now = holder.map { "it is now open \(Words.holder($0))" } ?? "it has lapsed"
            show(Notice(.failure, "this workstation no longer holds the study: \(now)"))
        case .released(_, let request), .draftSaved(_, let request):
            _ = requests.close(request)
        case .signed(let signOff, let request):
            guard requests.close(request) != nil else { return [] }
            return takeSignature(signOff)
        default: break
        }
        return []
    }

    /// A claim that nobody waits for any more is given back at once.
    private mutating func takeClaim(
        _ id: StudyID, _ claim: Claim, request: RequestNumber
    ) -> [Effect] {
        guard requests.close(request) != nil else { return [] }
        guard study?.id == id, study?.claim == .asked(request) else {
            return [.release(id, request: requests.ask(.release(id)))]
        }
        study?.claim = .held(claim)
        renewedAtSeconds = monotonicSeconds
        return []
    }

    /// The record is on disk: back to the list, with the next study that waits selected.
    private mutating func takeSignature(_ signOff: SignOff) -> [Effect] {
        let kind =
            switch signOff.meaning {
            case .preliminary: "preliminary"
            case .addended: "addendum"
            default: "final"
            }
        let time = UTCTime.clock(signOff.signedAt)
        if study?.id == signOff.study {
            selectNextWaiting(after: signOff.study)
            study = nil
            overlay = nil
            screen = origin
        }
        let text = "✓ signed as \(kind) at \(time) UTC, stored on disk"
        // A signed report tells nobody: who must be told is said at once.
        let open = queue.results[signOff.study]?.first
        show(
            open.map { result in
                Notice(
                    .warning,
                    "signed as \(kind); now ! and t: \(result.pathology.displayName) is critical",
                    detail: "\(text). A signature tells nobody.")
            } ?? Notice(.information, text))
        return reloadWorklist()
    }

    private mutating func selectNextWaiting(after id: StudyID) {
        let waiting = Set(worklist.items.lazy.filter { !$0.state.isSigned }.map(\.id))
        func next(in rows: [StudyID]) -> StudyID? {
            guard let place = rows.firstIndex(of: id) else { return nil }
            let others = rows[(place + 1)...] + rows[..<place]
            return others.first { waiting.contains($0) }
        }
        if origin == .queue {
            if let study = next(in: queue.selection.rows) { queue.selection.select(study: study) }
        } else if let study = next(in: worklist.selection.rows) {
            worklist.selection.select(study: study)
        }
    }
}
