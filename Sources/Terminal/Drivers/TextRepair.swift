// Text that a scroll of whole lines took along, written again where it stood.

import CTerminal

/// Makes the bytes that put text back after the terminal scrolled whole lines under a picture.
///
/// Only what differs is written, in runs of one look, and not line by line: the next run is always
/// the one that costs the fewest bytes, the cursor's way and the change of colours together
/// (nearest neighbour). A panel of findings, whose lines change colours at the same columns, takes
/// about two thirds of the bytes that way.
package struct TextRepair {
    private let looks: ThemeLooks
    private let hasOffCodes: Bool
    private let erasesInColour: Bool

    /// For text in the colours of a theme; `erasesInColour`: what is erased gets the background in
    /// force.
    package init(looks: ThemeLooks, hasOffCodes: Bool, erasesInColour: Bool) {
        self.looks = looks
        self.hasOffCodes = hasOffCodes
        self.erasesInColour = erasesInColour
    }

    /// Text of one look in one row.
    private struct Run {
        let start: Position
        /// Where the cursor stands after it.
        let endColumn: Int
        /// How it looks; nil for blanks, of which only the background shows.
        let look: CellLook?
        let background: Int
        let bytes: [UInt8]
    }

    /// Erases to the end of the line (EL).
    private static let erase = Array("\u{1B}[K".utf8)
    /// Blanks from which on erasing is shorter.
    private static let erasedMin = 5
    /// Bytes of cells between that are written again rather than jumped over.
    private static let bridgeMax = 4

    /// The bytes of a move up or down by scrolling whole lines, and what puts back the text that
    /// `shown` has beside the picture.
    ///
    /// The terminal has no colours and attributes in force before, and some after it.
    package func scroll(by shift: ImageShift, of shown: Frame) -> [UInt8] {
        let ground = look(.blank).background
        // What comes in has the ground of text already, where the terminal can.
        guard canErase(ground) else {
            return bytes(shift.scroll, of: shown, after: shift, incoming: nil)
        }
        return bytes(
            Self.rendition(Self.plain(on: ground)) + shift.scroll, of: shown, after: shift,
            incoming: .blank)
    }

    /// What puts the text back after somebody else has scrolled the lines.
    package func bytes(of shown: Frame, after shift: ImageShift) -> [UInt8] {
        bytes([], of: shown, after: shift, incoming: nil)
    }

    /// `incoming`: what the cells are that came in; nil where that is not known.
    private func bytes(
        _ scroll: [UInt8], of shown: Frame, after shift: ImageShift, incoming: Cell?
    ) -> [UInt8] {
        let area = shift.area
        var left: [Run] = []
        let standing = { (place: Position) in
            let from = place.moved(rows: -shift.rows)
            return (area.row..<area.endRow).contains(from.row) ? shown[from] : incoming
        }
        for row in area.row..<area.endRow {
            left += runs(in: row, 0..<area.column, shown, standing)
            left += runs(in: row, area.endColumn..<shown.size.columns, shown, standing)
        }
        var bytes = Array("\u{1B}[m".utf8) + scroll
        var place: Position?
        var look = CellLook(foreground: -1, background: -1, attributes: [])
        while !left.isEmpty {
            let costs = left.lazy.map { run in
                CursorWay(from: place, to: run.start).count + Self.change(from: look, to: run)
            }
            let next = zip(costs, left.indices).min { $0 < $1 }?.1 ?? 0
            let run = left.remove(at: next)
            bytes += CursorWay(from: place, to: run.start).bytes
            bytes += Self.rendition(run.look ?? Self.plain(on: run.background)) + run.bytes
            if let seen = run.look { look = seen } else { look.background = run.background }
            // After the last column the terminal may stand there or be about to wrap.
            place =
                run.endColumn < shown.size.columns
                ? Position(column: run.endColumn, row: run.start.row) : nil
        }
        var styles = StyleFilter(hasOffCodes: hasOffCodes)
        return styles.filtered(bytes)
    }

    // MARK: what differs

    private func runs(
        in row: Int, _ columns: Range<Int>, _ shown: Frame,
        _ standing: (Position) -> Cell?
    ) -> [Run] {
        let base = row * shown.size.columns
        func isRight(_ column: Int) -> Bool {
            let cell = shown.cells[base + column]
            guard let other = standing(Position(column: column, row: row)) else { return false }
            return cell == other
                || isBlank(cell) && isBlank(other)
                    && look(cell).background == look(other).background
        }
        var runs: [Run] = []
        var end = columns.upperBound
        if end == shown.size.columns, let erased = erasing(row, columns, shown, isRight) {
            runs.append(erased)
            end = erased.start.column
        }
        var column = columns.lowerBound
        while column < end {
            if isRight(column) || shown.cells[base + column].width == 0 {
                column += 1
            } else {
                let (run, next) = run(row, column..<end, shown, isRight)
                runs.append(run)
                column = next
            }
        }
        return runs
    }

    /// The longest run of one look from the first of the columns on, and the column after it.
    private func run(
        _ row: Int, _ columns: Range<Int>, _ shown: Frame, _ isRight: (Int) -> Bool
    ) -> (Run, next: Int) {
        let base = row * shown.size.columns
        let first = look(shown.cells[base + columns.lowerBound])
        let background = first.background
        var seen: CellLook?
        var bytes: [UInt8] = []
        // What is right already, and written again if what follows is not.
        var bridge: [UInt8] = []
        var bridgeSeen: CellLook?
        var end = columns.lowerBound
        for column in columns {
            let cell = shown.cells[base + column]
            // The second half of a wide glyph came with the first.
            if cell.width == 0 { continue }
            let look = look(cell)
            guard look.background == background, look.showsOnBlanks == first.showsOnBlanks,
                isBlank(cell) || look == bridgeSeen ?? look
            else { break }
            if !isBlank(cell) { bridgeSeen = look }
            bridge += Self.glyph(cell)
            if isRight(column) {
                if bridge.count > Self.bridgeMax { break }
                continue
            }
            seen = bridgeSeen
            bytes += bridge
            bridge = []
            end = column + Int(cell.width)
        }
        let next = end
        let blanks = (columns.lowerBound..<end).reversed().prefix {
            isBlank(shown.cells[base + $0])
        }.count
        if blanks >= Self.erasedMin, canErase(background) {
            // ECH, which leaves the cursor before them.
            bytes = bytes.dropLast(blanks) + "\u{1B}[\(blanks)X".utf8
            end -= blanks
        }
        let run = Run(
            start: Position(column: columns.lowerBound, row: row), endColumn: end, look: seen,
            background: background, bytes: bytes)
        return (run, next)
    }

    /// What erases the blanks at the end of a line, where they are many and some differ.
    private func erasing(
        _ row: Int, _ columns: Range<Int>, _ shown: Frame, _ isRight: (Int) -> Bool
    ) -> Run? {
        let last = shown.cells[row * shown.size.columns + columns.upperBound - 1]
        let background = look(last).background
        guard canErase(background) else { return nil }
        var first = columns.upperBound
        while first > columns.lowerBound {
            let cell = shown.cells[row * shown.size.columns + first - 1]
            guard isBlank(cell), look(cell).background == background else { break }
            first -= 1
        }
        guard (first..<columns.upperBound).count(where: { !isRight($0) }) >= Self.erasedMin
        else { return nil }
        return Run(
            start: Position(column: first, row: row), endColumn: first, look: nil,
            background: background, bytes: Self.erase)
    }

    private func canErase(_ background: Int) -> Bool { background < 0 || erasesInColour }

    // MARK: cells

    private func look(_ cell: Cell) -> CellLook { looks.look(of: cell.style) }

    /// True where only the background shows.
    private func isBlank(_ cell: Cell) -> Bool {
        cell.glyph == " " && !look(cell).showsOnBlanks
    }

    private static func plain(on background: Int) -> CellLook {
        CellLook(foreground: -1, background: background, attributes: [])
    }

    /// The glyph as ncurses writes it: what the C library does not know is a question mark.
    private static func glyph(_ cell: Cell) -> [UInt8] {
        let scalars = cell.glyph.unicodeScalars
        guard let first = scalars.first, wt_terminal_knows(first.value, Int32(cell.width)) else {
            return Array(cell.width == 2 ? "? ".utf8 : "?".utf8)
        }
        return Array(String(scalars.prefix(Int(WT_TERMINAL_SCALARS))).utf8)
    }

    /// The sequence that gives a cell this look and no other.
    private static func rendition(_ look: CellLook) -> [UInt8] {
        func colour(_ index: Int, basic: Int) -> String {
            switch index {
            case ..<0: ""
            case 0..<8: ";\(basic + index)"
            case 8..<16: ";\(basic + 60 + index - 8)"
            default: ";\(basic + 8);5;\(index)"
            }
        }
        let attributes = [(.bold, 1), (.dim, 2), (.underline, 4), (.reverse, 7)]
            .filter { look.attributes.contains($0.0) }.map { (_: Attributes, code) in ";\(code)" }
        let colours = colour(look.foreground, basic: 30) + colour(look.background, basic: 40)
        return Array("\u{1B}[0\(attributes.joined())\(colours)m".utf8)
    }

    // MARK: what it costs

    /// About how many bytes another look takes; blanks only need their background.
    private static func change(from look: CellLook, to run: Run) -> Int {
        func colour(_ from: Int, _ to: Int) -> Int { from == to ? 0 : to < 16 ? 3 : 9 }
        let cost = colour(look.background, run.background)
        guard let wanted = run.look else { return cost == 0 ? 0 : cost + 2 }
        let others =
            colour(look.foreground, wanted.foreground)
            + (look.attributes == wanted.attributes ? 0 : 3)
        return cost + others == 0 ? 0 : cost + others + 2
    }
}

extension CellLook {
    /// True where more of a blank shows than its background.
    fileprivate var showsOnBlanks: Bool { !attributes.isDisjoint(with: [.reverse, .underline]) }
}
