// Body, lungs, heart, great vessels and diaphragm, seen from front or back.

import Foundation
import Radiology

/// An ellipse of soft tissue inside the cage.
struct TissueEllipse: Sendable {
    var x: Double
    var y: Double
    var radiusX: Double
    var radiusY: Double
    /// Thickness in the middle.
    var thickness: Double
    /// Turn, clockwise on the picture, in radians.
    var turn = 0.0

    func thickness(_ px: Double, _ py: Double) -> Double {
        let dx = px - x
        let dy = py - y
        let c = cos(turn)
        let s = sin(turn)
        let u = (dx * c + dy * s) / radiusX
        let v = (dy * c - dx * s) / radiusY
        return thickness * chord(u * u + v * v)
    }
}

/// The soft parts of the frontal phantom.
struct FrontalTissue {
    let anatomy: Anatomy
    /// Heart, great vessels and hila.
    let ellipses: [TissueEllipse]
    private let contour: MediastinalContour
    private let edgeNoise: ValueNoise

    init(_ anatomy: Anatomy, seed: UInt64) {
        self.anatomy = anatomy
        ellipses = Self.ellipses(anatomy)
        contour = MediastinalContour(anatomy, seed: seed)
        edgeNoise = ValueNoise(seed: seed ^ 0xED6E, millimetres: 34)
    }

    /// Where the hilum of a side is.
    func hilum(_ sign: Double) -> (x: Double, y: Double) {
        (
            sign * 0.245 * anatomy.halfWidth + anatomy.mediastinalShift,
            (sign > 0 ? 0.425 : 0.465) * anatomy.lungHeight
        )
    }

    /// Aortic knob and hila; the rest of the silhouette is `MediastinalContour`.
    private static func ellipses(_ a: Anatomy) -> [TissueEllipse] {
        let shift = a.mediastinalShift + 0.6 * a.rotation
        var parts = [
            // The arch runs front to back.
            TissueEllipse(
                x: shift + 15 + 0.5 * a.knobRadius, y: 0.285 * a.lungHeight, radiusX: a.knobRadius,
                radiusY: a.knobRadius * 1.15, thickness: 80)
        ]
        for sign in [-1.0, 1.0] {
            parts.append(
                TissueEllipse(
                    x: sign * 0.235 * a.halfWidth + shift,
                    y: (sign > 0 ? 0.42 : 0.46) * a.lungHeight, radiusX: 14 * a.vascularity,
                    radiusY: 21, thickness: 26 * a.vascularity, turn: sign * 0.3))
        }
        return parts
    }

    /// Thickness of the mediastinum at a point: a tube that widens to the neck, and the ellipses.
    func mediastinum(_ x: Double, _ y: Double) -> Double {
        let a = anatomy
        let shift = a.mediastinalShift + 0.3 * a.rotation
        let relative = y / a.lungHeight
        let half = 15 + 26 * exp(-y / 8) + 4 * smoothStep(relative, 0.2, 0.6)
        // The spine and what lies before it: dense in the middle, without a hard edge.
        let across = (x - shift) / half
        var sum = 0.5 * a.depth * exp(-across * across * across * across)
        sum += contour.thickness(x, y)
        // Descending aorta, left of the spine.
        if relative > 0.28 {
            let lean = 16 + 13 * a.unfolding * sin(min(relative, 1.2) * 2.4)
            sum += 26 * chord(pow((x - shift - lean) / 13, 2)) * smoothStep(relative, 0.28, 0.36)
        }
        for ellipse in ellipses { sum += ellipse.thickness(x, y) }
        return sum
    }

    /// Lung along a ray: the cage less mediastinum and what lies below the dome.
    func lung(_ x: Double, _ y: Double, cage: Double) -> Double {
        guard cage > 0 else { return 0 }
        let wavy = anatomy.dome(x) + 1.2 * edgeNoise(x, y)
        let below = y - wavy
        // A dome of about 7 cm radius: its chord grows with the root of the depth below its top.
        let liver = below > 0 ? 2 * (2 * 62 * below).squareRoot() + 0.9 * below : 0
        // Soft parts replace lung in proportion to what is left of it: no kink where it runs out.
        return cage * exp(-(1.25 * mediastinum(x, y) + 2.8 * liver) / anatomy.depth)
    }

    /// Fills body and lung, and the airways.
    func draw(into composition: inout Composition) {
        let a = anatomy
        let field = composition.field
        let fat = ValueNoise(seed: 0xFA7 ^ UInt64(a.habitus * 1e6), millimetres: 55)
        for row in 0..<field.rows {
            let y = field.y(row)
            let body = a.body(y)
            for column in 0..<field.columns {
                let x = field.x(column)
                let u = abs(x - 0.2 * a.rotation) / body.halfWidth
                guard u < 1 else { continue }
                let index = row * field.columns + column
                let profile = pow(1 - pow(u, 2.7), 0.5)
                let ripple = 1 + 0.018 * fat(x, y)
                let cage = a.cage(x - 0.2 * a.rotation, y)
                let thick = max(body.depth * profile * ripple, cage + 2 * profile)
                composition.body.values[index] = Float(thick)
                composition.lung.values[index] = Float(lung(x, y, cage: cage))
            }
        }
        addArms(to: &composition)
        if a.isFemale { addBreasts(to: &composition) }
        addPectorals(to: &composition)
    }

