// Pooling, pointwise work and layouts against the definition, on random shapes.

import CKernels
import Testing
import WetreadTesting

@Suite("Pooling and pointwise kernels against the definition") struct PoolingTwinTests {
    /// Values of the pixels of one window, per channel, and how many taps lie in the padded image.
    private func window(
        _ sample: ConvolutionCase, _ image: Int, _ y: Int, _ x: Int, _ c: Int
    ) -> (values: [Float], inPadded: Int) {
        let shape = sample.shape
        var values: [Float] = []
        var count = 0
        for ky in 0..<Int(shape.kernel_height) {
            for kx in 0..<Int(shape.kernel_width) {
                let iy =
                    y * Int(shape.stride_height) - Int(shape.pad_top)
                    + ky * Int(shape.dilation_height)
                let ix =
                    x * Int(shape.stride_width) - Int(shape.pad_left)
                    + kx * Int(shape.dilation_width)
                if iy < Int(shape.height) + 2, ix < Int(shape.width) + 1 { count += 1 }
                if iy >= 0, ix >= 0, iy < Int(shape.height), ix < Int(shape.width) {
                    let pixel = (image * Int(shape.height) + iy) * Int(shape.width) + ix
                    var value = sample.input[pixel * shape.input_stride + c]
                    if sample.hasPrologue {
                        value = max(value * sample.scale[c] + sample.shift[c], shape.prologue_low)
                    }
                    values.append(value)
                }
            }
        }
        return (values, count)
    }

    private func expected(
        _ sample: ConvolutionCase, _ combine: ([Float], Int) -> Float
    ) -> [Float] {
        let shape = sample.shape
        var result = [Float](repeating: 3, count: sample.outputCount)
        for image in 0..<Int(shape.images) {
            for y in 0..<Int(shape.out_height) {
                for x in 0..<Int(shape.out_width) {
                    let pixel = (image * Int(shape.out_height) + y) * Int(shape.out_width) + x
                    for c in 0..<Int(shape.channels) {
                        let (values, inPadded) = window(sample, image, y, x, c)
                        let value = combine(values, inPadded)
                        result[pixel * shape.output_stride + c] =
                            min(max(value, shape.clamp_low), shape.clamp_high)
                    }
                }
            }
        }
        return result
    }

    private func sample(_ numbers: inout SplitMix64) -> ConvolutionCase {
        var sample = ConvolutionCase(&numbers, kernel: numbers.integer(2...4), depthwise: true)
        sample.hasPrologue = numbers.flag()
        sample.shape.dilation_height = 1
        sample.shape.dilation_width = 1
        sample.shape.pad_top = min(sample.shape.pad_top, 1)
        sample.shape.pad_left = min(sample.shape.pad_left, 1)
        let shape = sample.shape
        sample.shape.out_height =
            (shape.height + shape.pad_top - shape.kernel_height) / shape.stride_height + 1
        sample.shape.out_width =
            (shape.width + shape.pad_left - shape.kernel_width) / shape.stride_width + 1
        return sample
    }

    @Test("Maximum and average", arguments: 0..<15)
    func pooling(seed: Int) {
        var numbers = SplitMix64.replayable(seed: UInt64(seed))
        let sample = sample(&numbers)
        let greatest = expected(sample) { values, _ in values.max() ?? -.infinity }
        let mean = expected(sample) { values, _ in values.reduce(0, +) / Float(values.count) }
        let counted = expected(sample) { values, count in values.reduce(0, +) / Float(count) }
        for lanes in availableLanes {
            let words: Comment = "lanes \(lanes) seed \(numbers.seed)"
            let maximum = sample.run(packed: []) { wt_pool_max(lanes, $0, &$1) }
            #expect(difference(maximum, greatest) < 1e-6, words)
            let average = sample.run(packed: []) { wt_pool_average(lanes, $0, &$1, 0, 2, 1) }
            #expect(difference(average, mean) < 1e-5, words)
            let padded = sample.run(packed: []) { wt_pool_average(lanes, $0, &$1, 1, 2, 1) }
            #expect(difference(padded, counted) < 1e-5, words)
        }
    }

