// Planted findings inside the lung.

import Foundation
import Radiology

/// A soft blob of tissue inside the lung.
private struct Blob {
    var x: Double
    var y: Double
    var radius: Double
    var strength: Double
}

extension FrontalFindings {
    /// Opacities: what replaces air inside the lung.
    func drawOpacities(
        _ tissue: FrontalTissue, into composition: inout Composition, brush: inout Brush
    ) {
        for finding in study.findings {
            switch finding.pathology {
            case .nodule: drawNodule(finding, tissue, into: &composition)
            case .mass: drawMass(finding, tissue, into: &composition, brush: &brush)
            case .consolidation:
                drawConsolidation(finding, tissue, into: &composition, brush: &brush)
            case .pneumonia: drawPneumonia(finding, tissue, into: &composition)
            case .infiltration: drawInfiltration(finding, tissue, into: &composition)
            case .edema: drawEdema(finding, tissue, into: &composition, brush: &brush)
            case .fibrosis: drawFibrosis(finding, tissue, into: &composition, brush: &brush)
            case .atelectasis: drawPlates(finding, tissue, into: &composition, brush: &brush)
            case .hernia: drawHernia(finding, tissue, into: &composition)
            default: break
            }
        }
    }

    /// A point in the lung of a side, at shares of its width (0 mediastinum, 1 wall) and height.
    private func place(
        _ a: Anatomy, _ side: PhantomSide, across: Double, down: Double
    ) -> (x: Double, y: Double) {
        let top = 0.08 * a.lungHeight
        let guess = top + down * 0.9 * a.lungHeight
        let inner = 30 + 28 * smoothStep(guess / a.lungHeight, 0.4, 0.8) * (side == .left ? 1 : 0.2)
        let outer = a.outer(guess, side.sign) - 6
        let x = side.sign * (inner + across * max(outer - inner, 10))
        return (x, top + down * (a.dome(x) - top))
    }

    private func add(_ blob: Blob, to composition: inout Composition) {
        let reach = 2.2 * blob.radius
        let lung = composition.lung
        composition.filling.update(
            x: (blob.x - reach)...(blob.x + reach), y: (blob.y - reach)...(blob.y + reach)
        ) { index, x, y, value in
            guard lung.values[index] > 1 else { return value }
            let square = (pow(x - blob.x, 2) + pow(y - blob.y, 2)) / (blob.radius * blob.radius)
            return value + Float(blob.strength * exp(-square))
        }
    }

    /// Nodule: a ball of 15 to 29 mm with a smooth edge, calcified as a granuloma is.
    private func drawNodule(
        _ finding: PhantomFinding, _ tissue: FrontalTissue, into composition: inout Composition
    ) {
        var random = random(.nodule)
        let place = place(
            tissue.anatomy, finding.side, across: random.uniform(0.3...0.82),
            down: random.uniform(0.2...0.8))
        let radius = 7.6 + 7 * finding.severity
        let lung = composition.lung
        composition.filling.update(
            x: (place.x - 20)...(place.x + 20), y: (place.y - 20)...(place.y + 20)
        ) { index, x, y, value in
            guard lung.values[index] > 1 else { return value }
            let distance = hypot(x - place.x, y - place.y) / radius
            // Denser than its thickness alone: at the model's 3 mm a pixel soft ones drown in
            // vessels.
            return value + Float(6.4 * radius * pow(chord(distance * distance), 0.7))
        }
    }

    /// Mass: a lobed ball of 40 to 80 mm with spicules.
    private func drawMass(
        _ finding: PhantomFinding, _ tissue: FrontalTissue, into composition: inout Composition,
        brush: inout Brush
    ) {
        var random = random(.mass)
        let place = place(
            tissue.anatomy, finding.side, across: random.uniform(0.3...0.72),
            down: random.uniform(0.22...0.72))
        let radius = 20 + 19 * finding.severity
        let lobes = (0..<4).map { _ in (random.normal(0, 0.055), random.uniform(0...6.28)) }
        let lung = composition.lung
        let reach = 1.5 * radius
        composition.filling.update(
            x: (place.x - reach)...(place.x + reach), y: (place.y - reach)...(place.y + reach)
        ) { index, x, y, value in
            guard lung.values[index] > 1 else { return value }
            let angle = atan2(y - place.y, x - place.x)
            var size = radius
            for (order, lobe) in lobes.enumerated() {
                size += radius * lobe.0 * cos(Double(order + 2) * angle + lobe.1)
            }
            let distance = hypot(x - place.x, y - place.y) / size
            return value + Float(2.4 * radius * chord(distance * distance))
        }
        for _ in 0..<14 {
            let angle = random.uniform(0...6.28)
            let start = 0.9 * radius
            let end = radius * random.uniform(1.15...1.45)
            brush.add(
                [
                    StrokePoint(
                        x: place.x + start * cos(angle), y: place.y + start * sin(angle),
                        halfWidth: 1.6, strength: 9),
                    StrokePoint(
                        x: place.x + end * cos(angle), y: place.y + end * sin(angle),
                        halfWidth: 0.5, strength: 2),
                ], profile: .soft, to: &composition.filling, mask: composition.aeration)
        }
    }

