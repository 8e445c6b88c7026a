// Each fast convolution against the definition, on random shapes.

import CKernels
import Testing
import WetreadTesting

/// A convolution drawn at random, its data, and what it should give.
struct ConvolutionCase {
    var shape = wt_conv()
    var input: [Float] = []
    var weights: [Float] = []
    var bias: [Float] = []
    var scale: [Float] = []
    var shift: [Float] = []
    var residual: [Float] = []
    var hasPrologue = false
    var hasResidual = false

    init(_ numbers: inout SplitMix64, kernel: Int? = nil, depthwise: Bool = false) {
        shape.images = Int32(numbers.integer(1...3))
        shape.channels = Int32(numbers.integer(1...70))
        shape.out_channels = depthwise ? shape.channels : Int32(numbers.integer(1...75))
        shape.kernel_height = Int32(kernel ?? numbers.integer(1...5))
        shape.kernel_width = Int32(kernel ?? numbers.integer(1...5))
        shape.stride_height = kernel == 3 && !depthwise ? 1 : Int32(numbers.integer(1...3))
        shape.stride_width = kernel == 3 && !depthwise ? 1 : Int32(numbers.integer(1...3))
        shape.dilation_height = kernel == 3 ? 1 : Int32(numbers.integer(1...2))
        shape.dilation_width = kernel == 3 ? 1 : Int32(numbers.integer(1...2))
        shape.pad_top = Int32(numbers.integer(0...2))
        shape.pad_left = Int32(numbers.integer(0...2))
        shape.height = Int32(numbers.integer(9...20))
        shape.width = Int32(numbers.integer(9...20))
        let reachY = shape.dilation_height * (shape.kernel_height - 1) + 1
        let reachX = shape.dilation_width * (shape.kernel_width - 1) + 1
        shape.out_height =
            (shape.height + shape.pad_top + Int32(numbers.integer(0...2)) - reachY)
            / shape.stride_height + 1
        shape.out_width =
            (shape.width + shape.pad_left + Int32(numbers.integer(0...2)) - reachX)
            / shape.stride_width + 1
        shape.input_stride = Int(shape.channels) + numbers.integer(0...20)
        shape.output_stride = Int(shape.out_channels) + numbers.integer(0...20)
        shape.residual_stride = shape.output_stride
        hasPrologue = !depthwise && numbers.flag()
        hasResidual = !depthwise && numbers.flag()
        shape.prologue_low = numbers.flag() ? 0 : -.infinity
        shape.clamp_low = numbers.flag() ? 0 : -.infinity
        shape.clamp_high = numbers.flag() ? 6 : .infinity
        let taps = Int(shape.kernel_height * shape.kernel_width)
        input = numbers.floats(
            Int(shape.images * shape.height * shape.width) * shape.input_stride)
        weights = numbers.floats(
            Int(shape.out_channels) * taps * (depthwise ? 1 : Int(shape.channels)))
        bias = numbers.floats(Int(shape.out_channels))
        scale = numbers.floats(Int(shape.channels))
        shift = numbers.floats(Int(shape.channels))
        residual = numbers.floats(outputCount)
    }

    var outputCount: Int {
        Int(shape.images * shape.out_height * shape.out_width) * shape.output_stride
    }

    var taps: Int { Int(shape.kernel_height * shape.kernel_width) }

    /// The definition, in Double.
    func expected(depthwise: Bool) -> [Float] {
        var result = [Float](repeating: 3, count: outputCount)
        for image in 0..<Int(shape.images) {
            for y in 0..<Int(shape.out_height) {
                for x in 0..<Int(shape.out_width) {
                    let pixel = (image * Int(shape.out_height) + y) * Int(shape.out_width) + x
                    for o in 0..<Int(shape.out_channels) {
                        var sum = Double(bias[o]) + product(image, y, x, o, depthwise: depthwise)
                        let at = pixel * shape.output_stride + o
                        if hasResidual { sum += Double(residual[at]) }
                        result[at] = min(max(Float(sum), shape.clamp_low), shape.clamp_high)
                    }
                }
            }
        }
        return result
    }

    private func product(_ image: Int, _ y: Int, _ x: Int, _ o: Int, depthwise: Bool) -> Double {
        var sum = 0.0
        for ky in 0..<Int(shape.kernel_height) {
            for kx in 0..<Int(shape.kernel_width) {
                let iy =
                    y * Int(shape.stride_height) - Int(shape.pad_top)
                    + ky * Int(shape.dilation_height)
                let ix =
                    x * Int(shape.stride_width) - Int(shape.pad_left)
                    + kx * Int(shape.dilation_width)
                guard iy >= 0, ix >= 0, iy < Int(shape.height), ix < Int(shape.width) else {
                    continue
                }
                let pixel = (image * Int(shape.height) + iy) * Int(shape.width) + ix
                let tap = ky * Int(shape.kernel_width) + kx
                for c in depthwise ? o..<(o + 1) : 0..<Int(shape.channels) {
                    var value = input[pixel * shape.input_stride + c]
                    if hasPrologue { value = max(value * scale[c] + shift[c], shape.prologue_low) }
                    let weight =
                        depthwise
                        ? weights[tap * Int(shape.channels) + o]
                        : weights[(o * Int(shape.channels) + c) * taps + tap]
                    sum += Double(value) * Double(weight)
                }
            }
        }
        return sum
    }