    @Test("Relu and maximum hand on what is not a number")
    func notANumber() {
        for lanes in availableLanes {
            var values: [Float] = [-1, .nan, 2, -.infinity, .infinity]
            let input = values
            guard let pool = wt_pool_create(1) else { return }
            defer { wt_pool_destroy(pool) }
            input.withUnsafeBufferPointer { from in
                values.withUnsafeMutableBufferPointer { to in
                    var work = wt_pointwise()
                    work.a = from.baseAddress
                    work.a_stride = 5
                    work.output = to.baseAddress
                    work.output_stride = 5
                    work.pixels = 1
                    work.channels = 5
                    work.clamp_low = 0
                    work.clamp_high = .infinity
                    wt_pointwise_run(lanes, pool, &work)
                }
            }
            #expect(values[0] == 0 && values[1].isNaN && values[2...] == [2, 0, .infinity])
        }
    }

    @Test("Plain to channels-last and back gives the same values", arguments: [1, 5, 300])
    func layouts(pixels: Int) {
        var numbers = SplitMix64.replayable(seed: 4)
        let plain = numbers.floats(2 * 7 * pixels)
        var last = [Float](repeating: 0, count: 2 * pixels * 10)
        var back = [Float](repeating: 0, count: plain.count)
        guard let pool = wt_pool_create(2) else { return }
        defer { wt_pool_destroy(pool) }
        wt_to_channels_last(pool, plain, 2, 7, pixels, &last, 10)
        wt_to_plain(pool, last, 10, 2, 7, pixels, &back)
        #expect(back == plain)
        #expect(last[10 * (pixels - 1) + 3] == plain[3 * pixels + pixels - 1])
    }
}

@Suite("Random masks") struct DropoutKernelTests {
    // Random123's known answers for philox4x32-10 (kat_vectors).
    @Test(
        "Philox agrees with its published answers",
        arguments: [
            ([0, 0, 0, 0], [0, 0], [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]),
            (
                [0xffff_ffff, 0xffff_ffff, 0xffff_ffff, 0xffff_ffff], [0xffff_ffff, 0xffff_ffff],
                [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]
            ),
            (
                [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344], [0xa409_3822, 0x299f_31d0],
                [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1]
            ),
        ] as [([UInt32], [UInt32], [UInt32])])
    func philox(counter: [UInt32], key: [UInt32], words: [UInt32]) {
        var result = [UInt32](repeating: 0, count: 4)
        wt_philox(counter, key, &result)
        #expect(result == words)
    }

    @Test("A mask follows from seed, node, pass and element alone", arguments: [1, 63, 64, 700])
    func mask(channels: Int) {
        let pixels = 3
        let input = [Float](repeating: 1, count: pixels * channels)
        for lanes in availableLanes {
            var output = input
            input.withUnsafeBufferPointer { from in
                output.withUnsafeMutableBufferPointer { to in
                    var work = wt_dropout()
                    work.input = from.baseAddress
                    work.input_stride = channels
                    work.output = to.baseAddress
                    work.output_stride = channels
                    work.pixels = pixels
                    work.channels = Int32(channels)
                    work.seed = 0x0123_4567_89AB_CDEF
                    work.node = 3
                    work.pass = 11
                    work.ratio = 0.25
                    wt_dropout_run(lanes, &work)
                }
            }
            for element in 0..<(pixels * channels) {
                var words = [UInt32](repeating: 0, count: 4)
                wt_philox([UInt32(element / 4), 3, 11, 0], [0x89AB_CDEF, 0x0123_4567], &words)
                let isKept = words[element % 4] >= 1 << 30
                #expect(output[element] == (isKept ? 1 / 0.75 : 0))
            }
        }
    }
}
