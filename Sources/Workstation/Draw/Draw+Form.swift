// A window of fields.

import Foundation
import Radiology
import Terminal

extension Canvas {
    mutating func drawForm(_ form: Form) {
        let body = Rectangle(size).divided(bottomRows: 3).rest.divided(topRows: 1).rest
        let columns = min(body.columns - 2, 78)
        let words = form.words.flatMap { TextLayout.wrapped($0, to: columns - 4) }
        let wordRows = max(min(words.count, body.rows - form.fields.count - 4), 0)
        let list = form.fields.indices.contains(form.focus) ? form.fields[form.focus].listing : []
        let rows = wordRows + form.fields.count + 4 + (list.isEmpty ? 0 : list.count + 1)
        let area = body.centered(columns: columns, rows: min(rows, body.rows))
        frame.fill(area, style: Style(.popup))
        frame.box(area, title: form.title, style: Style(.popupBorder))
        let inner = area.inset(columns: 2, rows: 1)
        for row in 0..<min(wordRows, inner.rows) {
            frame.put(
                words[row], at: inner.position(rows: row), style: Style(.popup),
                width: inner.columns)
        }
        let fields = inner.divided(topRows: wordRows + (wordRows > 0 ? 1 : 0)).rest
        let width = form.fields.map { DisplayWidth.of($0.label) }.max() ?? 0
        for (row, field) in form.fields.enumerated() where row < fields.rows {
            draw(field, isFocused: row == form.focus, labelWidth: width, in: fields.line(row))
        }
        guard fields.rows > form.fields.count else { return }
        if !list.isEmpty {
            let place = fields.divided(topRows: form.fields.count + 1).rest.divided(bottomRows: 1)
            drawList(list, chosen: form.fields[form.focus].choice ?? 0, in: place.rest)
        }
        let foot = fields.line(
            list.isEmpty ? min(form.fields.count, fields.rows - 1) : fields.rows - 1)
        let text = form.request == nil ? form.problem ?? "" : "Storing…"
        frame.put(
            text, at: foot.origin,
            style: Style(form.request == nil ? .warning : .accent, on: .popup),
            width: foot.columns)
    }

    /// The choices of a list, scrolled to the chosen one.
    private mutating func drawList(_ list: [String], chosen: Int, in area: Rectangle) {
        guard area.rows > 0 else { return }
        let top = min(max(0, chosen - area.rows + 1), max(list.count - area.rows, 0))
        for row in 0..<area.rows where list.indices.contains(top + row) {
            let isChosen = top + row == chosen
            let line = area.line(row)
            frame.put(
                (isChosen ? "› " : "  ") + list[top + row], at: line.origin,
                style: Style(isChosen ? .chosen : .popup, on: .popup), width: line.columns - 2)
        }
        drawScrollMark(top: top, shown: area.rows, count: list.count, in: area)
    }

    private mutating func draw(
        _ field: Form.Field, isFocused: Bool, labelWidth: Int, in line: Rectangle
    ) {
        frame.put(
            isFocused ? "›" : " ", at: line.origin, style: Style(.accent, on: .popup))
        frame.put(
            field.label, at: line.position(columns: 2), style: Style(.popup), width: labelWidth)
        let place = Rectangle(
            column: line.column + labelWidth + 4, row: line.row,
            columns: max(line.columns - labelWidth - 4, 1), rows: 1)
        switch field.input {
        case .text(let editor):
            if isFocused {
                drawField(editor, label: "", in: place)
            } else {
                frame.fill(place, style: Style(.input))
                frame.put(
                    editor.text.inert(), at: place.origin, style: Style(.input),
                    width: place.columns)
            }
        case .choice(let words, let index):
            let text = index.map { words[$0] } ?? (isFocused ? words.joined(separator: " / ") : "–")
            let role: Role = index == nil ? .dim : isFocused ? .chosen : .popup
            let taken = frame.put(
                text, at: place.origin, style: Style(role, on: .popup),
                width: place.columns - (isFocused ? 25 : 0))
            if isFocused {
                frame.put(
                    field.isList ? "  number, letters: choose" : "  space, letter: choose",
                    at: place.position(columns: taken),
                    style: Style(.dim, on: .popup), width: place.columns - taken)
                frame.cursor = place.origin
            }
        }
    }
}

extension Words {
    /// A critical result in a line: what, which category, until when, how often tried.
    static func due(_ result: CriticalResult, at now: Date) -> String {
        let attempts = result.steps.count { $0.kind == .attempted }
        let tried = attempts == 0 ? "" : attempts == 1 ? ", 1 attempt" : ", \(attempts) attempts"
        return "\(result.pathology.displayName): \(result.category.name.inert()), due "
            + "\(UTCTime.clock(result.dueAt)) UTC (\(countdown(result, at: now)))\(tried)"
    }

    /// What is left until somebody must have been told: `0:45`, `0:28 half`, `0:10 NEAR`,
    /// `LATE 0:05`.
    static func countdown(_ result: CriticalResult, at now: Date) -> String {
        let seconds = result.dueAt.timeIntervalSince(now)
        let time = duration(seconds: abs(seconds))
        switch result.urgency(at: now) {
        case .inTime: return time
        case .halfGone: return "\(time) half"
        case .nearlyDue: return "\(time) NEAR"
        case .overdue: return "LATE \(time)"
        }
    }

    /// The same for a list that shows other times too: `0:45 left`.
    static func timeLeft(_ result: CriticalResult, at now: Date) -> String {
        let words = countdown(result, at: now)
        return result.urgency(at: now) == .inTime ? "\(words) left" : words
    }

    /// The role of a countdown.
    static func role(_ urgency: CriticalUrgency) -> Role {
        switch urgency {
        case .inTime: .text
        case .halfGone: .accent
        case .nearlyDue: .warning
        case .overdue: .critical
        }
    }
}
