// NumPy's array files (.npy), versions 1 to 3, little-endian, in C order.

import Foundation

/// Reading and writing of NumPy array files.
public enum NPYFile {
    /// Reads a file; big-endian, Fortran-ordered, structured and complex arrays are refused.
    ///
    /// `bool`, the integer types, `float16`, `float32`, `float64` and text of fixed width are read.
    public static func read(_ url: URL) throws(CNNError) -> Tensor {
        let store = try ByteStore(mapping: url)
        return try parse(store.bytes, file: url.lastPathComponent)
    }

    /// Reads an array from bytes; `file` is the name for messages.
    public static func read(bytes: [UInt8], file: String) throws(CNNError) -> Tensor {
        try parse(ByteStore(copying: bytes).bytes, file: file)
    }

    /// Writes a tensor with its own element type; bfloat16 as float32, text is refused.
    public static func write(_ tensor: Tensor, to url: URL) throws(CNNError) {
        let (code, bytes) = try encode(tensor.storage, file: url.lastPathComponent)
        try write(code: code, shape: tensor.shape, bytes: bytes, to: url)
    }

    /// Writes float32 values.
    public static func write(shape: [Int], values: [Float], to url: URL) throws(CNNError) {
        try write(code: "<f4", shape: shape, bytes: raw(values), to: url)
    }

    /// Writes float64 values.
    public static func write(shape: [Int], values: [Double], to url: URL) throws(CNNError) {
        try write(code: "<f8", shape: shape, bytes: raw(values), to: url)
    }

    /// Writes unsigned 8-bit integers.
    public static func write(shape: [Int], values: [UInt8], to url: URL) throws(CNNError) {
        try write(code: "|u1", shape: shape, bytes: values, to: url)
    }

    /// Writes unsigned 16-bit integers.
    public static func write(shape: [Int], values: [UInt16], to url: URL) throws(CNNError) {
        try write(code: "<u2", shape: shape, bytes: raw(values), to: url)
    }

    /// Writes signed 16-bit integers.
    public static func write(shape: [Int], values: [Int16], to url: URL) throws(CNNError) {
        try write(code: "<i2", shape: shape, bytes: raw(values), to: url)
    }

    /// Writes signed 32-bit integers.
    public static func write(shape: [Int], values: [Int32], to url: URL) throws(CNNError) {
        try write(code: "<i4", shape: shape, bytes: raw(values), to: url)
    }

    /// Writes unsigned 32-bit integers.
    public static func write(shape: [Int], values: [UInt32], to url: URL) throws(CNNError) {
        try write(code: "<u4", shape: shape, bytes: raw(values), to: url)
    }

    // MARK: Writing

    private static func raw<Element: BitwiseCopyable>(_ values: [Element]) -> [UInt8] {
        values.withUnsafeBytes { Array($0) }
    }

    private static func encode(
        _ storage: TensorStorage, file: String
    ) throws(CNNError) -> (code: String, bytes: [UInt8]) {
        switch storage {
        case .float32(let v): ("<f4", raw(v))
        case .float64(let v): ("<f8", raw(v))
        case .float16(let v): ("<f2", raw(v))
        case .bfloat16(let v): ("<f4", raw(v.map(\.float)))
        case .uint8(let v): ("|u1", v)
        case .int8(let v): ("|i1", raw(v))
        case .uint16(let v): ("<u2", raw(v))
        case .int16(let v): ("<i2", raw(v))
        case .int32(let v): ("<i4", raw(v))
        case .uint32(let v): ("<u4", raw(v))
        case .int64(let v): ("<i8", raw(v))
        case .uint64(let v): ("<u8", raw(v))
        case .bool(let v): ("|b1", v.map { $0 ? 1 : 0 })
        case .string:
            throw .badArrayFile(file: file, reason: "text cannot be written as an array")
        }
    }

    private static func write(
        code: String, shape: [Int], bytes: [UInt8], to url: URL
    ) throws(CNNError) {
        let extents = shape.map(String.init).joined(separator: ", ")
        let tuple = shape.count == 1 ? "(\(extents),)" : "(\(extents))"
        var header = "{'descr': '\(code)', 'fortran_order': False, 'shape': \(tuple), }"
        // Magic, version, length and header together fill a multiple of 64 bytes.
        let unpadded = 10 + header.utf8.count + 1
        header += String(repeating: " ", count: (64 - unpadded % 64) % 64) + "\n"
        let length = UInt16(header.utf8.count)
        let start: [UInt8] = magic + [1, 0, UInt8(length & 0xFF), UInt8(length >> 8)]
        try writeFile([start + Array(header.utf8), bytes], to: url)
    }

