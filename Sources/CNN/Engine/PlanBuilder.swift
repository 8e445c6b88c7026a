// From a graph to a plan: order, fold constants, choose kernels, fuse, place, and say when each
// value is no longer needed.

import CKernels

struct PlanBuilder {
    let model: ONNXModel
    let lanes: wt_lanes
    /// Values that must exist under their own name after a run.
    let wanted: [String]

    var nodes: [ONNXNode] = []
    /// Known values: stored tensors and what follows from them alone.
    var constants: [String: ONNXTensor] = [:]
    /// The node that makes each value.
    var makers: [String: Int] = [:]
    /// How many node inputs read each value; one more for each wanted value.
    var readers: [String: [Int]] = [:]
    var shapes: [String: PartialShape?] = [:]
    /// Values that exist when the next step runs.
    var available: Set<String> = []
    /// Scale, shift and lower bound to apply to a node's first input, and the value to apply them
    /// to.
    var prologues: [Int: (input: String, prologue: Prologue)] = [:]
    /// Nodes that a fused step already stands for.
    var consumed: Set<Int> = []
    var plan = Plan()
    /// Without kernels every node runs through its plain operator.
    var usesKernels = true
    /// The block that weights are cut from.
    var block: WeightBlock?
    /// Packing of weights that is still to be done, each piece on its own.
    var packing: [@Sendable () -> Void] = []

    init(model: ONNXModel, lanes: wt_lanes, wanted: [String]) {
        self.model = model
        self.lanes = lanes
        self.wanted = wanted
    }

    /// Plans the model and packs its weights, on all of the engine's threads.
    static func plan(
        model: ONNXModel, wanted: [String], workers: WorkerPool, usesKernels: Bool
    ) throws(CNNError) -> Plan {
        var builder = PlanBuilder(model: model, lanes: workers.lanes, wanted: wanted)
        builder.usesKernels = usesKernels
        let plan = try builder.build()
        let packing = builder.packing
        workers.run(items: packing.count) { packing[$0]() }
        model.dropPages()
        return plan
    }

    private mutating func build() throws(CNNError) -> Plan {
        constants = model.graph.initializers
        nodes = try GraphOrder.sorted(model.graph, file: model.fileName)
        try checkOperators(nodes)
        try foldConstants()
        for (index, node) in nodes.enumerated() {
            for name in node.inputs + node.freeNames where !name.isEmpty {
                readers[name, default: []].append(index)
            }
        }
        for name in wanted { readers[name, default: []].append(-1) }
        try dropUnneeded()
        for input in model.graph.inputs where constants[input.name] == nil {
            shapes[input.name] = input.shape
            plan.inputs.append((input.name, number(input.name)))
            available.insert(input.name)
        }
        for (name, tensor) in constants { shapes[name] = tensor.shape.map { $0 } }
        for node in nodes {
            guard let first = node.outputs.first else { continue }
            shapes[first] = guessShape(node)
        }
        placeConcatenations()
        numberDropouts()
        for index in nodes.indices where !consumed.contains(index) { try addStep(index) }
        for name in wanted {
            guard let number = plan.numbers[name] ?? constantNumber(name) else {
                throw .unknownOutput(name: name)
            }
            plan.outputs.append((name, number))
        }
        fuseSeparable()
        finish()
        return plan
    }

    /// The number of a value that exists at run time.
    mutating func number(_ name: String) -> Int {
        if let number = plan.numbers[name] { return number }
        let number = plan.valueCount
        plan.numbers[name] = number
        plan.valueCount += 1
        return number
    }

    /// The number of a stored value that some step reads as it is.
    mutating func constantNumber(_ name: String) -> Int? {
        guard let tensor = constants[name] else { return nil }
        if let number = plan.numbers[name], plan.constants[number] != nil { return number }
        let number = number(name)
        plan.constants[number] = tensor.tensor()
        return number
    }

    mutating func inputNumber(_ name: String) -> Int? {
        name.isEmpty ? nil : constantNumber(name) ?? number(name)
    }

    func constantShape(_ name: String) -> [Int]? { constants[name]?.shape }

    /// The node that alone reads a value, if nobody else does.
    func soleReader(_ name: String) -> Int? {
        guard let all = readers[name], all.count == 1, all[0] >= 0 else { return nil }
        return all[0]
    }

