// Critical results: what is open, whom one told, what was false; and peer review.

import Foundation
import Radiology
import Terminal

extension Model {
    /// Takes the open results from the records, and asks again where they changed meanwhile.
    mutating func takeCritical(_ results: [CriticalResult]) -> [Effect] {
        queue.results = Dictionary(grouping: results, by: \.study)
        arrangeQueue()
        return queue.isStale ? reloadCritical() : []
    }

    /// Reads the open results again, after the answer that is on its way where there is one.
    mutating func reloadCritical() -> [Effect] {
        queue.isStale = requests.isOpen(.critical)
        return queue.isStale ? [] : [.loadCritical(request: requests.ask(.critical))]
    }

    /// Orders the queue again.
    mutating func arrangeQueue() {
        queue.selection.show(
            QueueState.rows(of: worklist.items, results: queue.results).map(\.id))
    }

    /// The open results of the study that is selected or open.
    var criticalHere: [CriticalResult] { currentStudy.flatMap { queue.results[$0] } ?? [] }

    /// Why nobody can be told of anything here; nil where somebody can.
    var criticalObstacle: String? {
        if session.isReadOnly { return "this workstation is read-only" }
        if study?.review != nil { return "this is a peer review" }
        return criticalHere.isEmpty ? "no critical result of this study is open" : nil
    }

    /// Whose results they are, for a window over a list.
    private var patientHere: [String] {
        guard let entry = study?.entry ?? currentStudy.flatMap(worklist.entry) else { return [] }
        let accession = entry.study.accessionNumber.inert().trimmingSpaces()
        return [
            "\(entry.patient.name.display)  \(Words.ageAndSex(entry))"
                + (accession.isEmpty ? "" : "  acc \(accession)")
        ]
    }

    /// Asks whom the reader told, by what means, and whether it was read back (NPSG.02.03.01).
    mutating func openCommunication() -> [Effect] {
        let results = criticalHere
        overlay = .form(
            Form(
                .communicate(results), title: "Critical result: whom did you tell?",
                words: patientHere + results.map { Words.due($0, at: now) },
                fields: Self.resultField(results) + [
                    Form.Field("told whom"),
                    Form.Field(
                        "by what means",
                        choices: ["telephone", "in person", "page", "secure message"]),
                    Form.Field("reached", choices: ["yes", "no, an attempt only"]),
                    Form.Field("read back", choices: ["yes", "no"]),
                    Form.Field("comment"),
                ]))
        return []
    }

    /// Asks why a result is false.
    mutating func openDismissal() -> [Effect] {
        let results = criticalHere
        overlay = .form(
            Form(
                .dismiss(results), title: "Dismiss a critical result as false",
                words: patientHere + results.map { Words.due($0, at: now) },
                fields: Self.resultField(results) + [Form.Field("reason")]))
        return []
    }

    private static func resultField(_ results: [CriticalResult]) -> [Form.Field] {
        results.count > 1
            ? [Form.Field("finding", choices: results.map(\.pathology.displayName))] : []
    }

    /// The result that a form is about; nil where none is chosen yet.
    private func chosen(_ form: Form, _ results: [CriticalResult]) -> CriticalResult? {
        results.count == 1
            ? results[0] : results.first { $0.pathology.displayName == form["finding"] }
    }

    mutating func submitCommunication(_ form: Form, _ results: [CriticalResult]) -> [Effect] {
        guard let result = chosen(form, results) else {
            return refuseForm("choose the finding", field: "finding")
        }
        for label in ["told whom", "by what means", "reached"] where form[label].isEmpty {
            return refuseForm(
                "say \(label == "reached" ? "whether they were reached" : label)", field: label)
        }
        let isReached = form["reached"] == "yes"
        if isReached && form["read back"].isEmpty {
            return refuseForm("say whether it was read back", field: "read back")
        }
        let isReadBack = isReached && form["read back"] == "yes"
        if isReached && !isReadBack && form["comment"].isEmpty {
            return refuseForm("say in the comment why nothing was read back", field: "comment")
        }
        let communication = Communication(
            toldWhom: form["told whom"], means: form["by what means"], isReadBack: isReadBack,
            hasSucceeded: isReached, comment: form["comment"])
        return sendForm { .communicate(result.id, communication, request: $0) }
    }

