// What the mouse does: select, focus, pan, window, magnify. Every one of these has keys too.

import Radiology
import Terminal

extension Model {
    /// Takes or refuses mouse reports; refused, the terminal selects text by itself.
    mutating func toggleMouse() -> [Effect] {
        takesMouse.toggle()
        let text =
            takesMouse
            ? "mouse on: hold Shift to select text" : "mouse off: the terminal selects text"
        show(Notice(.information, text))
        return [.setMouse(takesMouse)]
    }

    /// Answers one mouse report.
    mutating func point(_ event: MouseEvent) -> [Effect] {
        if overlay != nil {
            if event.action == .wheelUp { scrollOverlay(.rows(-3)) }
            if event.action == .wheelDown { scrollOverlay(.rows(3)) }
            return []
        }
        switch screen {
        case .worklist: return pointInList(event, \.worklist.selection)
        case .queue: return pointInList(event, \.queue.selection)
        case .study: return pointInStudy(event)
        case .signOff: return []
        }
    }

    private mutating func pointInList(
        _ event: MouseEvent, _ list: WritableKeyPath<Model, Selection>
    ) -> [Effect] {
        let rows = ListLayout(size: size).rows
        switch event.action {
        case .wheelUp: self[keyPath: list].move(.rows(-3), height: listHeight)
        case .wheelDown: self[keyPath: list].move(.rows(3), height: listHeight)
        case .press where event.button == .left && rows.contains(event.position):
            let row = self[keyPath: list].top + event.position.row - rows.row
            guard self[keyPath: list].rows.indices.contains(row), place != .search,
                place != .filter
            else { return [] }
            // A second press on the selected row opens it.
            if self[keyPath: list].index == row { return openSelected() }
            self[keyPath: list].select(row: row)
        case .press, .drag, .release: break
        }
        return []
    }

    private mutating func pointInStudy(_ event: MouseEvent) -> [Effect] {
        let layout = studyLayout
        if layout.panel.contains(event.position) { return pointInPanel(event, layout) }
        let cell = Position(
            column: event.position.column - layout.picture.column,
            row: event.position.row - layout.picture.row)
        switch event.action {
        case .wheelUp, .wheelDown:
            guard layout.picture.contains(event.position), study?.hasPicture == true else {
                return []
            }
            study?.view.viewport?.zoom(
                by: event.action == .wheelUp ? 1.25 : 0.8, around: cell)
        case .press:
            guard layout.picture.contains(event.position), study?.hasPicture == true else {
                return []
            }
            if study?.points != nil {
                study?.points?.cross = cell
                return event.button == .left ? setPoint() : []
            }
            study?.isPictureFocused = true
            study?.drag = event
        case .drag: drag(to: event)
        case .release: study?.drag = nil
        }
        return []
    }

    /// The left button pans; the right one, or the left with Ctrl, changes window and level.
    private mutating func drag(to event: MouseEvent) {
        guard let last = study?.drag, study?.hasPicture == true else { return }
        let columns = event.position.column - last.position.column
        let rows = event.position.row - last.position.row
        study?.drag = event
        if event.button == .left, !event.modifiers.contains(.control) {
            if study?.view.viewport?.showsWhole == false {
                study?.pan(columns: -columns, rows: -rows)
            }
            return
        }
        // A column is 2 % of the width, a row 2 % of the width up or down in level.
        var factor = 1.0
        for _ in 0..<abs(columns) { factor *= columns > 0 ? 1.02 : 1 / 1.02 }
        _ = changeWindow(width: factor, center: Double(rows) * 0.02)
    }

    private mutating func pointInPanel(_ event: MouseEvent, _ layout: StudyLayout) -> [Effect] {
        switch event.action {
        case .wheelUp: moveFinding(.rows(-1))
        case .wheelDown: moveFinding(.rows(1))
        case .press:
            study?.isPictureFocused = false
            study?.isDetailFolded = false
            guard let study else { return [] }
            let row =
                event.position.row - layout.panel.row - StudyLayout.panelHeadRows
                + study.findingTop
            if study.findings.indices.contains(row), row >= study.findingTop {
                let pathology = study.findings[row].pathology
                self.study?.selectedFinding = pathology
                noteHeat()
            }
        case .drag, .release: break
        }
        return []
    }
}
