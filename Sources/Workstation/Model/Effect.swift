// What the workstation asks of the world; the executable does it and posts the answer.

import Radiology

/// What is to be signed.
public struct SigningOrder: Sendable, Equatable {
    /// The study.
    public let study: StudyID
    /// Decisions, own findings, impression.
    public let reading: ReadingDraft
    /// What the signature means: `final` or `preliminary`.
    public let meaning: ReadingState
    /// Seconds of the monotonic clock that the study was on the screen.
    public let openSeconds: Double
    /// The analysis that was shown; nil where there was none or it failed.
    public let analysis: AnalysisID?
    /// The signer's secret, typed for this signature; nil in a home without accounts.
    public let secret: String?
    /// What was on the screen: analyses, since when; how much of each image.
    public let viewing: ViewingRecord?

    /// Makes an order.
    public init(
        study: StudyID, reading: ReadingDraft, meaning: ReadingState, openSeconds: Double,
        analysis: AnalysisID?, secret: String? = nil, viewing: ViewingRecord? = nil
    ) {
        self.viewing = viewing
        self.study = study
        self.reading = reading
        self.meaning = meaning
        self.openSeconds = openSeconds
        self.analysis = analysis
        self.secret = secret
    }
}

/// A piece of work for the world outside.
///
/// Effects of one `update` are to be run in their order; those that only read may overtake. Every
/// effect with a request number is answered exactly once, by the message named or by
/// `Message.failed` with the same number: the model counts what is unanswered (`pendingRequests`).
public enum Effect: Sendable, Equatable {
    /// Read the worklist; answered by `worklistLoaded`.
    case loadWorklist(request: RequestNumber)
    /// Read a study because the reader opens it, and record the opening; answered by `studyLoaded`.
    case openStudy(StudyID, request: RequestNumber)
    /// Read a study again because the records changed; answered by `studyLoaded`.
    case reloadStudy(StudyID, request: RequestNumber)
    /// Read whole rows of the worklist; answered by `rowsLoaded`.
    case loadRows([StudyID], request: RequestNumber)
    /// Read an earlier study to lay it beside the open one; answered by `priorLoaded`.
    case loadPrior(StudyID, request: RequestNumber)
    /// Decode one frame (from 0) of an image; answered by `imageLoaded`, or by `imageDropped` where
    /// a newer one was asked for before its turn came.
    case loadImage(
        StudyID, ImageID, frame: Int, processing: PictureProcessing, request: RequestNumber)
    /// Decode the first image of the study that may be opened next, when nothing else is to do.
    case prefetch(StudyID)
    /// Make the heat maps of an image; answered by `heatLoaded`.
    case loadHeat(StudyID, ImageID, frame: Int, request: RequestNumber)
    /// Check the installation; answered by `doctorReported`.
    case examine(request: RequestNumber)
    /// Put a text on the reader's clipboard, through the terminal (OSC 52).
    case copy(String)
    /// Take mouse reports, or stop taking them.
    case setMouse(Bool)
    /// Take the study to sign it; answered by `claimed` or `claimRefused`.
    case claim(StudyID, request: RequestNumber)
    /// Keep the claim alive (asked every 15 s); answered by `claimLost` only where it is gone.
    case renewClaim(StudyID)
    /// Give the study back unsigned; answered by `released`.
    case release(StudyID, request: RequestNumber)
    /// Keep the draft of this reader; answered by `draftSaved`.
    case saveDraft(StudyID, ReadingDraft, request: RequestNumber)
    /// Store the signature, durably; answered by `signed`.
    case sign(SigningOrder, request: RequestNumber)
    /// Record the reader's own call before the AI is shown; answered by `impressionRecorded`.
    case recordImpression(
        StudyID, findings: [Pathology], unsure: [Pathology], request: RequestNumber)
    /// Record that the screen was locked, with the reason.
    case screenLocked(reason: String)
    /// Check the reader's secret and record that the screen is open again; answered by `unlocked`.
    case unlock(secret: String, request: RequestNumber)
    /// Read the open critical results; answered by `criticalLoaded`.
    case loadCritical(request: RequestNumber)
    /// Record a communication about a critical result; answered by `criticalChanged`.
    case communicate(Int64, Communication, request: RequestNumber)
    /// Dismiss a critical result as false, with the reason; answered by `criticalChanged`.
    case dismissCritical(Int64, reason: String, request: RequestNumber)
    /// Read what this reader may score; answered by `peersLoaded`.
    case loadPeers(request: RequestNumber)
    /// Record what the reader sees of a study under review; answered by `peerReport`.
    case readPeer(Int64, reading: String, request: RequestNumber)
    /// Score a report of another reader; answered by `peerScored`.
    case scorePeer(
        Int64, PeerScore, pathology: Pathology?, comment: String, request: RequestNumber)
    /// Open a text in the reader's editor; answered by `edited`.
    case edit(String, request: RequestNumber)
    /// Ring the terminal's bell: a new critical study has arrived, or a key did nothing.
    case bell
    /// Draw the whole screen again, whatever is believed to stand there.
    case redraw
    /// Suspend the process (`SIGTSTP`).
    case suspend
    /// Leave the workstation; effects before this one must be done first.
    case quit
}

extension Effect {
    /// The number under which the effect is answered; nil where no answer is due.
    public var request: RequestNumber? {
        switch self {
        case .loadWorklist(let request), .openStudy(_, let request), .reloadStudy(_, let request),
            .loadImage(_, _, _, _, let request), .claim(_, let request), .release(_, let request),
            .saveDraft(_, _, let request), .sign(_, let request), .loadRows(_, let request),
            .loadPrior(_, let request), .loadHeat(_, _, _, let request), .examine(let request),
            .recordImpression(_, _, _, let request), .unlock(_, let request),
            .loadCritical(let request), .communicate(_, _, let request),
            .dismissCritical(_, _, let request), .loadPeers(let request),
            .readPeer(_, _, let request), .scorePeer(_, _, _, _, let request),
            .edit(_, let request):
            request
        case .screenLocked, .renewClaim, .bell, .redraw, .suspend, .quit, .prefetch, .copy,
            .setMouse:
            nil
        }
    }
}
