// Peer review: a second reader, blind to the first, and how far they agree.

import Foundation

/// RADPEER's scores (ACR, 2016 form): 1 concurs; 2 and 3 are discrepancies, `a` unlikely and `b`
/// likely to matter to the patient.
public enum PeerScore: String, Codable, Sendable, CaseIterable {
    /// Concurs with the first report.
    case concurs = "1"
    /// A discrepancy that is understandable; unlikely to matter.
    case understandable = "2a"
    /// A discrepancy that is understandable; likely to matter.
    case understandableAndSignificant = "2b"
    /// A discrepancy that should not happen often; unlikely to matter.
    case shouldBeMade = "3a"
    /// A discrepancy that should not happen often; likely to matter.
    case shouldBeMadeAndSignificant = "3b"

    /// True for a discrepancy that is likely to matter.
    public var isSignificant: Bool { rawValue.hasSuffix("b") }
}

/// Which signed studies are offered to another reader.
public struct PeerRule: Hashable, Codable, Sendable {
    /// The share of final reports, 0...1.
    public let share: Double
    /// The seed of the choice; whoever does not know it cannot foresee which study is reviewed.
    public let seed: String

    /// Makes a rule.
    public init(share: Double, seed: String) {
        self.share = share
        self.seed = seed
    }

    /// None.
    public static let none = PeerRule(share: 0, seed: "")
}

/// One offered study and what became of it.
public struct PeerReview: Hashable, Codable, Sendable, Identifiable {
    /// A score by somebody.
    public struct Verdict: Hashable, Codable, Sendable {
        /// Who.
        public let by: ReaderID
        /// When, UTC.
        public let at: Date
        /// The score.
        public let score: PeerScore
        /// The finding that it is about; nil for none.
        public let pathology: Pathology?
        /// In words.
        public let comment: String

        /// Makes a verdict.
        public init(
            by: ReaderID, at: Date, score: PeerScore, pathology: Pathology?, comment: String
        ) {
            self.by = by
            self.at = at
            self.score = score
            self.pathology = pathology
            self.comment = comment
        }
    }

    /// Its number.
    public let id: Int64
    /// The study.
    public let study: StudyID
    /// Who signed it first.
    public let signer: ReaderID
    /// When it was offered, UTC.
    public let offeredAt: Date
    /// The second reader's score.
    public let verdict: Verdict?
    /// The third reader's, which then counts.
    public let adjudication: Verdict?

    /// Makes a review as stored.
    public init(
        id: Int64, study: StudyID, signer: ReaderID, offeredAt: Date, verdict: Verdict?,
        adjudication: Verdict?
    ) {
        self.id = id
        self.study = study
        self.signer = signer
        self.offeredAt = offeredAt
        self.verdict = verdict
        self.adjudication = adjudication
    }

    /// The score that counts; nil while there is none.
    public var final: Verdict? { adjudication ?? verdict }
}

/// A share with its interval.
public struct PeerRate: Hashable, Codable, Sendable {
    /// Whose, or of what.
    public let name: String
    /// Scored reviews.
    public let count: Int
    /// Of them discrepancies (2a and above).
    public let discrepancies: Int
    /// Of them discrepancies that are likely to matter (2b, 3b).
    public let significant: Int
    /// The share of discrepancies.
    public let rate: Double
    /// Its 95 % interval (Wilson, 1927, equation 4; without continuity correction).
    public let interval: ClosedRange<Double>

    /// Counts reviews under a name.
    public init(name: String, _ scores: [PeerScore]) {
        self.name = name
        count = scores.count
        discrepancies = scores.count { $0 != .concurs }
        significant = scores.count(where: \.isSignificant)
        rate = count > 0 ? Double(discrepancies) / Double(count) : 0
        interval = SampleStatistics.wilsonInterval(discrepancies, of: count) ?? 0...1
    }

    /// The rates of all, of each first reader, and of each finding.
    public static func rates(of reviews: [PeerReview]) -> [PeerRate] {
        let scored = reviews.filter { $0.final != nil }
        let score = { (review: PeerReview) in review.final?.score }
        let readers = Dictionary(grouping: scored) { $0.signer.rawValue }
        let findings = Dictionary(grouping: scored.filter { $0.final?.pathology != nil }) {
            $0.final?.pathology?.rawValue ?? ""
        }
        var rates = [PeerRate(name: "all", scored.compactMap(score))]
        for (name, group) in readers.sorted(by: { $0.key < $1.key }) {
            rates.append(PeerRate(name: "reader \(name)", group.compactMap(score)))
        }
        for (name, group) in findings.sorted(by: { $0.key < $1.key }) {
            rates.append(PeerRate(name: "finding \(name)", group.compactMap(score)))
        }
        return rates
    }
}
