// The palettes of terminals, and the nearest entry to a colour.

/// The palettes that terminals share.
public enum Palette {
    /// The grey steps of the 6 x 6 x 6 cube of xterm-256color.
    private static let cubeSteps: [UInt8] = [0, 95, 135, 175, 215, 255]

    /// Names of the sixteen colours, by index.
    public static let sixteenNames = [
        "black", "red", "green", "yellow", "blue", "magenta", "cyan", "white", "bright-black",
        "bright-red", "bright-green", "bright-yellow", "bright-blue", "bright-magenta",
        "bright-cyan", "bright-white",
    ]

    /// The sixteen as xterm draws them; users change them, so they only serve to find the nearest.
    package static let sixteen: [Colour] = [
        0x000000, 0xCD0000, 0x00CD00, 0xCDCD00, 0x0000EE, 0xCD00CD, 0x00CDCD, 0xE5E5E5, 0x7F7F7F,
        0xFF0000, 0x00FF00, 0xFFFF00, 0x5C5CFF, 0xFF00FF, 0x00FFFF, 0xFFFFFF,
    ].map { (value: UInt32) in
        Colour(red: UInt8(value >> 16), green: UInt8(value >> 8 & 0xFF), blue: UInt8(value & 0xFF))
    }

    /// The fixed part of xterm-256color: entry 0 is index 16.
    package static let fixed: [Colour] = {
        var colours: [Colour] = []
        for red in cubeSteps {
            for green in cubeSteps {
                for blue in cubeSteps { colours.append(Colour(red: red, green: green, blue: blue)) }
            }
        }
        return colours + (0..<24).map { Colour(grey: UInt8(8 + 10 * $0)) }
    }()

    /// The thirty greys of xterm-256color that users do not change, dark to bright.
    public static let greys: [(index: Int, level: UInt8)] =
        fixed.enumerated().filter { $1.red == $1.green && $1.green == $1.blue }
        .map { (index: $0 + 16, level: $1.red) }.sorted { $0.level < $1.level }

    /// The greys among the sixteen, dark to bright, at the levels of xterm.
    public static let sixteenGreys: [(index: Int, level: UInt8)] = [
        (0, 0), (8, 127), (7, 229), (15, 255),
    ]

    /// Index of the grey of xterm-256color nearest to each level 0...255; never below 16.
    package static let greyIndex: [Int] = (0..<256).map { level in
        nearest(to: level, in: greys)
    }

    /// Index among the sixteen of the grey nearest to each level 0...255.
    package static let sixteenGreyIndex: [Int] = (0..<256).map { level in
        nearest(to: level, in: sixteenGreys)
    }

    private static func nearest(to level: Int, in greys: [(index: Int, level: UInt8)]) -> Int {
        greys.min { abs(Int($0.level) - level) < abs(Int($1.level) - level) }?.index ?? 0
    }

    /// Index in xterm-256color of the colour that looks nearest; never below 16.
    public static func nearestFixed(to colour: Colour) -> Int {
        if colour.red == colour.green, colour.green == colour.blue {
            return greyIndex[Int(colour.red)]
        }
        return 16 + nearest(to: colour, in: fixed)
    }

    /// Index among the sixteen of the colour that looks nearest.
    public static func nearestOfSixteen(to colour: Colour) -> Int {
        nearest(to: colour, in: sixteen)
    }

    /// Index in xterm-256color by the nearest step of each component: for pictures, where speed
    /// counts and neighbouring colours must stay in order.
    package static func cubeIndex(of colour: Colour) -> Int {
        if colour.red == colour.green, colour.green == colour.blue {
            return greyIndex[Int(colour.red)]
        }
        func step(_ value: UInt8) -> Int {
            value < 48 ? 0 : value < 115 ? 1 : (Int(value) - 35) / 40
        }
        return 16 + 36 * step(colour.red) + 6 * step(colour.green) + step(colour.blue)
    }

    private static func nearest(to colour: Colour, in palette: [Colour]) -> Int {
        let wanted = colour.lab
        let distances = palette.map { CIEDE2000.difference(wanted, $0.lab) }
        return distances.indices.min { distances[$0] < distances[$1] } ?? 0
    }
}
