// Operators that move values about: which value goes where follows from shapes and indices, so each
// of them works out a list of places and is done for every element type.

enum MovementOperators {
    static let table: [String: OperatorFunction] = [
        "Transpose": transpose, "Slice": slice, "Gather": gather,
        "GatherElements": gatherElements, "GatherND": gatherND, "Pad": pad, "Trilu": trilu,
        "DepthToSpace": depthToSpace, "SpaceToDepth": spaceToDepth,
    ]

    private static func transpose(_ call: OperatorCall) throws(CNNError) -> [Tensor] {
        let input = try call.input(0)
        let rank = input.shape.count
        let order = call.integers("perm") ?? Array((0..<rank).reversed())
        guard order.sorted() == Array(0..<rank) else {
            throw call.fail("perm \(order) does not order \(rank) axes")
        }
        return [input.permuted(order)]
    }

    /// Starts, ends, axes and steps: attributes before opset 10, inputs since.
    private static func slice(_ call: OperatorCall) throws(CNNError) -> [Tensor] {
        let input = try call.input(0)
        let isOld = call.opset < 10
        let starts = try isOld ? call.integers("starts") ?? [] : call.integers(1)
        let ends = try isOld ? call.integers("ends") ?? [] : call.integers(2)
        let named = try isOld ? call.integers("axes") : call.optionalIntegers(3)
        let axes = named ?? Array(starts.indices)
        let steps = try call.optionalIntegers(4) ?? [Int](repeating: 1, count: starts.count)
        guard starts.count == ends.count, starts.count == axes.count, starts.count == steps.count,
            !steps.contains(0)
        else { throw call.fail("starts \(starts), ends \(ends), axes \(axes), steps \(steps)") }
        var shape = input.shape
        var strides = Strided.strides(shape)
        var offset = 0
        for (index, name) in axes.enumerated() {
            let axis = try call.axis(name, rank: shape.count)
            let (extent, step) = (input.shape[axis], steps[index])
            // An index counts from the end if negative and is held within the axis.
            func bound(_ value: Int, _ low: Int, _ high: Int) -> Int {
                min(max(value < 0 ? value &+ extent : value, low), high)
            }
            let start =
                step > 0 ? bound(starts[index], 0, extent) : bound(starts[index], 0, extent - 1)
            let end = step > 0 ? bound(ends[index], 0, extent) : bound(ends[index], -1, extent - 1)
            let distance = step > 0 ? end - start : start - end
            let count =
                distance <= 0 || extent == 0 ? 0 : (distance - 1) / abs(max(step, -.max)) + 1
            offset += count > 0 ? start * strides[axis] : 0
            shape[axis] = count
            strides[axis] = count > 1 ? strides[axis] * step : 0
        }
        return [
            Tensor(
                shape: shape,
                storage: input.storage.strided(shape: shape, strides: strides, offset: offset))
        ]
    }

    private static func place(
        _ index: Int, extent: Int, _ call: OperatorCall
    ) throws(CNNError) -> Int {
        let positive = index < 0 ? index &+ extent : index
        guard positive >= 0, positive < extent else {
            throw call.fail("index \(index) does not fit extent \(extent)")
        }
        return positive
    }

    private static func gather(_ call: OperatorCall) throws(CNNError) -> [Tensor] {
        let (input, chosen) = (try call.input(0), try call.input(1))
        let axis = try call.axis(call.integer("axis", 0), rank: input.shape.count)
        let extent = input.shape[axis]
        let inner = input.shape.dropFirst(axis + 1).reduce(1, *)
        let outer = input.shape.prefix(axis).reduce(1, *)
        var places: [Int] = []
        for index in try call.integers(1) { places.append(try place(index, extent: extent, call)) }
        let shape = input.shape.prefix(axis) + chosen.shape + input.shape.dropFirst(axis + 1)
        _ = try call.count(Array(shape))
        var runs: [Range<Int>] = []
        for row in 0..<outer {
            for place in places {
                let start = (row * extent + place) * inner
                runs.append(start..<(start + inner))
            }
        }
        return [Tensor(shape: Array(shape), storage: input.storage.selecting(runs: runs))]
    }

    private static func gatherElements(_ call: OperatorCall) throws(CNNError) -> [Tensor] {
        let (input, chosen) = (try call.input(0), try call.input(1))
        let indices = try elementPlaces(call, shape: input.shape, chosen: chosen)
        return [Tensor(shape: chosen.shape, storage: input.storage.selecting(indices))]
    }

