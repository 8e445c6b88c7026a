// Numbers for twin tests, and how results are compared.

import CKernels
import Foundation

/// splitmix64; `WETREAD_SEED` replaces the seed, so that a failure can be run again.
struct TestNumbers {
    let seed: UInt64
    private var state: UInt64

    init(seed: UInt64) {
        let given = ProcessInfo.processInfo.environment["WETREAD_SEED"].flatMap(UInt64.init)
        self.seed = given ?? seed
        state = self.seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    mutating func float() -> Float { Float(Double(next() >> 11) * 0x1p-52 - 1) }

    mutating func floats(_ count: Int) -> [Float] { (0..<count).map { _ in float() } }

    mutating func integer(_ range: ClosedRange<Int>) -> Int {
        range.lowerBound + Int(next() % UInt64(range.count))
    }

    mutating func flag() -> Bool { next() & 1 == 0 }
}

/// The vector widths that this processor runs.
let availableLanes: [wt_lanes] = [.four, .eight, .sixteen].filter {
    wt_lanes_available($0) != 0
}

/// The greatest difference, relative to the largest expected value (at least 1).
func difference(_ values: [Float], _ expected: [Float]) -> Float {
    guard values.count == expected.count else { return .infinity }
    let scale = expected.reduce(Float(1)) { max($0, abs($1)) }
    return zip(values, expected).reduce(0) { worst, pair in
        let distance = abs(pair.0 - pair.1) / scale
        return distance.isNaN ? .infinity : max(worst, distance)
    }
}
