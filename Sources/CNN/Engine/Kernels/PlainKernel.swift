// A step that runs the plain operator on row-major tensors.

struct PlainKernel: StepKernel {
    var node: ONNXNode
    var opset: Int
    var function: OperatorFunction
    /// Whether rows of the leading dimension are independent, as the planner worked it out.
    var isBatchSafe: Bool
    /// The operator's fast form for float32, if it has one.
    var fast: FastPaths.Path?
    /// What the operator made of its attributes once and for all.
    var prepared: (any Sendable)?

    var name: String { "plain \(node.operatorName)" }

    func run(_ inputs: [Value?], step: Step, context: RunContext) throws(CNNError) -> [Value] {
        var tensors = inputs.map { $0.map(context.tensor) }
        var outer: [String: Tensor] = [:]
        // Values that only the node's own graphs read follow its inputs.
        if tensors.count > node.inputs.count {
            for (name, tensor) in zip(node.freeNames, tensors[node.inputs.count...]) {
                outer[name] = tensor
            }
            tensors.removeSubrange(node.inputs.count...)
        }
        let call = OperatorCall(
            node: node, opset: opset, inputs: tensors, outer: outer, prepared: prepared,
            workers: context.workers)
        if let results = try fast?(call, context.workers) { return results.map { .tensor($0) } }
        return try function(call).map { Value.tensor($0) }
    }
}
