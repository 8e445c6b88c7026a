// What can be done with values of any element type without naming the type.

/// Calls a generic closure on the array inside a storage.
protocol StorageVisitor {
    associatedtype Result
    func visit<Element: Sendable>(
        _ values: [Element], _ wrap: ([Element]) -> TensorStorage, zero: Element
    ) -> Result
}

extension TensorStorage {
    func accept<Visitor: StorageVisitor>(_ visitor: Visitor) -> Visitor.Result {
        switch self {
        case .float32(let v): visitor.visit(v, TensorStorage.float32, zero: 0)
        case .uint8(let v): visitor.visit(v, TensorStorage.uint8, zero: 0)
        case .int8(let v): visitor.visit(v, TensorStorage.int8, zero: 0)
        case .uint16(let v): visitor.visit(v, TensorStorage.uint16, zero: 0)
        case .int16(let v): visitor.visit(v, TensorStorage.int16, zero: 0)
        case .int32(let v): visitor.visit(v, TensorStorage.int32, zero: 0)
        case .int64(let v): visitor.visit(v, TensorStorage.int64, zero: 0)
        case .string(let v): visitor.visit(v, TensorStorage.string, zero: "")
        case .bool(let v): visitor.visit(v, TensorStorage.bool, zero: false)
        case .float16(let v): visitor.visit(v, TensorStorage.float16, zero: 0)
        case .float64(let v): visitor.visit(v, TensorStorage.float64, zero: 0)
        case .uint32(let v): visitor.visit(v, TensorStorage.uint32, zero: 0)
        case .uint64(let v): visitor.visit(v, TensorStorage.uint64, zero: 0)
        case .bfloat16(let v):
            visitor.visit(v, TensorStorage.bfloat16, zero: BFloat16(bits: 0))
        }
    }

    /// How many values there are.
    public var count: Int {
        switch self {
        case .float32(let v): v.count
        case .uint8(let v): v.count
        case .int8(let v): v.count
        case .uint16(let v): v.count
        case .int16(let v): v.count
        case .int32(let v): v.count
        case .int64(let v): v.count
        case .string(let v): v.count
        case .bool(let v): v.count
        case .float16(let v): v.count
        case .float64(let v): v.count
        case .uint32(let v): v.count
        case .uint64(let v): v.count
        case .bfloat16(let v): v.count
        }
    }

    /// The element type.
    public var elementType: ElementType {
        switch self {
        case .float32: .float32
        case .uint8: .uint8
        case .int8: .int8
        case .uint16: .uint16
        case .int16: .int16
        case .int32: .int32
        case .int64: .int64
        case .string: .string
        case .bool: .bool
        case .float16: .float16
        case .float64: .float64
        case .uint32: .uint32
        case .uint64: .uint64
        case .bfloat16: .bfloat16
        }
    }

    /// Every value as Double: exact for all types but 64-bit integers beyond 2^53; text gives NaN.
    public var doubles: [Double] {
        switch self {
        case .float32(let v): v.map { Double($0) }
        case .uint8(let v): v.map { Double($0) }
        case .int8(let v): v.map { Double($0) }
        case .uint16(let v): v.map { Double($0) }
        case .int16(let v): v.map { Double($0) }
        case .int32(let v): v.map { Double($0) }
        case .int64(let v): v.map { Double($0) }
        case .string(let v): v.map { Double($0) ?? .nan }
        case .bool(let v): v.map { $0 ? 1 : 0 }
        case .float16(let v): v.map { Double($0) }
        case .float64(let v): v
        case .uint32(let v): v.map { Double($0) }
        case .uint64(let v): v.map { Double($0) }
        case .bfloat16(let v): v.map { Double($0.float) }
        }
    }

    /// Every value as Int, or nil where the type is not an integer or truth type.
    public var integers: [Int]? {
        switch self {
        case .uint8(let v): v.map { Int($0) }
        case .int8(let v): v.map { Int($0) }
        case .uint16(let v): v.map { Int($0) }
        case .int16(let v): v.map { Int($0) }
        case .int32(let v): v.map { Int($0) }
        case .int64(let v): v.map { Int($0) }
        case .bool(let v): v.map { $0 ? 1 : 0 }
        case .uint32(let v): v.map { Int($0) }
        case .uint64(let v): v.map { Int(truncatingIfNeeded: $0) }
        default: nil
        }
    }

