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

/// The parts of the last look.
struct ConfirmLayout: Equatable {
    let identity: Rectangle
    let text: Rectangle
    let signature: Rectangle

    init(size: GridSize) {
        let whole = Rectangle(size).divided(bottomRows: 3).rest
        let (head, body) = whole.divided(topRows: 1)
        identity = head
        let (upper, lower) = body.divided(bottomRows: 6)
        text = upper.inset(columns: 1)
        signature = lower.inset(columns: 1)
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
            frame.verticalRule(
                at: Position(column: layout.fields.column - 1, row: layout.fields.row),
                rows: layout.fields.rows, style: Style(.pictureBorder))
        }
        drawDecisions(rows, study: study, layout: layout)
        drawOwnFindings(study, signing, in: layout.ownFindings)
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
            "   p    ±   you say", at: line.position(columns: numbers), style: Style(.heading),
            width: line.columns - numbers)
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
        let decision = study.draft.decisions[finding.pathology]
        let isPresent = SignOffState.stands(finding)
        let choices: [(Decision, String)] = [
            (.agree, isPresent ? "agree" : "absent"),
            (.disagree, isPresent ? "disagree" : "present"), (.unsure, "unsure"),
        ]
        var column = numbers + 11
        for (choice, word) in choices {
            let isChosen = choice == decision
            let text = isChosen ? "[\(word)]" : " \(word) "
            let style = Style(isChosen ? .chosen : .dim)
            column += frame.put(text, at: line.position(columns: column), style: style)
        }
        if decision == nil, line.columns >= column + 14 {
            frame.put(
                "no decision", at: line.position(columns: column + 2), style: Style(.warning))
        }
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
        let words: (text: String, role: Role)
        if decisions.allSatisfy({ $0 == .agree }) {
            words = ("[all said absent]", .chosen)
        } else if decided == findings.count {
            words = ("all decided; e shows them", .text)
        } else if decided > 0 {
            words = (
                "\(decided) decided; y: the other \(findings.count - decided) absent", .warning
            )
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
            let key = study.signing?.field == .impression ? "^S" : "s"
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

    private mutating func drawConfirmation(_ study: StudyState, _ signing: SignOffState) {
        let layout = ConfirmLayout(size: size)
        drawIdentity(in: layout.identity, end: "sign-off 2/2")
        let lines = model.signingLines(study, columns: layout.text.columns)
        for offset in 0..<layout.text.rows where lines.indices.contains(signing.confirmTop + offset)
        {
            frame.put([lines[signing.confirmTop + offset]], at: layout.text.position(rows: offset))
        }
        drawScrollMark(
            top: signing.confirmTop, shown: layout.text.rows, count: lines.count, in: layout.text)
        drawSignature(study, signing, in: layout.signature)
    }

    private mutating func drawSignature(
        _ study: StudyState, _ signing: SignOffState, in area: Rectangle
    ) {
        guard let detail = study.detail else { return }
        frame.horizontalRule(at: area.origin, columns: area.columns)
        let session = model.session
        let name = session.readerName.isEmpty ? session.reader.rawValue : session.readerName
        let open = Words.openTime(seconds: model.monotonicSeconds - study.openedAtSeconds)
        let date = String(UTCTime.text(model.now).prefix(10))
        drawParagraphs(
            [
                TextRun(SignOff.statement(meaning: model.signingMeaning), Style(.title)),
                TextRun(
                    "\(name.inert()), \(date) \(UTCTime.clock(model.now)) UTC, signer at "
                        + "\(Words.offset(seconds: session.utcOffsetSeconds)), open \(open)."),
            ],
            in: Rectangle(
                column: area.column, row: area.row + 1, columns: area.columns, rows: area.rows - 2))
        let line = area.line(area.rows - 1)
        switch signing.step {
        case .confirming(let typed): drawSuffixField(typed, detail, in: line)
        case .proving(let typed):
            let enter = Key.enter.label(unicode: capabilities.unicode)
            let label = "Your secret\(session.secretHintWords), then \(enter): "
            // Its length is nobody's business: one mark says that something was typed.
            drawField(label, typed.isEmpty ? "" : "*", in: line)
        case .editing, .signing:
            frame.put("Storing the signature…", at: line.origin, style: Style(.accent))
        }
    }

    /// The field for the last four characters of what names the study.
    private mutating func drawSuffixField(
        _ typed: String, _ detail: StudyDetail, in line: Rectangle
    ) {
        let what =
            detail.signsByAccession
            ? "accession \(detail.signingToken)" : "study UID …\(detail.signingToken.suffix(8))"
        let enter = Key.enter.label(unicode: capabilities.unicode)
        let long = "To sign, type the last 4 characters of \(what), then \(enter): "
        let short = "To sign: last 4 of \(what), then \(enter): "
        drawField(DisplayWidth.of(long) <= line.columns - 6 ? long : short, typed, in: line)
    }

    private mutating func drawField(_ label: String, _ typed: String, in line: Rectangle) {
        let taken = frame.put(label, at: line.origin, width: line.columns - 6)
        let field = line.position(columns: taken)
        frame.fill(
            Rectangle(column: field.column, row: field.row, columns: 5, rows: 1),
            style: Style(.input))
        frame.put(typed, at: field, style: Style(.input))
        frame.cursor = field.moved(columns: typed.count)
    }
}
