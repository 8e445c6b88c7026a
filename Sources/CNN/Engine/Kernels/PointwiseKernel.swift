// Scale and shift of channels (BatchNormalization), sums of two maps, and clamps.

import CKernels

/// `clamp(input * scale[channel] + shift[channel] + second input)`, each part optional.
struct PointwiseKernel: StepKernel {
    var scale: PackedFloats?
    var shift: PackedFloats?
    var adds = false
    var clamp = Clamp.none
    /// What computes values that are no float maps of one shape.
    var fallback: PlainKernel

    var name: String {
        var parts: [String] = []
        if scale != nil { parts.append("scale") }
        if adds { parts.append("add") }
        if !clamp.isNone { parts.append(clamp == .relu ? "relu" : "clip") }
        return parts.joined(separator: "+")
    }

    var isBatchSafe: Bool { fallback.isBatchSafe || scale != nil || !adds }

    func run(_ inputs: [Value?], step: Step, context: RunContext) throws(CNNError) -> [Value] {
        // A clamp alone is not worth a change of layout; scale and shift of channels are.
        guard let first = inputs[0], let input = try scaledMap(first, step, context),
            !adds || inputs[1]?.shape == input.shape,
            scale == nil || scale?.count == input.channels
        else {
            return try runPlain(inputs, step: step, context: context)
        }
        var second: FeatureMap?
        if adds, let value = inputs[1] {
            second = try context.map(value, node: step.label)
            if second == nil { return try runPlain(inputs, step: step, context: context) }
        }
        let output = try context.allocate(step.outputs[0], shape: input.shape, node: step.label)
        var work = wt_pointwise()
        work.a = UnsafePointer(input.base)
        work.a_stride = input.stride
        work.b = second.map { UnsafePointer($0.base) }
        work.b_stride = second?.stride ?? 0
        work.output = output.base
        work.output_stride = output.stride
        work.pixels = input.pixels
        work.channels = Int32(input.channels)
        work.scale = scale.map { UnsafePointer($0.pointer) }
        work.shift = shift.map { UnsafePointer($0.pointer) }
        work.clamp_low = clamp.low
        work.clamp_high = clamp.high
        wt_pointwise_run(context.lanes, context.workers.handle, &work)
        return [.map(output)]
    }

    private func scaledMap(
        _ value: Value, _ step: Step, _ context: RunContext
    ) throws(CNNError) -> FeatureMap? {
        if case .map(let map) = value { return map }
        return scale == nil ? nil : try context.map(value, node: step.label)
    }

    /// The plain operator and then the clamp, which it may or may not have done already.
    private func runPlain(
        _ inputs: [Value?], step: Step, context: RunContext
    ) throws(CNNError) -> [Value] {
        let results = try fallback.run(inputs, step: step, context: context)
        // Relu and Clip by themselves are the clamp.
        guard !clamp.isNone, !["Relu", "Clip"].contains(fallback.node.operatorName) else {
            return results
        }
        return results.map { .tensor(clamp.applied(to: context.tensor($0))) }
    }
}

extension Clamp {
    /// The clamp of a floating-point tensor, value by value.
    func applied(to tensor: Tensor) -> Tensor {
        func bound<Element: BinaryFloatingPoint>(_ value: Element) -> Element {
            value < Element(low) ? Element(low) : value > Element(high) ? Element(high) : value
        }
        switch tensor.storage {
        case .float32(let values): return Tensor(shape: tensor.shape, values: values.map(bound))
        case .float64(let values):
            return Tensor(shape: tensor.shape, storage: .float64(values.map(bound)))
        case .float16(let values):
            return Tensor(shape: tensor.shape, storage: .float16(values.map(bound)))
        default: return tensor
        }
    }
}
