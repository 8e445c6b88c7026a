// A whole screen as a value: what `draw` returns, what tests read, what a driver shows.

/// A screen of cells.
///
/// Everything that is drawn is clipped to the frame (or to the rectangle given), so a screen too
/// small for its content is cut and never a crash.
public struct Frame: Sendable, Equatable {
    /// The extent.
    public let size: GridSize
    /// The cells, row by row, `columns * rows`.
    public private(set) var cells: [Cell]
    /// Where the terminal's own cursor stands; nil hides it.
    public var cursor: Position?

    /// Makes an empty frame.
    public init(size: GridSize, filledWith cell: Cell = .blank) {
        self.size = size
        cells = Array(repeating: cell, count: size.columns * size.rows)
    }

    /// The whole frame as a rectangle.
    public var bounds: Rectangle { Rectangle(size) }

    /// The cell at a position; writing outside does nothing, reading outside gives a blank.
    public subscript(_ position: Position) -> Cell {
        get {
            guard bounds.contains(position) else { return .blank }
            return cells[position.row * size.columns + position.column]
        }
        set {
            guard bounds.contains(position) else { return }
            set(newValue, column: position.column, row: position.row)
        }
    }

    /// Writes text in one line and returns the number of cells it took.
    ///
    /// The text is made inert first (see `DisplayWidth`). It takes `width` cells at most, or all up
    /// to the right edge; where it is longer, it ends in `…`. With an alignment other than
    /// `.left` it is placed within `width`.
    @discardableResult public mutating func put(
        _ text: some StringProtocol, at position: Position, style: Style = .text,
        width: Int? = nil, alignment: TextAlignment = .left
    ) -> Int {
        guard position.row >= 0, position.row < size.rows else { return 0 }
        let room = max(min(width ?? Int.max, size.columns - position.column), 0)
        let glyphs = TextLayout.truncated(DisplayWidth.glyphs(of: text), to: room)
        let taken = glyphs.reduce(0) { $0 + Int($1.width) }
        var column = position.column
        switch alignment {
        case .left: break
        case .center: column += (room - taken) / 2
        case .right: column += room - taken
        }
        for (glyph, glyphWidth) in glyphs {
            defer { column += Int(glyphWidth) }
            guard column >= 0 else { continue }
            set(Cell(glyph, style: style, width: glyphWidth), column: column, row: position.row)
        }
        return taken
    }

    /// Writes runs of text one after another in `width` cells and returns the cells they took.
    @discardableResult public mutating func put(
        _ runs: [TextRun], at position: Position, width: Int? = nil
    ) -> Int {
        let room = max(min(width ?? Int.max, size.columns - position.column), 0)
        var taken = 0
        for run in runs where taken < room {
            taken += put(
                run.text, at: position.moved(columns: taken), style: run.style,
                width: room - taken)
        }
        return taken
    }

    /// Puts one glyph into every cell of a rectangle.
    public mutating func fill(
        _ rectangle: Rectangle, with glyph: Character = " ", style: Style = .text
    ) {
        let area = rectangle.intersection(bounds)
        for row in area.row..<max(area.endRow, area.row) {
            for column in area.column..<max(area.endColumn, area.column) {
                set(Cell(glyph, style: style), column: column, row: row)
            }
        }
    }

    /// Lays a role's background (and its attributes) under the cells of a rectangle.
    public mutating func setBackground(_ role: Role, in rectangle: Rectangle) {
        let area = rectangle.intersection(bounds)
        for row in area.row..<max(area.endRow, area.row) {
            for column in area.column..<max(area.endColumn, area.column) {
                cells[row * size.columns + column].style.background = .role(role)
            }
        }
    }

    /// Draws a horizontal rule.
    public mutating func horizontalRule(
        at position: Position, columns: Int, style: Style = Style(.border)
    ) {
        let line = Rectangle(column: position.column, row: position.row, columns: columns, rows: 1)
        fill(line, with: "─", style: style)
    }

