// What another reader's signed study looks like before it is scored.

import Radiology

/// A study that this reader may score, without its report.
public struct PeerOffer: Sendable, Equatable {
    /// The number of the review.
    public let review: Int64
    /// The study.
    public let study: StudyID
    /// True where this reader's own reading is stored already.
    public let isRead: Bool

    /// Names an offer.
    public init(review: Int64, study: StudyID, isRead: Bool) {
        self.review = review
        self.study = study
        self.isRead = isRead
    }
}
