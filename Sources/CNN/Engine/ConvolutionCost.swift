// Which algorithm a convolution takes: an estimate in cycles, from shapes alone, so that the choice
// depends neither on the batch nor on the clock.

struct ConvolutionCost {
    var window: Window
    var channels: Int
    var outChannels: Int
    /// The output's shape as far as it is known.
    var output: PartialShape?

    /// Below this many input channels the transforms cost more than they save.
    private static let channelsMin = 8

    var best: ConvolutionKernel.Algorithm {
        guard window.kernelHeight == 3, window.kernelWidth == 3, window.strideHeight == 1,
            window.strideWidth == 1, window.dilationHeight == 1, window.dilationWidth == 1,
            channels >= Self.channelsMin, outChannels >= Self.channelsMin
        else { return .direct }
        var height = 56
        var width = 56
        if let output, output.count == 4 {
            height = output[2] ?? height
            width = output[3] ?? width
        }
        let direct = directCycles(height, width)
        let two = winogradCycles(2, height, width)
        let four = winogradCycles(4, height, width)
        if direct <= two, direct <= four { return .direct }
        let tile = four <= two ? 4 : 2
        let isLate =
            outChannels <= Self.lateChannelsMax
            && tiles(tile, height, width) <= Self.lateTilesMax
        return .winograd(tile: tile, late: isLate)
    }

    /// Narrow layers on small maps keep their filters as they are.
    ///
    /// The later blocks of a DenseNet have them by the dozen: transforming them each time costs
    /// 2 % of the network's time and saves 12 of 46 MB. Wide ones (ResNet) would lose more.
    /// Measured: Benchmarks/RESULTS.md.
    private static let lateChannelsMax = 32
    private static let lateTilesMax = 32

    private func tiles(_ tile: Int, _ height: Int, _ width: Int) -> Int {
        ((height + tile - 1) / tile) * ((width + tile - 1) / tile)
    }

    /// Measured on AMD Zen 4: one vector multiply-add a cycle, eight bytes of weights a cycle from
    /// beyond the second cache.
    private static let lanes = 16.0
    private static let weightBytesPerCycle = 8.0

    /// Rows of a matrix product as the micro-kernels run them: few rows wait for their own results.
    private func rowCycles(_ rows: Double) -> Double { max(rows, 4) }

    private func directCycles(_ height: Int, _ width: Int) -> Double {
        let depth = 9 * Double(channels)
        let columns = Double((outChannels + 31) / 32 * 2)
        let pixels = Double(height) * Double(width)
        let compute = rowCycles(pixels) * depth * columns
        let gather = pixels * depth / Self.lanes * 2
        return compute + gather + depth * Double(outChannels) * 4 / Self.weightBytesPerCycle
    }

    private func winogradCycles(_ tile: Int, _ height: Int, _ width: Int) -> Double {
        let tiles = Double((height + tile - 1) / tile) * Double((width + tile - 1) / tile)
        let planes = Double((tile + 2) * (tile + 2))
        let columns = Double((outChannels + 31) / 32 * 2)
        let compute = planes * rowCycles(tiles) * Double(channels) * columns
        let vectorsIn = Double((channels + 15) / 16)
        let transform = tiles * planes * 6 * (vectorsIn + columns)
        let weights = planes * Double(channels) * Double(outChannels) * 4 / Self.weightBytesPerCycle
        return compute + transform + weights
    }
}
