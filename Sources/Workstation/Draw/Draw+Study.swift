// The study: whose it is, the picture, the findings, and how the picture is shown.

import Foundation
import Imaging
import Radiology
import Terminal

extension Canvas {
    mutating func drawStudy() {
        let layout = StudyLayout(size: size, hasPrior: model.study?.prior != nil)
        drawIdentity(in: layout.identity, end: model.placeInList ?? "")
        drawPicturePane(in: layout.picture)
        if !layout.prior.isEmpty {
            drawPrior(in: layout.prior)
            frame.fill(
                Rectangle(
                    column: layout.picture.column - 1, row: layout.picture.row, columns: 1,
                    rows: layout.picture.rows), with: "║", style: Style(.prior))
        }
        let rule = Rectangle(
            column: layout.panel.column - 1, row: layout.panel.row, columns: 1,
            rows: layout.panel.rows)
        let isPictureFocused = model.place == .picture || model.place == .points
        frame.fill(
            rule, with: isPictureFocused ? "┃" : "│",
            style: Style(isPictureFocused ? .borderFocused : studyRole))
        drawPanel(in: layout.panel, findingRows: layout.findingRows)
        drawPictureStatus(in: layout.status)
    }

    /// The role of the frame of the open study: neighbours in the list differ.
    private var studyRole: Role {
        (model.indexInList ?? 0) % 2 == 0 ? .identity : .identityOther
    }

    /// Who the patient is, top left on every screen of a study; what it is, at the right.
    mutating func drawIdentity(in line: Rectangle, end: String) {
        let role = studyRole
        frame.fill(line, style: Style(role))
        // Neighbours in the list differ in colour and in mark.
        frame.put(role == .identity ? "■" : "◆", at: line.origin, style: Style(role))
        guard let entry = model.study?.entry else { return }
        var parts = [Words.ageAndSex(entry)]
        if let birth = CalendarDay(entry.patient.birthDate) { parts.append("b.\(birth.year)") }
        let accession = entry.study.accessionNumber.inert().trimmingSpaces()
        if !accession.isEmpty { parts.append("acc \(accession)") }
        if size.columns >= 120, !entry.patient.identifier.isEmpty {
            parts.append("id \(entry.patient.identifier.inert())")
        }
        // Numbers stay whole; a long name gives way to them.
        let facts = parts.joined(separator: "  ")
        let nameRoom = max(line.columns - 5 - DisplayWidth.of(facts), 12)
        let name = TextLayout.truncated(entry.patient.name.display, to: nameRoom)
        let taken = frame.put(
            "\(name)  \(facts)", at: line.position(columns: 2), style: Style(role),
            width: line.columns - 3)
        let room = line.columns - taken - 5
        guard room >= 6 else { return }
        let full = "\(Words.study(entry)) \(Words.studyTime(entry.study))"
        let short = "\(Words.technique(entry)) \(Words.studyTime(entry.study))"
        let tail = end.isEmpty ? "" : "  \(end)"
        let candidates = [full + tail, short + tail, Words.technique(entry) + tail, end]
        let text = candidates.first { DisplayWidth.of($0) <= room } ?? ""
        putRight(
            text, in: Rectangle(column: taken + 4, row: line.row, columns: room, rows: 1),
            style: Style(role))
    }

    /// Window, zoom, what one cell stands for, which image and frame: what fits, whole.
    mutating func drawPictureStatus(in line: Rectangle) {
        guard let study = model.study else { return }
        var parts: [String] = []
        var used = 0
        for part in pictureStatus(study) where used + DisplayWidth.of(part) <= line.columns - 2 {
            parts.append(part)
            used += DisplayWidth.of(part) + 3
        }
        frame.put(
            parts.joined(separator: " · "), at: line.position(columns: 1), style: Style(.dim),
            width: line.columns - 2)
    }

    /// The parts of the status line, the most important first.
    private func pictureStatus(_ study: StudyState) -> [String] {
        var parts: [String] = []
        if study.hasPicture, let window = study.window {
            let isTable = if case .table = window.shape { true } else { false }
            let numbers =
                isTable ? "LUT" : "W \(Self.number(window.width)) L \(Self.number(window.center))"
            let inverted = study.view.isInverted ? " inverted" : ""
            parts.append("\(numbers) \(Words.origin(window))\(inverted)")
            let processing = study.picture?.processing ?? PictureProcessing()
            parts += [processing.orientation.words, processing.enhancement.words].filter {
                !$0.isEmpty
            }
            if !study.hasFinalPicture { parts.append("working…") }
        }
        if let detail = study.detail, let image = study.image {
            if detail.images.count > 1 {
                let view = image.header.viewPosition.inert()
                parts.append(
                    "image \(study.view.imageIndex + 1)/\(detail.images.count)"
                        + (view.isEmpty ? "" : " \(view)"))
            }
            if image.header.frameCount > 1 {
                parts.append("frame \(study.view.frame + 1)/\(image.header.frameCount)")
            }
        }
        parts += pictureScaleWords(in: model.picturePane)
        if let prompt = study.points.map({ $0.tool.prompt(pointsSet: $0.points.count) }) {
            parts.insert(prompt, at: 0)
        } else if let words = lastMeasurement(study) {
            parts.insert(words, at: min(1, parts.count))
        }
        if study.view.heat != .off, let finding = study.finding {
            let state = study.heat?.request == nil ? "" : " (computing)"
            parts.insert("heat \(finding.pathology.shortName)\(state)", at: min(1, parts.count))
        }
        let notes = pictureNotes(study).count
        if notes > 0 { parts.append("\(notes) note\(notes == 1 ? "" : "s"): r") }
        if let detail = study.detail, !detail.findings.isEmpty {
            parts.append("decided \(study.draft.decisions.count)/\(detail.findings.count)")
        }
        return parts
    }

    /// The last measurement of the image that is shown.
    private func lastMeasurement(_ study: StudyState) -> String? {
        guard let picture = study.picture,
            let last = study.measurements.last(where: {
                $0.image == picture.image && $0.frame == picture.frame
            })
        else { return nil }
        return last.words(
            radiograph: picture.pyramid.radiograph, orientation: picture.processing.orientation)
    }

    static func number(_ value: Double) -> String {
        abs(value) >= 100 || value == value.rounded()
            ? String(format: "%.0f", value) : String(format: "%.3g", value)
    }

    /// What was decided while the file was read, of the image that is shown.
    func pictureNotes(_ study: StudyState) -> [String] {
        var notes = study.image?.notes ?? []
        if study.hasPicture, let picture = study.picture {
            notes += picture.pyramid.radiograph.notes.filter { !notes.contains($0) }
        }
        return notes
    }
}
