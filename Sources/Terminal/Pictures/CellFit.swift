// The choice for one cell: which glyph, which two greys.

/// Tries glyphs and greys on one cell after the other and keeps the least cost.
///
/// With t the sub-pixels, m a glyph's ink, f and b its greys and e = t - b (1 - m) - f m, the cost is
/// `|e|^2 + mu |G (e + neighbours)|^2 + lambda bytes`. Without the bytes that is a quadratic form in
/// f and b, whose matrix depends on the glyph only and whose linear part is a few scalar products.
struct CellFit: Sendable {
    /// What was chosen for a cell.
    struct Choice: Sendable {
        var glyph: UInt32 = 0x20
        var front: Float = 0
        var back: Float = 0
        /// The grey of the part's ink and of its rest, and the ink of each block.
        var ink: Float = 0
        var rest: Float = 0
        var cover = CellBlocks()
        /// Index of the part; -1 for one grey all over.
        var form = -1
    }

    /// The choice for the last cell.
    private(set) var choice = Choice()
    /// The bytes that cells cost, with the colours in force.
    private(set) var emission: EmissionCost

    private let parts: [GlyphPart]
    private let glyphCosts: [Float]
    private let places: FitPlaces
    private let shades: [ShadeGrey]
    private let palette: PictureGreys
    private let viewWeight: Float
    private let isMonochrome: Bool

    // The cell at hand: sums, the linear part of the form for one grey, the least cost so far.
    private var sums = CellSums()
    private var linear: Float = 0
    private var best: Float = .infinity
    private var place: Int = 0
    /// By the index of the part: the least cost it can have, and the linear part of its ink.
    private var bounds: [Float]
    private var inks: [Float]
    private var flatForm: Float = 0

    init(options: PictureOptions, horizontal: ViewKernel, vertical: ViewKernel) {
        let greys = PictureGreys(options)
        let emission = EmissionCost(options: options)
        // With few greys an eighth is a thin line of quite another grey; only the neighbours that
        // make good for it can have it there.
        let parts = GlyphPart.all(
            of: options.glyphs, isCoarse: greys.isSmall && !options.isDithering)
        let hasShades =
            options.isDithering && options.colour != .direct && options.glyphs != .half
        viewWeight = options.isDithering ? options.viewWeight : 0
        places = FitPlaces(
            parts: parts, horizontal: horizontal, vertical: vertical, viewWeight: viewWeight)
        glyphCosts = parts.map { ($0.glyph > 0xFFFF ? 4 : 3) * emission.weight }
        shades = hasShades ? ShadeGrey.all(of: greys.levels) : []
        isMonochrome = options.colour == .monochrome
        palette = greys
        self.parts = parts
        bounds = [Float](repeating: 0, count: parts.count)
        inks = bounds
        self.emission = emission
    }

    /// Chooses for a cell; `levels` points at its top left sub-pixel, `owed` is the neighbours'
    /// error as the view kernel sees it from this cell's blocks.
    mutating func fit(
        _ levels: UnsafePointer<Float>, stride: Int, row: Int, column: Int, owed: CellBlocks
    ) {
        sums = CellSums(levels, stride: stride)
        place = places.index(row: row, column: column)
        flatForm = places[place].flat
        var seen = CellBlocks()
        if viewWeight > 0 {
            let own = places[place]
            seen = (own.columns.seen(sums.means, rows: own.rows) + owed) * viewWeight
        }
        linear = sums.total + seen.sum
        best = .infinity
        considerFlat()
        considerShades()
        considerParts(seen)
        emission.set(front: choice.front, back: choice.back)
    }

    /// Tells that the next cell begins another row.
    mutating func endRow() { emission.endRow() }

    /// What the choice leaves over in each block.
    var error: CellBlocks {
        sums.means
            - (CellBlocks.everywhere * choice.rest + choice.cover * (choice.ink - choice.rest))
    }

