// The bytes that bring a frame onto the terminal: moves of a picture, then text, then pictures.

import CTerminal

/// Makes the bytes that turn what the terminal shows into the next frame.
///
/// Text goes through ncurses, which writes what differs; so do pictures, until our own writer is
/// allowed. A picture that moved by whole cells is moved by the terminal, and ncurses is told.
@MainActor struct FrameComposer {
    private var shown: Frame?
    private var theme: Theme
    private var looks: ThemeLooks
    private var images: ImageWriter
    private var styles: StyleFilter?
    /// Cells on the screen whose exact ones are to follow.
    private var rough = RoughCells()
    /// True where ncurses moved lines with cells of a picture that are not its own.
    private var hasMovedHeld = false
    /// What the last frame changed of a picture.
    private(set) var pictureChange = PictureChange.none
    private let facts: wt_terminal_facts

    enum PictureChange {
        case none
        /// A few cells, or a move.
        case some
        /// Most of the cells were written.
        case most
    }

    /// For a terminal that shows nothing yet.
    init(_ facts: wt_terminal_facts, theme: Theme, colour: Capabilities.Colour) {
        self.facts = facts
        styles = facts.sgr ? StyleFilter(hasOffCodes: facts.hasOffCodes) : nil
        self.theme = theme
        looks = ThemeLooks(theme, colour: colour)
        images = ImageWriter(colour: colour)
    }

    /// Other colours; the next frame is written whole.
    mutating func use(_ theme: Theme, colour: Capabilities.Colour) {
        self.theme = theme
        looks = ThemeLooks(theme, colour: colour)
        images = ImageWriter(colour: colour)
        forget()
    }

    /// Forgets what is shown, so that the next frame is written whole.
    mutating func forget() {
        shown = nil
        rough = RoughCells()
    }

    /// True while some cells of a picture stand for exact ones, which the next frame without a
    /// preview brings.
    var isRough: Bool { !rough.isEmpty }

    /// The bytes of a frame, shown at once where the terminal can.
    ///
    /// Where a picture moved and the cells that come in take too many bytes, and there is a
    /// `preview` (the same frame, that says what it is), rough ones stand for them: see `isRough`.
    /// A frame that `settles` leaves none behind, unless the picture moves even now.
    mutating func bytes(
        _ wanted: Frame, preview: (() -> Frame)?, settles: Bool, capabilities: Capabilities,
        answers: TerminalAnswers
    ) -> [UInt8] {
        wt_terminal_resize(Int32(wanted.size.columns), Int32(wanted.size.rows))
        if shown?.size != wanted.size { forget() }
        let degraded = { [theme] (frame: Frame) in
            capabilities.unicode ? frame.drawn(with: theme.marks) : frame.asciiOnly()
        }
        var frame = degraded(wanted)
        let move = move(to: frame, capabilities: capabilities, answers: answers)
        if let preview, let shown, move != nil || !settles {
            stand(in: frame, over: shown, after: move)
            if isRough { frame = rough.standing(in: degraded(preview())) }
        } else {
            rough = RoughCells()
        }
        pictureChange = Self.change(from: shown, to: frame, isMove: move != nil)
        defer { shown = frame }
        let bytes =
            capabilities.hasOwnWriter
            ? composeParts(frame, after: move) : composeAll(frame, after: move)
        let gains = answers.hasSynchronisedOutput && bytes.count > 256
        return gains ? Array("\u{1B}[?2026h".utf8) + bytes + Array("\u{1B}[?2026l".utf8) : bytes
    }

    private static func change(from shown: Frame?, to frame: Frame, isMove: Bool) -> PictureChange {
        var pictures = 0
        var others = 0
        for (index, cell) in frame.cells.enumerated() where ImageWriter.isPicture(cell) {
            pictures += 1
            if shown?.cells[index] != cell { others += 1 }
        }
        return others == 0 ? .none : others * 2 > pictures && !isMove ? .most : .some
    }

    // MARK: moves

    /// A move of a picture, and the bytes that put the text back which it takes along.
    private struct Move {
        let shift: ImageShift
        let text: [UInt8]
    }

    /// The move that the terminal is to make; nil where it cannot, or gains nothing.
    private func move(
        to frame: Frame, capabilities: Capabilities, answers: TerminalAnswers
    ) -> Move? {
        let isOurs = capabilities.hasOwnWriter
        guard isOurs || facts.moves, let shown,
            let shift = ImageShift.between(
                shown, and: frame, hasSideMargins: isOurs && answers.hasSideMargins,
                scrollsLines: facts.codes)
        else { return nil }
        guard shift.rows != 0 else { return Move(shift: shift, text: []) }
        if shift.isWithinMargins { return Move(shift: shift, text: shift.scroll) }
        let text =
            isOurs
            ? repair.scroll(by: shift, of: shown) : repair.bytes(of: shown, after: shift)
        return Move(shift: shift, text: text)
    }

