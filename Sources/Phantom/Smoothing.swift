// Blur and noise on planes.

import Foundation

extension Plane {
    /// A Gaussian blur of a standard deviation in millimetres, as three box blurs; edges are
    /// extended.
    ///
    /// Wide blurs work on a coarser plane: nothing of what is lost there would survive the blur.
    func blurred(millimetres: Double) -> Plane {
        let deviation = millimetres / field.pixelMillimetres
        guard deviation > 0.3 else { return self }
        if deviation > 6 {
            let coarse = areaReduced(to: field.coarser(by: deviation / 3))
            return coarse.blurred(millimetres: millimetres).resampled(to: field)
        }
        // Three boxes of this radius have about the variance of the Gaussian.
        let radius = max(1, Int((deviation * deviation + 0.25).squareRoot().rounded()))
        var result = self
        for _ in 0..<3 {
            result.boxBlurRows(radius: radius)
            result.boxBlurColumns(radius: radius)
        }
        return result
    }

    /// Averages over the pixels that fall into each coarse one.
    private func areaReduced(to coarse: Field) -> Plane {
        var result = Plane(coarse)
        var counts = [Float](repeating: 0, count: result.values.count)
        for row in 0..<field.rows {
            let target = min(row * coarse.rows / field.rows, coarse.rows - 1) * coarse.columns
            for column in 0..<field.columns {
                let at = target + min(column * coarse.columns / field.columns, coarse.columns - 1)
                result.values[at] += values[row * field.columns + column]
                counts[at] += 1
            }
        }
        for index in counts.indices { result.values[index] /= max(counts[index], 1) }
        return result
    }

    private mutating func boxBlurRows(radius: Int) {
        let columns = field.columns
        let share = 1 / Float(2 * radius + 1)
        var line = [Float](repeating: 0, count: columns)
        for row in 0..<field.rows {
            let start = row * columns
            for column in 0..<columns { line[column] = values[start + column] }
            var sum: Float = 0
            for offset in -radius...radius { sum += line[min(max(offset, 0), columns - 1)] }
            for column in 0..<columns {
                values[start + column] = sum * share
                sum += line[min(column + radius + 1, columns - 1)] - line[max(column - radius, 0)]
            }
        }
    }

    private mutating func boxBlurColumns(radius: Int) {
        let columns = field.columns
        let rows = field.rows
        let share = 1 / Float(2 * radius + 1)
        let source = values
        var sums = [Float](repeating: 0, count: columns)
        for offset in -radius...radius {
            let start = min(max(offset, 0), rows - 1) * columns
            for column in 0..<columns { sums[column] += source[start + column] }
        }
        for row in 0..<rows {
            let entering = min(row + radius + 1, rows - 1) * columns
            let leaving = max(row - radius, 0) * columns
            for column in 0..<columns {
                values[row * columns + column] = sums[column] * share
                sums[column] += source[entering + column] - source[leaving + column]
            }
        }
    }
}

/// Smooth noise in millimetre coordinates: the same at every resolution.
struct ValueNoise: Sendable {
    private let seed: UInt64
    private let scaleX: Double
    private let scaleY: Double

    /// Noise whose blobs are about this many millimetres across.
    init(seed: UInt64, millimetres: Double, stretchedDown stretch: Double = 1) {
        self.seed = seed
        scaleX = 1 / millimetres
        scaleY = 1 / (millimetres * stretch)
    }

    /// A value of -1...1 at a point; smooth (cubic fade between lattice points).
    func callAsFunction(_ x: Double, _ y: Double) -> Double {
        let px = x * scaleX
        let py = y * scaleY
        let column = px.rounded(.down)
        let row = py.rounded(.down)
        let u = Self.faded(px - column)
        let v = Self.faded(py - row)
        let i = Int64(column)
        let j = Int64(row)
        let above = lattice(i, j) * (1 - u) + lattice(i + 1, j) * u
        let below = lattice(i, j + 1) * (1 - u) + lattice(i + 1, j + 1) * u
        return above * (1 - v) + below * v
    }

    private static func faded(_ t: Double) -> Double { t * t * (3 - 2 * t) }

    private func lattice(_ i: Int64, _ j: Int64) -> Double {
        let key =
            UInt64(bitPattern: i) &* 0x9E37_79B9_7F4A_7C15 ^ UInt64(bitPattern: j)
            &* 0xC2B2_AE3D_27D4_EB4F
        return Double(PhantomRandom.mixed(key ^ seed) >> 11) * 0x1p-52 - 1
    }
}
