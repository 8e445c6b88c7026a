// The silhouette of heart and mediastinum.

import Foundation

/// The right and left border of the mediastinum as smooth curves, and the thickness between them.
///
/// Borders are given at shares of the lung height and pass smoothly through their points. Above the
/// hila they are vessels (millimetres), below they are heart and grow with the cardiothoracic
/// ratio.
struct MediastinalContour: Sendable {
    private let heights: [Double]
    private let right: [Double]
    private let left: [Double]
    private let thicknesses: [Double]
    private let lungHeight: Double
    private let shift: Double

    private static let shares = [
        -0.3, 0, 0.12, 0.22, 0.32, 0.40, 0.48, 0.57, 0.67, 0.77, 0.87, 0.97, 1.1, 1.4,
    ]
    /// Borders of a heart of width 1, measured from the midline; 0 where the vessels decide.
    private static let rightHeart = [
        0, 0, 0, 0, 0, 0, 0.18, 0.255, 0.315, 0.34, 0.335, 0.29, 0.20, 0.1,
    ]
    private static let leftHeart = [
        0, 0, 0, 0, 0, 0, 0.27, 0.365, 0.475, 0.575, 0.645, 0.66, 0.58, 0.3,
    ]
    private static let rightVessels: [Double] = [
        20, 17, 19, 22, 24, 26, 27, 24, 20, 18, 16, 14, 12, 12,
    ]
    private static let leftVessels: [Double] = [
        20, 17, 19, 22, 21, 30, 34, 30, 24, 20, 18, 16, 14, 12,
    ]
    private static let depths: [Double] = [
        60, 60, 66, 78, 88, 100, 118, 130, 138, 140, 136, 128, 84, 20,
    ]

    init(_ anatomy: Anatomy, seed: UInt64) {
        var random = PhantomRandom(seed: seed, purpose: "heart")
        let width = 2 * anatomy.halfWidth * anatomy.heartRatio * anatomy.magnification
        let lean = random.normal(0, 0.012)
        // The heart rests on the diaphragm: its points follow the left dome's height.
        let stretch = 0.5 * (anatomy.rightDome + anatomy.leftDome) / anatomy.lungHeight
        lungHeight = anatomy.lungHeight
        shift = anatomy.mediastinalShift + 0.5 * anatomy.rotation
        heights = Self.shares.map { $0 > 0.4 ? 0.4 + ($0 - 0.4) * (stretch - 0.4) / 0.6 : $0 }
        let unfolding = anatomy.unfolding
        right = zip(Self.rightHeart, Self.rightVessels).enumerated().map { index, pair in
            let ascending = (3...6).contains(index) ? 6 * unfolding : 0
            return Self.blended(pair.0 * width * (1 - lean), pair.1 + ascending)
                * random.uniform(0.97...1.03)
        }
        left = zip(Self.leftHeart, Self.leftVessels).map { heart, vessels in
            Self.blended(heart * width * (1 + lean), vessels) * random.uniform(0.97...1.03)
        }
        thicknesses = Self.depths.map { $0 * anatomy.magnification * anatomy.depth / 172 }
    }

    /// The larger of two, without a kink.
    private static func blended(_ a: Double, _ b: Double) -> Double {
        pow(pow(a, 6) + pow(b, 6), 1 / 6.0)
    }

    func thickness(_ x: Double, _ y: Double) -> Double {
        let share = y / lungHeight
        guard let last = heights.last, share < last else { return 0 }
        let lower = -interpolated(right, at: share) + shift
        let upper = interpolated(left, at: share) + shift
        guard x > lower, x < upper else { return 0 }
        let u = (2 * x - lower - upper) / (upper - lower)
        let flat = u * u
        return interpolated(thicknesses, at: share) * pow(1 - flat * abs(u), 0.55)
    }

    /// Catmull-Rom through the points.
    private func interpolated(_ values: [Double], at share: Double) -> Double {
        var index = 1
        while index < heights.count - 2, heights[index] < share { index += 1 }
        let span = heights[index] - heights[index - 1]
        let t = min(max((share - heights[index - 1]) / span, 0), 1)
        let p0 = values[max(index - 2, 0)]
        let p1 = values[index - 1]
        let p2 = values[index]
        let p3 = values[min(index + 1, values.count - 1)]
        let linear = p2 - p0
        let square = 2 * p0 - 5 * p1 + 4 * p2 - p3
        let cube = 3 * p1 - p0 - 3 * p2 + p3
        return 0.5 * (2 * p1 + t * (linear + t * (square + t * cube)))
    }
}
