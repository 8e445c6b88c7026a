// The colour difference that follows the eye best.

import Foundation

/// CIEDE2000, as in Sharma, Wu and Dalal, "The CIEDE2000 color-difference formula", 2005.
package enum CIEDE2000 {
    /// How different two colours look, from their CIE L*a*b*; 1 is about a just noticeable step.
    package static func difference(
        _ first: (lightness: Double, a: Double, b: Double),
        _ second: (lightness: Double, a: Double, b: Double)
    ) -> Double {
        let chromas = (hypot(first.a, first.b), hypot(second.a, second.b))
        let mean7 = pow((chromas.0 + chromas.1) / 2, 7)
        let g = 0.5 * (1 - sqrt(mean7 / (mean7 + pow(25, 7))))  // eq. 4
        let (a1, a2) = ((1 + g) * first.a, (1 + g) * second.a)  // eq. 5
        let (c1, c2) = (hypot(a1, first.b), hypot(a2, second.b))  // eq. 6
        let (h1, h2) = (hue(a1, first.b), hue(a2, second.b))  // eq. 7
        let lightness = second.lightness - first.lightness
        let chroma = c2 - c1
        var turn = h2 - h1  // eq. 10
        if c1 * c2 == 0 {
            turn = 0
        } else if turn > 180 {
            turn -= 360
        } else if turn < -180 {
            turn += 360
        }
        let hueDifference = 2 * sqrt(c1 * c2) * sin(radians(turn / 2))  // eq. 11
        let l = (first.lightness + second.lightness) / 2
        let c = (c1 + c2) / 2
        let h = meanHue(h1, h2, hasHues: c1 * c2 != 0)
        let t =
            1 - 0.17 * cos(radians(h - 30)) + 0.24 * cos(radians(2 * h))
            + 0.32 * cos(radians(3 * h + 6)) - 0.20 * cos(radians(4 * h - 63))  // eq. 15
        let rotation = 30 * exp(-pow((h - 275) / 25, 2))  // eq. 16
        let c7 = pow(c, 7)
        let rc = 2 * sqrt(c7 / (c7 + pow(25, 7)))  // eq. 17
        let offset = pow(l - 50, 2)
        let sl = 1 + 0.015 * offset / sqrt(20 + offset)  // eq. 18
        let sc = 1 + 0.045 * c  // eq. 19
        let sh = 1 + 0.015 * c * t  // eq. 20
        let rt = -sin(radians(2 * rotation)) * rc  // eq. 21
        let (x, y, z) = (lightness / sl, chroma / sc, hueDifference / sh)
        return sqrt(x * x + y * y + z * z + rt * y * z)  // eq. 22
    }

    private static func hue(_ a: Double, _ b: Double) -> Double {
        if a == 0 && b == 0 { return 0 }
        let degrees = atan2(b, a) * 180 / .pi
        return degrees < 0 ? degrees + 360 : degrees
    }

    /// The mean of two hues (equation 14).
    private static func meanHue(_ first: Double, _ second: Double, hasHues: Bool) -> Double {
        let sum = first + second
        if !hasHues { return sum }
        if abs(first - second) <= 180 { return sum / 2 }
        return sum < 360 ? (sum + 360) / 2 : (sum - 360) / 2
    }

    private static func radians(_ degrees: Double) -> Double { degrees * .pi / 180 }
}