    /// Draws a vertical rule.
    public mutating func verticalRule(
        at position: Position, rows: Int, style: Style = Style(.border)
    ) {
        let line = Rectangle(column: position.column, row: position.row, columns: 1, rows: rows)
        fill(line, with: "│", style: style)
    }

    /// Draws a box along the inside of a rectangle's edge, with a title in its upper side.
    public mutating func box(
        _ rectangle: Rectangle, title: String = "", style: Style = Style(.border),
        titleStyle: Style = Style(.heading)
    ) {
        guard rectangle.columns >= 2, rectangle.rows >= 2 else { return }
        let right = rectangle.columns - 1
        let bottom = rectangle.rows - 1
        horizontalRule(at: rectangle.position(columns: 1), columns: right - 1, style: style)
        horizontalRule(
            at: rectangle.position(columns: 1, rows: bottom), columns: right - 1, style: style)
        verticalRule(at: rectangle.position(rows: 1), rows: bottom - 1, style: style)
        verticalRule(
            at: rectangle.position(columns: right, rows: 1), rows: bottom - 1, style: style)
        self[rectangle.position()] = Cell("┌", style: style)
        self[rectangle.position(columns: right)] = Cell("┐", style: style)
        self[rectangle.position(rows: bottom)] = Cell("└", style: style)
        self[rectangle.position(columns: right, rows: bottom)] = Cell("┘", style: style)
        if !title.isEmpty, rectangle.columns > 6 {
            let shown = TextLayout.truncated(title, to: rectangle.columns - 6)
            put(" \(shown) ", at: rectangle.position(columns: 2), style: titleStyle)
        }
    }

    /// Copies the cells of another frame to `position`, clipped.
    public mutating func draw(_ other: Frame, at position: Position) {
        let area = Rectangle(
            column: position.column, row: position.row, columns: other.size.columns,
            rows: other.size.rows
        ).intersection(bounds)
        for row in area.row..<max(area.endRow, area.row) {
            let source = (row - position.row) * other.size.columns - position.column
            for column in area.column..<max(area.endColumn, area.column) {
                set(other.cells[source + column], column: column, row: row)
            }
        }
    }

    /// Sets every cell by its index, row by row; all of width 1.
    mutating func setCells(_ cell: (Int) -> Cell) {
        for index in cells.indices { cells[index] = cell(index) }
    }

    /// Replaces each glyph by another of one cell; a wide glyph leaves a space behind it.
    mutating func mapCells(_ transform: (Cell) -> Cell) {
        for index in cells.indices { cells[index] = transform(cells[index]) }
    }

    mutating func mapGlyphs(_ transform: (Character) -> Character) {
        for index in cells.indices {
            cells[index].glyph = transform(cells[index].glyph)
            cells[index].width = 1
        }
    }

    /// Writes a cell and mends the halves of wide glyphs that it cuts.
    private mutating func set(_ cell: Cell, column: Int, row: Int) {
        let index = row * size.columns + column
        if cells[index].width != 1 { clearWideGlyph(at: index, column: column) }
        guard cell.width == 2 else {
            cells[index] = cell.width == 0 ? Cell(" ", style: cell.style) : cell
            return
        }
        guard column + 1 < size.columns else {
            cells[index] = Cell(" ", style: cell.style)
            return
        }
        if cells[index + 1].width != 1 { clearWideGlyph(at: index + 1, column: column + 1) }
        cells[index] = cell
        cells[index + 1] = Cell(" ", style: cell.style, width: 0)
    }

    private mutating func clearWideGlyph(at index: Int, column: Int) {
        let isLeading = cells[index].width == 2
        let other = isLeading ? index + 1 : index - 1
        cells[index] = Cell(" ", style: cells[index].style)
        if isLeading ? column + 1 < size.columns : column > 0 {
            cells[other] = Cell(" ", style: cells[other].style)
        }
    }
}
