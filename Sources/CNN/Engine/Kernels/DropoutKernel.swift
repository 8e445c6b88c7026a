// Dropout: the identity in inference, a random mask in a Monte-Carlo run.

import CKernels

struct DropoutKernel: StepKernel {
    /// Which Dropout of the graph this is, counted in file order from 0.
    var index: Int
    var ratio: Float
    /// Whether the input comes from this pass alone: then it may be overwritten where it lies.
    ///
    /// The first Dropout's input serves all passes.
    var inputIsRandom = false

    var name: String { "dropout \(ratio)" }

    func operationCount(inputs: [[Int]], outputs: [[Int]]) -> Int { 0 }

    func run(_ inputs: [Value?], step: Step, context: RunContext) throws(CNNError) -> [Value] {
        guard let value = inputs[0] else { return [] }
        guard let passes = context.passes, ratio > 0 else { return [value] }
        if let input = try context.map(value, node: step.label) {
            return [.map(try drop(input, passes, step, context))]
        }
        // A value of another rank or type: as a list of rows, one for each image.
        let tensor = context.tensor(value)
        guard case .float32 = tensor.storage, let images = tensor.shape.first, images > 0 else {
            throw .badNode(
                node: step.label, name: "Dropout",
                reason: "random dropout needs a float32 input with a leading batch dimension")
        }
        let rows = tensor.reshaped([images, tensor.count / images])
        guard let map = try context.map(.tensor(rows), node: step.label) else { return [value] }
        let dropped = try drop(map, passes, step, context).tensor(context.workers)
        return [.tensor(dropped.reshaped(tensor.shape))]
    }

    /// Every image of a pass gets the same mask, so that a result does not depend on what else is
    /// in the batch.
    private func drop(
        _ input: FeatureMap, _ passes: RandomPasses, _ step: Step, _ context: RunContext
    ) throws(CNNError) -> FeatureMap {
        let output =
            inputIsRandom
            ? try context.allocate(step.outputs[0], shape: input.shape, node: step.label)
            : try context.allocate(
                shape: input.shape, channels: input.channels, node: step.label)
        let lanes = context.lanes
        let pixels = input.pixelsPerImage
        // Each image is read and written by one worker only.
        nonisolated(unsafe) let from = input.base
        nonisolated(unsafe) let to = output.base
        context.workers.run(items: input.images) { image in
            var work = wt_dropout()
            work.input = UnsafePointer(from + image * pixels * input.stride)
            work.input_stride = input.stride
            work.output = to + image * pixels * output.stride
            work.output_stride = output.stride
            work.pixels = pixels
            work.channels = Int32(input.channels)
            work.seed = passes.seed
            work.node = UInt32(index)
            work.pass = UInt32(passes.first + image / passes.images)
            work.ratio = ratio
            wt_dropout_run(lanes, &work)
        }
        return output
    }
}
