// The best block element for each cell: least squares over an 8 x 8 grid of samples.

/// Fits half, quadrant and eighth blocks to cells of 8 x 8 samples.
///
/// For each way that a glyph parts the cell, the two means are the least-squares greys. They are
/// rounded to the palette both ways, and the choice weighs the error of the samples against the
/// error of the cell's mean together with what the neighbours left over; the rest is handed on
/// (Floyd-Steinberg on cells). Few greys also have the shades, as greys between two greys.
enum BlockFit {
    static let side = 8
    private static let count = Float(side * side)

    /// Weight of the mean's error, on top of the samples' own.
    ///
    /// Areas must keep their brightness, the more so the fewer greys there are. Measured with
    /// frame_quality.py on NIH chest images.
    private static func meanWeight(greys: Int) -> Float {
        greys <= 2 ? 30 : greys <= 8 ? 12 : 3
    }

    /// How a glyph parts the cell: `inked` of 64 samples are foreground.
    ///
    /// Nineteen of them are tried; the others are the same with the greys exchanged.
    private struct Part {
        let glyph: Character
        let inked: Float
        /// Sum of the foreground's samples.
        let sum: Float
    }

    /// Variance of the samples below which a cell counts as flat: a standard deviation of 0.7.
    private static let flatVariance: Float = 0.5

    private static let lower: [Character] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇"]
    private static let left: [Character] = ["▏", "▎", "▍", "▌", "▋", "▊", "▉"]
    private static let corners: [Character] = ["▘", "▝", "▖", "▗"]
    private static let shades: [(glyph: Character, share: Float)] = [
        ("░", 0.25), ("▒", 0.5), ("▓", 0.75),
    ]

    fileprivate static let complements: [Character: Character] = [
        "▄": "▀", "▌": "▐", "▇": "▔", "▉": "▕", "▘": "▟", "▝": "▙", "▖": "▜", "▗": "▛", "▚": "▞",
    ]

    static func solid(_ grey: UInt8) -> Cell {
        Cell(" ", style: Style(foreground: .grey(grey), background: .grey(grey)))
    }

    static func frame(levels: [Float], size: GridSize, options: PictureOptions) -> Frame {
        let palette = options.palette
        let steps = PaletteSteps(palette)
        let usesShades = palette.count <= 8
        let weight = meanWeight(greys: palette.count) * count
        var carried = CarriedError(columns: size.columns)
        var cells: [Cell] = []
        cells.reserveCapacity(size.columns * size.rows)
        for row in 0..<size.rows {
            for column in 0..<size.columns {
                let sums = CellSums(
                    levels, at: row * side * size.columns * side + column * side,
                    stride: size.columns * side)
                let owed = options.isDithering ? carried.take(column) : 0
                let fit = best(
                    sums, owed: owed, steps: steps, meanWeight: weight, usesShades: usesShades)
                if options.isDithering {
                    carried.give(owed + sums.total / count - fit.mean, column)
                }
                cells.append(fit.cell)
            }
            carried.nextRow()
        }
        return Picture.frame(size: size) { cells[$0] }
    }

    private struct Fit {
        let meanWeight: Float
        var cost: Float = .infinity
        var mean: Float = 0
        var glyph: Character = " "
        var foreground: UInt8 = 0
        var background: UInt8 = 0

        /// The brighter grey is the foreground wherever a complement glyph exists: half as many
        /// colour pairs, and the glyph alone shows it where there is no colour.
        var cell: Cell {
            if foreground == background { return BlockFit.solid(background) }
            let swapped = foreground < background ? BlockFit.complements[glyph] : nil
            let (front, back) = swapped == nil ? (foreground, background) : (background, foreground)
            return Cell(
                swapped ?? glyph, style: Style(foreground: .grey(front), background: .grey(back)))
        }
    }

