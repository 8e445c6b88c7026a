// Applying a function to each value, and broadcasting.

/// Shapes side by side, as NumPy and ONNX broadcast them.
enum Broadcast {
    /// The common shape, or nil if two extents differ and neither is 1.
    static func shape(_ shapes: [[Int]]) -> [Int]? {
        let rank = shapes.map(\.count).max() ?? 0
        var result = [Int](repeating: 1, count: rank)
        for shape in shapes {
            for (position, extent) in shape.enumerated() {
                let at = rank - shape.count + position
                if result[at] == 1 {
                    result[at] = extent
                } else if extent != 1, extent != result[at] {
                    return nil
                }
            }
        }
        return result
    }

    /// For each element of `shape`, in order, the place of its source in a tensor of shape `from`.
    static func indices(from: [Int], to shape: [Int]) -> [Int] {
        if from == shape { return Array(0..<shape.reduce(1, *)) }
        return Strided.indices(shape: shape, strides: strides(from: from, to: shape), offset: 0)
    }

    /// Steps along each axis of `shape` in a tensor of shape `from`: 0 where it is repeated.
    static func strides(from: [Int], to shape: [Int]) -> [Int] {
        var strides = [Int](repeating: 0, count: shape.count)
        var step = 1
        for position in from.indices.reversed() {
            let at = shape.count - from.count + position
            strides[at] = from[position] == 1 ? 0 : step
            step *= from[position]
        }
        return strides
    }
}

extension Tensor {
    /// The values spread over a shape that this one broadcasts to.
    func broadcast(to shape: [Int]) -> TensorStorage {
        if self.shape == shape { return storage }
        return storage.strided(
            shape: shape, strides: Broadcast.strides(from: self.shape, to: shape), offset: 0)
    }
}

/// Walking a tensor with a stride for each axis.
enum Strided {
    /// offset + Σ index[axis] * strides[axis] for each index of `shape`, row-major.
    static func indices(shape: [Int], strides: [Int], offset: Int) -> [Int] {
        let count = shape.reduce(1, *)
        guard count > 0 else { return [] }
        guard let inner = shape.last, let innerStride = strides.last else { return [offset] }
        var result: [Int] = []
        result.reserveCapacity(count)
        var index = [Int](repeating: 0, count: shape.count)
        var base = offset
        while true {
            for step in 0..<inner { result.append(base + step * innerStride) }
            var axis = shape.count - 2
            while axis >= 0 {
                index[axis] += 1
                base += strides[axis]
                if index[axis] < shape[axis] { break }
                base -= strides[axis] * shape[axis]
                index[axis] = 0
                axis -= 1
            }
            if axis < 0 { return result }
        }
    }

    /// Row-major strides of a shape.
    static func strides(_ shape: [Int]) -> [Int] {
        var strides = [Int](repeating: 1, count: shape.count)
        for axis in shape.indices.dropLast().reversed() {
            strides[axis] = strides[axis + 1] * shape[axis + 1]
        }
        return strides
    }
}

extension OperatorCall {
    /// Applies `double` to each floating-point value, in Float for float32 where `single` is given.
    func floating(
        _ tensor: Tensor, single: ((Float) -> Float)? = nil, _ double: (Double) -> Double
    ) throws(CNNError) -> Tensor {
        let storage: TensorStorage
        switch tensor.storage {
        case .float32(let values):
            storage = .float32(
                single.map { values.map($0) } ?? values.map { Float(double(Double($0))) })
        case .float64(let values): storage = .float64(values.map(double))
        case .float16(let values): storage = .float16(values.map { Float16(double(Double($0))) })
        case .bfloat16(let values):
            storage = .bfloat16(values.map { BFloat16(Float(double(Double($0.float)))) })
        default: throw fail("it does not take \(tensor.elementType.name)")
        }
        return Tensor(shape: tensor.shape, storage: storage)
    }