    // MARK: Reading

    private static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)

    /// Longer headers are refused; NumPy's own are below a hundred bytes for plain arrays.
    private static let headerByteCountMax = 65_536

    private static func parse(
        _ bytes: UnsafeRawBufferPointer, file: String
    ) throws(CNNError) -> Tensor {
        func refuse(_ reason: String) -> CNNError { .badArrayFile(file: file, reason: reason) }
        guard bytes.count >= 10, bytes.starts(with: magic) else {
            throw refuse("it does not begin with \\x93NUMPY")
        }
        let version = bytes[6]
        guard (1...3).contains(version), version == 1 || bytes.count >= 12 else {
            throw refuse("format version \(version), expected 1 to 3")
        }
        let start = version == 1 ? 10 : 12
        let length =
            version == 1
            ? Int(UInt16(littleEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt16.self)))
            : Int(UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt32.self)))
        guard length <= headerByteCountMax, length <= bytes.count - start else {
            throw refuse("its header of \(length) bytes is cut off or too long")
        }
        let header = String(decoding: bytes[start..<(start + length)], as: UTF8.self)
        guard let code = quoted(after: "'descr'", in: header), let shape = shape(in: header) else {
            throw refuse("its header is not understood: \(header.prefix(120))")
        }
        guard header.contains("'fortran_order': False") || shape.count <= 1 else {
            throw refuse("it is in Fortran order; save numpy.ascontiguousarray of it")
        }
        guard let count = Tensor.count(shape), let (type, size) = element(code) else {
            throw refuse("element type \(code) or shape \(shape) is not known")
        }
        let (byteCount, overflow) = count.multipliedReportingOverflow(by: size)
        guard !overflow, byteCount <= bytes.count - start - length else {
            throw refuse(
                "shape \(shape) of \(code) does not fit into the "
                    + "\(bytes.count - start - length) bytes that follow the header")
        }
        let body = UnsafeRawBufferPointer(
            rebasing: bytes[(start + length)..<(start + length + byteCount)])
        if type == .string {
            return Tensor(shape: shape, storage: .string(text(body, count: count, width: size)))
        }
        return Tensor(shape: shape, storage: RawElements.decode(body, as: type))
    }

    /// Type and bytes of an element, from NumPy's code.
    private static func element(_ code: String) -> (ElementType, Int)? {
        let types: [String: ElementType] = [
            "<f4": .float32, "<f8": .float64, "<f2": .float16, "|u1": .uint8, "|i1": .int8,
            "<u1": .uint8, "<i1": .int8, "<u2": .uint16, "<i2": .int16, "<i4": .int32,
            "<u4": .uint32, "<i8": .int64, "<u8": .uint64, "|b1": .bool, "<b1": .bool,
        ]
        if let type = types[code] { return (type, type.byteCount) }
        guard code.hasPrefix("<U"), let width = Int(code.dropFirst(2)), (0...65_536) ~= width else {
            return nil
        }
        return (.string, 4 * width)
    }

    /// Text of fixed width, four bytes a character, filled with zeros.
    private static func text(
        _ bytes: UnsafeRawBufferPointer, count: Int, width: Int
    ) -> [String] {
        (0..<count).map { index in
            var result = String.UnicodeScalarView()
            for at in stride(from: index * width, to: (index + 1) * width, by: 4) {
                let code = UInt32(
                    littleEndian: bytes.loadUnaligned(fromByteOffset: at, as: UInt32.self))
                if code == 0 { break }
                result.append(Unicode.Scalar(code) ?? "\u{FFFD}")
            }
            return String(result)
        }
    }

    private static func quoted(after key: String, in header: String) -> String? {
        guard let found = header.range(of: key) else { return nil }
        let parts = header[found.upperBound...].split(
            separator: "'", maxSplits: 2, omittingEmptySubsequences: false)
        return parts.count == 3 ? String(parts[1]) : nil
    }

    private static func shape(in header: String) -> [Int]? {
        guard let key = header.range(of: "'shape'"),
            let open = header[key.upperBound...].firstIndex(of: "("),
            let close = header[open...].firstIndex(of: ")")
        else { return nil }
        var shape: [Int] = []
        for part in header[header.index(after: open)..<close].split(separator: ",") {
            let digits = part.trimmingCharacters(in: .whitespaces)
            if digits.isEmpty { continue }
            guard let extent = Int(digits), extent >= 0, shape.count < 64 else { return nil }
            shape.append(extent)
        }
        return shape
    }
}
