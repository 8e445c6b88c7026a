// The reading of one case, as a pure state machine: what may happen next, and what it took.

/// Something that happened while a case was read; times are nanoseconds of a monotonic clock.
public enum ReadingEvent: Sendable, Hashable {
    /// The case's first frame was written to the terminal.
    case firstPaint
    /// Window or level was changed.
    case window
    /// The picture was zoomed or moved.
    case zoom
    /// The AI was shown.
    case aiReveal
    /// An answer to one pathology, on the study's scale.
    case decision(pathology: String, confidence: Int)
    /// A location was marked, in image pixels.
    case mark(pathology: String, column: Int, row: Int)
    /// The image was hidden and the clock stopped.
    case pause
    /// The image is back.
    case resume
    /// No key for so long that the reader counts as away, and the time this was noticed.
    case idle
    /// The answers are final (in a sequential condition first those without the AI).
    case submit

    /// The event's name in logs.
    public var name: String {
        switch self {
        case .firstPaint: "first-paint"
        case .window: "window"
        case .zoom: "zoom"
        case .aiReveal: "ai-reveal"
        case .decision: "decision"
        case .mark: "mark"
        case .pause: "pause"
        case .resume: "resume"
        case .idle: "idle"
        case .submit: "submit"
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
    /// The pathology is not asked for.
    case unknownPathology(String)
    /// The confidence is outside the scale.
    case outsideScale(Int, ClosedRange<Int>)
    /// Answers are missing.
    case missing([String])
}

/// One case being read by one reader in one condition.
public struct ReadingSession: Sendable, Hashable {
    /// Where the reading stands.
    public enum Phase: String, Sendable, Hashable {
        /// Nothing was painted yet.
        case waiting
        /// The first answers, without the AI in a sequential condition.
        case first
        /// The answers with the AI, the first ones locked.
        case second
        /// Finished.
        case done
    }

    /// An event with its time.
    public struct Entry: Sendable, Hashable {
        /// When, in nanoseconds of a monotonic clock.
        public let nanoseconds: UInt64
        /// What.
        public let event: ReadingEvent
    }

    /// The condition.
    public let condition: ReadingCondition
    /// The pathologies asked for.
    public let pathologies: [String]
    /// The scale of the answers.
    public let scale: ConfidenceScale
    /// Where the reading stands.
    public private(set) var phase = Phase.waiting
    /// True while the image is hidden.
    public private(set) var isPaused = false
    /// The locked answers of the first phase; empty until they are.
    public private(set) var firstAnswers: [String: Int] = [:]
    /// The answers as they stand.
    public private(set) var answers: [String: Int] = [:]
    /// Everything that happened, in order.
    public private(set) var entries: [Entry] = []
    /// True once the AI was shown.
    public private(set) var isAIRevealed = false
    private var shownAt: UInt64 = 0
    private var hiddenSince: UInt64 = 0
    private var hiddenTotal: UInt64 = 0
    private var firstSubmitAt: UInt64?

    /// A case about to be shown.
    public init(condition: ReadingCondition, pathologies: [String], scale: ConfidenceScale) {
        self.condition = condition
        self.pathologies = pathologies
        self.scale = scale
    }

    /// True where the screen may show the AI now; the only place that decides it.
    public var mayShowAI: Bool {
        guard condition.aid != .none, !isPaused else { return false }
        switch phase {
        case .waiting, .done: return false
        case .first: return condition.timing == .concurrent
        case .second: return true
        }
    }

    /// True where the image may be shown now.
    public var mayShowImage: Bool { phase != .done && !isPaused }

    /// Takes an event, or refuses it and changes nothing.
    public mutating func take(_ event: ReadingEvent, at nanoseconds: UInt64) throws(ReadingFault) {
        if let last = entries.last, nanoseconds < last.nanoseconds { throw .timeBackwards }
        var next = self
        try next.apply(event, at: nanoseconds)
        next.entries.append(Entry(nanoseconds: nanoseconds, event: event))
        self = next
    }

    private mutating func apply(_ event: ReadingEvent, at now: UInt64) throws(ReadingFault) {
        if phase == .done { throw .locked }
        if isPaused {
            guard event == .resume else { throw .paused }
            isPaused = false
            hiddenTotal += now - hiddenSince
            return
        }
        switch event {
        case .firstPaint:
            guard phase == .waiting else { throw .notShown }
            phase = .first
            shownAt = now
        case .pause:
            guard phase != .waiting else { throw .notShown }
            isPaused = true
            hiddenSince = now
        case .resume: throw .notShown
        case .window, .zoom, .idle:
            guard phase != .waiting else { throw .notShown }
        case .aiReveal:
            guard mayShowAI else { throw .aiNotAllowed }
            isAIRevealed = true
        case .decision(let pathology, let confidence):
            try answer(pathology, confidence)
        case .mark(let pathology, _, _):
            guard phase != .waiting else { throw .notShown }
            guard pathologies.contains(pathology) else { throw .unknownPathology(pathology) }
        case .submit: try submit(at: now)
        }
    }

    private mutating func answer(_ pathology: String, _ confidence: Int) throws(ReadingFault) {
        guard phase != .waiting else { throw .notShown }
        guard pathologies.contains(pathology) else { throw .unknownPathology(pathology) }
        guard scale.range.contains(confidence) else {
            throw .outsideScale(confidence, scale.range)
        }
        answers[pathology] = confidence
    }

    private mutating func submit(at now: UInt64) throws(ReadingFault) {
        guard phase != .waiting else { throw .notShown }
        let missing = pathologies.filter { answers[$0] == nil }
        guard missing.isEmpty else { throw .missing(missing) }
        if phase == .first, condition.timing == .sequential, condition.aid != .none {
            // The first answers are locked; the second start from them and may change.
            firstAnswers = answers
            firstSubmitAt = now - hiddenTotal
            phase = .second
        } else {
            phase = .done
        }
    }

    /// Nanoseconds from the first paint to the last event, pauses taken out; 0 before the paint.
    public var readingNanoseconds: UInt64 {
        guard phase != .waiting, let last = entries.last else { return 0 }
        let hidden = hiddenTotal + (isPaused ? last.nanoseconds - hiddenSince : 0)
        return last.nanoseconds - shownAt - hidden
    }

    /// Nanoseconds to the first submit of a sequential reading; nil before it.
    public var firstReadingNanoseconds: UInt64? { firstSubmitAt.map { $0 - shownAt } }

    /// The session as it was when it had taken these events: resume after a crash, and replay.
    public static func replaying(
        _ entries: [Entry], condition: ReadingCondition, pathologies: [String],
        scale: ConfidenceScale
    ) throws(ReadingFault) -> ReadingSession {
        var session = ReadingSession(
            condition: condition, pathologies: pathologies, scale: scale)
        for entry in entries { try session.take(entry.event, at: entry.nanoseconds) }
        return session
    }
}
