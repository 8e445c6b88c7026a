// Concat and Split.

enum JoinOperators {
    static let table: [String: OperatorFunction] = ["Concat": concat]

    private static func concat(_ call: OperatorCall) throws(CNNError) -> [Tensor] {
        let parts = call.given
        guard let first = parts.first else { throw call.fail("it has no inputs") }
        let axis = try call.axis(call.integer("axis", 1), rank: first.shape.count)
        var shape = first.shape
        shape[axis] = 0
        for part in parts {
            var other = part.shape
            guard other.count == shape.count, part.elementType == first.elementType else {
                throw call.fail("it joins \(first.shape) and \(part.shape)")
            }
            shape[axis] += other[axis]
            other[axis] = first.shape[axis]
            guard other == first.shape else {
                throw call.fail("it joins \(first.shape) and \(part.shape)")
            }
        }
        let outer = shape.prefix(axis).reduce(1, *)
        // All values one after another, then picked in their new order.
        let joined = TensorStorage.joined(parts.map(\.storage))
        var starts: [Int] = []
        var total = 0
        for part in parts {
            starts.append(total)
            total += part.count
        }
        var indices: [Int] = []
        indices.reserveCapacity(total)
        for row in 0..<outer {
            for (part, start) in zip(parts, starts) {
                let length = part.count / outer
                indices += (start + row * length)..<(start + (row + 1) * length)
            }
        }
        return [Tensor(shape: shape, storage: joined.selecting(indices))]
    }
}