    /// Mean squared error of the choice over the sub-pixels.
    var residual: Float {
        let (ink, rest) = (choice.ink, choice.rest)
        guard choice.form >= 0 else {
            let squared = sums.squares - 2 * rest * sums.total + rest * rest * CellSums.count
            return max(squared, 0) / CellSums.count
        }
        let part = parts[choice.form]
        let inked = (part.coefficients * sums.sums(part.sums)).sum()
        let linear = ink * inked + rest * (sums.total - inked)
        let form =
            ink * ink * part.inkSquares + 2 * ink * rest * part.mixed
            + rest * rest * part.restSquares
        return max(sums.squares - 2 * linear + form, 0) / CellSums.count
    }

    // MARK: one grey all over

    private mutating func considerFlat() {
        let wanted = linear / flatForm
        let around = palette.steps.around(wanted)
        considerFlat(around.below)
        considerFlat(around.above)
        if let cheap = palette.cheap?.around(wanted) {
            considerFlat(cheap.below)
            considerFlat(cheap.above)
        }
        guard emission.weight > 0, !isMonochrome else { return }
        if emission.front >= 0 { considerFlat(emission.front) }
        if emission.back >= 0 { considerFlat(emission.back) }
    }

    private mutating func considerFlat(_ level: Float) {
        let cost = level * level * flatForm - 2 * level * linear
        if cost >= best { return }
        let other = isMonochrome ? 255 - level : -1
        // A space of the background, or a full block of the foreground.
        let front = other >= 0 ? other : emission.front >= 0 ? emission.front : level
        let asSpace = cost + emission.weight * (1 + emission.setting(front: front, back: level))
        if asSpace < best {
            best = asSpace
            choice = Choice(front: front, back: level, rest: level)
        }
        let back = other >= 0 ? other : emission.back >= 0 ? emission.back : level
        let asBlock = cost + emission.weight * (3 + emission.setting(front: level, back: back))
        if asBlock < best {
            best = asBlock
            choice = Choice(glyph: 0x2588, front: level, back: back, rest: level)
        }
    }

    /// All of them in small palettes; in greater ones those next to the grey that is wanted.
    private mutating func considerShades() {
        guard !shades.isEmpty else { return }
        if palette.isSmall {
            for shade in shades { consider(shade) }
            return
        }
        let below = palette.steps.around(linear / flatForm).below
        let first = 3 * palette.index(of: below)
        for index in first..<min(first + 3, shades.count) { consider(shades[index]) }
    }

    /// A shade is one grey to the eye, whatever its dots are.
    private mutating func consider(_ shade: ShadeGrey) {
        let cost =
            shade.level * shade.level * flatForm - 2 * shade.level * linear
            + emission.weight * (3 + emission.setting(front: shade.front, back: shade.back))
        if cost >= best { return }
        best = cost
        choice = Choice(
            glyph: shade.glyph, front: shade.front, back: shade.back, rest: shade.level)
    }

    // MARK: two greys

    /// Looks at the part with the lowest bound first: it leaves little to try of the others.
    private mutating func considerParts(_ seen: CellBlocks) {
        var first = 0
        var lowest = Float.infinity
        for index in parts.indices {
            let bound = bound(index, seen)
            bounds[index] = bound
            if bound < lowest { (lowest, first) = (bound, index) }
        }
        if lowest >= best { return }
        consider(first)
        for index in parts.indices where bounds[index] < best && index != first {
            consider(index)
        }
    }

    /// The cost of a part with its least-squares greys: no rounding can make it better.
    private mutating func bound(_ index: Int, _ seen: CellBlocks) -> Float {
        let form = places[place].forms[index]
        let inked =
            (parts[index].coefficients * sums.sums(parts[index].sums)).sum()
            + parts[index].cover.dot(seen)
        let open = linear - inked
        inks[index] = inked
        let front = (inked * form.rest - open * form.mixed) * form.inverseDeterminant
        let back = (open * form.ink - inked * form.mixed) * form.inverseDeterminant
        return glyphCosts[index] - inked * front - open * back
    }

