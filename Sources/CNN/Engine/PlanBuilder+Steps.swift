// Which kernel a node gets, and what is fused into it.

import CKernels

/// Values of each channel, and what follows a node: used while a fused step is put together.
struct FusedTail {
    var output: String
    var operators: [String]
    var consumed: [Int] = []
    var clamp = Clamp.none
    var residual: String?
}

extension PlanBuilder {
    /// Adds the step for a node, fused with what precedes and follows it.
    mutating func addStep(_ index: Int) throws(CNNError) {
        let node = nodes[index]
        if node.domain.isEmpty, usesKernels {
            switch node.operatorName {
            case "Conv": if try addConvolution(index) { return }
            case "BatchNormalization": if try addBatchNormalization(index) { return }
            case "Gemm", "MatMul": if try addMatrix(index) { return }
            case "MaxPool", "AveragePool", "GlobalAveragePool", "GlobalMaxPool":
                if try addPooling(index) { return }
            case "Relu", "Clip", "Add": if try addPointwise(index) { return }
            case "Concat": if try addConcat(index) { return }
            case "Flatten", "Reshape": if try addFlatten(index) { return }
            case "Dropout": if addDropout(index) { return }
            case "Identity":
                append(node, kernel: IdentityKernel(), inputs: [node.inputs[0]], tail: tail(node))
                return
            default: break
            }
        }
        append(
            node, kernel: try plain(node), inputs: node.inputs + node.freeNames, tail: tail(node))
    }

    func tail(_ node: ONNXNode) -> FusedTail {
        FusedTail(output: node.outputs.first ?? "", operators: [node.operatorName])
    }

    func plain(_ node: ONNXNode) throws(CNNError) -> PlainKernel {
        guard let function = OperatorTable.function(node) else {
            throw .unsupportedOperator(
                file: model.fileName, name: node.operatorName, domain: node.domain,
                node: node.label)
        }
        var kernel = PlainKernel(
            node: node, opset: opset(node), function: function, isBatchSafe: isBatchSafe(node))
        if usesKernels, node.domain.isEmpty { kernel.fast = FastPaths.table[node.operatorName] }
        if node.domain == "ai.onnx.ml", node.operatorName.hasPrefix("TreeEnsemble") {
            let call = OperatorCall(node: node, opset: opset(node), inputs: [])
            let isClassifier = node.operatorName == "TreeEnsembleClassifier"
            kernel.prepared = try TreeEnsemble(call, prefix: isClassifier ? "class" : "target")
        }
        return kernel
    }

    /// Appends a step; `tail` says which node's output it makes and which nodes it stands for.
    mutating func append(
        _ node: ONNXNode, kernel: any StepKernel, inputs: [String], tail: FusedTail
    ) {
        let residual = tail.residual.map { [$0] } ?? []
        var numbers: [Int?] = []
        for name in inputs + residual { numbers.append(inputNumber(name)) }
        var outputs = [number(tail.output)]
        // Only plain steps have more than one output.
        if tail.output == node.outputs.first {
            for name in node.outputs.dropFirst() {
                outputs.append(name.isEmpty ? unnamed() : number(name))
                available.insert(name)
            }
        }
        available.insert(tail.output)
        consumed.formUnion(tail.consumed)
        plan.steps.append(
            Step(
                label: node.label, operators: tail.operators, inputs: numbers, outputs: outputs,
                kernel: kernel))
    }

    private mutating func unnamed() -> Int {
        plan.valueCount += 1
        return plan.valueCount - 1
    }

    // MARK: What follows a node

    /// Takes a residual sum and then a clamp into the tail, as far as nobody else needs what lies
    /// between.
    mutating func extend(_ tail: inout FusedTail, residual: Bool) {
        if residual, let next = soleReader(tail.output), nodes[next].operatorName == "Add",
            nodes[next].domain.isEmpty, !consumed.contains(next)
        {
            let other = nodes[next].inputs.first { $0 != tail.output } ?? tail.output
            if other != tail.output, available.contains(other), constants[other] == nil,
                isSameShape(other, tail.output)
            {
                tail.residual = other
                tail.take(next, nodes[next])
            }
        }
        if let next = soleReader(tail.output), let clamp = clamp(nodes[next]),
            !consumed.contains(next)
        {
            tail.clamp = clamp
            tail.take(next, nodes[next])
        }
    }

