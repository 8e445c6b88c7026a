// Pixels as they are stored, before any transform.

/// Exact stored values of one frame, row after row, colour by pixel.
public struct StoredPixels: Sendable, Equatable {
    /// The values in the type of Bits Allocated and Pixel Representation.
    public enum Values: Sendable, Equatable {
        /// 8 bits (or 1), unsigned.
        case uint8([UInt8])
        /// 8 bits, two's complement.
        case int8([Int8])
        /// 16 bits, unsigned.
        case uint16([UInt16])
        /// 16 bits, two's complement.
        case int16([Int16])
        /// 32 bits, unsigned.
        case uint32([UInt32])
        /// 32 bits, two's complement.
        case int32([Int32])
    }

    /// Number of rows.
    public let rows: Int
    /// Number of columns.
    public let columns: Int
    /// 1, or 3 for colour.
    public let samplesPerPixel: Int
    /// `rows * columns * samplesPerPixel` values; colour as it is coded, without conversion.
    public let values: Values

    /// Makes a frame.
    ///
    /// - Precondition: as many values as rows, columns and samples ask for.
    public init(rows: Int, columns: Int, samplesPerPixel: Int = 1, values: Values) {
        self.rows = rows
        self.columns = columns
        self.samplesPerPixel = samplesPerPixel
        self.values = values
        precondition(count == rows * columns * samplesPerPixel, "values must fill the frame")
    }

    /// Number of values.
    public var count: Int {
        switch values {
        case .uint8(let values): values.count
        case .int8(let values): values.count
        case .uint16(let values): values.count
        case .int16(let values): values.count
        case .uint32(let values): values.count
        case .int32(let values): values.count
        }
    }

    /// One value as an integer.
    public subscript(index: Int) -> Int {
        switch values {
        case .uint8(let values): Int(values[index])
        case .int8(let values): Int(values[index])
        case .uint16(let values): Int(values[index])
        case .int16(let values): Int(values[index])
        case .uint32(let values): Int(values[index])
        case .int32(let values): Int(values[index])
        }
    }

    /// All values through a function, in one pass without a test at each.
    func mapped<Result>(_ transform: some PixelTransform<Result>) -> [Result] {
        switch values {
        case .uint8(let values): transform.apply(values)
        case .int8(let values): transform.apply(values)
        case .uint16(let values): transform.apply(values)
        case .int16(let values): transform.apply(values)
        case .uint32(let values): transform.apply(values)
        case .int32(let values): transform.apply(values)
        }
    }
}

/// A function of a stored value that is compiled for each stored type.
protocol PixelTransform<Result> {
    associatedtype Result
    func apply<Stored: FixedWidthInteger>(_ values: [Stored]) -> [Result]
}

/// `slope * stored + intercept`, computed in Double.
struct LinearTransform<Result: BinaryFloatingPoint>: PixelTransform {
    let slope: Double
    let intercept: Double

    @inline(__always)
    func apply<Stored: FixedWidthInteger>(_ values: [Stored]) -> [Result] {
        let slope = slope
        let intercept = intercept
        return [Result](unsafeUninitializedCapacity: values.count) { buffer, count in
            values.withUnsafeBufferPointer { values in
                if slope == 1 && intercept == 0 {
                    for index in values.indices { buffer[index] = Result(values[index]) }
                } else {
                    for index in values.indices {
                        buffer[index] = Result(Double(values[index]) * slope + intercept)
                    }
                }
            }
            count = values.count
        }
    }
}

/// A table, entered at the stored value and clamped at its ends (PS3.3 C.11.1.1.1).
struct TableTransform<Result: BinaryFloatingPoint>: PixelTransform {
    let table: LookUpTable

    func apply<Stored: FixedWidthInteger>(_ values: [Stored]) -> [Result] {
        let entries = table.entries.map { Result($0) }
        let first = table.firstValueMapped
        let last = entries.count - 1
        return entries.withUnsafeBufferPointer { entries in
            values.map { entries[min(max(Int($0) - first, 0), last)] }
        }
    }
}

/// Marks values within a range.
struct RangeMarks: PixelTransform {
    let range: ClosedRange<Int>

    func apply<Stored: FixedWidthInteger>(_ values: [Stored]) -> [Bool] {
        let low = Stored(clamping: range.lowerBound)
        let high = Stored(clamping: range.upperBound)
        // A bound that the type cannot hold is met by no value.
        guard Int(low) <= range.upperBound, Int(high) >= range.lowerBound else { return [] }
        guard values.contains(where: { $0 >= low && $0 <= high }) else { return [] }
        return values.map { $0 >= low && $0 <= high }
    }
}
