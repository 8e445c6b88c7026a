// Layers with weights: packing, folding of batch normalisation, choice of the algorithm.

import CKernels

extension PlanBuilder {
    /// The stored float32 weights of a one- or two-dimensional convolution.
    func storedWeight(_ node: ONNXNode) -> ONNXTensor? {
        guard node.inputs.count >= 2, let weight = constants[node.inputs[1]],
            weight.elementType == .float32, weight.shape.count == 3 || weight.shape.count == 4,
            weight.shape.allSatisfy({ $0 > 0 })
        else { return nil }
        return weight
    }

    /// The window that a node's attributes describe; nil where it is not one the kernels know.
    func window(_ node: ONNXNode, kernel stored: [Int]?) -> Window? {
        guard let kernel = stored ?? node.integers("kernel_shape"), (1...2).contains(kernel.count),
            kernel.allSatisfy({ $0 > 0 && $0 <= 1 << 16 })
        else { return nil }
        let rank = kernel.count
        if let named = node.integers("kernel_shape"), named != kernel { return nil }
        let strides = node.integers("strides") ?? [Int](repeating: 1, count: rank)
        let dilations = node.integers("dilations") ?? [Int](repeating: 1, count: rank)
        let pads = node.integers("pads") ?? [Int](repeating: 0, count: 2 * rank)
        guard strides.count == rank, dilations.count == rank, pads.count == 2 * rank,
            (strides + dilations).allSatisfy({ $0 > 0 && $0 <= 1 << 16 }),
            pads.allSatisfy({ $0 >= 0 && $0 <= 1 << 16 })
        else { return nil }
        var window = Window()
        window.kernelWidth = kernel[rank - 1]
        window.strideWidth = strides[rank - 1]
        window.dilationWidth = dilations[rank - 1]
        window.padLeft = pads[rank - 1]
        window.padRight = pads[2 * rank - 1]
        if rank == 2 {
            window.kernelHeight = kernel[0]
            window.strideHeight = strides[0]
            window.dilationHeight = dilations[0]
            window.padTop = pads[0]
            window.padBottom = pads[2]
        }
        switch node.string("auto_pad", "NOTSET") {
        case "SAME_UPPER": window.autoPad = .sameUpper
        case "SAME_LOWER": window.autoPad = .sameLower
        case "VALID": window.autoPad = .valid
        default: window.autoPad = .explicit
        }
        window.ceilMode = node.integer("ceil_mode", 0) != 0
        return window
    }

    // MARK: Convolution

    mutating func addConvolution(_ index: Int) throws(CNNError) -> Bool {
        let node = nodes[index]
        guard let weight = storedWeight(node),
            let window = window(node, kernel: Array(weight.shape.dropFirst(2)))
        else { return false }
        let groups = node.integer("group", 1)
        let outChannels = weight.shape[0]
        guard groups > 0, outChannels % groups == 0 else {
            throw .badNode(
                node: node.label, name: "Conv",
                reason: "\(outChannels) filters do not divide into \(groups) groups")
        }
        let channels = weight.shape[1] * groups
        var shift = [Double](repeating: 0, count: outChannels)
        if node.inputs.count > 2, !node.inputs[2].isEmpty {
            guard let stored = constants[node.inputs[2]], stored.elementType == .float32,
                stored.shape == [outChannels]
            else { return false }
            shift = stored.tensor().storage.doubles
        }
        let fused = prologues[index]
        var tail = tail(node)
        var scale: [Float]?
        if let next = soleReader(tail.output), let normal = normalization(nodes[next]),
            normal.scale.count == outChannels
        {
            scale = normal.scale.map { Float($0) }
            shift = shift.indices.map { shift[$0] * normal.scale[$0] + normal.shift[$0] }
            tail.take(next, nodes[next])
        }
        let isDepthwise =
            groups > 1 && groups == channels && outChannels == channels
            && fused == nil
        extend(&tail, residual: !isDepthwise)
        let algorithm =
            isDepthwise
            ? .depthwise
            : ConvolutionCost(
                window: window, channels: channels / groups, outChannels: outChannels / groups,
                output: shapes[node.outputs[0]] ?? nil
            ).best
        var kernel = ConvolutionKernel(
            algorithm: algorithm, window: window, groups: groups, channels: channels,
            outChannels: outChannels, weights: [], bias: nil)
        kernel.weights = try pack(weight, scale: scale, kernel: kernel, node: node)
        kernel.bias =
            shift.contains { $0 != 0 } ? PackedFloats(shift.map { Float($0) }, block: &block) : nil
        kernel.prologue = fused?.prologue
        kernel.addsResidual = tail.residual != nil
        kernel.clamp = tail.clamp
        var input = fused?.input ?? node.inputs[0]
        if let pooled = try poolFirst(&kernel, input: input, tail: &tail) { input = pooled }
        append(node, kernel: kernel, inputs: [input], tail: tail)
        return true
    }

