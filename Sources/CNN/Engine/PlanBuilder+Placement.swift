// Concatenations for nothing: their parts are written beside one another from the start.

extension PlanBuilder {
    func isChannelConcat(_ node: ONNXNode) -> Bool {
        guard node.operatorName == "Concat", node.domain.isEmpty,
            let shape = shapes[node.inputs[0]] ?? nil, shape.count >= 3
        else { return false }
        let axis = node.integer("axis", 0)
        return axis == 1 || axis == 1 - shape.count
    }

    private func maker(_ name: String) -> ONNXNode? {
        makers[name].map { nodes[$0] }
    }

    /// The values that a concatenation's result consists of, nested concatenations opened.
    func concatLeaves(_ name: String) -> [String] {
        guard let node = maker(name), isChannelConcat(node) else { return [name] }
        return node.inputs.flatMap(concatLeaves)
    }

    /// Gives each part of a concatenation its place in one map, the widest concatenations first: a
    /// dense block's shorter ones are then views of the front of its longest.
    mutating func placeConcatenations() {
        for (index, node) in nodes.enumerated() {
            for name in node.outputs { makers[name] = index }
        }
        var roots: [(leaves: [String], channels: [Int])] = []
        for (index, node) in nodes.enumerated()
        where !consumed.contains(index) && isChannelConcat(node) {
            let leaves = concatLeaves(node.outputs[0])
            let channels = leaves.compactMap { (shapes[$0] ?? nil).flatMap { $0[1] } }
            let isKnown = channels.count == leaves.count && Set(leaves).count == leaves.count
            if isKnown, leaves.allSatisfy({ constants[$0] == nil }) {
                roots.append((leaves, channels))
            }
        }
        roots.sort { $0.channels.reduce(0, +) > $1.channels.reduce(0, +) }
        for (leaves, channels) in roots {
            let isFree = leaves.allSatisfy { leaf in
                plan.numbers[leaf].flatMap { plan.placements[$0] } == nil
            }
            if isFree { place(leaves, channels) }
        }
    }

    private mutating func place(_ leaves: [String], _ channels: [Int]) {
        let group = plan.groupChannels.count
        plan.groupChannels.append(channels.reduce(0, +))
        var offset = 0
        for (leaf, count) in zip(leaves, channels) {
            let placement = Placement(group: group, offset: offset, channels: count)
            plan.placements[number(leaf)] = placement
            // In inference a Dropout hands its input on, so that must lie in the place as well.
            if let dropout = maker(leaf), dropout.operatorName == "Dropout",
                readers[dropout.inputs[0]]?.count == 1
            {
                plan.placements[number(dropout.inputs[0])] = placement
            }
            offset += count
        }
    }
}