    /// The values at `indices`, in that order; an index of -1 gives zero.
    func selecting(_ indices: [Int]) -> TensorStorage { accept(Selecting(indices: indices)) }
}

extension TensorStorage {
    /// The values of `runs`, one after another.
    func selecting(runs: [Range<Int>]) -> TensorStorage { accept(SelectingRuns(runs: runs)) }

    /// The value at offset + Σ index[axis] * strides[axis] for each index of `shape`, row-major.
    func strided(shape: [Int], strides: [Int], offset: Int) -> TensorStorage {
        accept(Walking(shape: shape, strides: strides, offset: offset))
    }
}

private struct SelectingRuns: StorageVisitor {
    var runs: [Range<Int>]

    func visit<Element: Sendable>(
        _ values: [Element], _ wrap: ([Element]) -> TensorStorage, zero: Element
    ) -> TensorStorage {
        var result: [Element] = []
        result.reserveCapacity(runs.reduce(0) { $0 + $1.count })
        for run in runs { result += values[run] }
        return wrap(result)
    }
}

private struct Walking: StorageVisitor {
    var shape: [Int]
    var strides: [Int]
    var offset: Int

    func visit<Element: Sendable>(
        _ values: [Element], _ wrap: ([Element]) -> TensorStorage, zero: Element
    ) -> TensorStorage {
        // Neighbouring axes that lie without gaps are one.
        var extents: [Int] = []
        var steps: [Int] = []
        for (extent, step) in zip(shape, strides) where extent != 1 {
            if let last = steps.last, last == step * extent {
                extents[extents.count - 1] *= extent
                steps[steps.count - 1] = step
            } else {
                extents.append(extent)
                steps.append(step)
            }
        }
        let count = shape.reduce(1, *)
        guard count > 0 else { return wrap([]) }
        let inner = extents.popLast() ?? 1
        let step = steps.popLast() ?? 1
        let starts = Strided.indices(shape: extents, strides: steps, offset: offset)
        var result: [Element] = []
        result.reserveCapacity(count)
        for start in starts {
            if step == 1 {
                result += values[start..<(start + inner)]
            } else if step == 0 {
                result += repeatElement(values[start], count: inner)
            } else {
                for index in 0..<inner { result.append(values[start + index * step]) }
            }
        }
        return wrap(result)
    }
}

private struct Selecting: StorageVisitor {
    var indices: [Int]

    func visit<Element: Sendable>(
        _ values: [Element], _ wrap: ([Element]) -> TensorStorage, zero: Element
    ) -> TensorStorage {
        wrap(indices.map { $0 < 0 ? zero : values[$0] })
    }
}

extension TensorStorage {
    /// The values of storages of one type, one after another.
    static func joined(_ parts: [TensorStorage]) -> TensorStorage {
        guard let first = parts.first else { return .float32([]) }
        return first.accept(Joining(parts: parts))
    }

    /// The values as an array of `Element`, nil if they are of another type.
    func array<Element: Sendable>(of type: Element.Type) -> [Element]? {
        accept(Extracting<Element>())
    }
}

private struct Joining: StorageVisitor {
    var parts: [TensorStorage]

    func visit<Element: Sendable>(
        _ values: [Element], _ wrap: ([Element]) -> TensorStorage, zero: Element
    ) -> TensorStorage {
        var all: [Element] = []
        all.reserveCapacity(parts.reduce(0) { $0 + $1.count })
        for part in parts { all += part.array(of: Element.self) ?? [] }
        return wrap(all)
    }
}

private struct Extracting<Wanted: Sendable>: StorageVisitor {
    func visit<Element: Sendable>(
        _ values: [Element], _ wrap: ([Element]) -> TensorStorage, zero: Element
    ) -> [Wanted]? {
        values as? [Wanted]
    }
}
