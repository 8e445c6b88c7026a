// Strokes along polylines: ribs, vessels, pleural lines, letters.

import Foundation

/// Draws strokes on planes of one field; keeps its scratch memory between strokes.
struct Brush {
    private let field: Field
    private var distances: [Float]
    private var weights: [Float]
    private var touched: [Int] = []

    init(_ field: Field) {
        self.field = field
        distances = [Float](repeating: .infinity, count: field.columns * field.rows)
        weights = [Float](repeating: 0, count: field.columns * field.rows)
    }

    /// Adds a stroke along a polyline; within one stroke the nearest part counts, nothing adds up.
    ///
    /// Strokes thinner than a pixel and a half are drawn that wide and that much weaker, so that a
    /// fine line has the same integral at every resolution. `mask` (same field) multiplies.
    mutating func add(
        _ points: [StrokePoint], profile: StrokeProfile, to plane: inout Plane,
        mask: Plane? = nil, scale: Double = 1
    ) {
        guard points.count > 1 else { return }
        touched.removeAll(keepingCapacity: true)
        for (from, to) in zip(points, points.dropFirst()) {
            addSegment(from, to, profile: profile)
        }
        for index in touched {
            plane.values[index] += weights[index] * Float(scale) * (mask?.values[index] ?? 1)
            distances[index] = .infinity
        }
    }

    private mutating func addSegment(
        _ from: StrokePoint, _ to: StrokePoint, profile: StrokeProfile
    ) {
        let least = 0.75 * field.pixelMillimetres
        let reach = max(from.halfWidth, to.halfWidth, least)
        let box = field.span(
            x: (min(from.x, to.x) - reach)...(max(from.x, to.x) + reach),
            y: (min(from.y, to.y) - reach)...(max(from.y, to.y) + reach))
        guard let box else { return }
        let dx = to.x - from.x
        let dy = to.y - from.y
        let length = max(dx * dx + dy * dy, 1e-9)
        for row in box.rows {
            let y = field.y(row)
            for column in box.columns {
                let x = field.x(column)
                let along = min(max(((x - from.x) * dx + (y - from.y) * dy) / length, 0), 1)
                let px = x - from.x - along * dx
                let py = y - from.y - along * dy
                let half = from.halfWidth + along * (to.halfWidth - from.halfWidth)
                let drawn = max(half, least)
                let square = (px * px + py * py) / (drawn * drawn)
                guard square < 1 else { continue }
                let index = row * field.columns + column
                let known = distances[index]
                if Double(known) <= square { continue }
                if known == .infinity { touched.append(index) }
                let strength = from.strength + along * (to.strength - from.strength)
                distances[index] = Float(square)
                weights[index] = Float(
                    strength * profile.weight(square.squareRoot()) * half / drawn)
            }
        }
    }
}
