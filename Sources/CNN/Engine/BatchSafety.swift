// Whether a plain operator treats the rows of the leading dimension independently, so that
// Monte-Carlo passes can be stacked there. Where it cannot be shown the passes run one by one.

extension PlanBuilder {
    private static let pointwise: Set<String> = [
        "Abs", "Acos", "Asin", "Atan", "Cast", "Ceil", "Celu", "Cos", "Elu", "Erf", "Exp", "Floor",
        "Gelu", "HardSigmoid", "HardSwish", "Identity", "LeakyRelu", "Log", "Mish", "Neg", "Not",
        "Reciprocal", "Relu", "Round", "Selu", "Sigmoid", "Sign", "Sin", "Softplus", "Softsign",
        "Sqrt", "Tanh", "ThresholdedRelu", "IsNaN", "IsInf",
        // Per image by definition: [N, C, ...] in, each n alone.
        "AveragePool", "MaxPool", "GlobalAveragePool", "GlobalMaxPool", "InstanceNormalization",
        "GroupNormalization", "LRN", "DepthToSpace", "SpaceToDepth", "LpPool",
    ]

    private static let binary: Set<String> = [
        "Add", "Sub", "Mul", "Div", "Pow", "Min", "Max", "Sum", "Mean", "PRelu", "Equal", "Greater",
        "Less", "GreaterOrEqual", "LessOrEqual", "And", "Or",
    ]

    func isBatchSafe(_ node: ONNXNode) -> Bool {
        guard node.domain.isEmpty else { return false }
        let name = node.operatorName
        if Self.pointwise.contains(name) || name == "Clip" { return true }
        if Self.binary.contains(name) { return operandsAreSafe(node) }
        switch name {
        case "Softmax", "LogSoftmax":
            let axis = node.integer("axis", model.opset >= 13 ? -1 : 1)
            let rank = (shapes[node.inputs[0]] ?? nil)?.count
            return axis > 0 || (axis == -1 && rank ?? 0 > 1)
        case "Flatten": return node.integer("axis", 1) == 1
        case "Reshape":
            guard node.inputs.count == 2, node.integer("allowzero", 0) == 0,
                let target = constants[node.inputs[1]]?.tensor().storage.integers,
                let first = target.first
            else { return false }
            return (first == 0 || first == -1) && target.dropFirst().allSatisfy { $0 != 0 }
        default: return false
        }
    }

    /// Operands that vary must all have the batch in front; stored ones must not reach it.
    private func operandsAreSafe(_ node: ONNXNode) -> Bool {
        let varying = node.inputs.filter { constants[$0] == nil }
        let ranks = varying.map { (shapes[$0] ?? nil)?.count }
        guard let rank = ranks[0], ranks.allSatisfy({ $0 == rank }) else {
            return varying.count == 1
                && node.inputs.allSatisfy { constants[$0].map { $0.count == 1 } ?? true }
        }
        return node.inputs.allSatisfy { name in
            guard let stored = constants[name] else { return true }
            return stored.shape.count < rank || stored.shape.first == 1
        }
    }
}
