// Forests of decision trees: TreeEnsembleClassifier and TreeEnsembleRegressor.

import Foundation

/// The nodes of all trees of an ensemble, laid out for walking.
struct TreeEnsemble: Sendable {
    enum Mode: UInt8, Sendable {
        case leaf, lessOrEqual, less, greaterOrEqual, greater, equal, notEqual
    }

    /// One node: 16 bytes, four to a cache line.
    struct Node: Sendable {
        var threshold: Float
        var feature: Int32
        /// Where the true branch lies; the false one is beside `yes`' own entry in `no`.
        var yes: Int32
        var no: Int32
    }

    var nodes: [Node] = []
    var modes: [Mode] = []
    var missingGoesYes: [Bool] = []
    /// Whether every split compares with <= and no missing value is sent the other way: the walk is
    /// then one comparison a level.
    var isUniform = true
    var roots: [Int32] = []
    /// Steps from each root to its deepest leaf.
    var depths: [Int] = []
    /// Weights of each leaf: (target, weight), as a run of `weights`.
    var leafRuns: [Range<Int32>] = []
    var weights: [(target: Int32, weight: Float)] = []
    var featureCount = 0
    var targetCount = 0

    init(_ call: OperatorCall, prefix: String) throws(CNNError) {
        let trees = call.integers("nodes_treeids") ?? []
        let numbers = call.integers("nodes_nodeids") ?? []
        let features = call.integers("nodes_featureids") ?? []
        let yes = call.integers("nodes_truenodeids") ?? []
        let no = call.integers("nodes_falsenodeids") ?? []
        let names = call.strings("nodes_modes") ?? []
        let thresholds = call.floats("nodes_values") ?? Self.doubles(call, "nodes_values_as_tensor")
        let missing = call.integers("nodes_missing_value_tracks_true") ?? []
        let count = trees.count
        guard count > 0, count < 1 << 28,
            [numbers.count, features.count, yes.count, no.count, names.count, thresholds.count]
                .allSatisfy({ $0 == count }), missing.isEmpty || missing.count == count
        else { throw call.fail("its node lists differ in length") }
        var places: [[Int]: Int] = [:]
        places.reserveCapacity(count)
        for index in 0..<count { places[[trees[index], numbers[index]]] = index }
        guard places.count == count else { throw call.fail("two nodes have one number") }
        let modeNames: [String: Mode] = [
            "LEAF": .leaf, "BRANCH_LEQ": .lessOrEqual, "BRANCH_LT": .less,
            "BRANCH_GTE": .greaterOrEqual, "BRANCH_GT": .greater, "BRANCH_EQ": .equal,
            "BRANCH_NEQ": .notEqual,
        ]
        var isChild = [Bool](repeating: false, count: count)
        for index in 0..<count {
            guard let mode = modeNames[names[index]] else {
                throw call.fail("mode \(names[index])")
            }
            var node = Node(threshold: thresholds[index], feature: 0, yes: 0, no: 0)
            if mode == .leaf {
                // A leaf leads to itself, so that rows may go on walking until the deepest is done.
                (node.threshold, node.yes, node.no) = (.infinity, Int32(index), Int32(index))
            } else {
                guard let a = places[[trees[index], yes[index]]],
                    let b = places[[trees[index], no[index]]], features[index] >= 0,
                    features[index] < 1 << 24, !isChild[a], !isChild[b], a != b
                else { throw call.fail("node \(numbers[index]) of tree \(trees[index])") }
                // A node has one parent, so that no walk goes in a circle.
                (isChild[a], isChild[b]) = (true, true)
                (node.yes, node.no) = (Int32(a), Int32(b))
                node.feature = Int32(features[index])
                featureCount = max(featureCount, features[index] + 1)
            }
            nodes.append(node)
            modes.append(mode)
            missingGoesYes.append(!missing.isEmpty && missing[index] != 0)
            if mode != .leaf, mode != .lessOrEqual || missingGoesYes[index] { isUniform = false }
        }
        roots = (0..<count).filter { !isChild[$0] }.map { Int32($0) }
        guard Set(roots.map { trees[Int($0)] }).count == roots.count else {
            throw call.fail("a tree has two roots")
        }
        depths = roots.map { depth(from: $0) }
        try addLeaves(call, prefix: prefix, places: places)
    }

    /// Steps from a root to its deepest leaf.
    private func depth(from root: Int32) -> Int {
        var level = [root]
        var depth = -1
        while !level.isEmpty {
            depth += 1
            level = level.filter { modes[Int($0)] != .leaf }
                .flatMap { [nodes[Int($0)].yes, nodes[Int($0)].no] }
        }
        return depth
    }

