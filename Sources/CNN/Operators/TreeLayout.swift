// A forest laid out for the kernel that walks it (CKernels/forest.c).

import CKernels

/// The nodes of an ensemble in the order they are walked: breadth first, children side by side, so
/// that a node names only the first.
struct TreeLayout: Sendable {
    private var nodes: [wt_tree_node] = []
    private var roots: [Int32] = []
    private var depths: [Int32] = []
    private var leaves: [Int32] = []
    private var leafTargets: [Int32] = []
    private var leafWeights: [Float] = []
    private let features: Int
    private let targets: Int

    /// Nil where a node compares in a way that is not a threshold: the plain walk takes those.
    init?(_ ensemble: TreeEnsemble) {
        features = ensemble.featureCount
        targets = ensemble.targetCount
        nodes.reserveCapacity(ensemble.nodes.count)
        for root in ensemble.roots {
            guard add(ensemble, root: Int(root)) else { return nil }
        }
        leaves.append(Int32(leafTargets.count))
    }

    /// Appends a tree; false if a node is not a threshold.
    private mutating func add(_ ensemble: TreeEnsemble, root: Int) -> Bool {
        roots.append(Int32(nodes.count))
        var level = [root]
        var depth: Int32 = -1
        // The place of a node's first child: where the next level begins, and two for each branch.
        while !level.isEmpty {
            depth += 1
            var next: [Int] = []
            let childrenStart = nodes.count + level.count
            for index in level {
                for entry in ensemble.leafRuns[index] {
                    if leaves.count == nodes.count { leaves.append(Int32(leafTargets.count)) }
                    leafTargets.append(ensemble.weights[Int(entry)].target)
                    leafWeights.append(ensemble.weights[Int(entry)].weight)
                }
                if leaves.count == nodes.count {
                    leaves.append(Int32(leafTargets.count))
                }
                guard ensemble.modes[index] != .leaf else {
                    nodes.append(
                        wt_tree_node(
                            threshold: .infinity, feature: Int32(features),
                            child: Int32(nodes.count), missing_goes_first: 0))
                    continue
                }
                guard let split = Self.split(ensemble, index) else { return false }
                nodes.append(
                    wt_tree_node(
                        threshold: split.threshold, feature: ensemble.nodes[index].feature,
                        child: Int32(childrenStart + next.count),
                        missing_goes_first: split.missingGoesFirst ? 1 : 0))
                next += [split.first, split.second]
            }
            level = next
        }
        depths.append(depth)
        return true
    }

    /// A comparison as `value <= threshold ? first : second`; nil where there is no such form.
    private static func split(
        _ ensemble: TreeEnsemble, _ index: Int
    ) -> (threshold: Float, first: Int, second: Int, missingGoesFirst: Bool)? {
        let node = ensemble.nodes[index]
        let (yes, no) = (Int(node.yes), Int(node.no))
        let missingGoesYes = ensemble.missingGoesYes[index]
        guard node.threshold.isFinite else { return nil }
        // value < t is value <= the number before t.
        switch ensemble.modes[index] {
        case .lessOrEqual: return (node.threshold, yes, no, missingGoesYes)
        case .less: return (node.threshold.nextDown, yes, no, missingGoesYes)
        case .greater: return (node.threshold, no, yes, !missingGoesYes)
        case .greaterOrEqual: return (node.threshold.nextDown, no, yes, !missingGoesYes)
        case .equal, .notEqual, .leaf: return nil
        }
    }

    /// Sums of leaf weights, `[rows][targets]`; nil if there is not enough memory.
    func sums(_ values: [Float], rows: Int, columns: Int, workers: WorkerPool) -> [Float]? {
        var status: Int32 = 0
        let sums = [Float](unsafeUninitializedCapacity: rows * targets) { target, initialized in
            status = run(values, rows: rows, columns: columns, workers, target)
            initialized = rows * targets
        }
        return status == 0 ? sums : nil
    }

    private func run(
        _ values: [Float], rows: Int, columns: Int, _ workers: WorkerPool,
        _ target: UnsafeMutableBufferPointer<Float>
    ) -> Int32 {
        nodes.withUnsafeBufferPointer { nodes in
            roots.withUnsafeBufferPointer { roots in
                depths.withUnsafeBufferPointer { depths in
                    leaves.withUnsafeBufferPointer { leaves in
                        leafTargets.withUnsafeBufferPointer { targets in
                            leafWeights.withUnsafeBufferPointer { weights in
                                var forest = wt_forest()
                                forest.nodes = nodes.baseAddress
                                forest.roots = roots.baseAddress
                                forest.depths = depths.baseAddress
                                forest.trees = Int32(roots.count)
                                forest.features = Int32(features)
                                forest.leaves = leaves.baseAddress
                                forest.leaf_targets = targets.baseAddress
                                forest.leaf_weights = weights.baseAddress
                                forest.targets = Int32(self.targets)
                                forest.tracks_missing =
                                    nodes.contains { $0.missing_goes_first != 0 } ? 1 : 0
                                return wt_forest_run(
                                    workers.handle, &forest, values, rows, columns,
                                    target.baseAddress)
                            }
                        }
                    }
                }
            }
        }
    }
}
