// Sums, extremes and norms along axes, and the operators that look for a place along one.

import Foundation

enum ReductionOperators {
    static let table: [String: OperatorFunction] = [
        "ReduceSum": reduce { $0.reduce(0, +) },
        "ReduceMean": reduce { $0.reduce(0, +) / Double($0.count) },
        "ReduceProd": reduce { $0.reduce(1, *) },
        "ReduceMax": reduce {
            $0.reduce(-Double.infinity) { $0.isNaN || $1.isNaN ? .nan : max($0, $1) }
        },
        "ReduceMin": reduce {
            $0.reduce(Double.infinity) { $0.isNaN || $1.isNaN ? .nan : min($0, $1) }
        },
        "ReduceL1": reduce { $0.reduce(0) { $0 + abs($1) } },
        "ReduceL2": reduce { $0.reduce(0) { $0 + $1 * $1 }.squareRoot() },
        "ReduceSumSquare": reduce { $0.reduce(0) { $0 + $1 * $1 } },
        "ReduceLogSum": reduce { log($0.reduce(0, +)) },
        "ReduceLogSumExp": reduce { values in
            let greatest = values.reduce(-Double.infinity, max)
            guard greatest.isFinite else { return greatest }
            return greatest + log(values.reduce(0) { $0 + exp($1 - greatest) })
        },
        "ArgMax": { (call) throws(CNNError) in try extreme(call) { $0 > $1 } },
        "ArgMin": { (call) throws(CNNError) in try extreme(call) { $0 < $1 } },
        "TopK": topK,
        "CumSum": cumulativeSum,
    ]

    /// Axes as an attribute in older opsets, as the second input in newer ones; none means all.
    private static func reduce(
        _ combine: @escaping @Sendable ([Double]) -> Double
    ) -> OperatorFunction {
        { (call) throws(CNNError) in
            let input = try call.input(0)
            let rank = input.shape.count
            var axes: Set<Int> = []
            for axis in try call.integers("axes", orInput: 1) ?? [] {
                axes.insert(try call.axis(axis, rank: rank))
            }
            if axes.isEmpty {
                if call.integer("noop_with_empty_axes", 0) != 0 {
                    // Each value is reduced alone: a square or an absolute value stays one.
                    let values = input.storage.doubles.map { combine([$0]) }
                    return [
                        Tensor(
                            shape: input.shape,
                            storage: try call.rounded(values, to: input.elementType))
                    ]
                }
                axes = Set(0..<rank)
            }
            let keeps = call.integer("keepdims", 1) != 0
            let kept = (0..<rank).filter { !axes.contains($0) }
            let moved = input.permuted(kept + axes.sorted())
            let rows = kept.map { input.shape[$0] }.reduce(1, *)
            let length = axes.map { input.shape[$0] }.reduce(1, *)
            let values = moved.storage.doubles
            let results = (0..<rows).map {
                combine(Array(values[($0 * length)..<(($0 + 1) * length)]))
            }
            let shape =
                keeps
                ? (0..<rank).map { axes.contains($0) ? 1 : input.shape[$0] }
                : kept.map { input.shape[$0] }
            return [Tensor(shape: shape, storage: try call.rounded(results, to: input.elementType))]
        }
    }

    /// Rows along one axis: their number, their length, and the step from one value to the next.
    private struct Rows {
        var outer: Int
        var length: Int
        var inner: Int

        init(_ shape: [Int], axis: Int) {
            outer = shape.prefix(axis).reduce(1, *)
            length = shape[axis]
            inner = shape.dropFirst(axis + 1).reduce(1, *)
        }

        /// Places of the values of one row.
        func places(_ row: Int) -> [Int] {
            let start = row / inner * length * inner + row % inner
            return (0..<length).map { start + $0 * inner }
        }
    }

    private static func extreme(
        _ call: OperatorCall, _ isBetter: (Double, Double) -> Bool
    ) throws(CNNError) -> [Tensor] {
        let input = try call.input(0)
        let axis = try call.axis(call.integer("axis", 0), rank: input.shape.count)
        let takesLast = call.integer("select_last_index", 0) != 0
        let rows = Rows(input.shape, axis: axis)
        guard rows.length > 0 else { throw call.fail("axis \(axis) of \(input.shape) is empty") }
        let values = input.storage.doubles
        let found = (0..<(rows.outer * rows.inner)).map { row -> Int64 in
            let places = rows.places(row)
            var best = 0
            for index in 1..<max(1, rows.length) {
                let (value, held) = (values[places[index]], values[places[best]])
                if isBetter(value, held) || (takesLast && value == held) { best = index }
            }
            return Int64(best)
        }
        var shape = input.shape
        if call.integer("keepdims", 1) != 0 { shape[axis] = 1 } else { shape.remove(at: axis) }
        return [Tensor(shape: shape, storage: .int64(found))]
    }

    /// The k greatest (or least) along an axis, in order; equal values by their place.
    private static func topK(_ call: OperatorCall) throws(CNNError) -> [Tensor] {
        let input = try call.input(0)
        let axis = try call.axis(call.integer("axis", -1), rank: input.shape.count)
        let rows = Rows(input.shape, axis: axis)
        let k = try call.opset < 10 ? call.integer("k", -1) : call.integers(1).first ?? -1
        guard 0...rows.length ~= k else { throw call.fail("k is \(k) of \(rows.length)") }
        let isLargest = call.integer("largest", 1) != 0
        let values = input.storage.doubles
        var shape = input.shape
        shape[axis] = k
        let count = try call.count(shape)
        var indices = [Int](repeating: 0, count: count)
        var chosen = [Int64](repeating: 0, count: count)
        for row in 0..<(rows.outer * rows.inner) {
            let places = rows.places(row)
            let order = places.indices.sorted { a, b in
                let (x, y) = (values[places[a]], values[places[b]])
                return x == y ? a < b : isLargest ? x > y : x < y
            }
            let start = row / max(1, rows.inner) * k * rows.inner + row % max(1, rows.inner)
            for rank in 0..<k {
                indices[start + rank * rows.inner] = places[order[rank]]
                chosen[start + rank * rows.inner] = Int64(order[rank])
            }
        }
        return [
            Tensor(shape: shape, storage: input.storage.selecting(indices)),
            Tensor(shape: shape, storage: .int64(chosen)),
        ]
    }

    private static func cumulativeSum(_ call: OperatorCall) throws(CNNError) -> [Tensor] {
        let input = try call.input(0)
        let axis = try call.axis(try call.integers(1).first ?? 0, rank: input.shape.count)
        let rows = Rows(input.shape, axis: axis)
        let isExclusive = call.integer("exclusive", 0) != 0
        var values = input.storage.doubles
        for row in 0..<(rows.outer * rows.inner) {
            var sum = 0.0
            var places = rows.places(row)
            if call.integer("reverse", 0) != 0 { places.reverse() }
            for place in places {
                let value = values[place]
                values[place] = isExclusive ? sum : sum + value
                sum += value
            }
        }
        return [
            Tensor(shape: input.shape, storage: try call.rounded(values, to: input.elementType))
        ]
    }
}
