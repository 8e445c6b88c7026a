// How the results of twins are compared.

import CKernels
import Foundation

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
