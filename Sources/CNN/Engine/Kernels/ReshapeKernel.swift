// Flatten, Reshape, Squeeze and Identity where no value has to move.

/// Turns `[N, C, 1, 1]` into `[N, C]` without a copy; anything else through the plain operator.
struct FlattenKernel: StepKernel {
    /// Whether the operator makes `[N, everything else]` of its input.
    var keepsLeadingDimension: Bool
    var fallback: PlainKernel

    var name: String { "flatten" }

    var isBatchSafe: Bool { keepsLeadingDimension || fallback.isBatchSafe }

    func operationCount(inputs: [[Int]], outputs: [[Int]]) -> Int { 0 }

    func run(_ inputs: [Value?], step: Step, context: RunContext) throws(CNNError) -> [Value] {
        if keepsLeadingDimension, case .map(var map)? = inputs[0], map.pixelsPerImage == 1 {
            map.shape = [map.images, map.channels]
            return [.map(map)]
        }
        return try fallback.run(inputs, step: step, context: context)
    }
}

/// Hands its input on.
struct IdentityKernel: StepKernel {
    var name: String { "identity" }

    func operationCount(inputs: [[Int]], outputs: [[Int]]) -> Int { 0 }

    func run(_ inputs: [Value?], step: Step, context: RunContext) throws(CNNError) -> [Value] {
        guard let value = inputs[0] else { return [] }
        return [value]
    }
}
