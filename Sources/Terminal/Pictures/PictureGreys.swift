// The greys that a picture may use.

/// A palette of greys with its steps.
struct PictureGreys: Sendable {
    let levels: [UInt8]
    let floats: [Float]
    let steps: PaletteSteps
    /// Greys that take fewer bytes than the others; nil where all take as many.
    let cheap: PaletteSteps?

    private let indices: [UInt8]

    /// The place of a grey of the palette in it.
    func index(of level: Float) -> Int { Int(indices[Int(level)]) }

    /// True for so few greys that all pairs are tried, and shades serve as greys between.
    var isSmall: Bool { levels.count <= 8 }

    init(_ options: PictureOptions) {
        levels = options.palette
        floats = levels.map(Float.init)
        var indices = [UInt8](repeating: 0, count: 256)
        for (index, level) in levels.enumerated() { indices[Int(level)] = UInt8(index) }
        self.indices = indices
        steps = PaletteSteps(levels)
        let indexed = Palette.greys.map(\.level).filter { $0 > 0 }
        cheap = options.colour == .direct && options.byteWeight > 0 ? PaletteSteps(indexed) : nil
    }
}

/// A grey between two greys of the palette, by the shades U+2591...2593.
struct ShadeGrey: Sendable {
    let glyph: UInt32
    let front: Float
    let back: Float
    let level: Float

    /// The shades between any two greys of a palette of four or fewer; between neighbours in more.
    static func all(of palette: [UInt8]) -> [ShadeGrey] {
        palette.indices.flatMap { dark in
            palette.indices.filter { bright in
                bright > dark && (palette.count <= 4 || bright == dark + 1)
            }.flatMap { bright in
                [(0x2591, 0.25), (0x2592, 0.5), (0x2593, 0.75)].map {
                    (glyph: UInt32, share: Float) in
                    let (front, back) = (Float(palette[bright]), Float(palette[dark]))
                    return ShadeGrey(
                        glyph: glyph, front: front, back: back, level: back + share * (front - back)
                    )
                }
            }
        }
    }
}

/// The palette's entries on both sides of a level.
struct PaletteSteps: Sendable {
    /// By the whole level: the greatest entry at or below it, or the least of all.
    let below: [Float]
    /// The least entry at or above it, or the greatest of all.
    let above: [Float]
    /// By the half level: the entry nearest to it and to all levels up to the next half.
    let nearest: [Float]

    /// Halves that a level can be.
    static let halves = 512

    /// A palette in ascending order, not empty.
    init(_ palette: [UInt8]) {
        let first = palette.first ?? 0
        let last = palette.last ?? 255
        below = (0...255).map { level in Float(palette.last { Int($0) <= level } ?? first) }
        above = (0...255).map { level in Float(palette.first { Int($0) >= level } ?? last) }
        // Entries are whole, so what is nearest changes at halves only.
        let (below, above) = (below, above)
        nearest = (0..<Self.halves).map { half in
            let (low, high) = (below[half / 2], above[min(half / 2 + 1, 255)])
            let middle = Float(half) / 2 + 0.25
            let exact = above[half / 2]
            return [low, exact, high].min { abs($0 - middle) < abs($1 - middle) } ?? low
        }
    }
}
