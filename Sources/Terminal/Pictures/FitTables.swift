// Everything that the fit of a picture looks up: glyphs, forms, greys, bytes.

import CKernels
import Synchronization

/// The tables of a picture's size and options, in the layout of `wt_picture_tables`.
///
/// The cost of a cell with given greys is a quadratic form in them whose matrix depends on the
/// glyph, and near the borders on the place: only the three columns and two rows of cells next to
/// a border feel it, all others share one form.
struct FitTables: Sendable {
    private let size: GridSize
    private let options: PictureOptions
    private var floats: [Float] = []
    private var words: [Int32] = []
    /// Where each table begins, in `floats` or `words`.
    private var starts = Starts()
    private let groups: Int
    private let shades: [ShadeGrey]
    private let greys: PictureGreys
    private let emission: EmissionCost

    private struct Starts: Sendable {
        var horizontal = 0
        var vertical = 0
        var across = 0
        var down = 0
        var sums = 0
        var coefficients = 0
        var glyphs = 0
        var complements = 0
        var glyphCosts = 0
        var squares = 0
        var columnKinds = 0
        var rowKinds = 0
        var forms = 0
        var flat = 0
        var columnEdges = 0
        var rowEdges = 0
        var covers = 0
        var steps = 0
        var nearest = 0
        var greys = 0
        var shades = 0
        var shadeStarts = 0
        var bytes = 0
    }

    /// Eight parts whose ink is summed in the same way; lanes without a part are nil.
    private struct Group {
        let sums: wt_picture_sums
        let lanes: [GlyphPart?]
    }

    /// The tables for a size and options; those asked for lately are remembered.
    static func tables(size: GridSize, options: PictureOptions) -> FitTables {
        if let known = memory.withLock({ $0.first { $0.size == size && $0.options == options } }) {
            return known
        }
        let made = FitTables(size: size, options: options)
        memory.withLock { $0 = [made] + $0.prefix(3) }
        return made
    }

    /// A memo and nothing else: tables are the same with and without it.
    private static let memory = Mutex<[FitTables]>([])

    private init(size: GridSize, options: PictureOptions) {
        self.size = size
        self.options = options
        let greys = PictureGreys(options)
        emission = EmissionCost(options: options)
        // With few greys an eighth is a thin line of quite another grey; only the neighbours that
        // make good for it can have it there.
        let parts = GlyphPart.all(
            of: options.glyphs, isCoarse: greys.isSmall && !options.isDithering)
        let hasShades =
            options.isDithering && options.colour != .direct && options.glyphs != .half
        shades = hasShades ? ShadeGrey.all(of: greys.levels) : []
        self.greys = greys
        let grouped = Self.groups(parts)
        groups = grouped.count
        precondition(groups <= WT_PICTURE_GROUPS_MAX, "room for all parts")
        addGlyphs(grouped)
        addPlaces(grouped)
        addGreys()
    }

    /// Calls a function with the tables, which are valid for the time of the call.
    func withTables<Result>(
        _ body: (UnsafePointer<wt_picture_tables>) throws -> Result
    ) rethrows -> Result {
        try floats.withUnsafeBufferPointer { floats in
            try words.withUnsafeBufferPointer { words in
                var tables = wt_picture_tables()
                guard let first = floats.baseAddress, let word = words.baseAddress else {
                    preconditionFailure("tables are never empty")
                }
                fillPlaces(&tables, first, word)
                fillGreys(&tables, first, word)
                return try withUnsafePointer(to: tables, body)
            }
        }
    }

    // MARK: making

    private mutating func add(_ values: [Float]) -> Int {
        floats += values
        return floats.count - values.count
    }

    private mutating func add(_ values: [Int32]) -> Int {
        words += values
        return words.count - values.count
    }

    private static func groups(_ parts: [GlyphPart]) -> [Group] {
        func mosaics(_ sums: wt_picture_sums) -> [Group] {
            let those = parts.filter { $0.sums == sums }
            return stride(from: 0, to: those.count, by: Int(WT_PICTURE_GROUP)).map { first in
                Group(
                    sums: sums,
                    lanes: (first..<first + Int(WT_PICTURE_GROUP)).map {
                        $0 < those.count ? those[$0] : nil
                    })
            }
        }
        func eighths(_ sums: wt_picture_sums) -> [Group] {
            let those = parts.filter { $0.sums == sums }
            let lanes = (0..<Int(WT_PICTURE_GROUP)).map { lane in
                those.first { $0.bits == lane }
            }
            return those.isEmpty ? [] : [Group(sums: sums, lanes: lanes)]
        }
        return mosaics(.octants) + eighths(.lower) + eighths(.left) + mosaics(.sextants)
    }