    /// Bytes that a move may take for each cell that it goes, with all that it brings along.
    private static let moveBytesMax = 3000
    /// Bytes of a frame beside those that are counted: its brackets, the cursor, a question.
    private static let frameBytes = 40
    /// Bytes of a glyph of text that differs, its colours among them; blanks are erased in runs.
    private static let glyphBytes = 3
    /// Bytes of the words that say that a picture is a preview.
    private static let wordBytes = 200

    /// Sees to it that a move does not take too many bytes: some cells are rough for a while.
    private mutating func stand(in frame: Frame, over shown: Frame, after move: Move?) {
        if let move { rough.move(by: move.shift, over: shown) }
        rough.keep(wantedIn: frame)
        guard let move else { return }
        let glyphs = zip(frame.cells, shown.cells).count {
            $0.glyph != " " && $0 != $1 && !ImageWriter.isPicture($0)
        }
        let steps = max(abs(move.shift.columns), abs(move.shift.rows))
        let room =
            Self.moveBytesMax * steps - Self.frameBytes - move.text.count
            - glyphs * Self.glyphBytes
        let standing = rough.standing(in: frame)
        guard images.bytes(standing, over: shown, after: move.shift).count > room else { return }
        let new = images.standIns(
            in: standing, over: shown, after: move.shift,
            within: room - (isRough ? 0 : Self.wordBytes))
        rough.add(new, for: frame)
    }

    /// Everything through ncurses, but for a move of a picture: the cells that come in are written
    /// while the cursor is there, where the terminal's colours have the numbers that we use.
    private mutating func composeAll(_ frame: Frame, after move: Move?) -> [UInt8] {
        guard let move, let shown else {
            return composeText(frame, over: shown, isOurs: { _ in false })
        }
        var bytes: [UInt8] = []
        let writes = facts.codes && images.hasColours
        if move.shift.rows != 0 {
            bytes = scrollByNCurses(move, over: shown)
        } else {
            tell(move.shift, over: shown)
            if !writes {
                let moves = (0..<frame.size.rows).flatMap {
                    move.shift.sideways($0, in: shown)?.bytes ?? []
                }
                bytes = ImageWriter.saving + moves + ImageWriter.restoring
            }
        }
        if writes { bytes += images.bytes(frame, over: shown, after: move.shift) }
        return bytes
            + composeText(
                frame, over: shown, isOurs: { _ in false }, written: writes ? move.shift.area : nil)
    }

    /// Text through ncurses, pictures by our own writer.
    private mutating func composeParts(_ frame: Frame, after move: Move?) -> [UInt8] {
        var bytes: [UInt8] = []
        if let move, let shown {
            if move.shift.rows != 0 {
                bytes = ImageWriter.saving + move.text + ImageWriter.restoring
            }
            tell(move.shift, over: shown)
            hold(frame)
        }
        let text = composeText(frame, over: shown, isOurs: ImageWriter.isPicture)
        if shown != nil, !hasMovedHeld {
            return bytes + images.bytes(frame, over: shown, after: move?.shift) + text
        }
        // Nothing was shown, or ncurses moved lines with parts of the picture: all is written anew.
        let all =
            shown == nil ? text : composeText(frame, over: nil, isOurs: ImageWriter.isPicture)
        hold(frame)
        return all + images.bytes(frame, over: nil)
    }

    /// A move up or down where the picture is in the hands of ncurses: it scrolls the lines itself.
    private mutating func scrollByNCurses(_ move: Move, over shown: Frame) -> [UInt8] {
        let area = move.shift.area
        let (row, rows) = (Int32(area.row), Int32(area.rows))
        wt_terminal_scroll(row, rows, Int32(move.shift.rows))
        let scroll = composed()
        wt_terminal_repaired(row, 0, rows, Int32(area.column))
        wt_terminal_repaired(
            row, Int32(area.endColumn), rows, Int32(shown.size.columns - area.endColumn))
        return scroll + ImageWriter.saving + move.text + ImageWriter.restoring
    }

    private var repair: TextRepair {
        TextRepair(
            looks: looks, hasOffCodes: facts.hasOffCodes, erasesInColour: facts.bce)
    }

    /// What ncurses has written.
    private mutating func composed() -> [UInt8] {
        let count = wt_terminal_composed(nil, 0)
        let bytes = [UInt8](unsafeUninitializedCapacity: Int(count)) { buffer, filled in
            filled = Int(wt_terminal_composed(buffer.baseAddress, Int64(buffer.count)))
        }
        let left = leavingHeld(bytes)
        return styles?.filtered(left) ?? left
    }

    /// The bytes of ncurses; cells that are ours are left alone, and blank in a whole frame.
    ///
    /// `written`: where the cells of a picture stand on the terminal already.
    private mutating func composeText(
        _ frame: Frame, over last: Frame?, isOurs: (Cell) -> Bool, written: Rectangle? = nil
    ) -> [UInt8] {
        if !put(frame, over: last, isOurs: isOurs) {
            wt_terminal_forget_pairs()
            _ = put(frame, over: nil, isOurs: isOurs)
        }
        if let written { tellWritten(frame, in: written) }
        let cursor = frame.cursor.flatMap { frame.bounds.contains($0) ? $0 : nil }
        wt_terminal_compose(Int32(cursor?.row ?? -1), Int32(cursor?.column ?? -1), last == nil)
        if last == nil { styles?.forget() }
        return composed()
    }

