// The reading of one case, as a pure state machine: what may happen next, and what it took.

/// A location that a reader marked.
public struct ReadingMark: Sendable, Hashable {
    /// The pathology.
    public let pathology: String
    /// Column, in image pixels.
    public let column: Int
    /// Row, in image pixels.
    public let row: Int
    /// How sure the reader is of it, on the study's scale.
    public let confidence: Int
}

/// One case being read by one reader in one condition.
///
/// Times are nanoseconds of a monotonic clock.
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
    /// What is asked for.
    public let rules: ReadingRules
    /// Where the reading stands.
    public private(set) var phase = Phase.waiting
    /// True while the image is hidden.
    public private(set) var isPaused = false
    /// The locked answers of the first phase; empty until they are.
    public private(set) var firstAnswers: [String: Int] = [:]
    /// The answers as they stand.
    public private(set) var answers: [String: Int] = [:]
    /// The marks as they stand, oldest first.
    public private(set) var marks: [ReadingMark] = []
    /// The note as it stands.
    public private(set) var note = ""
    /// The recommended action; nil until one was chosen.
    public private(set) var action: String?
    /// Everything that happened, in order.
    public private(set) var entries: [Entry] = []
    /// True once the AI was shown.
    public private(set) var isAIRevealed = false
    /// Times the reader was noticed to be away.
    public private(set) var idleCount = 0
    private var shownAt: UInt64 = 0
    private var hiddenSince: UInt64 = 0
    private var hiddenTotal: UInt64 = 0
    private var firstSubmitAt: UInt64?

    /// A case about to be shown.
    public init(condition: ReadingCondition, rules: ReadingRules) {
        self.condition = condition
        self.rules = rules
    }

    /// True where the screen may show the AI now; the only place that decides it.
    public var mayShowAI: Bool {
        guard condition.aid != .none, !isPaused else { return false }
        switch phase {
        case .waiting: return condition.timing == .concurrent
        case .done: return false
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

    /// Takes the first paint of the case; or, after an interruption, the paint that ends it.
    ///
    /// A program that ended without a word counts as paused since the last thing it recorded.
    public mutating func takePaint(at nanoseconds: UInt64) throws(ReadingFault) {
        guard phase != .waiting else { return try take(.firstPaint, at: nanoseconds) }
        if !isPaused { try take(.pause, at: entries.last?.nanoseconds ?? 0) }
        try take(.resume, at: nanoseconds)
    }

    private mutating func apply(_ event: ReadingEvent, at now: UInt64) throws(ReadingFault) {
        if phase == .done {
            guard event == .reopen, rules.allowsBack else { throw .locked }
            // What was locked stays so; the time since the submit is nobody's.
            phase = condition.isSequential ? .second : .first
            hiddenTotal += now - (entries.last?.nanoseconds ?? now)
            return
        }
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
            return
        case .aiReveal:
            guard mayShowAI, phase != .waiting else { throw .aiNotAllowed }
            isAIRevealed = true
            return
        case .resume, .reopen: throw .notShown
        default: break
        }
        guard phase != .waiting else { throw .notShown }
        switch event {
        case .pause:
            isPaused = true
            hiddenSince = now
        case .idle: idleCount += 1
        case .submit: try submit(at: now)
        default: try collect(event)
        }
    }

    /// What the reader says of the case.
    private mutating func collect(_ event: ReadingEvent) throws(ReadingFault) {
        switch event {
        case .decision(let pathology, let confidence):
            try check(pathology, confidence)
            answers[pathology] = confidence
        case .mark(let pathology, let column, let row, let confidence):
            guard rules.marksFrom != nil else { throw .notCollected }
            try check(pathology, confidence)
            marks.append(
                ReadingMark(
                    pathology: pathology, column: column, row: row, confidence: confidence))
        case .unmark(let pathology):
            guard let newest = marks.lastIndex(where: { $0.pathology == pathology }) else {
                throw .unmarked([pathology])
            }
            marks.remove(at: newest)
        case .note(let text):
            guard rules.collectsNotes else { throw .notCollected }
            note = text
        case .action(let chosen):
            guard rules.actions.contains(chosen) else { throw .notCollected }
            action = chosen
        default: break
        }
    }

    private func check(_ pathology: String, _ confidence: Int) throws(ReadingFault) {
        guard rules.pathologies.contains(pathology) else { throw .unknownPathology(pathology) }
        guard rules.scale.range.contains(confidence) else {
            throw .outsideScale(confidence, rules.scale.range)
        }
    }

    private mutating func submit(at now: UInt64) throws(ReadingFault) {
        if phase == .second, !isAIRevealed { throw .aiNotShown }
        let missing = rules.pathologies.filter { answers[$0] == nil }
        guard missing.isEmpty else { throw .missing(missing) }
        if let from = rules.marksFrom {
            let unmarked = rules.pathologies.filter { name in
                (answers[name] ?? 0) >= from && !marks.contains { $0.pathology == name }
            }
            guard unmarked.isEmpty else { throw .unmarked(unmarked) }
        }
        if !rules.actions.isEmpty, action == nil { throw .noAction }
        if phase == .first, condition.isSequential {
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
        _ entries: [Entry], condition: ReadingCondition, rules: ReadingRules
    ) throws(ReadingFault) -> ReadingSession {
        var session = ReadingSession(condition: condition, rules: rules)
        for entry in entries { try session.take(entry.event, at: entry.nanoseconds) }
        return session
    }
}

extension ReadingCondition {
    /// True where a first answer without the AI is locked before the AI is shown.
    public var isSequential: Bool { timing == .sequential && aid != .none }
}
