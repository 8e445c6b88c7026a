// A critical result, and what was done about it.

import Foundation

/// How somebody was told, after NPSG.02.03.01: whom, how, when, read back.
public struct Communication: Hashable, Codable, Sendable {
    /// Who was told, or should have been.
    public var toldWhom: String
    /// By what means: telephone, in person, page, ...
    public var means: String
    /// True where they repeated it correctly.
    public var isReadBack: Bool
    /// False for an attempt that reached nobody.
    public var hasSucceeded: Bool
    /// More words; may be empty.
    public var comment: String

    /// Gathers a communication.
    public init(
        toldWhom: String, means: String, isReadBack: Bool, hasSucceeded: Bool,
        comment: String = ""
    ) {
        self.toldWhom = toldWhom
        self.means = means
        self.isReadBack = isReadBack
        self.hasSucceeded = hasSucceeded
        self.comment = comment
    }
}

/// One step in the life of a critical result.
public struct CriticalStep: Hashable, Codable, Sendable {
    /// Kinds of steps.
    public enum Kind: String, Codable, Sendable, CaseIterable {
        /// An attempt to tell somebody that failed.
        case attempted
        /// Somebody was told; ends it.
        case communicated
        /// Dismissed as false, with a reason; ends it.
        case dismissed
        /// An escalation step was due.
        case escalated
        /// The hook program was run.
        case announced
    }

    /// What happened.
    public let kind: Kind
    /// When, UTC.
    public let at: Date
    /// Who recorded it.
    public let by: ReaderID
    /// The communication, for `attempted` and `communicated`.
    public let communication: Communication?
    /// The reason, the escalation's addressee, or what the hook was told.
    public let words: String

    /// Makes a step.
    public init(
        kind: Kind, at: Date, by: ReaderID, communication: Communication? = nil, words: String = ""
    ) {
        self.kind = kind
        self.at = at
        self.by = by
        self.communication = communication
        self.words = words
    }
}

/// How far the time of a critical result has run.
public enum CriticalUrgency: String, Codable, Sendable, CaseIterable {
    /// Less than half is gone.
    case inTime
    /// Half is gone.
    case halfGone
    /// Four fifths are gone.
    case nearlyDue
    /// The due time is past.
    case overdue
}

/// One critical finding of a study and what was done about it.
public struct CriticalResult: Hashable, Codable, Sendable, Identifiable {
    /// Its number.
    public let id: Int64
    /// The study.
    public let study: StudyID
    /// The finding.
    public let pathology: Pathology
    /// The category when it was raised.
    public let category: CriticalCategory
    /// The rule that raised it, in words.
    public let rule: String
    /// When it was found, UTC.
    public let raisedAt: Date
    /// When somebody must have been told, UTC.
    public let dueAt: Date
    /// When the study was received, UTC.
    public let receivedAt: Date
    /// When somebody first opened the study, UTC.
    public let openedAt: Date?
    /// What was done, oldest first.
    public let steps: [CriticalStep]

    /// Makes a result as stored.
    public init(
        id: Int64, study: StudyID, pathology: Pathology, category: CriticalCategory, rule: String,
        raisedAt: Date, dueAt: Date, receivedAt: Date, openedAt: Date?, steps: [CriticalStep]
    ) {
        self.id = id
        self.study = study
        self.pathology = pathology
        self.category = category
        self.rule = rule
        self.raisedAt = raisedAt
        self.dueAt = dueAt
        self.receivedAt = receivedAt
        self.openedAt = openedAt
        self.steps = steps
    }

    /// The step that ended it; nil while it is open.
    public var ending: CriticalStep? {
        steps.first { $0.kind == .communicated || $0.kind == .dismissed }
    }

    /// True while nobody was told and it was not dismissed.
    public var isOpen: Bool { ending == nil }

    /// What became of a result.
    public enum Fate: String, Hashable, Codable, Sendable, CaseIterable {
        /// Somebody was told by the due time.
        case communicatedInTime = "communicated_in_time"
        /// Somebody was told after it.
        case communicatedLate = "communicated_late"
        /// Dismissed as false, whenever.
        case dismissed
        /// Open, and not due yet.
        case openInTime = "open_in_time"
        /// Open past the due time.
        case openOverdue = "open_overdue"
    }

    /// What became of it up to a moment.
    public func fate(at now: Date) -> Fate {
        guard let ending else { return now > dueAt ? .openOverdue : .openInTime }
        if ending.kind == .dismissed { return .dismissed }
        return ending.at > dueAt ? .communicatedLate : .communicatedInTime
    }

    /// From the flag to the communication, not below 0; nil where there was none.
    public var secondsToCommunicate: Double? {
        guard let ending, ending.kind == .communicated else { return nil }
        return max(0, ending.at.timeIntervalSince(raisedAt))
    }

    /// How far its time has run.
    public func urgency(at now: Date) -> CriticalUrgency {
        let share = shareGone(at: now)
        if share >= 1 { return .overdue }
        if share >= 0.8 { return .nearlyDue }
        return share >= 0.5 ? .halfGone : .inTime
    }

    /// The share of the time limit that is gone.
    public func shareGone(at now: Date) -> Double {
        let limit = dueAt.timeIntervalSince(raisedAt)
        return limit > 0 ? now.timeIntervalSince(raisedAt) / limit : 1
    }
}
