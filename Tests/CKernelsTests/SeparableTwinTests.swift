// The fused pass over MobileNet's blocks against its three convolutions one after another.

import CKernels
import Testing
import WetreadTesting

/// A block drawn at random: a dense convolution, a depthwise 3x3 and a 1x1.
private struct Block {
    var expand = wt_conv()
    var depthwise = wt_conv()
    var project = wt_conv()
    var input: [Float] = []
    var weights: [[Float]] = []
    var biases: [[Float]] = []
    var residual: [Float] = []

    init(_ numbers: inout SplitMix64) {
        func extent(_ length: Int32, _ kernel: Int32, _ stride: Int32, _ pad: Int32) -> Int32 {
            (length + 2 * pad - kernel) / stride + 1
        }
        expand.images = Int32(numbers.integer(1...2))
        expand.channels = Int32(numbers.integer(1...40))
        // A picture of few channels, a plain product, or something between.
        if numbers.flag() { expand.channels = Int32(numbers.integer(1...4)) }
        let kernel = Int32([1, 1, 3][numbers.integer(0...2)])
        let step = Int32(kernel == 1 ? 1 : numbers.integer(1...2))
        expand.height = Int32(numbers.integer(4...30))
        expand.width = Int32(numbers.integer(4...30))
        expand.out_channels = Int32(numbers.integer(1...70))
        (expand.kernel_height, expand.kernel_width) = (kernel, kernel)
        (expand.stride_height, expand.stride_width) = (step, step)
        (expand.pad_top, expand.pad_left) = (kernel / 2, kernel / 2)
        expand.out_height = extent(expand.height, kernel, step, kernel / 2)
        expand.out_width = extent(expand.width, kernel, step, kernel / 2)
        expand.input_stride = Int(expand.channels) + (numbers.flag() ? 0 : numbers.integer(1...9))
        depthwise.images = expand.images
        (depthwise.height, depthwise.width) = (expand.out_height, expand.out_width)
        (depthwise.channels, depthwise.out_channels) = (expand.out_channels, expand.out_channels)
        (depthwise.kernel_height, depthwise.kernel_width) = (3, 3)
        depthwise.stride_height = Int32(numbers.integer(1...3))
        depthwise.stride_width = Int32(numbers.integer(1...3))
        depthwise.pad_top = Int32(numbers.integer(1...2))
        depthwise.pad_left = Int32(numbers.integer(1...2))
        depthwise.out_height = extent(
            expand.out_height, 3, depthwise.stride_height, depthwise.pad_top)
        depthwise.out_width = extent(
            expand.out_width, 3, depthwise.stride_width, depthwise.pad_left)
        project.images = expand.images
        project.channels = depthwise.channels
        project.out_channels = Int32(numbers.integer(1...70))
        (project.height, project.width) = (depthwise.out_height, depthwise.out_width)
        (project.out_height, project.out_width) = (depthwise.out_height, depthwise.out_width)
        (project.kernel_height, project.kernel_width) = (1, 1)
        (project.stride_height, project.stride_width) = (1, 1)
        for call in [\Block.expand, \Block.depthwise, \Block.project] {
            self[keyPath: call].dilation_height = 1
            self[keyPath: call].dilation_width = 1
            self[keyPath: call].clamp_low = 0
            self[keyPath: call].clamp_high = numbers.flag() ? 6 : .infinity
            self[keyPath: call].output_stride = Int(self[keyPath: call].out_channels) + 3
        }
        depthwise.input_stride = expand.output_stride
        project.input_stride = depthwise.output_stride
        project.residual_stride = project.output_stride
        input = numbers.floats(
            Int(expand.images * expand.height * expand.width) * expand.input_stride)
        weights = [
            numbers.floats(Int(expand.out_channels * expand.channels * kernel * kernel)),
            numbers.floats(Int(depthwise.channels) * 9),
            numbers.floats(Int(project.out_channels * project.channels)),
        ]
        biases = [expand, depthwise, project].map { numbers.floats(Int($0.out_channels)) }
        residual = numbers.floats(Block.count(project))
    }

    static func count(_ call: wt_conv) -> Int {
        Int(call.images * call.out_height * call.out_width) * call.output_stride
    }

