// Maximum, average and global average on channels-last maps.
// The plain version is Operators/Pooling.swift.

import CKernels

struct PoolingKernel: StepKernel {
    enum Kind: Sendable, Equatable {
        case maximum
        case average(countsPadding: Bool)
        case globalAverage
        case globalMaximum
    }

    var kind: Kind
    var window: Window
    var prologue: Prologue?
    /// What pools values of other types than float32.
    var fallback: PlainKernel

    var name: String {
        let text =
            switch kind {
            case .maximum: "max \(window.kernelHeight)x\(window.kernelWidth)"
            case .average: "average \(window.kernelHeight)x\(window.kernelWidth)"
            case .globalAverage: "global average"
            case .globalMaximum: "global max"
            }
        return prologue == nil ? text : "scale+" + text
    }

    func operationCount(inputs: [[Int]], outputs: [[Int]]) -> Int {
        inputs.first.flatMap(Tensor.count) ?? 0
    }

    func run(_ inputs: [Value?], step: Step, context: RunContext) throws(CNNError) -> [Value] {
        guard let value = inputs[0], let input = try context.map(value, node: step.label),
            input.shape.count >= 3
        else {
            return try fallback.run(inputs, step: step, context: context)
        }
        var window = self.window
        if kind == .globalMaximum {
            window.kernelHeight = input.height
            window.kernelWidth = input.width
        }
        if kind == .globalAverage { return [try globalAverage(input, step, context)] }
        guard
            let (resolved, height, width) = window.resolved(
                height: input.height, width: input.width)
        else {
            throw .badNode(
                node: step.label, name: step.operators[0],
                reason: "its window is larger than the padded input \(input.shape)")
        }
        let spatial = input.shape.count == 4 ? [height, width] : [width]
        let shape = [input.images, input.channels] + spatial
        let output = try context.allocate(step.outputs[0], shape: shape, node: step.label)
        var work = resolved.call(input: input, output: output, height: height, width: width)
        setPrologue(&work)
        let pool = context.workers.handle
        if case .average(let countsPadding) = kind {
            _ = wt_pool_average(
                context.lanes, pool, &work, countsPadding ? 1 : 0, Int32(resolved.padBottom),
                Int32(resolved.padRight))
        } else {
            _ = wt_pool_max(context.lanes, pool, &work)
        }
        return [.map(output)]
    }

    private func setPrologue(_ work: inout wt_conv) {
        work.prologue_scale = prologue.map { UnsafePointer($0.scale.pointer) }
        work.prologue_shift = prologue.map { UnsafePointer($0.shift.pointer) }
        work.prologue_low = prologue?.low ?? -.infinity
    }

    private func globalAverage(
        _ input: FeatureMap, _ step: Step, _ context: RunContext
    ) throws(CNNError) -> Value {
        let ones = [Int](repeating: 1, count: input.shape.count - 2)
        let output = try context.allocate(
            step.outputs[0], shape: [input.images, input.channels] + ones, node: step.label)
        var work = Window().call(input: input, output: output, height: 1, width: 1)
        setPrologue(&work)
        _ = wt_global_average(context.lanes, context.workers.handle, &work)
        return .map(output)
    }
}
