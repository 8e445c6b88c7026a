// Sums, products and the other functions of one, two or many values, with broadcasting.

import Foundation

enum ArithmeticOperators {
    static let table: [String: OperatorFunction] = [
        "Add": pair({ $0 + $1 }, { $0 + $1 }, { $0 &+ $1 }),
        "Sub": pair({ $0 - $1 }, { $0 - $1 }, { $0 &- $1 }),
        "Mul": pair({ $0 * $1 }, { $0 * $1 }, { $0 &* $1 }),
        "Div": pair({ $0 / $1 }, { $0 / $1 }, quotient),
        "PRelu": pair(
            { $0 < 0 ? $0 * $1 : $0 }, { $0 < 0 ? $0 * $1 : $0 }, { $0 < 0 ? $0 &* $1 : $0 }),
        "Pow": power,
        "Mod": modulo,
        "Min": many({ lesser($0, $1) }, { lesser($0, $1) }, { Swift.min($0, $1) }),
        "Max": many({ greater($0, $1) }, { greater($0, $1) }, { Swift.max($0, $1) }),
        "Sum": many({ $0 + $1 }, { $0 + $1 }, { $0 &+ $1 }),
        "Mean": mean,
        "Clip": clip,
        "Neg": either({ -$0 }, { 0 &- $0 }),
        "Abs": either({ Swift.abs($0) }, { $0 < 0 ? 0 &- $0 : $0 }),
        "Sign": either({ $0 > 0 ? 1 : $0 < 0 ? -1 : 0 }, { $0.signum() }),
        "Sqrt": ActivationOperators.unary(single: { $0.squareRoot() }, { $0.squareRoot() }),
        "Reciprocal": ActivationOperators.unary(single: { 1 / $0 }, { 1 / $0 }),
        "Exp": ActivationOperators.unary(single: expf, exp),
        "Log": ActivationOperators.unary(single: logf, log),
        "Floor": ActivationOperators.unary { $0.rounded(.down) },
        "Ceil": ActivationOperators.unary { $0.rounded(.up) },
        "Round": ActivationOperators.unary { $0.rounded(.toNearestOrEven) },
        "Sin": ActivationOperators.unary(sin), "Cos": ActivationOperators.unary(cos),
        "Tan": ActivationOperators.unary(tan), "Asin": ActivationOperators.unary(asin),
        "Acos": ActivationOperators.unary(acos), "Atan": ActivationOperators.unary(atan),
        "Sinh": ActivationOperators.unary(sinh), "Cosh": ActivationOperators.unary(cosh),
        "Asinh": ActivationOperators.unary(asinh), "Acosh": ActivationOperators.unary(acosh),
        "Atanh": ActivationOperators.unary(atanh),
    ]

    typealias Single = @Sendable (Float, Float) -> Float
    typealias Long = @Sendable (Double, Double) -> Double
    typealias Whole = @Sendable (Int, Int) -> Int

    static func pair(
        _ single: @escaping Single, _ double: @escaping Long, _ integer: @escaping Whole
    ) -> OperatorFunction {
        { (call) throws(CNNError) in
            [
                try call.binary(
                    try call.input(0), try call.input(1), single: single, double: double,
                    integer: integer)
            ]
        }
    }

    /// An operator of any number of inputs, taken two at a time.
    private static func many(
        _ single: @escaping Single, _ double: @escaping Long, _ integer: @escaping Whole
    ) -> OperatorFunction {
        { (call) throws(CNNError) in
            var result = try call.input(0)
            for other in call.given.dropFirst() {
                result = try call.binary(
                    result, other, single: single, double: double, integer: integer)
            }
            return [result]
        }
    }

    /// An operator of one input of any numeric type.
    private static func either(
        _ double: @escaping @Sendable (Double) -> Double,
        _ integer: @escaping @Sendable (Int) -> Int
    ) -> OperatorFunction {
        { (call) throws(CNNError) in
            let input = try call.input(0)
            guard let values = input.storage.integers, input.elementType != .bool else {
                return [try call.floating(input, double)]
            }
            let storage = TensorStorage.integers(values.map(integer), as: input.elementType)
            return [Tensor(shape: input.shape, storage: storage)]
        }
    }

