// Operators that change or tell a shape and leave the values as they are.

enum ShapeOperators {
    static let table: [String: OperatorFunction] = [
        "Flatten": flatten, "Reshape": reshape,
        "Identity": { (call) throws(CNNError) in [try call.input(0)] },
        "Dropout": dropout,
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

    /// The identity; random only through `Engine.runMonteCarlo`.
    private static func dropout(_ call: OperatorCall) throws(CNNError) -> [Tensor] {
        let input = try call.input(0)
        let kept = [Bool](repeating: true, count: input.count)
        return [input, Tensor(shape: input.shape, storage: .bool(kept))]
    }
}
