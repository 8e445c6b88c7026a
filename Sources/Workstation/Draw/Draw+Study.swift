// The study: whose it is, the picture, the findings, and how the picture is shown.

import Foundation
import Imaging
import Radiology
import Terminal

extension Canvas {
    mutating func drawStudy() {
        let layout = model.studyLayout
        drawIdentity(
            in: layout.identity, end: model.placeInList ?? "",
            notices: hasIdentityNotice ? model.hiddenFindingsWords : [])
        drawPicturePane(in: layout.picture)
        if !layout.prior.isEmpty {
            drawPrior(in: layout.prior)
            frame.fill(
                Rectangle(
                    column: layout.picture.column - 1, row: layout.picture.row, columns: 1,
                    rows: layout.picture.rows), with: "║", style: Style(.prior))
        }
        defer { drawPictureStatus(in: layout.status) }
        if layout.panel.isEmpty { return }
        let rule = Rectangle(
            column: layout.panel.column - 1, row: layout.panel.row, columns: 1,
            rows: layout.panel.rows)
        let isPictureFocused = model.place == .picture || model.place == .points
        frame.fill(
            rule, with: isPictureFocused ? "┃" : "│",
            style: Style(isPictureFocused ? .borderFocused : studyRole))
        drawPanel(in: layout.panel, findingRows: layout.findingRows)
    }

    /// The role of the frame of the open study: neighbours in the list differ.
    private var studyRole: Role {
        (model.indexInList ?? 0) % 2 == 0 ? .identity : .identityOther
    }

    /// True where the first line has room for what is hidden; else the status line says it.
    var hasIdentityNotice: Bool { size.columns >= 72 }

    /// Who the patient is, top left on every screen of a study; what it is, at the right.
    ///
    /// - Parameter notices: what must be known of the screen, in ever fewer words; the last of them
    ///   comes before what the study is.
    mutating func drawIdentity(in line: Rectangle, end: String, notices: [String] = []) {
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
        let reserve = notices.last.map { DisplayWidth.of($0) + 4 } ?? 0
        let nameRoom = max(line.columns - 5 - DisplayWidth.of(facts) - reserve, 12)
        let name = TextLayout.truncated(entry.patient.name.display, to: nameRoom)
        let taken = frame.put(
            "\(name)  \(facts)", at: line.position(columns: 2), style: Style(role),
            width: line.columns - 3)
        var room = line.columns - taken - 5
        if let least = notices.last {
            let notice = notices.first { DisplayWidth.of($0) + 12 <= room } ?? least
            let place = Rectangle(column: taken + 4, row: line.row, columns: room, rows: 1)
            putRight(
                TextLayout.truncated(notice, to: place.columns), in: place, style: Style(.warning))
            room -= DisplayWidth.of(notice) + 2
        }
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

    /// What was decided while the file was read, of the image that is shown.
    func pictureNotes(_ study: StudyState) -> [String] {
        var notes = study.image?.notes ?? []
        if study.hasPicture, let picture = study.picture {
            notes += picture.pyramid.radiograph.notes.filter { !notes.contains($0) }
        }
        return notes
    }
}
