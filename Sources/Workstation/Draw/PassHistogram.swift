// The passes of a finding as a small histogram.

/// Counts of the passes in equal bins over the probabilities 0...1, drawn with eighth blocks.
struct PassHistogram: Equatable {
    let counts: [Int]

    init(_ passes: [Double], bins: Int) {
        var counts = [Int](repeating: 0, count: max(bins, 1))
        for pass in passes where pass.isFinite {
            counts[min(max(Int(pass * Double(counts.count)), 0), counts.count - 1)] += 1
        }
        self.counts = counts
    }

    /// One glyph for each bin: `·` for none, `▁`...`█` for a share of the fullest.
    var text: String {
        let highest = counts.max() ?? 0
        guard highest > 0 else { return "" }
        let levels = Array("▁▂▃▄▅▆▇█")
        return String(
            counts.map { count in
                count == 0 ? "·" : levels[max((count * 8 + highest - 1) / highest - 1, 0)]
            })
    }
}
