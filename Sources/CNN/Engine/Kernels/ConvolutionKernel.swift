// Convolution on channels-last maps, with everything that can be fused into it.
// The plain version is Operators/Convolution.swift.

import CKernels

/// Window geometry of a convolution or pooling: one- and two-dimensional (height 1).
struct Window: Sendable, Equatable {
    enum AutoPad: Sendable { case explicit, sameUpper, sameLower, valid }

    var kernelHeight = 1
    var kernelWidth = 1
    var strideHeight = 1
    var strideWidth = 1
    var dilationHeight = 1
    var dilationWidth = 1
    var padTop = 0
    var padLeft = 0
    var padBottom = 0
    var padRight = 0
    var autoPad = AutoPad.explicit
    var ceilMode = false

    /// The same window with its pads worked out for an input, and the output's height and width.
    func resolved(height: Int, width: Int) -> (window: Window, height: Int, width: Int)? {
        var result = self
        let rows = Axis(
            extent: height, kernel: kernelHeight, stride: strideHeight, dilation: dilationHeight,
            before: padTop, after: padBottom
        ).resolved(autoPad: autoPad, ceilMode: ceilMode)
        let columns = Axis(
            extent: width, kernel: kernelWidth, stride: strideWidth, dilation: dilationWidth,
            before: padLeft, after: padRight
        ).resolved(autoPad: autoPad, ceilMode: ceilMode)
        guard let rows, let columns else { return nil }
        (result.padTop, result.padBottom) = (rows.axis.before, rows.axis.after)
        (result.padLeft, result.padRight) = (columns.axis.before, columns.axis.after)
        return (result, rows.count, columns.count)
    }

    /// One axis of a window: the formulas of the ONNX Conv and pooling operators.
    struct Axis {
        var extent: Int
        var kernel: Int
        var stride: Int
        var dilation: Int
        var before: Int
        var after: Int

        func resolved(autoPad: AutoPad, ceilMode: Bool) -> (axis: Axis, count: Int)? {
            var axis = self
            let reach = dilation * (kernel - 1) + 1
            switch autoPad {
            case .explicit: break
            case .valid: (axis.before, axis.after) = (0, 0)
            case .sameUpper, .sameLower:
                let count = (extent + stride - 1) / stride
                let total = max(0, (count - 1) * stride + reach - extent)
                axis.before = autoPad == .sameUpper ? total / 2 : total - total / 2
                axis.after = total - axis.before
            }
            let room = extent + axis.before + axis.after - reach
            let roundsUp = ceilMode && autoPad == .explicit
            // Rounding up, one window may reach past the padded input.
            guard room >= 0 || (roundsUp && room > -stride) else { return nil }
            var count = room / stride + 1
            if roundsUp {
                count = (room + stride - 1) / stride + 1
                // A window may not begin in the far padding.
                if (count - 1) * stride >= extent + axis.before { count -= 1 }
            }
            return (axis, count)
        }
    }
}

/// What is done to every value before it is written.
struct Clamp: Sendable, Equatable {
    var low = -Float.infinity
    var high = Float.infinity

    static let none = Clamp()
    static let relu = Clamp(low: 0)

    var isNone: Bool { low == -.infinity && high == .infinity }
}

/// Scale and shift of each channel and a lower bound, applied to the input while it is gathered.
struct Prologue: Sendable {
    var scale: PackedFloats
    var shift: PackedFloats
    var low: Float
}

struct ConvolutionKernel: StepKernel {
    enum Algorithm: Sendable, Equatable {
        case direct
        /// With `late` the filters are stored as they are and transformed as they are used.
        case winograd(tile: Int, late: Bool)
        case depthwise
    }

    var algorithm: Algorithm
    var window: Window
    var groups: Int
    var channels: Int
    var outChannels: Int
    /// Packed weights of each group.
    var weights: [PackedFloats]
    var bias: PackedFloats?
    var prologue: Prologue?
    /// The third input, if there is one, is added before the clamp.
    var addsResidual = false
    var clamp = Clamp.none

    var name: String {
        let size = "\(window.kernelHeight)x\(window.kernelWidth)"
        var text =
            switch algorithm {
            case .direct: groups > 1 ? "direct \(size) grouped" : "direct \(size)"
            case .winograd(let tile, _): "winograd \(tile)x\(tile)"
            case .depthwise: "depthwise \(size)"
            }
        if prologue != nil { text = "scale+" + text }
        if addsResidual { text += "+add" }
        if !clamp.isNone { text += clamp == .relu ? "+relu" : "+clip" }
        return text
    }

    func operationCount(inputs: [[Int]], outputs: [[Int]]) -> Int {
        let count = outputs.first.flatMap(Tensor.count) ?? 0
        return 2 * count * (channels / groups) * window.kernelHeight * window.kernelWidth
    }

