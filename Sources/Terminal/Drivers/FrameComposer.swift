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
    private let facts: wt_terminal_facts

    /// For a terminal that shows nothing yet.
    init(_ facts: wt_terminal_facts, theme: Theme, colour: Capabilities.Colour) {
        self.facts = facts
        styles = facts.sgr ? StyleFilter(hasOffCodes: facts.colours >= 16) : nil
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
    mutating func forget() { shown = nil }

    /// The bytes of a frame, shown at once where the terminal can.
    mutating func bytes(
        _ wanted: Frame, capabilities: Capabilities, answers: TerminalAnswers
    ) -> [UInt8] {
        wt_terminal_resize(Int32(wanted.size.columns), Int32(wanted.size.rows))
        if shown?.size != wanted.size { shown = nil }
        let frame = capabilities.unicode ? wanted.drawn(with: theme.marks) : wanted.asciiOnly()
        defer { shown = frame }
        let bytes =
            capabilities.hasOwnWriter
            ? composeParts(frame, hasSideMargins: answers.hasSideMargins) : composeAll(frame)
        let gains = answers.hasSynchronisedOutput && bytes.count > 256
        return gains ? Array("\u{1B}[?2026h".utf8) + bytes + Array("\u{1B}[?2026l".utf8) : bytes
    }

    /// Everything through ncurses, but for a move of a picture.
    private mutating func composeAll(_ frame: Frame) -> [UInt8] {
        var bytes: [UInt8] = []
        if facts.moves, let shown,
            let shift = ImageShift.between(shown, and: frame, scrollsLines: facts.codes)
        {
            if shift.rows == 0 {
                let rows = 0..<frame.size.rows
                bytes = ImageWriter.saving
                bytes += rows.flatMap { shift.sideways($0, in: shown)?.bytes ?? [] }
                bytes += ImageWriter.restoring
                tell(shift, over: shown)
            } else {
                bytes = scrollByNCurses(shift, over: shown)
            }
        }
        return bytes + composeText(frame, over: shown, isOurs: { _ in false })
    }

    /// Text through ncurses, pictures by our own writer.
    private mutating func composeParts(_ frame: Frame, hasSideMargins: Bool) -> [UInt8] {
        var bytes: [UInt8] = []
        var move: ImageShift?
        if let shown,
            let shift = ImageShift.between(
                shown, and: frame, hasSideMargins: hasSideMargins, scrollsLines: facts.codes)
        {
            move = shift
            if shift.rows != 0 {
                bytes = scroll(shift, over: shown)
                tell(shift, over: shown)
                hold(frame)
            }
        }
        let text = composeText(frame, over: shown, isOurs: ImageWriter.isPicture)
        if shown != nil, !Self.hasHeldGlyph(text) {
            return bytes + images.bytes(frame, over: shown, after: move) + text
        }
        // Nothing was shown, or ncurses moved lines with parts of the picture: all is written anew.
        let all =
            shown == nil ? text : composeText(frame, over: nil, isOurs: ImageWriter.isPicture)
        hold(frame)
        return all + images.bytes(frame, over: nil)
    }

    /// The bytes of a move up or down, and what puts back the text beside the picture.
    private func scroll(_ shift: ImageShift, over shown: Frame) -> [UInt8] {
        let bytes = shift.isWithinMargins ? shift.scroll : repair.scroll(by: shift, of: shown)
        return ImageWriter.saving + bytes + ImageWriter.restoring
    }

    /// The same where the picture is in the hands of ncurses: it scrolls the lines itself.
    private mutating func scrollByNCurses(_ shift: ImageShift, over shown: Frame) -> [UInt8] {
        let area = shift.area
        let (row, rows) = (Int32(area.row), Int32(area.rows))
        wt_terminal_scroll(row, rows, Int32(shift.rows))
        let scroll = composed()
        wt_terminal_repaired(row, 0, rows, Int32(area.column))
        wt_terminal_repaired(
            row, Int32(area.endColumn), rows, Int32(shown.size.columns - area.endColumn))
        let text = repair.bytes(of: shown, after: shift)
        return scroll + ImageWriter.saving + text + ImageWriter.restoring
    }

    private var repair: TextRepair {
        TextRepair(
            looks: looks, hasOffCodes: facts.colours >= 16, erasesInColour: facts.bce)
    }

    /// What ncurses has written.
    private mutating func composed() -> [UInt8] {
        let count = wt_terminal_composed(nil, 0)
        let bytes = [UInt8](unsafeUninitializedCapacity: Int(count)) { buffer, filled in
            filled = Int(wt_terminal_composed(buffer.baseAddress, Int64(buffer.count)))
        }
        return styles?.filtered(bytes) ?? bytes
    }

    /// The bytes of ncurses; cells that are ours are left alone, and blank in a whole frame.
    private mutating func composeText(
        _ frame: Frame, over last: Frame?, isOurs: (Cell) -> Bool
    ) -> [UInt8] {
        if !put(frame, over: last, isOurs: isOurs) {
            wt_terminal_forget_pairs()
            _ = put(frame, over: nil, isOurs: isOurs)
        }
        let cursor = frame.cursor.flatMap { frame.bounds.contains($0) ? $0 : nil }
        wt_terminal_compose(Int32(cursor?.row ?? -1), Int32(cursor?.column ?? -1), last == nil)
        if last == nil { styles?.forget() }
        return composed()
    }

    /// True where the bytes of ncurses have a glyph that stands for a picture's cell.
    private static func hasHeldGlyph(_ bytes: [UInt8]) -> Bool {
        let held = Array(String(Character(Unicode.Scalar(UInt32(WT_TERMINAL_HELD)) ?? " ")).utf8)
        return zip(bytes, bytes.dropFirst()).contains { $0 == held[0] && $1 == held[1] }
    }

    /// Tells ncurses what the terminal has moved.
    private func tell(_ shift: ImageShift, over shown: Frame) {
        for part in shift.moved(in: shown) {
            wt_terminal_moved(
                Int32(part.row), Int32(part.column), Int32(part.rows), Int32(part.columns),
                Int32(shift.rows), Int32(shift.columns))
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
