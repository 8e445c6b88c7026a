// Randomness that belongs to a seed and a purpose.

/// A stream of pseudo-random numbers (SplitMix64), one for each seed and purpose.
///
/// Purposes keep the parts of a phantom apart: one more random number for the ribs does not move
/// the heart, so pictures stay the same when a part is drawn better.
struct PhantomRandom: RandomNumberGenerator, Sendable {
    private var state: UInt64

    init(seed: UInt64, purpose: String) {
        // FNV-1a of the purpose, then mixed with the seed.
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in purpose.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        state = Self.mixed(seed &+ 0x9E37_79B9_7F4A_7C15) ^ hash
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        return Self.mixed(state)
    }

    static func mixed(_ value: UInt64) -> UInt64 {
        var z = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// A number evenly spread over a range.
    mutating func uniform(_ range: ClosedRange<Double>) -> Double {
        let share = Double(next() >> 11) * 0x1p-53
        return range.lowerBound + share * (range.upperBound - range.lowerBound)
    }

    /// A normal number: the sum of twelve even ones, so within six deviations.
    mutating func normal(_ mean: Double = 0, _ deviation: Double = 1) -> Double {
        var sum = -6.0
        for _ in 0..<12 { sum += uniform(0...1) }
        return mean + deviation * sum
    }

    /// True with a probability.
    mutating func chance(_ probability: Double) -> Bool { uniform(0...1) < probability }

    /// One of some values.
    mutating func pick<T>(_ values: [T]) -> T { values[Int(next() % UInt64(values.count))] }
}
