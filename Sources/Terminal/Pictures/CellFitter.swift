// The choice for one cell: which glyph, which two greys.

/// Tries the glyphs on one cell after the other and keeps the best of the last.
struct CellFitter {
    /// What the best choice leaves over in the upper and in the lower half.
    private(set) var error = SIMD2<Float>()

    private let steps: PaletteSteps
    private let parts: [Part]
    private let shades: [Shade]
    private let meanWeight: Float

    private var sums = CellSums()
    private var owed = SIMD2<Float>()
    private var wanted = SIMD2<Float>()
    private var cost: Float = .infinity
    private var glyph: Character = " "
    private var foreground: Float = 0
    private var background: Float = 0

    private static let count: Float = 64
    /// Variance of the samples below which a cell counts as flat: a standard deviation of 0.7.
    private static let flatVariance: Float = 0.5

    /// `meanWeight` weighs the squared error of a half's mean against that of one sample, times 64.
    init(palette: [UInt8], meanWeight: Float) {
        steps = PaletteSteps(palette)
        // With few greys an eighth is a thin line of quite another grey: it could pass for a pleural
        // line. Shades serve there instead.
        let isCoarse = palette.count <= 8
        parts = isCoarse ? Part.all.filter(\.isCoarse) : Part.all
        shades = isCoarse ? Shade.all(of: palette) : []
        self.meanWeight = meanWeight * Self.count / 2
    }

    /// Chooses for a cell; `owed` is what the neighbours left for its halves.
    mutating func fit(_ sums: CellSums, owed: SIMD2<Float>) {
        self.sums = sums
        self.owed = owed
        wanted = sums.halves / (Self.count / 2) + owed
        cost = .infinity
        let mean = sums.total / Self.count
        let around = steps.around(mean + owed.sum() / 2)
        consider(Part.flat, sum: 0, front: 0, back: around.below)
        consider(Part.flat, sum: 0, front: 0, back: around.above)
        for shade in shades {
            consider(shade.part, sum: shade.part.share.x * sums.total, shade: shade)
        }
        // A cell of nearly one grey: no glyph can gain what an eye would see.
        if shades.isEmpty, sums.squares / Self.count - mean * mean < Self.flatVariance { return }
        for part in parts { consider(part) }
    }

    /// The brighter grey is the foreground wherever a complement glyph exists: half as many colour
    /// pairs, and the glyph alone shows it where there is no colour.
    var cell: Cell {
        let (front, back) = (UInt8(foreground), UInt8(background))
        if glyph == " " || front == back { return BlockFit.solid(back) }
        if front < back, let complement = Part.complements[glyph] {
            return Cell(complement, style: Style(foreground: .grey(back), background: .grey(front)))
        }
        return Cell(glyph, style: Style(foreground: .grey(front), background: .grey(back)))
    }

    /// Tries a part with the palette's greys on both sides of its least-squares greys.
    private mutating func consider(_ part: Part) {
        let sum = part.sum(in: sums)
        let rest = sums.total - sum
        let inked = sum / part.inked
        let blank = rest / (Self.count - part.inked)
        // No rounding can make it better than its least squares.
        if sums.squares - sum * inked - rest * blank >= cost { return }
        let front = steps.around(inked + (owed * part.share).sum() / part.share.sum())
        let open = 1 - part.share
        let back = steps.around(blank + (owed * open).sum() / open.sum())
        consider(part, sum: sum, front: front.below, back: back.below)
        if back.above != back.below {
            consider(part, sum: sum, front: front.below, back: back.above)
        }
        if front.above == front.below { return }
        consider(part, sum: sum, front: front.above, back: back.below)
        if back.above != back.below {
            consider(part, sum: sum, front: front.above, back: back.above)
        }
    }

    private mutating func consider(_ part: Part, sum: Float, front: Float, back: Float) {
        let rest = sums.total - sum
        let samples =
            sums.squares - 2 * (front * sum + back * rest) + front * front * part.inked
            + back * back * (Self.count - part.inked)
        keep(part, front: front, back: back, samples: samples)
    }

