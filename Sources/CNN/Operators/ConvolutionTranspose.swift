// ConvTranspose, plain: each input value is spread over the outputs its kernel reaches.

enum TransposedConvolutionOperators {
    static let table: [String: OperatorFunction] = ["ConvTranspose": transposed]

    /// Extents, pads and steps along each spatial axis.
    private struct Layout {
        var counts: [Int] = []
        var before: [Int] = []
        var strides: [Int]
        var dilations: [Int]

        init(_ call: OperatorCall, spatial: [Int], kernel: [Int]) throws(CNNError) {
            let rank = spatial.count
            let ones = [Int](repeating: 1, count: rank)
            let zeros = [Int](repeating: 0, count: rank)
            strides = call.integers("strides") ?? ones
            dilations = call.integers("dilations") ?? ones
            let extra = call.integers("output_padding") ?? zeros
            let pads = call.integers("pads") ?? zeros + zeros
            let wanted = call.integers("output_shape")
            let limit = 1 << 24
            guard strides.count == rank, dilations.count == rank, extra.count == rank,
                pads.count == 2 * rank, (strides + dilations).allSatisfy({ 1...limit ~= $0 }),
                (extra + pads + (wanted ?? [])).allSatisfy({ -limit...limit ~= $0 }),
                (spatial + kernel).allSatisfy({ $0 <= limit })
            else { throw call.fail("its attributes do not fit \(rank) spatial axes") }
            let autoPad = call.string("auto_pad", "NOTSET")
            for axis in 0..<rank {
                let full =
                    strides[axis] * (spatial[axis] - 1) + extra[axis]
                    + (kernel[axis] - 1) * dilations[axis] + 1
                var count = full - pads[axis] - pads[rank + axis]
                var start = pads[axis]
                let isSame = autoPad.hasPrefix("SAME")
                if let wanted, wanted.count >= rank {
                    count = wanted[wanted.count - rank + axis]
                } else if isSame {
                    count = spatial[axis] * strides[axis]
                }
                if wanted != nil || isSame {
                    // Nothing is cut where the wanted extent is larger than what is reached.
                    let total = max(0, full - count)
                    start = autoPad == "SAME_UPPER" ? total / 2 : total - total / 2
                }
                guard count > 0 else { throw call.fail("its output would be empty") }
                counts.append(count)
                before.append(start)
            }
        }
    }

    /// Input `[N, C, ...]`, weight `[C, O / groups, ...]`, output `[N, O, ...]`.
    private static func transposed(_ call: OperatorCall) throws(CNNError) -> [Tensor] {
        let (input, weight) = (try call.input(0), try call.input(1))
        let groups = call.integer("group", 1)
        let rank = input.shape.count - 2
        guard rank >= 1, weight.shape.count == rank + 2, groups > 0,
            weight.shape[0] == input.shape[1], weight.shape[0] % groups == 0
        else { throw call.fail("weights \(weight.shape) do not fit \(input.shape)") }
        let spatial = Array(input.shape.dropFirst(2))
        let kernel = Array(weight.shape.dropFirst(2))
        let layout = try Layout(call, spatial: spatial, kernel: kernel)
        let (images, channels) = (input.shape[0], input.shape[1])
        let part = weight.shape[1]
        let outChannels = part * groups
        let shape = [images, outChannels] + layout.counts
        let size = layout.counts.reduce(1, *)
        var output = [Double](repeating: 0, count: try call.count(shape))
        if let bias = call.optional(2)?.storage.doubles {
            guard bias.count == outChannels else { throw call.fail("\(bias.count) biases") }
            for place in output.indices { output[place] = bias[place / size % outChannels] }
        }
        let (x, w) = (input.storage.doubles, weight.storage.doubles)
        let taps = ConvolutionOperators.Geometry.positions(kernel)
        let positions = ConvolutionOperators.Geometry.positions(spatial)
        for (place, position) in positions.enumerated() {
            for (tap, offset) in taps.enumerated() {
                guard let target = target(position, offset, layout) else { continue }
                for image in 0..<images {
                    for c in 0..<channels {
                        let value = x[(image * channels + c) * positions.count + place]
                        let first = c / (channels / groups) * part
                        for o in 0..<part {
                            output[(image * outChannels + first + o) * size + target] +=
                                value * w[(c * part + o) * taps.count + tap]
                        }
                    }
                }
            }
        }
        return [Tensor(shape: shape, storage: try call.rounded(output, to: input.elementType))]
    }

    /// As `transposed` for float32 and one group: what each input pixel gives to each tap, as one
    /// product of matrices `[pixels, C] * [C, O * taps]`, then spread and summed.
    static let fast: FastPaths.Path = { (call, workers) throws(CNNError) in
        let (input, weight) = (try call.input(0), try call.input(1))
        let rank = input.shape.count - 2
        guard case .float32(let w) = weight.storage, case .float32 = input.storage, rank >= 1,
            call.integer("group", 1) == 1, weight.shape.count == rank + 2,
            weight.shape[0] == input.shape[1], input.count > 0, !w.isEmpty
        else { return nil }
        let (spatial, kernel) = (Array(input.shape.dropFirst(2)), Array(weight.shape.dropFirst(2)))
        let layout = try Layout(call, spatial: spatial, kernel: kernel)
        let (images, channels, outChannels) = (input.shape[0], input.shape[1], weight.shape[1])
        let shape = [images, outChannels] + layout.counts
        let (pixels, taps) = (spatial.reduce(1, *), kernel.reduce(1, *))
        let size = layout.counts.reduce(1, *)
        var output = [Float](repeating: 0, count: try call.count(shape))
        if let bias = call.optional(2)?.values {
            guard bias.count == outChannels else { throw call.fail("\(bias.count) biases") }
            for place in output.indices { output[place] = bias[place / size % outChannels] }
        }
        let columns = outChannels * taps
        let targets = targets(spatial, kernel, layout)
        let rows = input.reshaped([images, channels, pixels]).permuted([0, 2, 1]).values
        var spread = [Float](repeating: 0, count: try call.count([pixels, columns]))
        for image in 0..<images {
            let isDone = spread.withUnsafeMutableBufferPointer { spread in
                FastPaths.matrix(
                    rows[(image * pixels * channels)..<((image + 1) * pixels * channels)], w[...],
                    (pixels, channels, columns), spread, workers)
            }
            guard isDone else { throw .outOfMemory(node: call.node.label, bytes: columns * 4) }
            for o in 0..<outChannels {
                let base = (image * outChannels + o) * size
                for pixel in 0..<pixels {
                    for tap in 0..<taps where targets[pixel * taps + tap] >= 0 {
                        output[base + targets[pixel * taps + tap]] +=
                            spread[pixel * columns + o * taps + tap]
                    }
                }
            }
        }
        return [Tensor(shape: shape, values: output)]
    }

    /// For each input pixel and tap the output pixel it reaches, or -1.
    private static func targets(_ spatial: [Int], _ kernel: [Int], _ layout: Layout) -> [Int] {
        let taps = ConvolutionOperators.Geometry.positions(kernel)
        return ConvolutionOperators.Geometry.positions(spatial).flatMap { position in
            taps.map { target(position, $0, layout) ?? -1 }
        }
    }

    private static func target(_ position: [Int], _ tap: [Int], _ layout: Layout) -> Int? {
        var result = 0
        for axis in position.indices {
            let at =
                position[axis] * layout.strides[axis] + tap[axis] * layout.dilations[axis]
                - layout.before[axis]
            guard at >= 0, at < layout.counts[axis] else { return nil }
            result = result * layout.counts[axis] + at
        }
        return result
    }
}
