// Operators that change or tell a shape and leave the values as they are, and those that make
// tensors from shapes.

import Foundation

enum ShapeOperators {
    static let table: [String: OperatorFunction] = [
        "Flatten": flatten, "Reshape": reshape, "Squeeze": squeeze, "Unsqueeze": unsqueeze,
        "Shape": shape, "Expand": expand, "Tile": tile, "Constant": constant,
        "ConstantOfShape": constantOfShape, "Range": range, "Dropout": dropout,
        "Identity": { (call) throws(CNNError) in [try call.input(0)] },
        "Size": { (call) throws(CNNError) in
            [Tensor(shape: [], storage: .int64([Int64(try call.input(0).count)]))]
        },
    ]

    private static func flatten(_ call: OperatorCall) throws(CNNError) -> [Tensor] {
        let input = try call.input(0)
        let axis = try call.axis(call.integer("axis", 1), rank: input.shape.count, inclusive: true)
        let rows = input.shape.prefix(axis).reduce(1, *)
        return [input.reshaped([rows, input.shape.dropFirst(axis).reduce(1, *)])]
    }

    /// Zero copies the input's extent (unless allowzero), one -1 takes what is left.
    private static func reshape(_ call: OperatorCall) throws(CNNError) -> [Tensor] {
        let input = try call.input(0)
        var shape = try call.integers(1)
        if call.integer("allowzero", 0) == 0 {
            for (axis, extent) in shape.enumerated() where extent == 0 {
                guard axis < input.shape.count else { throw call.fail("it copies axis \(axis)") }
                shape[axis] = input.shape[axis]
            }
        }
        if let free = shape.firstIndex(of: -1) {
            shape[free] = 1
            guard let known = Tensor.count(shape), known > 0, input.count % known == 0 else {
                throw call.fail("\(input.shape) cannot become \(shape)")
            }
            shape[free] = input.count / known
        }
        guard Tensor.count(shape) == input.count else {
            throw call.fail("\(input.shape) cannot become \(shape)")
        }
        return [input.reshaped(shape)]
    }

    /// Axes as an attribute before opset 13, as the second input since.
    private static func squeeze(_ call: OperatorCall) throws(CNNError) -> [Tensor] {
        let input = try call.input(0)
        var removed: Set<Int> = []
        if let axes = try call.integers("axes", orInput: 1) {
            for axis in axes { removed.insert(try call.axis(axis, rank: input.shape.count)) }
            guard removed.allSatisfy({ input.shape[$0] == 1 }) else {
                throw call.fail("axes \(axes) of \(input.shape) are not all 1")
            }
        } else {
            removed = Set(input.shape.indices.filter { input.shape[$0] == 1 })
        }
        let kept = input.shape.indices.filter { !removed.contains($0) }
        return [input.reshaped(kept.map { input.shape[$0] })]
    }

    private static func unsqueeze(_ call: OperatorCall) throws(CNNError) -> [Tensor] {
        let input = try call.input(0)
        guard let axes = try call.integers("axes", orInput: 1) else {
            throw call.fail("axes are missing")
        }
        let rank = input.shape.count + axes.count
        var added: Set<Int> = []
        for axis in axes { added.insert(try call.axis(axis, rank: rank)) }
        guard added.count == axes.count else { throw call.fail("axes \(axes) repeat") }
        var rest = input.shape.makeIterator()
        let shape = (0..<rank).map { added.contains($0) ? 1 : rest.next() ?? 1 }
        return [input.reshaped(shape)]
    }

    private static func shape(_ call: OperatorCall) throws(CNNError) -> [Tensor] {
        let shape = try call.input(0).shape
        func bound(_ index: Int) -> Int {
            min(max(index < 0 ? index + shape.count : index, 0), shape.count)
        }
        let start = bound(call.integer("start", 0))
        let end = max(start, bound(call.integer("end", shape.count)))
        let part = shape[start..<end].map { Int64($0) }
        return [Tensor(shape: [part.count], storage: .int64(part))]
    }

    private static func expand(_ call: OperatorCall) throws(CNNError) -> [Tensor] {
        let input = try call.input(0)
        let wanted = try call.integers(1)
        guard wanted.allSatisfy({ $0 >= 0 }), let shape = Broadcast.shape([input.shape, wanted])
        else { throw call.fail("\(input.shape) cannot become \(wanted)") }
        _ = try call.count(shape)
        return [Tensor(shape: shape, storage: input.broadcast(to: shape))]
    }

    private static func tile(_ call: OperatorCall) throws(CNNError) -> [Tensor] {
        let input = try call.input(0)
        let repeats = try call.integers(1)
        guard repeats.count == input.shape.count, repeats.allSatisfy({ $0 >= 0 }) else {
            throw call.fail("\(repeats) does not repeat \(input.shape)")
        }
        // Each axis becomes two, one that repeats and one that walks.
        var split: [Int] = []
        var strides: [Int] = []
        for (axis, stride) in Strided.strides(input.shape).enumerated() {
            split += [repeats[axis], input.shape[axis]]
            strides += [0, stride]
        }
        _ = try call.count(split)
        let shape = zip(input.shape, repeats).map { $0 * $1 }
        let indices = Strided.indices(shape: split, strides: strides, offset: 0)
        return [Tensor(shape: shape, storage: input.storage.selecting(indices))]
    }

    private static func constant(_ call: OperatorCall) throws(CNNError) -> [Tensor] {
        if let tensor = call.tensor("value") { return [tensor] }
        switch call.node.attributes.first(where: { $0.key.hasPrefix("value_") })?.value {
        case .float(let value)?: return [Tensor(shape: [], values: [value])]
        case .integer(let value)?: return [Tensor(shape: [], storage: .int64([Int64(value)]))]
        case .string(let value)?: return [Tensor(shape: [], storage: .string([value]))]
        case .floats(let values)?: return [Tensor(shape: [values.count], values: values)]
        case .integers(let values)?:
            return [Tensor(shape: [values.count], storage: .int64(values.map { Int64($0) }))]
        case .strings(let values)?:
            return [Tensor(shape: [values.count], storage: .string(values))]
        default: throw call.fail("it has no value the engine knows")
        }
    }

    private static func constantOfShape(_ call: OperatorCall) throws(CNNError) -> [Tensor] {
        let shape = try call.integers(0)
        let value = call.tensor("value") ?? Tensor(shape: [1], values: [0])
        guard value.count == 1 else { throw call.fail("its value has \(value.count) elements") }
        let indices = [Int](repeating: 0, count: try call.count(shape))
        return [Tensor(shape: shape, storage: value.storage.selecting(indices))]
    }

    private static func range(_ call: OperatorCall) throws(CNNError) -> [Tensor] {
        let (start, limit, delta) = (try call.scalar(0), try call.scalar(1), try call.scalar(2))
        let steps = ((limit - start) / delta).rounded(.up)
        guard delta != 0, steps.isFinite, steps <= Double(OperatorCall.countMax) else {
            throw call.fail("it counts from \(start) to \(limit) by \(delta)")
        }
        let values = (0..<max(0, Int(steps))).map { start + Double($0) * delta }
        let storage = try call.rounded(values, to: try call.input(0).elementType)
        return [Tensor(shape: [values.count], storage: storage)]
    }

    /// The identity; random only through `Engine.runMonteCarlo`.
    private static func dropout(_ call: OperatorCall) throws(CNNError) -> [Tensor] {
        let input = try call.input(0)
        let kept = [Bool](repeating: true, count: input.count)
        return [input, Tensor(shape: input.shape, storage: .bool(kept))]
    }
}
