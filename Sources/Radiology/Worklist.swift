// The worklist: one row for each study, and the order of urgency.

import Foundation

/// One study as the worklist shows it.
public struct WorklistEntry: Hashable, Codable, Sendable, Identifiable {
    /// The study.
    public let id: StudyID
    /// The patient.
    public let patient: Patient
    /// What the files say of the study.
    public let study: StudyHeader
    /// Modality of its first image.
    public let modality: String
    /// Views of its images, in order (`PA`, `LL`); empty strings where a file does not say.
    public let views: [String]
    /// When Wetread received it, UTC.
    public let receivedAt: Date
    /// Where its reading stands.
    public let state: ReadingState
    /// Who has it open.
    public let claim: Claim?
    /// The finding that stands for the study; nil before or without an analysis.
    public let topFinding: Finding?
    /// Number of critical findings.
    public let criticalCount: Int
    /// When the first critical flag was raised, UTC; nil where there is none.
    public let flaggedAt: Date?
    /// When somebody first opened the study, UTC.
    public let openedAt: Date?
    /// Who signed, and when.
    public let signedBy: ReaderID?
    /// When it was signed, UTC.
    public let signedAt: Date?
    /// True where the analysis says that no image is a frontal chest view.
    public let lacksFrontalChest: Bool
    /// Why the analysis failed; nil where it did not.
    public let failure: String?
    /// The model's short name; empty without an analysis.
    public let modelName: String

    /// True where an image came after the signature: the study needs an addendum.
    public let awaitsAddendum: Bool

    /// Makes an entry.
    public init(
        id: StudyID, patient: Patient, study: StudyHeader, modality: String, views: [String],
        receivedAt: Date, state: ReadingState, claim: Claim? = nil, topFinding: Finding? = nil,
        criticalCount: Int = 0, flaggedAt: Date? = nil, openedAt: Date? = nil,
        signedBy: ReaderID? = nil, signedAt: Date? = nil, lacksFrontalChest: Bool = false,
        failure: String? = nil, modelName: String = "", awaitsAddendum: Bool = false
    ) {
        self.id = id
        self.patient = patient
        self.study = study
        self.modality = modality
        self.views = views
        self.receivedAt = receivedAt
        self.state = state
        self.claim = claim
        self.topFinding = topFinding
        self.criticalCount = criticalCount
        self.flaggedAt = flaggedAt
        self.openedAt = openedAt
        self.signedBy = signedBy
        self.signedAt = signedAt
        self.lacksFrontalChest = lacksFrontalChest
        self.failure = failure
        self.modelName = modelName
        self.awaitsAddendum = awaitsAddendum
    }

    /// True for a flagged study that nobody has signed as final.
    public var isCritical: Bool { criticalCount > 0 && !state.isSigned }

    /// True where a person must read it without the model: failed, or not a frontal chest.
    public var needsManualReview: Bool {
        !state.isSigned && (failure != nil || lacksFrontalChest)
    }

    /// Seconds that the study has waited since it was received.
    public func waitingSeconds(at now: Date) -> Double {
        max(0, now.timeIntervalSince(receivedAt))
    }
}

/// Orders in which the worklist may stand.
public enum WorklistOrder: String, Codable, Sendable, CaseIterable {
    /// Critical first, then by age: the longest waiting first.
    case urgency
    /// Critical first, then those past the waiting cap, then by suspicion of the top finding.
    case suspicion
    /// The newest first.
    case newest
    /// By patient name.
    case patient

    /// The waiting time after which `suspicion` no longer lets a study be overtaken, in seconds.
    public static let waitingCapSeconds = 6.0 * 3600

    /// In words, for the screen.
    public var words: String {
        switch self {
        case .urgency: "critical, then age"
        case .suspicion: "urgency: critical, suspicion, cap"
        case .newest: "newest"
        case .patient: "patient"
        }
    }
}

extension [WorklistEntry] {
    /// The entries in an order; signed ones last in every urgency order, equal ones by number.
    ///
    /// - Parameter cap: the wait after which `suspicion` lets no study be overtaken, in seconds.
    public func ordered(
        by order: WorklistOrder, at now: Date, cap: Double = WorklistOrder.waitingCapSeconds
    ) -> [WorklistEntry] {
        let keyed = map { entry in
            (rank: entry.rank(in: order, at: now, cap: cap), entry: entry)
        }
        return keyed.sorted { left, right in
            if left.rank.tier != right.rank.tier { return left.rank.tier < right.rank.tier }
            if left.rank.text != right.rank.text { return left.rank.text < right.rank.text }
            if left.rank.value != right.rank.value { return left.rank.value < right.rank.value }
            return left.entry.id < right.entry.id
        }.map(\.entry)
    }
}

extension WorklistEntry {
    fileprivate struct Rank {
        var tier = 0
        var text = ""
        var value = 0.0
    }

    /// What decides where it stands in the order of urgency.
    public var urgency: WorklistUrgency {
        WorklistUrgency(
            receivedAt: receivedAt, isCritical: isCritical, isSigned: state.isSigned,
            awaitsAddendum: awaitsAddendum, signedAt: signedAt,
            needsManualReview: needsManualReview,
            suspicion: topFinding?.suspicion)
    }

    fileprivate func rank(in order: WorklistOrder, at now: Date, cap: Double) -> Rank {
        let age = receivedAt.timeIntervalSince1970
        switch order {
        case .urgency, .suspicion:
            let rank = urgency.rank(bySuspicion: order == .suspicion, at: now, cap: cap)
            return Rank(tier: rank.tier, value: rank.value)
        case .newest:
            return Rank(value: -age)
        case .patient:
            return Rank(text: patient.name.display.lowercased(), value: age)
        }
    }

    /// Why the study stands where it stands, in one sentence for the foot of the worklist.
    ///
    /// - Parameter cap: the wait after which it is not overtaken any more, in seconds.
    public func placeInWords(
        at now: Date, cap: Double = WorklistOrder.waitingCapSeconds
    ) -> String {
        if awaitsAddendum { return "an image came after the signature: needs an addendum." }
        if state.isSigned { return "signed: at the end." }
        if isCritical, let top = topFinding {
            guard top.isCritical else {
                return "critical: passes a rule of this site; the critical queue says which."
            }
            let rule = top.criticalRule ?? "a critical rule"
            // The row names the finding; over a slow line every byte of a step counts.
            let name = "\(top.pathology.displayName) "
            let bound = rule.hasPrefix(name) ? String(rule.dropFirst(name.count)) : rule
            return "critical: \(ProbabilityText.short(top.probability)) passes \(bound)."
        }
        if failure != nil { return "\(AnalysisFailure.headline)." }
        if lacksFrontalChest { return "no image looks like a frontal chest: read it by hand." }
        guard let top = topFinding else { return "not analysed yet: nothing is known of it." }
        let waited = waitingSeconds(at: now)
        let limit = cap >= 3600 ? "\(Int(cap / 3600)) h" : "\(Int(cap / 60)) min"
        let wait =
            waited > cap
            ? " Waited \(Int(waited / 3600)) h, past the cap of \(limit)." : ""
        return top.isReported
            ? "most suspicious: \(top.pathology.displayName) "
                + "\(ProbabilityText.short(top.probability)), \(top.riskLevel.word).\(wait)"
            : "not critical; no finding passes its bound.\(wait)"
    }
}
