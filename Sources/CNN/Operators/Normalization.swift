// Normalisation over channels, images or trailing axes.

import Foundation

enum NormalizationOperators {
    static let table: [String: OperatorFunction] = [
        "BatchNormalization": batch, "InstanceNormalization": instance,
        "GroupNormalization": group, "LayerNormalization": layer,
        "RMSNormalization": rootMeanSquare,
        "LRN": localResponse, "LpNormalization": lp,
    ]

    /// y = (x - mean) / sqrt(var + epsilon) * scale + bias, a set for each channel.
    ///
    /// The training form takes mean and variance from the batch and also gives the running ones.
    private static func batch(_ call: OperatorCall) throws(CNNError) -> [Tensor] {
        let input = try call.input(0)
        guard call.integer("spatial", 1) == 1, input.shape.count >= 2 else {
            throw call.fail("only the form over channels is known, not of \(input.shape)")
        }
        var columns: [[Double]] = []
        for index in 1...4 {
            let column = try call.input(index).storage.doubles
            guard column.count == input.shape[1] else {
                throw call.fail("input \(index) has \(column.count) values for \(input.shape)")
            }
            columns.append(column)
        }
        let epsilon = Double(call.float("epsilon", 1e-5))
        let size = input.shape.dropFirst(2).reduce(1, *)
        let channels = input.shape[1]
        var values = input.storage.doubles
        var (mean, variance) = (columns[2], columns[3])
        var extra: [Tensor] = []
        if call.integer("training_mode", 0) != 0 {
            let momentum = Double(call.float("momentum", 0.9))
            for c in 0..<channels {
                let own = values.indices.filter { $0 / max(1, size) % channels == c }
                let count = Double(own.count)
                mean[c] = own.reduce(0) { $0 + values[$1] } / count
                variance[c] = own.reduce(0) { $0 + pow(values[$1] - mean[c], 2) } / count
            }
            for (running, current) in [(columns[2], mean), (columns[3], variance)] {
                let mixed = zip(running, current).map { $0 * momentum + $1 * (1 - momentum) }
                let type = try call.input(3).elementType
                extra.append(Tensor(shape: [channels], storage: try call.rounded(mixed, to: type)))
            }
        }
        for place in values.indices {
            let c = place / max(1, size) % channels
            let scale = columns[0][c] / (variance[c] + epsilon).squareRoot()
            values[place] = (values[place] - mean[c]) * scale + columns[1][c]
        }
        let result = try call.rounded(values, to: input.elementType)
        return [Tensor(shape: input.shape, storage: result)] + extra
    }

    /// Normalises runs of `length` values to mean 0 and variance 1.
    private static func normalize(_ values: inout [Double], length: Int, epsilon: Double) {
        guard length > 0 else { return }
        for start in stride(from: 0, to: values.count, by: length) {
            let run = start..<(start + length)
            let mean = values[run].reduce(0, +) / Double(length)
            let variance = values[run].reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(length)
            let factor = 1 / (variance + epsilon).squareRoot()
            for place in run { values[place] = (values[place] - mean) * factor }
        }
    }

    private static func instance(_ call: OperatorCall) throws(CNNError) -> [Tensor] {
        let input = try call.input(0)
        let (scale, bias) = (try call.input(1).storage.doubles, try call.input(2).storage.doubles)
        guard input.shape.count >= 2, scale.count == input.shape[1], bias.count == scale.count
        else {
            throw call.fail("\(scale.count) scales for \(input.shape)")
        }
        let size = input.shape.dropFirst(2).reduce(1, *)
        var values = input.storage.doubles
        normalize(&values, length: size, epsilon: Double(call.float("epsilon", 1e-5)))
        for place in values.indices {
            let c = place / max(1, size) % scale.count
            values[place] = values[place] * scale[c] + bias[c]
        }
        return [
            Tensor(shape: input.shape, storage: try call.rounded(values, to: input.elementType))
        ]
    }

    /// Scale and bias for each group in opset 18, for each channel since 21.
    private static func group(_ call: OperatorCall) throws(CNNError) -> [Tensor] {
        let input = try call.input(0)
        let groups = call.integer("num_groups", 0)
        let (scale, bias) = (try call.input(1).storage.doubles, try call.input(2).storage.doubles)
        guard input.shape.count >= 2, groups > 0, input.shape[1] % groups == 0,
            scale.count == (call.opset < 21 ? groups : input.shape[1]), bias.count == scale.count
        else { throw call.fail("\(groups) groups and \(scale.count) scales for \(input.shape)") }
        let size = input.shape.dropFirst(2).reduce(1, *)
        let channels = input.shape[1]
        var values = input.storage.doubles
        normalize(
            &values, length: channels / groups * size, epsilon: Double(call.float("epsilon", 1e-5)))
        for place in values.indices {
            let c = place / max(1, size) % channels * scale.count / channels
            values[place] = values[place] * scale[c] + bias[c]
        }
        return [
            Tensor(shape: input.shape, storage: try call.rounded(values, to: input.elementType))
        ]
    }

