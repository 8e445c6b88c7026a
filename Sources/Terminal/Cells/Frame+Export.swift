// A frame as text that a person reads in a diff, and the difference of two frames.

extension Frame {
    /// The glyphs, one line a row, spaces at the ends of lines left out.
    public var text: String {
        lines { $0.width == 0 ? nil : $0.glyph }
    }

    /// One letter for each cell's role or ink, laid out as the screen is, with a legend after it.
    ///
    /// Roles get letters in the order of their appearance; `.` is ordinary text. A capital letter
    /// means that the cell lies on another role's background. Greys and colours are `#` and `*`.
    public var rolePlane: String {
        var letters: [Role: Character] = [:]
        var legend: [String] = []
        let alphabet = Array("abcdefghijklmnopqrstuvwxyz0123456789")
        let plane = lines { cell in
            switch cell.style.foreground {
            case .grey: return "#"
            case .rgb: return "*"
            case .role(.text) where cell.glyph == " " && cell.style.background == nil: return " "
            case .role(let role):
                let raised = cell.style.background != nil
                if role == .text { return raised ? "+" : "." }
                if letters[role] == nil {
                    let letter = alphabet[letters.count % alphabet.count]
                    letters[role] = letter
                    legend.append("\(letter) \(role.rawValue)")
                }
                let letter = letters[role] ?? "?"
                return raised ? Character(letter.uppercased()) : letter
            }
        }
        return plane + "\n-- " + legend.joined(separator: ", ") + "\n"
    }

    /// The text of one row, without spaces at its end.
    public func text(row: Int) -> String {
        guard row >= 0, row < size.rows else { return "" }
        return line(row) { $0.width == 0 ? nil : $0.glyph }
    }

    /// The text of a rectangle, one line a row.
    public func text(in rectangle: Rectangle) -> String {
        var part = Frame(size: rectangle.size)
        for row in 0..<rectangle.rows {
            for column in 0..<rectangle.columns {
                let cell = self[rectangle.position(columns: column, rows: row)]
                if cell.width != 0 { part[Position(column: column, row: row)] = cell }
            }
        }
        return part.text
    }

    /// Positions whose cells differ; all of them when the sizes do.
    public func difference(from other: Frame) -> [Position] {
        (0..<size.rows).flatMap { row in
            (0..<size.columns).compactMap { column in
                let position = Position(column: column, row: row)
                return other.size == size && other[position] == self[position] ? nil : position
            }
        }
    }

    private func lines(_ glyph: (Cell) -> Character?) -> String {
        (0..<size.rows).map { line($0, glyph) }.joined(separator: "\n")
    }

    private func line(_ row: Int, _ glyph: (Cell) -> Character?) -> String {
        var line = ""
        for column in 0..<size.columns {
            if let character = glyph(cells[row * size.columns + column]) { line.append(character) }
        }
        while line.last == " " { line.removeLast() }
        return line
    }
}
