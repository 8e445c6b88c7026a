// The quadratic forms of glyphs, which differ near the borders of a picture.

/// The quadratic form of a part's cost in its two greys, without the bytes.
struct FitForm: Sendable {
    let ink: Float
    let mixed: Float
    let rest: Float
    let inverseDeterminant: Float
}

/// The forms of all parts for each kind of place in a picture.
///
/// Only the three columns and two rows of cells next to a border feel it; all others share one.
struct FitPlaces: Sendable {
    /// What the cells of one kind of place share.
    struct Place: Sendable {
        let rows: BlockMatrix
        let columns: ColumnWeights
        /// By the index of the part.
        let forms: [FitForm]
        /// The form of one grey all over.
        let flat: Float
    }

    private let places: [Place]
    private let columnKinds: [Int]
    private let rowKinds: [Int]

    init(
        parts: [GlyphPart], horizontal: ViewKernel, vertical: ViewKernel, viewWeight: Float
    ) {
        let (columns, columnKinds) = Self.kinds(
            horizontal.count / CellBlocks.across, borders: 3)
        let (rows, rowKinds) = Self.kinds(vertical.count / CellBlocks.down, borders: 2)
        self.columnKinds = columnKinds
        self.rowKinds = rowKinds.map { $0 * columns.count }
        places = rows.flatMap { row in
            let matrix = BlockMatrix(vertical, row: row, other: row)
            return columns.map { column in
                Self.place(
                    parts, rows: matrix, columns: ColumnWeights(horizontal, column: column),
                    viewWeight: viewWeight)
            }
        }
    }

    /// The index of the place of a cell.
    @inline(__always) func index(row: Int, column: Int) -> Int {
        rowKinds[row] + columnKinds[column]
    }

    subscript(_ index: Int) -> Place {
        @inline(__always) _read { yield places[index] }
    }

    /// One position of each kind, and the kind of every position.
    private static func kinds(_ count: Int, borders: Int) -> (examples: [Int], kinds: [Int]) {
        var examples: [Int] = []
        var known: [[Int]: Int] = [:]
        let kinds = (0..<count).map { position in
            let key = [min(position, borders), min(count - 1 - position, borders)]
            if let kind = known[key] { return kind }
            known[key] = examples.count
            examples.append(position)
            return examples.count - 1
        }
        return (examples, kinds)
    }

    private static func place(
        _ parts: [GlyphPart], rows: BlockMatrix, columns: ColumnWeights, viewWeight: Float
    ) -> Place {
        let everywhere = CellBlocks.everywhere
        let all = columns.seen(everywhere, rows: rows)
        let forms = parts.map { part in
            let seen = columns.seen(part.cover, rows: rows)
            let inkView = part.cover.dot(seen)
            let mixedView = everywhere.dot(seen) - inkView
            let restView = everywhere.dot(all) - inkView - 2 * mixedView
            let ink = part.inkSquares + viewWeight * inkView
            let mixed = part.mixed + viewWeight * mixedView
            let rest = part.restSquares + viewWeight * restView
            return FitForm(
                ink: ink, mixed: mixed, rest: rest,
                inverseDeterminant: 1 / (ink * rest - mixed * mixed))
        }
        return Place(
            rows: rows, columns: columns, forms: forms,
            flat: CellSums.count + viewWeight * everywhere.dot(all))
    }
}
