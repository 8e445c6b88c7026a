// What can happen to the workstation.

import Foundation
import Imaging
import Radiology
import Terminal

/// Numbers the questions put to the records, ascending; an answer carries its question's number.
public typealias RequestNumber = Int

/// Something that went wrong outside, ready to be shown.
public struct Problem: Sendable, Equatable {
    /// One line for the foot of the screen, without patient data.
    public let summary: String
    /// The whole story and what would mend it, for the key that shows it.
    public let remedy: String

    /// Makes a problem; without a remedy the summary stands for it.
    public init(summary: String, remedy: String = "") {
        self.summary = summary
        self.remedy = remedy
    }
}

/// What the workstation is told, one at a time, by the loop.
public enum Message: Sendable {
    /// A key, a paste, or a change of the terminal.
    case key(Key)
    /// The terminal has this size.
    case resized(GridSize)
    /// The terminal shows this much: it answered a question, the theme or the link changed.
    case capabilitiesChanged(Capabilities)
    /// The time; to be posted once a second and just before every key, so that durations are true.
    case tick(now: Date, monotonicSeconds: Double)
    /// Another process (or this one) changed the records.
    case recordsChanged
    /// Answers `loadWorklist`; a long list sends its first page with the number of its question,
    /// and the whole under the same number.
    case worklistLoaded(WorklistSnapshot, request: RequestNumber)
    /// Answers `loadRows`.
    case rowsLoaded([WorklistEntry], request: RequestNumber)
    /// Answers `loadPrior`.
    case priorLoaded(StudyDetail, request: RequestNumber)
    /// Answers `loadImage` where a newer question made it pointless.
    case imageDropped(request: RequestNumber)
    /// Answers `loadHeat`.
    case heatLoaded(StudyID, ImageID, [Pathology: HeatField], request: RequestNumber)
    /// Answers `examine`: a line for each check, with what would mend it.
    case doctorReported([String], request: RequestNumber)
    /// The configuration was read again.
    case settingsChanged(Settings)
    /// Something to be said that belongs to no question (a bad configuration file).
    case noticed(Problem)
    /// Answers `openStudy` and `reloadStudy`.
    case studyLoaded(StudyDetail, request: RequestNumber)
    /// Answers `loadImage`.
    case imageLoaded(
        StudyID, ImageID, frame: Int, pyramid: ImagePyramid, request: RequestNumber)
    /// Answers `claim`: this workstation has the study.
    case claimed(StudyID, Claim, request: RequestNumber)
    /// Answers `claim`: somebody else has it.
    case claimRefused(StudyID, heldBy: Claim, request: RequestNumber)
    /// Answers `renewClaim` where the claim lapsed or was taken over.
    case claimLost(StudyID, heldBy: Claim?)
    /// Answers `release`.
    case released(StudyID, request: RequestNumber)
    /// Answers `saveDraft`.
    case draftSaved(StudyID, request: RequestNumber)
    /// Answers `sign`: the record is on disk.
    case signed(SignOff, request: RequestNumber)
    /// Answers `recordImpression`: it is on disk, the AI may be shown.
    case impressionRecorded(StudyID, Radiology.FirstImpression, request: RequestNumber)
    /// Answers `unlock`: the secret is right.
    case unlocked(request: RequestNumber)
    /// Answers `loadCritical`: the open results, the next due first.
    case criticalLoaded([CriticalResult], request: RequestNumber)
    /// Answers `communicate` and `dismissCritical`: it is on disk.
    case criticalChanged(request: RequestNumber)
    /// Answers `loadPeers`: what may be scored, the oldest first.
    case peersLoaded([PeerOffer], request: RequestNumber)
    /// Answers `readPeer`: the reading is on disk, this is the report to be scored.
    case peerReport(Int64, SignOff, request: RequestNumber)
    /// Answers `scorePeer`: it is on disk.
    case peerScored(request: RequestNumber)
    /// Answers `edit`: the text as the editor left it.
    case edited(String, request: RequestNumber)
    /// Answers any effect that has a request number and did not succeed.
    case failed(Problem, request: RequestNumber)
}
