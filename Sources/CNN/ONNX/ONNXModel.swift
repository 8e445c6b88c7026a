// An ONNX file, read and checked but not yet planned.

import CKernels
import Foundation

/// A model as its file describes it: graph, stored tensors, inputs and outputs.
public struct ONNXModel: Sendable {
    /// A graph input or output.
    public struct Value: Sendable, Equatable {
        /// The name to feed or ask for.
        public var name: String
        /// The element type, nil where the file does not say (or it is no tensor).
        public var elementType: ElementType?
        /// Extents, nil for a free one; nil as a whole where the file does not say.
        public var shape: [Int?]?
    }

    /// The file's last path component, for messages.
    public let fileName: String
    /// Version of the standard operators.
    public let opset: Int
    /// Version of each operator domain that the model uses.
    public let opsets: [String: Int]
    /// The program that wrote the file.
    public let producer: String
    let graph: ONNXGraph
    private let store: ByteStore

    /// Maps and reads a file; weights stay in the file until they are planned.
    public init(contentsOf url: URL) throws(CNNError) {
        let store = try ByteStore(mapping: url)
        try self.init(
            store: store, fileName: url.lastPathComponent,
            folder: url.deletingLastPathComponent())
    }

    /// Reads a model from bytes; external data is refused, since there is no folder to look in.
    public init(bytes: [UInt8], fileName: String = "model.onnx") throws(CNNError) {
        try self.init(store: ByteStore(copying: bytes), fileName: fileName, folder: nil)
    }

    private init(store: ByteStore, fileName: String, folder: URL?) throws(CNNError) {
        var parser = ONNXParser(store: store, file: fileName, folder: folder)
        let parsed = try parser.model()
        self.fileName = fileName
        self.store = store
        opset = parsed.opsets[""] ?? parsed.opsets["ai.onnx"] ?? 1
        opsets = parsed.opsets
        producer = parsed.producer
        graph = parsed.graph
        // A model of `ai.onnx.ml` operators alone may leave the standard opset out.
        if parsed.opsets[""] != nil || parsed.opsets["ai.onnx"] != nil,
            !(ONNXModel.opsetRange ~= opset)
        {
            throw .unsupportedOpset(file: fileName, version: opset)
        }
        if parsed.opsets.isEmpty { throw .unsupportedOpset(file: fileName, version: 0) }
    }

    /// Lets go of the file's pages; what is read later comes from the file again.
    func dropPages() { store.drop(0..<store.bytes.count) }

    /// The opsets whose operators the engine knows.
    public static let opsetRange = 7...25

    /// What must be fed: graph inputs that have no stored value.
    public var inputs: [Value] {
        graph.inputs.filter { graph.initializers[$0.name] == nil }.map(Value.init)
    }

    /// What the graph computes.
    public var outputs: [Value] { graph.outputs.map(Value.init) }

    /// The stored tensor of this name, its values copied out of the file.
    public func initializer(named name: String) -> Tensor? {
        graph.initializers[name]?.tensor()
    }

    /// The names of all stored tensors, sorted.
    public var initializerNames: [String] { graph.initializers.keys.sorted() }

    /// How many values the stored tensors hold.
    public var parameterCount: Int { graph.initializers.values.reduce(0) { $0 + $1.count } }
}

extension ONNXModel.Value {
    init(_ value: ONNXValue) {
        self.init(name: value.name, elementType: value.elementType, shape: value.shape)
    }
}
