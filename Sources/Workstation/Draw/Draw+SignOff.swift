// The sign-off: decisions, own findings, impression; and the last look before the signature.

import Foundation
import Radiology
import Terminal

/// The parts of the sign-off screen.
struct SignOffLayout: Equatable {
    let identity: Rectangle
    /// The picture beside the fields, where there is room for both; else empty.
    let picture: Rectangle
    let fields: Rectangle
    let headings: Rectangle
    let decisions: Rectangle
    let ownFindings: Rectangle
    let impression: Rectangle
    let state: Rectangle

    init(size: GridSize, rowCount: Int) {
        let whole = Rectangle(size).divided(bottomRows: 3).rest
        let (head, body) = whole.divided(topRows: 1)
        identity = head
        if size.columns >= 116 {
            (picture, fields) = body.divided(rightColumns: max(64, size.columns / 2), gap: 1)
        } else {
            picture = Rectangle(column: 0, row: 0, columns: 0, rows: 0)
            fields = body
        }
        let (upper, lower) = fields.divided(bottomRows: 3)
        state = lower
        let ownRows = upper.rows >= 24 ? 5 : 3
        let textRows = upper.rows >= 30 ? 9 : upper.rows >= 20 ? 6 : 4
        let listRows = min(rowCount, max(upper.rows - 1 - ownRows - textRows, 1))
        headings = upper.line(0)
        let (list, rest) = upper.divided(topRows: 1).rest.divided(topRows: listRows)
        decisions = list
        (ownFindings, impression) = rest.divided(topRows: ownRows)
    }
}

extension Canvas {
    mutating func drawSignOff() {
        guard let study = model.study, let signing = study.signing, study.detail != nil else {
            return
        }
        guard signing.step == .editing else {
            drawConfirmation(study, signing)
            return
        }
        let rows = model.signOffRows
        let layout = SignOffLayout(
            size: size, rowCount: max(rows.count, model.isAddendum ? 5 : 1))
        drawIdentity(in: layout.identity, end: "sign-off 1/2")
        if !layout.picture.isEmpty {
            drawPicturePane(in: layout.picture)
            // No status line stands here that would say so.
            if showsPreview {
                frame.put("PREVIEW", at: layout.picture.position(), style: Style(.overlay))
            }
            frame.verticalRule(
                at: Position(column: layout.fields.column - 1, row: layout.fields.row),
                rows: layout.fields.rows, style: Style(.pictureBorder))
        }
        drawDecisions(rows, study: study, layout: layout)
        drawOwnFindings(study, signing, in: layout.ownFindings)
        drawHiddenRows(
            rows, study: study, shown: layout.decisions.rows, in: layout.ownFindings.line(0))
        drawImpression(study, signing, in: layout.impression)
        drawSignOffState(study, in: layout.state)
    }

    private func heading(_ text: String, isFocused: Bool) -> TextRun {
        TextRun(
            (isFocused ? "› " : "  ") + text,
            isFocused ? Style(.accent, attributes: .bold) : Style(.heading))
    }

    private mutating func drawDecisions(
        _ rows: [DecisionRow], study: StudyState, layout: SignOffLayout
    ) {
        let isFocused = study.signing?.field == .decisions
        let line = layout.headings
        if model.isAddendum {
            frame.put([heading("Addendum", isFocused: isFocused)], at: line.origin)
            drawParagraphs(
                [TextRun(Words.addendumLine(study), Style(.text))],
                in: layout.decisions.inset(columns: 2))
            return
        }
        let numbers = decisionNumberColumn(line)
        frame.put([heading("AI finding", isFocused: isFocused)], at: line.origin)
        frame.put(
            "   p    ±", at: line.position(columns: numbers), style: Style(.heading))
        let columns = callColumns(line)
        if let ai = columns.ai {
            frame.put("AI says", at: line.position(columns: ai), style: Style(.heading))
        }
        frame.put(
            "you say", at: line.position(columns: columns.you + 1), style: Style(.heading),
            width: line.columns - columns.you - 1)
        let area = layout.decisions
        if rows.isEmpty {
            let reason =
                study.detail?.failure == nil ? "Not analysed." : AnalysisFailure.headline
            frame.put(
                "\(reason) No AI finding to decide on.", at: area.position(columns: 4),
                style: Style(.failure), width: area.columns - 4)
            return
        }
        let top = study.signing?.top ?? 0
        for offset in 0..<area.rows where rows.indices.contains(top + offset) {
            let row = rows[top + offset]
            let line = area.line(offset)
            switch row {
            case .finding(let finding): drawDecision(finding, study: study, in: line)
            case .rest(let findings): drawRest(findings, study: study, in: line)
            }
            if isFocused, row.pathology == study.signing?.selected {
                frame.setBackground(.selection, in: line)
                frame[line.origin] = Cell("›", style: Style(.accent, on: .selection))
            }
        }
        drawScrollMark(top: top, shown: area.rows, count: rows.count, in: area)
    }