    /// Combines two tensors value by value after broadcasting, for any numeric type.
    func binary(
        _ a: Tensor, _ b: Tensor, single: (Float, Float) -> Float,
        double: (Double, Double) -> Double, integer: (Int, Int) -> Int
    ) throws(CNNError) -> Tensor {
        guard a.elementType == b.elementType else {
            throw fail("its inputs are \(a.elementType.name) and \(b.elementType.name)")
        }
        let pairs = try Pairs(a, b, self)
        let storage: TensorStorage
        switch (a.storage, b.storage) {
        case (.float32(let x), .float32(let y)): storage = .float32(pairs.map(x, y, single))
        case (.float64(let x), .float64(let y)): storage = .float64(pairs.map(x, y, double))
        case (.float16(let x), .float16(let y)):
            storage = .float16(pairs.map(x, y) { Float16(single(Float($0), Float($1))) })
        case (.bfloat16(let x), .bfloat16(let y)):
            storage = .bfloat16(pairs.map(x, y) { BFloat16(single($0.float, $1.float)) })
        case (.uint64(let x), .uint64(let y)):
            storage = .uint64(
                pairs.map(x, y) {
                    UInt64(
                        truncatingIfNeeded: integer(
                            Int(truncatingIfNeeded: $0), Int(truncatingIfNeeded: $1)))
                })
        default:
            guard let x = a.storage.integers, let y = b.storage.integers else {
                throw fail("it does not take \(a.elementType.name)")
            }
            storage = .integers(pairs.map(x, y, integer), as: a.elementType)
        }
        return Tensor(shape: pairs.shape, storage: storage)
    }
}

extension TensorStorage {
    /// Integers narrowed to a type, wrapping where they do not fit, as C does.
    static func integers(_ values: [Int], as type: ElementType) -> TensorStorage {
        switch type {
        case .uint8: .uint8(values.map { UInt8(truncatingIfNeeded: $0) })
        case .int8: .int8(values.map { Int8(truncatingIfNeeded: $0) })
        case .uint16: .uint16(values.map { UInt16(truncatingIfNeeded: $0) })
        case .int16: .int16(values.map { Int16(truncatingIfNeeded: $0) })
        case .int32: .int32(values.map { Int32(truncatingIfNeeded: $0) })
        case .uint32: .uint32(values.map { UInt32(truncatingIfNeeded: $0) })
        case .uint64: .uint64(values.map { UInt64(truncatingIfNeeded: $0) })
        case .bool: .bool(values.map { $0 != 0 })
        case .float32: .float32(values.map { Float($0) })
        case .float64: .float64(values.map { Double($0) })
        case .float16: .float16(values.map { Float16($0) })
        case .bfloat16: .bfloat16(values.map { BFloat16(Float($0)) })
        case .string: .string(values.map { String($0) })
        case .int64: .int64(values.map { Int64($0) })
        }
    }
}

/// Two tensors broadcast against one another.
struct Pairs {
    let shape: [Int]
    private let first: [Int]?
    private let second: [Int]?
    private let count: Int

    init(_ a: Tensor, _ b: Tensor, _ call: OperatorCall) throws(CNNError) {
        guard let shape = Broadcast.shape([a.shape, b.shape]) else {
            throw call.fail("shapes \(a.shape) and \(b.shape) do not broadcast")
        }
        self.shape = shape
        count = try call.count(shape)
        first = a.shape == shape ? nil : Broadcast.indices(from: a.shape, to: shape)
        second = b.shape == shape ? nil : Broadcast.indices(from: b.shape, to: shape)
    }

    func map<Element, Result>(
        _ a: [Element], _ b: [Element], _ combine: (Element, Element) -> Result
    ) -> [Result] {
        switch (first, second) {
        case (nil, nil): (0..<count).map { combine(a[$0], b[$0]) }
        case (nil, let y?): (0..<count).map { combine(a[$0], b[y[$0]]) }
        case (let x?, nil): (0..<count).map { combine(a[x[$0]], b[$0]) }
        case (let x?, let y?): (0..<count).map { combine(a[x[$0]], b[y[$0]]) }
        }
    }
}