    private static func best(
        _ sums: CellSums, owed: Float, steps: PaletteSteps, meanWeight: Float, usesShades: Bool
    ) -> Fit {
        var fit = Fit(meanWeight: meanWeight)
        let mean = sums.total / count
        let wanted = mean + owed
        // A flat cell first: most cells of a smooth picture need nothing more.
        let flat = Part(glyph: " ", inked: 0, sum: 0)
        for grey in [steps.around(wanted), steps.around(mean)] {
            consider(&fit, sums, flat, 0, grey.below, wanted: wanted)
            consider(&fit, sums, flat, 0, grey.above, wanted: wanted)
        }
        // A cell of nearly one grey: no glyph can gain what an eye would see.
        if sums.squares - sums.total * mean < flatVariance * count, !usesShades { return fit }
        var below: Float = 0
        var beside: Float = 0
        for eighths in 1..<side {
            below += sums.rows[side - eighths]
            beside += sums.columns[eighths - 1]
            let inked = Float(eighths * side)
            consider(
                &fit, sums, Part(glyph: lower[eighths - 1], inked: inked, sum: below), owed: owed,
                steps: steps)
            consider(
                &fit, sums, Part(glyph: left[eighths - 1], inked: inked, sum: beside), owed: owed,
                steps: steps)
        }
        for corner in 0..<4 {
            consider(
                &fit, sums, Part(glyph: corners[corner], inked: 16, sum: sums.quarters[corner]),
                owed: owed, steps: steps)
        }
        let diagonal = sums.quarters[0] + sums.quarters[3]
        consider(
            &fit, sums, Part(glyph: "▚", inked: 32, sum: diagonal), owed: owed, steps: steps)
        if usesShades { considerShades(&fit, sums, steps: steps, wanted: wanted) }
        return fit
    }

    /// Tries a part with the palette's greys on both sides of its least-squares greys.
    private static func consider(
        _ fit: inout Fit, _ sums: CellSums, _ part: Part, owed: Float, steps: PaletteSteps
    ) {
        let inked = part.sum / part.inked
        let rest = (sums.total - part.sum) / (count - part.inked)
        // No rounding can make it better than its least squares.
        let least = sums.squares - part.sum * inked - (sums.total - part.sum) * rest
        if least >= fit.cost { return }
        let wanted = sums.total / count + owed
        let front = steps.around(inked + owed)
        let back = steps.around(rest + owed)
        consider(&fit, sums, part, front.below, back.below, wanted: wanted)
        consider(&fit, sums, part, front.below, back.above, wanted: wanted)
        consider(&fit, sums, part, front.above, back.below, wanted: wanted)
        consider(&fit, sums, part, front.above, back.above, wanted: wanted)
    }

    private static func consider(
        _ fit: inout Fit, _ sums: CellSums, _ part: Part, _ foreground: Float, _ background: Float,
        wanted: Float
    ) {
        let rest = sums.total - part.sum
        let blank = count - part.inked
        let samples =
            sums.squares - 2 * foreground * part.sum + foreground * foreground * part.inked
            - 2 * background * rest + background * background * blank
        let mean = (foreground * part.inked + background * blank) / count
        let cost = samples + fit.meanWeight * (wanted - mean) * (wanted - mean)
        if cost < fit.cost {
            fit = Fit(
                meanWeight: fit.meanWeight, cost: cost, mean: mean, glyph: part.glyph,
                foreground: UInt8(foreground), background: UInt8(background))
        }
    }

    private static func considerShades(
        _ fit: inout Fit, _ sums: CellSums, steps: PaletteSteps, wanted: Float
    ) {
        for (dark, bright) in zip(steps.palette, steps.palette.dropFirst()) {
            for shade in shades {
                let grey = Float(dark) + shade.share * (Float(bright) - Float(dark))
                let samples = sums.squares - 2 * grey * sums.total + grey * grey * count
                let cost = samples + fit.meanWeight * (wanted - grey) * (wanted - grey)
                if cost < fit.cost {
                    fit = Fit(
                        meanWeight: fit.meanWeight, cost: cost, mean: grey, glyph: shade.glyph,
                        foreground: bright, background: dark)
                }
            }
        }
    }
}
