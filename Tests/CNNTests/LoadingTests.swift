import CNN
import Foundation
import Testing
import WetreadTesting

@Suite("Loading") struct LoadingTests {
    private static func small() -> ModelWriter {
        var writer = ModelWriter()
        writer.input("x", [nil, 2, 5, 5])
        writer.stored("w", [4, 2, 3, 3], SplitMix64.values(72))
        writer.stored("b", [4], SplitMix64.values(4))
        writer.node("Conv", ["x", "w", "b"], ["c"])
        writer.node("Relu", ["c"], ["r"])
        writer.node("GlobalAveragePool", ["r"], ["p"])
        writer.node("Flatten", ["p"], ["y"])
        writer.output("y")
        return writer
    }

    @Test("A model tells its inputs, outputs and stored tensors")
    func describes() throws {
        let model = try Self.small().model()
        #expect(model.inputs.map(\.name) == ["x"])
        #expect(model.inputs.first?.elementType == .float32)
        #expect(model.inputs.first?.shape == [nil, 2, 5, 5])
        #expect(model.outputs.map(\.name) == ["y"])
        #expect(model.initializer(named: "b")?.shape == [4])
        #expect(model.parameterCount == 76)
    }

    private static func refusal(_ build: (inout ModelWriter) -> Void) -> CNNError? {
        var writer = ModelWriter()
        writer.input("x", [1, 4])
        build(&writer)
        do {
            _ = try Engine(
                model: try ONNXModel(bytes: writer.bytes, fileName: "m.onnx"), threads: 1)
            return nil
        } catch {
            return error
        }
    }

