// What each message does to the reading screen.

import Imaging
import ReaderStudy
import Terminal

/// Takes a message and says what is asked for; pure, and the same for the same messages.
///
/// - Parameter nanoseconds: when it happened, of a monotonic clock; never less than before.
public func update(
    _ model: inout ReadingModel, _ message: ReadingMessage, at nanoseconds: UInt64
) -> [ReadingEffect] {
    switch message {
    case .key(let key): return model.take(key, at: nanoseconds)
    case .screen(let size, let capabilities):
        model.resize(to: size, capabilities)
        return []
    case .loaded(let task, let pyramid):
        guard task == model.taskIndex, model.stage == .loading else { return [] }
        model.picture = ShownPicture(
            pyramid, area: model.pictureArea, cellAspect: model.capabilities.cellAspect)
        model.showWhenComplete()
        return []
    case .advised(let task, let advice):
        guard task == model.taskIndex else { return [] }
        model.advice = advice.shown(by: model.condition.aid)
        model.showWhenComplete()
        return []
    case .painted(let facts): return model.painted(facts, at: nanoseconds)
    case .clock: return model.noteIdleness(at: nanoseconds)
    case .failed(let reason):
        model.notice = reason
        return model.leave(.failed)
    }
}

extension ReadingModel {
    fileprivate mutating func resize(to size: GridSize, _ capabilities: Capabilities) {
        self.size = size
        self.capabilities = Self.exact(capabilities)
        let (area, aspect) = (pictureArea.size, self.capabilities.cellAspect)
        picture?.viewport.resize(to: area, cellAspect: aspect)
        if case .marking(let position) = mode { mode = .marking(held(position)) }
    }

    /// A position held within the picture's area.
    func held(_ position: Position) -> Position {
        Position(
            column: min(max(position.column, 0), max(pictureArea.columns - 1, 0)),
            row: min(max(position.row, 0), max(pictureArea.rows - 1, 0)))
    }

    // MARK: the way from case to case

    /// Begins the task at hand.
    mutating func begin() -> [ReadingEffect] {
        stage = .loading
        session =
            resumed ?? ReadingSession(condition: condition, rules: plan.rules)
        resumed = nil
        picture = nil
        advice = nil
        row = 0
        typed = ""
        mode = .answers
        showsHeat = true
        notice = nil
        return [.load(task: taskIndex)] + (needsAdvice ? [.loadAdvice(task: taskIndex)] : [])
    }

    /// True where the first frame of the case holds the AI already.
    private var needsAdvice: Bool {
        guard let session, condition.aid != .none else { return false }
        return !condition.isSequential || session.phase == .second
    }

    /// Shows the case once everything that its first frame needs is there.
    fileprivate mutating func showWhenComplete() {
        guard stage == .loading, picture != nil, !needsAdvice || advice != nil else { return }
        stage = .reading
        awaitsPaint = true
    }

    fileprivate mutating func painted(_ facts: FrameFacts, at now: UInt64) -> [ReadingEffect] {
        guard facts.task == taskIndex, stage == .reading, session != nil else { return [] }
        var effects: [ReadingEffect] = []
        if awaitsPaint, facts.showsImage {
            awaitsPaint = false
            lastKeyAt = now
            isIdleNoted = false
            // A repaint after an interruption is a first paint in the log, and told apart there.
            if (try? session?.takePaint(at: now)) != nil {
                effects.append(.record(task: taskIndex, .firstPaint))
            }
        }
        if facts.showsAdvice, session?.isAIRevealed == false {
            effects += record(.aiReveal, at: now)
        }
        return effects
    }

    fileprivate mutating func noteIdleness(at now: UInt64) -> [ReadingEffect] {
        guard plan.idleSeconds > 0, !isIdleNoted, stage == .reading, !awaitsPaint,
            session?.isPaused == false, now > lastKeyAt,
            now - lastKeyAt >= UInt64(plan.idleSeconds) * 1_000_000_000
        else { return [] }
        isIdleNoted = true
        return record(.idle, at: now)
    }

    /// Takes an event of the reading; a refusal is said and rings the bell.
    mutating func record(_ event: ReadingEvent, at now: UInt64) -> [ReadingEffect] {
        do {
            try session?.take(event, at: now)
            notice = nil
            return [.record(task: taskIndex, event)]
        } catch {
            notice = error.words
            // What is missing is also where the reader now stands.
            switch error {
            case .missing(let names), .unmarked(let names):
                row = names.first.flatMap(plan.pathologies.firstIndex) ?? row
            default: break
            }
            return [.bell]
        }
    }

    /// Ends the answers as they stand.
    mutating func submit(at now: UInt64) -> [ReadingEffect] {
        var effects = commitTyped(at: now)
        let phase = session?.phase
        effects += record(.submit, at: now)
        guard let session, session.phase != phase else { return effects }
        if session.phase == .second {
            row = 0
            notice = "Your first answers are locked. Now with the AI: change what you wish, then s."
            return effects + [.loadAdvice(task: taskIndex)]
        }
        if task.purpose == .training {
            stage = .feedback
            return effects
        }
        if plan.allowsBack {
            stage = .between
            return effects
        }
        return effects + advance(at: now)
    }

    /// Goes to the next task, or ends where there is none or the session's time is over.
    mutating func advance(at now: UInt64) -> [ReadingEffect] {
        picture = nil
        advice = nil
        taskIndex += 1
        if taskIndex >= tasks.count { return leave(.periodDone) }
        let minutes = Double(now - min(startedAt, now)) / 60e9
        if plan.sessionMinutes > 0, minutes >= Double(plan.sessionMinutes) {
            return leave(.sessionOver)
        }
        return begin()
    }

    /// Leaves; a case on the screen is paused first, so that its clock stands.
    mutating func leave(_ ending: ReadingEnding, at now: UInt64? = nil) -> [ReadingEffect] {
        var effects: [ReadingEffect] = []
        if let now, stage == .reading, let session, !session.isPaused, session.phase != .waiting {
            effects = record(.pause, at: now)
        }
        stage = .over(ending)
        return effects + [.leave(ending)]
    }
}

extension ReadingFault {
    /// Why, in words for the reader.
    var words: String {
        switch self {
        case .missing(let names): "Still to answer: " + names.joined(separator: ", ")
        case .unmarked(let names): "Mark the place of: " + names.joined(separator: ", ")
        case .noAction: "Choose a recommended action (r)."
        case .outsideScale(let found, let range):
            "\(found) is not on the scale: \(range.lowerBound) to \(range.upperBound)."
        case .locked: "These answers are locked."
        case .notCollected: "This study does not ask for that."
        case .paused: "Paused: p goes on."
        case .aiNotShown: "The AI's answers are on their way; look at them first."
        case .notShown, .aiNotAllowed, .timeBackwards, .unknownPathology:
            "Not now."
        }
    }
}
