// Relu and its relatives: a function of each value alone, and Softmax along an axis.

import Foundation

enum ActivationOperators {
    static let table: [String: OperatorFunction] = [
        "Relu": relu,
        "LeakyRelu": { (call) throws(CNNError) in
            let alpha = Double(call.float("alpha", 0.01))
            return [try call.floating(try call.input(0)) { $0 < 0 ? alpha * $0 : $0 }]
        },
        "Elu": { (call) throws(CNNError) in
            let alpha = Double(call.float("alpha", 1))
            return [try call.floating(try call.input(0)) { $0 < 0 ? alpha * (exp($0) - 1) : $0 }]
        },
        "Celu": { (call) throws(CNNError) in
            let alpha = Double(call.float("alpha", 1))
            return [
                try call.floating(try call.input(0)) {
                    max(0, $0) + min(0, alpha * (exp($0 / alpha) - 1))
                }
            ]
        },
        "Selu": { (call) throws(CNNError) in
            let alpha = Double(call.float("alpha", 1.67326319217681884765625))
            let gamma = Double(call.float("gamma", 1.05070102214813232421875))
            return [
                try call.floating(try call.input(0)) {
                    gamma * ($0 <= 0 ? alpha * exp($0) - alpha : $0)
                }
            ]
        },
        "ThresholdedRelu": { (call) throws(CNNError) in
            let alpha = Double(call.float("alpha", 1))
            return [try call.floating(try call.input(0)) { $0 > alpha ? $0 : 0 }]
        },
        "Sigmoid": unary(single: { 1 / (1 + expf(-$0)) }, { 1 / (1 + exp(-$0)) }),
        "HardSigmoid": { (call) throws(CNNError) in
            let alpha = Double(call.float("alpha", 0.2))
            let beta = Double(call.float("beta", 0.5))
            return [try call.floating(try call.input(0)) { max(0, min(1, alpha * $0 + beta)) }]
        },
        "HardSwish": unary { $0 * max(0, min(1, $0 / 6 + 0.5)) },
        "Mish": unary { $0 * tanh(softplus($0)) },
        "Softplus": unary(softplus),
        "Softsign": unary { $0 / (1 + abs($0)) },
        "Tanh": unary(single: tanhf, tanh),
        "Erf": unary(single: erff, erf),
        "Gelu": gelu,
        "Softmax": softmax,
        "LogSoftmax": softmax,
    ]

    /// An operator that applies one function to each floating-point value.
    static func unary(
        single: (@Sendable (Float) -> Float)? = nil,
        _ double: @escaping @Sendable (Double) -> Double
    ) -> OperatorFunction {
        { (call) throws(CNNError) in
            [try call.floating(try call.input(0), single: single, double)]
        }
    }

    /// log(1 + exp(x)) without overflow.
    private static func softplus(_ x: Double) -> Double { max(x, 0) + log1p(exp(-abs(x))) }

    private static func relu(_ call: OperatorCall) throws(CNNError) -> [Tensor] {
        let input = try call.input(0)
        if let values = input.storage.integers, input.elementType != .bool {
            let bounded = TensorStorage.integers(values.map { max(0, $0) }, as: input.elementType)
            return [Tensor(shape: input.shape, storage: bounded)]
        }
        // Written so that what is not a number stays so.
        return [try call.floating(input, single: { $0 < 0 ? 0 : $0 }, { $0 < 0 ? 0 : $0 })]
    }

    private static func gelu(_ call: OperatorCall) throws(CNNError) -> [Tensor] {
        if call.string("approximate", "none") == "tanh" {
            let factor = (2 / Double.pi).squareRoot()
            return [
                try call.floating(try call.input(0)) {
                    0.5 * $0 * (1 + tanh(factor * ($0 + 0.044715 * $0 * $0 * $0)))
                }
            ]
        }
        return [
            try call.floating(try call.input(0)) { 0.5 * $0 * (1 + erf($0 / 2.0.squareRoot())) }
        ]
    }

    /// Softmax and LogSoftmax: along one axis since opset 13, over all from an axis on before.
    private static func softmax(_ call: OperatorCall) throws(CNNError) -> [Tensor] {
        let input = try call.input(0)
        let isNew = call.opset >= 13
        let axis = try call.axis(
            call.integer("axis", isNew ? -1 : 1), rank: max(1, input.shape.count),
            inclusive: !isNew)
        let outer = input.shape.prefix(axis).reduce(1, *)
        let length =
            isNew && !input.shape.isEmpty
            ? input.shape[axis] : input.shape.dropFirst(axis).reduce(1, *)
        let inner = outer * length == 0 ? 1 : input.count / (outer * length)
        let isLog = call.node.operatorName == "LogSoftmax"
        var values = input.storage.doubles
        for row in 0..<(outer * inner) where length > 0 {
            let start = row / inner * length * inner + row % inner
            let places = (0..<length).map { start + $0 * inner }
            let greatest = places.reduce(-Double.infinity) { max($0, values[$1]) }
            let sum = places.reduce(0) { $0 + exp(values[$1] - greatest) }
            for place in places {
                let shifted = values[place] - greatest
                values[place] = isLog ? shifted - log(sum) : exp(shifted) / sum
            }
        }
        return [
            Tensor(shape: input.shape, storage: try call.rounded(values, to: input.elementType))
        ]
    }
}

extension OperatorCall {
    /// Doubles rounded to a floating-point type, or to integers towards zero.
    func rounded(_ values: [Double], to type: ElementType) throws(CNNError) -> TensorStorage {
        switch type {
        case .float32: return .float32(values.map { Float($0) })
        case .float64: return .float64(values)
        case .float16: return .float16(values.map { Float16($0) })
        case .bfloat16: return .bfloat16(values.map { BFloat16(Float($0)) })
        case .string: throw fail("it does not make text")
        case .bool: return .bool(values.map { $0 != 0 })
        default:
            return .integers(values.map { Int(saturating: $0) }, as: type)
        }
    }
}

extension Int {
    /// The nearest integer towards zero; the bounds for what lies beyond, zero for NaN.
    init(saturating value: Double) {
        if value.isNaN {
            self = 0
        } else if value >= 9.2233720368547758e18 {
            self = .max
        } else if value <= -9.2233720368547758e18 {
            self = .min
        } else {
            self = Int(value)
        }
    }
}
