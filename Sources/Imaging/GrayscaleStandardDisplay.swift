// The grayscale standard display function: equal steps of value look equally different.

import Foundation

/// The grayscale standard display function of PS3.14.
public enum GrayscaleStandardDisplay {
    /// The just-noticeable differences that the standard covers, from 1 (0.05 cd/m²) to 1023.
    public static let indices: ClosedRange<Double> = 1...1023

    /// Luminance in cd/m² of an index of just-noticeable differences (PS3.14 7.1); clamped to the
    /// range of the standard.
    public static func luminance(index: Double) -> Double {
        let x = log(min(max(index, indices.lowerBound), indices.upperBound))
        let above =
            -1.3011877 + x
            * (8.0242636e-2 + x * (1.3646699e-1 + x * (-2.5468404e-2 + x * 1.3635334e-3)))
        let below =
            1 + x
            * (-2.5840191e-2
                + x * (-1.0320229e-1 + x * (2.8745620e-2 + x * (-3.1978977e-3 + x * 1.2992634e-4))))
        return pow(10, above / below)
    }

    /// The index whose luminance this is, by bisection; clamped to the range of the standard.
    public static func index(luminance: Double) -> Double {
        var low = indices.lowerBound
        var high = indices.upperBound
        for _ in 0..<60 {
            let middle = (low + high) / 2
            if Self.luminance(index: middle) < luminance { low = middle } else { high = middle }
        }
        return (low + high) / 2
    }
}

/// What is known of a display: enough to make equal steps of a picture look equally different.
public struct DisplayCalibration: Sendable, Hashable {
    /// Luminance of its black in cd/m², without the room's light.
    public let luminanceMin: Double
    /// Luminance of its white in cd/m², without the room's light.
    public let luminanceMax: Double
    /// Luminance that the room's light adds, in cd/m².
    public let ambient: Double
    /// Exponent of its curve from driving level to luminance.
    public let gamma: Double

    /// Makes a calibration; nil where white is not brighter than black, or a number is not usable.
    public init?(luminanceMin: Double, luminanceMax: Double, ambient: Double, gamma: Double = 2.2) {
        let isUsable =
            [luminanceMin, luminanceMax, ambient, gamma].allSatisfy { $0.isFinite && $0 >= 0 }
            && luminanceMax > luminanceMin && luminanceMax + ambient >= 0.05 && gamma > 0.1
        guard isUsable else { return nil }
        self.luminanceMin = luminanceMin
        self.luminanceMax = luminanceMax
        self.ambient = ambient
        self.gamma = gamma
    }

    /// The driving level for each presentation value 0...255 (PS3.14 Annex D).
    ///
    /// Presentation values are spread evenly over the just-noticeable differences between the
    /// luminances of `black` and `white`, both with the room's light on them.
    /// - Parameters:
    ///   - black: the driving level to use for presentation value 0.
    ///   - white: the driving level to use for presentation value 255.
    public func drivingLevels(black: UInt8 = 0, white: UInt8 = 255) -> [Float] {
        let first = GrayscaleStandardDisplay.index(luminance: luminance(of: black) + ambient)
        let last = GrayscaleStandardDisplay.index(luminance: luminance(of: white) + ambient)
        return (0...255).map { value in
            let index = first + (last - first) * Double(value) / 255
            let wanted = GrayscaleStandardDisplay.luminance(index: index) - ambient
            let share = (wanted - luminanceMin) / (luminanceMax - luminanceMin)
            return Float(pow(min(max(share, 0), 1), 1 / gamma) * 255)
        }.enumerated().map { value, level in
            // The ends are the levels themselves, not what a bisection finds for them.
            value == 0 ? Float(black) : value == 255 ? Float(white) : level
        }
    }

    /// Luminance of a driving level in cd/m², without the room's light.
    private func luminance(of level: UInt8) -> Double {
        luminanceMin + (luminanceMax - luminanceMin) * pow(Double(level) / 255, gamma)
    }
}
