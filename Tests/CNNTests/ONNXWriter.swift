// Writes small ONNX models for tests, so that they need neither Python nor stored files.

import CNN

/// Bytes of a protobuf message.
struct Message {
    var bytes: [UInt8] = []

    mutating func varint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(rest & 0x7F) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    mutating func integer(_ field: Int, _ value: Int) {
        varint(UInt64(field << 3))
        varint(UInt64(bitPattern: Int64(value)))
    }

    mutating func data(_ field: Int, _ value: [UInt8]) {
        varint(UInt64(field << 3 | 2))
        varint(UInt64(value.count))
        bytes += value
    }

    mutating func text(_ field: Int, _ value: String) { data(field, Array(value.utf8)) }

    mutating func float(_ field: Int, _ value: Float) {
        varint(UInt64(field << 3 | 5))
        bytes += withUnsafeBytes(of: value.bitPattern.littleEndian) { Array($0) }
    }
}

/// A graph under construction.
struct ModelWriter {
    enum Attribute {
        case integer(Int)
        case integers([Int])
        case float(Float)
        case string(String)
        case floats([Float])
        case strings([String])
    }

    private var graph = Message()
    var opset = 13

    mutating func input(_ name: String, _ shape: [Int?], type: ElementType = .float32) {
        graph.data(11, Self.value(name, shape, type))
    }

    mutating func output(_ name: String) { graph.data(12, Self.value(name, nil, .float32)) }

    private static func value(_ name: String, _ shape: [Int?]?, _ type: ElementType) -> [UInt8] {
        var tensorType = Message()
        tensorType.integer(1, type.rawValue)
        if let shape {
            var dimensions = Message()
            for (index, extent) in shape.enumerated() {
                var dimension = Message()
                if let extent {
                    dimension.integer(1, extent)
                } else {
                    dimension.text(2, "d\(index)")
                }
                dimensions.data(1, dimension.bytes)
            }
            tensorType.data(2, dimensions.bytes)
        }
        var outer = Message()
        outer.data(1, tensorType.bytes)
        var value = Message()
        value.text(1, name)
        value.data(2, outer.bytes)
        return value.bytes
    }

    mutating func stored(_ name: String, _ shape: [Int], _ values: [Float]) {
        stored(name, shape, type: .float32, raw: values.withUnsafeBytes { Array($0) })
    }

    mutating func stored(_ name: String, _ shape: [Int], _ values: [Int64]) {
        stored(name, shape, type: .int64, raw: values.withUnsafeBytes { Array($0) })
    }

    mutating func stored(_ name: String, _ shape: [Int], type: ElementType, raw: [UInt8]) {
        var tensor = Message()
        for extent in shape { tensor.integer(1, extent) }
        tensor.integer(2, type.rawValue)
        tensor.text(8, name)
        tensor.data(9, raw)
        graph.data(5, tensor.bytes)
    }

    mutating func stored(message: [UInt8]) { graph.data(5, message) }

    mutating func node(
        _ name: String, _ inputs: [String], _ outputs: [String],
        _ attributes: [String: Attribute] = [:], label: String? = nil, domain: String = ""
    ) {
        var node = Message()
        for input in inputs { node.text(1, input) }
        for output in outputs { node.text(2, output) }
        node.text(3, label ?? (outputs.first ?? "") + "/" + name)
        node.text(4, name)
        for (key, value) in attributes.sorted(by: { $0.key < $1.key }) {
            var attribute = Message()
            attribute.text(1, key)
            switch value {
            case .integer(let value):
                attribute.integer(3, value)
                attribute.integer(20, 2)
            case .integers(let values):
                for value in values { attribute.integer(8, value) }
                attribute.integer(20, 7)
            case .float(let value):
                attribute.float(2, value)
                attribute.integer(20, 1)
            case .string(let value):
                attribute.text(4, value)
                attribute.integer(20, 3)
            case .floats(let values):
                for value in values { attribute.float(7, value) }
                attribute.integer(20, 6)
            case .strings(let values):
                for value in values { attribute.text(9, value) }
                attribute.integer(20, 8)
            }
            node.data(5, attribute.bytes)
        }
        if !domain.isEmpty { node.text(7, domain) }
        graph.data(1, node.bytes)
    }

    var bytes: [UInt8] {
        var model = Message()
        model.integer(1, 8)
        model.text(2, "tests")
        model.data(7, graph.bytes)
        var version = Message()
        version.text(1, "")
        version.integer(2, opset)
        model.data(8, version.bytes)
        return model.bytes
    }

    func model() throws -> ONNXModel { try ONNXModel(bytes: bytes, fileName: "test.onnx") }
}