    /// An average after a 1x1 convolution gives the same before it, for a quarter of the work: both
    /// are linear, and the bias is its own average.
    ///
    /// Adds the pooling step and gives its output.
    private mutating func poolFirst(
        _ kernel: inout ConvolutionKernel, input: String, tail: inout FusedTail
    ) throws(CNNError) -> String? {
        guard kernel.window == Window(), kernel.groups == 1, tail.clamp.isNone,
            tail.residual == nil, let next = soleReader(tail.output), !consumed.contains(next),
            nodes[next].operatorName == "AveragePool", nodes[next].domain.isEmpty,
            let window = window(nodes[next], kernel: nil), !window.ceilMode,
            window.autoPad == .explicit || window.autoPad == .valid,
            [window.padTop, window.padLeft, window.padBottom, window.padRight] == [0, 0, 0, 0]
        else { return nil }
        let pooled = "\u{0}pooled/" + tail.output
        var pooling = PoolingKernel(
            kind: .average(countsPadding: false), window: window, fallback: try plain(nodes[next]))
        pooling.prologue = kernel.prologue
        kernel.prologue = nil
        append(
            nodes[next], kernel: pooling, inputs: [input],
            tail: FusedTail(output: pooled, operators: ["AveragePool"]))
        tail.take(next, nodes[next])
        return pooled
    }

    /// Weights in the order the algorithm reads them, each filter times its scale.
    private mutating func pack(
        _ weight: ONNXTensor, scale: [Float]?, kernel: ConvolutionKernel, node: ONNXNode
    ) throws(CNNError) -> [PackedFloats] {
        let taps = kernel.window.kernelHeight * kernel.window.kernelWidth
        let inPart = kernel.channels / kernel.groups
        let outPart = kernel.outChannels / kernel.groups
        let lanes = lanes
        var result: [PackedFloats] = []
        for group in 0..<(kernel.algorithm == .depthwise ? 1 : kernel.groups) {
            let part = scale.map {
                kernel.algorithm == .depthwise
                    ? $0 : Array($0[(group * outPart)..<((group + 1) * outPart)])
            }
            let (o, c, t) = (Int32(outPart), Int32(inPart), Int32(taps))
            let offset = group * outPart * inPart * taps * 4
            let count: Int
            let fill: @Sendable (UnsafeRawPointer, UnsafeMutablePointer<Float>) -> Void
            switch kernel.algorithm {
            case .depthwise:
                let channels = kernel.channels
                count = channels * taps
                fill = { Self.packDepthwise($0, part, channels: channels, taps: taps, to: $1) }
            case .winograd(_, true):
                count = wt_conv_packed_count(lanes, o, c, t)
                fill = { wt_filters_pack(lanes, $0 + offset, part, o, c, $1) }
            case .winograd(let tile, false):
                count = wt_winograd_packed_count(lanes, Int32(tile), o, c)
                fill = { wt_winograd_pack(lanes, Int32(tile), $0 + offset, part, o, c, $1) }
            case .direct:
                count = wt_conv_packed_count(lanes, o, c, t)
                fill = { wt_conv_pack(lanes, $0 + offset, part, o, c, t, $1) }
            }
            result.append(try pack(weight, count: count, node: node, fill))
        }
        return result
    }

    /// Room for packed weights, to be filled when the plan is complete, on all threads.
    private mutating func pack(
        _ tensor: ONNXTensor, count: Int, node: ONNXNode,
        _ fill: @escaping @Sendable (UnsafeRawPointer, UnsafeMutablePointer<Float>) -> Void
    ) throws(CNNError) -> PackedFloats {
        guard let packed = PackedFloats(count: count, block: &block) else {
            throw .outOfMemory(node: node.label, bytes: count * 4)
        }
        plan.packedByteCount += count * 4
        packing.append { _ = tensor.withFloatBytes { fill($0, packed.pointer) } }
        return packed
    }