    /// For each element of `chosen`, the place in `shape` with its own index replaced along an
    /// axis.
    static func elementPlaces(
        _ call: OperatorCall, shape: [Int], chosen: Tensor
    ) throws(CNNError) -> [Int] {
        let axis = try call.axis(call.integer("axis", 0), rank: shape.count)
        guard chosen.shape.count == shape.count,
            zip(chosen.shape, shape).enumerated().allSatisfy({ $0 == axis || $1.0 <= $1.1 })
        else { throw call.fail("indices \(chosen.shape) do not fit \(shape)") }
        var strides = Strided.strides(shape)
        let step = strides[axis]
        strides[axis] = 0
        var places = Strided.indices(shape: chosen.shape, strides: strides, offset: 0)
        for (position, index) in (chosen.storage.integers ?? []).enumerated() {
            places[position] += try place(index, extent: shape[axis], call) * step
        }
        return places
    }

    private static func gatherND(_ call: OperatorCall) throws(CNNError) -> [Tensor] {
        let (input, chosen) = (try call.input(0), try call.input(1))
        let batch = call.integer("batch_dims", 0)
        guard let depth = chosen.shape.last, batch >= 0, depth + batch <= input.shape.count,
            batch < chosen.shape.count,
            input.shape.prefix(batch) == chosen.shape.prefix(batch)
        else { throw call.fail("indices \(chosen.shape) do not fit \(input.shape)") }
        let inner = input.shape.dropFirst(batch + depth).reduce(1, *)
        let rows = input.shape.prefix(batch).reduce(1, *)
        let perRow = rows == 0 ? 0 : chosen.count / max(1, depth) / rows
        let size = input.shape.dropFirst(batch).reduce(1, *)
        let values = try call.integers(1)
        var indices: [Int] = []
        for tuple in 0..<(rows * perRow) {
            var start = 0
            for k in 0..<depth {
                let extent = input.shape[batch + k]
                start =
                    start * extent + (try place(values[tuple * depth + k], extent: extent, call))
            }
            start = tuple / max(1, perRow) * size + start * inner
            indices += start..<(start + inner)
        }
        let shape = chosen.shape.dropLast() + input.shape.dropFirst(batch + depth)
        return [Tensor(shape: Array(shape), storage: input.storage.selecting(indices))]
    }

    /// Constant, reflect, edge and wrap; negative pads cut.
    ///
    /// An axis' source is worked out alone.
    private static func pad(_ call: OperatorCall) throws(CNNError) -> [Tensor] {
        let input = try call.input(0)
        let rank = input.shape.count
        let given = try call.opset < 11 ? call.integers("pads") ?? [] : call.integers(1)
        let axes = try call.optionalIntegers(3) ?? Array(0..<rank)
        guard given.count == 2 * axes.count else {
            throw call.fail("pads \(given) for rank \(rank)")
        }
        var before = [Int](repeating: 0, count: rank)
        var after = before
        for (index, name) in axes.enumerated() {
            let axis = try call.axis(name, rank: rank)
            before[axis] = given[index]
            after[axis] = given[axes.count + index]
        }
        let mode = call.string("mode", "constant")
        var shape: [Int] = []
        var sources: [[Int?]] = []
        for axis in 0..<rank {
            let extent = input.shape[axis]
            let (length, overflow) = (extent &+ before[axis]).addingReportingOverflow(after[axis])
            guard !overflow, length >= 0, length <= OperatorCall.countMax else {
                throw call.fail("pads \(given) do not fit \(input.shape)")
            }
            shape.append(length)
            sources.append((0..<length).map { source($0 - before[axis], extent, mode) })
        }
        _ = try call.count(shape)
        let fill: TensorStorage
        if call.opset < 11 {
            fill = try call.rounded([Double(call.float("value", 0))], to: input.elementType)
        } else if let value = call.optional(2), value.elementType == input.elementType {
            fill = value.storage
        } else {
            fill = input.storage.selecting([-1])
        }
        guard fill.count > 0 else { throw call.fail("its constant is empty") }
        // A row of the constant lies behind the input, so that each row is a few runs of values.
        let width = shape.last ?? 1
        let row = fill.strided(shape: [width], strides: [0], offset: 0)
        let joined = TensorStorage.joined([input.storage, row])
        return [
            Tensor(
                shape: shape,
                storage: joined.selecting(
                    runs: runs(sources, shape: input.shape, fill: input.count)))
        ]
    }

