// Sums, products and the other functions of one, two or many values, with broadcasting.

import Foundation

enum ArithmeticOperators {
    static let table: [String: OperatorFunction] = [
        "Add": pair({ $0 + $1 }, { $0 + $1 }, { $0 &+ $1 }),
        "Sub": pair({ $0 - $1 }, { $0 - $1 }, { $0 &- $1 }),
        "Mul": pair({ $0 * $1 }, { $0 * $1 }, { $0 &* $1 }),
        "Div": pair({ $0 / $1 }, { $0 / $1 }, quotient),
        "Clip": clip,
    ]

    typealias Single = @Sendable (Float, Float) -> Float
    typealias Double_ = @Sendable (Double, Double) -> Double
    typealias Whole = @Sendable (Int, Int) -> Int

    static func pair(
        _ single: @escaping Single, _ double: @escaping Double_, _ integer: @escaping Whole
    ) -> OperatorFunction {
        { (call) throws(CNNError) in
            [
                try call.binary(
                    try call.input(0), try call.input(1), single: single, double: double,
                    integer: integer)
            ]
        }
    }

    /// Division towards zero; by zero gives zero, where C would stop the program.
    private static func quotient(_ a: Int, _ b: Int) -> Int {
        b == 0 ? 0 : a.dividedReportingOverflow(by: b).partialValue
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
            let bounded = values.map { min(max($0, least), most) }
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
