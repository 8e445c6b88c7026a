// A map of strengths laid over a picture: colour where there is colour, a contour where not.

extension Frame {
    /// Lays strengths over the picture cells of a rectangle.
    ///
    /// With 256 colours or more the greys turn towards amber, which colour-blind eyes tell from
    /// grey too, and stay as light as they were, so that the picture can still be read. With fewer
    /// colours the contours at 1/2 and 3/4 are drawn with `·` and `+`.
    /// - Parameter strengths: 0 (nothing) ... 1 (most), one for each cell of `rectangle`, row by
    ///   row; others are clamped, NaN is nothing.
    public mutating func drawHeat(
        _ strengths: [Float], in rectangle: Rectangle, capabilities: Capabilities
    ) {
        precondition(
            strengths.count == rectangle.columns * rectangle.rows, "one strength for each cell")
        let strengths = strengths.map { $0 >= 0 ? min($0, 1) : 0 }
        if capabilities.colour >= .xterm256 {
            tint(strengths, in: rectangle)
        } else {
            contour(strengths, in: rectangle, level: 0.5, glyph: "·")
            contour(strengths, in: rectangle, level: 0.75, glyph: "+")
        }
    }

    private mutating func tint(_ strengths: [Float], in rectangle: Rectangle) {
        for (index, strength) in strengths.enumerated() where strength > Self.heatMin {
            let position = rectangle.position(
                columns: index % rectangle.columns, rows: index / rectangle.columns)
            var cell = self[position]
            cell.style.foreground = Self.warmed(cell.style.foreground, by: strength)
            cell.style.background = cell.style.background.map { Self.warmed($0, by: strength) }
            self[position] = cell
        }
    }

    /// Strengths below this leave the picture as it is.
    private static let heatMin: Float = 0.1

    /// A grey turned to amber: blue goes, red comes, BT.601 luma stays nearly the same.
    private static func warmed(_ ink: Ink, by strength: Float) -> Ink {
        guard case .grey(let level) = ink else { return ink }
        let grey = Float(level)
        // Steps of an eighth: more would need more colour pairs than a terminal has.
        let share = (strength * 8).rounded() / 8
        func component(_ value: Float) -> UInt8 { UInt8(min(max(value, 0), 255)) }
        return .rgb(
            red: component(grey + share * (70 + 0.25 * (255 - grey))),
            green: component(grey + share * 10), blue: component(grey - share * (grey * 0.75)))
    }

    private mutating func contour(
        _ strengths: [Float], in rectangle: Rectangle, level: Float, glyph: Character
    ) {
        func isInside(_ column: Int, _ row: Int) -> Bool {
            guard column >= 0, row >= 0, column < rectangle.columns, row < rectangle.rows else {
                return false
            }
            return strengths[row * rectangle.columns + column] >= level
        }
        for row in 0..<rectangle.rows {
            for column in 0..<rectangle.columns where isInside(column, row) {
                let neighbours = [(-1, 0), (1, 0), (0, -1), (0, 1)]
                if neighbours.allSatisfy({ isInside(column + $0.0, row + $0.1) }) { continue }
                self[rectangle.position(columns: column, rows: row)] = Cell(
                    glyph, style: Style(.overlay))
            }
        }
    }
}
