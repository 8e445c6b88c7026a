// Our own way to the terminal for pictures: only what changed, each colour only when it changes.

/// Makes the bytes that turn one picture on the screen into another.
///
/// A picture's cells are those whose two inks are colours of their own (greys or RGB) and that have
/// no attribute; everything else is text and belongs to ncurses.
package struct ImageWriter {
    private let colour: Capabilities.Colour
    private let fronts: [[UInt8]]
    private let backs: [[UInt8]]
    /// For each level the nearest one that takes the fewest bytes to set.
    private let cheap: [UInt8]

    /// The colours that the terminal has in force, as far as they are known.
    private struct State {
        var front: Ink?
        var back: Ink?
        /// Where the cursor stands; nil where that is not known, or past the last column.
        var place: Position?
    }

    /// A writer for terminals of so many colours.
    package init(colour: Capabilities.Colour) {
        self.colour = colour
        fronts = (0...255).map { Array(GreyCode.foreground(UInt8($0), colour: colour).utf8) }
        backs = (0...255).map { Array(GreyCode.background(UInt8($0), colour: colour).utf8) }
        let short = Palette.greys.map(\.level).filter { [fronts] in
            fronts[Int($0)].count <= Self.shortCode
        }
        cheap = (0...255).map { level in
            short.min { abs(Int($0) - level) < abs(Int($1) - level) } ?? UInt8(level)
        }
    }

    /// True where greys are set by numbers of colours, and not by reversing.
    var hasColours: Bool { colour >= .sixteen }

    /// Bytes of a colour of the 256 palette: `38;5;243`.
    private static let shortCode = 8

    /// Bytes of the code that sets a grey in front.
    func codeCount(front level: UInt8) -> Int { fronts[Int(level)].count }
    /// Bytes of the code that sets a grey behind.
    func codeCount(back level: UInt8) -> Int { backs[Int(level)].count }
    /// The grey near another one that takes the fewest bytes to set.
    func cheapGrey(near level: UInt8) -> UInt8 { cheap[Int(level)] }

    /// True for a cell of a picture.
    package static func isPicture(_ cell: Cell) -> Bool {
        guard cell.width == 1, cell.style.attributes.isEmpty, let back = cell.style.background
        else { return false }
        if case .role = cell.style.foreground { return false }
        if case .role = back { return false }
        return true
    }

    /// True where two cells look the same, whatever the ink that does not show.
    package static func looksSame(_ first: Cell, _ second: Cell) -> Bool {
        let hasFront = first.style.foreground == second.style.foreground
        let hasBack = first.style.background == second.style.background
        // Comparing glyphs takes longest: last.
        if hasFront && hasBack { return first == second }
        guard hasFront || hasBack, isPicture(first), isPicture(second) else { return false }
        let glyph: Character = hasBack ? " " : "█"
        return first.glyph == glyph && second.glyph == glyph
    }

    /// The bytes for the picture cells of `frame` that differ from `shown` (nil: for all of them).
    ///
    /// A move of `shown` to the side is made on the way, row by row: what comes in is written where
    /// the cursor stands then. A move up or down was made before.
    ///
    /// The cursor and the colours are saved before and restored after; none for no difference.
    package func bytes(
        _ frame: Frame, over shown: Frame?, after shift: ImageShift? = nil
    ) -> [UInt8] {
        let standing = shown.map { shift?.applied(to: $0) ?? $0 }
        var bytes: [UInt8] = []
        var state = State()
        for row in 0..<frame.size.rows {
            if let shown, let move = shift?.sideways(row, in: shown) {
                if bytes.isEmpty { bytes += Self.saving }
                bytes += move.bytes
                state.place = Position(column: move.column, row: row)
            }
            for column in 0..<frame.size.columns {
                let index = row * frame.size.columns + column
                let cell = frame.cells[index]
                guard Self.isPicture(cell) else { continue }
                if let standing, Self.looksSame(standing.cells[index], cell) { continue }
                if bytes.isEmpty { bytes += Self.saving }
                move(to: Position(column: column, row: row), in: frame, &state, &bytes)
                write(cell, &state, &bytes)
                if column + 1 == frame.size.columns { state.place = nil }
            }
        }
        if !bytes.isEmpty { bytes += Self.restoring }
        return bytes
    }

    /// DECSC with no colours in force, and DECRC.
    package static let saving = Array("\u{1B}7\u{1B}[m".utf8)
    package static let restoring = Array("\u{1B}8".utf8)

    /// The most cells between that are written again rather than jumped over.
    private static let bridgeMax = 2

    /// Brings the cursor to a cell the cheapest way: on by writing what stands between, or jumping.
    private func move(
        to target: Position, in frame: Frame, _ state: inout State, _ bytes: inout [UInt8]
    ) {
        let jump = CursorWay(from: state.place, to: target).bytes
        if let place = state.place, place.row == target.row, place.column < target.column,
            target.column - place.column <= Self.bridgeMax
        {
            var trial = state
            var written: [UInt8] = []
            let cells = (place.column..<target.column).map {
                frame[Position(column: $0, row: place.row)]
            }
            if cells.allSatisfy(Self.isPicture) {
                for cell in cells { write(cell, &trial, &written) }
                if written.count <= jump.count {
                    bytes += written
                    state = trial
                    return
                }
            }
        }
        bytes += jump
        state.place = target
    }

    private func write(_ cell: Cell, _ state: inout State, _ bytes: inout [UInt8]) {
        let front: Ink? = cell.glyph == " " ? nil : cell.style.foreground
        let back = cell.glyph == "█" ? nil : cell.style.background
        let newFront = front == state.front ? nil : front
        let newBack = back == state.back ? nil : back
        if newFront != nil || newBack != nil {
            bytes += [0x1B, UInt8(ascii: "[")]
            if let newFront { append(newFront, isFront: true, &bytes) }
            if newFront != nil, newBack != nil { bytes.append(UInt8(ascii: ";")) }
            if let newBack { append(newBack, isFront: false, &bytes) }
            bytes.append(UInt8(ascii: "m"))
            state.front = newFront ?? state.front
            state.back = newBack ?? state.back
        }
        bytes += Array(cell.glyph.utf8)
        state.place?.column += 1
    }

    private func append(_ ink: Ink, isFront: Bool, _ bytes: inout [UInt8]) {
        switch ink {
        case .grey(let level): bytes += (isFront ? fronts : backs)[Int(level)]
        case .rgb(let red, let green, let blue):
            let ground = isFront ? 38 : 48
            if colour == .direct {
                bytes += Array("\(ground);2;\(red);\(green);\(blue)".utf8)
            } else {
                let index = Palette.cubeIndex(of: Colour(red: red, green: green, blue: blue))
                bytes += Array("\(ground);5;\(index)".utf8)
            }
        case .role: break
        }
    }
}
