// The picture from the side, part by part.

import Foundation
import Radiology

/// A lateral phantom on its way to a picture: the patient looks to the left of it.
///
/// x runs from front (negative) to back here. Size, heart and inflation follow the same seed as the
/// frontal picture. Drawn of the findings: effusion, nodule, mass, pneumonia, consolidation,
/// hernia, and what changes the anatomy (heart size, hyperinflation); the others leave no mark
/// from the side.
struct LateralPhantom {
    private let study: PhantomStudy
    private let anatomy: Anatomy
    private let shape: LateralShape
    private var composition: Composition

    init(study: PhantomStudy, field: Field) {
        self.study = study
        var anatomy = Anatomy(seed: study.seed, view: .posteroanterior)
        FrontalFindings(study).change(&anatomy)
        self.anatomy = anatomy
        shape = LateralShape(anatomy)
        composition = Composition(field)
        var brush = Brush(field)
        drawTissue()
        drawVessels(&brush)
        drawFindings()
        drawAir(&brush)
        drawBones(&brush)
        Markers(study).draw(into: &composition, brush: &brush)
    }

    /// The processed picture with noise on a field of the same rectangle.
    func finished(on field: Field) -> Plane {
        var detector = Detector(seed: study.seed, view: .posteroanterior)
        detector.photons *= 3
        detector.scatter *= 1.8
        detector.contrast *= 0.8
        detector.lungGrey += 0.11
        let clean = detector.signal(composition.attenuation(lungDensity: anatomy.lungDensity))
        let lung = clean.quantile(0.4) { composition.lung.values[$0] > 110 }
        // Between the chest wall and the abdomen, which is far denser from the side.
        let wall = clean.quantile(0.72) { composition.body.values[$0] > 160 }
        let abdomen = clean.quantile(0.93) { composition.body.values[$0] > 160 }
        let soft = 0.62 * wall + 0.38 * abdomen
        var signal = clean.resampled(to: field)
        detector.addNoise(to: &signal, seed: study.seed ^ 0x1A7)
        return detector.processed(signal, lungLevel: lung, softLevel: soft)
    }

    private mutating func drawTissue() {
        let shape = shape
        let waves = ValueNoise(seed: study.seed ^ 0x1A7E, millimetres: 50)
        composition.body.update { _, x, y, _ in
            Float(shape.body(x, y) * (1 + 0.015 * waves(x, y)))
        }
        composition.lung.update { _, x, y, _ in Float(shape.lung(x, y)) }
    }

    /// Vessels that fan out from the hilum, and the fine texture.
    private mutating func drawVessels(_ brush: inout Brush) {
        var random = PhantomRandom(seed: study.seed, purpose: "lateral vessels")
        let h = anatomy.lungHeight
        let lung = composition.lung
        var mask = Plane(composition.field)
        mask.update { index, _, _, _ in lung.values[index] > 20 ? 1 : 0 }
        for _ in 0..<46 {
            var angle = random.uniform(0...6.28)
            var x = random.normal(4, 5)
            var y = 0.43 * h + random.normal(0, 9)
            let length = random.uniform(30...105)
            let radius = random.uniform(0.9...2.6)
            let points = (0...10).map { step in
                let t = Double(step) / 10
                let point = StrokePoint(
                    x: x, y: y, halfWidth: radius * (1 - 0.75 * t),
                    strength: 4.2 * radius * (1 - 0.7 * t) * smoothStep(t, -0.1, 0.3))
                x += cos(angle) * length / 10
                y += sin(angle) * length / 10
                angle += random.normal(0, 0.09)
                return point
            }
            brush.add(points, profile: .rod, to: &composition.filling, mask: mask)
        }
        let fine = ValueNoise(seed: study.seed ^ 0x7E4A, millimetres: 4)
        let coarse = ValueNoise(seed: study.seed ^ 0xC0AA, millimetres: 13)
        composition.filling.update { index, x, y, value in
            guard lung.values[index] > 5 else { return value }
            return value + Float(6 + 1.6 * fine(x, y) + 2.4 * coarse(x, y))
        }
    }

