// The last look before the signature.

import Foundation
import Radiology
import Terminal

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
    /// The last look: all that is signed, then the field for the signature.
    mutating func drawConfirmation(_ study: StudyState, _ signing: SignOffState) {
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
        drawLinesBelow(study, signing, in: area.line(0))
        let session = model.session
        let name = session.readerName.isEmpty ? session.reader.rawValue : session.readerName
        let open = Words.openTime(seconds: model.monotonicSeconds - study.openedAtSeconds)
        let date = String(UTCTime.text(model.now).prefix(10))
        let offset = session.utcOffsetSeconds
        let clock = UTCTime.clock(model.now.addingTimeInterval(Double(offset)))
        let local = offset == 0 ? "" : " (\(clock) here, \(Words.offset(seconds: offset)))"
        drawParagraphs(
            [
                TextRun(SignOff.statement(meaning: model.signingMeaning), Style(.title)),
                TextRun(
                    "\(name.inert()), \(date) \(UTCTime.clock(model.now)) UTC\(local), "
                        + "study open for \(open)."),
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

    /// On the rule: how many lines of what is signed stand below it, and the key that shows them.
    private mutating func drawLinesBelow(
        _ study: StudyState, _ signing: SignOffState, in line: Rectangle
    ) {
        let text = ConfirmLayout(size: size).text
        let count = model.signingLines(study, columns: text.columns).count
        let below = count - signing.confirmTop - text.rows
        guard below > 0 else { return }
        let key = model.keyLabel(of: "read-on", in: .confirm)
        let lines = below == 1 ? "1 more line" : "\(below) more lines"
        frame.put(
            " \(lines) of what you sign below: \(key) ", at: line.position(columns: 2),
            style: Style(.warning), width: line.columns - 2)
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
