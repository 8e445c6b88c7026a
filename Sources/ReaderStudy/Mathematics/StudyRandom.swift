// The random numbers of a study: seeded, the same on every machine.

import Foundation

/// SplitMix64 (Steele, Lea and Flood 2014): 64 bits of state, reproducible from its seed.
public struct StudyRandom: RandomNumberGenerator, Sendable {
    private var state: UInt64
    private var spare: Double?

    /// Starts from a seed.
    public init(seed: UInt64) { state = seed }

    /// Starts from a seed and a text (a study's and a reader's name), the same for the same pair.
    ///
    /// The text is mixed in by FNV-1a, so that neighbouring seeds and names do not resemble.
    public init(seed: UInt64, _ text: String) {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325 ^ seed
        for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        state = hash
        state = next()
    }

    /// The next 64 bits.
    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// A number in 0..<1.
    public mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

    /// An index in 0..<`bound`, every one as likely as another (Lemire 2019).
    public mutating func index(below bound: Int) -> Int {
        precondition(bound > 0, "an index needs a bound above 0")
        let range = UInt64(bound)
        var product = next().multipliedFullWidth(by: range)
        if product.low < range {
            let threshold = (0 &- range) % range
            while product.low < threshold { product = next().multipliedFullWidth(by: range) }
        }
        return Int(product.high)
    }

    /// A standard normal number (Marsaglia's polar method).
    public mutating func normal() -> Double {
        if let spare {
            self.spare = nil
            return spare
        }
        while true {
            let u = 2 * uniform() - 1
            let v = 2 * uniform() - 1
            let square = u * u + v * v
            guard square > 0, square < 1 else { continue }
            let factor = (-2 * log(square) / square).squareRoot()
            spare = v * factor
            return u * factor
        }
    }
}
