// Answers by digits and slider, and the picture's window and place.

import Imaging
import ReaderStudy
import Terminal

extension ReadingModel {
    /// Keys of the answers; nil for others.
    mutating func takeAnswer(_ key: Key, at now: UInt64) -> [ReadingEffect]? {
        switch key {
        case .character(let character) where character.isASCII && character.isNumber:
            return digit(character, at: now)
        case .backspace:
            typed = String(typed.dropLast())
            return []
        case .escape:
            typed = ""
            return []
        case .enter:
            let effects = commitTyped(at: now)
            if !effects.contains(.bell) { moveToUnanswered() }
            return effects
        case .down, .tab, .character("j"): return move(1, at: now)
        case .up, .backTab, .character("k"): return move(-1, at: now)
        case .right: return slide(plan.scale == .percent ? 5 : 1, at: now)
        case .left: return slide(plan.scale == .percent ? -5 : -1, at: now)
        case .modified(.right, _): return slide(1, at: now)
        case .modified(.left, _): return slide(-1, at: now)
        default: return nil
        }
    }

    /// Adds a digit to what is typed, as far as the scale's numbers have digits.
    mutating func type(_ digit: Character) {
        let longest = String(plan.scale.range.upperBound).count
        if typed.count < longest { typed.append(digit) }
    }

    private mutating func digit(_ character: Character, at now: UInt64) -> [ReadingEffect] {
        type(character)
        // On a scale of single digits nothing can follow: the answer is complete.
        guard plan.scale.range.upperBound < 10 else { return [] }
        let effects = commitTyped(at: now)
        if !effects.contains(.bell) { moveToUnanswered() }
        return effects
    }

    /// Makes what was typed the answer of the selected row.
    mutating func commitTyped(at now: UInt64) -> [ReadingEffect] {
        guard let number = Int(typed) else { return [] }
        typed = ""
        return record(.decision(pathology: pathology, confidence: number), at: now)
    }

    private mutating func move(_ step: Int, at now: UInt64) -> [ReadingEffect] {
        let effects = commitTyped(at: now)
        let count = plan.pathologies.count
        row = (row + step + count) % count
        return effects
    }

    /// The next row without an answer, from the selected one on; the next row where there is none.
    private mutating func moveToUnanswered() {
        let count = plan.pathologies.count
        let following = (1...count).map { (row + $0) % count }
        row =
            following.first { session?.answers[plan.pathologies[$0]] == nil }
            ?? min(row + 1, count - 1)
    }

    /// Moves the slider; where there is no answer yet it appears in the middle.
    private mutating func slide(_ step: Int, at now: UInt64) -> [ReadingEffect] {
        typed = ""
        let range = plan.scale.range
        let middle = (range.lowerBound + range.upperBound) / 2
        let value = session?.answers[pathology].map { $0 + step } ?? middle
        return record(
            .decision(
                pathology: pathology,
                confidence: min(max(value, range.lowerBound), range.upperBound)), at: now)
    }

    // MARK: the picture

    /// Keys of the picture; nil for others.
    mutating func takePicture(_ key: Key, at now: UInt64) -> [ReadingEffect]? {
        guard case .character(let character) = key, picture != nil else { return nil }
        switch character {
        case "w", "W", "[", "]", ",", ".", "i":
            changeWindow(character)
            return record(.window, at: now)
        case "+", "=", "-", "f", "H", "J", "K", "L":
            changeView(character)
            return record(.zoom, at: now)
        default: return nil
        }
    }

    private mutating func changeWindow(_ character: Character) {
        guard var picture else { return }
        switch character {
        case "w", "W":
            let count = picture.presets.count
            picture.presetIndex =
                (picture.presetIndex + (character == "w" ? 1 : count - 1)) % count
            picture.window = picture.presets[picture.presetIndex]
        case "[": picture.window = picture.window.changed(width: 0.8)
        case "]": picture.window = picture.window.changed(width: 1.25)
        case ",": picture.window = picture.window.changed(shift: -0.05)
        case ".": picture.window = picture.window.changed(shift: 0.05)
        default: picture.isInverted.toggle()
        }
        self.picture = picture
    }

    private mutating func changeView(_ character: Character) {
        let steps = (columns: max(pictureArea.columns / 6, 1), rows: max(pictureArea.rows / 6, 1))
        switch character {
        case "+", "=": picture?.viewport.zoom(by: 1.5)
        case "-": picture?.viewport.zoom(by: 1 / 1.5)
        case "f": picture?.viewport.fit()
        case "H": picture?.viewport.pan(columns: -steps.columns, rows: 0)
        case "L": picture?.viewport.pan(columns: steps.columns, rows: 0)
        case "K": picture?.viewport.pan(columns: 0, rows: -steps.rows)
        default: picture?.viewport.pan(columns: 0, rows: steps.rows)
        }
    }
}

extension DisplayWindow {
    /// The reader's own window: another width about the same centre, or moved by a share of it.
    fileprivate func changed(width factor: Double = 1, shift: Double = 0) -> DisplayWindow {
        let width = max(width * factor, 1)
        return DisplayWindow(
            shape: .linearExact(center: center + shift * width, width: width), origin: .reader)
    }
}