    /// Below the list: how many of its rows do not fit, and what of them is undecided or critical.
    private mutating func drawHiddenRows(
        _ rows: [DecisionRow], study: StudyState, shown: Int, in line: Rectangle
    ) {
        let top = study.signing?.top ?? 0
        let parts = [
            Self.hiddenWords(rows.prefix(top), "↑", "above", study: study),
            Self.hiddenWords(rows.dropFirst(top + shown), "↓", "below", study: study),
        ].compactMap(\.self)
        let room = Rectangle(
            column: line.column + 16, row: line.row, columns: max(line.columns - 17, 0), rows: 1)
        let whole = parts.map(\.words).joined(separator: " · ")
        let text =
            DisplayWidth.of(whole) <= room.columns
            ? whole : parts.map(\.short).joined(separator: " · ")
        let isOpen = parts.contains { $0.openCount > 0 }
        putRight(text, in: room, style: Style(isOpen ? .warning : .accent))
    }

    private static func hiddenWords(
        _ rows: ArraySlice<DecisionRow>, _ arrow: String, _ place: String, study: StudyState
    ) -> (words: String, short: String, openCount: Int)? {
        guard !rows.isEmpty else { return nil }
        let findings = rows.flatMap { row in
            switch row {
            case .finding(let finding): [finding]
            // Opened, its findings are rows of their own.
            case .rest(let rest): study.signing?.isExpanded == true ? [] : rest
            }
        }
        let critical = findings.count(where: \.isCritical)
        let open = findings.count { study.draft.decisions[$0.pathology] == nil }
        var words = "\(arrow) \(findings.count) \(place)"
        let short = "\(arrow) \(findings.count), \(open) undecided"
        if critical > 0 { words += ", \(critical) critical" }
        words += open > 0 ? ", \(open) undecided" : ", all decided"
        return (words, short, open)
    }

    private func decisionNumberColumn(_ line: Rectangle) -> Int { line.columns >= 66 ? 23 : 19 }

    private mutating func drawDecision(
        _ finding: Finding, study: StudyState, in line: Rectangle
    ) {
        let mark = Mark.of(finding)
        let role: Role = finding.isCritical ? .critical : .text
        let numbers = decisionNumberColumn(line)
        frame.put(mark.glyph, at: line.position(columns: 2), style: Style(mark.role))
        let full = finding.pathology.displayName
        frame.put(
            DisplayWidth.of(full) <= numbers - 4 ? full : finding.pathology.shortName,
            at: line.position(columns: 4), style: Style(role), width: numbers - 4)
        frame.put(
            ProbabilityText.short(finding.probability), at: line.position(columns: numbers),
            style: Style(role), width: 4, alignment: .right)
        frame.put(
            Words.deviation(finding), at: line.position(columns: numbers + 5), style: Style(.dim),
            width: 4, alignment: .right)
        drawCall(on: finding, study: study, in: line)
    }

    /// Where it stands what the AI says (nil without room for it) and what the reader says.
    private func callColumns(_ line: Rectangle) -> (ai: Int?, you: Int) {
        let numbers = decisionNumberColumn(line)
        return line.columns >= 78 ? (numbers + 11, numbers + 20) : (nil, numbers + 10)
    }

    /// Present, absent or unsure, each in its own column, what was chosen in brackets; then whether
    /// the AI says the opposite.
    private mutating func drawCall(
        on finding: Finding, study: StudyState, in line: Rectangle
    ) {
        let columns = callColumns(line)
        if let ai = columns.ai {
            frame.put(
                ReaderCall.aiWord(finding), at: line.position(columns: ai), style: Style(.dim))
        }
        let chosen = study.call(on: finding)
        var column = columns.you
        for call in [ReaderCall.present, .absent, .unsure] {
            let isChosen = call == chosen?.call
            let text = isChosen ? "[\(call.word)]" : " \(call.word) "
            let style = Style(isChosen ? .chosen : .dim)
            column += frame.put(text, at: line.position(columns: column), style: style)
        }
        let room = line.columns - column - 1
        let note =
            chosen == nil
            ? room >= 10 ? "undecided" : "open" : chosen?.departs == true ? "≠ AI" : ""
        frame.put(
            note, at: line.position(columns: column + 1), style: Style(.warning), width: room)
    }

