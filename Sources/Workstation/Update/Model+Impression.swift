// First impression first: the AI stays hidden until the reader has said what they see.

import Foundation
import Radiology
import Terminal

extension Model {
    static let impressionObstacle =
        "the AI is hidden: mark what you see, then I records it and shows the AI"

    /// Hides the AI of the open study where that is asked and no impression is recorded.
    mutating func hideAIWhereAsked() {
        guard let study, let detail = study.detail else { return }
        self.study?.hidesAI =
            showsImpressionFirst && study.impression.recordedAt == nil
            && !detail.entry.state.isSigned && !detail.findings.isEmpty
    }

    /// Turns the mode on or off for this session.
    mutating func toggleImpressionFirst() -> [Effect] {
        if settings.requiresFirstImpression {
            show(Notice(.warning, "this site asks for a first impression of every study"))
            return []
        }
        showsImpressionFirst.toggle()
        hideAIWhereAsked()
        let text =
            showsImpressionFirst
            ? "first impression first: the AI is hidden until you record yours"
            : "the AI is shown at once"
        show(Notice(.information, text))
        return []
    }

    /// Marks the selected pathology in the first impression.
    mutating func look(_ look: FirstLook?) -> [Effect] {
        guard let finding = study?.finding else { return [] }
        study?.impression.looks[finding.pathology] = look
        moveFinding(.rows(1))
        return []
    }

    /// Why no impression can be recorded; nil where it can.
    var recordingObstacle: String? {
        study?.hidesAI == true ? nil : "the AI is shown already"
    }

    /// Records the impression; the AI is shown when it is on disk.
    ///
    /// A workstation that only looks on keeps it for the session.
    mutating func recordImpression() -> [Effect] {
        guard let study else { return [] }
        if session.isReadOnly {
            showAI(recordedAt: now)
            return []
        }
        guard !requests.isOpen(.impression(study.id)) else { return [] }
        let request = requests.ask(.impression(study.id))
        return [
            .recordImpression(
                study.id, findings: study.impression.marked(.present),
                unsure: study.impression.marked(.unsure), request: request)
        ]
    }

    /// What was recorded stands, whatever the keys did since.
    mutating func takeImpression(_ id: StudyID, _ recorded: Radiology.FirstImpression) {
        impressions[id] = FirstImpression(recorded)
        guard study?.id == id else { return }
        study?.impression = FirstImpression(recorded)
        showAI(recordedAt: recorded.lockedAt)
    }

    private mutating func showAI(recordedAt: Date) {
        study?.impression.recordedAt = recordedAt
        study?.hidesAI = false
        guard let study else { return }
        impressions[study.id] = study.impression
        let first = study.findings.first?.pathology
        self.study?.selectedFinding = first
        let differing = study.findings.count { study.impression.disagrees(with: $0) }
        let text =
            differing == 0
            ? "recorded; you and the AI say the same"
            : "recorded; ≠ marks \(differing) where you and the AI differ"
        show(Notice(.information, text))
    }
}