    private func isSameShape(_ a: String, _ b: String) -> Bool {
        guard let first = shapes[a] ?? nil, let second = shapes[b] ?? nil,
            first.count == second.count, first.count >= 3
        else { return false }
        // The leading extent may be free; it is the batch of both.
        return zip(first, second).dropFirst().allSatisfy { $0 != nil && $0 == $1 }
    }

    /// Relu, or Clip with stored bounds.
    func clamp(_ node: ONNXNode) -> Clamp? {
        guard node.domain.isEmpty else { return nil }
        if node.operatorName == "Relu" { return .relu }
        guard node.operatorName == "Clip" else { return nil }
        var clamp = Clamp.none
        clamp.low = node.float("min", clamp.low)
        clamp.high = node.float("max", clamp.high)
        for (position, name) in node.inputs.enumerated().dropFirst() where !name.isEmpty {
            guard let bound = constants[name], bound.elementType == .float32, bound.count == 1
            else { return nil }
            let value = bound.tensor().values[0]
            if position == 1 { clamp.low = value } else { clamp.high = value }
        }
        return clamp
    }

    // MARK: Batch normalisation

    /// Scale and shift of each channel, from stored parameters.
    func normalization(_ node: ONNXNode) -> (scale: [Double], shift: [Double])? {
        guard node.operatorName == "BatchNormalization", node.domain.isEmpty,
            node.inputs.count == 5, node.integer("training_mode", 0) == 0,
            node.integer("spatial", 1) == 1,
            node.outputs.dropFirst().allSatisfy({ readers[$0] == nil })
        else { return nil }
        var columns: [[Double]] = []
        for name in node.inputs.dropFirst() {
            guard let stored = constants[name], stored.elementType == .float32,
                stored.shape.count == 1
            else { return nil }
            columns.append(stored.tensor().storage.doubles)
        }
        guard columns.allSatisfy({ $0.count == columns[0].count }) else { return nil }
        let epsilon = Double(node.float("epsilon", 1e-5))
        let scale = zip(columns[0], columns[3]).map { $0 / ($1 + epsilon).squareRoot() }
        let shift = columns[0].indices.map { columns[1][$0] - columns[2][$0] * scale[$0] }
        return (scale, shift)
    }

    private mutating func addBatchNormalization(_ index: Int) throws(CNNError) -> Bool {
        let node = nodes[index]
        guard let (scale, shift) = normalization(node),
            let packedScale = PackedFloats(scale.map { Float($0) }, block: &block),
            let packedShift = PackedFloats(shift.map { Float($0) }, block: &block)
        else { return false }
        var tail = tail(node)
        extend(&tail, residual: false)
        // Before a convolution or pooling: applied while its input is gathered.
        if tail.clamp.high == .infinity, let next = soleReader(tail.output),
            takesPrologue(nodes[next], channels: scale.count)
        {
            let prologue = Prologue(scale: packedScale, shift: packedShift, low: tail.clamp.low)
            prologues[next] = (node.inputs[0], prologue)
            consumed.formUnion(tail.consumed)
            return true
        }
        // The plain operator stands for the normalisation alone, so the clamp is fused only where
        // the input is known to be a map.
        guard (shapes[node.inputs[0]] ?? nil)?.count ?? 0 >= 3 else { return false }
        let kernel = PointwiseKernel(
            scale: packedScale, shift: packedShift, clamp: tail.clamp, fallback: try plain(node))
        // The parameters are read only where the plain operator takes over.
        append(node, kernel: kernel, inputs: node.inputs, tail: tail)
        return true
    }