    /// A shade is one grey to the eye, whatever its dots are.
    private mutating func consider(_ part: Part, sum: Float, shade: Shade) {
        let grey = shade.background + part.share.x * (shade.foreground - shade.background)
        let samples = sums.squares - 2 * grey * sums.total + grey * grey * Self.count
        keep(part, front: shade.foreground, back: shade.background, samples: samples)
    }

    private mutating func keep(_ part: Part, front: Float, back: Float, samples: Float) {
        if samples >= cost { return }
        var left = wanted - (back + part.share * (front - back))
        left.y += CarriedError.downShare * left.x
        let total = samples + meanWeight * (left * left).sum()
        if total >= cost { return }
        cost = total
        error = left
        glyph = part.glyph
        foreground = front
        background = back
    }
}

/// How a glyph parts a cell into ink and rest.
struct Part {
    /// Which of a cell's sums is the ink's.
    private enum Ink {
        case none
        case lower(Int)
        case left(Int)
        case quarter(Int)
        case diagonal
    }

    let glyph: Character
    /// Ink of the upper and of the lower half, 0...1.
    let share: SIMD2<Float>
    /// Samples of 64 that are ink.
    let inked: Float
    private let ink: Ink

    private init(_ glyph: Character, _ share: SIMD2<Float>, _ ink: Ink) {
        self.glyph = glyph
        self.share = share
        self.ink = ink
        inked = share.sum() * 32
    }

    /// A shade: `share` of every place.
    init(shade glyph: Character, share: Float) {
        self.init(glyph, SIMD2(repeating: share), .none)
    }

    /// No ink.
    static let flat = Part(shade: " ", share: 0)

    /// The nineteen ways that block elements part a cell; the others are these with the greys
    /// exchanged.
    static let all: [Part] = {
        var parts: [Part] = []
        for (index, glyph) in "▁▂▃▄▅▆▇".enumerated() {
            let eighths = Float(index + 1)
            let share: SIMD2<Float> = [max(eighths - 4, 0) / 4, min(eighths, 4) / 4]
            parts.append(Part(glyph, share, .lower(index)))
        }
        for (index, glyph) in "▏▎▍▌▋▊▉".enumerated() {
            let share = SIMD2<Float>(repeating: Float(index + 1) / 8)
            parts.append(Part(glyph, share, .left(index)))
        }
        for (index, glyph) in "▘▝▖▗".enumerated() {
            let share: SIMD2<Float> = index < 2 ? [0.5, 0] : [0, 0.5]
            parts.append(Part(glyph, share, .quarter(index)))
        }
        return parts + [Part("▚", [0.5, 0.5], .diagonal)]
    }()

    /// True when no side of the ink or of the rest is narrower than half a cell.
    var isCoarse: Bool {
        switch ink {
        case .none, .quarter, .diagonal: true
        case .lower(let index), .left(let index): index == 3
        }
    }

    /// The glyphs that ink what others leave blank.
    static let complements: [Character: Character] = [
        "▄": "▀", "▌": "▐", "▇": "▔", "▉": "▕", "▘": "▟", "▝": "▙", "▖": "▜", "▗": "▛", "▚": "▞",
    ]

    /// Sum of the ink's samples.
    func sum(in sums: CellSums) -> Float {
        switch ink {
        case .none: 0
        case .lower(let index): sums.lower[index]
        case .left(let index): sums.left[index]
        case .quarter(let index): sums.quarters[index]
        case .diagonal: sums.quarters[0] + sums.quarters[3]
        }
    }
}

/// A grey between two greys of the palette.
private struct Shade {
    let part: Part
    let foreground: Float
    let background: Float

    /// The shades between any two greys of a palette of four or fewer; between neighbours in more.
    static func all(of palette: [UInt8]) -> [Shade] {
        palette.indices.flatMap { dark in
            palette.indices.filter { bright in
                bright > dark && (palette.count <= 4 || bright == dark + 1)
            }.flatMap { bright in
                [("░", 0.25), ("▒", 0.5), ("▓", 0.75)].map { (glyph: Character, share: Float) in
                    Shade(
                        part: Part(shade: glyph, share: share), foreground: Float(palette[bright]),
                        background: Float(palette[dark]))
                }
            }
        }
    }
}
