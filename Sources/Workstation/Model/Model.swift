// The whole state of the workstation as one value.

import Foundation
import Imaging
import Radiology
import Terminal

/// Who sits at the workstation and what they may do; fixed for its life.
public struct Session: Sendable, Equatable {
    /// The account.
    public let reader: ReaderID
    /// The signer's printed name.
    public let readerName: String
    /// What this reader's signature means: `final`, or `preliminary` for a resident.
    public let meaning: ReadingState
    /// True where nothing may be written (`--read-only`, or a home that cannot be written to).
    public let isReadOnly: Bool
    /// The signer's offset from UTC, in seconds.
    public let utcOffsetSeconds: Int
    /// True where a signature asks for the reader's secret: in a home with accounts.
    public let asksSecret: Bool
    /// What may stand beside a field for the secret, in the demo; empty otherwise.
    public let secretHint: String

    /// Makes a session.
    public init(
        reader: ReaderID, readerName: String, meaning: ReadingState = .final,
        isReadOnly: Bool = false, utcOffsetSeconds: Int = 0, asksSecret: Bool = false,
        secretHint: String = ""
    ) {
        self.secretHint = secretHint
        self.reader = reader
        self.readerName = readerName
        self.meaning = meaning
        self.isReadOnly = isReadOnly
        self.utcOffsetSeconds = utcOffsetSeconds
        self.asksSecret = asksSecret
    }
}

/// The screens.
public enum ScreenName: String, Sendable, Equatable, CaseIterable {
    /// All studies in an order.
    case worklist
    /// The critical queue.
    case queue
    /// One study: picture and findings.
    case study
    /// Decisions, impression and signature of the open study.
    case signOff
}

/// A window over the screen.
public enum Overlay: Sendable, Equatable {
    /// The keys of the place below.
    case help(top: Int)
    /// The narrative report of the open study.
    case report(top: Int)
    /// The selected finding in full.
    case finding(top: Int)
    /// The last message in full, with its remedy.
    case message(top: Int)
    /// Which parts of the image stood on the screen, and how fine.
    case coverage(top: Int)
    /// Patterns by which a display is judged.
    case calibration(top: Int)
    /// What the installation's checks found; nil while they run.
    case doctor([String]?, top: Int)
    /// The command line.
    case palette(Palette)
    /// Fields to fill in.
    case form(Form)
}

/// One line for the foot of the screen, and the whole of it for a window.
public struct Notice: Sendable, Equatable {
    /// How it is to be taken.
    public enum Kind: Sendable, Equatable {
        /// Something went as it should.
        case information
        /// Something needs care.
        case warning
        /// Something did not work.
        case failure
    }

    /// How it is to be taken.
    public let kind: Kind
    /// One line.
    public let text: String
    /// The whole story and the remedy; empty where the line is all.
    public let detail: String

    /// Makes a notice.
    public init(_ kind: Kind, _ text: String, detail: String = "") {
        self.kind = kind
        self.text = text
        self.detail = detail
    }
}

