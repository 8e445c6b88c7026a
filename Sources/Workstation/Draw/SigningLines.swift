// What a signature would put its name to, in full.

import Foundation
import Radiology
import Terminal

extension Model {
    /// The lines above the signature, with what was never seen at better than the overview.
    func signingLines(_ study: StudyState, columns: Int) -> [TextRun] {
        Words.signingLines(
            study: study, isAddendum: isAddendum,
            unseen: study.unseenWords(
                pane: StudyLayout.overviewPane(size: size), capabilities: capabilities),
            columns: columns)
    }
}

extension Words {
    /// Everything that a signature would put its name to, in lines of `columns` cells.
    ///
    /// - Parameter unseen: what was never seen better than in the overview; nil where all was.
    static func signingLines(
        study: StudyState, isAddendum: Bool = false, unseen: String?, columns: Int
    ) -> [TextRun] {
        guard let detail = study.detail else { return [] }
        var lines: [TextRun] = []
        func add(_ text: String, _ role: Role = .text, indent: Int = 0) {
            let space = String(repeating: " ", count: indent)
            for line in TextLayout.wrapped(text, to: max(columns - indent - 1, 8)) {
                lines.append(TextRun(space + line, Style(role)))
            }
        }
        if let unseen { add("Not yet seen: \(unseen).", .warning) }
        if isAddendum { add(addendumLine(study)) }
        // Next to the impression, so that a contradiction is seen.
        if !isAddendum, let calls = study.callsInALine { add(calls) }
        add(isAddendum ? "Addendum" : "Impression", .heading)
        add(study.draft.impression.inert(keepsNewlines: true), indent: 2)
        add("Own findings", .heading)
        if study.draft.ownFindings.isEmpty { add("none", .dim, indent: 2) }
        for own in study.draft.ownFindings { add("+ \(own.line.inert())", indent: 2) }
        if isAddendum { return lines }
        guard let analysis = detail.analysis, detail.failure == nil else {
            add("No AI findings: \(AnalysisFailure.headline).", .failure)
            return lines
        }
        add("Decisions on the AI findings", .heading)
        let findings = detail.findings.byUrgency
        let absent = findings.filter {
            !SignOffState.stands($0) && study.draft.decisions[$0.pathology] == .agree
        }
        for finding in findings where !absent.contains(finding) {
            let numbers =
                ProbabilityText.short(finding.probability) + " ±" + Words.deviation(finding)
            let row = TextLayout.row([
                (Mark.of(finding).glyph, 1, .left), (finding.pathology.displayName, 19, .left),
                (numbers, 10, .left),
                (decision(study.draft.decisions[finding.pathology], on: finding), 20, .left),
            ])
            lines.append(TextRun(row, Style(finding.isCritical ? .critical : .text)))
        }
        if !absent.isEmpty {
            let names = absent.map {
                "\($0.pathology.displayName) \(ProbabilityText.short($0.probability))"
            }
            add("agree, absent: " + names.joined(separator: ", "), indent: 2)
        }
        add(
            "AI \(analysis.model.name.inert()) \(analysis.model.version.inert()), SHA-256 "
                + "\(analysis.model.sha256.short), T=\(analysis.samples), seed \(analysis.seed), "
                + "analysis \(analysis.id.rawValue.prefix(8))", .dim)
        return lines
    }

    /// To what an addendum is added, and why one is due where it is.
    static func addendumLine(_ study: StudyState) -> String {
        let last = study.detail?.signOffs.last
        let who = last.map { signOff in
            " by \(signOff.reader.rawValue.inert()) at \(UTCTime.clock(signOff.signedAt)) UTC"
        }
        let late =
            study.entry?.awaitsAddendum == true ? " An image came after the signature." : ""
        return
            "Signed\(who ?? "").\(late) What you write here becomes an addendum, a signed record "
            + "of its own; the signed report stays as it is."
    }
}
