// What can happen while a case is read.

/// Something that happened while a case was read.
public enum ReadingEvent: Sendable, Hashable {
    /// The case's first frame was written to the terminal; or the first after an interruption.
    case firstPaint
    /// Window or level was changed.
    case window
    /// The picture was zoomed or moved.
    case zoom
    /// A frame with the AI's answers was written to the terminal.
    case aiReveal
    /// An answer to one pathology, on the study's scale.
    case decision(pathology: String, confidence: Int)
    /// A location was marked, in image pixels, with the confidence that it is one.
    case mark(pathology: String, column: Int, row: Int, confidence: Int)
    /// The newest mark of a pathology was taken back.
    case unmark(pathology: String)
    /// The note as it now stands.
    case note(String)
    /// The recommended action.
    case action(String)
    /// The image was hidden and the clock stopped.
    case pause
    /// The image is back.
    case resume
    /// No key for so long that the reader counts as away, and the time this was noticed.
    case idle
    /// The answers are final (in a sequential condition first those without the AI).
    case submit
    /// A submitted case was opened again, where the design allows it.
    case reopen

    /// The event's name in logs.
    public var name: String {
        switch self {
        case .firstPaint: "first-paint"
        case .window: "window"
        case .zoom: "zoom"
        case .aiReveal: "ai-reveal"
        case .decision: "decision"
        case .mark: "mark"
        case .unmark: "unmark"
        case .note: "note"
        case .action: "action"
        case .pause: "pause"
        case .resume: "resume"
        case .idle: "idle"
        case .submit: "submit"
        case .reopen: "reopen"
        }
    }

    /// What follows the name in logs.
    public var arguments: [String] {
        switch self {
        case .decision(let pathology, let confidence): [pathology, String(confidence)]
        case .mark(let pathology, let column, let row, let confidence):
            [pathology, String(column), String(row), String(confidence)]
        case .unmark(let pathology): [pathology]
        case .note(let text), .action(let text): [text]
        default: []
        }
    }

    /// The event that a log names; nil for another name or wrong arguments.
    public init?(name: String, arguments: [String]) {
        let plain: [ReadingEvent] = [
            .firstPaint, .window, .zoom, .aiReveal, .pause, .resume, .idle, .submit, .reopen,
        ]
        if let event = plain.first(where: { $0.name == name }) {
            guard arguments.isEmpty else { return nil }
            self = event
            return
        }
        let numbers = arguments.dropFirst().compactMap { Int($0) }
        switch (name, arguments.count) {
        case ("decision", 2) where numbers.count == 1:
            self = .decision(pathology: arguments[0], confidence: numbers[0])
        case ("mark", 4) where numbers.count == 3:
            self = .mark(
                pathology: arguments[0], column: numbers[0], row: numbers[1],
                confidence: numbers[2])
        case ("unmark", 1): self = .unmark(pathology: arguments[0])
        case ("note", 1): self = .note(arguments[0])
        case ("action", 1): self = .action(arguments[0])
        default: return nil
        }
    }
}

/// Why an event is refused.
public enum ReadingFault: Error, Sendable, Hashable {
    /// Time ran backwards: a fault of the clock.
    case timeBackwards
    /// The image is not on the screen yet, or no more.
    case notShown
    /// The reading is paused.
    case paused
    /// The answers are locked.
    case locked
    /// The condition shows no AI (or not yet).
    case aiNotAllowed
    /// The AI has not reached the screen yet.
    case aiNotShown
    /// The pathology is not asked for.
    case unknownPathology(String)
    /// The confidence is outside the scale.
    case outsideScale(Int, ClosedRange<Int>)
    /// Answers are missing.
    case missing([String])
    /// Findings called present have no mark.
    case unmarked([String])
    /// No action was recommended.
    case noAction
    /// The design collects nothing of the kind.
    case notCollected
}

/// What a study asks of every reading.
public struct ReadingRules: Sendable, Hashable {
    /// The pathologies asked for.
    public var pathologies: [String]
    /// The scale of the answers.
    public var scale: ConfidenceScale
    /// The confidence from which on a finding needs a mark; nil where no marks are collected.
    public var marksFrom: Int?
    /// The actions of which one must be chosen; none is asked for where there are none.
    public var actions: [String] = []
    /// True where notes are taken.
    public var collectsNotes = false
    /// True where a submitted case may be opened again.
    public var allowsBack = false

    /// Rules that ask for answers only.
    public init(pathologies: [String], scale: ConfidenceScale) {
        self.pathologies = pathologies
        self.scale = scale
    }
}

extension StudyPlan {
    /// What the plan asks of every reading.
    public var rules: ReadingRules {
        var rules = ReadingRules(pathologies: pathologies, scale: scale)
        rules.marksFrom = collectsMarks ? callsPresentFrom : nil
        rules.actions = actions
        rules.collectsNotes = collectsNotes
        rules.allowsBack = allowsBack
        return rules
    }
}
