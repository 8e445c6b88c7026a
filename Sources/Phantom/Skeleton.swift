// Ribs, spine, clavicles, scapulae, humeri: seen from front or back.

import Foundation

/// The bones of the frontal phantom, as attenuation beyond soft tissue.
struct Skeleton {
    let anatomy: Anatomy
    let seed: UInt64

    func draw(into composition: inout Composition, brush: inout Brush, isPortable: Bool) {
        drawSpine(into: &composition, brush: &brush)
        for index in 0..<11 {
            for sign in [-1.0, 1.0] { drawRib(index, sign, into: &composition, brush: &brush) }
        }
        for sign in [-1.0, 1.0] {
            drawClavicle(sign, isPortable: isPortable, into: &composition, brush: &brush)
            drawScapula(sign, isPortable: isPortable, into: &composition, brush: &brush)
        }
    }

    /// Height of a rib's head at the spine.
    private func head(_ index: Int) -> Double {
        let spacing = 0.094 * anatomy.lungHeight
        return -6 + spacing * Double(index) * (1 + 0.012 * Double(index))
    }

    /// A rib as a curve in space: an ellipse in a plane that falls towards the front.
    ///
    /// The posterior part runs out from the spine and down, the anterior one on and down to the
    /// cartilage; towards the lateral edge the ray runs along the bone, which makes it denser
    /// there.
    private func drawRib(
        _ index: Int, _ sign: Double, into composition: inout Composition, brush: inout Brush
    ) {
        var random = PhantomRandom(seed: seed, purpose: "rib\(index)\(sign)")
        let a = anatomy
        let top = head(index) + random.normal(0, 1.0)
        let widest = top + 0.20 * a.lungHeight
        let reach = a.outer(min(max(widest, 34), 1.1 * a.lungHeight), sign) + 3.5
        let half = 0.5 * a.depth * (0.55 + 0.45 * a.opening(widest))
        let steep = index == 0 ? 1.7 : index == 1 ? 1.25 : 1
        let slope = a.ribSlope * steep * (0.8 + 0.055 * Double(index)) * random.uniform(0.96...1.04)
        let lastAngle = index == 0 ? 128.0 : index > 8 ? 100 : 143 - 2.5 * Double(max(index - 5, 0))
        var points: [StrokePoint] = []
        var previous: (x: Double, y: Double, z: Double)?
        for angle in stride(from: 0.5, through: lastAngle, by: 2.5) {
            let t = angle * .pi / 180
            let isFront = t > .pi / 2
            let x = 13 + (reach - 13) * pow(sin(t), isFront ? 0.9 : 0.86)
            let z = -half * cos(t)
            let arch = -5 * sin(2 * t) * (isFront ? 0 : 1)
            let y = top + slope * (z + half) + arch + (isFront ? 9 * pow(t - .pi / 2, 2) : 0)
            defer { previous = (x, y, z) }
            guard let before = previous else { continue }
            let flat = hypot(x - before.x, y - before.y)
            // Where the bone runs along the ray, the ray runs along the bone.
            let along = min(hypot(flat, z - before.z) / max(flat, 0.01), 2.4)
            let end = smoothStep(lastAngle - angle, -2, 16)
            let front = smoothStep(t, 1.3, 2.0)
            points.append(
                StrokePoint(
                    x: sign * x + 0.15 * a.rotation * (isFront ? 1 : -1), y: y,
                    halfWidth: 5.7 + 0.9 * front,
                    strength: (0.40 - 0.10 * front) * (0.06 + 0.94 * end) * a.boneDensity
                        * pow(along, 0.4)))
        }
        brush.add(points, profile: .tube, to: &composition.bone)
    }

    private func drawSpine(into composition: inout Composition, brush: inout Brush) {
        var random = PhantomRandom(seed: seed, purpose: "spine")
        let a = anatomy
        let lean = random.normal(0, 3)
        var y = -104.0
        var height = 17.5
        while y < 1.6 * a.lungHeight {
            let middle = y + height / 2
            let x = lean * sin(middle / 150) + 0.1 * a.rotation
            let half = 13.5 + 4.5 * smoothStep(middle, -100, 300)
            composition.bone.update(x: (x - 26)...(x + 26), y: (y - 2)...(y + height + 2)) {
                _, px, py, value in
                let across = (px - x) / (half * (1 + 0.09 * pow((py - middle) / (height / 2), 2)))
                let down = abs(py - middle) / (0.5 * height)
                let body =
                    pow(max(0, 1 - pow(abs(across), 5)), 0.6) * smoothStep(1.0 - down, -0.02, 0.16)
                let plate = 0.35 * exp(-pow((down - 0.88) / 0.10, 2)) * (abs(across) < 1 ? 1 : 0)
                return value + Float(0.20 * a.boneDensity * (body + 0.5 * plate * body))
            }
            drawVertebraBack(x: x, y: middle, half: half, into: &composition, brush: &brush)
            y += height + 0.17 * height
            height = min(height * 1.035, 27)
        }
    }

