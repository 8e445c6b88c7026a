// What must be known besides the findings: in the panel as far as there is room, in the report whole.

import Foundation
import Radiology
import Terminal

extension Model {
    /// True where the panel has room for more than the findings.
    var panelHasRoom: Bool { size.rows >= 34 }

    /// The critical rules that were passed: never left out for want of room.
    func criticalLines(_ analysis: Analysis) -> [TextRun] {
        analysis.criticalFindings.map { finding in
            TextRun("▲ \(finding.criticalRule ?? finding.pathology.displayName)", Style(.critical))
        }
    }

    /// What else must be known of an analysis, the more urgent first.
    func matterLines(_ analysis: Analysis) -> [TextRun] {
        var lines: [TextRun] = []
        let uncertain = analysis.findings.filter { $0.riskLevel == .uncertain }
        if !uncertain.isEmpty {
            let names = uncertain.map(\.pathology.displayName).joined(separator: ", ")
            lines.append(
                TextRun("? passes disagree on \(names): look yourself", Style(.warning)))
        }
        for other in analysis.setAside {
            lines.append(
                TextRun(
                    "\(other.name.inert()): not a frontal view, set aside by the model",
                    Style(.dim)))
        }
        for image in analysis.images {
            for observation in image.quality.observations
            where observation.verdict != .good && observation.name != "frontal chest" {
                let prefix = analysis.images.count > 1 ? "\(image.name.inert()): " : ""
                lines.append(
                    TextRun(
                        "\(prefix)\(observation.name) \(observation.value) "
                            + "(\(observation.verdict.rawValue)): \(observation.meaning)",
                        Style(observation.verdict == .poor ? .warning : .dim)))
            }
        }
        return lines
    }

    /// Where the reading stands: signed, held, drafted.
    func readingLines(_ study: StudyState, _ detail: StudyDetail) -> [TextRun] {
        var lines: [TextRun] = []
        for signOff in detail.signOffs {
            let kind = signOff.meaning == .preliminary ? "preliminary" : "final"
            lines.append(
                TextRun(
                    "✓ \(kind): \(signOff.reader.rawValue.inert()), "
                        + String(UTCTime.text(signOff.signedAt).prefix(16))
                        .replacing("T", with: " ") + " UTC", Style(.success)))
            if panelHasRoom {
                lines.append(TextRun(signOff.reading.impression.inert(keepsNewlines: true)))
            }
        }
        if let claim = detail.entry.claim, claim.reader != session.reader,
            !detail.entry.state.isSigned
        {
            lines.append(TextRun("open \(Words.holder(claim))", Style(.accent)))
        }
        if panelHasRoom, !study.draft.impression.isEmpty, detail.signOffs.isEmpty {
            lines.append(TextRun("Draft impression", Style(.heading)))
            lines.append(TextRun(study.draft.impression.inert(keepsNewlines: true)))
        }
        return lines
    }

    /// What the panel may cut, whole, for the top of the report; nil where there is none.
    ///
    /// While the AI is hidden only what tells nothing of this study: which model, and its notice.
    func panelText(_ study: StudyState, _ detail: StudyDetail) -> String? {
        guard let analysis = detail.analysis, detail.failure == nil else { return nil }
        if study.hidesAI {
            let notice = analysis.model.notice
            return "HIDDEN\n\(Self.impressionObstacle).\n\nMODEL\n"
                + "\(analysis.model.name) \(analysis.model.version)"
                + (notice.isEmpty ? "" : ": \(notice)")
        }
        let lines =
            criticalLines(analysis) + readingLines(study, detail) + matterLines(analysis)
        return lines.isEmpty ? nil : "IN SHORT\n" + lines.map(\.text).joined(separator: "\n")
    }
}
