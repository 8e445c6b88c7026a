// Measuring the quality figures.

import CKernels

/// Measures the quality of a radiograph as shown with its first window.
///
/// Contrast and sharpness come from each eighth row triple, the clipped shares from every pixel.
/// About 2 ms for a million pixels.
public func qualityFigures(of radiograph: Radiograph) -> QualityFigures {
    let clipped = clippedShares(of: radiograph)
    let rows = RowStatistics(radiograph)
    return QualityFigures(
        width: radiograph.width, height: radiograph.height, bitsStored: radiograph.bitsStored,
        contrast: rows.contrast, clippedLowShare: clipped.low, clippedHighShare: clipped.high,
        sharpness: rows.sharpness, frontalChestScore: FrontalChest(radiograph).score)
}

/// Shares of the unpadded pixels at or beyond the dark and the bright end of the first window.
private func clippedShares(of radiograph: Radiograph) -> (low: Double, high: Double) {
    let ends: ClosedRange<Double>
    switch radiograph.windows[0].shape {
    case .linear(let center, let width):
        // PS3.3 C.11.2.1.2.1: at and below the one end black, above the other white.
        ends = (center - 0.5 - max(width - 1, 0) / 2)...(center - 0.5 + max(width - 1, 0) / 2)
    case .linearExact(let center, let width):
        ends = (center - max(width, 0) / 2)...(center + max(width, 0) / 2)
    case .sigmoid(let center, let width):
        // A sigmoid never clips; what lies within half a grey level of an end is lost all the same.
        ends = (center - 1.56 * abs(width))...(center + 1.56 * abs(width))
    case .table(let first, let entries):
        ends = first...(first + Double(max(entries.count - 1, 0)))
    }
    var low: UInt64 = 0
    var high: UInt64 = 0
    var unpadded: UInt64 = 0
    radiograph.withPadding { padding in
        wt_count_outside(
            radiograph.values, padding, radiograph.values.count, Float(ends.lowerBound),
            Float(ends.upperBound), &low, &high, &unpadded)
    }
    guard unpadded > 0 else { return (0, 0) }
    let shares = (Double(low) / Double(unpadded), Double(high) / Double(unpadded))
    return radiograph.showsLowValuesBright ? (shares.1, shares.0) : shares
}

/// Figures from a sample of windowed rows.
private struct RowStatistics {
    private(set) var contrast = 0.0
    private(set) var sharpness = 0.0

    private static let tripleEvery = 8
    private static let binCount = 1_024

    init(_ radiograph: Radiograph) {
        let width = radiograph.width
        let height = radiograph.height
        let step = height >= 3 * Self.tripleEvery ? Self.tripleEvery : 1
        var counts = [UInt32](repeating: 0, count: Self.binCount)
        var energy = DifferenceEnergy(width: width)
        radiograph.values.withUnsafeBufferPointer { values in
            radiograph.withPadding { padding in
                radiograph.windows[0].withKernel(
                    isInverted: radiograph.showsLowValuesBright
                ) { kernel in
                    guard let start = values.baseAddress else { return }
                    for row in stride(from: 0, to: height, by: step) {
                        let available = min(3, height - row)
                        energy.load(
                            kernel, start + row * width, padding.map { $0 + row * width },
                            rows: available)
                        _ = wt_histogram(
                            energy.shown, padding.map { $0 + row * width }, width, 1, 0, 255,
                            Float(Self.binCount) / 255, UInt32(Self.binCount), &counts)
                        energy.add(rows: available)
                    }
                }
            }
        }
        contrast = Self.spread(counts)
        sharpness = energy.sharpness
    }

    /// Distance between the 5th and the 95th percentile, as a share of the bins.
    private static func spread(_ counts: [UInt32]) -> Double {
        let total = counts.reduce(0.0) { $0 + Double($1) }
        guard total > 0 else { return 0 }
        var low = 0
        var below = Double(counts[0])
        while below < 0.05 * total {
            low += 1
            below += Double(counts[low])
        }
        var high = counts.count - 1
        var above = Double(counts[high])
        while above < 0.05 * total {
            high -= 1
            above += Double(counts[high])
        }
        return Double(max(high - low, 0)) / Double(counts.count - 1)
    }
}

/// Mean squared differences of neighbours one and two pixels apart.
private struct DifferenceEnergy {
    /// Up to three rows of display values.
    private(set) var shown: [Float]
    private let width: Int
    private var near = 0.0
    private var far = 0.0

    init(width: Int) {
        self.width = width
        shown = [Float](repeating: 0, count: 3 * width)
    }

    /// Windows `rows` neighbouring rows; padding is shown black.
    mutating func load(
        _ kernel: wt_window, _ values: UnsafePointer<Float>, _ padding: UnsafePointer<UInt8>?,
        rows: Int
    ) {
        withUnsafePointer(to: kernel) {
            wt_window_row($0, values, padding, &shown, rows * width)
        }
    }

    mutating func add(rows: Int) {
        shown.withUnsafeBufferPointer { shown in
            guard let a = shown.baseAddress else { return }
            if width >= 3 { wt_difference_energy(a, a + 1, a + 2, width - 2, &near, &far) }
            if rows == 3 { wt_difference_energy(a, a + width, a + 2 * width, width, &near, &far) }
        }
    }

    var sharpness: Double {
        guard far > 0 else { return 0 }
        return min(max(2 * ((near / far).squareRoot() - 0.5), 0), 1)
    }
}
