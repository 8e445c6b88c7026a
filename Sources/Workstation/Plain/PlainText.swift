// The screens as lines of plain text, for screen readers, pipes and very slow lines.

import Foundation
import Radiology
import Terminal

/// What a place shows, said in lines: no boxes, no columns, one thing a line.
public enum PlainText {
    /// Rows of a list that are said at once.
    private static let rowCount = 10

    /// Everything the model's place shows now.
    public static func lines(_ model: Model) -> [String] {
        var lines: [String] = []
        if let notice = model.notice {
            lines.append(notice.text)
            if !notice.detail.isEmpty { lines.append(notice.detail) }
        }
        if let window = window(model) { return lines + window }
        if let form = model.form { return lines + Self.lines(form) + [prompt(model)] }
        switch model.screen {
        case .worklist: lines += list(model, model.worklist.selection, name: "Worklist")
        case .queue: lines += list(model, model.queue.selection, name: "Critical queue")
        case .study: lines += study(model)
        case .signOff: lines += signOff(model)
        }
        return lines + [prompt(model)]
    }

    /// The commands of the place, one a line, and how they are given.
    public static func help(_ model: Model) -> [String] {
        let place = model.placeBelow
        return [
            "Commands here (\(place.rawValue.lowercased())); type a name, its key, or a row's number:"
        ]
            + Commands.of(place).map { command in
                let keys = model.settings.keys.keys(of: command, in: place)
                    .map { command.label(of: $0, unicode: false) }.joined(separator: " or ")
                let reason = command.reason(model).map { " Not now: \($0)." } ?? ""
                return "\(command.id)\(keys.isEmpty ? "" : " (\(keys))"): \(command.help)\(reason)"
            }
    }

    /// What a line may be here.
    private static func prompt(_ model: Model) -> String {
        switch model.place {
        case .search: return "Type the text to go to, then Enter; . alone gives up."
        case .filter: return "Type the filter, then Enter: \(WorklistQuery.help). . alone gives up."
        case .ownText: return "Type the finding, then Enter; . alone drops it."
        case .impression: return "Impression: type lines; . alone ends it."
        case .form: return "Type the selected field, then Enter; . alone closes the window."
        case .confirm:
            let what = model.study?.detail?.signsByAccession == true ? "accession" : "study's UID"
            return "To sign, type the last four characters of the \(what); . alone goes back."
        default: return "help lists the commands. \(Disclaimer.footer)"
        }
    }

    private static func lines(_ form: Form) -> [String] {
        var lines = [form.title + ":"] + form.words
        for (index, field) in form.fields.enumerated() {
            var text = "\(field.label)\(index == form.focus ? " (selected)" : ""): \(field.value)"
            if index == form.focus, case .choice(let words, _) = field.input {
                text += "(one of \(words.joined(separator: ", ")))"
            }
            lines.append(text)
        }
        return lines + [form.problem].compactMap(\.self)
    }

    private static func window(_ model: Model) -> [String]? {
        guard let window = TextWindow(model) else { return nil }
        // Histograms are pictures: the numbers of the passes stand below them.
        return [window.title + ":"]
            + window.lines.map { runs in runs.map(\.text).joined() }
            .filter { line in !line.contains { "─▁▂▃▄▅▆▇█".contains($0) } }
    }

    // MARK: Lists

    private static func list(_ model: Model, _ selection: Selection, name: String) -> [String] {
        let list = model.worklist
        if let problem = list.problem, !list.isLoaded {
            return ["The worklist cannot be read.", problem.summary, problem.remedy]
        }
        guard let index = selection.index else {
            return list.items.isEmpty
                ? ["The worklist is empty. Take studies in with: wetread import PATH..."]
                : ["\(name): no study here. clear shows all."]
        }
        var lines = [
            "\(name), \(list.tab.title.inert()): \(list.criticalCount) critical, \(list.unreadCount) "
                + "to read. Row \(index + 1) of \(selection.rows.count) is selected."
        ]
        let first = index / rowCount * rowCount
        for row in first..<min(first + rowCount, selection.rows.count) {
            guard let entry = list.entry(selection.rows[row]) else { continue }
            lines.append("\(row + 1)\(row == index ? " (selected)" : ""): " + words(entry, model))
        }
        if let entry = list.entry(selection.study) {
            lines.append(
                "Row \(index + 1): "
                    + entry.placeInWords(at: model.now, cap: model.settings.waitingCapSeconds))
        }
        return lines
    }

