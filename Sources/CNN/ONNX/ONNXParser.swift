// ONNX messages (onnx.proto3) into a graph. Field numbers are those of the schema; fields that do
// not matter for inference are skipped.

import CKernels
import Foundation

struct ONNXParser {
    struct Model {
        var opsets: [String: Int] = [:]
        var producer = ""
        var graph = ONNXGraph()
    }

    /// Graphs within attributes within graphs: deeper ones are refused.
    private static let depthMax = 16

    let store: ByteStore
    let file: String
    let folder: URL?
    /// Files of external data, each mapped once.
    let externalFiles = ExternalFiles()

    private func whole() -> ProtobufReader {
        ProtobufReader(store: store, file: file, range: 0..<store.bytes.count)
    }

    mutating func model() throws(CNNError) -> Model {
        var reader = whole()
        var model = Model()
        var hasGraph = false
        while let (field, payload) = try reader.next() {
            switch field {
            case 2: model.producer = try payload.string(reader)
            case 7:
                model.graph = try graph(reader.reader(try payload.range(reader)), depth: 0)
                hasGraph = true
            case 8:
                let (domain, version) = try opset(reader.reader(try payload.range(reader)))
                model.opsets[domain] = version
            case 25:
                throw .badGraph(file: file, reason: "it defines functions of its own; inline them")
            default: break
            }
        }
        guard hasGraph else { throw reader.malformed("no graph") }
        return model
    }

    private func opset(_ start: ProtobufReader) throws(CNNError) -> (String, Int) {
        var reader = start
        var domain = ""
        var version = 0
        while let (field, payload) = try reader.next() {
            switch field {
            case 1: domain = try payload.string(reader)
            case 2: version = try payload.integer(reader)
            default: break
            }
        }
        return (domain, version)
    }

    func graph(_ start: ProtobufReader, depth: Int) throws(CNNError) -> ONNXGraph {
        var reader = start
        guard depth < Self.depthMax else { throw reader.malformed("graphs nested too deep") }
        var graph = ONNXGraph()
        while let (field, payload) = try reader.next() {
            switch field {
            case 1:
                graph.nodes.append(try node(reader.reader(try payload.range(reader)), depth: depth))
            case 2: graph.name = try payload.string(reader)
            case 5:
                let tensor = try tensor(reader.reader(try payload.range(reader)))
                graph.initializers[tensor.name] = tensor
            case 11: graph.inputs.append(try value(reader.reader(try payload.range(reader))))
            case 12: graph.outputs.append(try value(reader.reader(try payload.range(reader))))
            case 15:
                throw .badGraph(file: file, reason: "it stores sparse tensors; make them dense")
            default: break
            }
        }
        return graph
    }

    private func node(_ start: ProtobufReader, depth: Int) throws(CNNError) -> ONNXNode {
        var reader = start
        var node = ONNXNode()
        while let (field, payload) = try reader.next() {
            switch field {
            case 1: node.inputs.append(try payload.string(reader))
            case 2: node.outputs.append(try payload.string(reader))
            case 3: node.name = try payload.string(reader)
            case 4: node.operatorName = try payload.string(reader)
            case 5:
                let inner = reader.reader(try payload.range(reader))
                let (name, attribute) = try attribute(inner, depth: depth)
                node.attributes[name] = attribute
            case 7:
                let domain = try payload.string(reader)
                node.domain = domain == "ai.onnx" ? "" : domain
            default: break
            }
        }
        return node
    }