    mutating func submitDismissal(_ form: Form, _ results: [CriticalResult]) -> [Effect] {
        guard let result = chosen(form, results) else {
            return refuseForm("choose the finding", field: "finding")
        }
        let reason = form["reason"]
        guard reason.count(where: { !$0.isWhitespace }) >= 8 else {
            return refuseForm("give the reason in a few words", field: "reason")
        }
        return sendForm { .dismissCritical(result.id, reason: reason, request: $0) }
    }

    // MARK: Peer review

    /// Why this reader scores nothing; nil where they may.
    var peerObstacle: String? {
        if session.isReadOnly { return "this workstation is read-only" }
        return session.meaning == .final ? nil : "reports are scored by readers, not residents"
    }

    mutating func askForPeers() -> [Effect] { [.loadPeers(request: requests.ask(.peers))] }

    /// Opens the oldest study that is offered, blind.
    mutating func takePeers(_ offers: [PeerOffer]) -> [Effect] {
        guard let first = offers.first else {
            show(Notice(.information, "no report is offered to you for review"))
            return []
        }
        guard screen == .worklist || screen == .queue else { return [] }
        origin = screen
        let effects = open(first.study, review: first.review)
        study?.isReadBlind = first.isRead
        let more = offers.count > 1 ? "; \(offers.count - 1) more after it" : ""
        show(
            Notice(
                .information,
                "peer review \(first.review)\(more): report and AI are hidden, s scores"))
        return effects
    }

    /// Asks what the reader sees of the open review; the report is shown once that is stored.
    mutating func openScore(_ review: Int64) -> [Effect] {
        overlay = .form(
            Form(
                .readBlind(review), title: "Peer review \(review): your own reading",
                words: [
                    "Write down what you see. It is stored and never changed; then the report is",
                    "shown and you score it. Words written down before stay as they are.",
                ], fields: [Form.Field("you see")]))
        return []
    }

    mutating func submitBlindReading(_ form: Form, _ review: Int64) -> [Effect] {
        if form["you see"].isEmpty, study?.isReadBlind != true {
            return refuseForm("write down what you see first", field: "you see")
        }
        return sendForm { .readPeer(review, reading: form["you see"], request: $0) }
    }

    /// Shows the report, and asks for the score.
    mutating func takePeerReport(_ review: Int64, _ report: SignOff, _ request: RequestNumber) {
        guard form?.request == request else { return }
        let labels = Pathology.foundingFourteen.map(\.displayName)
        let impression = report.reading.impression.inert(keepsNewlines: true)
        overlay = .form(
            Form(
                .score(review), title: "Peer review \(review): RADPEER score",
                words: ["The report, without who signed it:"]
                    + report.reading.ownFindings.map { "+ \($0.line.inert())" }
                    + impression.split(separator: "\n").map(String.init)
                    + [
                        "", "1 concur · 2 discrepancy, understandable · 3 should usually be made",
                        "a unlikely, b likely to matter to the patient",
                    ],
                fields: [
                    Form.Field("score", choices: PeerScore.allCases.map(\.rawValue)),
                    Form.Field("finding", choices: labels), Form.Field("comment"),
                ]))
    }

    mutating func submitScore(_ form: Form, _ review: Int64) -> [Effect] {
        guard let score = PeerScore(rawValue: form["score"]) else {
            return refuseForm("choose a score", field: "score")
        }
        return sendForm {
            .scorePeer(
                review, score, pathology: Pathology.named(form["finding"]),
                comment: form["comment"], request: $0)
        }
    }

    /// The score is stored: from now on the study is shown as it is.
    mutating func takePeerScore(_ request: RequestNumber) -> [Effect] {
        closeForm(request, saying: "score stored; report and AI are shown now")
        guard let id = study?.id, study?.review != nil else { return [] }
        study?.review = nil
        study?.detail = nil
        let asked = requests.ask(.study(id))
        study?.request = asked
        return [.reloadStudy(id, request: asked)]
    }
}
