// Sizes, places and rectangles of a grid of cells, counted from the top left, from zero.

/// The size of a grid in cells.
public struct GridSize: Sendable, Hashable {
    /// Number of columns, never negative.
    public let columns: Int
    /// Number of rows, never negative.
    public let rows: Int

    /// Makes a size; negative numbers become zero.
    public init(columns: Int, rows: Int) {
        self.columns = max(columns, 0)
        self.rows = max(rows, 0)
    }
}

/// The place of one cell.
public struct Position: Sendable, Hashable {
    /// Column, 0 at the left.
    public var column: Int
    /// Row, 0 at the top.
    public var row: Int

    /// Makes a position.
    public init(column: Int, row: Int) {
        self.column = column
        self.row = row
    }

    /// The position moved right by `columns` and down by `rows`.
    public func moved(columns: Int = 0, rows: Int = 0) -> Position {
        Position(column: column + columns, row: row + rows)
    }
}

/// A rectangle of cells.
public struct Rectangle: Sendable, Hashable {
    /// Leftmost column.
    public var column: Int
    /// Topmost row.
    public var row: Int
    /// Width in cells, never negative.
    public var columns: Int
    /// Height in cells, never negative.
    public var rows: Int

    /// Makes a rectangle; negative extents become zero.
    public init(column: Int, row: Int, columns: Int, rows: Int) {
        self.column = column
        self.row = row
        self.columns = max(columns, 0)
        self.rows = max(rows, 0)
    }

    /// The whole of a grid.
    public init(_ size: GridSize) {
        self.init(column: 0, row: 0, columns: size.columns, rows: size.rows)
    }

    /// The extent.
    public var size: GridSize { GridSize(columns: columns, rows: rows) }
    /// The top left cell.
    public var origin: Position { Position(column: column, row: row) }
    /// The first column right of the rectangle.
    public var endColumn: Int { column + columns }
    /// The first row below the rectangle.
    public var endRow: Int { row + rows }
    /// True when the rectangle holds no cell.
    public var isEmpty: Bool { columns == 0 || rows == 0 }

    /// True when the cell at `position` lies inside.
    public func contains(_ position: Position) -> Bool {
        position.column >= column && position.column < endColumn
            && position.row >= row && position.row < endRow
    }

    /// The place of the cell `columns` right and `rows` down of the top left one.
    public func position(columns: Int = 0, rows: Int = 0) -> Position {
        Position(column: column + columns, row: row + rows)
    }

    /// One row of the rectangle as a rectangle; empty when there is no such row.
    public func line(_ index: Int) -> Rectangle {
        let exists = index >= 0 && index < rows
        return Rectangle(column: column, row: row + index, columns: columns, rows: exists ? 1 : 0)
    }

    /// The part that both rectangles share; empty where they do not meet.
    public func intersection(_ other: Rectangle) -> Rectangle {
        let left = max(column, other.column)
        let top = max(row, other.row)
        return Rectangle(
            column: left, row: top, columns: min(endColumn, other.endColumn) - left,
            rows: min(endRow, other.endRow) - top)
    }

    /// The rectangle less a margin on every side.
    public func inset(columns: Int = 0, rows: Int = 0) -> Rectangle {
        Rectangle(
            column: column + columns, row: row + rows, columns: self.columns - 2 * columns,
            rows: self.rows - 2 * rows)
    }

    /// Takes up to `count` rows off the top; `gap` rows between the parts belong to neither.
    public func divided(topRows count: Int, gap: Int = 0) -> (top: Rectangle, rest: Rectangle) {
        let taken = min(max(count, 0), rows)
        let skipped = min(taken + gap, rows)
        return (
            Rectangle(column: column, row: row, columns: columns, rows: taken),
            Rectangle(column: column, row: row + skipped, columns: columns, rows: rows - skipped)
        )
    }

    /// Takes up to `count` rows off the bottom; `gap` rows between the parts belong to neither.
    public func divided(bottomRows count: Int, gap: Int = 0) -> (rest: Rectangle, bottom: Rectangle)
    {
        let taken = min(max(count, 0), rows)
        let kept = max(rows - taken - gap, 0)
        return (
            Rectangle(column: column, row: row, columns: columns, rows: kept),
            Rectangle(column: column, row: endRow - taken, columns: columns, rows: taken)
        )
    }

    /// Takes up to `count` columns off the left; `gap` columns between belong to neither part.
    public func divided(leftColumns count: Int, gap: Int = 0) -> (left: Rectangle, rest: Rectangle)
    {
        let taken = min(max(count, 0), columns)
        let skipped = min(taken + gap, columns)
        return (
            Rectangle(column: column, row: row, columns: taken, rows: rows),
            Rectangle(column: column + skipped, row: row, columns: columns - skipped, rows: rows)
        )
    }

    /// Takes up to `count` columns off the right; `gap` columns between belong to neither part.
    public func divided(rightColumns count: Int, gap: Int = 0)
        -> (rest: Rectangle, right: Rectangle)
    {
        let taken = min(max(count, 0), columns)
        let kept = max(columns - taken - gap, 0)
        return (
            Rectangle(column: column, row: row, columns: kept, rows: rows),
            Rectangle(column: endColumn - taken, row: row, columns: taken, rows: rows)
        )
    }

    /// A rectangle of the given size in the middle of this one, cut where it does not fit.
    public func centered(columns: Int, rows: Int) -> Rectangle {
        let width = min(max(columns, 0), self.columns)
        let height = min(max(rows, 0), self.rows)
        return Rectangle(
            column: column + (self.columns - width) / 2, row: row + (self.rows - height) / 2,
            columns: width, rows: height)
    }
}