/// The whole state of the workstation.
///
/// Changed by `update` only. The loop starts with `Model(...)`, runs the effects of `start`, and
/// then feeds every message to `update`.
public struct Model: Sendable {
    /// Who sits here.
    public let session: Session
    /// What is configured; follows the files while it runs.
    public internal(set) var settings: Settings
    /// What the terminal can show; panning and zooming move by its cells.
    public internal(set) var capabilities: Capabilities
    /// The terminal's size.
    public internal(set) var size: GridSize
    /// UTC, as the last tick told it.
    public internal(set) var now: Date
    /// The monotonic clock, as the last tick told it, in seconds.
    public internal(set) var monotonicSeconds: Double
    /// The screen that is shown.
    public internal(set) var screen = ScreenName.worklist
    /// The list that the open study was opened from.
    var origin = ScreenName.worklist
    /// The window over it.
    public internal(set) var overlay: Overlay?
    /// The message of the moment; the next key takes it away.
    public internal(set) var notice: Notice?
    /// The last message that had more to say than a line, for the key that shows it.
    var lastNotice: Notice?
    /// The number typed before a motion; nil for none.
    var count: Int?
    /// A key that must be pressed twice and was pressed once.
    var pressedOnce: Key?
    /// Commands that were run by name, oldest first.
    var history: [String] = []
    /// First impressions of studies that were left, for as long as the program runs.
    var impressions: [StudyID: FirstImpression] = [:]
    /// True where the AI is hidden until a first impression is recorded.
    var showsImpressionFirst: Bool
    /// True to fit each cell of a picture on its own, without dither or noise shaping.
    var drawsPlainly = false
    /// True to show pictures as pixels where the terminal can.
    var wantsPixels = false
    /// True while mouse reports are taken.
    public internal(set) var takesMouse: Bool
    /// All studies.
    var worklist = WorklistState()
    /// The critical queue.
    var queue = QueueState()
    /// The open study.
    var study: StudyState?
    /// The questions that wait for an answer.
    var requests = Requests()
    /// Studies taken from the list.
    var reservations = Reservations()
    /// Drafts of studies that were left and could not be kept: they are tried again.
    var unsavedDrafts: [StudyID: ReadingDraft] = [:]
    /// The locked screen; nil while it is open.
    public internal(set) var lock: LockState?
    /// What the last completed label began with.
    var completionPrefix: String?
    /// When the last key came, on the monotonic clock.
    var lastKeySeconds: Double
    /// When the claim was last renewed, on the monotonic clock.
    var renewedAtSeconds = 0.0

    /// Makes the state before the first message.
    public init(
        session: Session, size: GridSize, capabilities: Capabilities = .ordinary,
        settings: Settings = Settings(), now: Date, monotonicSeconds: Double
    ) {
        self.settings = settings
        showsImpressionFirst = settings.showsImpressionFirst
        takesMouse = settings.usesMouse
        self.session = session
        self.capabilities = capabilities
        self.size = size
        self.now = now
        self.monotonicSeconds = monotonicSeconds
        lastKeySeconds = monotonicSeconds
        worklist.order = settings.order
        worklist.tabs = WorklistTab.standing + settings.savedFilters.map(WorklistTab.saved)
    }

    /// The effects to run before the first message: the worklist is read.
    public mutating func start() -> [Effect] {
        (takesMouse ? [.setMouse(true)] : [])
            + [
                .loadWorklist(request: requests.ask(.worklist)),
                .loadCritical(request: requests.ask(.critical)),
            ]
    }

    /// How many effects wait for their answer.
    public var pendingRequests: Int { requests.open.count }

    /// True where every effect has its answer: what tests wait for.
    public var isIdle: Bool { pendingRequests == 0 }

    /// The study that is open, or else the one that is selected.
    public var currentStudy: StudyID? {
        switch screen {
        case .worklist: worklist.selected
        case .queue: queue.selected
        case .study, .signOff: study?.id
        }
    }
}

/// The questions that wait for an answer.
struct Requests: Sendable, Equatable {
    /// What was asked.
    enum Purpose: Sendable, Equatable {
        case worklist
        case rows
        case prior(StudyID)
        case heat(StudyID)
        case doctor
        case study(StudyID)
        case image(StudyID)
        case claim(StudyID)
        case release(StudyID)
        case draft(StudyID, ReadingDraft)
        case signature(StudyID)
        case impression(StudyID)
        case unlock
        case critical
        case peers
        case edit(StudyID)
        /// What a form sent.
        case form
    }

    private(set) var last: RequestNumber = 0
    private(set) var open: [RequestNumber: Purpose] = [:]

    /// Counts a new question and gives its number.
    mutating func ask(_ purpose: Purpose) -> RequestNumber {
        last += 1
        open[last] = purpose
        return last
    }

    /// Ends a question; nil where it was not open (answered twice, or never asked).
    mutating func close(_ request: RequestNumber) -> Purpose? {
        open.removeValue(forKey: request)
    }

    /// What a question was for, while it is open.
    func purpose(of request: RequestNumber) -> Purpose? { open[request] }

    func isOpen(_ purpose: Purpose) -> Bool { open.values.contains(purpose) }

    /// True while a draft of the study is on its way to the records.
    func isSavingDraft(of study: StudyID) -> Bool {
        open.values.contains { if case .draft(study, _) = $0 { true } else { false } }
    }
}
