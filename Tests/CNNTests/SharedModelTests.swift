// Agreement with ONNX Runtime on the project's networks. Needs the shared folder (WETREAD_SHARED);
// the networks of make_onnx.py need python3 with numpy and onnx as well.

import CNN
import Foundation
import Testing
import WetreadTesting

let sharedFolder: URL? = ProcessInfo.processInfo.environment["WETREAD_SHARED"].map {
    URL(fileURLWithPath: $0, isDirectory: true)
}

/// Runs a command and returns its standard output, nil if it failed.
func output(of arguments: [String]) -> String? {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return nil }
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return process.terminationStatus == 0 ? String(decoding: data, as: UTF8.self) : nil
}

let hasPythonONNX = output(of: ["python3", "-c", "import numpy, onnx"]) != nil

@Suite("Agreement with ONNX Runtime", .enabled(if: sharedFolder != nil))
struct SharedModelTests {
    private struct Expected: Decodable {
        struct Image: Decodable {
            var tensor: String
            var logits: [Float]
            var probabilities: [Float]
            var mcDropoutLogitSd: [Float]
        }

        var images: [Image]
    }

    private var decoder: JSONDecoder {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return decoder
    }

    private var folder: URL {
        (sharedFolder ?? URL(fileURLWithPath: "/")).appendingPathComponent("model/baseline-cxr14")
    }

    private func expected() throws -> Expected {
        let data = try Data(contentsOf: folder.appendingPathComponent("expected.json"))
        return try decoder.decode(Expected.self, from: data)
    }

    private func model() throws -> ONNXModel {
        try ONNXModel(contentsOf: folder.appendingPathComponent("model.onnx"))
    }

    @Test("The baseline agrees to 1e-4 in each probability", arguments: [4, 8, 16])
    func baseline(vectorWidth: Int) throws {
        let engine = try Engine(model: model(), threads: 1, vectorWidth: vectorWidth)
        for image in try expected().images {
            let tensor = try NPYFile.read(folder.appendingPathComponent(image.tensor))
            let logits = try #require(try engine.run(["image": tensor])["logits"]?.values)
            for (index, logit) in logits.enumerated() {
                let probability = 1 / (1 + expf(-logit))
                #expect(abs(probability - image.probabilities[index]) < 1e-4)
                #expect(abs(logit - image.logits[index]) < 1e-3)
            }
        }
    }