    private static func doubles(_ call: OperatorCall, _ name: String) -> [Float] {
        call.tensor(name)?.values ?? []
    }

    /// Weights of leaves, sorted by leaf so that each has one run.
    private mutating func addLeaves(
        _ call: OperatorCall, prefix: String, places: [[Int]: Int]
    ) throws(CNNError) {
        let trees = call.integers("\(prefix)_treeids") ?? []
        let numbers = call.integers("\(prefix)_nodeids") ?? []
        let targets = call.integers("\(prefix)_ids") ?? []
        let values =
            call.floats("\(prefix)_weights") ?? Self.doubles(call, "\(prefix)_weights_as_tensor")
        guard numbers.count == trees.count, targets.count == trees.count,
            values.count == trees.count, targets.allSatisfy({ 0..<(1 << 20) ~= $0 })
        else { throw call.fail("its leaf lists differ in length") }
        var runs = [[(Int32, Float)]](repeating: [], count: nodes.count)
        for index in trees.indices {
            guard let place = places[[trees[index], numbers[index]]] else {
                throw call.fail("a weight for node \(numbers[index]), which is not there")
            }
            runs[place].append((Int32(targets[index]), values[index]))
        }
        for run in runs {
            let start = Int32(weights.count)
            weights += run.map { (target: $0.0, weight: $0.1) }
            leafRuns.append(start..<Int32(weights.count))
        }
        targetCount = (targets.max() ?? -1) + 1
    }

    /// The leaf that a row of features ends in.
    private func leaf(from root: Int32, _ row: UnsafePointer<Float>) -> Int {
        var at = Int(root)
        while modes[at] != .leaf { at = step(at, row) }
        return at
    }

    /// The leaves of eight rows at once: each step waits for memory, so eight walks take little longer
    /// than one.
    private func leaves(
        from tree: Int, _ base: UnsafePointer<Float>, columns: Int
    ) -> SIMD8<Int32> {
        var at = SIMD8<Int32>(repeating: roots[tree])
        nodes.withUnsafeBufferPointer { nodes in
            for _ in 0..<depths[tree] {
                for lane in 0..<8 {
                    let node = nodes[Int(at[lane])]
                    let value = base[lane * columns + Int(node.feature)]
                    at[lane] = value <= node.threshold ? node.yes : node.no
                }
            }
        }
        return at
    }

    private func step(_ at: Int, _ row: UnsafePointer<Float>) -> Int {
        let node = nodes[at]
        let value = row[Int(node.feature)]
        var isTrue = false
        switch modes[at] {
        case .lessOrEqual: isTrue = value <= node.threshold
        case .less: isTrue = value < node.threshold
        case .greaterOrEqual: isTrue = value >= node.threshold
        case .greater: isTrue = value > node.threshold
        case .equal: isTrue = value == node.threshold
        case .notEqual: isTrue = value != node.threshold
        case .leaf: break
        }
        if value.isNaN, missingGoesYes[at] { isTrue = true }
        return Int(isTrue ? node.yes : node.no)
    }

    /// Sums (or least or greatest) of leaf weights for each row and target, in the trees' order.
    func scores(_ values: [Float], rows: Int, columns: Int, aggregate: String) -> [Float] {
        var result = [Float](repeating: 0, count: rows * targetCount)
        let isSum = aggregate == "SUM" || aggregate == "AVERAGE"
        var seen = [Bool](repeating: false, count: isSum ? 0 : rows * targetCount)
        values.withUnsafeBufferPointer { values in
            guard let base = values.baseAddress else { return }
            // Tree by tree over a block of rows: the tree stays in the cache.
            for block in stride(from: 0, to: rows, by: 512) {
                let end = min(rows, block + 512)
                for tree in roots.indices {
                    var row = block
                    while isUniform, row + 8 <= end {
                        let found = leaves(from: tree, base + row * columns, columns: columns)
                        for lane in 0..<8 {
                            add(Int(found[lane]), row + lane, aggregate, &result, &seen)
                        }
                        row += 8
                    }
                    for row in row..<end {
                        let found = leaf(from: roots[tree], base + row * columns)
                        add(found, row, aggregate, &result, &seen)
                    }
                }
            }
        }
        if aggregate == "AVERAGE" { return result.map { $0 / Float(roots.count) } }
        return result
    }
}

