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
    var roots: [Int32] = []
    /// Weights of each leaf: (target, weight), as a run of `weights`.
    var leafRuns: [Range<Int32>] = []
    var weights: [(target: Int32, weight: Float)] = []
    var featureCount = 0
    var targetCount = 0
    /// The same for the kernel; nil where only the plain walk will do.
    var layout: TreeLayout?

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
                node.threshold = 0
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
        }
        roots = (0..<count).filter { !isChild[$0] }.map { Int32($0) }
        guard Set(roots.map { trees[Int($0)] }).count == roots.count else {
            throw call.fail("a tree has two roots")
        }
        try addLeaves(call, prefix: prefix, places: places)
        layout = TreeLayout(self)
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

    /// As `scores`, by the kernel where it will do.
    func scores(
        _ values: [Float], rows: Int, columns: Int, aggregate: String, workers: WorkerPool?
    ) -> [Float] {
        guard let workers, let layout, rows > 0, aggregate == "SUM" || aggregate == "AVERAGE",
            let sums = layout.sums(values, rows: rows, columns: columns, workers: workers)
        else { return scores(values, rows: rows, columns: columns, aggregate: aggregate) }
        return aggregate == "SUM" ? sums : sums.map { $0 / Float(roots.count) }
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
                for root in roots {
                    for row in block..<min(rows, block + 512) {
                        add(leaf(from: root, base + row * columns), row, aggregate, &result, &seen)
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
            input.values, rows: rows, columns: columns, aggregate: aggregate,
            workers: call.workers)
        return (ensemble, scores, rows)
    }

    /// Sums and base values as scores, `classes` a row.
    private static func scores(
        _ ensemble: TreeEnsemble, _ sums: [Float], rows: Int, classes: Int, base: [Float]
    ) -> [Double] {
        let targets = ensemble.targetCount
        if targets == classes, base.isEmpty { return sums.map { Double($0) } }
        var scores = [Double](repeating: 0, count: rows * classes)
        for row in 0..<rows {
            for target in 0..<classes {
                scores[row * classes + target] =
                    Double(target < targets ? sums[row * targets + target] : 0)
                    + Double(target < base.count ? base[target] : 0)
            }
        }
        return scores
    }

    /// Applies a `post_transform` to each row.
    private static func transformed(_ scores: [Double], _ classes: Int, _ name: String) -> [Float] {
        if name == "NONE" { return scores.map { Float($0) } }
        var result: [Float] = []
        result.reserveCapacity(scores.count)
        for start in stride(from: 0, to: scores.count, by: max(1, classes)) {
            var row = Array(scores[start..<(start + classes)])
            MachineLearningOperators.transform(&row, name)
            result += row.map { Float($0) }
        }
        return result
    }

    static let regressor: OperatorFunction = { (call) throws(CNNError) in
        let (ensemble, sums, rows) = try evaluate(
            call, prefix: "target", aggregate: call.string("aggregate_function", "SUM"))
        let targets = max(ensemble.targetCount, min(call.integer("n_targets", 1), 1 << 20))
        _ = try call.count([rows, targets])
        let scores = scores(
            ensemble, sums, rows: rows, classes: targets, base: call.floats("base_values") ?? [])
        return [
            Tensor(
                shape: [rows, targets],
                values: transformed(scores, targets, call.string("post_transform", "NONE")))
        ]
    }

    static let classifier: OperatorFunction = { (call) throws(CNNError) in
        let (ensemble, sums, rows) = try evaluate(call, prefix: "class", aggregate: "SUM")
        let named = max(
            call.strings("classlabels_strings")?.count ?? 0,
            call.integers("classlabels_int64s")?.count ?? 0)
        let base = call.floats("base_values") ?? []
        let classes = max(named, ensemble.targetCount)
        _ = try call.count([rows, classes])
        // One set of weights for two classes: they are the second's score.
        if named == 2, ensemble.targetCount <= 2, isSingle(ensemble) {
            return try binary(call, ensemble, sums: sums, rows: rows, base: base)
        }
        let scores = scores(ensemble, sums, rows: rows, classes: classes, base: base)
        let best = (0..<rows).map { row in
            (0..<classes).max { scores[row * classes + $0] < scores[row * classes + $1] } ?? 0
        }
        return [
            try MachineLearningOperators.labels(call, best),
            Tensor(
                shape: [rows, classes],
                values: transformed(scores, classes, call.string("post_transform", "NONE"))),
        ]
    }

    /// Two classes of which the leaves know only one.
    private static func binary(
        _ call: OperatorCall, _ ensemble: TreeEnsemble, sums: [Float], rows: Int, base: [Float]
    ) throws(CNNError) -> [Tensor] {
        let post = call.string("post_transform", "NONE")
        let only = ensemble.weights.first.map { Int($0.target) } ?? 0
        let shift = Double(base.count == 1 ? base[0] : base.last ?? 0)
        let isPositive = ensemble.weights.allSatisfy { $0.weight >= 0 }
        let threshold = isPositive && post == "NONE" ? 0.5 : 0
        var best: [Int] = []
        var result: [Float] = []
        best.reserveCapacity(rows)
        result.reserveCapacity(2 * rows)
        for row in 0..<rows {
            let score = Double(sums[row * ensemble.targetCount + only]) + shift
            best.append(score > threshold ? 1 : 0)
            if post == "LOGISTIC" {
                let p = 1 / (1 + exp(-score))
                result += [Float(1 - p), Float(p)]
            } else if post == "NONE" {
                result += [Float(isPositive ? 1 - score : -score), Float(score)]
            } else {
                var scores = [-score, score]
                MachineLearningOperators.transform(&scores, post)
                result += scores.map { Float($0) }
            }
        }
        return [
            try MachineLearningOperators.labels(call, best),
            Tensor(shape: [rows, 2], values: result),
        ]
    }

    /// Whether all leaves speak of one class.
    private static func isSingle(_ ensemble: TreeEnsemble) -> Bool {
        Set(ensemble.weights.map(\.target)).count == 1
    }
}
