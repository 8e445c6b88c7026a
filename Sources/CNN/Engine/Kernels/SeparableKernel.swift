// A depthwise convolution with its dense neighbours in one pass, as MobileNet stacks them.

import CKernels

/// `project(depthwise(expand(input)))` without the wide maps between: a dense convolution (absent
/// where the depthwise one reads the input), a depthwise 3x3 and a 1x1, each with its bias and
/// clamp, the last with a residual.
struct SeparableKernel: StepKernel {
    var expand: ConvolutionKernel?
    var depthwise: ConvolutionKernel
    var project: ConvolutionKernel

    var name: String {
        "fused " + (expand.map { $0.name + ", " } ?? "") + depthwise.name + ", " + project.name
    }

    func operationCount(inputs: [[Int]], outputs: [[Int]]) -> Int {
        guard var shape = inputs.first else { return 0 }
        var count = 0
        for kernel in [expand, depthwise, project].compactMap({ $0 }) {
            guard let next = try? kernel.geometry(shape, node: "").shape else { return count }
            count += kernel.operationCount(inputs: [shape], outputs: [next])
            shape = next
        }
        return count
    }

    func run(_ inputs: [Value?], step: Step, context: RunContext) throws(CNNError) -> [Value] {
        guard let value = inputs[0], let input = try context.map(value, node: step.label) else {
            throw .badNode(
                node: step.label, name: "Conv", reason: "its input is not a float32 map")
        }
        var work = wt_separable()
        var wide = input
        if let expand {
            let (window, shape) = try expand.geometry(input.shape, node: step.label)
            // Never read or written: stands for the map that is not there.
            wide.shape = shape
            work.expand = expand.call(window, input: input, output: wide)
            work.expand.weights = UnsafePointer(expand.weights[0].pointer)
            work.expand.bias = expand.bias.map { UnsafePointer($0.pointer) }
            work.expands = 1
        }
        let (window, middle) = try depthwise.geometry(wide.shape, node: step.label)
        var narrow = wide
        narrow.shape = middle
        work.depthwise = depthwise.call(window, input: wide, output: narrow)
        work.depthwise.weights = UnsafePointer(depthwise.weights[0].pointer)
        work.depthwise.bias = depthwise.bias.map { UnsafePointer($0.pointer) }
        let (last, shape) = try project.geometry(middle, node: step.label)
        let output = try context.allocate(step.outputs[0], shape: shape, node: step.label)
        let residual = try project.residual(
            inputs, shape: shape, node: step.label, context: context)
        work.project = project.call(last, input: narrow, output: output)
        work.project.weights = UnsafePointer(project.weights[0].pointer)
        work.project.bias = project.bias.map { UnsafePointer($0.pointer) }
        work.project.residual = residual.map { UnsafePointer($0.base) }
        work.project.residual_stride = residual?.stride ?? 0
        guard wt_separable_run(context.lanes, context.workers.handle, &work) == 0 else {
            throw .outOfMemory(node: step.label, bytes: 0)
        }
        return [.map(output)]
    }
}
