// A case on the screen: the picture, and the answers beside it.

import Imaging
import Radiology
import ReaderStudy
import Terminal

extension ReadingCanvas {
    mutating func drawReading() {
        let (area, panel) = model.layout
        if model.showsImage {
            drawPicture(in: area)
        } else {
            let text = "Paused. p goes on."
            frame.put(
                text, at: area.centered(columns: text.count, rows: 1).position(),
                style: Style(.warning))
        }
        frame.verticalRule(at: panel.position(columns: -1), rows: panel.rows)
        drawPanel(in: panel)
        if model.showsHelp { drawHelp(in: area) }
    }

    private mutating func drawPicture(in area: Rectangle) {
        guard let picture = model.picture else { return }
        let options = PictureOptions(model.capabilities)
        let key = PictureMemo.Key(
            viewport: picture.viewport, window: picture.window, isInverted: picture.isInverted,
            options: options)
        frame.draw(picture.memo.drawn(key, of: picture.pyramid).frame, at: area.origin)
        drawHeat(picture, in: area)
        drawMarks(picture, in: area)
    }

    private mutating func drawHeat(_ picture: ShownPicture, in area: Rectangle) {
        guard model.showsAdvice, model.showsHeat, let advice = model.advice,
            let heat = advice.heat[model.pathology]
        else { return }
        let peak = advice.heatPeak
        let cells = picture.viewport.pictureCells
        let target = Rectangle(
            column: area.column + cells.column, row: area.row + cells.row,
            columns: cells.columns, rows: cells.rows)
        let radiograph = picture.pyramid.radiograph
        let strengths = (0..<cells.rows * cells.columns).map { index in
            let point = picture.viewport.sourcePoint(
                at: cells.position(
                    columns: index % cells.columns, rows: index / cells.columns))
            return heat.strength(
                x: point.x / Double(radiograph.width), y: point.y / Double(radiograph.height),
                peak: peak)
        }
        frame.drawHeat(strengths, in: target, capabilities: model.capabilities)
    }

    private mutating func drawMarks(_ picture: ShownPicture, in area: Rectangle) {
        for mark in model.session?.marks ?? [] where mark.pathology == model.pathology {
            let place = picture.viewport.position(ofX: Double(mark.column), y: Double(mark.row))
            guard Rectangle(area.size).contains(place) else { continue }
            frame.put(
                "×\(mark.confidence)", at: area.position(columns: place.column, rows: place.row),
                style: Style(.overlay), width: area.columns - place.column)
        }
        if case .marking(let cross) = model.mode {
            let position = area.position(columns: cross.column, rows: cross.row)
            frame.put("+", at: position, style: Style(.overlay))
            frame.cursor = position
        }
    }

    // MARK: the panel

    private mutating func drawPanel(in panel: Rectangle) {
        let inside = panel.inset(columns: 1)
        drawPanelHead(in: inside.line(0))
        let plan = model.plan
        let below = 3 + (plan.actions.isEmpty ? 0 : 1) + (plan.collectsNotes ? 1 : 0)
        let room = max(inside.rows - 1 - below, 1)
        let first = max(min(model.row - room / 2, plan.pathologies.count - room), 0)
        let shown = plan.pathologies.indices.dropFirst(first).prefix(room)
        for index in shown { drawRow(index, in: inside.line(1 + index - first)) }
        var line = 1 + shown.count + 1
        drawSlider(in: inside.line(line))
        line += 1
        if !plan.actions.isEmpty {
            put("action", model.session?.action ?? "not chosen", in: inside.line(line))
            line += 1
        }
        if plan.collectsNotes { drawNote(in: inside.line(line)) }
    }

    private mutating func drawPanelHead(in line: Rectangle) {
        frame.put("finding", at: line.position(columns: 2), style: Style(.heading))
        frame.put(
            "you", at: line.position(columns: 17), style: Style(.heading), width: 8,
            alignment: .right)
        guard model.condition.aid != .none, line.columns > 30 else { return }
        let title = model.showsAdvice ? "AI" : model.session?.phase == .second ? "AI…" : ""
        frame.put(
            title, at: line.position(columns: 26), style: Style(.heading),
            width: line.columns - 26, alignment: .right)
    }