    /// Pedicles as rings and the spinous process as a drop.
    private func drawVertebraBack(
        x: Double, y: Double, half: Double, into composition: inout Composition,
        brush: inout Brush
    ) {
        for sign in [-1.0, 1.0] {
            let px = x + sign * 0.62 * half
            brush.add(
                [
                    StrokePoint(x: px, y: y - 5.5, halfWidth: 3.2, strength: 0.14),
                    StrokePoint(x: px, y: y - 1, halfWidth: 3.4, strength: 0.14),
                ], profile: .tube, to: &composition.bone, scale: anatomy.boneDensity)
            brush.add(
                [
                    StrokePoint(x: x + sign * half, y: y - 3, halfWidth: 3.6, strength: 0.09),
                    StrokePoint(
                        x: x + sign * (half + 14), y: y - 5, halfWidth: 4.2, strength: 0.07),
                ], profile: .tube, to: &composition.bone, scale: anatomy.boneDensity)
        }
        let tip = x - 0.15 * anatomy.rotation
        brush.add(
            [
                StrokePoint(x: tip, y: y + 3, halfWidth: 2.2, strength: 0.07),
                StrokePoint(x: tip, y: y + 14, halfWidth: 3.2, strength: 0.11),
            ], profile: .rod, to: &composition.bone, scale: anatomy.boneDensity)
    }

    private func drawClavicle(
        _ sign: Double, isPortable: Bool, into composition: inout Composition,
        brush: inout Brush
    ) {
        var random = PhantomRandom(seed: seed, purpose: "clavicle\(sign)")
        let a = anatomy
        let inner = 11 + 0.5 * sign * a.rotation
        let height = (isPortable ? 4 : 20) + random.normal(0, 3)
        let outerX = a.halfWidth + 32
        let rise = random.uniform(16...30)
        let count = 24
        let points = (0...count).map { step in
            let t = Double(step) / Double(count)
            return StrokePoint(
                x: sign * (inner + (outerX - inner) * t) + a.rotation * 0.4,
                y: height + 8 * sin(t * 2 * .pi * 0.9) - rise * t,
                halfWidth: 6.8 - 2.2 * sin(t * .pi) + (t < 0.08 ? 1.6 : 0) + 2.0
                    * smoothStep(t, 0.75, 1),
                strength: 0.62)
        }
        brush.add(points, profile: .tube, to: &composition.bone, scale: a.boneDensity)
    }

    /// The blade with its thick lateral border, spine and glenoid, and the head of the humerus.
    private func drawScapula(
        _ sign: Double, isPortable: Bool, into composition: inout Composition,
        brush: inout Brush
    ) {
        var random = PhantomRandom(seed: seed, purpose: "scapula\(sign)")
        let a = anatomy
        // Rolled forward, the blades leave the lungs free; in bed they lie over them.
        let out = isPortable ? random.uniform(-22...(-6)) : random.uniform(4...16)
        let edge = a.halfWidth + out
        let tip = (x: edge - 4, y: 0.60 * a.lungHeight + random.normal(0, 6))
        let glenoid = (x: edge + 38, y: 0.13 * a.lungHeight)
        let upper = (x: edge - 34, y: 0.06 * a.lungHeight)
        let scale = a.boneDensity
        let corners = [tip, glenoid, upper].map { (x: sign * $0.x, y: $0.y) }
        composition.bone.addPolygon(corners, value: 0.10 * scale, softness: 3)
        func border(
            _ from: (x: Double, y: Double), _ to: (x: Double, y: Double), _ half: Double,
            _ strength: Double
        ) {
            let middle = StrokePoint(
                x: sign * ((from.x + to.x) / 2 - 3), y: (from.y + to.y) / 2, halfWidth: half,
                strength: strength)
            brush.add(
                [
                    StrokePoint(
                        x: sign * from.x, y: from.y, halfWidth: half * 0.8, strength: strength),
                    middle,
                    StrokePoint(x: sign * to.x, y: to.y, halfWidth: half * 1.5, strength: strength),
                ], profile: .tube, to: &composition.bone, scale: scale)
        }
        border(tip, glenoid, 4.2, 0.42)
        border(tip, upper, 2.4, 0.22)
        border(upper, (x: edge + 44, y: 0.02 * a.lungHeight), 5.0, 0.34)
        let head = (x: sign * (glenoid.x + 24), y: glenoid.y + 2)
        composition.bone.update(x: (head.x - 30)...(head.x + 30), y: (head.y - 30)...(head.y + 30))
        {
            _, x, y, value in
            let square = (pow(x - head.x, 2) + pow(y - head.y, 2)) / (25 * 25)
            return value
                + Float(scale * (0.30 * chord(square) + (square > 0.8 && square < 1 ? 0.10 : 0)))
        }
        brush.add(
            [
                StrokePoint(x: head.x + sign * 6, y: head.y + 14, halfWidth: 14, strength: 0.36),
                StrokePoint(x: head.x + sign * 44, y: head.y + 200, halfWidth: 12, strength: 0.42),
            ], profile: .tube, to: &composition.bone, scale: scale)
    }
}

extension Plane {
    /// Adds a value inside a convex polygon, fading over `softness` millimetres at its edges.
    mutating func addPolygon(
        _ corners: [(x: Double, y: Double)], value added: Double, softness: Double
    ) {
        guard let first = corners.first else { return }
        var x = first.x...first.x
        var y = first.y...first.y
        var area = 0.0
        for (index, corner) in corners.enumerated() {
            x = min(x.lowerBound, corner.x)...max(x.upperBound, corner.x)
            y = min(y.lowerBound, corner.y)...max(y.upperBound, corner.y)
            let next = corners[(index + 1) % corners.count]
            area += corner.x * next.y - next.x * corner.y
        }
        let turn = area < 0 ? -1.0 : 1.0
        update(x: x, y: y) { _, px, py, value in
            var depth = Double.infinity
            for (index, corner) in corners.enumerated() {
                let next = corners[(index + 1) % corners.count]
                let ex = next.x - corner.x
                let ey = next.y - corner.y
                let inside = turn * (ex * (py - corner.y) - ey * (px - corner.x)) / hypot(ex, ey)
                depth = min(depth, inside)
            }
            return value + Float(added * smoothStep(depth, 0, softness))
        }
    }
}