    private mutating func drawRest(
        _ findings: [Finding], study: StudyState, in line: Rectangle
    ) {
        let decisions = findings.map { study.draft.decisions[$0.pathology] }
        let decided = decisions.count { $0 != nil }
        let isExpanded = study.signing?.isExpanded == true
        frame.put(
            "\(findings.count) below bound" + (isExpanded ? ":" : ""),
            at: line.position(columns: 4), width: line.columns - 4)
        let departing = decisions.count { $0 == .disagree }
        let unsure = decisions.count { $0 == .unsure }
        // A call that says more than "absent" is never folded away unsaid.
        let calls = [
            departing > 0 ? "\(departing) present ≠ AI" : nil,
            unsure > 0 ? "\(unsure) unsure" : nil,
        ].compactMap(\.self)
        let said = calls.isEmpty ? "\(decided) decided" : calls.joined(separator: ", ")
        let words: (text: String, role: Role)
        if decisions.allSatisfy({ $0 == .agree }) {
            words = ("[all said absent]", .chosen)
        } else if decided == findings.count {
            words = ("\(said); e shows them", departing == 0 ? .text : .warning)
        } else if decided > 0 {
            words = ("\(said); y: other \(findings.count - decided) absent", .warning)
        } else {
            words = ("y: none is present · e: one by one", .warning)
        }
        let column = decisionNumberColumn(line) + 2
        frame.put(
            words.text, at: line.position(columns: column), style: Style(words.role),
            width: line.columns - column)
    }

    private mutating func drawOwnFindings(
        _ study: StudyState, _ signing: SignOffState, in area: Rectangle
    ) {
        let isFocused = signing.field == .ownFindings
        frame.put([heading("Own findings", isFocused: isFocused)], at: area.origin)
        let list = study.draft.ownFindings
        let room = area.rows - 1
        let shownRow = signing.ownText?.index ?? signing.ownRow
        let top = max(0, shownRow - max(room - 1, 0))
        if list.isEmpty, signing.ownText == nil {
            frame.put(
                "none; n writes one", at: area.position(columns: 4, rows: 1), style: Style(.dim),
                width: area.columns - 4)
            return
        }
        for offset in 0..<max(room, 0) {
            let index = top + offset
            let line = area.line(1 + offset)
            if let own = signing.ownText, own.index == index {
                let field = Rectangle(
                    column: line.column + 2, row: line.row, columns: line.columns - 3, rows: 1)
                drawField(own.field, label: "+ ", in: field)
            } else if list.indices.contains(index) {
                frame.put(
                    "+ \(list[index].line.inert())", at: line.position(columns: 2),
                    width: line.columns - 3)
                if isFocused, index == signing.ownRow, signing.ownText == nil {
                    frame.setBackground(.selection, in: line)
                    frame[line.origin] = Cell("›", style: Style(.accent, on: .selection))
                }
            }
        }
        drawScrollMark(
            top: top, shown: room, count: list.count,
            in: Rectangle(
                column: area.column, row: area.row + 1, columns: area.columns, rows: room))
    }

    private mutating func drawImpression(
        _ study: StudyState, _ signing: SignOffState, in area: Rectangle
    ) {
        let isFocused = signing.field == .impression
        frame.put([heading("Impression", isFocused: isFocused)], at: area.origin)
        let text = Rectangle(
            column: area.column + 2, row: area.row + 1, columns: area.columns - 3,
            rows: area.rows - 1)
        drawText(signing.impression, in: text, isFocused: isFocused)
        if signing.impression.text.isEmpty, !isFocused {
            let keys = signing.field == .decisions ? "Tab twice comes here" : "Tab comes here"
            frame.put(
                "\(keys); what it says stands in the report", at: text.origin,
                style: Style(.placeholder), width: text.columns)
        }
    }

    /// What stands in the way of the signature, or how to go on.
    private mutating func drawSignOffState(_ study: StudyState, in area: Rectangle) {
        frame.horizontalRule(at: area.origin, columns: area.columns)
        let isWaiting = if case .asked = study.claim { true } else { false }
        let lines: [TextRun]
        if isWaiting {
            lines = [TextRun("Taking the study…", Style(.dim))]
        } else if let obstacle = model.textObstacle {
            lines = [TextRun("Read-only: \(obstacle).", Style(.warning))]
        } else if let obstacle = model.signatureObstacle {
            lines = [TextRun("To sign: \(obstacle).", Style(.warning))]
        } else {
            let key = model.keyLabel(of: "check-from-text", in: .impression)
            lines = [
                TextRun("✓ Nothing is missing: \(key) shows what will be signed.", Style(.success))
            ]
        }
        drawParagraphs(
            lines,
            in: Rectangle(
                column: area.column + 1, row: area.row + 1, columns: area.columns - 2,
                rows: area.rows - 1))
    }
}
