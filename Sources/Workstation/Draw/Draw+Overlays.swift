// Windows over the screen: keys, report, finding, message, command line.

import Foundation
import Radiology
import Terminal

/// A window of text: its lines and how many of them it shows.
struct TextWindow {
    let title: String
    let lines: [[TextRun]]
    let top: Int
    let area: Rectangle

    /// Lines of text that fit between the borders.
    var height: Int { max(area.rows - 2, 1) }

    /// The window of the model's overlay; nil where it is none of text.
    init?(_ model: Model) {
        // The first line says whose study this is; no window covers it.
        let body = Rectangle(model.size).divided(bottomRows: 3).rest.divided(topRows: 1).rest
        let columns = min(body.columns - 4, 96)
        let text = columns - 4
        switch model.overlay {
        case .help(let top):
            title = "Keys: \(model.placeBelow.rawValue.lowercased())"
            lines = Self.help(model, columns: text)
            self.top = top
        case .report(let top):
            title = "Report"
            lines = Self.report(model, columns: text).map { [$0] }
            self.top = top
        case .finding(let top):
            title = "Finding"
            lines =
                (model.study?.finding).map {
                    (Self.finding(
                        $0, card: model.study?.detail?.modelCard, columns: text, role: .popup)
                        + Self.yours(model.study, on: $0, columns: text)).map { [$0] }
                } ?? []
            self.top = top
        case .coverage(let top):
            title = "Seen"
            lines = Self.coverage(model, columns: text).map { [$0] }
            self.top = top
        case .calibration(let top):
            title = "Test patterns"
            lines = CalibrationPatterns(model.capabilities).lines(
                columns: text, settings: model.settings, colour: model.capabilities.colour)
            self.top = top
        case .doctor(let found, let top):
            title = "Doctor"
            lines = Self.doctor(model, found, columns: text).map { [$0] }
            self.top = top
        case .message(let top):
            title = "Message"
            lines = Self.message(model, columns: text).map { [$0] }
            self.top = top
        case .palette, .form, nil: return nil
        }
        area = body.centered(columns: columns, rows: min(lines.count + 2, body.rows))
    }

    private static func help(_ model: Model, columns: Int) -> [[TextRun]] {
        let place = model.placeBelow
        let unicode = model.capabilities.unicode
        let commands = Commands.of(place)
        let labels = commands.map { command in
            model.settings.keys.keys(of: command, in: place)
                .map { command.label(of: $0, unicode: unicode) }.joined(separator: " ")
        }
        let width = min(labels.map(DisplayWidth.of).max() ?? 0, 16)
        var lines: [[TextRun]] = []
        for (command, label) in zip(commands, labels) {
            let keys = label.isEmpty ? ":\(command.id)" : label
            let reason = command.reason(model).map { " (not now: \($0))" } ?? ""
            let texts = TextLayout.wrapped(command.help + reason, to: columns - width - 2)
            for (index, text) in texts.enumerated() {
                let left = TextLayout.padded(index == 0 ? keys : "", to: width)
                lines.append([
                    TextRun(left, Style(reason.isEmpty ? .key : .dim)),
                    TextRun("  \(text)", Style(reason.isEmpty ? .popup : .dim)),
                ])
            }
        }
        return lines + legend(place, columns: columns).map { [$0] }
    }

    /// What the marks of a place mean.
    private static func legend(_ place: Place, columns: Int) -> [TextRun] {
        let marks: [String]
        switch place {
        case .worklist, .queue, .search, .filter:
            marks = [
                "▲▲ critical, and unopened for over an hour or very suspicious (7/8 and more)",
                "▲  critical: a rule was passed      ?  the passes disagree on the top finding",
                "✗  failed or not a frontal chest: read it by hand      ✓  signed",
            ]
        case .study, .picture, .points, .decisions:
            marks = [
                "▲ critical   ? passes disagree   • past its bound for the report",
                "you: + present   - absent   u unsure   ≠ the AI says the opposite",
                "● mean   ━ mean ± 2 standard deviations   ┊ bound (critical, else report)",
                "Before you decide, right of that place, after a first impression: "
                    + "≠ it and the AI differ   + you marked it before the AI was shown",
            ]
        case .ownFindings, .ownText, .impression, .confirm, .window, .palette, .form, .lock:
            marks = []
        }
        if marks.isEmpty { return [] }
        return [TextRun(""), TextRun("Marks", Style(.heading))]
            + marks.flatMap { wrapped($0, Style(.popup), columns: columns) }
    }

