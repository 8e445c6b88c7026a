// Effects of the forms: first impressions, the lock, critical results, peer review.

import Foundation
import Radiology
import Records
import Workstation

extension RecordsWorker {
    /// Does what an effect of a form asks; the answer to be posted, where one is due.
    func answerForm(_ effect: Effect) throws -> Message? {
        switch effect {
        case .recordImpression(let study, let findings, let unsure, let request):
            let recorded = try store.recordFirstImpression(
                findings: findings, unsure: unsure, of: study, reader: reader)
            return .impressionRecorded(study, recorded, request: request)
        case .screenLocked(let reason):
            // The screen is locked whether or not the trail can be written just now.
            try? store.recordScreen(.screenLocked, reason: reason)
            return nil
        case .unlock(let secret, let request):
            if store.actor != nil {
                try store.confirmSecret(secret, purpose: "unlock")
                try? store.recordScreen(.screenUnlocked)
            }
            return .unlocked(request: request)
        case .loadCritical(let request):
            return .criticalLoaded(try store.criticalResults(), request: request)
        case .communicate(let number, let communication, let request):
            try store.recordCommunication(communication, about: number, reader: reader)
            return .criticalChanged(request: request)
        case .dismissCritical(let number, let reason, let request):
            try store.dismissCritical(number, reason: reason, reader: reader)
            return .criticalChanged(request: request)
        case .loadPeers(let request):
            let offers = try store.peerOffers(for: reader).map { offer in
                PeerOffer(review: offer.review, study: offer.study, isRead: offer.isRead)
            }
            return .peersLoaded(offers, request: request)
        case .readPeer(let review, let reading, let request):
            let report = try store.recordPeerReading(review, reading, reader: reader)
            return .peerReport(review, report, request: request)
        case .scorePeer(let review, let score, let pathology, let comment, let request):
            try store.scorePeer(
                review, score, pathology: pathology, comment: comment, reader: reader)
            return .peerScored(request: request)
        default: return nil
        }
    }
}