    func run(_ inputs: [Value?], step: Step, context: RunContext) throws(CNNError) -> [Value] {
        guard let value = inputs[0], let input = try context.map(value, node: step.label) else {
            throw wrongInput(inputs[0]?.shape ?? [], node: step.label)
        }
        let (window, shape) = try geometry(input.shape, node: step.label)
        let output = try context.allocate(step.outputs[0], shape: shape, node: step.label)
        let residual = try residual(inputs, shape: shape, node: step.label, context: context)
        guard
            runGroups(
                call(window, input: input, output: output), residual: residual, context: context)
        else {
            throw .outOfMemory(node: step.label, bytes: 0)
        }
        return [.map(output)]
    }

    private func wrongInput(_ shape: [Int], node: String) -> CNNError {
        .badNode(
            node: node, name: "Conv",
            reason: "its input has shape \(shape), expected [N, \(channels), ...]")
    }

    /// The resolved window over an input of this shape, and the output's shape.
    func geometry(
        _ shape: [Int], node: String
    ) throws(CNNError) -> (window: Window, shape: [Int]) {
        guard shape.count == 3 || shape.count == 4, shape[1] == channels else {
            throw wrongInput(shape, node: node)
        }
        let isPlane = shape.count == 4
        guard
            let (window, height, width) = window.resolved(
                height: isPlane ? shape[2] : 1, width: shape[shape.count - 1])
        else {
            throw .badNode(
                node: node, name: "Conv",
                reason: "its kernel is larger than the padded input \(shape)"
            )
        }
        return (window, [shape[0], outChannels] + (isPlane ? [height, width] : [width]))
    }

    /// What is added before the clamp, if anything is.
    func residual(
        _ inputs: [Value?], shape: [Int], node: String, context: RunContext
    ) throws(CNNError) -> FeatureMap? {
        guard addsResidual, let value = inputs.last ?? nil else { return nil }
        guard let residual = try context.map(value, node: node), residual.shape == shape else {
            throw .badNode(
                node: node, name: "Add",
                reason: "it adds \(value.shape) to a convolution's \(shape)")
        }
        return residual
    }

    /// The C description of one pass over two maps, without weights.
    func call(_ window: Window, input: FeatureMap, output: FeatureMap) -> wt_conv {
        var work = window.call(
            input: input, output: output, height: output.height, width: output.width)
        work.prologue_scale = prologue.map { UnsafePointer($0.scale.pointer) }
        work.prologue_shift = prologue.map { UnsafePointer($0.shift.pointer) }
        work.prologue_low = prologue?.low ?? -.infinity
        work.clamp_low = clamp.low
        work.clamp_high = clamp.high
        return work
    }

    /// Runs each group on its slice of channels; false if there is not enough memory.
    private func runGroups(
        _ whole: wt_conv, residual: FeatureMap?, context: RunContext
    ) -> Bool {
        let (lanes, pool) = (context.lanes, context.workers.handle)
        var work = whole
        work.bias = bias.map { UnsafePointer($0.pointer) }
        if algorithm == .depthwise {
            work.weights = UnsafePointer(weights[0].pointer)
            return wt_depthwise_run(lanes, pool, &work) == 0
        }
        let inStep = channels / groups
        let outStep = outChannels / groups
        work.channels = Int32(inStep)
        work.out_channels = Int32(outStep)
        for group in 0..<groups {
            work.input = whole.input + group * inStep
            work.output = whole.output + group * outStep
            work.weights = UnsafePointer(weights[group].pointer)
            work.bias = bias.map { UnsafePointer($0.pointer + group * outStep) }
            if let residual {
                work.residual = UnsafePointer(residual.base + group * outStep)
                work.residual_stride = residual.stride
            }
            let status =
                switch algorithm {
                case .winograd(let tile, let late):
                    wt_winograd_run(lanes, pool, Int32(tile), late ? 1 : 0, &work)
                default: wt_conv_run(lanes, pool, &work)
                }
            if status != 0 { return false }
        }
        return true
    }
}

extension Window {
    /// The C description of this (resolved) window over two maps, nothing fused.
    func call(input: FeatureMap, output: FeatureMap, height: Int, width: Int) -> wt_conv {
        var work = wt_conv()
        work.input = UnsafePointer(input.base)
        work.images = Int32(input.images)
        work.height = Int32(input.height)
        work.width = Int32(input.width)
        work.channels = Int32(input.channels)
        work.input_stride = input.stride
        work.output = output.base
        work.out_height = Int32(height)
        work.out_width = Int32(width)
        work.out_channels = Int32(output.channels)
        work.output_stride = output.stride
        work.kernel_height = Int32(kernelHeight)
        work.kernel_width = Int32(kernelWidth)
        work.stride_height = Int32(strideHeight)
        work.stride_width = Int32(strideWidth)
        work.dilation_height = Int32(dilationHeight)
        work.dilation_width = Int32(dilationWidth)
        work.pad_top = Int32(padTop)
        work.pad_left = Int32(padLeft)
        work.prologue_low = -.infinity
        work.clamp_low = -.infinity
        work.clamp_high = .infinity
        return work
    }
}