    private func checkOperators(_ nodes: [ONNXNode]) throws(CNNError) {
        for node in nodes {
            for case .graph(let graph) in node.attributes.values {
                try checkOperators(graph.nodes)
            }
            guard OperatorTable.function(node) != nil else {
                throw .unsupportedOperator(
                    file: model.fileName, name: node.operatorName, domain: node.domain,
                    node: node.label)
            }
            let least = node.domain.isEmpty ? Self.inputCounts[node.operatorName] ?? 0 : 0
            guard node.inputs.prefix(least).filter({ !$0.isEmpty }).count == least,
                node.outputs.contains(where: { !$0.isEmpty })
            else {
                throw .badNode(
                    node: node.label, name: node.operatorName,
                    reason: "it has \(node.inputs.count) inputs and \(node.outputs.count) outputs")
            }
        }
    }

    /// How many inputs the operators that get kernels need at least.
    private static let inputCounts = [
        "Conv": 2, "BatchNormalization": 5, "Gemm": 2, "MatMul": 2, "MaxPool": 1, "AveragePool": 1,
        "GlobalAveragePool": 1, "GlobalMaxPool": 1, "Relu": 1, "Clip": 1, "Add": 2, "Concat": 1,
        "Flatten": 1, "Reshape": 1, "Dropout": 1, "Identity": 1, "Mul": 2, "Sub": 2, "Div": 2,
    ]

    /// The opset that a node's domain has in this model.
    func opset(_ node: ONNXNode) -> Int { model.opsets[node.domain] ?? model.opset }

    /// Values larger than this are not computed before a run.
    private static let foldedCountMax = 1 << 20

    /// Runs nodes whose inputs are all stored, as the shape arithmetic of exporters is.
    private mutating func foldConstants() throws(CNNError) {
        var kept: [ONNXNode] = []
        for node in nodes { try fold(node, &kept) }
        nodes = kept
    }

    private mutating func fold(_ node: ONNXNode, _ kept: inout [ONNXNode]) throws(CNNError) {
        if node.operatorName == "If", let graph = chosenBranch(node) {
            constants.merge(graph.initializers) { own, _ in own }
            for inner in graph.nodes { try fold(inner, &kept) }
            for (output, name) in zip(graph.outputs, node.outputs) {
                var alias = ONNXNode()
                alias.operatorName = "Identity"
                alias.inputs = [output.name]
                alias.outputs = [name]
                try fold(alias, &kept)
            }
            return
        }
        let inputs = node.inputs.map { constants[$0] }
        let known = zip(node.inputs, inputs).allSatisfy { $0.isEmpty || $1 != nil }
        let small = inputs.allSatisfy { ($0?.count ?? 0) <= Self.foldedCountMax }
        let hasGraph = node.attributes.values.contains {
            if case .graph = $0 { true } else { false }
        }
        guard known, small, !hasGraph, node.operatorName != "Dropout",
            let function = OperatorTable.function(node)
        else {
            kept.append(node)
            return
        }
        let call = OperatorCall(
            node: node, opset: opset(node), inputs: inputs.map { $0?.tensor() })
        for (name, tensor) in zip(node.outputs, try function(call)) where !name.isEmpty {
            constants[name] = ONNXTensor(
                name: name, shape: tensor.shape, elementType: tensor.elementType,
                source: .values(tensor.storage))
        }
    }

    /// The graph that an If with a stored condition always takes.
    private func chosenBranch(_ node: ONNXNode) -> ONNXGraph? {
        guard let name = node.inputs.first, let condition = constants[name],
            case .bool(let values) = condition.tensor().storage, let value = values.first,
            case .graph(let graph)? = node.attributes[value ? "then_branch" : "else_branch"],
            graph.outputs.count >= node.outputs.count
        else { return nil }
        return graph
    }

    /// Leaves out nodes that no wanted value depends on.
    private mutating func dropUnneeded() throws(CNNError) {
        var needed = Set(wanted)
        for (index, node) in nodes.enumerated().reversed() {
            if node.outputs.contains(where: needed.contains) {
                needed.formUnion(node.inputs + node.freeNames)
            } else {
                consumed.insert(index)
                for name in node.inputs + node.freeNames {
                    readers[name]?.removeAll { $0 == index }
                }
            }
        }
    }

