// What the keys do in a window of fields.

import Radiology
import Terminal

extension Model {
    /// The form that is open; nil where there is none.
    var form: Form? {
        get { if case .form(let form) = overlay { form } else { nil } }
        set { if let newValue { overlay = .form(newValue) } }
    }

    /// Why nothing can be done in a form that is on its way; nil where something can.
    var formStoringObstacle: String? {
        form?.request == nil ? nil : "it is being stored; it cannot be called back"
    }

    mutating func typeIntoForm(_ key: Key) -> [Effect] {
        guard var form, form.request == nil, form.fields.indices.contains(form.focus) else {
            return []
        }
        form.problem = nil
        form.fields[form.focus].take(key)
        self.form = form
        return []
    }

    mutating func moveForm(_ step: Int) -> [Effect] {
        guard var form, !form.fields.isEmpty else { return [] }
        if form.fields.count == 1, form.fields[0].isList {
            return typeIntoForm(step > 0 ? .down : .up)
        }
        form.focus = (form.focus + step + form.fields.count) % form.fields.count
        self.form = form
        return []
    }

    /// To the next field; from the last one on its way.
    mutating func acceptField() -> [Effect] {
        guard let form else { return [] }
        return form.focus == form.fields.count - 1 ? submitForm() : moveForm(1)
    }

    mutating func cancelForm() -> [Effect] {
        closeOverlay()
    }

    /// Sends what was filled in, or says what is missing.
    mutating func submitForm() -> [Effect] {
        guard let form, form.request == nil else { return [] }
        switch form.purpose {
        case .communicate(let results): return submitCommunication(form, results)
        case .dismiss(let results): return submitDismissal(form, results)
        case .readBlind(let review): return submitBlindReading(form, review)
        case .score(let review): return submitScore(form, review)
        case .template:
            overlay = nil
            putTemplate(form["template"])
            return []
        case .ownFinding: return submitOwnFinding(form)
        }
    }

    /// Says in the form what is missing.
    mutating func refuseForm(_ problem: String, field label: String) -> [Effect] {
        guard var form else { return [] }
        form.problem = problem
        form.focus = form.fields.firstIndex { $0.label == label } ?? form.focus
        self.form = form
        return []
    }

    /// Sends it; the form stays until the answer comes.
    mutating func sendForm(_ make: (RequestNumber) -> Effect) -> [Effect] {
        let request = requests.ask(.form)
        form?.request = request
        return [make(request)]
    }

    mutating func failForm(_ problem: Problem, _ request: RequestNumber) {
        guard form?.request == request else { return }
        form?.request = nil
        form?.problem = problem.summary
    }

    /// Closes the form whose answer this is.
    mutating func closeForm(_ request: RequestNumber, saying text: String) {
        if form?.request == request { overlay = nil }
        show(Notice(.information, text))
    }

    // MARK: Own findings by their parts

    /// Asks for side, severity, label, place and words of a finding.
    mutating func openOwnFindingForm() -> [Effect] {
        let labels = Pathology.foundingFourteen.map(\.displayName)
        overlay = .form(
            Form(
                .ownFinding, title: "Own finding",
                fields: [
                    Form.Field("finding", choices: labels),
                    Form.Field("side", choices: Side.allCases.map(\.rawValue)),
                    Form.Field("severity", choices: Severity.allCases.map(\.rawValue)),
                    Form.Field("where"), Form.Field("words"),
                ]))
        return []
    }

    private mutating func submitOwnFinding(_ form: Form) -> [Effect] {
        let finding = OwnFinding(
            text: form["words"], pathology: Pathology.named(form["finding"]),
            side: Side(rawValue: form["side"]), severity: Severity(rawValue: form["severity"]),
            location: form["where"])
        if finding.pathology == nil && finding.text.isEmpty {
            return refuseForm("a finding needs a label or words", field: "finding")
        }
        overlay = nil
        study?.draft.ownFindings.append(finding)
        study?.signing?.field = .ownFindings
        let last = (study?.draft.ownFindings.count ?? 1) - 1
        study?.signing?.ownRow = last
        draftChanged()
        return []
    }
}
