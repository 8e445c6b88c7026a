// Filters a reader may lay over a picture; each is named on the screen while it is on.

/// What is done to the values before they are windowed.
public enum Enhancement: String, Sendable, Hashable, CaseIterable {
    /// Nothing.
    case none
    /// Unsharp masking: edges stand out, areas keep their values.
    case edges
    /// Contrast limited adaptive histogram equalisation (Zuiderveld, Graphics Gems IV, 1994).
    case clahe

    /// As the status line says it; empty for none.
    public var words: String {
        switch self {
        case .none: ""
        case .edges: "EDGES ENHANCED"
        case .clahe: "CLAHE: local contrast, not density"
        }
    }

    /// The next one, round.
    public var next: Enhancement {
        switch self {
        case .none: .edges
        case .edges: .clahe
        case .clahe: .none
        }
    }
}

extension Radiograph {
    /// The picture with a filter; padding is left as it is and counts for nothing.
    public func enhanced(_ enhancement: Enhancement) -> Radiograph {
        let filtered: [Float]
        switch enhancement {
        case .none: return self
        case .edges: filtered = edgesEnhanced()
        case .clahe: filtered = locallyEqualised()
        }
        return Radiograph(
            width: width, height: height, values: filtered, isPadding: isPadding, spacing: spacing,
            pixelAspectRatio: pixelAspectRatio, showsLowValuesBright: showsLowValuesBright,
            // Equalised values fill the range of the old ones, but no old window fits them.
            windows: enhancement == .clahe ? [] : windows, bitsStored: bitsStored, notes: notes)
    }

    /// The least and the greatest value outside the padding.
    private var extent: (low: Float, high: Float) {
        var (low, high) = (Float.infinity, -Float.infinity)
        for (index, value) in values.enumerated()
        where value.isFinite && isPadding?[index] != true {
            low = min(low, value)
            high = max(high, value)
        }
        return low <= high ? (low, high) : (0, 0)
    }

    // MARK: Unsharp masking

    /// Value + (value - blurred), the blur three box filters of a 150th of the longer side.
    private func edgesEnhanced() -> [Float] {
        let radius = max(1, max(width, height) / 300)
        var blurred = values
        for _ in 0..<3 {
            blurred = Self.boxBlurred(blurred, lines: height, length: width, radius: radius)
            blurred = Self.transposed(blurred, rows: height, columns: width)
            blurred = Self.boxBlurred(blurred, lines: width, length: height, radius: radius)
            blurred = Self.transposed(blurred, rows: width, columns: height)
        }
        return values.indices.map { index in
            isPadding?[index] == true ? values[index] : 2 * values[index] - blurred[index]
        }
    }

    /// Running means along each line; at the ends of what there is.
    private static func boxBlurred(
        _ values: [Float], lines: Int, length: Int, radius: Int
    ) -> [Float] {
        var result = [Float](repeating: 0, count: values.count)
        for line in 0..<lines {
            let start = line * length
            var sum = 0.0
            var count = 0
            for index in 0..<min(radius, length) {
                sum += Double(values[start + index])
                count += 1
            }
            for index in 0..<length {
                if index + radius < length {
                    sum += Double(values[start + index + radius])
                    count += 1
                }
                if index - radius - 1 >= 0 {
                    sum -= Double(values[start + index - radius - 1])
                    count -= 1
                }
                result[start + index] = Float(sum / Double(count))
            }
        }
        return result
    }

    private static func transposed(_ values: [Float], rows: Int, columns: Int) -> [Float] {
        var result = [Float](repeating: 0, count: values.count)
        for row in 0..<rows {
            for column in 0..<columns {
                result[column * rows + row] = values[row * columns + column]
            }
        }
        return result
    }

    // MARK: CLAHE

    private static let tiles = 8
    private static let bins = 256
    /// A bin counts at most this many times the mean of all bins: more would amplify noise.
    private static let clipLimit = 2.5

    private func locallyEqualised() -> [Float] {
        let (low, high) = extent
        guard high > low else { return values }
        let scale = Float(Self.bins) / (high - low)
        func bin(_ value: Float) -> Int {
            value.isFinite ? min(max(Int((value - low) * scale), 0), Self.bins - 1) : 0
        }
        let maps = tileMaps(bin)
        let (tileWidth, tileHeight) = (
            Double(width) / Double(Self.tiles), Double(height) / Double(Self.tiles)
        )
        var result = values
        for row in 0..<height {
            let down = Self.neighbours((Double(row) + 0.5) / tileHeight - 0.5)
            for column in 0..<width {
                let index = row * width + column
                if isPadding?[index] == true { continue }
                let across = Self.neighbours((Double(column) + 0.5) / tileWidth - 0.5)
                let level = bin(values[index])
                func mapped(_ y: Int, _ x: Int) -> Float { maps[y * Self.tiles + x][level] }
                let upper =
                    mapped(down.first, across.first) * (1 - across.share)
                    + mapped(down.first, across.second) * across.share
                let lower =
                    mapped(down.second, across.first) * (1 - across.share)
                    + mapped(down.second, across.second) * across.share
                result[index] = low + (high - low) * (upper * (1 - down.share) + lower * down.share)
            }
        }
        return result
    }

    /// The two tiles whose middles lie around a place, and the share of the second.
    private static func neighbours(_ place: Double) -> (first: Int, second: Int, share: Float) {
        let first = Int(place.rounded(.down))
        return (
            min(max(first, 0), tiles - 1), min(max(first + 1, 0), tiles - 1),
            Float(place - place.rounded(.down))
        )
    }

    /// For each tile the place 0...1 of each bin in its clipped cumulative histogram.
    private func tileMaps(_ bin: (Float) -> Int) -> [[Float]] {
        (0..<Self.tiles * Self.tiles).map { tile in
            func share(_ index: Int, of length: Int) -> Range<Int> {
                (index * length / Self.tiles)..<((index + 1) * length / Self.tiles)
            }
            let rows = share(tile / Self.tiles, of: height)
            let columns = share(tile % Self.tiles, of: width)
            var counts = [Double](repeating: 0, count: Self.bins)
            var total = 0.0
            for row in rows {
                for column in columns where isPadding?[row * width + column] != true {
                    counts[bin(values[row * width + column])] += 1
                    total += 1
                }
            }
            return Self.equalised(counts, total: total)
        }
    }

    private static func equalised(_ counts: [Double], total: Double) -> [Float] {
        guard total > 0 else { return (0..<bins).map { Float($0) / Float(bins - 1) } }
        let limit = max(clipLimit * total / Double(bins), 1)
        let clipped = counts.map { min($0, limit) }
        let excess = (total - clipped.reduce(0, +)) / Double(bins)
        var sum = 0.0
        return clipped.map { count in
            sum += count + excess
            return Float(min(sum / total, 1))
        }
    }
}
