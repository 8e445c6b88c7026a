// The weights that stretch one axis of a picture.

/// How each output position of one axis is made of input positions.
///
/// Shrinking or equal: exact area average, `out[i] = mean of the input over [i s, (i + 1) s)`.
/// Growing: bilinear with half-pixel centres, edges clamped.
struct ResamplingAxis {
    struct Tap {
        let index: Int
        let weight: Float
    }

    private let taps: [Tap]
    private let starts: [Int]

    init(from inputCount: Int, to outputCount: Int) {
        var taps: [Tap] = []
        var starts = [0]
        let step = Double(inputCount) / Double(outputCount)
        for output in 0..<outputCount {
            if step >= 1 {
                Self.appendArea(
                    from: Double(output) * step, to: Double(output + 1) * step, step: step,
                    inputCount: inputCount, into: &taps)
            } else {
                let center = (Double(output) + 0.5) * step - 0.5
                let below = Int(center.rounded(.down))
                let share = center - Double(below)
                let last = inputCount - 1
                taps.append(Tap(index: min(max(below, 0), last), weight: Float(1 - share)))
                taps.append(Tap(index: min(max(below + 1, 0), last), weight: Float(share)))
            }
            starts.append(taps.count)
        }
        self.taps = taps
        self.starts = starts
    }

    private static func appendArea(
        from low: Double, to high: Double, step: Double, inputCount: Int, into taps: inout [Tap]
    ) {
        let last = min(inputCount, Int((high - 1e-9).rounded(.up)))
        for index in Int(low)..<max(last, Int(low)) {
            let overlap = min(Double(index + 1), high) - max(Double(index), low)
            if overlap > 0 { taps.append(Tap(index: index, weight: Float(overlap / step))) }
        }
    }

    /// The input positions of one output position with their weights.
    func taps(_ output: Int) -> ArraySlice<Tap> { taps[starts[output]..<starts[output + 1]] }

    /// Makes one output row from one input row; sums in Float64, left to right.
    func reduce(_ row: [Float], into result: inout [Float], at offset: Int) {
        row.withUnsafeBufferPointer { row in
            taps.withUnsafeBufferPointer { taps in
                for output in 0..<(starts.count - 1) {
                    var sum = 0.0
                    for tap in starts[output]..<starts[output + 1] {
                        sum += Double(taps[tap].weight) * Double(row[taps[tap].index])
                    }
                    result[offset + output] = Float(sum)
                }
            }
        }
    }
}
