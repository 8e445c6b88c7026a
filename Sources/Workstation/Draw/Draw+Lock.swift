// The locked screen: who locked it, and nothing of any patient.

import Radiology
import Terminal

extension Canvas {
    mutating func drawLock(_ lock: LockState) {
        let session = model.session
        let name = session.readerName.isEmpty ? session.reader.rawValue : session.readerName
        let area = Rectangle(size).divided(bottomRows: 3).rest
        let enter = Key.enter.label(unicode: capabilities.unicode)
        var lines = [
            TextRun("Wetread is locked", Style(.title)),
            TextRun("\(name.inert()), since \(UTCTime.clock(lock.since)) UTC", Style(.text)),
            TextRun(
                session.asksSecret
                    ? "Type your secret\(session.secretHintWords), then \(enter)."
                    : "\(enter) opens it where it was.", Style(.text)),
        ]
        if lock.request != nil { lines.append(TextRun("Looking…", Style(.accent))) }
        if let problem = lock.problem { lines.append(TextRun(problem, Style(.failure))) }
        let block = area.centered(columns: min(area.columns - 4, 70), rows: lines.count * 2 + 1)
        var row = 0
        for line in lines {
            for text in TextLayout.wrapped(line.text, to: block.columns) where row < block.rows {
                frame.put(
                    text, at: block.position(rows: row), style: line.style, width: block.columns,
                    alignment: .center)
                row += 1
            }
            row += 1
        }
        guard session.asksSecret, row < block.rows else { return }
        // Its length is nobody's business: one mark says that something was typed.
        let field = Rectangle(
            column: block.column + block.columns / 2 - 6, row: block.row + row, columns: 12, rows: 1
        )
        frame.fill(field, style: Style(.input))
        frame.put(lock.typed.isEmpty ? "" : "*", at: field.origin, style: Style(.input))
        frame.cursor = field.position(columns: lock.typed.isEmpty ? 0 : 1)
    }
}