    @Test("The baseline's Monte-Carlo deviation is the exact one to 5 %")
    func baselineDeviation() throws {
        let engine = try Engine(model: model(), threads: 1)
        let image = try #require(try expected().images.first)
        let tensor = try NPYFile.read(folder.appendingPathComponent(image.tensor))
        let samples = 2000
        let passes = try #require(
            try engine.runMonteCarlo(["image": tensor], samples: samples, seed: 1)["logits"]?.values
        )
        for label in 0..<14 {
            let values = (0..<samples).map { passes[$0 * 14 + label] }
            let mean = values.reduce(0, +) / Float(samples)
            let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Float(samples - 1)
            let ratio = variance.squareRoot() / image.mcDropoutLogitSd[label]
            #expect(abs(ratio - 1) < 0.05, "label \(label)")
        }
    }

    @Test("A value inside the network can be asked for, and explains the logits")
    func featureMap() throws {
        let model = try model()
        let engine = try Engine(model: model, threads: 2)
        let image = try #require(try expected().images.first)
        let tensor = try NPYFile.read(folder.appendingPathComponent(image.tensor))
        let results = try engine.run(["image": tensor], outputs: ["block6_out", "logits"])
        let map = try #require(results["block6_out"])
        #expect(map.shape == [1, 256, 4, 4])
        let weights = try #require(model.initializer(named: "fc.weight")).values
        let bias = try #require(model.initializer(named: "fc.bias")).values
        let values = map.values
        for label in 0..<14 {
            var sum: Float = 0
            for channel in 0..<256 {
                for pixel in 0..<16 {
                    sum += weights[label * 256 + channel] * values[channel * 16 + pixel] / 16
                }
            }
            #expect(abs(sum + bias[label] - image.logits[label]) < 1e-3)
        }
    }

    @Test("A value that fusion does away with can still be asked for")
    func fusedAway() throws {
        let engine = try Engine(model: model(), threads: 1)
        let image = try #require(try expected().images.first)
        let tensor = try NPYFile.read(folder.appendingPathComponent(image.tensor))
        let results = try engine.run(["image": tensor], outputs: ["block0/1_b", "block0/1_r"])
        let before = try #require(results["block0/1_b"]).values
        let after = try #require(results["block0/1_r"]).values
        #expect(before.map { max(0, $0) } == after)
        #expect(before.contains { $0 < 0 })
    }

    // MARK: Networks of make_onnx.py

    private struct Reference: Decodable {
        var inputShape: [Int]
        var inputSeed: UInt64
        var inputFirst8: [Double]
        var outputName: String
        var output: [[Float]]
    }

    static func drawnInput(shape: [Int], seed: UInt64) -> Tensor {
        var numbers = SplitMix64(seed: seed)
        let count = shape.reduce(1, *)
        var values = (0..<count).map { _ -> Float in
            let z = numbers.next()
            let parts = (z & 0xFFFF) + ((z >> 16) & 0xFFFF) + ((z >> 32) & 0xFFFF) + (z >> 48)
            return Float((Double(parts + 2) / 65536 - 2) * 3.0.squareRoot())
        }
        let image = count / shape[0]
        for start in stride(from: image, to: count, by: 2 * image) {
            for index in start..<(start + image) { values[index] = values[index] * 0.5 + 0.5 }
        }
        return Tensor(shape: shape, values: values)
    }

    @Test(
        "The networks of make_onnx.py agree to 1e-3 of the largest output",
        .enabled(if: hasPythonONNX),
        arguments: [
            ("densenet121", []), ("densenet121", ["--pairwise-concat"]),
            ("densenet121-dd", ["--dense-dropout", "0.1"]), ("resnet18", []), ("mobilenetv2", []),
            ("cnn3", []), ("densenet121-512", []),
        ] as [(String, [String])])
    func networks(name: String, options: [String]) throws {
        let tools = try #require(sharedFolder).appendingPathComponent("tools")
        let file = FileManager.default.temporaryDirectory
            .appendingPathComponent("wetread-\(UUID().uuidString).onnx")
        defer { try? FileManager.default.removeItem(at: file) }
        let network = name.replacingOccurrences(of: "-dd", with: "")
        let script = tools.appendingPathComponent("make_onnx.py").path
        try #require(
            output(of: ["python3", script, network, "-o", file.path] + options) != nil)
        let data = try Data(contentsOf: tools.appendingPathComponent("reference/expected.json"))
        let references = try decoder.decode([String: Reference].self, from: data)
        let reference = try #require(references[name])
        let input = Self.drawnInput(shape: reference.inputShape, seed: reference.inputSeed)
        for (value, expected) in zip(input.values, reference.inputFirst8) {
            #expect(value == Float(expected))
        }
        let model = try ONNXModel(contentsOf: file)
        let engine = try Engine(model: model, threads: 2)
        let result = try #require(
            try engine.run([model.inputs[0].name: input])[reference.outputName]?.values)
        let expected = reference.output.flatMap { $0 }
        let greatest = expected.reduce(Float(0)) { max($0, abs($1)) }
        #expect(result.count == expected.count)
        for (value, wanted) in zip(result, expected) {
            #expect(abs(value - wanted) < 1e-3 * greatest)
        }
    }

    /// Writes a network of make_onnx.py and reads it.
    private func network(_ arguments: [String]) throws -> ONNXModel {
        let tools = try #require(sharedFolder).appendingPathComponent("tools")
        let file = FileManager.default.temporaryDirectory
            .appendingPathComponent("wetread-\(UUID().uuidString).onnx")
        defer { try? FileManager.default.removeItem(at: file) }
        let script = tools.appendingPathComponent("make_onnx.py").path
        try #require(output(of: ["python3", script] + arguments + ["-o", file.path]) != nil)
        // The mapping outlives the name.
        return try ONNXModel(contentsOf: file)
    }

    @Test("With --sigmoid the outputs are the sigmoids of the logits", .enabled(if: hasPythonONNX))
    func sigmoid() throws {
        let plain = try network(["mobilenetv2"])
        let ended = try network(["mobilenetv2", "--sigmoid"])
        let input = Self.drawnInput(shape: [1, 3, 224, 224], seed: 3)
        let logits = try Engine(model: plain, threads: 2).run([plain.inputs[0].name: input])
        let results = try Engine(model: ended, threads: 2).run([ended.inputs[0].name: input])
        let wanted = try #require(logits.values.first).values.map { 1 / (1 + exp(-$0)) }
        let values = try #require(results.values.first).values
        #expect(values.count == wanted.count)
        for (value, expected) in zip(values, wanted) { #expect(abs(value - expected) < 1e-6) }
    }

    @Test("A network of one channel agrees with the plain operators", .enabled(if: hasPythonONNX))
    func oneChannel() throws {
        let model = try network(["cnn3", "--channels", "1"])
        let shape = try #require(model.inputs[0].shape).map { $0 ?? 1 }
        #expect(shape[1] == 1)
        let input = [model.inputs[0].name: Self.drawnInput(shape: shape, seed: 5)]
        let plain = try Engine(model: model, threads: 1, vectorWidth: nil, usesKernels: false)
        let wanted = try #require(try plain.run(input).values.first).values
        let engine = try Engine(model: model, threads: 2)
        let values = try #require(try engine.run(input).values.first).values
        let greatest = wanted.reduce(Float(0)) { max($0, abs($1)) }
        for (value, expected) in zip(values, wanted) {
            #expect(abs(value - expected) < 1e-4 * greatest)
        }
    }
}