    /// Runs a kernel with these data; what it must not touch stays 3.
    func run(
        packed: [Float], threads: Int = 1, _ kernel: (OpaquePointer, inout wt_conv) -> Int32
    ) -> [Float] {
        var output = [Float](repeating: 3, count: outputCount)
        guard let pool = wt_pool_create(Int32(threads)) else { return [] }
        defer { wt_pool_destroy(pool) }
        var work = shape
        input.withUnsafeBufferPointer { input in
            packed.withUnsafeBufferPointer { packed in
                bias.withUnsafeBufferPointer { bias in
                    scale.withUnsafeBufferPointer { scale in
                        shift.withUnsafeBufferPointer { shift in
                            residual.withUnsafeBufferPointer { residual in
                                output.withUnsafeMutableBufferPointer { output in
                                    work.input = input.baseAddress
                                    work.weights = packed.baseAddress
                                    work.bias = bias.baseAddress
                                    work.prologue_scale = hasPrologue ? scale.baseAddress : nil
                                    work.prologue_shift = hasPrologue ? shift.baseAddress : nil
                                    work.residual = hasResidual ? residual.baseAddress : nil
                                    work.output = output.baseAddress
                                    if kernel(pool, &work) != 0 { output[0] = .nan }
                                }
                            }
                        }
                    }
                }
            }
        }
        return output
    }
}

@Suite("Convolution kernels against the definition") struct ConvolutionTwinTests {
    @Test("Direct convolution", arguments: 0..<25)
    func direct(seed: Int) {
        var numbers = SplitMix64.replayable(seed: UInt64(seed))
        let sample = ConvolutionCase(&numbers)
        let expected = sample.expected(depthwise: false)
        for lanes in availableLanes {
            let (o, c) = (sample.shape.out_channels, sample.shape.channels)
            let taps = Int32(sample.taps)
            var packed = [Float](repeating: 0, count: wt_conv_packed_count(lanes, o, c, taps))
            wt_conv_pack(lanes, sample.weights, nil, o, c, taps, &packed)
            let one = sample.run(packed: packed) { wt_conv_run(lanes, $0, &$1) }
            #expect(difference(one, expected) < 1e-5, "lanes \(lanes) seed \(numbers.seed)")
            let two = sample.run(packed: packed, threads: 2) { wt_conv_run(lanes, $0, &$1) }
            #expect(one == two, "threads, lanes \(lanes) seed \(numbers.seed)")
        }
    }

    @Test("Winograd convolution", arguments: 0..<25)
    func winograd(seed: Int) {
        var numbers = SplitMix64.replayable(seed: UInt64(seed))
        let sample = ConvolutionCase(&numbers, kernel: 3)
        let expected = sample.expected(depthwise: false)
        for lanes in availableLanes {
            for tile: Int32 in [2, 4] {
                let (o, c) = (sample.shape.out_channels, sample.shape.channels)
                let count = wt_winograd_packed_count(lanes, tile, o, c)
                var packed = [Float](repeating: 0, count: count)
                wt_winograd_pack(lanes, tile, sample.weights, nil, o, c, &packed)
                let one = sample.run(packed: packed) { wt_winograd_run(lanes, $0, tile, 0, &$1) }
                let two = sample.run(packed: packed, threads: 2) {
                    wt_winograd_run(lanes, $0, tile, 0, &$1)
                }
                var plain = [Float](repeating: 0, count: wt_conv_packed_count(lanes, o, c, 9))
                wt_filters_pack(lanes, sample.weights, nil, o, c, &plain)
                let late = sample.run(packed: plain, threads: 2) {
                    wt_winograd_run(lanes, $0, tile, 1, &$1)
                }
                let words: Comment = "lanes \(lanes) tile \(tile) seed \(numbers.seed)"
                #expect(difference(one, expected) < 1e-4, words)
                #expect(one == two, words)
                #expect(one == late, words)
            }
        }
    }

    @Test("Depthwise convolution", arguments: 0..<25)
    func depthwise(seed: Int) {
        var numbers = SplitMix64.replayable(seed: UInt64(seed))
        let sample = ConvolutionCase(&numbers, kernel: seed % 2 == 0 ? 3 : nil, depthwise: true)
        let expected = sample.expected(depthwise: true)
        for lanes in availableLanes {
            let result = sample.run(packed: sample.weights) { wt_depthwise_run(lanes, $0, &$1) }
            #expect(difference(result, expected) < 1e-5, "lanes \(lanes) seed \(numbers.seed)")
        }
    }

    @Test("A filter's scale is folded into the packed weights")
    func scaled() {
        for lanes in availableLanes {
            let weights: [Float] = [1, 2, 3, 4, 5, 6]
            var packed = [Float](repeating: 9, count: wt_conv_packed_count(lanes, 2, 3, 1))
            wt_conv_pack(lanes, weights, [10, 100], 2, 3, 1, &packed)
            let columns = 2 * Int(lanes.rawValue)
            for k in 0..<3 {
                #expect(packed[k * columns] == Float(10 * (k + 1)))
                #expect(packed[k * columns + 1] == Float(100 * (k + 4)))
                #expect(packed[k * columns + 2] == 0)
            }
        }
    }
}
