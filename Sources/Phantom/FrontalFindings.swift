// What planted findings do to the anatomy and to the pleura.

import Foundation
import Radiology

/// Draws what is planted in a frontal phantom.
///
/// Each label is drawn by one fixed convention, stated at its function, so that a label means the
/// same in every picture; where radiologists' words overlap (infiltration, pneumonia,
/// consolidation) the conventions are kept apart on purpose. That makes the phantom easier than
/// patients.
struct FrontalFindings {
    let study: PhantomStudy

    init(_ study: PhantomStudy) { self.study = study }

    func random(_ pathology: Pathology) -> PhantomRandom {
        PhantomRandom(seed: study.seed, purpose: "finding \(pathology.rawValue)")
    }

    /// Changes of size and place: heart, inflation, domes, shift.
    func change(_ anatomy: inout Anatomy) {
        for finding in study.findings {
            var random = random(finding.pathology)
            let severity = finding.severity
            switch finding.pathology {
            case .cardiomegaly:
                anatomy.heartRatio = 0.555 + 0.115 * severity + random.uniform(0...0.015)
            case .emphysema:
                // Hyperinflation: long, deep, dark lungs, flat domes, narrow heart, few vessels.
                let grown = 1.07 + 0.07 * severity
                anatomy.lungHeight *= grown
                anatomy.rightDome *= grown
                anatomy.leftDome *= grown
                anatomy.domeDrop *= 0.5 - 0.3 * severity
                anatomy.depth *= 1.10 + 0.10 * severity
                anatomy.lungDensity *= 0.78 - 0.16 * severity
                anatomy.vascularity *= 0.78 - 0.12 * severity
                anatomy.heartRatio *= 0.90 - 0.05 * severity
            case .atelectasis:
                // Loss of volume: the dome rises and the mediastinum follows.
                let rise = 18 + 30 * severity
                if finding.side == .right {
                    anatomy.rightDome -= rise
                } else {
                    anatomy.leftDome -= rise
                }
                anatomy.mediastinalShift += finding.side.sign * (3 + 10 * severity)
            case .pneumothorax where severity > 0.75:
                anatomy.mediastinalShift -= finding.side.sign * 50 * (severity - 0.7)
            case .edema:
                anatomy.vascularity *= 1.15 + 0.2 * severity
                anatomy.heartRatio = min(anatomy.heartRatio + 0.02, 0.5)
            case .fibrosis:
                anatomy.rightDome *= 0.95 - 0.04 * severity
                anatomy.leftDome *= 0.95 - 0.04 * severity
            default: break
            }
        }
    }

    /// Fluid, air and scars between lung and chest wall.
    func drawPleura(
        _ tissue: FrontalTissue, into composition: inout Composition, brush: inout Brush
    ) {
        for finding in study.findings {
            switch finding.pathology {
            case .effusion: drawEffusion(finding, tissue.anatomy, into: &composition)
            case .pneumothorax:
                drawPneumothorax(finding, tissue.anatomy, into: &composition, brush: &brush)
            case .pleuralThickening: drawThickening(finding, tissue.anatomy, into: &composition)
            default: break
            }
        }
    }

    /// Effusion: fluid from the costophrenic angle up, its surface rising to the wall (meniscus).
    private func drawEffusion(
        _ finding: PhantomFinding, _ a: Anatomy, into composition: inout Composition
    ) {
        var random = random(.effusion)
        let sign = finding.side.sign
        let wall = 0.98 * a.halfWidth
        let floor = a.dome(sign * wall)
        let level = floor - (26 + 105 * finding.severity * random.uniform(0.9...1.1))
        let waves = ValueNoise(seed: study.seed ^ 0xEFF, millimetres: 40)
        composition.lung.update { _, x, y, value in
            guard value > 0, sign * x > 0 else { return value }
            let fromWall = max(a.outer(y, sign) - abs(x), 0)
            let meniscus = 34 * exp(-fromWall / 17) + 9 * exp(-abs(x) / 30)
            let depth = y - (level - meniscus + 3 * waves(x, y))
            guard depth > 0 else { return value }
            let aside = smoothStep(sign * x, 4, 30)
            return value * Float(exp(-3.4 * aside * smoothStep(depth, 0, 34)))
        }
    }

    /// Pneumothorax: lung drawn in from apex and wall, a thin pleural line, nothing but air beyond.
    private func drawPneumothorax(
        _ finding: PhantomFinding, _ a: Anatomy, into composition: inout Composition,
        brush: inout Brush
    ) {
        var random = random(.pneumothorax)
        let sign = finding.side.sign
        let gap = (17 + 50 * finding.severity) * random.uniform(0.92...1.08)
        let waves = ValueNoise(seed: study.seed ^ 0x97E0, millimetres: 60)
        func edge(_ y: Double) -> Double {
            let share = 0.34 + 0.66 * exp(-max(y, 0) / (0.45 * a.lungHeight))
            let lowered = a.outer(y - 0.62 * gap, sign)
            return lowered - gap * share * (1 + 0.12 * waves(0, y))
        }
        let lung = composition.lung
        composition.aeration.update { index, x, y, value in
            guard lung.values[index] > 0, sign * x > 0 else { return value }
            return value * Float(1 - smoothStep(abs(x) - edge(y), -0.4, 0.4))
        }
        // What is left of the lung is a little denser.
        let aeration = composition.aeration
        composition.filling.update { index, x, y, value in
            guard lung.values[index] > 0, sign * x > 0, aeration.values[index] > 0.5 else {
                return value
            }
            return value + Float(0.16 * gap) * min(lung.values[index] / 90, 1)
        }
        let first = 0.62 * gap
        let line = stride(from: first, through: 1.1 * a.lungHeight, by: 3).map { y in
            StrokePoint(x: sign * max(edge(y), 8), y: y, halfWidth: 0.75, strength: 17)
        }
        brush.add(line, profile: .soft, to: &composition.filling)
    }

    /// Pleural thickening: an uneven rind along the wall and over the apex.
    private func drawThickening(
        _ finding: PhantomFinding, _ a: Anatomy, into composition: inout Composition
    ) {
        let sign = finding.side.sign
        let waves = ValueNoise(seed: study.seed ^ 0x71C, millimetres: 26)
        let width = 7 + 10 * finding.severity
        composition.lung.update { _, x, y, value in
            guard value > 0, sign * x > 0 else { return value }
            let rind = width * (1 + 0.55 * waves(x, y)) * (0.75 + 0.5 * smoothStep(y, 220, 40))
            let fromWall = a.outer(y, sign) - abs(x)
            let fromApex = y - 2
            let inside = min(fromWall, 0.8 * fromApex) - rind
            return value * Float(exp(-1.9 * (1 - smoothStep(inside, -2.2, 1.2))))
        }
    }
}
