// The study: whose it is, the picture, the findings, and how the picture is shown.

import Foundation
import Imaging
import Radiology
import Terminal

extension Canvas {
    mutating func drawStudy() {
        let layout = StudyLayout(size: size)
        drawIdentity(in: layout.identity, end: model.placeInList ?? "")
        drawPicturePane(in: layout.picture)
        frame.verticalRule(
            at: Position(column: layout.panel.column - 1, row: layout.panel.row),
            rows: layout.panel.rows, style: Style(.pictureBorder))
        drawPanel(in: layout.panel, findingRows: layout.findingRows)
        drawPictureStatus(in: layout.status)
    }

    /// Who the patient is, top left on every screen of a study; what it is, at the right.
    mutating func drawIdentity(in line: Rectangle, end: String) {
        frame.fill(line, style: Style(.identity))
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
        let nameRoom = max(line.columns - 4 - DisplayWidth.of(facts), 12)
        let name = TextLayout.truncated(entry.patient.name.display, to: nameRoom)
        let taken = frame.put(
            "\(name)  \(facts)", at: line.position(columns: 1), style: Style(.identity),
            width: line.columns - 2)
        let room = line.columns - taken - 4
        guard room >= 6 else { return }
        let full = "\(Words.study(entry)) \(Words.studyTime(entry.study))"
        let short = "\(Words.technique(entry)) \(Words.studyTime(entry.study))"
        let tail = end.isEmpty ? "" : "  \(end)"
        let candidates = [full + tail, short + tail, Words.technique(entry) + tail, end]
        let text = candidates.first { DisplayWidth.of($0) <= room } ?? ""
        putRight(
            text, in: Rectangle(column: taken + 3, row: line.row, columns: room, rows: 1),
            style: Style(.identity))
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
        let scale = pictureScaleWords(in: StudyLayout(size: size).picture)
        parts += scale
        let notes = pictureNotes(study).count
        if notes > 0 { parts.append("\(notes) note\(notes == 1 ? "" : "s"): r") }
        if let detail = study.detail, !detail.findings.isEmpty {
            parts.append("decided \(study.draft.decisions.count)/\(detail.findings.count)")
        }
        return parts
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
