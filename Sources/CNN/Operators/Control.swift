// If: one of two graphs, which see the values around them.

enum ControlOperators {
    static let table: [String: OperatorFunction] = ["If": branch]

    private static func branch(_ call: OperatorCall) throws(CNNError) -> [Tensor] {
        guard case .bool(let values) = try call.input(0).storage, let condition = values.first
        else {
            throw call.fail("its condition is no truth value")
        }
        let name = condition ? "then_branch" : "else_branch"
        guard case .graph(let graph)? = call.node.attributes[name] else {
            throw call.fail("\(name) is missing")
        }
        return try run(graph, call)
    }

    /// Runs a graph node by node, plain.
    private static func run(_ graph: ONNXGraph, _ call: OperatorCall) throws(CNNError) -> [Tensor] {
        var values = call.outer
        for (name, stored) in graph.initializers { values[name] = stored.tensor() }
        for node in try GraphOrder.sorted(graph, outer: Set(values.keys), file: call.node.label) {
            guard let function = OperatorTable.function(node) else {
                throw call.fail("it holds an unknown operator \(node.operatorName)")
            }
            let inner = OperatorCall(
                node: node, opset: call.opset, inputs: node.inputs.map { values[$0] },
                outer: values)
            for (name, result) in zip(node.outputs, try function(inner)) { values[name] = result }
        }
        var results: [Tensor] = []
        for output in graph.outputs {
            guard let value = values[output.name] else {
                throw call.fail("its graph does not make '\(output.name)'")
            }
            results.append(value)
        }
        return results
    }
}
