// How long a site keeps what it has, and what is due to go.

import Foundation

/// A site's rule of retention; nothing is ever removed where it says nothing.
public struct RetentionRule: Hashable, Codable, Sendable {
    /// Days after the last signature from which on the images of a study are removed; nil for never.
    public let imagesAfterDays: Int?
    /// Days after the last signature from which on a study's images, reports, analyses and patient
    /// attributes are removed; nil for never.
    public let recordsAfterDays: Int?

    /// Makes a rule.
    public init(imagesAfterDays: Int? = nil, recordsAfterDays: Int? = nil) {
        self.imagesAfterDays = imagesAfterDays
        self.recordsAfterDays = recordsAfterDays
    }

    /// Keeps everything.
    public static let keepAll = RetentionRule()

    /// What is due for a study that was signed last so many days ago; nil for nothing.
    public func stage(daysSinceSignature days: Double) -> RetentionStage? {
        if let recordsAfterDays, days >= Double(recordsAfterDays) { return .records }
        if let imagesAfterDays, days >= Double(imagesAfterDays) { return .images }
        return nil
    }
}

/// What retention removes of a study.
public enum RetentionStage: String, Codable, Sendable, CaseIterable {
    /// The pixels; reports and analyses stay.
    case images
    /// Images, reports, analyses, drafts and everything that names the patient; the audit trail and
    /// the hashes in it stay.
    case records
}

/// A study that the rule of retention has come to.
public struct RetentionItem: Hashable, Codable, Sendable {
    /// The study.
    public let study: StudyID
    /// What is due to go.
    public let stage: RetentionStage
    /// The last signature, UTC.
    public let signedAt: Date
    /// Stored images that would go.
    public let imageCount: Int
    /// Why it stays all the same, in words (a hold, an addendum that is due, an open critical
    /// result); nil where nothing keeps it.
    public let obstacle: String?

    /// Names a study that is due.
    public init(
        study: StudyID, stage: RetentionStage, signedAt: Date, imageCount: Int, obstacle: String?
    ) {
        self.study = study
        self.stage = stage
        self.signedAt = signedAt
        self.imageCount = imageCount
        self.obstacle = obstacle
    }
}

/// An order to keep a study whatever the rule says (a legal hold).
public struct RetentionHold: Hashable, Codable, Sendable {
    /// The study.
    public let study: StudyID
    /// Since when, UTC.
    public let placedAt: Date
    /// Who ordered it.
    public let by: ReaderID
    /// Why.
    public let reason: String

    /// Makes a hold as stored.
    public init(study: StudyID, placedAt: Date, by: ReaderID, reason: String) {
        self.study = study
        self.placedAt = placedAt
        self.by = by
        self.reason = reason
    }
}
