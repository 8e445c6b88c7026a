// The picture alone: the whole width for the image, and what may not happen to findings unseen.

import Radiology
import Terminal

extension Model {
    /// The parts of the screen of the open study as they stand now.
    var studyLayout: StudyLayout {
        StudyLayout(
            size: size, hasPrior: study?.prior != nil,
            isPictureAlone: study?.isPictureAlone == true)
    }

    /// Why the picture cannot stand alone; nil where it can, or does already.
    var pictureAloneObstacle: String? {
        study?.isPictureAlone == true ? nil : pictureObstacle
    }

    /// Gives the picture the whole width, or brings the findings back.
    mutating func togglePictureAlone() -> [Effect] {
        guard let study else { return [] }
        if study.isPictureAlone {
            showFindings()
            return []
        }
        changePicturePane { $0.isPictureAlone = true }
        let key = keyLabel(of: "picture-alone", in: .picture)
        let matter = hiddenMatter(study).words
        let what = matter.isEmpty ? "findings hidden" : "findings hidden (\(matter))"
        show(Notice(.information, "\(what); \(key) brings them back"))
        return []
    }

    /// Brings the findings back; a prior is put away where there is no room for it beside them.
    mutating func showFindings() {
        guard study?.isPictureAlone == true else { return }
        changePicturePane { $0.isPictureAlone = false }
        guard study?.prior != nil, studyLayout.prior.isEmpty else { return }
        study?.prior = nil
        let text = "the prior is put away: beside the findings it needs 100 columns"
        show(Notice(.information, text))
    }

    /// Brings the findings back before a command that acts on them.
    ///
    /// - Returns: true where the command must not act yet, because it would record what the reader
    ///   says of a finding that was not on the screen.
    mutating func bringsFindingsBack(for command: Command) -> Bool {
        guard screen == .study else { return false }
        if Commands.showsFindings.contains(command.id) { study?.isDetailFolded = false }
        guard study?.isPictureAlone == true else { return false }
        if Commands.recordsOnFindings.contains(command.id) {
            showFindings()
            let text = "nothing recorded: here are the findings, \(command.title) now acts on ›"
            show(Notice(.warning, text))
            return true
        }
        if Commands.showsFindings.contains(command.id) { showFindings() }
        return false
    }

    /// Gives the letters to the picture or to the findings, which are brought back for it.
    mutating func changePane() -> [Effect] {
        if study?.isPictureAlone == true {
            showFindings()
            study?.isPictureFocused = false
        } else {
            study?.isPictureFocused.toggle()
        }
        if study?.isPictureFocused == false { study?.isDetailFolded = false }
        return []
    }

    /// The first key of a command in a place; its name for the command line where it has none.
    func keyLabel(of id: String, in place: Place) -> String {
        let label = Commands.of(place).first { $0.id == id }.map {
            settings.keys.label(of: $0, in: place, unicode: capabilities.unicode)
        }
        return label.flatMap { $0.isEmpty ? nil : $0 } ?? ":\(id)"
    }

    /// Changes the pane of the picture; the cross of a tool stays on its place of the image.
    private mutating func changePicturePane(_ change: (inout StudyState) -> Void) {
        guard var study else { return }
        let place = study.points.flatMap { points in
            study.viewport(size: pictureSize)?.sourcePoint(at: points.cross)
        }
        study.drag = nil
        change(&study)
        self.study = study
        fitViewport()
        guard let place, let viewport = self.study?.viewport(size: pictureSize) else { return }
        let cell = viewport.position(ofX: place.x, y: place.y)
        self.study?.points?.cross = Position(
            column: min(max(cell.column, 0), max(viewport.size.columns - 1, 0)),
            row: min(max(cell.row, 0), max(viewport.size.rows - 1, 0)))
    }

    /// What the picture alone hides and the key that brings it back, the longest words first;
    /// empty where nothing is hidden.
    var hiddenFindingsWords: [String] {
        guard screen == .study, let study, study.isPictureAlone else { return [] }
        let key = keyLabel(of: "picture-alone", in: .picture)
        let (mark, matter) = hiddenMatter(study)
        let what =
            study.hidesAI ? "marks" : study.detail?.findings.isEmpty == false ? "findings" : "panel"
        let short = "\(what) hidden: \(key)"
        return [
            matter.isEmpty ? "\(short) shows them" : "\(matter) · \(short) shows them",
            matter.isEmpty ? short : "\(matter) · \(short)",
            mark.isEmpty ? short : "\(mark) \(short)",
        ]
    }

    /// The most urgent of what is hidden; nothing of the AI while that is hidden from the reader.
    private func hiddenMatter(_ study: StudyState) -> (mark: String, words: String) {
        guard let detail = study.detail, study.review == nil else { return ("", "") }
        if detail.failure != nil { return ("✗", "✗ analysis failed") }
        if !study.hidesAI, let analysis = detail.analysis {
            if analysis.lacksFrontalChest { return ("✗", "✗ not a frontal chest") }
            let critical = analysis.criticalFindings.count
            if critical > 0 { return ("▲", "▲ \(critical) critical") }
        }
        return detail.signOffs.isEmpty ? ("", "") : ("✓", "✓ signed")
    }
}
