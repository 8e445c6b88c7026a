// The order of urgency as a rule over a few facts, so that rows, long lists and simulations share it.

import Foundation

/// What decides where a study stands in the order of urgency.
public struct WorklistUrgency: Sendable, Hashable {
    /// When it was received.
    public let receivedAt: Date
    /// Flagged and not signed.
    public let isCritical: Bool
    /// Signed as final.
    public let isSigned: Bool
    /// An image came after the signature.
    public let awaitsAddendum: Bool
    /// When it was signed.
    public let signedAt: Date?
    /// A person must read it without the model.
    public let needsManualReview: Bool
    /// Suspicion of the top finding, 0...1; nil where nothing is known of it.
    public let suspicion: Double?

    /// Gathers the facts.
    public init(
        receivedAt: Date, isCritical: Bool, isSigned: Bool = false, awaitsAddendum: Bool = false,
        signedAt: Date? = nil, needsManualReview: Bool = false, suspicion: Double?
    ) {
        self.receivedAt = receivedAt
        self.isCritical = isCritical
        self.isSigned = isSigned
        self.awaitsAddendum = awaitsAddendum
        self.signedAt = signedAt
        self.needsManualReview = needsManualReview
        self.suspicion = suspicion
    }

    /// A place in the order: smaller tiers first, then smaller values.
    public struct Rank: Sendable, Hashable, Comparable {
        /// 0 critical, 1 past the cap, by hand or awaiting an addendum, 2 by suspicion, 3 signed.
        public let tier: Int
        /// Smaller stands first within a tier.
        public let value: Double

        /// Lexicographic.
        public static func < (left: Rank, right: Rank) -> Bool {
            left.tier != right.tier ? left.tier < right.tier : left.value < right.value
        }
    }

    /// The place under an order by age alone (after the critical) or by suspicion with a cap.
    ///
    /// The cap's bound: a study past it stands before every younger one that is not critical, since
    /// its tier holds only critical ones above it and is sorted by age.
    /// - Parameter cap: the wait after which a study is not overtaken any more, in seconds.
    public func rank(bySuspicion: Bool, at now: Date, cap: Double) -> Rank {
        let age = receivedAt.timeIntervalSince1970
        if isSigned && !awaitsAddendum {
            return Rank(tier: 3, value: -(signedAt ?? receivedAt).timeIntervalSince1970)
        }
        if isCritical { return Rank(tier: 0, value: age) }
        if !bySuspicion { return Rank(tier: 2, value: age) }
        if now.timeIntervalSince(receivedAt) > cap || needsManualReview || awaitsAddendum {
            return Rank(tier: 1, value: age)
        }
        // A study that nothing is known of yet stands before those known to be unsuspicious.
        return Rank(tier: 2, value: -(suspicion ?? 0.5))
    }
}
