// What can be known of shapes before a run, for the few operators that kernels are chosen for.

/// Extents of a value, nil where they are not known; nil as a whole where the rank is not.
typealias PartialShape = [Int?]

extension PlanBuilder {
    /// The shape of a node's first output, as far as it follows from its inputs' shapes.
    func guessShape(_ node: ONNXNode) -> PartialShape? {
        guard node.domain.isEmpty, let first = node.inputs.first else { return nil }
        let input = shapes[first] ?? nil
        switch node.operatorName {
        case "Relu", "Clip", "Sigmoid", "Tanh", "LeakyRelu", "Elu", "Selu", "HardSigmoid",
            "HardSwish",
            "Mish", "Softplus", "PRelu", "BatchNormalization", "Dropout", "Identity", "LRN",
            "InstanceNormalization", "Erf", "Gelu", "Softmax", "Cast":
            return input
        case "Add", "Mul", "Sub", "Div", "Sum":
            let others = node.inputs.map { shapes[$0] ?? nil }
            let full = others.compactMap { $0 }.max { $0.count < $1.count }
            return others.allSatisfy { $0 != nil } ? full : nil
        case "Conv":
            guard let input, let weight = constantShape(node.inputs[1]) else { return nil }
            return window(node, kernel: Array(weight.dropFirst(2))).flatMap {
                windowShape($0, input, channels: weight[0])
            }
        case "MaxPool", "AveragePool":
            guard let input, input.count >= 2 else { return nil }
            return window(node, kernel: nil).flatMap { windowShape($0, input, channels: input[1]) }
        case "GlobalAveragePool", "GlobalMaxPool":
            return input.map {
                Array($0.prefix(2)) + [Int?](repeating: 1, count: max(0, $0.count - 2))
            }
        case "Concat": return guessConcat(node)
        case "Flatten":
            guard let input, node.integer("axis", 1) == 1, !input.isEmpty else { return nil }
            let rest = input.dropFirst().reduce(Int?(1)) { product, extent in
                product.flatMap { a in extent.flatMap { Tensor.count([a, $0]) } }
            }
            return [input[0], rest]
        default: return nil
        }
    }

    private func guessConcat(_ node: ONNXNode) -> PartialShape? {
        guard var shape = shapes[node.inputs[0]] ?? nil else { return nil }
        let axis = node.integer("axis", 0)
        let positive = axis < 0 ? axis + shape.count : axis
        guard shape.indices.contains(positive) else { return nil }
        var total: Int? = 0
        for name in node.inputs {
            guard let part = shapes[name] ?? nil, part.count == shape.count else { return nil }
            total = total.flatMap { sum in part[positive].map { sum + $0 } }
        }
        shape[positive] = total
        return shape
    }

    private func windowShape(
        _ window: Window, _ input: PartialShape, channels: Int?
    ) -> PartialShape? {
        guard input.count == 3 || input.count == 4 else { return nil }
        var spatial = [Int?](repeating: nil, count: input.count - 2)
        let height = input.count == 4 ? input[2] : 1
        if let height, let width = input[input.count - 1],
            let (_, rows, columns) = window.resolved(height: height, width: width)
        {
            spatial = input.count == 4 ? [rows, columns] : [columns]
        }
        return [input[0], channels] + spatial
    }
}

extension ONNXNode {
    func integer(_ name: String, _ standard: Int) -> Int {
        if case .integer(let value)? = attributes[name] { return value }
        return standard
    }

    func float(_ name: String, _ standard: Float) -> Float {
        if case .float(let value)? = attributes[name] { return value }
        return standard
    }

    func integers(_ name: String) -> [Int]? {
        if case .integers(let values)? = attributes[name] { return values }
        return nil
    }

    func string(_ name: String, _ standard: String) -> String {
        if case .string(let value)? = attributes[name] { return value }
        return standard
    }
}
