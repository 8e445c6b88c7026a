// The branching vessels of the lungs.

import Foundation

/// Draws pulmonary vessels: rods of soft tissue that branch from the hila and thin towards the
/// wall.
struct Vessels {
    let tissue: FrontalTissue
    let seed: UInt64

    private struct Branch {
        var x: Double
        var y: Double
        var angle: Double
        var radius: Double
        var length: Double
    }

    func draw(into composition: inout Composition, brush: inout Brush) {
        let vascularity = tissue.anatomy.vascularity
        for sign in [-1.0, 1.0] {
            var random = PhantomRandom(seed: seed, purpose: "vessels\(sign)")
            let hilum = tissue.hilum(sign)
            // Angles from straight up, outwards: more and larger vessels to the bases (upright).
            let angles: [Double] = [8, 22, 38, 54, 70, 86, 100, 112, 123, 134, 144, 154, 163, 172]
            for angle in angles {
                let turned = (angle + random.normal(0, 6)) * .pi / 180
                let base = angle > 100 ? 3.9 : angle > 60 ? 2.9 : 2.5
                // The stems leave the hilum along its height, not from one point.
                let along = random.normal(0, 3) - 17 * cos(turned)
                let branch = Branch(
                    x: hilum.x + sign * random.uniform(-5...8), y: hilum.y + along,
                    angle: turned, radius: base * vascularity * random.uniform(0.8...1.15),
                    length: random.uniform(26...44))
                grow(branch, sign, depth: 0, into: &composition, &brush, &random)
            }
        }
    }

    private func grow(
        _ start: Branch, _ sign: Double, depth: Int, into composition: inout Composition,
        _ brush: inout Brush, _ random: inout PhantomRandom
    ) {
        var branch = start
        var points: [StrokePoint] = []
        let steps = 6
        let bend = random.normal(0, 0.14)
        for step in 0...steps {
            let radius = branch.radius * (1 - 0.25 * Double(step) / Double(steps))
            // Stems come out of the hilum's own shadow.
            let shown = depth == 0 ? smoothStep(Double(step), -1.5, 2.5) : 1
            points.append(
                StrokePoint(
                    x: branch.x, y: branch.y, halfWidth: radius,
                    // A vessel across the ray: its diameter; seen at a slant, a little more.
                    strength: 4.4 * radius * shown))
            let stride = branch.length / Double(steps)
            branch.x += sign * sin(branch.angle) * stride
            branch.y -= cos(branch.angle) * stride
            branch.angle += bend / Double(steps)
        }
        brush.add(points, profile: .rod, to: &composition.filling, mask: composition.aeration)
        guard depth < 6, start.radius > 0.36 else { return }
        let cage = tissue.anatomy.cage(branch.x, branch.y)
        guard cage > 20, branch.y < tissue.anatomy.dome(branch.x) + 14 else { return }
        let children = random.chance(0.22) ? 3 : 2
        for child in 0..<children {
            let spread = random.uniform(0.22...0.58)
            let side = Double(child) - Double(children - 1) / 2
            grow(
                Branch(
                    x: branch.x, y: branch.y,
                    angle: branch.angle + side * spread * 1.5 + random.normal(0, 0.08),
                    radius: start.radius * random.uniform(0.60...0.78),
                    length: start.length * random.uniform(0.66...0.92)),
                sign, depth: depth + 1, into: &composition, &brush, &random)
        }
    }

    /// Fine, unresolved texture: small vessels and septa.
    func drawTexture(into composition: inout Composition) {
        let fine = ValueNoise(seed: seed ^ 0x7E47, millimetres: 3.2)
        let coarse = ValueNoise(seed: seed ^ 0xC0A5, millimetres: 9)
        let patchy = ValueNoise(seed: seed ^ 0x9A7C, millimetres: 42)
        let field = composition.field
        let fades = min(1, 1.6 / field.pixelMillimetres)
        for row in 0..<field.rows {
            let y = field.y(row)
            for column in 0..<field.columns {
                let index = row * field.columns + column
                let lung = Double(composition.lung.values[index])
                guard lung > 5 else { continue }
                let x = field.x(column)
                let grain = 0.9 * fades * fine(x, y) + 1.5 * coarse(x, y) + 2.2 * patchy(x, y)
                composition.filling.values[index] += Float(
                    (3.2 + 1.9 * grain) * Double(composition.aeration.values[index])
                        * min(lung / 60, 1.4))
            }
        }
    }
}
