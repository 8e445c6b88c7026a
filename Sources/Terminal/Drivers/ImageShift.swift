// A picture that moved by whole cells: the terminal moves what it has, and only the rest is written.

/// A move of a picture's cells that the terminal can do by itself.
package struct ImageShift: Equatable {
    /// The cells of the picture.
    package let area: Rectangle
    /// Cells that everything moves to the right, or to the left if negative.
    package let columns: Int
    /// Cells that everything moves down, or up if negative.
    package let rows: Int

    private static let columnsMax = 16
    private static let rowsMax = 8
    /// Bytes that a cell of a picture takes, about.
    private static let cellBytes = 20
    /// Bytes that moving one row to the side takes, about.
    private static let rowBytes = 18

    /// True for a move that is looked for: along one axis, and not far.
    static func canMake(columns: Int, rows: Int) -> Bool {
        (columns == 0 || rows == 0) && abs(columns) <= columnsMax && abs(rows) <= rowsMax
    }

    /// True for a move up or down under which the terminal leaves alone what stands beside.
    package let isWithinMargins: Bool

    /// The move that brings `shown` nearest to `frame`; nil where moving gains nothing.
    ///
    /// - Parameters:
    ///   - hasSideMargins: the terminal can scroll a rectangle by itself.
    ///   - scrollsLines: whole lines may be scrolled, text beside the picture too.
    package static func between(
        _ shown: Frame, and frame: Frame, hasSideMargins: Bool = false, scrollsLines: Bool = true
    ) -> ImageShift? {
        guard shown.size == frame.size, let area = area(of: frame), area == Self.area(of: shown)
        else { return nil }
        func shift(columns: Int = 0, rows: Int = 0) -> ImageShift {
            ImageShift(
                area: area, columns: columns, rows: rows,
                isWithinMargins: hasSideMargins && rows != 0)
        }
        let still = shift()
        let unmoved = still.differing(shown, frame, step: 1)
        guard unmoved > 3 * area.rows else { return nil }
        let across = (1...columnsMax).flatMap { [$0, -$0] }
            .map { shift(columns: $0) }
        let down = (1...rowsMax).flatMap { [$0, -$0] }
            .map { shift(rows: $0) }
        let fits = (across + (hasSideMargins || scrollsLines ? down : [])).filter {
            abs($0.columns) < area.columns && abs($0.rows) < area.rows
        }
        let counted = fits.map { ($0, $0.differing(shown, frame, step: 7)) }
        guard let best = counted.min(by: { $0.1 < $1.1 })?.0 else { return nil }
        let moved = best.differing(shown, frame, step: 1) * cellBytes + best.overhead(shown)
        return moved < unmoved * cellBytes ? best : nil
    }

    /// The cells that come in on one side.
    package var incomingCount: Int { abs(columns) * area.rows + abs(rows) * area.columns }

    /// The parts of the screen that the terminal moves and that stay moved.
    package func moved(in shown: Frame) -> [Rectangle] {
        if rows != 0 { return [area] }
        return (0..<area.rows).filter { canMove($0, in: shown) }.map { area.line($0) }
    }

    /// The frame that stands on the screen after the move; what came in is no cell of a picture.
    package func applied(to shown: Frame) -> Frame {
        var moved = shown
        for row in 0..<area.rows where canMove(row, in: shown) {
            for column in 0..<area.columns {
                let from = Position(
                    column: area.column + column - columns, row: area.row + row - rows)
                let isKept = area.contains(from)
                moved[area.position(columns: column, rows: row)] = isKept ? shown[from] : .blank
            }
        }
        return moved
    }

    /// The bytes of a move up or down.
    package var scroll: [UInt8] {
        // A count of one is left out.
        let count = abs(rows) == 1 ? "" : String(abs(rows))
        // DECSTBM and SU or SD: whole lines, text beside the picture too.
        let lines =
            "\u{1B}[\(area.row + 1);\(area.endRow)r\u{1B}[\(count)\(rows < 0 ? "S" : "T")\u{1B}[r"
        // DECSLRM: only the picture's columns. Without the mode the margins are gone.
        let text =
            isWithinMargins
            ? "\u{1B}[?69h\u{1B}[\(area.column + 1);\(area.endColumn)s\(lines)\u{1B}[?69l" : lines
        return Array(text.utf8)
    }

    /// The bytes of a move of one row to the side; none for a row that cannot be moved.
    ///
    /// `column` is where they leave the cursor: there stands what came in.
    package func sideways(_ row: Int, in shown: Frame) -> (bytes: [UInt8], column: Int)? {
        guard rows == 0, (area.row..<area.endRow).contains(row),
            canMove(row - area.row, in: shown)
        else { return nil }
        let count = abs(columns) == 1 ? "" : String(abs(columns))
        func place(_ column: Int) -> String { column == 0 ? "" : String(column + 1) }
        // DCH on one side and ICH on the other: what stands right of the picture stays.
        let (taken, given) =
            columns < 0
            ? (area.column, area.endColumn + columns) : (area.endColumn - columns, area.column)
        let text =
            "\u{1B}[\(row + 1)\(taken == 0 ? "" : ";\(taken + 1)")H\u{1B}[\(count)P"
            + "\u{1B}[\(place(given))G\u{1B}[\(count)@"
        return (Array(text.utf8), given)
    }

    /// A row moves to the side where most of it is the picture's, with what is drawn over it (a
    /// ruler moves with the picture), and where no wide glyph would be cut.
    private func canMove(_ row: Int, in shown: Frame) -> Bool {
        if rows != 0 { return true }
        let cells = (0..<area.columns).map { shown[area.position(columns: $0, rows: row)] }
        return cells.allSatisfy { $0.width == 1 }
            && cells.count(where: ImageWriter.isPicture) * 2 > area.columns
    }

    /// Cells of the picture, one of `step`, that the move leaves different.
    private func differing(_ shown: Frame, _ frame: Frame, step: Int) -> Int {
        var count = 0
        for index in stride(from: 0, to: area.columns * area.rows, by: step) {
            let (row, column) = index.quotientAndRemainder(dividingBy: area.columns)
            let to = area.position(columns: column, rows: row)
            let from = to.moved(columns: -columns, rows: -rows)
            let cell = frame[to]
            guard ImageWriter.isPicture(cell) else { continue }
            if !area.contains(from) || !ImageWriter.looksSame(shown[from], cell) { count += 1 }
        }
        return count
    }

    /// Bytes of the move, and of the text that is put back.
    private func overhead(_ shown: Frame) -> Int {
        if rows == 0 { return area.rows * Self.rowBytes }
        if isWithinMargins { return 50 }
        var texts = 0
        for row in area.row..<area.endRow {
            for column in 0..<shown.size.columns {
                let cell = shown[Position(column: column, row: row)]
                if !ImageWriter.isPicture(cell), cell != .blank { texts += 1 }
            }
        }
        return 30 + texts * 2
    }

    /// The least rectangle around the picture cells; nil without any.
    private static func area(of frame: Frame) -> Rectangle? {
        var left = Int.max
        var right = -1
        var top = Int.max
        var bottom = -1
        for (index, cell) in frame.cells.enumerated() where ImageWriter.isPicture(cell) {
            let (row, column) = index.quotientAndRemainder(dividingBy: frame.size.columns)
            left = min(left, column)
            right = max(right, column)
            top = min(top, row)
            bottom = max(bottom, row)
        }
        guard right >= left else { return nil }
        return Rectangle(
            column: left, row: top, columns: right - left + 1, rows: bottom - top + 1)
    }
}