    /// Consolidation: an even lobar opacity with a straight fissure and air bronchograms.
    private func drawConsolidation(
        _ finding: PhantomFinding, _ tissue: FrontalTissue, into composition: inout Composition,
        brush: inout Brush
    ) {
        var random = random(.consolidation)
        let a = tissue.anatomy
        let sign = finding.side.sign
        let isUpper = random.chance(0.5)
        let fissure = (isUpper ? 0.47 : 0.56) * a.lungHeight + random.normal(0, 5)
        let tilt = random.normal(0.06, 0.04) * (isUpper ? 1 : -1)
        let far = (0.20 + 0.16 * finding.severity) * a.lungHeight
        let strength = 70 + 75 * finding.severity
        let cloud = ValueNoise(seed: study.seed ^ 0xC075, millimetres: 22)
        let lung = composition.lung
        composition.filling.update { index, x, y, value in
            guard lung.values[index] > 1, sign * x > 0 else { return value }
            let from = (isUpper ? -1 : 1) * (y - fissure - tilt * (abs(x) - 60))
            let sharp = smoothStep(from, -0.8, 1.2)
            let fading = 1 - smoothStep(from + 14 * cloud(x, y), 0.65 * far, 1.15 * far)
            let aside = smoothStep(sign * x, 8, 34)
            return value + Float(strength * aside * sharp * fading * (0.92 + 0.14 * cloud(y, x)))
        }
        let hilum = tissue.hilum(sign)
        for index in 0..<5 {
            let down = isUpper ? -1.0 : 1.0
            let angle = 0.25 + 0.3 * Double(index) + random.normal(0, 0.07)
            let points = (0...8).map { step in
                let length = 10 + 9 * Double(step)
                return StrokePoint(
                    x: hilum.x + sign * length * sin(angle) * 1.1,
                    y: hilum.y + down * length * cos(angle), halfWidth: 2.4 - 0.16 * Double(step),
                    strength: -24)
            }
            brush.add(points, profile: .soft, to: &composition.filling, mask: composition.aeration)
        }
        for index in composition.filling.values.indices {
            composition.filling.values[index] = max(composition.filling.values[index], 0)
        }
    }

    /// Pneumonia: a cluster of ill-defined blobs in one zone of one lung.
    private func drawPneumonia(
        _ finding: PhantomFinding, _ tissue: FrontalTissue, into composition: inout Composition
    ) {
        var random = random(.pneumonia)
        let down = random.uniform(0.5...0.82)
        let across = random.uniform(0.3...0.65)
        for _ in 0..<Int(8 + 6 * finding.severity) {
            let place = place(
                tissue.anatomy, finding.side, across: across + random.normal(0, 0.15),
                down: down + random.normal(0, 0.085))
            add(
                Blob(
                    x: place.x, y: place.y, radius: random.uniform(9...19),
                    strength: (16 + 22 * finding.severity) * random.uniform(0.7...1.3)),
                to: &composition)
        }
    }

    /// Infiltration: scattered small spots through both lungs.
    private func drawInfiltration(
        _ finding: PhantomFinding, _ tissue: FrontalTissue, into composition: inout Composition
    ) {
        var random = random(.infiltration)
        for side in PhantomSide.allCases {
            for _ in 0..<Int(55 + 70 * finding.severity) {
                let place = place(
                    tissue.anatomy, side, across: random.uniform(0.02...0.98),
                    down: random.uniform(0.08...0.95))
                add(
                    Blob(
                        x: place.x, y: place.y, radius: random.uniform(2.8...5.6),
                        strength: (12 + 10 * finding.severity) * random.uniform(0.7...1.3)),
                    to: &composition)
            }
        }
    }

