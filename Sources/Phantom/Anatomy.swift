// One person, as lengths in millimetres.

import Foundation
import Radiology

/// The chest of one phantom: drawn from a seed, then changed by what is planted.
///
/// Lengths follow adult radiographs: lung height 20 to 27 cm from apex to right dome, inner chest
/// width 24 to 31 cm, cardiothoracic ratio 0.40 to 0.49 where the heart is normal.
struct Anatomy: Sendable {
    var isFemale: Bool
    /// From 0, thin, to 1, obese.
    var habitus: Double
    var lungHeight: Double
    /// Half the greatest inner width of the chest.
    var halfWidth: Double
    /// Inner depth of the chest, front to back.
    var depth: Double
    /// Thickness of the wall beside the lungs.
    var wall: Double
    /// How far the front is turned to the patient's left, in millimetres at the sternum.
    var rotation: Double
    var heartRatio: Double
    /// Height of the right and the left dome, downwards from the apices.
    var rightDome: Double
    var leftDome: Double
    /// How far the diaphragm falls from dome to wall; small where it is flat.
    var domeDrop: Double
    var knobRadius: Double
    /// From 0, a straight aorta, to 1, an unfolded one.
    var unfolding: Double
    /// Share of soft tissue in lung.
    var lungDensity: Double
    var boneDensity: Double
    /// Multiplies the size and number of vessels.
    var vascularity: Double
    /// Shift of the mediastinum towards the patient's left.
    var mediastinalShift = 0.0
    var hasBubble: Bool
    var ribSlope: Double
    /// Multiplies the size of the heart and what lies in front: more in the anteroposterior view.
    var magnification = 1.0

    init(seed: UInt64, view: PhantomView) {
        var random = PhantomRandom(seed: seed, purpose: "anatomy")
        isFemale = random.chance(0.47)
        let size = random.normal(1, 0.045) * (isFemale ? 0.95 : 1.02)
        habitus = min(max(random.normal(0.35, 0.22), 0), 1)
        lungHeight = 243 * size * random.uniform(0.93...1.07)
        halfWidth = 138 * size * random.uniform(0.96...1.05)
        depth = 172 * size * random.uniform(0.93...1.1)
        wall = 15 + 26 * habitus + random.uniform(0...6)
        rotation = random.normal(0, 4)
        heartRatio = min(max(random.normal(0.45, 0.022), 0.395), 0.49)
        // One number is passed over, so that those after it stay what shipped samples were drawn
        // with.
        _ = random.next()
        rightDome = lungHeight
        leftDome = lungHeight + random.uniform(6...17)
        domeDrop = random.uniform(36...52)
        knobRadius = random.uniform(14...20)
        unfolding = pow(random.uniform(0...1), 2)
        lungDensity = random.uniform(0.24...0.29)
        boneDensity = random.uniform(0.82...1.18)
        vascularity = random.uniform(0.85...1.12)
        hasBubble = random.chance(0.85)
        ribSlope = random.uniform(0.54...0.72)
        guard view == .portableAnteroposterior else { return }
        // In bed: shallower breath, a heart farther from the detector, less exact position.
        let shallow = random.uniform(0.80...0.90)
        lungHeight *= shallow
        rightDome *= shallow
        leftDome *= shallow
        magnification = random.uniform(1.05...1.09)
        rotation += random.normal(0, 6)
    }

    /// How the cage has opened at a height: 0 at the apex, 1 from about two thirds down.
    func opening(_ y: Double) -> Double {
        let share = min(max(y / (0.72 * lungHeight), 0), 1)
        let rest = 1 - share
        return pow(1 - pow(rest, 2.3), 0.52)
    }

    /// Half the inner width at a height; the two sides differ a little where the patient is turned.
    func outer(_ y: Double, _ sign: Double) -> Double {
        let low = smoothStep(y / lungHeight, 0.35, 1.25)
        return halfWidth * opening(y) * (0.96 + 0.07 * low) * (1 + 0.004 * sign * rotation)
    }

    /// Height of the diaphragm's silhouette at x; the sides pass into one another behind the heart.
    func dome(_ x: Double) -> Double {
        let top = rightDome + (leftDome - rightDome) * smoothStep(x, -30, 30)
        let peak = 0.50 * halfWidth
        let side = abs(x) - peak
        if side > 0 {
            return top + domeDrop * pow(side / (halfWidth - peak), 2.1)
        }
        let inner = side / peak
        return top + 0.42 * domeDrop * inner * inner
    }

    /// Depth of the cage at a point, front to back, before anything is taken from it.
    func cage(_ x: Double, _ y: Double) -> Double {
        let limit = outer(y, x < 0 ? -1 : 1)
        guard limit > 1, y > 0 else { return 0 }
        let u = abs(x) / limit
        guard u < 1 else { return 0 }
        let square = u * u
        return depth * pow(opening(y), 0.9) * (1 - square * square * u.squareRoot()).squareRoot()
    }

    /// Half-width and depth of the whole body at a height.
    func body(_ y: Double) -> (halfWidth: Double, depth: Double) {
        let thick = depth + 38 + 70 * habitus
        let chest = halfWidth + wall + 8
        let shoulder = halfWidth + 48 + 14 * habitus
        let neck = 56 + 12 * habitus
        switch y {
        case ..<(-70): return (neck, 128)
        case ..<30:
            let t = (y + 70) / 100
            let open = 1 - pow(1 - pow(t, 1.9), 1.3)
            return (neck + (shoulder - neck) * open, 128 + (thick - 130) * smoothStep(t, 0, 1))
        case ..<150:
            let t = smoothStep(y, 30, 150)
            return (shoulder + (chest - shoulder) * t, thick - 2 + 2 * t)
        default:
            let waist = 1 + 0.05 * habitus * smoothStep(y, 230, 380)
            return (chest * waist, thick * waist)
        }
    }
}
