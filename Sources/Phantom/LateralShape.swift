// Outlines of the chest seen from the side.

import Foundation

/// The borders of body, lungs and heart from the side, in millimetres; x from front to back.
struct LateralShape: Sendable {
    private let a: Anatomy
    private let heart: TissueEllipse

    init(_ anatomy: Anatomy) {
        a = anatomy
        let size = anatomy.heartRatio / 0.45
        heart = TissueEllipse(
            x: -0.21 * anatomy.depth, y: 0.74 * anatomy.lungHeight,
            radiusX: 0.27 * anatomy.depth * size, radiusY: 0.27 * anatomy.lungHeight * size,
            thickness: 84 * size, turn: -0.5)
    }

    /// The lowest point of the posterior recess.
    var recess: Double { a.rightDome + 1.25 * a.domeDrop }

    /// The inside of the sternum.
    func front(_ y: Double) -> Double {
        let share = smoothStep(y / a.lungHeight, -0.1, 0.75)
        return -a.depth * (0.20 + 0.33 * share)
    }

    /// The inside of the ribs beside and behind the spine.
    func back(_ y: Double) -> Double {
        let share = min(max(y / a.lungHeight, -0.4), 1.6)
        return a.depth * (0.30 + 0.27 * sin(1.5 * min(max(share + 0.12, 0), 1.5)))
    }

    /// The middle of the vertebral bodies.
    func spine(_ y: Double) -> Double { back(y) - 21 }

    /// Height of a dome at x: highest in front of the middle, deep behind.
    private func dome(_ x: Double, top: Double) -> Double {
        let from = x + 0.12 * a.depth
        return from > 0
            ? top + 1.25 * a.domeDrop * pow(from / (0.66 * a.depth), 2.1)
            : top + 0.5 * a.domeDrop * pow(-from / (0.42 * a.depth), 2)
    }

    /// Air along a ray: both lungs less heart and vessels, each down to its own dome.
    func lung(_ x: Double, _ y: Double) -> Double {
        guard y > 0 else { return 0 }
        let first = front(y)
        let last = back(y)
        guard x > first, x < last else { return 0 }
        let u = (2 * x - first - last) / (last - first)
        let width = 2 * a.halfWidth * a.opening(y) * pow(1 - u * u * u * u, 0.5)
        var soft = 62 + heart.thickness(x, y)
        // The arch: up from the root, over, and down before the spine.
        let arch = hypot((x - 12) / 30, (y - 0.36 * a.lungHeight) / 34)
        if y < 0.40 * a.lungHeight {
            soft +=
                25 * smoothStep(0.40 - y / a.lungHeight, 0, 0.06) * chord(pow((arch - 1) / 0.36, 2))
        }
        if y >= 0.40 * a.lungHeight { soft += 16 * chord(pow((x - spine(y) + 22) / 12, 2)) }
        let hilum = pow((x - 5) / 17, 2) + pow((y - 0.44 * a.lungHeight) / 22, 2)
        soft += 26 * chord(hilum)
        let air = width * exp(-1.1 * soft / width.clampedBelow(60))
        var sum = 0.0
        for top in [a.rightDome, a.leftDome] {
            let below = y - dome(x, top: top)
            let liver = below > 0 ? 2 * (2 * 60 * below).squareRoot() + 0.9 * below : 0
            sum += 0.5 * air * exp(-2.4 * liver / a.depth)
        }
        return sum
    }

    /// The whole body along a ray, with raised arms at the top.
    func body(_ x: Double, _ y: Double) -> Double {
        let wall = 0.75 * a.wall
        let neck = smoothStep(y, -110, 30)
        let first = -66 + (front(max(y, 0)) - wall - 14 + 66) * neck
        let last = 74 + (back(y) + 26 + wall - 74) * neck
        guard x > first, x < last else { return 0 }
        let u = (2 * x - first - last) / (last - first)
        let chest = 2 * (a.halfWidth * (0.5 + 0.5 * a.opening(max(y, 0))) + a.wall)
        let wide = 120 + (chest - 120) * smoothStep(y, -100, 60)
        let arms = 70 * exp(-pow((y + 25) / 42, 2)) * exp(-pow((x - 8) / 60, 2))
        return wide * pow(1 - u * u * u * u, 0.5) + arms
    }
}

extension Double {
    /// This number, but not less than a bound.
    fileprivate func clampedBelow(_ bound: Double) -> Double { Swift.max(self, bound) }
}
