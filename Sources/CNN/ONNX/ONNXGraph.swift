// The graph of an ONNX model as values.

/// A tensor stored in a model: where its bytes lie, or its values where they are not stored raw.
struct ONNXTensor: Sendable {
    enum Source: Sendable {
        /// Little-endian elements in a file, not necessarily aligned.
        case raw(ByteStore, Range<Int>)
        case values(TensorStorage)
    }

    var name: String
    var shape: [Int]
    var elementType: ElementType
    var source: Source

    var count: Int { Tensor.count(shape) ?? 0 }

    /// The tensor with its values copied out of the file.
    func tensor() -> Tensor {
        switch source {
        case .values(let storage): Tensor(shape: shape, storage: storage)
        case .raw(let store, let range):
            Tensor(
                shape: shape,
                storage: RawElements.decode(
                    UnsafeRawBufferPointer(rebasing: store.bytes[range]), as: elementType))
        }
    }

    /// Calls `body` with the float32 values where they lie (possibly unaligned).
    ///
    /// The file's pages are not kept in memory afterwards. Nil for other types.
    func withFloatBytes<Result>(_ body: (UnsafeRawPointer) -> Result) -> Result? {
        switch source {
        case .raw(let store, let range) where elementType == .float32:
            store.fetch(range)
            defer { store.drop(range) }
            return store.bytes.baseAddress.map { body($0 + range.lowerBound) }
        case .values(.float32(let values)):
            return values.withUnsafeBytes { bytes in bytes.baseAddress.map(body) }
        default: return nil
        }
    }
}

/// An attribute of a node.
enum ONNXAttribute: Sendable {
    case float(Float)
    case integer(Int)
    case string(String)
    case tensor(ONNXTensor)
    case graph(ONNXGraph)
    case floats([Float])
    case integers([Int])
    case strings([String])
    case tensors([ONNXTensor])
    case other(String)
}

/// One operation of a graph.
struct ONNXNode: Sendable {
    var name = ""
    var operatorName = ""
    var domain = ""
    var inputs: [String] = []
    var outputs: [String] = []
    var attributes: [String: ONNXAttribute] = [:]

    /// The name shown to people: the node's own, else that of its first output.
    var label: String { name.isEmpty ? outputs.first(where: { !$0.isEmpty }) ?? "?" : name }
}

/// A graph input or output: nil extents are free.
struct ONNXValue: Sendable {
    var name = ""
    var elementType: ElementType?
    var shape: [Int?]?
}

/// Nodes in file order, stored tensors, inputs that must be fed, and outputs.
struct ONNXGraph: Sendable {
    var name = ""
    var nodes: [ONNXNode] = []
    var initializers: [String: ONNXTensor] = [:]
    var inputs: [ONNXValue] = []
    var outputs: [ONNXValue] = []
}

/// Elements as they lie in files: little-endian, any alignment.
enum RawElements {
    static func decode(_ bytes: UnsafeRawBufferPointer, as type: ElementType) -> TensorStorage {
        switch type {
        case .float32: .float32(copy(bytes))
        case .uint8: .uint8(copy(bytes))
        case .int8: .int8(copy(bytes))
        case .uint16: .uint16(copy(bytes))
        case .int16: .int16(copy(bytes))
        case .int32: .int32(copy(bytes))
        case .int64: .int64(copy(bytes))
        case .bool: .bool(bytes.map { $0 != 0 })
        case .float16: .float16(copy(bytes))
        case .float64: .float64(copy(bytes))
        case .uint32: .uint32(copy(bytes))
        case .uint64: .uint64(copy(bytes))
        case .bfloat16: .bfloat16((copy(bytes) as [UInt16]).map { BFloat16(bits: $0) })
        case .string: .string([])
        }
    }

    static func copy<Element: BitwiseCopyable>(_ bytes: UnsafeRawBufferPointer) -> [Element] {
        let count = bytes.count / MemoryLayout<Element>.size
        return [Element](unsafeUninitializedCapacity: count) { target, initialized in
            UnsafeMutableRawBufferPointer(target).copyMemory(
                from: UnsafeRawBufferPointer(
                    rebasing: bytes[..<(count * MemoryLayout<Element>.size)]))
            initialized = count
        }
    }
}
