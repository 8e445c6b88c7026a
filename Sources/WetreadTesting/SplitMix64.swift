// The tests' random numbers: the same on every machine for one seed.

import Foundation

/// SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014).
public struct SplitMix64: RandomNumberGenerator, Sendable {
    /// The seed that the numbers started from, for the message of a failing test.
    public let seed: UInt64
    private var state: UInt64

    /// Starts from a seed.
    public init(seed: UInt64) {
        self.seed = seed
        state = seed
    }

    /// Starts from `WETREAD_SEED` where that is set, so that a failure can be run again.
    public static func replayable(seed: UInt64) -> SplitMix64 {
        let given = ProcessInfo.processInfo.environment["WETREAD_SEED"].flatMap(UInt64.init)
        return SplitMix64(seed: given ?? seed)
    }

    /// The next 64 bits.
    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// A value in -1..<1.
    public mutating func float() -> Float { Float(Double(next() >> 11) * 0x1p-52 - 1) }

    /// Values in -1..<1.
    public mutating func floats(_ count: Int) -> [Float] { (0..<count).map { _ in float() } }

    /// A whole number of a range.
    public mutating func integer(_ range: ClosedRange<Int>) -> Int {
        range.lowerBound + Int(next() % UInt64(range.count))
    }

    /// A whole number in 0..<`bound`.
    public mutating func next(below bound: Int) -> Int { Int(next() % UInt64(bound)) }

    /// True or false.
    public mutating func flag() -> Bool { next() & 1 == 0 }
}