    private func attribute(
        _ start: ProtobufReader, depth: Int
    ) throws(CNNError) -> (String, ONNXAttribute) {
        var reader = start
        var fields = AttributeFields()
        while let (field, payload) = try reader.next() {
            switch field {
            case 1: fields.name = try payload.string(reader)
            case 2: fields.float = try payload.float(reader)
            case 3: fields.integer = try payload.integer(reader)
            case 4: fields.string = try payload.string(reader)
            case 5: fields.tensor = try tensor(reader.reader(try payload.range(reader)))
            case 6:
                fields.graph = try graph(reader.reader(try payload.range(reader)), depth: depth + 1)
            case 7: try payload.appendFixed(to: &fields.floats, reader)
            case 8: try payload.appendIntegers(to: &fields.integers, reader)
            case 9: fields.strings.append(try payload.string(reader))
            case 10: fields.tensors.append(try tensor(reader.reader(try payload.range(reader))))
            case 20: fields.type = try payload.integer(reader)
            default: break
            }
        }
        return (fields.name, fields.attribute)
    }

    private func value(_ start: ProtobufReader) throws(CNNError) -> ONNXValue {
        var reader = start
        var value = ONNXValue()
        while let (field, payload) = try reader.next() {
            switch field {
            case 1: value.name = try payload.string(reader)
            case 2:
                var type = reader.reader(try payload.range(reader))
                while let (kind, inner) = try type.next() {
                    guard kind == 1 else { continue }
                    try tensorType(type.reader(try inner.range(type)), into: &value)
                }
            default: break
            }
        }
        return value
    }

    private func tensorType(
        _ start: ProtobufReader, into value: inout ONNXValue
    ) throws(CNNError) {
        var reader = start
        while let (field, payload) = try reader.next() {
            switch field {
            case 1: value.elementType = ElementType(rawValue: try payload.integer(reader))
            case 2:
                var shape = reader.reader(try payload.range(reader))
                var extents: [Int?] = []
                while let (_, dimension) = try shape.next() {
                    var inner = shape.reader(try dimension.range(shape))
                    var extent: Int?
                    while let (kind, payload) = try inner.next() {
                        if kind == 1 { extent = try payload.integer(inner) }
                    }
                    // An extent beyond this is as good as unknown: no such tensor can exist.
                    extents.append(extent.flatMap { 0...(1 << 31) ~= $0 ? $0 : nil })
                }
                value.shape = extents
            default: break
            }
        }
    }
}

/// The fields of AttributeProto; which of them counts is decided by the type.
private struct AttributeFields {
    var name = ""
    var type = 0
    var float: Float?
    var integer: Int?
    var string: String?
    var tensor: ONNXTensor?
    var graph: ONNXGraph?
    var floats: [UInt32] = []
    var integers: [Int] = []
    var strings: [String] = []
    var tensors: [ONNXTensor] = []

    var attribute: ONNXAttribute {
        switch type {
        case 1: return .float(float ?? 0)
        case 2: return .integer(integer ?? 0)
        case 3: return .string(string ?? "")
        case 4: return tensor.map { .tensor($0) } ?? .other("empty tensor")
        case 5: return graph.map { .graph($0) } ?? .other("empty graph")
        case 6: return .floats(floats.map { Float(bitPattern: $0) })
        case 7: return .integers(integers)
        case 8: return .strings(strings)
        case 9: return .tensors(tensors)
        case 0: return untyped
        default: return .other("attribute type \(type)")
        }
    }

    /// Files of the first format version leave the type out.
    private var untyped: ONNXAttribute {
        if let float { return .float(float) }
        if let integer { return .integer(integer) }
        if let string { return .string(string) }
        if let tensor { return .tensor(tensor) }
        if let graph { return .graph(graph) }
        if !floats.isEmpty { return .floats(floats.map { Float(bitPattern: $0) }) }
        if !strings.isEmpty { return .strings(strings) }
        if !tensors.isEmpty { return .tensors(tensors) }
        return .integers(integers)
    }
}

/// The files beside a model that its tensors lie in.
final class ExternalFiles {
    private var stores: [String: ByteStore] = [:]

    func store(_ url: URL) throws(CNNError) -> ByteStore {
        if let store = stores[url.path] { return store }
        let store = try ByteStore(mapping: url)
        stores[url.path] = store
        return store
    }
}