    /// Over all axes from `axis` on; also gives mean and 1 / deviation.
    private static func layer(_ call: OperatorCall) throws(CNNError) -> [Tensor] {
        let input = try call.input(0)
        let axis = try call.axis(call.integer("axis", -1), rank: input.shape.count)
        let length = input.shape.dropFirst(axis).reduce(1, *)
        let epsilon = Double(call.float("epsilon", 1e-5))
        var values = input.storage.doubles
        guard length > 0 else { return [input] }
        var means: [Double] = []
        var factors: [Double] = []
        for start in stride(from: 0, to: values.count, by: length) {
            let run = values[start..<(start + length)]
            let mean = run.reduce(0, +) / Double(length)
            let variance = run.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(length)
            means.append(mean)
            factors.append(1 / (variance + epsilon).squareRoot())
        }
        normalize(&values, length: length, epsilon: epsilon)
        let result = try scaled(values, input, call)
        let shape = input.shape.prefix(axis) + [Int](repeating: 1, count: input.shape.count - axis)
        return [
            result,
            Tensor(shape: Array(shape), storage: .float32(means.map { Float($0) })),
            Tensor(shape: Array(shape), storage: .float32(factors.map { Float($0) })),
        ]
    }

    private static func rootMeanSquare(_ call: OperatorCall) throws(CNNError) -> [Tensor] {
        let input = try call.input(0)
        let axis = try call.axis(call.integer("axis", -1), rank: input.shape.count)
        let length = input.shape.dropFirst(axis).reduce(1, *)
        let epsilon = Double(call.float("epsilon", 1e-5))
        var values = input.storage.doubles
        guard length > 0 else { return [input] }
        for start in stride(from: 0, to: values.count, by: length) {
            let run = start..<(start + length)
            let square = values[run].reduce(0) { $0 + $1 * $1 } / Double(length)
            let factor = 1 / (square + epsilon).squareRoot()
            for place in run { values[place] *= factor }
        }
        return [try scaled(values, input, call)]
    }

    /// Times the second input, plus the third if there is one, both broadcast.
    private static func scaled(
        _ values: [Double], _ input: Tensor, _ call: OperatorCall
    ) throws(CNNError) -> Tensor {
        var values = values
        for index in 1...2 {
            guard let operand = call.optional(index) else { continue }
            guard Broadcast.shape([operand.shape, input.shape]) == input.shape else {
                throw call.fail("input \(index) \(operand.shape) does not fit \(input.shape)")
            }
            let factors = operand.storage.doubles
            let places = Broadcast.indices(from: operand.shape, to: input.shape)
            for (place, from) in places.enumerated() {
                if index == 1 {
                    values[place] *= factors[from]
                } else {
                    values[place] += factors[from]
                }
            }
        }
        return Tensor(shape: input.shape, storage: try call.rounded(values, to: input.elementType))
    }

    /// y = x / (bias + alpha / size * Σ x²)^beta over neighbouring channels.
    private static func localResponse(_ call: OperatorCall) throws(CNNError) -> [Tensor] {
        let input = try call.input(0)
        let size = call.integer("size", 0)
        guard input.shape.count >= 2, 1...(1 << 16) ~= size else {
            throw call.fail("size \(size) over \(input.shape)")
        }
        let (alpha, beta) = (Double(call.float("alpha", 1e-4)), Double(call.float("beta", 0.75)))
        let bias = Double(call.float("bias", 1))
        let (channels, pixels) = (input.shape[1], input.shape.dropFirst(2).reduce(1, *))
        let values = input.storage.doubles
        let results = values.indices.map { place -> Double in
            let c = place / pixels % channels
            let first = max(0, c - (size - 1) / 2)
            let last = min(channels - 1, c + size / 2)
            var sum = 0.0
            for other in first...last {
                let value = values[place + (other - c) * pixels]
                sum += value * value
            }
            return values[place] / pow(bias + alpha / Double(size) * sum, beta)
        }
        return [
            Tensor(shape: input.shape, storage: try call.rounded(results, to: input.elementType))
        ]
    }

    private static func lp(_ call: OperatorCall) throws(CNNError) -> [Tensor] {
        let input = try call.input(0)
        let axis = try call.axis(call.integer("axis", -1), rank: input.shape.count)
        let p = Double(call.integer("p", 2))
        let (length, inner) = (input.shape[axis], input.shape.dropFirst(axis + 1).reduce(1, *))
        var values = input.storage.doubles
        guard length > 0 else { return [input] }
        for row in 0..<(values.count / length) {
            let start = row / inner * length * inner + row % inner
            let places = (0..<length).map { start + $0 * inner }
            let norm = pow(places.reduce(0) { $0 + pow(abs(values[$1]), p) }, 1 / p)
            for place in places { values[place] /= norm }
        }
        return [
            Tensor(shape: input.shape, storage: try call.rounded(values, to: input.elementType))
        ]
    }
}