    private static func words(_ entry: WorklistEntry, _ model: Model) -> String {
        var parts: [String] = []
        if entry.isCritical { parts.append("CRITICAL") }
        parts.append(entry.patient.name.display)
        parts.append(Words.ageAndSex(entry))
        parts.append(Words.technique(entry))
        if let due = model.queue.results[entry.id]?.first {
            parts.append("somebody must be told: \(Words.timeLeft(due, at: model.now))")
        }
        if !entry.state.isSigned {
            parts.append("waits " + Words.duration(seconds: entry.waitingSeconds(at: model.now)))
        }
        let isHidden = model.showsImpressionFirst && model.impressions[entry.id]?.recordedAt == nil
        if let top = entry.topFinding, !isHidden {
            parts.append(
                "\(top.pathology.displayName) \(ProbabilityText.short(top.probability))")
        }
        parts.append(Words.state(entry))
        return parts.filter { !$0.isEmpty }.joined(separator: ", ")
    }

    // MARK: Study

    private static func identity(_ entry: WorklistEntry) -> String {
        var parts = [entry.patient.name.display, Words.ageAndSex(entry)]
        if let birth = CalendarDay(entry.patient.birthDate) { parts.append("born \(birth.year)") }
        parts.append("accession \(entry.study.accessionNumber.inert().trimmingSpaces())")
        parts.append(Words.study(entry))
        return parts.joined(separator: ", ")
    }

    private static func study(_ model: Model) -> [String] {
        guard let study = model.study, let entry = study.entry else { return [] }
        var lines = ["Study: " + identity(entry)]
        guard let detail = study.detail else { return lines + ["Reading the study."] }
        for image in detail.images.enumerated() {
            lines.append(
                "Image \(image.offset + 1): \(image.element.header.nameInWords.inert()); pictures are "
                    + "not shown in this mode.")
        }
        for signOff in detail.signOffs {
            lines.append(
                "Signed by \(signOff.reader.rawValue.inert()): "
                    + signOff.reading.impression.inert(keepsNewlines: true))
        }
        if let failure = detail.failure {
            return lines + ["\(AnalysisFailure.headline): \(failure.reason.inert())"]
        }
        if study.review != nil {
            return lines + ["Peer review: report and AI are hidden until you have scored it."]
        }
        guard let analysis = detail.analysis else { return lines + ["Not analysed yet."] }
        lines.append(
            "AI \(analysis.model.name.inert()) \(analysis.model.version.inert())"
                + (analysis.model.notice.isEmpty ? "" : ", " + analysis.model.notice.inert()) + ".")
        if analysis.lacksFrontalChest { lines.append("Not a frontal chest: do not rely on it.") }
        if study.hidesAI { lines.append("The AI is hidden until you record a first impression.") }
        for finding in study.findings {
            let selected = finding.pathology == study.finding?.pathology ? " (selected)" : ""
            if study.hidesAI {
                let look = study.impression.looks[finding.pathology]
                let word = look == .present ? "present" : look == .unsure ? "unsure" : "not seen"
                lines.append("\(finding.pathology.displayName)\(selected): \(word)")
            } else {
                lines.append(words(finding, study) + selected)
            }
        }
        return lines
    }

    private static func words(_ finding: Finding, _ study: StudyState) -> String {
        var text = finding.isCritical ? "CRITICAL " : ""
        text += "\(finding.pathology.displayName): \(ProbabilityText.short(finding.probability))"
        if finding.uncertainty != nil { text += " plus or minus \(Words.deviation(finding))" }
        text += ", \(finding.riskLevel.word)"
        if let area = study.detail?.modelCard?.areas[finding.pathology] {
            text += ", AUC \(ProbabilityText.short(area.value))"
        }
        if study.impression.recordedAt != nil, study.impression.disagrees(with: finding) {
            text += ", differs from your first impression"
        }
        return text + ", " + Words.decision(study.draft.decisions[finding.pathology], on: finding)
    }

    // MARK: Sign-off

    private static func signOff(_ model: Model) -> [String] {
        guard let study = model.study, let entry = study.entry, let signing = study.signing else {
            return []
        }
        var lines = ["Sign-off: " + identity(entry)]
        if signing.step != .editing {
            lines += model.signingLines(study, columns: 200).map(\.text)
            return lines + [SignOff.statement(meaning: model.signingMeaning)]
        }
        for row in model.signOffRows {
            switch row {
            case .finding(let finding):
                let selected = finding.pathology == signing.selected ? " (selected)" : ""
                lines.append(words(finding, study) + selected)
            case .rest(let findings):
                let open = findings.count { study.draft.decisions[$0.pathology] == nil }
                lines.append(
                    "\(findings.count) below their bounds, \(open) undecided; none-present says that "
                        + "none is there" + (signing.selected == nil ? " (selected)" : ""))
            }
        }
        for own in study.draft.ownFindings { lines.append("Own finding: \(own.line.inert())") }
        let impression = study.draft.impression.inert(keepsNewlines: true)
        lines.append("Impression: " + (impression.isEmpty ? "empty" : impression))
        lines.append("Field: \(model.place.rawValue)")
        if let obstacle = model.signatureObstacle { lines.append("To sign: \(obstacle).") }
        return lines
    }
}