    /// `[channel][tap]` to `[tap][channel]`.
    private static func packDepthwise(
        _ bytes: UnsafeRawPointer, _ scale: [Float]?, channels: Int, taps: Int,
        to target: UnsafeMutablePointer<Float>
    ) {
        for channel in 0..<channels {
            for tap in 0..<taps {
                let value = bytes.loadUnaligned(
                    fromByteOffset: (channel * taps + tap) * 4, as: Float.self)
                target[tap * channels + channel] = value * (scale?[channel] ?? 1)
            }
        }
    }

    // MARK: Matrix products

    mutating func addMatrix(_ index: Int) throws(CNNError) -> Bool {
        let node = nodes[index]
        guard node.inputs.count >= 2, let matrix = constants[node.inputs[1]],
            matrix.elementType == .float32, matrix.shape.count == 2,
            matrix.shape.allSatisfy({ $0 > 0 }), constants[node.inputs[0]] == nil
        else { return false }
        let isGemm = node.operatorName == "Gemm"
        let transposed = isGemm && node.integer("transB", 0) != 0
        let depth = matrix.shape[transposed ? 1 : 0]
        let columns = matrix.shape[transposed ? 0 : 1]
        let rank = (shapes[node.inputs[0]] ?? nil)?.count
        guard !isGemm || node.integer("transA", 0) == 0, isGemm || rank ?? 0 >= 2 else {
            return false
        }
        var tail = tail(node)
        var bias: [Float]?
        if isGemm {
            guard let found = gemmBias(node, columns: columns) else { return false }
            bias = found.isEmpty ? nil : found
        } else if let next = soleReader(tail.output), nodes[next].operatorName == "Add",
            let name = nodes[next].inputs.first(where: { $0 != tail.output }),
            let stored = constants[name], stored.elementType == .float32,
            stored.shape == [columns]
        {
            bias = stored.tensor().values
            tail.take(next, nodes[next])
        }
        extend(&tail, residual: false)
        let alpha = isGemm ? node.float("alpha", 1) : 1
        let lanes = lanes
        let count = wt_conv_packed_count(lanes, Int32(columns), Int32(depth), 1)
        let weights = try pack(matrix, count: count, node: node) {
            wt_matrix_pack(
                lanes, $0, Int32(depth), Int32(columns), transposed ? 1 : columns,
                transposed ? depth : 1, alpha, $1)
        }
        let kernel = MatrixKernel(
            weights: weights, bias: bias.flatMap { PackedFloats($0, block: &block) }, depth: depth,
            columns: columns, acceptsLeadingDimensions: !isGemm, clamp: tail.clamp)
        append(node, kernel: kernel, inputs: [node.inputs[0]], tail: tail)
        return true
    }

    /// Gemm's third input times beta as one value a column; empty if there is none, nil if it is
    /// not stored or has rows of its own.
    private func gemmBias(_ node: ONNXNode, columns: Int) -> [Float]? {
        guard node.inputs.count > 2, !node.inputs[2].isEmpty else { return [] }
        guard let stored = constants[node.inputs[2]], stored.elementType == .float32 else {
            return nil
        }
        let beta = node.float("beta", 1)
        let values = stored.tensor().values.map { $0 * beta }
        if values.count == 1 { return [Float](repeating: values[0], count: columns) }
        guard values.count == columns, stored.shape.last == columns else { return nil }
        return values
    }

    // MARK: Pooling

    mutating func addPooling(_ index: Int) throws(CNNError) -> Bool {
        let node = nodes[index]
        guard (shapes[node.inputs[0]] ?? nil)?.count ?? 0 >= 3, node.outputs.count == 1,
            node.integer("storage_order", 0) == 0
        else { return false }
        let fallback = try plain(node)
        var kernel: PoolingKernel
        switch node.operatorName {
        case "GlobalAveragePool":
            kernel = PoolingKernel(
                kind: .globalAverage, window: Window(), fallback: fallback)
        case "GlobalMaxPool":
            kernel = PoolingKernel(
                kind: .globalMaximum, window: Window(), fallback: fallback)
        default:
            guard let window = window(node, kernel: nil) else { return false }
            let countsPadding = node.integer("count_include_pad", 0) != 0
            kernel = PoolingKernel(
                kind: node.operatorName == "MaxPool"
                    ? .maximum : .average(countsPadding: countsPadding),
                window: window, fallback: fallback)
        }
        let fused = prologues[index]
        kernel.prologue = fused?.prologue
        append(node, kernel: kernel, inputs: [fused?.input ?? node.inputs[0]], tail: tail(node))
        return true
    }
}