    /// Runs of places for every row of a padded tensor; `fill` is where a row of the constant lies.
    private static func runs(_ sources: [[Int?]], shape: [Int], fill: Int) -> [Range<Int>] {
        let strides = Strided.strides(shape)
        var starts: [Int?] = [0]
        for (axis, places) in sources.enumerated().dropLast() {
            starts = starts.flatMap { start in
                places.map { place in
                    guard let start, let place else { return nil }
                    return start + place * strides[axis]
                }
            }
        }
        // The last axis as runs of neighbours.
        let last = sources.last ?? [0]
        var segments: [(start: Int?, count: Int)] = []
        for place in last {
            if let held = segments.last, held.start.map({ $0 + held.count }) == place {
                segments[segments.count - 1].count += 1
            } else {
                segments.append((place, 1))
            }
        }
        return starts.flatMap { start -> [Range<Int>] in
            guard let start else { return [fill..<(fill + last.count)] }
            return segments.map { segment in
                let first = segment.start.map { start + $0 } ?? fill
                return first..<(first + segment.count)
            }
        }
    }

    private static func source(_ index: Int, _ extent: Int, _ mode: String) -> Int? {
        if index >= 0, index < extent { return index }
        guard extent > 0 else { return nil }
        switch mode {
        case "edge": return min(max(index, 0), extent - 1)
        case "wrap": return (index % extent + extent) % extent
        case "reflect":
            guard extent > 1 else { return 0 }
            let period = 2 * (extent - 1)
            let within = (index % period + period) % period
            return within < extent ? within : period - within
        default: return nil
        }
    }

    private static func trilu(_ call: OperatorCall) throws(CNNError) -> [Tensor] {
        let input = try call.input(0)
        guard input.shape.count >= 2 else { throw call.fail("its input has shape \(input.shape)") }
        let k = call.optional(1)?.storage.integers?.first ?? 0
        let isUpper = call.integer("upper", 1) != 0
        let (rows, columns) = (input.shape[input.shape.count - 2], input.shape.last ?? 1)
        let indices = (0..<input.count).map { place in
            let (row, column) = (place / columns % rows, place % columns)
            return (isUpper ? column - row >= k : column - row <= k) ? place : -1
        }
        return [Tensor(shape: input.shape, storage: input.storage.selecting(indices))]
    }

    private static func blockShape(
        _ call: OperatorCall
    ) throws(CNNError) -> (input: Tensor, block: Int) {
        let input = try call.input(0)
        let block = call.integer("blocksize", 0)
        guard input.shape.count == 4, block > 0, block < 1 << 16 else {
            throw call.fail("block \(block) does not fit \(input.shape)")
        }
        return (input, block)
    }

    private static func depthToSpace(_ call: OperatorCall) throws(CNNError) -> [Tensor] {
        let (input, b) = try blockShape(call)
        let (n, c, h, w) = (input.shape[0], input.shape[1], input.shape[2], input.shape[3])
        guard c % (b * b) == 0 else { throw call.fail("\(c) channels in blocks of \(b)") }
        let d = c / (b * b)
        let isCRD = call.string("mode", "DCR") == "CRD"
        let split = isCRD ? [n, d, b, b, h, w] : [n, b, b, d, h, w]
        let order = isCRD ? [0, 1, 4, 2, 5, 3] : [0, 3, 4, 1, 5, 2]
        return [input.reshaped(split).permuted(order).reshaped([n, d, h * b, w * b])]
    }

    private static func spaceToDepth(_ call: OperatorCall) throws(CNNError) -> [Tensor] {
        let (input, b) = try blockShape(call)
        let (n, c, h, w) = (input.shape[0], input.shape[1], input.shape[2], input.shape[3])
        guard h % b == 0, w % b == 0 else { throw call.fail("\(h) x \(w) in blocks of \(b)") }
        let split = input.reshaped([n, c, h / b, b, w / b, b])
        return [split.permuted([0, 3, 5, 1, 2, 4]).reshaped([n, c * b * b, h / b, w / b])]
    }
}

extension Tensor {
    /// The axes in another order, which holds each axis once.
    func permuted(_ order: [Int]) -> Tensor {
        let strides = Strided.strides(shape)
        let shape = order.map { self.shape[$0] }
        return Tensor(
            shape: shape,
            storage: storage.strided(
                shape: shape, strides: order.map { strides[$0] }, offset: 0))
    }
}
