// Forests of trees against the definition of ai.onnx.ml TreeEnsembleRegressor.

import CNN
import Foundation
import Testing
import WetreadTesting

/// Trees drawn at random, walked by the definition.
private struct Forest {
    struct Node {
        var mode = "LEAF"
        var feature = 0
        var threshold: Float = 0
        var missingGoesYes = false
        var yes = 0
        var no = 0
        var weights: [Float] = []
    }

    static let modes = [
        "BRANCH_LEQ", "BRANCH_LT", "BRANCH_GTE", "BRANCH_GT", "BRANCH_EQ", "BRANCH_NEQ",
    ]

    var trees: [[Node]] = []
    var features: Int
    var targets: Int
    var aggregate: String

    init(_ numbers: inout SplitMix64, modes: Int, aggregate: String) {
        features = numbers.integer(1...9)
        targets = numbers.integer(1...3)
        self.aggregate = aggregate
        let tracksMissing = numbers.flag()
        for _ in 0..<numbers.integer(1...12) {
            var nodes = [Node()]
            var open = [0]
            let depth = numbers.integer(0...9)
            while let place = open.popLast() {
                guard nodes.count < 200, depth > 0, numbers.integer(0...9) < depth else {
                    nodes[place].weights = numbers.floats(targets)
                    continue
                }
                nodes[place].mode = Self.modes[numbers.integer(0...(modes - 1))]
                nodes[place].feature = numbers.integer(0...(features - 1))
                // Few values, so that equality is met.
                nodes[place].threshold = Float(numbers.integer(-3...3)) / 2
                nodes[place].missingGoesYes = tracksMissing && numbers.flag()
                (nodes[place].yes, nodes[place].no) = (nodes.count, nodes.count + 1)
                open += [nodes.count, nodes.count + 1]
                nodes += [Node(), Node()]
            }
            trees.append(nodes)
        }
    }

    /// The sums of one row, in the order of the trees.
    func expected(_ row: ArraySlice<Float>) -> [Float] {
        let row = Array(row)
        var sums: [Float]?
        for nodes in trees {
            var place = 0
            while nodes[place].mode != "LEAF" {
                let node = nodes[place]
                let (x, t) = (row[node.feature], node.threshold)
                var isTrue =
                    switch node.mode {
                    case "BRANCH_LEQ": x <= t
                    case "BRANCH_LT": x < t
                    case "BRANCH_GTE": x >= t
                    case "BRANCH_GT": x > t
                    case "BRANCH_EQ": x == t
                    default: x != t
                    }
                if x.isNaN, node.missingGoesYes { isTrue = true }
                place = isTrue ? node.yes : node.no
            }
            let leaf = nodes[place].weights
            guard let held = sums else {
                sums = leaf
                continue
            }
            sums = zip(held, leaf).map { held, weight in
                switch aggregate {
                case "MIN": min(held, weight)
                case "MAX": max(held, weight)
                default: held + weight
                }
            }
        }
        let total = sums ?? []
        return aggregate == "AVERAGE" ? total.map { $0 / Float(trees.count) } : total
    }

    func model() throws -> ONNXModel {
        var lists: [String: [Int]] = [:]
        var (modes, values, weights): ([String], [Float], [Float]) = ([], [], [])
        for (tree, nodes) in trees.enumerated() {
            for (index, node) in nodes.enumerated() {
                lists["nodes_treeids", default: []].append(tree)
                lists["nodes_nodeids", default: []].append(index)
                lists["nodes_featureids", default: []].append(node.feature)
                lists["nodes_truenodeids", default: []].append(node.yes)
                lists["nodes_falsenodeids", default: []].append(node.no)
                lists["nodes_missing_value_tracks_true", default: []]
                    .append(node.missingGoesYes ? 1 : 0)
                modes.append(node.mode)
                values.append(node.threshold)
                for (target, weight) in node.weights.enumerated() {
                    lists["target_treeids", default: []].append(tree)
                    lists["target_nodeids", default: []].append(index)
                    lists["target_ids", default: []].append(target)
                    weights.append(weight)
                }
            }
        }
        var attributes = lists.mapValues { ModelWriter.Attribute.integers($0) }
        attributes["nodes_modes"] = .strings(modes)
        attributes["nodes_values"] = .floats(values)
        attributes["target_weights"] = .floats(weights)
        attributes["n_targets"] = .integer(targets)
        attributes["aggregate_function"] = .string(aggregate)
        var writer = ModelWriter()
        writer.input("x", [nil, features])
        writer.node(
            "TreeEnsembleRegressor", ["x"], ["y"], attributes, domain: "ai.onnx.ml")
        writer.output("y")
        return try writer.model()
    }
}

@Suite("Forests against the definition") struct ForestTests {
    @Test("Every row ends in its leaves, missing values too", arguments: 0..<60)
    func random(seed: Int) throws {
        var numbers = SplitMix64.replayable(seed: UInt64(seed))
        // The first four modes are thresholds, which the kernel walks; the others it does not.
        let forest = Forest(
            &numbers, modes: seed % 3 == 0 ? 6 : 4,
            aggregate: ["SUM", "SUM", "AVERAGE", "MIN", "MAX"][seed % 5])
        let rows = numbers.integer(1...300)
        let values = (0..<(rows * forest.features)).map { _ -> Float in
            let kind = numbers.integer(0...9)
            return kind == 0 ? .nan : Float(numbers.integer(-4...4)) / 2
        }
        let input = Tensor(shape: [rows, forest.features], values: values)
        let expected = stride(from: 0, to: values.count, by: forest.features)
            .flatMap { forest.expected(values[$0..<($0 + forest.features)]) }
        for threads in [1, 2] {
            let engine = try Engine(model: try forest.model(), threads: threads)
            let result = try engine.run(["x": input], allowsNaN: true)["y"]
            #expect(result?.values == expected, "threads \(threads) seed \(numbers.seed)")
        }
    }
}
