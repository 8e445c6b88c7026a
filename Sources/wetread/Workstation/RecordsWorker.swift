// Runs the effects that touch the records, in their order, off the loop.

import Foundation
import Imaging
import Radiology
import Records
import Workstation

/// Answers effects from the record store; one at a time, in the order of their asking.
struct RecordsWorker: Sendable {
    /// How long a claim lives without being renewed; the model renews every 15 seconds.
    private static let claimSeconds = 120.0

    let store: RecordStore
    /// False where the home cannot be written to: openings then leave no trace, and the screen says
    /// that nothing is recorded.
    let canRecord: Bool
    let reader: ReaderID
    /// Names this process among those of the same reader.
    let session: String
    let utcOffsetSeconds: Int
    let mailbox: Mailbox

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
            return .worklistLoaded(try store.worklist(), request: request)
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
        case .loadImage, .bell, .redraw, .suspend, .quit:
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
            draft: try store.draft(for: study, reader: reader), signOffs: record.signOffs)
    }

    private func claim(_ study: StudyID, request: RequestNumber) throws -> Message {
        do {
            let claim = try store.claim(
                study, reader: reader, session: session, seconds: Self.claimSeconds)
            return .claimed(study, claim, request: request)
        } catch .heldBy(_, let claim) {
            return .claimRefused(study, heldBy: claim, request: request)
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
            utcOffsetSeconds: utcOffsetSeconds)
    }
}

/// Decodes images for the screen, off the loop and beside the records.
struct ImageWorker: Sendable {
    let store: RecordStore
    let mailbox: Mailbox

    /// Decodes one frame and posts it.
    func run(
        study: StudyID, image: ImageID, frame: Int, request: RequestNumber
    ) {
        do {
            let file = try ImageFile(bytes: store.imageBytes(image), name: "image")
            let pyramid = ImagePyramid(try file.radiograph(frame: frame))
            mailbox.post(
                .imageLoaded(study, image, frame: frame, pyramid: pyramid, request: request))
        } catch {
            mailbox.post(.failed(Problem(describing: error), request: request))
        }
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