    @Test("An unknown operator is refused with its name and its node's")
    func unknownOperator() {
        let error = Self.refusal {
            $0.node("Frobnicate", ["x"], ["y"], label: "layer7/frob")
            $0.output("y")
        }
        #expect(
            error
                == .unsupportedOperator(
                    file: "m.onnx", name: "Frobnicate", domain: "", node: "layer7/frob"))
    }

    @Test("A cycle, a missing value and a value made twice are refused")
    func badGraphs() {
        let cycle = Self.refusal {
            $0.node("Add", ["x", "b"], ["a"])
            $0.node("Relu", ["a"], ["b"])
            $0.output("b")
        }
        let missing = Self.refusal {
            $0.node("Add", ["x", "nowhere"], ["y"])
            $0.output("y")
        }
        let twice = Self.refusal {
            $0.node("Relu", ["x"], ["y"])
            $0.node("Relu", ["x"], ["y"])
            $0.output("y")
        }
        for (error, words) in [(cycle, "cycle"), (missing, "nowhere"), (twice, "twice")] {
            guard case .badGraph(_, let reason)? = error else {
                Issue.record("\(words): \(String(describing: error))")
                continue
            }
            #expect(reason.contains(words))
        }
    }

    @Test("Weights that are not numbers are refused with the tensor's name")
    func weightsNaN() {
        let error = Self.refusal {
            $0.stored("weight", [4], [1, 2, .nan, 4])
            $0.node("Add", ["x", "weight"], ["y"])
            $0.output("y")
        }
        guard case .badTensor(_, "weight", _)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test(
        "A stored tensor whose shape does not fit its bytes is refused",
        arguments: [[1 << 40], [3_037_000_500, 3_037_000_500], [-4], [5]])
    func impossibleShapes(shape: [Int]) {
        let error = Self.refusal {
            $0.stored("w", shape, [1, 2, 3, 4] as [Float])
            $0.node("Add", ["x", "w"], ["y"])
            $0.output("y")
        }
        guard case .badTensor(_, "w", _)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test("An opset that the engine does not know is refused", arguments: [6, 26])
    func opsets(opset: Int) {
        var writer = Self.small()
        writer.opset = opset
        #expect(throws: CNNError.unsupportedOpset(file: "test.onnx", version: opset)) {
            try writer.model()
        }
    }

    @Test("Inputs that do not fit are refused: name, shape, type, not a number")
    func badInputs() throws {
        let engine = try Engine(model: try Self.small().model(), threads: 1)
        let good = Tensor(shape: [1, 2, 5, 5], values: [Float](repeating: 1, count: 50))
        var nan = good.values
        nan[3] = .nan
        let bad: [[String: Tensor]] = [
            [:], ["x": good, "z": good], ["x": good.reshaped([2, 1, 5, 5])],
            ["x": Tensor(shape: [1, 2, 5, 5], storage: .float64(good.storage.doubles))],
            ["x": Tensor(shape: [1, 2, 5, 5], values: nan)],
        ]
        for inputs in bad { #expect(throws: CNNError.self) { try engine.run(inputs) } }
        #expect(throws: CNNError.unknownOutput(name: "q")) {
            try engine.run(["x": good], outputs: ["q"])
        }
        #expect(throws: CNNError.cancelled) {
            try engine.run(["x": good], isCancelled: { true })
        }
        #expect(try engine.run(["x": good])["y"]?.shape == [1, 4])
    }

    @Test("Every cut of a file is refused or loads, and never crashes")
    func truncated() {
        let bytes = Self.small().bytes
        for length in 0..<bytes.count {
            _ = try? Engine(
                model: try ONNXModel(bytes: Array(bytes[..<length]), fileName: "cut"), threads: 1)
        }
        #expect(throws: CNNError.self) {
            try ONNXModel(bytes: Array(bytes[..<(bytes.count / 2)]), fileName: "cut")
        }
    }

    @Test("Changed bytes are refused or run, and never crash", arguments: 0..<8)
    func mutated(seed: Int) {
        var numbers = SplitMix64.replayable(seed: UInt64(seed))
        let bytes = Self.small().bytes
        let input = Tensor(shape: [1, 2, 5, 5], values: [Float](repeating: 1, count: 50))
        for _ in 0..<500 {
            var mutant = bytes
            for _ in 0..<numbers.integer(1...4) {
                let place = numbers.integer(0...(mutant.count - 1))
                mutant[place] = UInt8(truncatingIfNeeded: numbers.next())
            }
            guard let model = try? ONNXModel(bytes: mutant, fileName: "mutant"),
                let engine = try? Engine(model: model, threads: 1)
            else { continue }
            _ = try? engine.run(["x": input])
        }
    }

    /// A model whose weights lie in a file of the given name.
    private static func external(_ location: String) -> [UInt8] {
        var writer = ModelWriter()
        writer.input("x", [1, 4])
        var tensor = Message()
        tensor.integer(1, 4)
        tensor.integer(2, ElementType.float32.rawValue)
        tensor.text(8, "w")
        for (key, value) in [("location", location), ("offset", "4"), ("length", "16")] {
            var entry = Message()
            entry.text(1, key)
            entry.text(2, value)
            tensor.data(13, entry.bytes)
        }
        tensor.integer(14, 1)
        writer.stored(message: tensor.bytes)
        writer.node("Add", ["x", "w"], ["y"])
        writer.output("y")
        return writer.bytes
    }

    @Test("External data is read from the model's own folder and nowhere else")
    func externalData() throws {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("wetread-\(UUID().uuidString)", isDirectory: true)
        let inner = folder.appendingPathComponent("model", isDirectory: true)
        try FileManager.default.createDirectory(at: inner, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let weights: [Float] = [9, 1, 2, 3, 4]
        let data = weights.withUnsafeBytes { Data($0) }
        for file in [inner.appendingPathComponent("w.bin"), folder.appendingPathComponent("w.bin")]
        {
            try data.write(to: file)
        }
        try FileManager.default.createSymbolicLink(
            at: inner.appendingPathComponent("link.bin"),
            withDestinationURL: folder.appendingPathComponent("w.bin"))
        let path = inner.appendingPathComponent("m.onnx")
        try Data(Self.external("w.bin")).write(to: path)
        let engine = try Engine(model: try ONNXModel(contentsOf: path), threads: 1)
        let zeros = Tensor(shape: [1, 4], values: [0, 0, 0, 0])
        #expect(try engine.run(["x": zeros])["y"]?.values == [1, 2, 3, 4])
        let outside = ["../w.bin", "/etc/passwd", "link.bin", "sub/../../w.bin", "none.bin", ""]
        for location in outside {
            try Data(Self.external(location)).write(to: path)
            #expect(throws: CNNError.self, "\(location)") { try ONNXModel(contentsOf: path) }
        }
        #expect(throws: CNNError.self) { try ONNXModel(bytes: Self.external("w.bin")) }
    }

    @Test("A file that is not there, and a folder, are refused by name")
    func unreadable() {
        for path in ["/nonexistent/model.onnx", "/tmp"] {
            #expect(throws: CNNError.self) { try ONNXModel(contentsOf: URL(fileURLWithPath: path)) }
        }
    }
}

extension SplitMix64 {
    static func values(_ count: Int) -> [Float] {
        var numbers = SplitMix64(seed: UInt64(count))
        return numbers.floats(count)
    }
}
