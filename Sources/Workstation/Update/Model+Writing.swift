// What helps while a text is written: macros, completion of labels, templates; and the record of
// what was on the screen.

import Foundation
import Radiology
import Terminal

extension Model {
    /// The text after a macro was written out: `.name` before the cursor, and the key is a space or
    /// Enter; nil where there is none.
    func expanded(_ field: TextEditor?, by key: Key) -> TextEditor? {
        guard key == .character(" ") || key == .enter, var field,
            let word = Self.wordBeforeCursor(field), word.hasPrefix("."),
            let text = settings.macros[String(word.dropFirst())]
        else { return nil }
        for _ in word { field.deleteBackward() }
        field.insert(text)
        return field
    }

    /// Completes the label that the word before the cursor begins; once more takes the next that
    /// fits.
    mutating func completeLabel() -> [Effect] {
        switch place {
        case .impression:
            guard let field = study?.signing?.impression, let done = completed(field) else {
                return []
            }
            study?.signing?.impression = done
            study?.draft.impression = done.text
        case .ownText:
            guard var own = study?.signing?.ownText, let done = completed(own.field) else {
                return []
            }
            own.field = done
            study?.signing?.ownText = own
            study?.draft.ownFindings = own.applied
        default: return []
        }
        draftChanged()
        return []
    }

    private mutating func completed(_ given: TextEditor) -> TextEditor? {
        var field = given
        guard let word = Self.labelBeforeCursor(field), !word.isEmpty else {
            show(Notice(.information, "type the beginning of a label first"))
            return nil
        }
        let fourteen = Pathology.foundingFourteen.map(\.displayName)
        let begun: String
        if let whole = fourteen.firstIndex(where: { $0.lowercased() == word.lowercased() }),
            let before = completionPrefix, fourteen[whole].lowercased().hasPrefix(before)
        {
            begun = before
        } else {
            begun = word.lowercased()
        }
        let fitting = Pathology.completions(of: begun).map(\.displayName)
        guard !fitting.isEmpty else {
            show(Notice(.information, "no label begins with \"\(word.inert())\""))
            return nil
        }
        let place = fitting.firstIndex { $0.lowercased() == word.lowercased() }
        let label = fitting[place.map { ($0 + 1) % fitting.count } ?? 0]
        completionPrefix = begun
        for _ in word { field.deleteBackward() }
        // Within a sentence a label is a word like others.
        let isFirst = field.text.prefix(field.cursor).allSatisfy { $0.isWhitespace }
        field.insert(isFirst ? label : label.lowercased())
        if fitting.count > 1 {
            show(Notice(.information, "\(fitting.joined(separator: ", ")): once more for the next"))
        }
        return field
    }

    /// What may be a label before the cursor: two words where they begin one, else one.
    private static func labelBeforeCursor(_ field: TextEditor) -> String? {
        guard let last = wordBeforeCursor(field) else { return nil }
        let before = field.text.prefix(field.cursor).dropLast(last.count)
        guard before.last == " ", let first = before.split(whereSeparator: \.isWhitespace).last
        else { return last }
        let both = "\(first) \(last)"
        return Pathology.completions(of: both).isEmpty ? last : both
    }

    /// The characters before the cursor up to a space.
    static func wordBeforeCursor(_ field: TextEditor) -> String? {
        let before = field.text.prefix(field.cursor)
        guard let last = before.last, !last.isWhitespace else { return nil }
        return String(before.reversed().prefix { !$0.isWhitespace }.reversed())
    }

    /// Opens the impression in the reader's own editor.
    mutating func openEditor() -> [Effect] {
        guard let study, let text = study.signing?.impression.text,
            !requests.isOpen(.edit(study.id))
        else { return [] }
        return keepDraft() + [.edit(text, request: requests.ask(.edit(study.id)))]
    }

    /// Takes the text as the editor left it, for the study that it was opened for.
    mutating func takeEdited(_ text: String, _ request: RequestNumber) -> [Effect] {
        guard case .edit(let id)? = requests.close(request), study?.id == id,
            study?.signing != nil, textObstacle == nil
        else { return [] }
        // An editor ends the last line; the impression did not ask for it.
        let trimmed = text.hasSuffix("\n") ? String(text.dropLast()) : text
        let field = TextEditor(trimmed, isMultiline: true)
        study?.signing?.impression = field
        study?.draft.impression = field.text
        draftChanged()
        return keepDraft()
    }

    /// Chooses a template for the impression.
    mutating func openTemplates() -> [Effect] {
        let list = settings.templates.map { template in
            let lines = template.text.split(whereSeparator: \.isNewline)
            let rest = lines.count - 1
            let more = rest > 0 ? " (+\(rest) line\(rest == 1 ? "" : "s"))" : ""
            return (name: template.name, line: (lines.first.map(String.init) ?? "") + more)
        }
        overlay = .form(
            Form(
                .template, title: "Template",
                words: [
                    "Enter puts it where the cursor stands; nothing is replaced. Its number, its "
                        + "first letters or the arrows choose it."
                ],
                fields: [Form.Field("template", list: list)]))
        return []
    }

    /// Why no template can be put in; nil where one can.
    var templateObstacle: String? {
        textObstacle ?? (settings.templates.isEmpty ? "templates.toml holds none" : nil)
    }

    mutating func putTemplate(_ name: String) {
        guard let template = settings.templates.first(where: { $0.name == name }) else { return }
        study?.signing?.impression.insert(template.text)
        let text = study?.signing?.impression.text ?? ""
        study?.draft.impression = text
        draftChanged()
    }

    /// Notes that the AI's findings of the open study are on the screen, and since when.
    mutating func noteShownAnalysis() {
        guard lock == nil, screen == .study || screen == .signOff, let study, !study.hidesAI,
            let detail = study.detail, detail.failure == nil, let analysis = detail.analysis,
            study.shownSince[analysis.id] == nil
        else { return }
        self.study?.shownSince[analysis.id] = now
    }

    /// What was on the screen of a study until now.
    func viewing(of study: StudyState, _ detail: StudyDetail) -> ViewingRecord {
        var analyses = study.shownSince.sorted {
            ($0.value, $0.key.rawValue) < ($1.value, $1.key.rawValue)
        }
        .map { ShownAnalysis(id: $0.key, wasVisible: true, visibleSince: $0.value) }
        if let last = detail.analysis, study.shownSince[last.id] == nil {
            analyses.append(ShownAnalysis(id: last.id, wasVisible: false, visibleSince: nil))
        }
        let pane = StudyLayout.overviewPane(size: size)
        let images = detail.images.map { image in
            let coverage = study.coverage[image.id] ?? Coverage()
            let overview = study.overviewScale(image, pane: pane, capabilities: capabilities)
            let seen = coverage.shareSeen
            // An overview that shows every pixel is as close as it gets.
            let closely = overview > 1 ? coverage.share(finerThan: overview) : seen
            return SeenImage(
                image: image.id, seenThousandths: Int((seen * 1000).rounded()),
                seenCloselyThousandths: Int((closely * 1000).rounded()))
        }
        return ViewingRecord(analyses: analyses, images: images)
    }
}
