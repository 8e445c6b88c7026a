// A window from the picture itself, where the file has none that fits.

import CKernels

extension DisplayWindow {
    /// The window that shows the bulk of the values: robust ends from a histogram, linear.
    ///
    /// The ends are the 0.5th and the 99.5th percentile of a sample of about a million finite
    /// values outside the padding. A single value at the very bottom or top that fills more than 2
    /// % of the picture (collimator, direct exposure, burnt-in border) is left out first, so that
    /// it does not take the range away from the patient. A picture of one value gets a window of
    /// width 1 on it.
    public static func automatic(values: [Float], isPadding: [Bool]?) -> DisplayWindow {
        let ends =
            if let isPadding {
                Radiograph.withMarks(isPadding) { robustEnds(values, padding: $0) }
            } else {
                robustEnds(values, padding: nil)
            }
        return window(from: ends)
    }

    private static func window(from ends: ClosedRange<Double>) -> DisplayWindow {
        let width = ends.upperBound - ends.lowerBound
        let center = ends.lowerBound + width / 2
        return DisplayWindow(
            shape: .linearExact(center: center, width: max(width, 1)), origin: .automatic)
    }

    private static let binCount = 4_096
    private static let lastRound = 3
    private static let outlierShare = 0.0005
    private static let tail = 0.005
    private static let spikeShare = 0.02
    private static let sampleTarget = 1 << 20

    private static func robustEnds(
        _ values: [Float], padding: UnsafePointer<UInt8>?
    ) -> ClosedRange<Double> {
        var low: Float = 0
        var high: Float = 0
        guard wt_value_range(values, padding, values.count, &low, &high) != 0 else { return 0...1 }
        // An odd stride does not fall into step with the columns of a picture.
        let stride = max(1, values.count / sampleTarget) | 1
        var ends = Double(low)...Double(high)
        // Each round looks closer at what the last one found, until bins are fine enough: one far
        // outlier must not make the whole patient fall into one bin.
        for round in 0...lastRound {
            let width = ends.upperBound - ends.lowerBound
            guard width > 0, width.isFinite else { break }
            var counts = [UInt32](repeating: 0, count: binCount)
            let scale = Double(binCount) / width
            let total = wt_histogram(
                values, padding, values.count, stride, Float(ends.lowerBound),
                Float(ends.upperBound), Float(scale), UInt32(binCount), &counts)
            guard total > 0 else { break }
            let all = 0...(binCount - 1)
            let crowd = edge(counts, all, outlierShare * Double(total))
            let isFineEnough = crowd.count * 8 > binCount || round == lastRound
            let bins = isFineEnough ? bulk(of: counts, total: Double(total)) : crowd
            let top = ends.lowerBound + Double(bins.upperBound + 1) / scale
            ends = (ends.lowerBound + Double(bins.lowerBound) / scale)...min(ends.upperBound, top)
            if isFineEnough { break }
        }
        return ends
    }

    /// The bins between the tails, after a spike at either end is left out.
    private static func bulk(of counts: [UInt32], total: Double) -> ClosedRange<Int> {
        var first = 0
        var last = counts.count - 1
        if Double(counts[first]) > spikeShare * total { first += 1 }
        if Double(counts[last]) > spikeShare * total { last -= 1 }
        let kept = counts[first...last].reduce(0.0) { $0 + Double($1) }
        guard kept > 0.05 * total else { return edge(counts, 0...(counts.count - 1), 0) }
        return edge(counts, first...last, tail * kept)
    }

    private static func edge(
        _ counts: [UInt32], _ range: ClosedRange<Int>, _ beyond: Double
    ) -> ClosedRange<Int> {
        var low = range.lowerBound
        var sum = Double(counts[low])
        while sum <= beyond, low < range.upperBound {
            low += 1
            sum += Double(counts[low])
        }
        var high = range.upperBound
        sum = Double(counts[high])
        while sum <= beyond, high > low {
            high -= 1
            sum += Double(counts[high])
        }
        return low...high
    }
}