extension TreeEnsemble {
    /// Adds the weights of a leaf to a row's scores.
    private func add(
        _ leaf: Int, _ row: Int, _ aggregate: String, _ result: inout [Float], _ seen: inout [Bool]
    ) {
        for index in leafRuns[leaf] {
            let entry = weights[Int(index)]
            let place = row * targetCount + Int(entry.target)
            if seen.isEmpty {
                result[place] += entry.weight
            } else if !seen[place] {
                result[place] = entry.weight
                seen[place] = true
            } else {
                let held = result[place]
                result[place] =
                    aggregate == "MIN" ? min(held, entry.weight) : max(held, entry.weight)
            }
        }
    }
}

enum TreeEnsembleOperators {
    /// Rows of the input as float32 and the ensemble's sums over them.
    private static func evaluate(
        _ call: OperatorCall, prefix: String, aggregate: String
    ) throws(CNNError) -> (ensemble: TreeEnsemble, scores: [Float], rows: Int) {
        let ensemble: TreeEnsemble
        if let prepared = call.prepared as? TreeEnsemble {
            ensemble = prepared
        } else {
            ensemble = try TreeEnsemble(call, prefix: prefix)
        }
        let input = try call.input(0)
        let (rows, columns) = try MachineLearningOperators.table(input, call)
        guard columns >= ensemble.featureCount else {
            throw call.fail("it asks for column \(ensemble.featureCount - 1) of \(input.shape)")
        }
        let scores = ensemble.scores(
            input.values, rows: rows, columns: columns, aggregate: aggregate)
        return (ensemble, scores, rows)
    }

    static let regressor: OperatorFunction = { (call) throws(CNNError) in
        let (ensemble, sums, rows) = try evaluate(
            call, prefix: "target", aggregate: call.string("aggregate_function", "SUM"))
        let targets = max(ensemble.targetCount, min(call.integer("n_targets", 1), 1 << 20))
        let base = call.floats("base_values") ?? []
        var result = [Float](repeating: 0, count: try call.count([rows, targets]))
        for row in 0..<rows {
            var scores = (0..<targets).map { target in
                Double(
                    target < ensemble.targetCount ? sums[row * ensemble.targetCount + target] : 0)
                    + Double(target < base.count ? base[target] : 0)
            }
            MachineLearningOperators.transform(&scores, call.string("post_transform", "NONE"))
            for target in 0..<targets { result[row * targets + target] = Float(scores[target]) }
        }
        return [Tensor(shape: [rows, targets], values: result)]
    }

    static let classifier: OperatorFunction = { (call) throws(CNNError) in
        let (ensemble, sums, rows) = try evaluate(call, prefix: "class", aggregate: "SUM")
        let named = max(
            call.strings("classlabels_strings")?.count ?? 0,
            call.integers("classlabels_int64s")?.count ?? 0)
        let base = call.floats("base_values") ?? []
        let post = call.string("post_transform", "NONE")
        let classes = max(named, ensemble.targetCount)
        // One set of weights for two classes: they are the second's score.
        let isBinary = named == 2 && ensemble.targetCount <= 2 && isSingle(ensemble)
        var best: [Int] = []
        var result: [Float] = []
        result.reserveCapacity(try call.count([rows, classes]))
        for row in 0..<rows {
            var scores = (0..<classes).map { target in
                Double(
                    target < ensemble.targetCount ? sums[row * ensemble.targetCount + target] : 0)
                    + Double(target < base.count && !isBinary ? base[target] : 0)
            }
            if isBinary {
                let only = ensemble.weights.first.map { Int($0.target) } ?? 0
                let score = scores[only] + Double(base.count == 1 ? base[0] : base.last ?? 0)
                let isPositive = (ensemble.weights.allSatisfy { $0.weight >= 0 })
                best.append(score > (isPositive && post == "NONE" ? 0.5 : 0) ? 1 : 0)
                if post == "LOGISTIC" {
                    let p = 1 / (1 + exp(-score))
                    scores = [1 - p, p]
                } else {
                    scores = isPositive && post == "NONE" ? [1 - score, score] : [-score, score]
                    MachineLearningOperators.transform(&scores, post)
                }
            } else {
                best.append(scores.indices.max { scores[$0] < scores[$1] } ?? 0)
                MachineLearningOperators.transform(&scores, post)
            }
            result += scores.map { Float($0) }
        }
        return [
            try MachineLearningOperators.labels(call, best),
            Tensor(shape: [rows, classes], values: result),
        ]
    }

    /// Whether all leaves speak of one class.
    private static func isSingle(_ ensemble: TreeEnsemble) -> Bool {
        Set(ensemble.weights.map(\.target)).count == 1
    }
}
