// Stored tensors: sizes are held against the bytes that are really there before anything is made.

import CKernels
import Foundation

extension ONNXParser {
    func tensor(_ start: ProtobufReader) throws(CNNError) -> ONNXTensor {
        var reader = start
        var fields = TensorFields()
        while let (field, payload) = try reader.next() {
            switch field {
            case 1: try payload.appendIntegers(to: &fields.shape, reader)
            case 2: fields.type = try payload.integer(reader)
            case 4: try payload.appendFixed(to: &fields.floats, reader)
            case 5, 7, 11: try payload.appendIntegers(to: &fields.integers, reader)
            case 6: fields.strings.append(try payload.string(reader))
            case 8: fields.name = try payload.string(reader)
            case 9: fields.raw = try payload.range(reader)
            case 10: try payload.appendFixed(to: &fields.doubles, reader)
            case 13:
                let entry = reader.reader(try payload.range(reader))
                let (key, value) = try keyAndValue(entry)
                fields.external[key] = value
            case 14: fields.isExternal = try payload.integer(reader) == 1
            default: break
            }
        }
        return try finish(fields)
    }

    private func keyAndValue(_ start: ProtobufReader) throws(CNNError) -> (String, String) {
        var reader = start
        var entry = ("", "")
        while let (field, payload) = try reader.next() {
            if field == 1 { entry.0 = try payload.string(reader) }
            if field == 2 { entry.1 = try payload.string(reader) }
        }
        return entry
    }

    private func finish(_ fields: TensorFields) throws(CNNError) -> ONNXTensor {
        func bad(_ reason: String) -> CNNError {
            .badTensor(file: file, tensor: fields.name, reason: reason)
        }
        guard let type = ElementType(rawValue: fields.type) else {
            throw bad("has element type \(fields.type), which the engine does not read")
        }
        guard let count = Tensor.count(fields.shape) else {
            throw bad("has the impossible shape \(fields.shape)")
        }
        let source: ONNXTensor.Source
        if fields.isExternal {
            source = try external(fields, type: type, count: count)
        } else if let raw = fields.raw {
            let (expected, overflow) = count.multipliedReportingOverflow(by: type.byteCount)
            guard !overflow, raw.count == expected, type != .string else {
                throw bad("has \(raw.count) bytes for shape \(fields.shape) of \(type.name)")
            }
            source = .raw(store, raw)
        } else {
            let storage = fields.storage(type)
            guard storage.count == count else {
                throw bad("has \(storage.count) values for shape \(fields.shape)")
            }
            source = .values(storage)
        }
        let tensor = ONNXTensor(
            name: fields.name, shape: fields.shape, elementType: type, source: source)
        if Self.hasNaN(tensor) { throw bad("holds values that are not numbers (NaN)") }
        return tensor
    }

    /// Whether a tensor of any floating-point type holds a value that is not a number.
    private static func hasNaN(_ tensor: ONNXTensor) -> Bool {
        if let found = tensor.withFloatBytes({ wt_has_nan($0, tensor.count) != 0 }) { return found }
        switch tensor.elementType {
        case .float16, .bfloat16, .float64:
            return tensor.tensor().storage.doubles.contains { $0.isNaN }
        default: return false
        }
    }

    /// Data in a file beside the model.
    ///
    /// Its path must stay within the model's folder.
    private func external(
        _ fields: TensorFields, type: ElementType, count: Int
    ) throws(CNNError) -> ONNXTensor.Source {
        func refuse(_ reason: String) -> CNNError {
            .externalData(file: file, tensor: fields.name, reason: reason)
        }
        guard let folder else { throw refuse("the model was given as bytes, without a folder") }
        guard let location = fields.external["location"], !location.isEmpty else {
            throw refuse("no file is named")
        }
        let parts = location.split(separator: "/", omittingEmptySubsequences: false)
        guard !location.hasPrefix("/"), !parts.contains(".."), !location.contains("\0") else {
            throw refuse("the path leads out of the folder")
        }
        // A link inside the folder may still lead out of it.
        let base = folder.resolvingSymlinksInPath().path
        let url = folder.appendingPathComponent(location).resolvingSymlinksInPath()
        guard url.path.hasPrefix(base + "/") else { throw refuse("a link leads out of the folder") }
        let offset = Int(fields.external["offset"] ?? "0") ?? -1
        let (expected, overflow) = count.multipliedReportingOverflow(by: type.byteCount)
        let length = fields.external["length"].map { Int($0) ?? -1 } ?? expected
        let other = try externalFiles.store(url)
        guard !overflow, type != .string, offset >= 0, length == expected,
            offset <= other.bytes.count, length <= other.bytes.count - offset
        else {
            throw refuse(
                "shape \(fields.shape) of \(type.name) does not fit into "
                    + "\(other.bytes.count) bytes at offset \(offset)")
        }
        return .raw(other, offset..<(offset + length))
    }
}

/// The fields of TensorProto.
private struct TensorFields {
    var name = ""
    var shape: [Int] = []
    var type = 0
    var raw: Range<Int>?
    var floats: [UInt32] = []
    var doubles: [UInt64] = []
    var integers: [Int] = []
    var strings: [String] = []
    var external: [String: String] = [:]
    var isExternal = false

    /// The typed fields; 16-bit floats travel as their bits in int32_data.
    func storage(_ type: ElementType) -> TensorStorage {
        switch type {
        case .float32: .float32(floats.map { Float(bitPattern: $0) })
        case .float64: .float64(doubles.map { Double(bitPattern: $0) })
        case .float16:
            .float16(integers.map { Float16(bitPattern: UInt16(truncatingIfNeeded: $0)) })
        case .bfloat16: .bfloat16(integers.map { BFloat16(bits: UInt16(truncatingIfNeeded: $0)) })
        case .string: .string(strings)
        case .bool: .bool(integers.map { $0 != 0 })
        case .uint8: .uint8(integers.map { UInt8(truncatingIfNeeded: $0) })
        case .int8: .int8(integers.map { Int8(truncatingIfNeeded: $0) })
        case .uint16: .uint16(integers.map { UInt16(truncatingIfNeeded: $0) })
        case .int16: .int16(integers.map { Int16(truncatingIfNeeded: $0) })
        case .int32: .int32(integers.map { Int32(truncatingIfNeeded: $0) })
        case .int64: .int64(integers.map { Int64($0) })
        case .uint32: .uint32(integers.map { UInt32(truncatingIfNeeded: $0) })
        case .uint64: .uint64(integers.map { UInt64(bitPattern: Int64($0)) })
        }
    }
}