    /// Edema: haze around both hila (bat's wings), wide vessels, short lines at the bases.
    private func drawEdema(
        _ finding: PhantomFinding, _ tissue: FrontalTissue, into composition: inout Composition,
        brush: inout Brush
    ) {
        var random = random(.edema)
        let cloud = ValueNoise(seed: study.seed ^ 0xEDE, millimetres: 17)
        let lung = composition.lung
        let strength = 52 + 64 * finding.severity
        let reach = 50 + 20 * finding.severity
        let hila = [tissue.hilum(-1), tissue.hilum(1)]
        composition.filling.update { index, x, y, value in
            guard lung.values[index] > 1 else { return value }
            let hilum = hila[x < 0 ? 0 : 1]
            let square = pow((x - hilum.x) / reach, 2) + pow((y - hilum.y - 12) / (1.25 * reach), 2)
            return value + Float(strength * exp(-square) * (1 + 0.4 * cloud(x, y)) + 5)
        }
        for sign in [-1.0, 1.0] {
            for _ in 0..<Int(8 + 10 * finding.severity) {
                let y = tissue.anatomy.lungHeight * random.uniform(0.72...1.0)
                let wall = tissue.anatomy.outer(y, sign) - 2
                brush.add(
                    [
                        StrokePoint(x: sign * wall, y: y, halfWidth: 0.8, strength: 6),
                        StrokePoint(
                            x: sign * (wall - random.uniform(10...20)), y: y + random.normal(0, 2),
                            halfWidth: 0.6, strength: 4),
                    ], profile: .soft, to: &composition.filling, mask: composition.aeration)
            }
        }
    }

    /// Fibrosis: a net of coarse lines, most at the bases and the periphery; smaller lungs.
    private func drawFibrosis(
        _ finding: PhantomFinding, _ tissue: FrontalTissue, into composition: inout Composition,
        brush: inout Brush
    ) {
        var random = random(.fibrosis)
        for side in PhantomSide.allCases {
            for _ in 0..<Int(150 + 170 * finding.severity) {
                let place = place(
                    tissue.anatomy, side, across: 1 - pow(random.uniform(0...1), 1.5),
                    down: 1.02 - 0.62 * pow(random.uniform(0...1), 1.6))
                var angle = random.uniform(0...6.28)
                var x = place.x
                var y = place.y
                let turn = random.uniform(-0.9...0.9)
                let strength = (9 + 9 * finding.severity) * random.uniform(0.7...1.2)
                let points = (0...5).map { _ in
                    let point = StrokePoint(x: x, y: y, halfWidth: 1.15, strength: strength)
                    x += 3.2 * cos(angle)
                    y += 3.2 * sin(angle)
                    angle += turn
                    return point
                }
                brush.add(
                    points, profile: .soft, to: &composition.filling, mask: composition.aeration)
            }
        }
    }

    /// Atelectasis: plates above the raised dome (the volume loss is in `change`).
    private func drawPlates(
        _ finding: PhantomFinding, _ tissue: FrontalTissue, into composition: inout Composition,
        brush: inout Brush
    ) {
        var random = random(.atelectasis)
        let a = tissue.anatomy
        let sign = finding.side.sign
        for index in 0..<3 {
            let start = place(a, finding.side, across: 0.05 + 0.1 * Double(index), down: 0)
            let height = 12 + 15 * Double(index) + random.uniform(-4...4)
            let length = random.uniform(48...74)
            let tilt = random.normal(-0.12, 0.1)
            let points = (0...10).map { step in
                let t = Double(step) / 10
                let x = start.x + sign * (12 + length * t)
                return StrokePoint(
                    x: x, y: a.dome(sign * 0.45 * a.halfWidth) - height + tilt * length * t,
                    halfWidth: (2.2 + 1.6 * finding.severity) * (0.7 + 0.6 * sin(t * .pi)),
                    strength: 44)
            }
            brush.add(points, profile: .soft, to: &composition.filling, mask: composition.aeration)
        }
    }

    /// Hernia: a rounded opacity behind the heart with an air-fluid level.
    private func drawHernia(
        _ finding: PhantomFinding, _ tissue: FrontalTissue, into composition: inout Composition
    ) {
        var random = random(.hernia)
        let a = tissue.anatomy
        let radius = 32 + 16 * finding.severity
        let sac = TissueEllipse(
            x: random.uniform(6...22) + a.mediastinalShift, y: a.leftDome - 0.72 * radius,
            radiusX: radius * 1.15, radiusY: radius, thickness: 70)
        let level = sac.y + random.uniform(-0.1...0.15) * radius
        let box = (x: (sac.x - 80)...(sac.x + 80), y: (sac.y - 60)...(sac.y + 60))
        composition.filling.update(x: box.x, y: box.y) { _, x, y, value in
            value + Float(sac.thickness(x, y))
        }
        composition.air.update(x: box.x, y: box.y) { _, x, y, value in
            guard y < level else { return value }
            let wall = TissueEllipse(
                x: sac.x, y: sac.y, radiusX: sac.radiusX - 4, radiusY: sac.radiusY - 4,
                thickness: 62)
            return value + Float(wall.thickness(x, y))
        }
    }
}