    private mutating func numberDropouts() {
        for node in model.graph.nodes where node.operatorName == "Dropout" {
            plan.dropoutNodes.append(node.label)
        }
    }

    /// Which steps are random, and after which step each value can go.
    private mutating func finish() {
        var random: Set<Int> = []
        for index in plan.steps.indices {
            let step = plan.steps[index]
            let reads = step.inputs.compactMap { $0 }.contains { random.contains($0) }
            if var kernel = step.kernel as? DropoutKernel {
                kernel.inputIsRandom = reads
                plan.steps[index].kernel = kernel
                plan.steps[index].isRandom = reads || kernel.ratio > 0
            } else {
                plan.steps[index].isRandom = reads
            }
            if plan.steps[index].isRandom { random.formUnion(step.outputs) }
        }
        var kept = Set(plan.outputs.map(\.number))
        for index in plan.steps.indices.reversed() {
            let step = plan.steps[index]
            for number in Set(step.inputs.compactMap { $0 } + step.outputs)
            where plan.constants[number] == nil && kept.insert(number).inserted {
                plan.steps[index].released.append(number)
            }
        }
    }
}

/// Orders nodes so that each comes after what it reads.
enum GraphOrder {
    static func sorted(
        _ graph: ONNXGraph, outer: Set<String> = [], file: String
    ) throws(CNNError) -> [ONNXNode] {
        var made = outer
        made.formUnion(graph.initializers.keys)
        made.formUnion(graph.inputs.map(\.name))
        var makers: [String: Int] = [:]
        for (index, node) in graph.nodes.enumerated() {
            for name in node.outputs where !name.isEmpty {
                guard makers.updateValue(index, forKey: name) == nil, !made.contains(name) else {
                    throw .badGraph(file: file, reason: "value '\(name)' is made twice")
                }
            }
        }
        var waiting = [Int](repeating: 0, count: graph.nodes.count)
        var readers: [Int: [Int]] = [:]
        for (index, node) in graph.nodes.enumerated() {
            for name in node.inputs + node.freeNames where !name.isEmpty && !made.contains(name) {
                guard let maker = makers[name] else {
                    throw .badGraph(
                        file: file,
                        reason: "node '\(node.label)' reads '\(name)', which nothing makes")
                }
                waiting[index] += 1
                readers[maker, default: []].append(index)
            }
        }
        if isSorted(graph, made: made) { return graph.nodes }
        var ready = graph.nodes.indices.filter { waiting[$0] == 0 }
        var order: [ONNXNode] = []
        var position = 0
        while position < ready.count {
            let index = ready[position]
            position += 1
            order.append(graph.nodes[index])
            for reader in readers[index] ?? [] {
                waiting[reader] -= 1
                if waiting[reader] == 0 { ready.append(reader) }
            }
        }
        guard order.count == graph.nodes.count else {
            let stuck = graph.nodes.indices.first { waiting[$0] > 0 }
            let label = stuck.map { graph.nodes[$0].label } ?? "?"
            throw .badGraph(file: file, reason: "its nodes form a cycle through '\(label)'")
        }
        return order
    }

    /// Whether the file's own order will do, as the standard demands; exporters choose it well.
    private static func isSorted(_ graph: ONNXGraph, made: Set<String>) -> Bool {
        var made = made
        for node in graph.nodes {
            for name in node.inputs + node.freeNames where !name.isEmpty && !made.contains(name) {
                return false
            }
            made.formUnion(node.outputs)
        }
        return true
    }
}

extension ONNXNode {
    /// Values of the surrounding graph that this node's own graphs read.
    var freeNames: [String] {
        var names: Set<String> = []
        for case .graph(let graph) in attributes.values {
            var inner = Set(graph.initializers.keys)
            inner.formUnion(graph.inputs.map(\.name))
            for node in graph.nodes { inner.formUnion(node.outputs) }
            for node in graph.nodes { names.formUnion(node.inputs + node.freeNames) }
            names.formUnion(graph.outputs.map(\.name))
            names.subtract(inner)
        }
        return names.sorted()
    }
}