    private mutating func consider(_ index: Int) {
        let form = places[place].forms[index]
        let sides = (inks[index], linear - inks[index])
        let front = (sides.0 * form.rest - sides.1 * form.mixed) * form.inverseDeterminant
        if palette.isSmall {
            for ink in palette.floats {
                for rest in palette.floats where rest != ink {
                    consider(index, sides, ink: ink, rest: rest)
                }
            }
            return
        }
        // What is in force costs least, so it is tried first, and leaves less to try of the rest.
        considerInForce(index, sides)
        if bounds[index] + emission.leastBoth >= best { return }
        let around = palette.steps.around(front)
        considerRest(index, sides, ink: around.below, least: emission.leastBoth)
        if around.above != around.below {
            considerRest(index, sides, ink: around.above, least: emission.leastBoth)
        }
        guard let cheap = palette.cheap?.around(front) else { return }
        considerRest(index, sides, ink: cheap.below, least: emission.leastBoth)
        considerRest(index, sides, ink: cheap.above, least: emission.leastBoth)
    }

    /// The greys in force, on either side or on both.
    private mutating func considerInForce(_ index: Int, _ sides: (Float, Float)) {
        let (first, second) = (emission.front, emission.back)
        if emission.weight == 0 { return }
        if first >= 0, second >= 0 {
            consider(index, sides, ink: first, rest: second)
            consider(index, sides, ink: second, rest: first)
        }
        if !emission.keepsEach || bounds[index] + emission.leastOne >= best { return }
        if first >= 0 {
            considerRest(index, sides, ink: first, least: emission.leastOne)
            considerInk(index, sides, rest: first)
        }
        if second >= 0 {
            considerRest(index, sides, ink: second, least: emission.leastOne)
            considerInk(index, sides, rest: second)
        }
    }

    /// A grey for the ink, with the best greys for the rest; `least` is what the bytes cost at
    /// least.
    private mutating func considerRest(
        _ index: Int, _ sides: (Float, Float), ink: Float, least: Float
    ) {
        let form = places[place].forms[index]
        let wanted = (sides.1 - ink * form.mixed) / form.rest
        let bound = form.ink * ink * ink - 2 * ink * sides.0 - wanted * wanted * form.rest
        if bound + glyphCosts[index] + least >= best { return }
        let around = palette.steps.around(wanted)
        consider(index, sides, ink: ink, rest: around.below)
        if around.above != around.below { consider(index, sides, ink: ink, rest: around.above) }
        guard let cheap = palette.cheap?.around(wanted) else { return }
        consider(index, sides, ink: ink, rest: cheap.below)
        consider(index, sides, ink: ink, rest: cheap.above)
    }

    /// A grey in force for the rest, with the best greys for the ink.
    private mutating func considerInk(_ index: Int, _ sides: (Float, Float), rest: Float) {
        let form = places[place].forms[index]
        let wanted = (sides.0 - rest * form.mixed) / form.ink
        let bound = form.rest * rest * rest - 2 * rest * sides.1 - wanted * wanted * form.ink
        if bound + glyphCosts[index] + emission.leastOne >= best { return }
        let around = palette.steps.around(wanted)
        consider(index, sides, ink: around.below, rest: rest)
        if around.above != around.below { consider(index, sides, ink: around.above, rest: rest) }
        guard let cheap = palette.cheap?.around(wanted) else { return }
        consider(index, sides, ink: cheap.below, rest: rest)
        consider(index, sides, ink: cheap.above, rest: rest)
    }

    private mutating func consider(
        _ index: Int, _ sides: (Float, Float), ink: Float, rest: Float
    ) {
        let form = places[place].forms[index]
        let cost =
            ink * (ink * form.ink - 2 * sides.0) + rest * (rest * form.rest - 2 * sides.1)
            + 2 * ink * rest * form.mixed + glyphCosts[index]
        if cost >= best { return }
        var glyph = parts[index].glyph
        var isSwapped = false
        var total = cost + emission.weight * emission.setting(front: ink, back: rest)
        if let complement = parts[index].complement {
            // The brighter grey in front where it costs the same: half as many colour pairs.
            let swapped = cost + emission.weight * emission.setting(front: rest, back: ink)
            if swapped < total || (swapped == total && rest > ink) {
                total = swapped
                glyph = complement
                isSwapped = true
            }
        }
        if total >= best { return }
        best = total
        choice = Choice(
            glyph: glyph, front: isSwapped ? rest : ink, back: isSwapped ? ink : rest, ink: ink,
            rest: rest, cover: parts[index].cover, form: index)
    }
}
