// Events as DICOM audit messages, for a hospital's audit record repository.

import Foundation
import Radiology

/// One event as an `AuditMessage` of DICOM PS3.15 A.5.1.
///
/// The first code is the event's ID, the second (where there is one) its type; both from the
/// Content Mapping Resource's scheme `DCM` (PS3.16 Annex D, CID 400 and 401).
public struct DICOMAuditMessage: Sendable {
    private struct Code {
        let value: String
        let meaning: String
    }

    private let event: AuditEvent
    private let studyInstanceUID: String?

    /// Makes a message.
    ///
    /// - Parameter studyInstanceUID: of the event's study, where it has one.
    public init(_ event: AuditEvent, studyInstanceUID: String?) {
        self.event = event
        self.studyInstanceUID = studyInstanceUID
    }

    /// The message as XML on one line.
    public var xml: String {
        let id = Self.eventID(event.kind)
        var parts = [
            "<AuditMessage><EventIdentification EventActionCode=\"\(Self.action(event.kind))\" "
                + "EventDateTime=\"\(Timestamp(event.timestamp).text)\" "
                + "EventOutcomeIndicator=\"\(Self.outcome(event.kind))\">",
            Self.element("EventID", id),
        ]
        if let type = Self.eventType(event.kind) {
            parts.append(Self.element("EventTypeCode", type))
        }
        parts.append("</EventIdentification>")
        parts.append(
            "<ActiveParticipant UserID=\"\(Self.escaped(event.actor.rawValue))\" "
                + "UserIsRequestor=\"true\"/>")
        parts.append("<AuditSourceIdentification AuditSourceID=\"wetread\"/>")
        if let studyInstanceUID {
            parts.append(
                Self.object(
                    studyInstanceUID, role: 3,
                    Code(value: "110180", meaning: "Study Instance UID"), details: []))
        }
        // The event as it is chained, so that the message can be held against the trail.
        let details = [
            ("sequence", "\(event.sequence)"), ("kind", event.kind.rawValue),
            ("detail", event.detail), ("hash", event.hash.hexadecimal),
        ]
        parts.append(
            Self.object(
                "wetread-audit-\(event.sequence)", role: 13,
                Code(value: "12", meaning: "URI"), details: details))
        return parts.joined() + "</AuditMessage>"
    }

    private static func object(
        _ id: String, role: Int, _ type: Code, details: [(String, String)]
    ) -> String {
        let inner = details.map { name, value in
            "<ParticipantObjectDetail type=\"\(name)\" "
                + "value=\"\(Data(value.utf8).base64EncodedString())\"/>"
        }.joined()
        let scheme = type.value == "12" ? "RFC-3881" : "DCM"
        return "<ParticipantObjectIdentification ParticipantObjectID=\"\(escaped(id))\" "
            + "ParticipantObjectTypeCode=\"2\" ParticipantObjectTypeCodeRole=\"\(role)\">"
            + "<ParticipantObjectIDTypeCode csd-code=\"\(type.value)\" "
            + "codeSystemName=\"\(scheme)\" originalText=\"\(type.meaning)\"/>"
            + inner + "</ParticipantObjectIdentification>"
    }

    private static func element(_ name: String, _ code: Code) -> String {
        "<\(name) csd-code=\"\(code.value)\" codeSystemName=\"DCM\" "
            + "originalText=\"\(code.meaning)\"/>"
    }

    /// A text inside an XML attribute; what XML 1.0 does not allow is replaced.
    private static func escaped(_ text: String) -> String {
        text.inert().reduce(into: "") { result, character in
            switch character {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            default: result.append(character)
            }
        }
    }

    private static func eventID(_ kind: AuditEventKind) -> Code {
        switch kind {
        case .imported, .refused: Code(value: "110107", meaning: "Import")
        case .opened, .claimed, .released:
            Code(value: "110103", meaning: "DICOM Instances Accessed")
        case .analysed, .analysisFailed, .signed, .reopened, .criticalRaised,
            .criticalCommunicated, .criticalDismissed, .criticalAnnounced, .peerOffered,
            .peerRead, .peerScored, .peerAdjudicated, .impressionRecorded, .holdPlaced, .holdEnded:
            Code(value: "110111", meaning: "Procedure Record")
        case .accessed, .backedUp: Code(value: "110106", meaning: "Export")
        case .removed: Code(value: "110105", meaning: "DICOM Study Deleted")
        case .loggedIn, .loggedOut, .logInFailed, .screenLocked, .screenUnlocked:
            Code(value: "110114", meaning: "User Authentication")
        case .accountAdded, .accountChanged, .secretChanged, .emergencyAccess, .clockSetBack,
            .keyRotated, .restored, .configurationChanged:
            Code(value: "110113", meaning: "Security Alert")
        }
    }

    private static func eventType(_ kind: AuditEventKind) -> Code? {
        switch kind {
        case .loggedIn, .logInFailed, .screenUnlocked: Code(value: "110122", meaning: "Login")
        case .loggedOut, .screenLocked: Code(value: "110123", meaning: "Logout")
        case .emergencyAccess: Code(value: "110127", meaning: "Emergency Override Started")
        case .accountAdded, .secretChanged:
            Code(value: "110137", meaning: "User Security Attributes Changed")
        case .accountChanged: Code(value: "110136", meaning: "Security Roles Changed")
        case .clockSetBack, .keyRotated, .restored, .configurationChanged:
            Code(value: "110129", meaning: "Security Configuration")
        default: nil
        }
    }

    /// Create, read, update or execute (PS3.15 table A.5.2-1).
    private static func action(_ kind: AuditEventKind) -> String {
        switch kind {
        case .imported, .accountAdded, .criticalRaised, .peerOffered, .impressionRecorded,
            .holdPlaced:
            "C"
        case .opened, .accessed, .backedUp: "R"
        case .removed: "D"
        case .claimed, .released, .analysed, .analysisFailed, .signed, .reopened, .accountChanged,
            .secretChanged, .criticalCommunicated, .criticalDismissed, .peerRead, .peerScored,
            .peerAdjudicated, .holdEnded, .configurationChanged:
            "U"
        case .refused, .loggedIn, .loggedOut, .logInFailed, .screenLocked, .screenUnlocked,
            .emergencyAccess, .clockSetBack, .keyRotated, .restored, .criticalAnnounced:
            "E"
        }
    }

    /// 0 success, 4 minor failure.
    private static func outcome(_ kind: AuditEventKind) -> String {
        switch kind {
        case .refused, .logInFailed, .analysisFailed: "4"
        default: "0"
        }
    }
}

/// Which events are asked for.
public struct AuditFilter: Hashable, Sendable {
    /// Only those of one study.
    public var study: StudyID?
    /// Only those of studies that a word finds: a patient's identifier, an accession number, ...
    public var foundBy: String?
    /// Only those of one account.
    public var actor: ReaderID?
    /// Only those from a moment on.
    public var since: Date?
    /// Only those before a moment.
    public var until: Date?

    /// All events, unless something is set.
    public init(
        study: StudyID? = nil, foundBy: String? = nil, actor: ReaderID? = nil, since: Date? = nil,
        until: Date? = nil
    ) {
        self.study = study
        self.foundBy = foundBy
        self.actor = actor
        self.since = since
        self.until = until
    }
}
