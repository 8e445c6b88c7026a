// Pooling, plain. The fast version is Engine/Kernels/PoolingKernel.swift over CKernels/pool_body.h.

import Foundation

enum PoolingOperators {
    static let table: [String: OperatorFunction] = [
        "MaxPool": maximum,
        "AveragePool": average,
        "LpPool": norm,
        "GlobalAveragePool": { (call) throws(CNNError) in
            try global(call) { $0.reduce(0, +) / Double($0.count) }
        },
        "GlobalMaxPool": { (call) throws(CNNError) in
            try global(call) { $0.reduce(-Double.infinity, max) }
        },
        "GlobalLpPool": { (call) throws(CNNError) in
            let p = Double(call.integer("p", 2))
            return try global(call) { pow($0.reduce(0) { $0 + pow(abs($1), p) }, 1 / p) }
        },
    ]

    private static func global(
        _ call: OperatorCall, _ combine: (ArraySlice<Double>) -> Double
    ) throws(CNNError) -> [Tensor] {
        let input = try call.input(0)
        guard input.shape.count >= 2 else { throw call.fail("its input has shape \(input.shape)") }
        let rows = input.shape[0] * input.shape[1]
        let size = input.shape.dropFirst(2).reduce(1, *)
        let values = input.storage.doubles
        let results = (0..<rows).map { combine(values[($0 * size)..<(($0 + 1) * size)]) }
        let shape =
            Array(input.shape.prefix(2)) + [Int](repeating: 1, count: input.shape.count - 2)
        return [Tensor(shape: shape, storage: try call.rounded(results, to: input.elementType))]
    }

    private static func geometry(
        _ call: OperatorCall, _ input: Tensor
    ) throws(CNNError) -> ConvolutionOperators.Geometry {
        guard let kernel = call.integers("kernel_shape"), input.shape.count >= 3 else {
            throw call.fail("kernel_shape is missing or its input has shape \(input.shape)")
        }
        return try ConvolutionOperators.Geometry(
            call, spatial: Array(input.shape.dropFirst(2)), kernel: kernel)
    }

    /// The second output holds the flat index of each maximum, by rows or (storage_order 1)
    /// columns.
    private static func maximum(_ call: OperatorCall) throws(CNNError) -> [Tensor] {
        let input = try call.input(0)
        let geometry = try geometry(call, input)
        let spatial = Array(input.shape.dropFirst(2))
        let size = spatial.reduce(1, *)
        let values = input.storage.doubles
        let positions = geometry.positions
        var results: [Double] = []
        var indices: [Int64] = []
        let windows = positions.map { geometry.taps(at: $0).map(\.offset) }
        for row in 0..<(input.shape[0] * input.shape[1]) {
            for window in windows {
                var best: Int?
                for offset in window {
                    if let found = best, !(values[row * size + offset] > values[row * size + found])
                    {
                        continue
                    }
                    best = offset
                }
                results.append(best.map { values[row * size + $0] } ?? -.infinity)
                let place = best ?? 0
                let ordered =
                    call.integer("storage_order", 0) == 0 ? place : columnMajor(place, spatial)
                indices.append(Int64(row * size + ordered))
            }
        }
        let shape = Array(input.shape.prefix(2)) + geometry.counts
        return [
            Tensor(shape: shape, storage: try call.rounded(results, to: input.elementType)),
            Tensor(shape: shape, storage: .int64(indices)),
        ]
    }

    private static func columnMajor(_ offset: Int, _ spatial: [Int]) -> Int {
        var rest = offset
        var index = [Int](repeating: 0, count: spatial.count)
        for axis in spatial.indices.reversed() {
            index[axis] = rest % spatial[axis]
            rest /= spatial[axis]
        }
        var result = 0
        for axis in spatial.indices.reversed() { result = result * spatial[axis] + index[axis] }
        return result
    }

    /// Calls `combine` with the values of each window and the number of its taps that lie in the
    /// padded input.
    private static func windows(
        _ call: OperatorCall, _ combine: ([Double], Int) -> Double
    ) throws(CNNError) -> [Tensor] {
        let input = try call.input(0)
        let geometry = try geometry(call, input)
        let size = input.shape.dropFirst(2).reduce(1, *)
        let values = input.storage.doubles
        let windows = geometry.positions.map { position in
            let padded = zip(geometry.axes, position).reduce(1) { product, pair in
                let (axis, place) = pair
                let start = place * axis.stride - axis.before
                let inside = (0..<axis.kernel).filter {
                    start + $0 * axis.dilation < axis.extent + axis.after
                }
                return product * inside.count
            }
            return (offsets: geometry.taps(at: position).map(\.offset), padded: padded)
        }
        var results: [Double] = []
        for row in 0..<(input.shape[0] * input.shape[1]) {
            for window in windows {
                results.append(
                    combine(window.offsets.map { values[row * size + $0] }, window.padded))
            }
        }
        let shape = Array(input.shape.prefix(2)) + geometry.counts
        return [Tensor(shape: shape, storage: try call.rounded(results, to: input.elementType))]
    }

    private static func average(_ call: OperatorCall) throws(CNNError) -> [Tensor] {
        let countsPadding = call.integer("count_include_pad", 0) != 0
        return try windows(call) { values, padded in
            values.reduce(0, +) / Double(countsPadding ? padded : values.count)
        }
    }

    private static func norm(_ call: OperatorCall) throws(CNNError) -> [Tensor] {
        let p = Double(call.integer("p", 2))
        return try windows(call) { values, _ in
            pow(values.reduce(0) { $0 + pow(abs($1), p) }, 1 / p)
        }
    }
}
