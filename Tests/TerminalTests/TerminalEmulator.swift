import Terminal
import Testing

/// A small terminal: cursor moves, SGR, erasing in colour, scrolling, shifting of cells.
struct TerminalEmulator {
    struct Place: Equatable {
        var glyph: Character = " "
        /// The numbers after 38 and 48; nil for the terminal's own.
        var front: String?
        var back: String?
        var attributes: Attributes = []

        /// The same to the eye: the ink of a plain blank does not show.
        func looksLike(_ other: Place) -> Bool {
            let shown: Attributes = [.reverse, .underline]
            let isBlank = glyph == " " && attributes.isDisjoint(with: shown)
            if isBlank, other.glyph == " ", other.attributes.isDisjoint(with: shown) {
                return back == other.back
            }
            return self == other
        }
    }

    let size: GridSize
    private(set) var cells: [[Place]]
    private var row = 0
    private var column = 0
    private var pen = Place()
    private var saved = (row: 0, column: 0, pen: Place())
    private var region: ClosedRange<Int>
    private var margins: ClosedRange<Int>

    init(_ size: GridSize) {
        self.size = size
        cells = Array(
            repeating: Array(repeating: Place(), count: size.columns), count: size.rows)
        region = 0...size.rows - 1
        margins = 0...size.columns - 1
    }

    /// Puts a frame there as it is.
    mutating func show(_ frame: Frame, looks: ThemeLooks) {
        for row in 0..<size.rows {
            for column in 0..<size.columns {
                cells[row][column] = Self.place(
                    frame[Position(column: column, row: row)], looks: looks)
            }
        }
    }

    /// Cells that do not look as those of a frame; of its pictures only, or of all.
    func differences(from frame: Frame, looks: ThemeLooks, ofPictures: Bool = false) -> Int {
        (0..<size.rows * size.columns).count { index in
            let (row, column) = index.quotientAndRemainder(dividingBy: size.columns)
            let cell = frame.cells[index]
            if ofPictures, !ImageWriter.isPicture(cell) { return false }
            var wanted = Self.place(cell, looks: looks)
            // A full block hides what is behind it.
            if cell.glyph == "█" { wanted.back = cells[row][column].back }
            return !cells[row][column].looksLike(wanted)
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

    mutating func feed(_ bytes: [UInt8]) {
        let scalars = Array(String(decoding: bytes, as: UTF8.self).unicodeScalars)
        var index = 0
        while index < scalars.count {
            defer { index += 1 }
            switch scalars[index] {
            case "\n": row += 1
            case "\u{8}": column -= 1
            case "\u{1B}":
                index += 1
                if scalars[index] == "7" { saved = (row, column, pen) }
                if scalars[index] == "8" { (row, column, pen) = saved }
                guard scalars[index] == "[" else { continue }
                var text = ""
                index += 1
                while scalars[index].value < 0x40 {
                    text.unicodeScalars.append(scalars[index])
                    index += 1
                }
                control(Character(scalars[index]), text.split(separator: ";").map(String.init))
            default:
                cells[row][column] = pen
                cells[row][column].glyph = Character(scalars[index])
                column += 1
            }
        }
    }

    private mutating func control(_ final: Character, _ texts: [String]) {
        let numbers = texts.map { Int($0) ?? 0 }
        let count = max(numbers.first ?? 1, 1)
        let blank = Place(back: pen.back)
        switch final {
        case "m": rendition(texts)
        case "H": (row, column) = (count - 1, (numbers.count > 1 ? numbers[1] : 1) - 1)
        case "G": column = count - 1
        case "C": column += count
        case "B": row += count
        case "K", "X":
            let end = final == "K" ? size.columns : min(column + count, size.columns)
            for place in column..<end { cells[row][place] = blank }
        case "P":
            cells[row].removeSubrange(column..<column + count)
            cells[row] += Array(repeating: blank, count: count)
        case "@":
            cells[row].insert(contentsOf: Array(repeating: blank, count: count), at: column)
            cells[row].removeLast(count)
        case "h": break
        case "l": margins = 0...size.columns - 1
        case "s": margins = numbers[0] - 1...numbers[1] - 1
        case "r":
            region = numbers.isEmpty ? 0...size.rows - 1 : numbers[0] - 1...numbers[1] - 1
            (row, column) = (0, 0)
        case "S", "T":
            let before = cells
            for row in region {
                let from = final == "S" ? row + count : row - count
                for column in margins {
                    cells[row][column] = region.contains(from) ? before[from][column] : blank
                }
            }
        default: Issue.record("an unknown sequence ends in \(final)")
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
            default: Issue.record("unknown rendition \(head)")
            }
        }
    }
}