    private static func report(_ model: Model, columns: Int) -> [TextRun] {
        guard let study = model.study, let detail = study.detail else { return [] }
        var text: String
        if let failure = detail.failure {
            text =
                "\(AnalysisFailure.headline)\n\n\(failure.reason)\n\nDISCLAIMER\n"
                + Disclaimer.text
        } else {
            let report =
                study.hidesAI
                ? nil : detail.analysis.map { ReportWriter.report(of: $0, width: columns) }
            text = [model.panelText(study, detail), report].compactMap(\.self)
                .joined(separator: "\n\n")
        }
        for (index, image) in detail.images.enumerated() where !image.notes.isEmpty {
            text +=
                "\n\nIMAGE \(index + 1)\n" + image.notes.map { "- \($0)" }.joined(separator: "\n")
        }
        for signOff in detail.signOffs {
            text +=
                "\n\nSIGNED by \(signOff.reader.rawValue), \(UTCTime.text(signOff.signedAt))\n"
                + signOff.reading.ownFindings.map { "+ \($0.line)\n" }.joined()
                + signOff.reading.impression
        }
        return text.inert(keepsNewlines: true).split(
            separator: "\n", omittingEmptySubsequences: false
        ).flatMap { line in
            let isHeading = !line.isEmpty && line.allSatisfy { $0.isUppercase || $0 == " " }
            return wrapped(
                String(line), isHeading ? Style(.heading) : Style(.popup), columns: columns)
        }
    }

    private static func message(_ model: Model, columns: Int) -> [TextRun] {
        guard let notice = model.lastNotice else { return [] }
        let detail = notice.detail.isEmpty ? "" : "\n\(notice.detail)"
        return wrapped(
            (notice.text + detail).inert(keepsNewlines: true), Style(.popup), columns: columns)
    }
}

extension Canvas {
    mutating func drawOverlay() {
        if case .palette(let palette) = model.overlay {
            drawPalette(palette)
            return
        }
        if case .form(let form) = model.overlay {
            drawForm(form)
            return
        }
        guard let window = TextWindow(model) else { return }
        let area = window.area
        frame.fill(area, style: Style(.popup))
        frame.box(area, title: window.title, style: Style(.popupBorder))
        let text = area.inset(columns: 2, rows: 1)
        for offset in 0..<text.rows where window.lines.indices.contains(window.top + offset) {
            let runs = window.lines[window.top + offset].map {
                TextRun($0.text, $0.style.background == nil ? $0.style.on(.popup) : $0.style)
            }
            frame.put(runs, at: text.position(rows: offset), width: text.columns)
        }
        let hidden = window.lines.count - window.height
        if hidden > 0 {
            let last = min(window.top + window.height, window.lines.count)
            let place = " \(window.top + 1)-\(last) of \(window.lines.count) "
            frame.put(
                place,
                at: Position(
                    column: area.endColumn - 2 - DisplayWidth.of(place), row: area.endRow - 1),
                style: Style(.popupBorder))
        }
    }

    private mutating func drawPalette(_ palette: Palette) {
        let body = Rectangle(size).divided(bottomRows: 3).rest
        let matches = palette.matches
        let rows = min(max(matches.count, 1), max(body.rows / 2, 4)) + 3
        let columns = min(body.columns - 4, 84)
        let area = Rectangle(
            column: (body.columns - columns) / 2, row: body.endRow - rows, columns: columns,
            rows: rows)
        frame.fill(area, style: Style(.popup))
        frame.box(area, title: "Command", style: Style(.popupBorder))
        let inner = area.inset(columns: 2, rows: 1)
        drawField(palette.field, label: ":", in: inner.line(0))
        let list = inner.divided(topRows: 1).rest
        if matches.isEmpty {
            frame.put(
                "no command here is called that", at: list.origin,
                style: Style(.warning, on: .popup), width: list.columns)
        }
        let top = max(0, palette.choice - list.rows + 1)
        for offset in 0..<list.rows where matches.indices.contains(top + offset) {
            let command = matches[top + offset]
            let line = list.line(offset)
            let keys = model.settings.keys.label(
                of: command, in: palette.place, unicode: capabilities.unicode)
            let isDisabled = command.reason(model) != nil
            let style = Style(isDisabled ? .dim : .popup, on: .popup)
            frame.put(command.id, at: line.origin, style: style, width: 16)
            frame.put(
                keys, at: line.position(columns: 17), style: Style(.key, on: .popup), width: 6)
            frame.put(
                command.help, at: line.position(columns: 24), style: style,
                width: line.columns - 24)
            if top + offset == palette.choice { frame.setBackground(.selection, in: line) }
        }
    }
}