    private mutating func addGlyphs(_ grouped: [Group]) {
        let lanes = grouped.flatMap(\.lanes)
        starts.sums = add(grouped.map { Int32($0.sums.rawValue) })
        starts.glyphs = add(lanes.map { Int32($0?.glyph ?? 0) })
        starts.complements = add(lanes.map { Int32($0?.complement ?? 0) })
        starts.glyphCosts = add(
            lanes.map { part in
                guard let part else { return .infinity }
                return (part.glyph > 0xFFFF ? 4 : 3) * emission.weight
            })
        starts.coefficients = add(
            grouped.flatMap { group in
                (0..<8).flatMap { sum in
                    group.lanes.map { ($0?.bits ?? 0) >> sum & 1 == 1 ? Float(1) : 0 }
                }
            })
        var squares: [Float] = []
        for group in grouped {
            squares += group.lanes.map { $0?.inkSquares ?? 0 }
            squares += group.lanes.map { $0?.mixed ?? 0 }
            squares += group.lanes.map { $0?.restSquares ?? 0 }
        }
        starts.squares = add(squares)
    }

    private mutating func addPlaces(_ grouped: [Group]) {
        let horizontal = ViewKernel(blocks: size.columns * CellBlocks.across)
        let vertical = ViewKernel(blocks: size.rows * CellBlocks.down)
        starts.horizontal = add(horizontal.weights)
        starts.vertical = add(vertical.weights)
        let (across, down) = (horizontal.shares, vertical.shares)
        starts.across = add(across)
        starts.down = add(down)
        let columns = PlaceKinds(size.columns, borders: 3)
        let rows = PlaceKinds(size.rows, borders: 2)
        starts.columnKinds = add(columns.kinds.map { Int32($0) })
        starts.rowKinds = add(rows.kinds.map { Int32($0 * columns.examples.count) })
        let columnEdges = PlaceKinds(size.columns, borders: 1)
        let rowEdges = PlaceKinds(size.rows, borders: 1)
        starts.columnEdges = add(columnEdges.kinds.map { Int32($0) })
        starts.rowEdges = add(rowEdges.kinds.map { Int32($0 * columnEdges.examples.count) })
        // The shares differ at the edges only: the parts' covers by row edge, column edge, lane.
        let lanes = grouped.flatMap(\.lanes)
        let covers = rowEdges.examples.map { row in
            columnEdges.examples.map { column in
                lanes.map { part in
                    part?.cover(
                        across: Array(across[6 * column..<6 * column + 6]),
                        down: Array(down[12 * row..<12 * row + 12]))
                }
            }
        }
        starts.covers = add(
            covers.joined().joined().flatMap { cover in
                (0..<CellBlocks.across).flatMap { column in
                    (0..<8).map { (cover ?? CellBlocks())[column][$0] }
                }
            })
        var forms: [Float] = []
        var flat: [Float] = []
        for row in rows.examples {
            for column in columns.examples {
                let place = Place(
                    rows: BlockMatrix(vertical, row: row, other: row),
                    columns: ColumnWeights(horizontal, column: column),
                    viewWeight: options.isDithering ? options.viewWeight : 0)
                flat.append(place.flat)
                let here = covers[rowEdges.kinds[row]][columnEdges.kinds[column]]
                let made = zip(lanes, here).map { part, cover -> InlineArray<6, Float>? in
                    guard let part, let cover else { return nil }
                    return place.form(part, cover: cover)
                }
                for first in stride(from: 0, to: made.count, by: Int(WT_PICTURE_GROUP)) {
                    for field in 0..<6 {
                        for form in made[first..<first + Int(WT_PICTURE_GROUP)] {
                            forms.append(form?[field] ?? (field == 1 ? 0 : 1))
                        }
                    }
                }
            }
        }
        starts.forms = add(forms)
        starts.flat = add(flat)
    }

