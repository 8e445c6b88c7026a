// Comparisons, truth values, choices and changes of type.

import Foundation

enum LogicOperators {
    static let table: [String: OperatorFunction] = [
        "Equal": equal,
        "Greater": comparison({ $0 > $1 }, { $0 > $1 }),
        "GreaterOrEqual": comparison({ $0 >= $1 }, { $0 >= $1 }),
        "Less": comparison({ $0 < $1 }, { $0 < $1 }),
        "LessOrEqual": comparison({ $0 <= $1 }, { $0 <= $1 }),
        "And": truth { $0 && $1 },
        "Or": truth { $0 || $1 },
        "Xor": truth { $0 != $1 },
        "Not": { (call) throws(CNNError) in
            let input = try call.input(0)
            guard case .bool(let values) = input.storage else {
                throw call.fail("it does not take \(input.elementType.name)")
            }
            return [Tensor(shape: input.shape, storage: .bool(values.map { !$0 }))]
        },
        "IsNaN": { (call) throws(CNNError) in
            let input = try call.input(0)
            let found = input.storage.doubles.map(\.isNaN)
            return [Tensor(shape: input.shape, storage: .bool(found))]
        },
        "IsInf": { (call) throws(CNNError) in
            let input = try call.input(0)
            let positive = call.integer("detect_positive", 1) != 0
            let negative = call.integer("detect_negative", 1) != 0
            let found = input.storage.doubles.map {
                $0.isInfinite && ($0 > 0 ? positive : negative)
            }
            return [Tensor(shape: input.shape, storage: .bool(found))]
        },
        "Where": choose,
        "Cast": cast,
        "CastLike": { (call) throws(CNNError) in
            [try convert(try call.input(0), to: try call.input(1).elementType, call)]
        },
    ]

    private static func comparison(
        _ double: @escaping @Sendable (Double, Double) -> Bool,
        _ integer: @escaping @Sendable (Int, Int) -> Bool
    ) -> OperatorFunction {
        { (call) throws(CNNError) in
            let (a, b) = (try call.input(0), try call.input(1))
            let pairs = try Pairs(a, b, call)
            if let x = a.storage.integers, let y = b.storage.integers {
                return [Tensor(shape: pairs.shape, storage: .bool(pairs.map(x, y, integer)))]
            }
            let results = pairs.map(a.storage.doubles, b.storage.doubles, double)
            return [Tensor(shape: pairs.shape, storage: .bool(results))]
        }
    }

    private static func equal(_ call: OperatorCall) throws(CNNError) -> [Tensor] {
        let (a, b) = (try call.input(0), try call.input(1))
        if case .string(let x) = a.storage, case .string(let y) = b.storage {
            let pairs = try Pairs(a, b, call)
            return [Tensor(shape: pairs.shape, storage: .bool(pairs.map(x, y) { $0 == $1 }))]
        }
        return try comparison({ $0 == $1 }, { $0 == $1 })(call)
    }

    private static func truth(
        _ combine: @escaping @Sendable (Bool, Bool) -> Bool
    ) -> OperatorFunction {
        { (call) throws(CNNError) in
            let (a, b) = (try call.input(0), try call.input(1))
            guard case .bool(let x) = a.storage, case .bool(let y) = b.storage else {
                throw call.fail("it takes truth values only")
            }
            let pairs = try Pairs(a, b, call)
            return [Tensor(shape: pairs.shape, storage: .bool(pairs.map(x, y, combine)))]
        }
    }

    /// Where: the second input where the first is true, else the third; all three broadcast.
    private static func choose(_ call: OperatorCall) throws(CNNError) -> [Tensor] {
        let (condition, a, b) = (try call.input(0), try call.input(1), try call.input(2))
        guard case .bool(let chosen) = condition.storage,
            let shape = Broadcast.shape([condition.shape, a.shape, b.shape])
        else {
            throw call.fail("shapes \(condition.shape), \(a.shape), \(b.shape) do not broadcast")
        }
        _ = try call.count(shape)
        let places = zip(
            Broadcast.indices(from: condition.shape, to: shape),
            zip(
                Broadcast.indices(from: a.shape, to: shape),
                Broadcast.indices(from: b.shape, to: shape)))
        let indices = places.map { chosen[$0] ? $1.0 : a.count + $1.1 }
        let joined = TensorStorage.joined([a.storage, b.storage])
        return [Tensor(shape: shape, storage: joined.selecting(indices))]
    }

    private static func cast(_ call: OperatorCall) throws(CNNError) -> [Tensor] {
        let number = call.integer("to", 0)
        guard let type = ElementType(rawValue: number) else {
            throw call.fail("element type \(number) is not known")
        }
        return [try convert(try call.input(0), to: type, call)]
    }

    private static func convert(
        _ input: Tensor, to type: ElementType, _ call: OperatorCall
    ) throws(CNNError) -> Tensor {
        if input.elementType == type { return input }
        let storage: TensorStorage
        if type == .string {
            storage = .string(words(input.storage))
        } else if case .string(let words) = input.storage {
            storage = try call.rounded(words.map { Double($0) ?? .nan }, to: type)
        } else if let values = input.storage.integers {
            storage = .integers(values, as: type)
        } else if case .float32(let values) = input.storage, type == .bfloat16 {
            storage = .bfloat16(values.map { BFloat16($0) })
        } else {
            storage = try call.rounded(input.storage.doubles, to: type)
        }
        return Tensor(shape: input.shape, storage: storage)
    }

    /// Numbers as NumPy writes them.
    private static func words(_ storage: TensorStorage) -> [String] {
        func word<Value: BinaryFloatingPoint & LosslessStringConvertible>(_ value: Value) -> String
        {
            if value.isNaN { return "NaN" }
            if value.isInfinite { return value < 0 ? "-INF" : "INF" }
            return String(value)
        }
        switch storage {
        case .float32(let values): return values.map(word)
        case .float64(let values): return values.map(word)
        case .float16(let values): return values.map { word(Float($0)) }
        case .bool(let values): return values.map { $0 ? "1" : "0" }
        default: return (storage.integers ?? []).map { String($0) }
        }
    }
}
