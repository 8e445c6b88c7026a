// The audit trail's arithmetic: what is hashed, and how a chain is checked.

import Crypto
import Radiology

/// How events are chained.
///
/// The hash of an event is the SHA-256 of the UTF-8 bytes of a canonical JSON object (see
/// `CanonicalJSON`) with exactly these members, all taken from the event's row as they stand there:
///
///     {"actor":text,"detail":text,"format":"wetread-audit-1","kind":text,"previous":64 digits,
///      "sequence":number,"study":number or null,"timestamp":text}
///
/// `detail` is the stored text (itself JSON), hashed as a string. `previous` is the hash of the
/// event before; the first event's is 64 zeros. `Tests/RecordsTests/verify_audit.py` checks a chain
/// by this description alone.
package enum AuditChain {
    /// The hash that stands before the first event.
    package static let genesis = ContentHash(digest: repeatElement(0, count: 32))

    /// An event before it is hashed, as its row holds it.
    package struct Content: Sendable {
        package var sequence: Int64
        package var timestamp: String
        package var actor: String
        package var kind: String
        package var study: Int64?
        package var detail: String
        package var previous: String

        /// Gathers the columns of a row.
        package init(
            sequence: Int64, timestamp: String, actor: String, kind: String, study: Int64?,
            detail: String, previous: String
        ) {
            self.sequence = sequence
            self.timestamp = timestamp
            self.actor = actor
            self.kind = kind
            self.study = study
            self.detail = detail
            self.previous = previous
        }

        /// The hash of this event.
        ///
        /// The members are written in order by hand: a trail of a million
        /// events is checked in seconds.
        package var hash: ContentHash {
            var bytes: [UInt8] = []
            bytes.reserveCapacity(320 + detail.utf8.count)
            bytes.append(contentsOf: "{\"actor\":".utf8)
            CanonicalJSON.append(actor, to: &bytes)
            bytes.append(contentsOf: ",\"detail\":".utf8)
            CanonicalJSON.append(detail, to: &bytes)
            bytes.append(contentsOf: ",\"format\":\"wetread-audit-1\",\"kind\":".utf8)
            CanonicalJSON.append(kind, to: &bytes)
            bytes.append(contentsOf: ",\"previous\":".utf8)
            CanonicalJSON.append(previous, to: &bytes)
            bytes.append(contentsOf: ",\"sequence\":".utf8)
            bytes.append(contentsOf: String(sequence).utf8)
            bytes.append(contentsOf: ",\"study\":".utf8)
            bytes.append(contentsOf: (study.map { String($0) } ?? "null").utf8)
            bytes.append(contentsOf: ",\"timestamp\":".utf8)
            CanonicalJSON.append(timestamp, to: &bytes)
            bytes.append(UInt8(ascii: "}"))
            return ContentHash(of: bytes)
        }
    }
}

/// Where and how the audit trail is broken first.
public struct AuditBreak: Hashable, Sendable {
    /// How it is broken.
    public enum Cause: Hashable, Sendable {
        /// The event's content does not give its hash: it was changed.
        case changed
        /// Events are missing from this one up to (not including) the given number.
        case missing(until: Int64)
        /// The event does not follow the one before: it was inserted, moved or replaced.
        case notFollowing
        /// The trail ends here, but so many events were recorded: the last ones were removed.
        case truncated(recorded: Int64)
        /// The trail goes on after its recorded end: events were added by something else.
        case beyondEnd(recorded: Int64)
        /// The recorded hash of the last event is not the last event's.
        case headChanged
        /// The event speaks of a signed record that is gone or is not what was signed.
        case signOffChanged
        /// A signed record that no event speaks of.
        case signOffUnrecorded
        /// A signed checkpoint states another hash: the trail up to here was rewritten.
        case checkpointDiffers
        /// A stored checkpoint was not signed by the home's key.
        case checkpointForged
    }

    /// The first event that is not as it was recorded.
    public let sequence: Int64
    /// How it is broken.
    public let cause: Cause

    /// Names a break.
    public init(sequence: Int64, cause: Cause) {
        self.sequence = sequence
        self.cause = cause
    }

    /// In words.
    public var description: String {
        switch cause {
        case .changed: "event \(sequence) was changed: its content does not give its hash"
        case .missing(let until):
            until == sequence + 1
                ? "event \(sequence) is missing" : "events \(sequence) to \(until - 1) are missing"
        case .notFollowing:
            "event \(sequence) does not follow the one before it: it was inserted, moved or "
                + "replaced, or the one before was"
        case .truncated(let recorded):
            "the trail ends before event \(sequence), but \(recorded) were recorded: the last ones "
                + "were removed"
        case .beyondEnd(let recorded):
            "event \(sequence) stands after the recorded end (\(recorded)): something else added it"
        case .headChanged: "the recorded end of the trail is not event \(sequence)'s hash"
        case .signOffChanged:
            "the signed record of event \(sequence) is gone or is not what was signed"
        case .signOffUnrecorded:
            "a signed record refers to event \(sequence), which does not speak of it"
        case .checkpointDiffers:
            "event \(sequence) is not the one that a signed checkpoint states: the trail was "
                + "rewritten after the checkpoint before it"
        case .checkpointForged:
            "a checkpoint was not signed by this home's key (events up to \(sequence) are whole)"
        }
    }
}

/// What a check of the audit trail found.
public struct AuditVerification: Hashable, Sendable {
    /// Events read, up to the first that is broken.
    public let eventCount: Int64
    /// Hash of the last good event; keep it elsewhere and compare: it stands for the whole trail.
    public let head: ContentHash
    /// The first break; nil where the trail is whole.
    public let firstBreak: AuditBreak?

    /// Makes a result.
    public init(eventCount: Int64, head: ContentHash, firstBreak: AuditBreak?) {
        self.eventCount = eventCount
        self.head = head
        self.firstBreak = firstBreak
    }

    /// True where no break was found.
    public var isWhole: Bool { firstBreak == nil }

    /// What such a check cannot find, to be said beside every result.
    public static let limits =
        "Not detectable from this machine alone: a trail rewritten by somebody who also has the key "
        + "that signs checkpoints and every place they went to, and an older copy of the whole "
        + "home put in place. Keep checkpoints elsewhere (WETREAD_AUDIT_CHECKPOINTS, "
        + "WETREAD_AUDIT_SYSLOG), or compare the last hash with one kept elsewhere."
}
