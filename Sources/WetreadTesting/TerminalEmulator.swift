// What a program's bytes leave on a screen, for tests that look at cells.

import Terminal

/// A small terminal: cursor moves, SGR, erasing in colour, scrolling, shifting of cells.
package struct TerminalEmulator {
    /// One cell as it stands there.
    package struct Place: Equatable {
        package var glyph: Character = " "
        /// The numbers after 38 and 48; nil for the terminal's own.
        package var front: String?
        package var back: String?
        package var attributes: Attributes = []

        /// The same to the eye: the ink of a plain blank does not show.
        package func looksLike(_ other: Place) -> Bool {
            let shown: Attributes = [.reverse, .underline]
            let isBlank = glyph == " " && attributes.isDisjoint(with: shown)
            if isBlank, other.glyph == " ", other.attributes.isDisjoint(with: shown) {
                return back == other.back
            }
            // A full block hides what is behind it.
            if glyph == "█", other.glyph == "█", attributes == other.attributes {
                return front == other.front
            }
            return self == other
        }
    }

    package let size: GridSize
    /// The cells, row by row.
    package private(set) var cells: [[Place]]
    /// What came that this emulator does not know; a test is to find it empty.
    package private(set) var unknown: [String] = []
    /// Bytes of a sequence or glyph that is not whole.
    private var pending: [UInt8] = []
    private var row = 0
    private var column = 0
    private var pen = Place()
    private var saved = (row: 0, column: 0, pen: Place())
    private var region: ClosedRange<Int>
    private var margins: ClosedRange<Int>

    /// A blank screen.
    package init(_ size: GridSize) {
        self.size = size
        cells = Array(
            repeating: Array(repeating: Place(), count: size.columns), count: size.rows)
        region = 0...size.rows - 1
        margins = 0...size.columns - 1
    }

    /// The lines without their colours.
    package var text: String {
        cells.map { String($0.map(\.glyph)) }.joined(separator: "\n")
    }

    /// Cells that do not look as they do on another screen, without the last lines of both.
    package func differences(from other: TerminalEmulator, withoutLast count: Int) -> Int {
        zip(cells.dropLast(count).joined(), other.cells.dropLast(count).joined())
            .count { !$0.looksLike($1) }
    }

    /// Puts a frame there as it is.
    package mutating func show(_ frame: Frame, looks: ThemeLooks) {
        for row in 0..<size.rows {
            for column in 0..<size.columns {
                cells[row][column] = Self.place(
                    frame[Position(column: column, row: row)], looks: looks)
            }
        }
    }

    /// Cells that do not look as those of a frame; of its pictures only, or of all.
    package func differences(from frame: Frame, looks: ThemeLooks, ofPictures: Bool = false) -> Int
    {
        (0..<size.rows * size.columns).count { index in
            let (row, column) = index.quotientAndRemainder(dividingBy: size.columns)
            let cell = frame.cells[index]
            if ofPictures, !ImageWriter.isPicture(cell) { return false }
            return !cells[row][column].looksLike(Self.place(cell, looks: looks))
        }
    }

    private static func place(_ cell: Cell, looks: ThemeLooks) -> Place {
        if ImageWriter.isPicture(cell) {
            return Place(
                glyph: cell.glyph, front: grey(cell.style.foreground),
                back: cell.style.background.flatMap(grey))
        }
        let look = looks.look(of: cell.style)
        return Place(
            glyph: cell.glyph, front: look.foreground < 0 ? nil : "5;\(look.foreground)",
            back: look.background < 0 ? nil : "5;\(look.background)", attributes: look.attributes)
    }

    private static func grey(_ ink: Ink) -> String? {
        guard case .grey(let level) = ink else { return nil }
        return String(GreyCode.foreground(level, colour: .direct).dropFirst(3))
    }

    /// Takes bytes as they came; what is cut at the end waits for the rest.
    package mutating func feed(_ bytes: [UInt8]) {
        pending += bytes
        // What is no UTF-8 yet waits too: at most three bytes of a glyph.
        let whole =
            pending.indices.last { pending[$0] & 0xC0 != 0x80 }
            .map { pending[$0] < 0x80 || pending.count - $0 >= Self.glyphBytes(pending[$0]) }
            ?? true
        let end = whole ? pending.count : pending.lastIndex { $0 & 0xC0 != 0x80 } ?? 0
        var rest = String(decoding: pending[..<end], as: UTF8.self).unicodeScalars[...]
        let tail = pending[end...]
        while let scalar = rest.first {
            let before = rest
            rest = rest.dropFirst()
            if scalar == "\u{1B}" {
                guard takeEscape(&rest) else {
                    pending = Array(String(before).utf8) + tail
                    return
                }
            } else {
                put(scalar)
            }
        }
        pending = Array(tail)
    }

    private static func glyphBytes(_ first: UInt8) -> Int {
        first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
    }

    private mutating func put(_ scalar: Unicode.Scalar) {
        switch scalar {
        case "\n":
            if row == region.upperBound { scroll(1) } else { row = min(row + 1, size.rows - 1) }
        case "\r": column = 0
        case "\u{8}": column = max(min(column, size.columns) - 1, 0)
        case "\u{0}"..<" ": break
        default:
            guard column < size.columns, row < size.rows else {
                unknown.append("a glyph beyond the edge")
                return
            }
            cells[row][column] = pen
            cells[row][column].glyph = Character(scalar)
            column += 1
        }
    }

    /// Takes what follows ESC; false where it is not whole.
    private mutating func takeEscape(_ rest: inout Substring.UnicodeScalarView) -> Bool {
        guard let kind = rest.popFirst() else { return false }
        switch kind {
        case "7": saved = (row, column, pen)
        case "8": (row, column, pen) = saved
        case "M":
            if row == region.lowerBound { scroll(-1) } else { row = max(row - 1, 0) }
        case "(", ")": return rest.popFirst() != nil
        case "P", "]", "_", "^":
            while let scalar = rest.popFirst() {
                if scalar == "\u{7}" { return true }
                if scalar == "\u{1B}" { return rest.popFirst() != nil }
            }
            return false
        case "[":
            var text = ""
            while let scalar = rest.popFirst() {
                if scalar.value >= 0x40 {
                    control(Character(scalar), text)
                    return true
                }
                text.unicodeScalars.append(scalar)
            }
            return false
        case "=", ">": break
        default: unknown.append("ESC \(kind)")
        }
        return true
    }

    private mutating func control(_ final: Character, _ text: String) {
        if let mark = text.unicodeScalars.first, ("<"..."?").contains(mark) {
            if text == "?69", final == "l" { margins = 0...size.columns - 1 }
            return
        }
        let texts = text.split(separator: ";", omittingEmptySubsequences: false).map(String.init)
        let numbers = text.isEmpty ? [] : texts.map { Int($0) ?? 0 }
        let count = max(numbers.first ?? 1, 1)
        switch final {
        case "m": rendition(text.isEmpty ? [] : texts)
        case "H": (row, column) = (count - 1, max(numbers.count > 1 ? numbers[1] : 1, 1) - 1)
        case "G": column = count - 1
        case "d": row = count - 1
        case "A": row -= count
        case "B": row += count
        case "C": column += count
        case "D": column -= count
        case "s": margins = numbers[0] - 1...numbers[1] - 1
        case "r":
            region = numbers.isEmpty ? 0...size.rows - 1 : numbers[0] - 1...numbers[1] - 1
            (row, column) = (0, 0)
        case "S", "T": scroll(final == "S" ? count : -count)
        // Questions, modes and window titles leave the cells alone.
        case "c", "n", "p", "q", "h", "l", "t", "u": break
        default: edit(final, count: count, kind: numbers.first ?? 0)
        }
    }

    /// Erases, takes out and puts in cells.
    private mutating func edit(_ final: Character, count: Int, kind: Int) {
        let blank = Place(back: pen.back)
        func erase(_ row: Int, _ columns: Range<Int>, in cells: inout [[Place]]) {
            for column in columns.clamped(to: 0..<size.columns) { cells[row][column] = blank }
        }
        switch final {
        case "J":
            if kind == 0 { erase(row, column..<size.columns, in: &cells) }
            for line in (kind == 0 ? row + 1 : 0)..<size.rows {
                erase(line, 0..<size.columns, in: &cells)
            }
            if kind == 1 { unknown.append("erasing to the start") }
        case "K":
            let columns = kind == 0 ? column..<size.columns : 0..<(kind == 1 ? column + 1 : Int.max)
            erase(row, columns, in: &cells)
        case "X": erase(row, column..<column + count, in: &cells)
        case "P":
            cells[row].removeSubrange(column..<min(column + count, size.columns))
            cells[row] += Array(repeating: blank, count: size.columns - cells[row].count)
        case "@":
            cells[row].insert(contentsOf: Array(repeating: blank, count: count), at: column)
            cells[row].removeLast(cells[row].count - size.columns)
        default: unknown.append("a sequence that ends in \(final)")
        }
    }

    /// Moves the lines of the region up, or down if negative, between the margins.
    private mutating func scroll(_ count: Int) {
        let before = cells
        let blank = Place(back: pen.back)
        for row in region {
            for column in margins {
                let from = row + count
                cells[row][column] = region.contains(from) ? before[from][column] : blank
            }
        }
    }

    private mutating func rendition(_ texts: [String]) {
        var rest = texts[...]
        if rest.isEmpty { pen = Place() }
        while let head = rest.popFirst() {
            switch Int(head) ?? -1 {
            case 0: pen = Place()
            case 1: pen.attributes.insert(.bold)
            case 2: pen.attributes.insert(.dim)
            case 4: pen.attributes.insert(.underline)
            case 7: pen.attributes.insert(.reverse)
            case 22: pen.attributes.subtract([.bold, .dim])
            case 24: pen.attributes.remove(.underline)
            case 27: pen.attributes.remove(.reverse)
            case let code where (30...37).contains(code): pen.front = "5;\(code - 30)"
            case let code where (90...97).contains(code): pen.front = "5;\(code - 82)"
            case let code where (40...47).contains(code): pen.back = "5;\(code - 40)"
            case let code where (100...107).contains(code): pen.back = "5;\(code - 92)"
            case 39: pen.front = nil
            case 49: pen.back = nil
            case 38, 48:
                let count = rest.first == "5" ? 2 : 4
                let colour = rest.prefix(count).joined(separator: ";")
                rest = rest.dropFirst(count)
                if head == "38" { pen.front = colour } else { pen.back = colour }
            default: unknown.append("rendition \(head)")
            }
        }
    }
}
