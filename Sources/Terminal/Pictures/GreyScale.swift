// From display values to the greys that are sent to a terminal.

import Imaging

/// Which greys pictures use, and what is known of the display that shows them.
public struct GreyScale: Sendable, Hashable {
    /// Grey levels in direct colour, 2...256; 64 save bytes that hardly anybody sees.
    public let levels: Int
    /// The level that black is sent as.
    public let black: UInt8
    /// The level that white is sent as; less than 255 spares dark-adapted eyes.
    public let white: UInt8
    /// What is known of the display; nil sends display values as they are.
    public let calibration: DisplayCalibration?
    /// The level sent for each display value 0...255; empty where they are the same.
    private let table: [Float]

    /// Every level, as it is: for a display of which nothing is known.
    public static let plain = GreyScale()

    /// Makes a scale; levels are held to 2...256, and a white that is not above black is ignored.
    public init(
        levels: Int = 256, black: UInt8 = 0, white: UInt8 = 255,
        calibration: DisplayCalibration? = nil
    ) {
        self.levels = min(max(levels, 2), 256)
        self.black = white > black ? black : 0
        self.white = white > black ? white : 255
        self.calibration = calibration
        let (low, high) = (Float(self.black), Float(self.white))
        if let calibration {
            table = calibration.drivingLevels(black: self.black, white: self.white)
        } else if low > 0 || high < 255 {
            table = (0...255).map { low + Float($0) / 255 * (high - low) }
        } else {
            table = []
        }
    }

    /// The same greys on a display of which this is known.
    public func on(_ calibration: DisplayCalibration?) -> GreyScale {
        GreyScale(levels: levels, black: black, white: white, calibration: calibration)
    }

    /// The levels to send for display values 0...255, between the table's entries in a straight
    /// line; values beyond are clamped, NaN is black.
    public func sent(_ values: [Float]) -> [Float] {
        if table.isEmpty { return values }
        return values.map { value in
            let clamped = value >= 0 ? min(value, 255) : 0
            let below = Int(clamped)
            let above = min(below + 1, 255)
            return table[below] + (clamped - Float(below)) * (table[above] - table[below])
        }
    }
}
