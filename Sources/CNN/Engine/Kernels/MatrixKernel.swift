// Gemm and MatMul with a stored right-hand side: a 1x1 convolution whose pixels are the rows.

import CKernels

/// `[M, K]` (or `[..., K]`) times a packed `[K, N]`, plus a bias of N values, clamped.
struct MatrixKernel: StepKernel {
    var weights: PackedFloats
    var bias: PackedFloats?
    var depth: Int
    var columns: Int
    /// MatMul takes any number of leading dimensions, Gemm exactly one.
    var acceptsLeadingDimensions: Bool
    var clamp = Clamp.none

    var name: String { "matrix \(depth)x\(columns)" + (clamp.isNone ? "" : "+clip") }

    func operationCount(inputs: [[Int]], outputs: [[Int]]) -> Int {
        2 * (outputs.first.flatMap(Tensor.count) ?? 0) * depth
    }

    func run(_ inputs: [Value?], step: Step, context: RunContext) throws(CNNError) -> [Value] {
        let shape = inputs[0]?.shape ?? []
        guard let value = inputs[0], shape.last == depth,
            acceptsLeadingDimensions ? shape.count >= 2 : shape.count == 2
        else {
            throw .badNode(
                node: step.label, name: step.operators[0],
                reason: "its input has shape \(shape), expected [..., \(depth)]")
        }
        let rows = Tensor.count(Array(shape.dropLast())) ?? 0
        let input: FeatureMap
        if shape.count == 2, let map = try context.map(value, node: step.label) {
            input = map
        } else {
            let plain = context.tensor(value).reshaped([rows, depth])
            guard let map = try context.map(.tensor(plain), node: step.label) else {
                throw .badNode(
                    node: step.label, name: step.operators[0], reason: "its input is not float32")
            }
            input = map
        }
        let output = try context.allocate(
            step.outputs[0], shape: [rows, columns], node: step.label)
        // One image of `rows` pixels in a line.
        var work = Window().call(input: input, output: output, height: 1, width: rows)
        work.images = 1
        work.width = Int32(rows)
        work.weights = UnsafePointer(weights.pointer)
        work.bias = bias.map { UnsafePointer($0.pointer) }
        work.clamp_low = clamp.low
        work.clamp_high = clamp.high
        guard wt_conv_run(context.lanes, context.workers.handle, &work) == 0 else {
            throw .outOfMemory(node: step.label, bytes: 0)
        }
        if shape.count == 2 { return [.map(output)] }
        return [.tensor(output.tensor(context.workers).reshaped(shape.dropLast() + [columns]))]
    }
}