    private mutating func drawFindings() {
        let h = anatomy.lungHeight
        let lung = composition.lung
        for finding in study.findings {
            var random = PhantomRandom(seed: study.seed, purpose: "lateral \(finding.pathology)")
            let severity = finding.severity
            switch finding.pathology {
            case .effusion:
                let shape = shape
                let level = shape.recess - (22 + 95 * severity)
                composition.lung.update { _, x, y, value in
                    guard value > 0 else { return value }
                    let meniscus = 30 * exp(-max(shape.back(y) - x, 0) / 16)
                    let depth = y - level + meniscus
                    return depth > 0 ? value * Float(exp(-1.1 * smoothStep(depth, 0, 30))) : value
                }
            case .nodule, .mass, .pneumonia, .consolidation:
                let isRound = finding.pathology == .nodule || finding.pathology == .mass
                let small = finding.pathology == .nodule
                let radius = small ? 6 + 8 * severity : 20 + 19 * severity
                let center = (
                    x: random.uniform(-30...42),
                    y: h * random.uniform(isRound ? 0.3...0.6 : 0.55...0.78)
                )
                let cloud = ValueNoise(seed: study.seed ^ 0xF14D, millimetres: 18)
                composition.filling.update { index, x, y, value in
                    guard lung.values[index] > 1 else { return value }
                    let square = (pow(x - center.x, 2) + pow(y - center.y, 2)) / (radius * radius)
                    let added =
                        isRound
                        ? 2.6 * radius * chord(square)
                        : (30 + 50 * severity) * exp(-square * 0.8) * (1 + 0.5 * cloud(x, y))
                    return value + Float(added)
                }
            case .hernia:
                let sac = TissueEllipse(
                    x: 22, y: anatomy.leftDome - 18, radiusX: 34, radiusY: 30, thickness: 80)
                composition.filling.update { _, x, y, value in value + Float(sac.thickness(x, y)) }
                composition.air.update { _, x, y, value in
                    y < sac.y - 4 ? value + Float(0.7 * sac.thickness(x, y)) : value
                }
            default: break
            }
        }
    }

    private mutating func drawAir(_ brush: inout Brush) {
        let h = anatomy.lungHeight
        brush.add(
            [
                StrokePoint(x: -8, y: -110, halfWidth: 8, strength: 17),
                StrokePoint(x: -2, y: 0.08 * h, halfWidth: 8, strength: 18),
                StrokePoint(x: 8, y: 0.40 * h, halfWidth: 8, strength: 18),
            ], profile: .rod, to: &composition.air)
        guard anatomy.hasBubble else { return }
        let bubble = TissueEllipse(
            x: 4, y: anatomy.leftDome + 24, radiusX: 27, radiusY: 15, thickness: 44)
        composition.air.update(
            x: (bubble.x - 40)...(bubble.x + 40), y: (bubble.y - 20)...(bubble.y + 20)
        ) { _, x, y, value in
            y < bubble.y + 5 ? value + Float(bubble.thickness(x, y)) : value
        }
    }

    private mutating func drawBones(_ brush: inout Brush) {
        let bone = anatomy.boneDensity
        let h = anatomy.lungHeight
        // Sternum: manubrium and body.
        let sternum = stride(from: 0.10, through: 0.72, by: 0.04).map { share in
            StrokePoint(
                x: shape.front(share * h) - 7, y: share * h,
                halfWidth: share < 0.2 ? 8 : 6.2, strength: abs(share - 0.24) < 0.021 ? 0.2 : 0.5)
        }
        brush.add(sternum, profile: .tube, to: &composition.bone, scale: bone)
        var height = 17.5
        var y = -70.0
        while y < 1.6 * h {
            drawVertebra(y: y + height / 2, height: height, &brush)
            y += 1.18 * height
            height = min(height * 1.035, 27)
        }
        for index in 0..<10 {
            for offset in [0.0, 9.0] {
                let top = (0.02 + 0.094 * Double(index)) * h + offset
                let points = (0...20).map { step in
                    let t = Double(step) / 20
                    let y = top + (30 + 62 * t + 5 * Double(index)) * t
                    let back = shape.back(y) + 4
                    let front = shape.front(y) + 16
                    return StrokePoint(
                        x: back + (front - back) * (0.5 - 0.5 * cos(t * .pi * 0.93)), y: y,
                        halfWidth: 5, strength: 0.19 * (1 - 0.6 * smoothStep(t, 0.6, 1)))
                }
                brush.add(points, profile: .tube, to: &composition.bone, scale: bone)
            }
        }
    }

    private mutating func drawVertebra(y: Double, height: Double, _ brush: inout Brush) {
        let x = shape.spine(y)
        let half = 13 + 4 * smoothStep(y, -50, 300)
        let lean = (shape.spine(y + 8) - shape.spine(y - 8)) / 16
        let bone = anatomy.boneDensity
        composition.bone.update(
            x: (x - 26)...(x + 26), y: (y - height)...(y + height)
        ) { _, px, py, value in
            let across = abs(px - x - lean * (py - y)) / half
            let down = abs(py - y + 0.6 * lean * (px - x)) / (0.5 * height)
            let body = smoothStep(1.03 - across, 0, 0.12) * smoothStep(1 - down, -0.02, 0.14)
            let rim = max(exp(-pow((across - 0.92) / 0.09, 2)), exp(-pow((down - 0.88) / 0.1, 2)))
            return value + Float(0.34 * bone * body * (0.75 + 0.5 * rim))
        }
        brush.add(
            [
                StrokePoint(x: x + half + 2, y: y - 2, halfWidth: 4, strength: 0.28),
                StrokePoint(x: x + half + 26, y: y + 12, halfWidth: 3.5, strength: 0.2),
            ], profile: .tube, to: &composition.bone, scale: bone)
    }
}
