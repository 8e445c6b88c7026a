// Concat, Split and the operators that write values into a copy.

enum JoinOperators {
    static let table: [String: OperatorFunction] = [
        "Concat": concat, "Split": split, "ScatterND": scatterND,
        "ScatterElements": scatterElements, "Scatter": scatterElements,
    ]

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
        if outer == 1 { return [Tensor(shape: shape, storage: joined)] }
        var runs: [Range<Int>] = []
        for row in 0..<outer {
            for (part, start) in zip(parts, starts) {
                let length = part.count / outer
                runs.append((start + row * length)..<(start + (row + 1) * length))
            }
        }
        return [Tensor(shape: shape, storage: joined.selecting(runs: runs))]
    }

    /// Sizes as an attribute before opset 13, as the second input since; else equal shares.
    private static func split(_ call: OperatorCall) throws(CNNError) -> [Tensor] {
        let input = try call.input(0)
        let axis = try call.axis(call.integer("axis", 0), rank: input.shape.count)
        let extent = input.shape[axis]
        let parts = max(1, call.integer("num_outputs", call.node.outputs.count))
        guard parts <= 1 << 16 else { throw call.fail("it splits into \(parts)") }
        var sizes = try call.integers("split", orInput: 1) ?? []
        if sizes.isEmpty {
            let share = (extent + parts - 1) / parts
            sizes = (0..<parts).map { max(0, min(share, extent - $0 * share)) }
        }
        guard sizes.allSatisfy({ 0...extent ~= $0 }), sizes.reduce(0, +) == extent else {
            throw call.fail("sizes \(sizes) do not split \(extent)")
        }
        let inner = input.shape.dropFirst(axis + 1).reduce(1, *)
        let outer = input.shape.prefix(axis).reduce(1, *)
        var start = 0
        return sizes.map { size in
            defer { start += size }
            let runs = (0..<outer).map { row in
                let from = (row * extent + start) * inner
                return from..<(from + size * inner)
            }
            var shape = input.shape
            shape[axis] = size
            return Tensor(shape: shape, storage: input.storage.selecting(runs: runs))
        }
    }

    private static func scatterElements(_ call: OperatorCall) throws(CNNError) -> [Tensor] {
        let (input, chosen) = (try call.input(0), try call.input(1))
        let updates = try call.input(2)
        guard updates.shape == chosen.shape else {
            throw call.fail("updates \(updates.shape) do not fit indices \(chosen.shape)")
        }
        let places = try MovementOperators.elementPlaces(call, shape: input.shape, chosen: chosen)
        return [try write(updates, at: places, into: input, call)]
    }

    private static func scatterND(_ call: OperatorCall) throws(CNNError) -> [Tensor] {
        let (input, chosen) = (try call.input(0), try call.input(1))
        let updates = try call.input(2)
        guard let depth = chosen.shape.last, depth <= input.shape.count,
            updates.shape == Array(chosen.shape.dropLast() + input.shape.dropFirst(depth))
        else { throw call.fail("updates \(updates.shape) do not fit \(input.shape)") }
        let inner = input.shape.dropFirst(depth).reduce(1, *)
        let values = try call.integers(1)
        var places: [Int] = []
        for tuple in 0..<(depth == 0 ? 1 : values.count / depth) {
            var start = 0
            for k in 0..<depth {
                let extent = input.shape[k]
                let index = values[tuple * depth + k]
                let positive = index < 0 ? index &+ extent : index
                guard positive >= 0, positive < extent else {
                    throw call.fail("index \(index) does not fit extent \(extent)")
                }
                start = start * extent + positive
            }
            places += (start * inner)..<((start + 1) * inner)
        }
        return [try write(updates, at: places, into: input, call)]
    }

    /// Writes (or adds, multiplies, ...) values at places, in order.
    private static func write(
        _ updates: Tensor, at places: [Int], into input: Tensor, _ call: OperatorCall
    ) throws(CNNError) -> Tensor {
        guard updates.elementType == input.elementType else {
            throw call.fail("updates are \(updates.elementType.name)")
        }
        let reduction = call.string("reduction", "none")
        if reduction == "none" {
            // The last writer of a place wins.
            var indices = Array(0..<input.count)
            for (position, place) in places.enumerated() { indices[place] = input.count + position }
            let joined = TensorStorage.joined([input.storage, updates.storage])
            return Tensor(shape: input.shape, storage: joined.selecting(indices))
        }
        var values = input.storage.doubles
        for (place, update) in zip(places, updates.storage.doubles) {
            switch reduction {
            case "add": values[place] += update
            case "mul": values[place] *= update
            case "min": values[place] = min(values[place], update)
            case "max": values[place] = max(values[place], update)
            default: throw call.fail("reduction '\(reduction)' is not known")
            }
        }
        return Tensor(shape: input.shape, storage: try call.rounded(values, to: input.elementType))
    }
}
