// Runs the effects that touch the records, in their order, off the loop.

import Foundation
import Radiology
import Records
import Workstation

/// Answers effects from the record store; one at a time, in the order of their asking.
struct RecordsWorker: Sendable {
    /// How long a claim lives without being renewed; the model renews every 15 seconds.
    ///
    /// A session that dies on this machine is known at once by its lock (`SessionLock`); this is
    /// for those that die elsewhere.
    private static let claimSeconds = 60.0

    let store: RecordStore
    /// False where the home cannot be written to: openings then leave no trace, and the screen says
    /// that nothing is recorded.
    let canRecord: Bool
    let reader: ReaderID
    /// Names this process among those of the same reader.
    let session: String
    let utcOffsetSeconds: Int
    let mailbox: Mailbox
    let feed: WorklistFeed
    let shelf: ModelShelf
    let sessions: SessionLock
    let configuration: Configuration

    /// Does what an effect asks and posts the answer.
    func run(_ effect: Effect) {
        do {
            if let answer = try answer(effect) { mailbox.post(answer) }
        } catch {
            guard let request = effect.request else { return }
            mailbox.post(.failed(Problem(describing: error), request: request))
        }
    }

    private func answer(_ effect: Effect) throws -> Message? {
        switch effect {
        case .loadWorklist(let request):
            if let page = try feed.firstPage(cap: configuration.settings.waitingCapSeconds) {
                mailbox.post(.worklistLoaded(page, request: request))
            }
            return .worklistLoaded(try feed.snapshot(), request: request)
        case .loadRows(let studies, let request):
            return .rowsLoaded(try store.worklistRows(of: studies), request: request)
        case .loadPrior(let study, let request):
            if canRecord { try store.recordAccess("prior", study: study, reader: reader) }
            return .priorLoaded(try detail(study), request: request)
        case .examine(let request):
            return .doctorReported(Doctor.lines(), request: request)
        case .openStudy(let study, let request):
            if canRecord { try store.markOpened(study, reader: reader, session: session) }
            return .studyLoaded(try detail(study), request: request)
        case .reloadStudy(let study, let request):
            return .studyLoaded(try detail(study), request: request)
        case .claim(let study, let request):
            return try claim(study, request: request)
        case .renewClaim(let study):
            return renew(study)
        case .release(let study, let request):
            try store.release(study, reader: reader, session: session)
            return .released(study, request: request)
        case .saveDraft(let study, let draft, let request):
            try store.saveDraft(draft, for: study, reader: reader)
            return .draftSaved(study, request: request)
        case .sign(let order, let request):
            return .signed(try sign(order), request: request)
        case .suspend:
            keepClaims()
            return nil
        case .recordImpression, .screenLocked, .unlock, .loadCritical, .communicate,
            .dismissCritical, .loadPeers, .readPeer, .scorePeer:
            return try answerForm(effect)
        case .edit, .loadImage, .prefetch, .loadHeat, .bell, .redraw, .quit, .copy, .setMouse:
            return nil
        }
    }

    private func detail(_ study: StudyID) throws -> StudyDetail {
        let record = try store.study(study)
        return StudyDetail(
            entry: record.entry,
            images: record.images.enumerated().map { index, image in
                // What is noted of the study as a whole stands with its first image.
                StudyImage(
                    id: image.id, header: image.header,
                    notes: (index == 0 ? record.notes : []) + image.notes)
            },
            analysis: record.analysis, failure: record.failure,
            draft: try store.draft(for: study, reader: reader), signOffs: record.signOffs,
            modelCard: record.analysis.flatMap { shelf.card(of: $0.model.sha256) },
            priors: try store.worklistRows(of: store.priors(of: study)),
            firstImpression: try store.firstImpression(of: study, reader: reader))
    }

    private func claim(_ study: StudyID, request: RequestNumber) throws -> Message {
        do {
            let claim = try store.claim(
                study, reader: reader, session: session, seconds: Self.claimSeconds)
            return .claimed(study, claim, request: request)
        } catch .heldBy(_, let claim) {
            guard sessions.isDead(claim.session) else {
                return .claimRefused(study, heldBy: claim, request: request)
            }
            // The line was cut or the process killed: its lease has nobody to keep it alive.
            let taken = try store.claim(
                study, reader: reader, session: session, seconds: Self.claimSeconds,
                takesOver: true)
            return .claimed(study, taken, request: request)
        }
    }

    /// Makes the claims of a process that is about to be stopped (^Z) last a shift.
    ///
    /// It lives but cannot renew them. Should it die meanwhile, its lock says so.
    private func keepClaims() {
        for study in (try? store.claimedStudies()) ?? [] {
            _ = try? store.renewClaim(
                study, reader: reader, session: session, seconds: 12 * 3600)
        }
    }

    private func renew(_ study: StudyID) -> Message? {
        do {
            _ = try store.renewClaim(
                study, reader: reader, session: session, seconds: Self.claimSeconds)
            return nil
        } catch .heldBy(_, let claim) {
            return .claimLost(study, heldBy: claim)
        } catch .notClaimed, .claimLapsed {
            return .claimLost(study, heldBy: nil)
        } catch {
            // The store could not be asked just now; the claim lives on until it lapses.
            return nil
        }
    }

    private func sign(_ order: SigningOrder) throws -> SignOff {
        try store.sign(
            order.study, reader: reader, session: session, draft: order.reading,
            meaning: order.meaning, openSeconds: order.openSeconds, analysis: order.analysis,
            utcOffsetSeconds: utcOffsetSeconds, secret: order.secret, viewing: order.viewing)
    }
}

extension Problem {
    /// A room's error for the foot of the screen: its first sentence, and the whole of it.
    init(describing error: any Error) {
        let text = CommandFailure(describing: error).description
        let end = text.firstRange(of: ". ")?.lowerBound ?? text.endIndex
        self.init(summary: String(text[..<end]), remedy: text)
    }
}