    /// Not a number if either is, as NumPy has it.
    private static func lesser<Value: BinaryFloatingPoint>(_ a: Value, _ b: Value) -> Value {
        a.isNaN ? a : b.isNaN ? b : Swift.min(a, b)
    }

    private static func greater<Value: BinaryFloatingPoint>(_ a: Value, _ b: Value) -> Value {
        a.isNaN ? a : b.isNaN ? b : Swift.max(a, b)
    }

    /// Division towards zero; by zero gives zero, where C would stop the program.
    private static func quotient(_ a: Int, _ b: Int) -> Int {
        b == 0 ? 0 : a.dividedReportingOverflow(by: b).partialValue
    }

    private static func mean(_ call: OperatorCall) throws(CNNError) -> [Tensor] {
        var result = try call.input(0)
        for other in call.given.dropFirst() {
            result = try call.binary(
                result, other, single: { $0 + $1 }, double: { $0 + $1 }, integer: { $0 &+ $1 })
        }
        let count = Double(call.given.count)
        return [try call.floating(result) { $0 / count }]
    }

    /// The exponent may be of another type; the result has the base's.
    private static func power(_ call: OperatorCall) throws(CNNError) -> [Tensor] {
        let (base, exponent) = (try call.input(0), try call.input(1))
        let pairs = try Pairs(base, exponent, call)
        if let x = base.storage.integers, let y = exponent.storage.integers {
            let results = pairs.map(x, y, integerPower)
            return [
                Tensor(shape: pairs.shape, storage: .integers(results, as: base.elementType))
            ]
        }
        let results = pairs.map(base.storage.doubles, exponent.storage.doubles) { pow($0, $1) }
        return [
            Tensor(shape: pairs.shape, storage: try call.rounded(results, to: base.elementType))
        ]
    }

    private static func integerPower(_ base: Int, _ exponent: Int) -> Int {
        if exponent < 0 { return base == 1 ? 1 : base == -1 ? (exponent % 2 == 0 ? 1 : -1) : 0 }
        var result = 1
        var factor = base
        var rest = exponent
        while rest > 0 {
            if rest & 1 == 1 { result &*= factor }
            factor &*= factor
            rest >>= 1
        }
        return result
    }

    /// The sign of the divisor for integers (as Python), of the dividend with `fmod` (as C).
    private static func modulo(_ call: OperatorCall) throws(CNNError) -> [Tensor] {
        let isC = call.integer("fmod", 0) != 0
        let integer: Whole = { a, b in
            guard b != 0 else { return 0 }
            let rest = a.remainderReportingOverflow(dividingBy: b).partialValue
            return !isC && rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest
        }
        let double: Long = { a, b in
            let rest = fmod(a, b)
            return !isC && rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest
        }
        return [
            try call.binary(
                try call.input(0), try call.input(1),
                single: { Float(double(Double($0), Double($1))) }, double: double, integer: integer)
        ]
    }

    private static func clip(_ call: OperatorCall) throws(CNNError) -> [Tensor] {
        let input = try call.input(0)
        var low = -Double.infinity
        var high = Double.infinity
        if call.opset < 11 {
            low = Double(call.float("min", -.greatestFiniteMagnitude))
            high = Double(call.float("max", .greatestFiniteMagnitude))
        } else {
            low = call.optional(1)?.storage.doubles.first ?? low
            high = call.optional(2)?.storage.doubles.first ?? high
        }
        if let values = input.storage.integers {
            let (least, most) = (Int(saturating: low), Int(saturating: high))
            let bounded = values.map { Swift.min(Swift.max($0, least), most) }
            let storage = TensorStorage.integers(bounded, as: input.elementType)
            return [Tensor(shape: input.shape, storage: storage)]
        }
        // The upper bound is applied last and wins where the bounds are crossed.
        return [
            try call.floating(input) { value in
                let raised = value < low ? low : value
                return raised > high ? high : raised
            }
        ]
    }
}
