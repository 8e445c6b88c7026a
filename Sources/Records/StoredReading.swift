// Drafts and signed readings as canonical JSON.

import Foundation
import Radiology

/// An own finding as JSON: a text alone, or its parts where it has any.
struct StoredFinding: Codable {
    var text: String
    var pathology: String?
    var side: String?
    var severity: String?
    var location: String?

    init(_ finding: OwnFinding) {
        text = finding.text
        pathology = finding.pathology?.rawValue
        side = finding.side?.rawValue
        severity = finding.severity?.rawValue
        location = finding.location.isEmpty ? nil : finding.location
    }

    init(from decoder: any Decoder) throws {
        if let text = try? decoder.singleValueContainer().decode(String.self) {
            self.init(OwnFinding(text: text))
            return
        }
        let members = try decoder.container(keyedBy: CodingKeys.self)
        let part = { (key: CodingKeys) in
            try members.decodeIfPresent(String.self, forKey: key)
        }
        self.init(
            OwnFinding(
                text: try members.decode(String.self, forKey: .text),
                pathology: try part(.pathology).map { Pathology($0) },
                side: try part(.side).flatMap(Side.init),
                severity: try part(.severity).flatMap(Severity.init),
                location: try part(.location) ?? ""))
    }

    var json: CanonicalJSON {
        let parts = [
            "pathology": pathology, "side": side, "severity": severity, "location": location,
        ].compactMapValues { $0 }
        if parts.isEmpty { return .string(text) }
        var members = parts.mapValues { CanonicalJSON.string($0) }
        members["text"] = .string(text)
        return .object(members)
    }

    var finding: OwnFinding {
        OwnFinding(
            text: text, pathology: pathology.map { Pathology($0) },
            side: side.flatMap(Side.init), severity: severity.flatMap(Severity.init),
            location: location ?? "")
    }
}

/// What was on the screen, as JSON without fractions.
struct StoredViewing: Codable {
    struct Shown: Codable {
        var id: String
        var visible: Bool
        var since: String?
    }

    struct Seen: Codable {
        var image: Int64
        var seen: Int64
        var closely: Int64
    }

    struct First: Codable {
        var locked: String
        var findings: [String]
        var unsure: [String]?

        init(_ first: FirstImpression) {
            locked = Timestamp(first.lockedAt).text
            findings = first.findings.map(\.rawValue)
            unsure = first.unsure.isEmpty ? nil : first.unsure.map(\.rawValue)
        }

        var json: CanonicalJSON {
            var members: [String: CanonicalJSON] = [
                "locked": .string(locked), "findings": .array(findings.map { .string($0) }),
            ]
            if let unsure { members["unsure"] = .array(unsure.map { .string($0) }) }
            return .object(members)
        }

        func impression() throws -> FirstImpression {
            let moment: Timestamp = try .stored(locked)
            return FirstImpression(
                lockedAt: moment.date, findings: findings.map { Pathology($0) },
                unsure: (unsure ?? []).map { Pathology($0) })
        }
    }

    var analyses: [Shown]
    var images: [Seen]
    var first: First?

    init(_ viewing: ViewingRecord) {
        analyses = viewing.analyses.map { shown in
            Shown(
                id: shown.id.rawValue, visible: shown.wasVisible,
                since: shown.visibleSince.map { Timestamp($0).text })
        }
        images = viewing.images.map { seen in
            Seen(
                image: seen.image.rawValue, seen: Int64(seen.seenThousandths),
                closely: Int64(seen.seenCloselyThousandths))
        }
        first = viewing.firstImpression.map(First.init)
    }

    var json: CanonicalJSON {
        var members: [String: CanonicalJSON] = [
            "analyses": .array(
                analyses.map { shown in
                    .object([
                        "id": .string(shown.id), "visible": .boolean(shown.visible),
                        "since": shown.since.map { .string($0) } ?? .null,
                    ])
                }),
            "images": .array(
                images.map { seen in
                    .object([
                        "image": .integer(seen.image), "seen": .integer(seen.seen),
                        "closely": .integer(seen.closely),
                    ])
                }),
        ]
        if let first { members["first"] = first.json }
        return .object(members)
    }

    func viewing() throws -> ViewingRecord {
        ViewingRecord(
            analyses: try analyses.map { shown in
                let since: Timestamp? = try .stored(shown.since)
                return ShownAnalysis(
                    id: AnalysisID(shown.id), wasVisible: shown.visible, visibleSince: since?.date)
            },
            images: images.map { seen in
                SeenImage(
                    image: ImageID(seen.image), seenThousandths: Int(seen.seen),
                    seenCloselyThousandths: Int(seen.closely))
            },
            firstImpression: try first?.impression())
    }
}

/// A draft as JSON: the members that a signed record has too.
struct StoredReading: Codable {
    var decisions: [String: String]
    var ownFindings: [StoredFinding]
    var impression: String

    private enum CodingKeys: String, CodingKey {
        case decisions, impression
        case ownFindings = "own_findings"
    }

    init(_ draft: ReadingDraft) {
        decisions = [:]
        for (pathology, decision) in draft.decisions {
            decisions[pathology.rawValue] = decision.rawValue
        }
        ownFindings = draft.ownFindings.map { StoredFinding($0) }
        impression = draft.impression
    }

    init(text: String) throws {
        self = try JSONDecoder().decode(StoredReading.self, from: Data(text.utf8))
    }

    var members: [String: CanonicalJSON] {
        [
            "decisions": .object(decisions.mapValues { .string($0) }),
            "own_findings": .array(ownFindings.map(\.json)),
            "impression": .string(impression),
        ]
    }

    func draft() throws -> ReadingDraft {
        var draft = ReadingDraft(
            ownFindings: ownFindings.map(\.finding), impression: impression)
        for (label, word) in decisions {
            guard let decision = Decision(rawValue: word) else {
                throw RecordsError.damaged(task: .readStudy, detail: "unknown decision \(word)")
            }
            draft.decisions[Pathology(label)] = decision
        }
        return draft
    }
}
