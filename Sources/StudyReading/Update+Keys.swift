// What keys mean, by where the reader is.

import Imaging
import ReaderStudy
import Terminal

extension ReadingModel {
    /// Takes a key.
    mutating func take(_ key: Key, at now: UInt64) -> [ReadingEffect] {
        lastKeyAt = now
        isIdleNoted = false
        if key == .terminate { return leave(.terminated, at: now) }
        if key == .resumed || key == .control("l") { return [.redraw] }
        if asksToLeave {
            asksToLeave = false
            return key == .character("y") ? leave(.left, at: now) : []
        }
        if key == .control("c") {
            asksToLeave = true
            return []
        }
        switch stage {
        case .over: return []
        case .welcome:
            if key == .character("q") { return leave(.left) }
            return key == .enter ? begin() : []
        case .loading: return key == .character("q") ? leave(.left) : []
        case .feedback: return key == .enter ? advance(at: now) : []
        case .between: return takeBetween(key, at: now)
        case .reading: return takeReading(key, at: now)
        }
    }

    private mutating func takeBetween(_ key: Key, at now: UInt64) -> [ReadingEffect] {
        switch key {
        case .enter: return advance(at: now)
        case .character("q"): return leave(.left)
        case .character("b"):
            let effects = record(.reopen, at: now)
            if session?.phase != .done { stage = .reading }
            return effects
        default: return []
        }
    }

    private mutating func takeReading(_ key: Key, at now: UInt64) -> [ReadingEffect] {
        // What has not been seen cannot be answered: keys before the paint mean nothing.
        guard let session, session.phase != .waiting, !awaitsPaint else { return [] }
        if session.isPaused {
            if key == .character("p") { return record(.resume, at: now) }
            asksToLeave = key == .character("q")
            return []
        }
        if showsHelp {
            showsHelp = false
            return []
        }
        switch mode {
        case .noting(let editor): return takeNote(key, editor, at: now)
        case .marking(let cross): return takeMark(key, cross, at: now)
        case .answers: break
        }
        return takeAnswer(key, at: now) ?? takePicture(key, at: now) ?? takeOther(key, at: now)
    }

    private mutating func takeOther(_ key: Key, at now: UInt64) -> [ReadingEffect] {
        switch key {
        case .character("s"): return submit(at: now)
        case .character("p"): return commitTyped(at: now) + record(.pause, at: now)
        case .character("q"): asksToLeave = true
        case .character("?"): showsHelp = true
        case .character("h") where showsAdvice && condition.aid == .heatMap: showsHeat.toggle()
        case .character("m") where plan.collectsMarks:
            mode = .marking(
                Position(column: pictureArea.columns / 2, row: pictureArea.rows / 2))
        case .character("x") where plan.collectsMarks:
            return record(.unmark(pathology: pathology), at: now)
        case .character("n") where plan.collectsNotes:
            mode = .noting(TextEditor(session?.note ?? "", characterCountMax: 500))
        case .character("r") where !plan.actions.isEmpty:
            let current = plan.actions.firstIndex { $0 == session?.action } ?? -1
            return record(.action(plan.actions[(current + 1) % plan.actions.count]), at: now)
        default: break
        }
        return []
    }

    // MARK: notes and marks

    private mutating func takeNote(_ key: Key, _ editor: TextEditor, at now: UInt64)
        -> [ReadingEffect]
    {
        var editor = editor
        switch key {
        case .enter:
            mode = .answers
            return editor.text == session?.note ? [] : record(.note(editor.text), at: now)
        case .escape: mode = .answers
        default:
            _ = editor.handle(key)
            mode = .noting(editor)
        }
        return []
    }

    private mutating func takeMark(_ key: Key, _ cross: Position, at now: UInt64)
        -> [ReadingEffect]
    {
        let step = Self.step(of: key)
        if let step {
            mode = .marking(held(cross.moved(columns: step.columns, rows: step.rows)))
            return []
        }
        switch key {
        case .character(let character) where character.isASCII && character.isNumber:
            type(character)
        case .backspace: typed = String(typed.dropLast())
        case .character("x"): return record(.unmark(pathology: pathology), at: now)
        case .enter, .character(" "):
            guard let point = imagePoint(under: cross) else {
                notice = "There is no image under the cross."
                return [.bell]
            }
            let confidence =
                Int(typed) ?? session?.answers[pathology] ?? plan.callsPresentFrom
            typed = ""
            return record(
                .mark(
                    pathology: pathology, column: point.column, row: point.row,
                    confidence: confidence), at: now)
        case .escape, .character("m"):
            typed = ""
            mode = .answers
        default: break
        }
        return []
    }

    private static func step(of key: Key) -> (columns: Int, rows: Int)? {
        switch key {
        case .left: (-1, 0)
        case .right: (1, 0)
        case .up: (0, -1)
        case .down: (0, 1)
        case .modified(.left, _): (-5, 0)
        case .modified(.right, _): (5, 0)
        case .modified(.up, _): (0, -5)
        case .modified(.down, _): (0, 5)
        default: nil
        }
    }

    /// The image's pixel under a cell of the picture's area; nil beside the image.
    private func imagePoint(under cell: Position) -> (column: Int, row: Int)? {
        guard let picture else { return nil }
        let point = picture.viewport.sourcePoint(at: cell)
        let radiograph = picture.pyramid.radiograph
        guard point.x >= 0, point.y >= 0, point.x < Double(radiograph.width),
            point.y < Double(radiograph.height)
        else { return nil }
        return (Int(point.x), Int(point.y))
    }
}
