// A tensor as the engine's callers see it: a shape and row-major values of one element type.

/// The element types of ONNX that the engine stores, by their ONNX numbers.
public enum ElementType: Int, Sendable, CaseIterable {
    /// 32-bit floating point, the type that networks compute in.
    case float32 = 1
    /// Unsigned 8-bit integer.
    case uint8 = 2
    /// Signed 8-bit integer.
    case int8 = 3
    /// Unsigned 16-bit integer.
    case uint16 = 4
    /// Signed 16-bit integer.
    case int16 = 5
    /// Signed 32-bit integer.
    case int32 = 6
    /// Signed 64-bit integer.
    case int64 = 7
    /// Text.
    case string = 8
    /// Truth value.
    case bool = 9
    /// IEEE half precision.
    case float16 = 10
    /// 64-bit floating point.
    case float64 = 11
    /// Unsigned 32-bit integer.
    case uint32 = 12
    /// Unsigned 64-bit integer.
    case uint64 = 13
    /// The upper half of a float32.
    case bfloat16 = 16

    /// Bytes of one element as stored in a file; 0 for text.
    public var byteCount: Int {
        switch self {
        case .uint8, .int8, .bool: 1
        case .uint16, .int16, .float16, .bfloat16: 2
        case .float32, .int32, .uint32: 4
        case .float64, .int64, .uint64: 8
        case .string: 0
        }
    }

    /// The type's name as NumPy writes it.
    public var name: String { "\(self)" }
}

/// The upper half of a float32, kept as its bits.
public struct BFloat16: Sendable, Hashable {
    /// The sixteen bits.
    public var bits: UInt16

    /// Wraps bits.
    public init(bits: UInt16) { self.bits = bits }

    /// Rounds to the nearest value, ties to even.
    public init(_ value: Float) {
        let pattern = value.bitPattern
        if value.isNaN {
            bits = UInt16(truncatingIfNeeded: pattern >> 16) | 0x40
        } else {
            let rounded = UInt64(pattern) + 0x7FFF + UInt64((pattern >> 16) & 1)
            bits = UInt16(truncatingIfNeeded: rounded >> 16)
        }
    }

    /// The exact value.
    public var float: Float { Float(bitPattern: UInt32(bits) << 16) }
}

/// Values of one element type, row-major.
public enum TensorStorage: Sendable {
    /// 32-bit floating point.
    case float32([Float])
    /// Unsigned 8-bit integers.
    case uint8([UInt8])
    /// Signed 8-bit integers.
    case int8([Int8])
    /// Unsigned 16-bit integers.
    case uint16([UInt16])
    /// Signed 16-bit integers.
    case int16([Int16])
    /// Signed 32-bit integers.
    case int32([Int32])
    /// Signed 64-bit integers.
    case int64([Int64])
    /// Text.
    case string([String])
    /// Truth values.
    case bool([Bool])
    /// Half precision, kept as Float: every half is one, and arithmetic on halves is done so.
    case float16([Float16])
    /// 64-bit floating point.
    case float64([Double])
    /// Unsigned 32-bit integers.
    case uint32([UInt32])
    /// Unsigned 64-bit integers.
    case uint64([UInt64])
    /// Brain floating point.
    case bfloat16([BFloat16])
}

/// A shape and its values, row-major.
public struct Tensor: Sendable {
    /// Extents, outermost first; empty for a single value.
    public private(set) var shape: [Int]
    /// The values; their count is the product of the shape.
    public private(set) var storage: TensorStorage

    /// A float32 tensor; `values` holds exactly as many as the shape says.
    public init(shape: [Int], values: [Float]) {
        self.init(shape: shape, storage: .float32(values))
    }

    /// A tensor of any type; `storage` holds exactly as many values as the shape says.
    public init(shape: [Int], storage: TensorStorage) {
        precondition(
            Tensor.count(shape) == storage.count, "a tensor's values must fill its shape exactly")
        self.shape = shape
        self.storage = storage
    }

    /// The element type.
    public var elementType: ElementType { storage.elementType }

    /// How many values there are.
    public var count: Int { storage.count }

    /// The values as float32: no cost for a float32 tensor, converted from other numeric types.
    public var values: [Float] {
        if case .float32(let values) = storage { return values }
        return storage.doubles.map { Float($0) }
    }

    /// The same values under another shape of equal count.
    public func reshaped(_ shape: [Int]) -> Tensor { Tensor(shape: shape, storage: storage) }

    /// The product of a shape's extents, nil if one is negative or the product overflows.
    public static func count(_ shape: [Int]) -> Int? {
        var count = 1
        for extent in shape {
            guard extent >= 0 else { return nil }
            let (product, overflow) = count.multipliedReportingOverflow(by: extent)
            if overflow { return nil }
            count = product
        }
        return count
    }
}