    private mutating func drawRow(_ index: Int, in line: Rectangle) {
        let name = model.plan.pathologies[index]
        let isSelected = index == model.row
        if isSelected {
            frame.fill(line, style: Style(.selection))
            frame.put(
                model.capabilities.unicode ? "▸" : ">", at: line.position(),
                style: Style(.selection))
        }
        let background: Role? = isSelected ? .selection : nil
        frame.put(
            Pathology(name).shortName, at: line.position(columns: 2),
            style: Style(.text, on: background), width: 15)
        frame.put(
            answerRuns(name, isSelected: isSelected, on: background),
            at: line.position(columns: 17), width: 8)
        guard model.showsAdvice, let answer = model.advice?.answers[name] else { return }
        var text = "\(Int((answer.probability * 100).rounded())) %"
        if let uncertainty = answer.uncertainty {
            text += " ±\(Int((uncertainty * 100).rounded()))"
        }
        frame.put(
            text, at: line.position(columns: 26), style: Style(.accent, on: background),
            width: line.columns - 26, alignment: .right)
    }

    /// The answer of a row in eight cells: what is typed, or the first answer and the one now.
    private func answerRuns(_ name: String, isSelected: Bool, on background: Role?) -> [TextRun] {
        func padded(_ text: String, _ style: Style) -> [TextRun] {
            let space = String(repeating: " ", count: max(8 - DisplayWidth.of(text), 0))
            return [TextRun(space, Style(.text, on: background)), TextRun(text, style)]
        }
        if isSelected, !model.typed.isEmpty {
            return padded("\(model.typed)_ ", Style(.input, on: background))
        }
        guard let answer = model.session?.answers[name] else {
            return padded("·· ", Style(.placeholder, on: background))
        }
        let isPresent = answer >= model.plan.callsPresentFrom
        var text = "\(answer)\(isPresent ? "+" : " ")"
        if let first = model.session?.firstAnswers[name], first != answer {
            text = "\(first)→\(text)"
        }
        return padded(text, Style(isPresent ? .chosen : .text, on: background))
    }

    private mutating func drawSlider(in line: Rectangle) {
        let range = model.plan.scale.range
        let answer = model.session?.answers[model.pathology]
        let share = answer.map {
            Double($0 - range.lowerBound) / Double(range.upperBound - range.lowerBound)
        }
        let bar = IntervalBar(mean: share, lower: share ?? 0, upper: share ?? 0)
        let low = "\(range.lowerBound) "
        let high = " \(range.upperBound)"
        let width = line.columns - low.count - high.count
        frame.put(
            [TextRun(low, Style(.dim))] + bar.runs(columns: width) + [TextRun(high, Style(.dim))],
            at: line.position(), width: line.columns)
    }

    private mutating func put(_ title: String, _ value: String, in line: Rectangle) {
        frame.put(
            [TextRun("\(title): ", Style(.dim)), TextRun(value.inert())], at: line.position(),
            width: line.columns)
    }

    private mutating func drawNote(in line: Rectangle) {
        guard case .noting(let editor) = model.mode else {
            let note = model.session?.note ?? ""
            return put("note", note.isEmpty ? "none" : note, in: line)
        }
        let title = frame.put("note: ", at: line.position(), style: Style(.dim))
        let field = editor.line(columns: line.columns - title)
        frame.put(
            TextLayout.padded(field.text, to: line.columns - title),
            at: line.position(columns: title), style: Style(.input), width: line.columns - title)
        frame.cursor = line.position(columns: title + field.cursorColumn)
    }

    private mutating func drawHelp(in area: Rectangle) {
        let lines = [
            "0-9 then Enter: confidence", "left, right: slide; with Shift by one",
            "up, down, Tab, j, k: finding", "s: submit (all findings answered)",
            "m: mark a place, x: take the newest back", "r: recommended action, n: note",
            "w W: windows, [ ]: width, , .: level", "i: black and white exchanged",
            "+ -: zoom, f: whole image, H J K L: pan", "p: pause (image hidden, clock stopped)",
            "Ctrl-C or q: leave; the case goes on later",
        ]
        let box = area.centered(columns: min(48, area.columns), rows: lines.count + 2)
        frame.fill(box, style: Style(.popup))
        frame.box(box, title: "Keys", style: Style(.popupBorder))
        for (row, text) in lines.enumerated() {
            frame.put(
                text, at: box.position(columns: 2, rows: row + 1), style: Style(.popup),
                width: box.columns - 4)
        }
    }
}