    /// The weights of one of the dense convolutions, packed.
    func packed(_ index: Int, _ lanes: wt_lanes) -> [Float] {
        let call = index == 0 ? expand : project
        let taps = call.kernel_height * call.kernel_width
        var result = [Float](
            repeating: 0,
            count: wt_conv_packed_count(lanes, call.out_channels, call.channels, taps))
        wt_conv_pack(
            lanes, weights[index], nil, call.out_channels, call.channels, taps, &result)
        return result
    }
}

@Suite("Fused depthwise blocks against their three convolutions") struct SeparableTwinTests {
    /// The output of the whole block, fused or step by step, with or without the first convolution.
    private func run(
        _ block: Block, lanes: wt_lanes, threads: Int32, fused: Bool, expands: Bool
    ) throws -> [Float] {
        let pool = try #require(wt_pool_create(threads))
        defer { wt_pool_destroy(pool) }
        var wide = [Float](repeating: 3, count: Block.count(block.expand))
        var narrow = [Float](repeating: 3, count: Block.count(block.depthwise))
        var output = [Float](repeating: 3, count: Block.count(block.project))
        let packed = [block.packed(0, lanes), block.weights[1], block.packed(2, lanes)]
        var work = wt_separable()
        // Plain arrays stay where they are for the length of each closure.
        block.input.withUnsafeBufferPointer { input in
            wide.withUnsafeMutableBufferPointer { wide in
                narrow.withUnsafeMutableBufferPointer { narrow in
                    output.withUnsafeMutableBufferPointer { output in
                        work.expand = block.expand
                        work.depthwise = block.depthwise
                        work.project = block.project
                        work.expand.input = input.baseAddress
                        work.expand.output = wide.baseAddress
                        work.depthwise.input = UnsafePointer(wide.baseAddress)
                        work.depthwise.output = narrow.baseAddress
                        work.project.input = UnsafePointer(narrow.baseAddress)
                        work.project.output = output.baseAddress
                        withParts(block, packed, &work) { work in
                            // Without a first convolution the wide map has to be there.
                            if !fused || !expands { _ = wt_conv_run(lanes, pool, &work.expand) }
                            work.expands = expands ? 1 : 0
                            if fused {
                                #expect(wt_separable_run(lanes, pool, &work) == 0)
                            } else {
                                _ = wt_depthwise_run(lanes, pool, &work.depthwise)
                                _ = wt_conv_run(lanes, pool, &work.project)
                            }
                        }
                    }
                }
            }
        }
        return output
    }

    /// Sets weights, biases and residual while they are pinned.
    private func withParts(
        _ block: Block, _ packed: [[Float]], _ work: inout wt_separable,
        _ body: (inout wt_separable) -> Void
    ) {
        packed[0].withUnsafeBufferPointer { first in
            packed[1].withUnsafeBufferPointer { second in
                packed[2].withUnsafeBufferPointer { third in
                    block.residual.withUnsafeBufferPointer { residual in
                        block.biases[0].withUnsafeBufferPointer { zero in
                            block.biases[1].withUnsafeBufferPointer { one in
                                block.biases[2].withUnsafeBufferPointer { two in
                                    work.expand.weights = first.baseAddress
                                    work.depthwise.weights = second.baseAddress
                                    work.project.weights = third.baseAddress
                                    work.expand.bias = zero.baseAddress
                                    work.depthwise.bias = one.baseAddress
                                    work.project.bias = two.baseAddress
                                    work.project.residual = residual.baseAddress
                                    body(&work)
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    @Test("A fused block gives the same bits on any number of threads", arguments: 0..<60)
    func fused(seed: Int) throws {
        var numbers = SplitMix64.replayable(seed: UInt64(seed))
        let block = Block(&numbers)
        for lanes in availableLanes {
            let words: Comment = "lanes \(lanes) seed \(numbers.seed)"
            let apart = try run(block, lanes: lanes, threads: 1, fused: false, expands: true)
            for expands in [true, false] {
                let one = try run(block, lanes: lanes, threads: 1, fused: true, expands: expands)
                #expect(one == apart, words)
                let two = try run(block, lanes: lanes, threads: 3, fused: true, expands: expands)
                #expect(two == apart, words)
            }
        }
    }
}
