// A step that runs the plain operator on row-major tensors.

struct PlainKernel: StepKernel {
    var node: ONNXNode
    var opset: Int
    var function: OperatorFunction
    /// Whether rows of the leading dimension are independent, as the planner worked it out.
    var isBatchSafe: Bool

    var name: String { "plain \(node.operatorName)" }

    func run(_ inputs: [Value?], step: Step, context: RunContext) throws(CNNError) -> [Value] {
        let tensors = inputs.map { $0.map(context.tensor) }
        let call = OperatorCall(node: node, opset: opset, inputs: tensors)
        return try function(call).map { Value.tensor($0) }
    }
}