    private mutating func addGreys() {
        let cheap = greys.cheap ?? greys.steps
        starts.steps = add(
            [greys.steps.below, greys.steps.above, cheap.below, cheap.above].flatMap(\.self))
        starts.nearest = add(greys.steps.nearest + cheap.nearest)
        starts.greys = add(greys.floats)
        starts.shades = add(
            shades.flatMap { [$0.level, $0.front, $0.back, Float($0.glyph)] })
        starts.shadeStarts = add((0...255).map { Int32(3 * greys.index(of: Float($0))) })
        starts.bytes = add(emission.bytes)
    }

    // MARK: handing over

    private func fillPlaces(
        _ tables: inout wt_picture_tables, _ first: UnsafePointer<Float>,
        _ word: UnsafePointer<Int32>
    ) {
        tables.columns = Int32(size.columns)
        tables.rows = Int32(size.rows)
        tables.horizontal = first + starts.horizontal
        tables.vertical = first + starts.vertical
        tables.across = first + starts.across
        tables.down = first + starts.down
        tables.groups = Int32(groups)
        tables.sums = word + starts.sums
        tables.coefficients = first + starts.coefficients
        tables.glyphs = word + starts.glyphs
        tables.complements = word + starts.complements
        tables.glyph_costs = first + starts.glyphCosts
        tables.squares = first + starts.squares
        tables.column_kinds = word + starts.columnKinds
        tables.row_kinds = word + starts.rowKinds
        tables.forms = first + starts.forms
        tables.flat = first + starts.flat
        tables.column_edges = word + starts.columnEdges
        tables.row_edges = word + starts.rowEdges
        tables.covers = first + starts.covers
        tables.view_weight = options.isDithering ? options.viewWeight : 0
        tables.is_dithering = options.isDithering ? 1 : 0
    }

    private func fillGreys(
        _ tables: inout wt_picture_tables, _ first: UnsafePointer<Float>,
        _ word: UnsafePointer<Int32>
    ) {
        tables.steps = first + starts.steps
        tables.nearest = first + starts.nearest
        tables.nearest_cheap = first + starts.nearest + PaletteSteps.halves
        tables.has_cheap = greys.cheap == nil ? 0 : 1
        tables.greys = first + starts.greys
        tables.grey_count = greys.isSmall ? Int32(greys.floats.count) : 0
        tables.shades = first + starts.shades
        tables.shade_count = Int32(shades.count)
        tables.shade_starts = greys.isSmall ? nil : word + starts.shadeStarts
        tables.byte_weight = emission.weight
        tables.least_one = emission.leastOne
        tables.least_both = emission.leastBoth
        tables.bytes = first + starts.bytes
        tables.sets_pairs = options.emission == .pairs ? 1 : 0
        tables.is_monochrome = options.colour == .monochrome ? 1 : 0
    }
}

/// The quadratic forms at one kind of place.
private struct Place {
    private let rows: BlockMatrix
    private let columns: ColumnWeights
    private let viewWeight: Float
    private let all: CellBlocks
    /// The form of one grey all over.
    let flat: Float

    init(rows: BlockMatrix, columns: ColumnWeights, viewWeight: Float) {
        self.rows = rows
        self.columns = columns
        self.viewWeight = viewWeight
        all = columns.seen(.everywhere, rows: rows)
        flat = Float(CellBlocks.subPixels) + viewWeight * CellBlocks.everywhere.dot(all)
    }

    /// Ink, mixed and rest, and one over the determinant, the ink and the rest.
    func form(_ part: GlyphPart, cover: CellBlocks) -> InlineArray<6, Float> {
        let seen = columns.seen(cover, rows: rows)
        let inkView = cover.dot(seen)
        let mixedView = CellBlocks.everywhere.dot(seen) - inkView
        let restView = CellBlocks.everywhere.dot(all) - inkView - 2 * mixedView
        let ink = part.inkSquares + viewWeight * inkView
        let mixed = part.mixed + viewWeight * mixedView
        let rest = part.restSquares + viewWeight * restView
        return [ink, mixed, rest, 1 / (ink * rest - mixed * mixed), 1 / ink, 1 / rest]
    }
}
