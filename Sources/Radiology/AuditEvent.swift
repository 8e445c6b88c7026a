// What the audit trail records.

import Foundation

/// Kinds of audited events.
public enum AuditEventKind: String, Codable, Sendable, CaseIterable {
    /// An image was imported.
    case imported
    /// A file was refused at import.
    case refused
    /// A study was analysed.
    case analysed
    /// An analysis failed.
    case analysisFailed
    /// A study was opened on a screen.
    case opened
    /// A reader took a study to sign.
    case claimed
    /// A reader gave it back.
    case released
    /// A reading was signed.
    case signed
    /// Patient data was listed, printed or exported outside the screens.
    case accessed
    /// An account was added.
    case accountAdded
    /// An account was changed by an administrator.
    case accountChanged
    /// Somebody changed their own secret.
    case secretChanged
    /// Somebody logged in.
    case loggedIn
    /// A log-in, a signature's secret or an unlocking failed.
    case logInFailed
    /// Somebody left.
    case loggedOut
    /// A screen was locked.
    case screenLocked
    /// A screen was unlocked.
    case screenUnlocked
    /// Somebody took emergency access.
    case emergencyAccess
    /// A critical result was raised.
    case criticalRaised
    /// Somebody was told of a critical result, or an attempt failed.
    case criticalCommunicated
    /// A critical result was dismissed as false.
    case criticalDismissed
    /// A critical result was announced or escalated.
    case criticalAnnounced
    /// A late image re-opened a signed study for an addendum.
    case reopened
    /// A report was offered to another reader.
    case peerOffered
    /// Another reader wrote down what they see, and was shown the report.
    case peerRead
    /// Another reader scored a report.
    case peerScored
    /// A third reader decided a scored report.
    case peerAdjudicated
    /// The records were backed up.
    case backedUp
    /// The records were restored from a backup.
    case restored
    /// The home got a new key.
    case keyRotated
    /// The system's clock was found behind the last event.
    case clockSetBack
    /// A reader's own call was recorded before the AI was shown.
    case impressionRecorded
    /// Images, or all that names a patient, were removed by the rule of retention.
    case removed
    /// A study is kept whatever the rule of retention says.
    case holdPlaced
    /// Such an order was ended.
    case holdEnded
    /// The records were opened under other rules than the time before.
    case configurationChanged
}

/// One event of the audit trail.
///
/// Each event's hash covers its content and the hash before it, so that a change, a removal or an
/// insertion anywhere breaks the chain from there on.
public struct AuditEvent: Hashable, Codable, Sendable {
    /// Position in the chain, from 1 without gaps.
    public let sequence: Int64
    /// When, UTC.
    public let timestamp: Date
    /// Who.
    public let actor: ReaderID
    /// What.
    public let kind: AuditEventKind
    /// Which study, where it concerns one.
    public let study: StudyID?
    /// Details without patient data, as canonical JSON.
    public let detail: String
    /// Hash of the event before.
    public let previousHash: ContentHash
    /// Hash of this event.
    public let hash: ContentHash

    /// Makes an event as stored.
    public init(
        sequence: Int64, timestamp: Date, actor: ReaderID, kind: AuditEventKind, study: StudyID?,
        detail: String, previousHash: ContentHash, hash: ContentHash
    ) {
        self.sequence = sequence
        self.timestamp = timestamp
        self.actor = actor
        self.kind = kind
        self.study = study
        self.detail = detail
        self.previousHash = previousHash
        self.hash = hash
    }
}