    private func takesPrologue(_ node: ONNXNode, channels: Int) -> Bool {
        guard node.domain.isEmpty else { return false }
        if node.operatorName == "GlobalAveragePool" {
            return (shapes[node.inputs[0]] ?? nil)?.count ?? 0 >= 3
        }
        guard node.operatorName == "Conv", let weight = storedWeight(node) else { return false }
        return node.integer("group", 1) == 1 && weight.shape[1] == channels
    }

    // MARK: Small steps

    private mutating func addPointwise(_ index: Int) throws(CNNError) -> Bool {
        let node = nodes[index]
        var tail = tail(node)
        var kernel = PointwiseKernel(fallback: try plain(node))
        if node.operatorName == "Add" {
            kernel.adds = true
            if isSameShape(node.inputs[0], node.inputs[1]), constants[node.inputs[1]] == nil,
                constants[node.inputs[0]] == nil
            {
                extend(&tail, residual: false)
                kernel.clamp = tail.clamp
                // With a clamp fused the plain sum alone would not do; shapes are known to agree.
            }
            append(node, kernel: kernel, inputs: node.inputs, tail: tail)
            return true
        }
        guard let clamp = clamp(node) else { return false }
        kernel.clamp = clamp
        append(node, kernel: kernel, inputs: node.inputs, tail: tail)
        return true
    }

    private mutating func addConcat(_ index: Int) throws(CNNError) -> Bool {
        let node = nodes[index]
        guard isChannelConcat(node) else { return false }
        var kernel = ConcatKernel(fallback: try plain(node))
        let leaves = concatLeaves(node.outputs[0])
        let places = leaves.map { plan.numbers[$0].flatMap { plan.placements[$0] } }
        if let first = places.first ?? nil {
            var offset = first.offset
            var isRun = true
            for place in places {
                isRun = isRun && place?.group == first.group && place?.offset == offset
                offset += place?.channels ?? 0
            }
            if isRun {
                kernel.group = first.group
                kernel.groupOffset = first.offset
                let width = offset - first.offset
                kernel.endsGroup = width == plan.groupChannels[first.group]
            }
        }
        append(node, kernel: kernel, inputs: node.inputs, tail: tail(node))
        return true
    }

    private mutating func addFlatten(_ index: Int) throws(CNNError) -> Bool {
        let node = nodes[index]
        var keeps = node.operatorName == "Flatten" && node.integer("axis", 1) == 1
        if node.operatorName == "Reshape", node.inputs.count == 2,
            let target = constants[node.inputs[1]]?.tensor().storage.integers, target.count == 2
        {
            let channels = (shapes[node.inputs[0]] ?? nil).flatMap { $0.count > 1 ? $0[1] : nil }
            let allowsZero = node.integer("allowzero", 0) != 0
            let keepsRows = (target[0] == 0 && !allowsZero) || target[0] == -1
            let takesRest = target[1] == -1 || target[1] == channels
            keeps = keepsRows && takesRest && target != [-1, -1]
        }
        let kernel = FlattenKernel(keepsLeadingDimension: keeps, fallback: try plain(node))
        append(node, kernel: kernel, inputs: node.inputs, tail: tail(node))
        return true
    }

    private mutating func addDropout(_ index: Int) -> Bool {
        let node = nodes[index]
        guard node.outputs.dropFirst().allSatisfy({ readers[$0] == nil }) else { return false }
        var ratio = node.float("ratio", 0.5)
        if node.inputs.count > 1, !node.inputs[1].isEmpty {
            guard let stored = constants[node.inputs[1]], stored.count == 1 else { return false }
            ratio = stored.tensor().values[0]
        }
        guard ratio >= 0, ratio < 1,
            let position = plan.dropoutNodes.firstIndex(of: node.label)
        else { return false }
        append(
            node, kernel: DropoutKernel(index: position, ratio: ratio), inputs: [node.inputs[0]],
            tail: tail(node))
        return true
    }
}

extension FusedTail {
    /// Lets the step stand for one more node.
    mutating func take(_ index: Int, _ node: ONNXNode) {
        output = node.outputs[0]
        operators.append(node.operatorName)
        consumed.append(index)
    }
}
