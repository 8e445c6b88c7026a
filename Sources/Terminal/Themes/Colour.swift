// Colours as numbers: parsing, lightness, contrast, nearness, and what colour-blind eyes see.

import Foundation

/// A 24-bit sRGB colour.
public struct Colour: Sendable, Hashable {
    /// Red, 0...255.
    public let red: UInt8
    /// Green, 0...255.
    public let green: UInt8
    /// Blue, 0...255.
    public let blue: UInt8

    /// Makes a colour from its components.
    public init(red: UInt8, green: UInt8, blue: UInt8) {
        self.red = red
        self.green = green
        self.blue = blue
    }

    /// Makes a grey.
    public init(grey: UInt8) { self.init(red: grey, green: grey, blue: grey) }

    /// Reads `#rrggbb`; nil for anything else.
    public init?(hex: String) {
        let digits = hex.dropFirst()
        guard hex.first == "#", digits.count == 6, digits.allSatisfy(\.isHexDigit),
            let value = UInt32(digits, radix: 16)
        else { return nil }
        self.init(
            red: UInt8(value >> 16), green: UInt8(value >> 8 & 0xFF), blue: UInt8(value & 0xFF))
    }

    /// `#rrggbb`.
    public var hex: String {
        let value = UInt32(red) << 16 | UInt32(green) << 8 | UInt32(blue)
        let digits = String(value, radix: 16)
        return "#" + String(repeating: "0", count: 6 - digits.count) + digits
    }

    /// ITU-R BT.601 luma, 0...255: the grey that stands for the colour.
    public var luma: UInt8 {
        let thousandths = 299 * Int(red) + 587 * Int(green) + 114 * Int(blue)
        return UInt8((thousandths + 500) / 1000)
    }

    /// Relative luminance 0...1 (WCAG 2.1).
    public var relativeLuminance: Double {
        let linear = self.linear
        return 0.2126 * linear.red + 0.7152 * linear.green + 0.0722 * linear.blue
    }

    /// Contrast ratio with another colour, 1...21 (WCAG 2.1).
    public func contrast(with other: Colour) -> Double {
        let lighter = max(relativeLuminance, other.relativeLuminance)
        let darker = min(relativeLuminance, other.relativeLuminance)
        return (lighter + 0.05) / (darker + 0.05)
    }

    /// CIE L*a*b* under D65.
    public var lab: (lightness: Double, a: Double, b: Double) {
        let (red, green, blue) = linear
        // IEC 61966-2-1, linear sRGB to XYZ; divided by the D65 white point.
        let x = (0.4124564 * red + 0.3575761 * green + 0.1804375 * blue) / 0.95047
        let y = 0.2126729 * red + 0.7151522 * green + 0.0721750 * blue
        let z = (0.0193339 * red + 0.1191920 * green + 0.9503041 * blue) / 1.08883
        func response(_ t: Double) -> Double {
            t > 216.0 / 24389 ? cbrt(t) : (24389.0 / 27 * t + 16) / 116
        }
        let (fx, fy, fz) = (response(x), response(y), response(z))
        return (116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz))
    }

    /// Colour difference by CIEDE2000 (Sharma, Wu, Dalal 2005); about 2 can just be seen.
    public func difference(from other: Colour) -> Double {
        CIEDE2000.difference(lab, other.lab)
    }

    /// A kind of colour blindness.
    public enum Deficiency: String, Sendable, CaseIterable {
        /// No red cones.
        case protanopia
        /// No green cones.
        case deuteranopia
        /// No blue cones.
        case tritanopia
    }

    /// The colour as it appears to a colour-blind eye.
    ///
    /// Full severity by Machado, Oliveira and Fernandes 2009, table 1, on linear sRGB.
    public func seen(with deficiency: Deficiency) -> Colour {
        let m: [Double] =
            switch deficiency {
            case .protanopia:
                [
                    0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882,
                    -0.048116, 1.051998,
                ]
            case .deuteranopia:
                [
                    0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.011820,
                    0.042940, 0.968881,
                ]
            case .tritanopia:
                [
                    1.255528, -0.076749, -0.178779, -0.078411, 0.930809, 0.147602, 0.004733,
                    0.691367, 0.303900,
                ]
            }
        let (red, green, blue) = linear
        func component(_ row: Int) -> UInt8 {
            let value = m[row * 3] * red + m[row * 3 + 1] * green + m[row * 3 + 2] * blue
            return Colour.encoded(value)
        }
        return Colour(red: component(0), green: component(1), blue: component(2))
    }

    /// Linear-light components 0...1 (IEC 61966-2-1).
    private var linear: (red: Double, green: Double, blue: Double) {
        func decoded(_ value: UInt8) -> Double {
            let encoded = Double(value) / 255
            return encoded <= 0.04045 ? encoded / 12.92 : pow((encoded + 0.055) / 1.055, 2.4)
        }
        return (decoded(red), decoded(green), decoded(blue))
    }

    private static func encoded(_ linear: Double) -> UInt8 {
        let value = min(max(linear, 0), 1)
        let encoded = value <= 0.0031308 ? 12.92 * value : 1.055 * pow(value, 1 / 2.4) - 0.055
        return UInt8((encoded * 255).rounded())
    }
}