    /// The bytes of ncurses with steps of the cursor for the glyphs that stand for a picture's cells,
    /// which it writes again where text on both sides of them changes.
    ///
    /// `hasMovedHeld` says whether it moved lines too: then other cells than it knows of stand there.
    private mutating func leavingHeld(_ bytes: [UInt8]) -> [UInt8] {
        hasMovedHeld = false
        let held = Array(String(Character(Unicode.Scalar(UInt32(WT_TERMINAL_HELD)) ?? " ")).utf8)
        var left: [UInt8] = []
        left.reserveCapacity(bytes.count)
        var count = 0
        var movesLines = false
        var index = 0
        while index < bytes.count {
            if bytes[index] == held[0], index + held.count <= bytes.count,
                bytes[index + 1] == held[1]
            {
                left += [0x1B, UInt8(ascii: "["), UInt8(ascii: "C")]
                count += 1
                index += held.count
            } else {
                movesLines = movesLines || Self.movesLines(bytes, at: index)
                left.append(bytes[index])
                index += 1
            }
        }
        hasMovedHeld = count > 0 && movesLines
        return left
    }

    /// True for a line feed, a reverse index, and the sequences that scroll, insert and delete.
    private static func movesLines(_ bytes: [UInt8], at index: Int) -> Bool {
        if bytes[index] == 0x0A { return true }
        guard bytes[index] == 0x1B, index + 1 < bytes.count else { return false }
        guard bytes[index + 1] == UInt8(ascii: "[") else {
            return bytes[index + 1] == UInt8(ascii: "M") || bytes[index + 1] == UInt8(ascii: "D")
        }
        let final = bytes[(index + 2)...].first { (0x40...0x7E).contains($0) }
        return final.map { Array("LMSTrP@".utf8).contains($0) } ?? false
    }

    /// Tells ncurses what the terminal has moved.
    private func tell(_ shift: ImageShift, over shown: Frame) {
        for part in shift.moved(in: shown) {
            wt_terminal_moved(
                Int32(part.row), Int32(part.column), Int32(part.rows), Int32(part.columns),
                Int32(shift.rows), Int32(shift.columns))
        }
    }

    /// Tells ncurses that the cells of a picture stand on the terminal as it was given them.
    private func tellWritten(_ frame: Frame, in area: Rectangle) {
        for row in area.row..<area.endRow {
            var column = area.column
            while column < area.endColumn {
                let run = (column..<area.endColumn).prefix {
                    ImageWriter.isPicture(frame[Position(column: $0, row: row)])
                }
                wt_terminal_repaired(Int32(row), Int32(column), 1, Int32(run.count))
                column = run.endIndex + 1
            }
        }
    }

    /// Tells ncurses which cells are a picture's.
    private func hold(_ frame: Frame) {
        for row in 0..<frame.size.rows {
            for column in 0..<frame.size.columns
            where ImageWriter.isPicture(frame.cells[row * frame.size.columns + column]) {
                wt_terminal_hold(Int32(row), Int32(column), 1)
            }
        }
    }

    /// Puts the cells that differ; false when the terminal has no colour pair left.
    private func put(_ frame: Frame, over last: Frame?, isOurs: (Cell) -> Bool) -> Bool {
        var scalars: [UInt32] = []
        scalars.reserveCapacity(8)
        var index = 0
        for row in 0..<frame.size.rows {
            for column in 0..<frame.size.columns {
                defer { index += 1 }
                let cell = frame.cells[index]
                // The second half of a wide glyph comes with the first.
                if cell.width == 0 || cell == last?.cells[index] { continue }
                let isOurs = isOurs(cell)
                if isOurs, let last {
                    if !ImageWriter.isPicture(last.cells[index]) {
                        wt_terminal_hold(Int32(row), Int32(column), 1)
                    }
                    continue
                }
                let shownCell = isOurs ? .blank : cell
                let look = looks.look(of: shownCell.style)
                scalars.removeAll(keepingCapacity: true)
                for scalar in shownCell.glyph.unicodeScalars { scalars.append(scalar.value) }
                let wasPut = wt_terminal_put(
                    Int32(row), Int32(column), scalars, Int32(scalars.count),
                    Int32(shownCell.width), Int32(look.foreground), Int32(look.background),
                    UInt32(look.attributes.rawValue))
                if !wasPut { return false }
            }
        }
        return true
    }
}

extension wt_terminal_facts {
    /// True where single attributes can be turned off: so it is wherever there are 16 colours.
    fileprivate var hasOffCodes: Bool { colours >= 16 }
}