    private func addArms(to composition: inout Composition) {
        let a = anatomy
        var arms = Plane(composition.field)
        var brush = Brush(composition.field)
        for sign in [-1.0, 1.0] {
            let x = sign * (a.halfWidth + 52 + 10 * a.habitus)
            brush.add(
                [
                    StrokePoint(x: x - sign * 22, y: 34, halfWidth: 54, strength: 96),
                    StrokePoint(x: x + sign * 26, y: 110, halfWidth: 46, strength: 80),
                    StrokePoint(x: x + sign * 74, y: 260, halfWidth: 38, strength: 70),
                ], profile: .rod, to: &arms)
        }
        // Arm and trunk pass into one another: neither their sum nor a seam.
        for index in arms.values.indices where arms.values[index] > 0 {
            let trunk = composition.body.values[index]
            let arm = arms.values[index]
            composition.body.values[index] = (trunk * trunk + arm * arm).squareRoot()
        }
    }

    private func addBreasts(to composition: inout Composition) {
        let a = anatomy
        let size = 26 + 28 * a.habitus
        for sign in [-1.0, 1.0] {
            let breast = TissueEllipse(
                x: sign * 0.58 * a.halfWidth, y: 0.80 * a.lungHeight, radiusX: 56 + 22 * a.habitus,
                radiusY: 50 + 20 * a.habitus, thickness: size)
            composition.body.update(
                x: (breast.x - 90)...(breast.x + 90), y: (breast.y - 90)...(breast.y + 90)
            ) { _, x, y, value in
                // Upright: the lower edge is sharp, the upper runs out.
                let fade = y < breast.y ? 0.5 + 0.5 * smoothStep(y, breast.y - 70, breast.y) : 1
                return value > 0 ? value + Float(fade * breast.thickness(x, y)) : value
            }
        }
    }

    private func addPectorals(to composition: inout Composition) {
        let a = anatomy
        guard !a.isFemale else { return }
        for sign in [-1.0, 1.0] {
            let muscle = TissueEllipse(
                x: sign * 0.72 * a.halfWidth, y: 0.36 * a.lungHeight, radiusX: 62, radiusY: 46,
                thickness: 15, turn: -sign * 0.7)
            composition.body.update(
                x: (muscle.x - 80)...(muscle.x + 80), y: (muscle.y - 80)...(muscle.y + 80)
            ) { _, x, y, value in value > 0 ? value + Float(muscle.thickness(x, y)) : value }
        }
    }

    /// Trachea, main bronchi, gastric bubble: air outside the lung.
    func drawAir(into composition: inout Composition, brush: inout Brush, seed: UInt64) {
        let a = anatomy
        var random = PhantomRandom(seed: seed, purpose: "air")
        let shift = a.mediastinalShift + 0.5 * a.rotation
        let carina = 0.36 * a.lungHeight
        let bend = random.uniform(-3...1)
        let right = hilum(-1)
        brush.add(
            [
                StrokePoint(x: 0.3 * shift, y: -110, halfWidth: 8.5, strength: 15),
                StrokePoint(
                    x: 0.7 * shift + bend, y: 0.1 * a.lungHeight, halfWidth: 8.5, strength: 17),
                StrokePoint(x: shift - 3, y: carina, halfWidth: 8, strength: 18),
                StrokePoint(x: right.x + 6, y: right.y - 8, halfWidth: 5.5, strength: 9),
            ], profile: .rod, to: &composition.air)
        let left = hilum(1)
        brush.add(
            [
                StrokePoint(x: shift, y: carina, halfWidth: 5.5, strength: 0),
                StrokePoint(x: shift + 12, y: carina + 7, halfWidth: 5.5, strength: 13),
                StrokePoint(x: left.x - 6, y: left.y - 2, halfWidth: 5, strength: 8),
            ], profile: .rod, to: &composition.air)
        if a.hasBubble { drawBubble(into: &composition, random: &random) }
        drawBowelGas(into: &composition, random: &random)
    }

    /// A few soft-edged pockets below the diaphragm, most of them on the left.
    private func drawBowelGas(into composition: inout Composition, random: inout PhantomRandom) {
        let a = anatomy
        for _ in 0..<random.pick([0, 1, 2, 3, 4, 5]) {
            let sign = random.chance(0.7) ? 1.0 : -1.0
            let pocket = TissueEllipse(
                x: sign * random.uniform(0.25...0.85) * a.halfWidth,
                y: max(a.leftDome, a.rightDome) + a.domeDrop * random.uniform(0.9...2.4),
                radiusX: random.uniform(9...22), radiusY: random.uniform(7...15),
                thickness: random.uniform(14...34), turn: random.uniform(-1...1))
            composition.air.update(
                x: (pocket.x - 24)...(pocket.x + 24), y: (pocket.y - 24)...(pocket.y + 24)
            ) { _, x, y, value in
                // Squared: bowel has no sharp outline.
                let thick = pocket.thickness(x, y)
                return value + Float(thick * thick / pocket.thickness)
            }
        }
    }

    private func drawBubble(into composition: inout Composition, random: inout PhantomRandom) {
        let a = anatomy
        let bubble = TissueEllipse(
            x: random.uniform(0.42...0.56) * a.halfWidth, y: a.leftDome + random.uniform(22...30),
            radiusX: random.uniform(18...34), radiusY: random.uniform(13...20),
            thickness: random.uniform(26...48))
        let level = bubble.y + 0.35 * bubble.radiusY
        composition.air.update(
            x: (bubble.x - 40)...(bubble.x + 40), y: (bubble.y - 25)...(bubble.y + 25)
        ) {
            _, x, y, value in
            y < level ? value + Float(bubble.thickness(x, y)) : value
        }
    }
}
