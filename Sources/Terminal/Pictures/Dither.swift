// Few greys for many: quantising, with the error handed to the neighbours.

/// Quantises display values to a palette of greys.
enum Dither {
    /// The palette entry for each level; Floyd-Steinberg in serpentine order where it dithers.
    ///
    /// Floyd and Steinberg 1976: 7/16 ahead, 3/16, 5/16, 1/16 below. Rows alternate in direction,
    /// so that no diagonal texture builds up.
    static func quantised(
        _ levels: [Float], columns: Int, palette: [UInt8], dithers: Bool
    ) -> [UInt8] {
        let nearest = nearestTable(palette)
        guard dithers else { return levels.map { nearest[Int($0.rounded())] } }
        var result = [UInt8](repeating: 0, count: levels.count)
        guard columns > 0 else { return result }
        // One cell of margin on both sides takes what leaves the picture.
        var current = [Float](repeating: 0, count: columns + 2)
        var next = current
        for row in 0..<levels.count / columns {
            let isForward = row % 2 == 0
            let step = isForward ? 1 : -1
            var column = isForward ? 0 : columns - 1
            for _ in 0..<columns {
                let index = row * columns + column
                let wanted = levels[index] + current[column + 1]
                let chosen = nearest[Int(min(max(wanted, 0), 255).rounded())]
                result[index] = chosen
                // What cannot be shown beyond black and white is not carried on.
                let error = min(max(wanted, -16), 271) - Float(chosen)
                current[column + 1 + step] += error * (7.0 / 16)
                next[column + 1 - step] += error * (3.0 / 16)
                next[column + 1] += error * (5.0 / 16)
                next[column + 1 + step] += error * (1.0 / 16)
                column += step
            }
            swap(&current, &next)
            for index in next.indices { next[index] = 0 }
        }
        return result
    }

    /// The nearest palette entry for each level 0...255; the palette ascends.
    static func nearestTable(_ palette: [UInt8]) -> [UInt8] {
        (0...255).map { level in
            palette.min { abs(Int($0) - level) < abs(Int($1) - level) } ?? 0
        }
    }
}
