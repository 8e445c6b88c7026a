import CNN
import Foundation
import Testing
import WetreadTesting

@Suite("Monte-Carlo dropout") struct MonteCarloTests {
    /// logits = W dropout(x): each logit's variance is p / (1 - p) * Σ w² x².
    private static func toy(ratio: Float, features: Int = 64, outputs: Int = 5) throws -> (
        ONNXModel, weights: [Float], input: Tensor
    ) {
        var numbers = SplitMix64(seed: 11)
        var writer = ModelWriter()
        let weights = numbers.floats(features * outputs)
        writer.input("x", [nil, features])
        writer.stored("w", [outputs, features], weights)
        writer.stored("p", [], [ratio])
        writer.node("Dropout", ["x", "p"], ["dropped"])
        writer.node("Gemm", ["dropped", "w"], ["y"], ["transB": .integer(1)])
        writer.output("y")
        return (
            try writer.model(), weights,
            Tensor(shape: [1, features], values: numbers.floats(features))
        )
    }

    @Test("The deviation of a dropout-only network agrees with its closed form to 3 %")
    func closedForm() throws {
        let ratio: Float = 0.3
        let (model, weights, input) = try Self.toy(ratio: ratio)
        let engine = try Engine(model: model, threads: 1)
        let passes = try #require(
            try engine.runMonteCarlo(["x": input], samples: 1000, seed: 5)["y"])
        #expect(passes.shape == [1000, 1, 5])
        for output in 0..<5 {
            let values = (0..<1000).map { Double(passes.values[$0 * 5 + output]) }
            let mean = values.reduce(0, +) / 1000
            let deviation = (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 999).squareRoot()
            var expected = 0.0
            for (index, x) in input.values.enumerated() {
                let product = Double(weights[output * 64 + index] * x)
                expected += product * product
            }
            expected = (expected * Double(ratio) / Double(1 - ratio)).squareRoot()
            #expect(abs(deviation / expected - 1) < 0.03, "logit \(output)")
        }
    }

    /// A network with dropout inside a dense block and before the head.
    static func dense(ratio: Float) throws -> ONNXModel {
        var numbers = SplitMix64(seed: 3)
        var writer = ModelWriter()
        writer.input("x", [nil, 3, 12, 12])
        writer.stored("p", [], [ratio])
        writer.stored("stem.w", [16, 3, 3, 3], numbers.floats(16 * 27))
        writer.node("Conv", ["x", "stem.w"], ["c0"], ["pads": .integers([1, 1, 1, 1])])
        var parts = ["c0"]
        var channels = 16
        for layer in 0..<3 {
            var input = parts[0]
            if parts.count > 1 {
                input = "cat\(layer)"
                writer.node("Concat", parts, [input], ["axis": .integer(1)])
            }
            for suffix in ["g", "b", "m"] {
                writer.stored("bn\(layer).\(suffix)", [channels], numbers.floats(channels))
            }
            let variance = numbers.floats(channels).map { $0 * $0 + 0.5 }
            writer.stored("bn\(layer).v", [channels], variance)
            writer.node(
                "BatchNormalization",
                [input] + ["g", "b", "m", "v"].map { "bn\(layer).\($0)" }, ["n\(layer)"])
            writer.node("Relu", ["n\(layer)"], ["r\(layer)"])
            writer.stored(
                "w\(layer)", [8, channels, 3, 3], numbers.floats(8 * channels * 9).map { $0 / 8 })
            writer.node(
                "Conv", ["r\(layer)", "w\(layer)"], ["conv\(layer)"],
                ["pads": .integers([1, 1, 1, 1])])
            writer.node("Dropout", ["conv\(layer)", "p"], ["d\(layer)"])
            parts.append("d\(layer)")
            channels += 8
        }
        writer.node("Concat", parts, ["all"], ["axis": .integer(1)])
        writer.node("GlobalAveragePool", ["all"], ["pooled"])
        writer.node("Flatten", ["pooled"], ["features"])
        writer.node("Dropout", ["features", "p"], ["dropped"])
        writer.stored("head", [channels, 4], numbers.floats(channels * 4))
        writer.node("MatMul", ["dropped", "head"], ["y"])
        writer.output("y")
        return try writer.model()
    }

    static func input(images: Int) -> Tensor {
        var numbers = SplitMix64(seed: 77)
        return Tensor(shape: [images, 3, 12, 12], values: numbers.floats(images * 432))
    }

    @Test("One seed gives one result to the last bit on any number of threads")
    func threads() throws {
        let model = try Self.dense(ratio: 0.2)
        let input = Self.input(images: 2)
        let one = try Engine(model: model, threads: 1)
        let two = try Engine(model: model, threads: 2)
        let first = try one.runMonteCarlo(["x": input], samples: 7, seed: 9)["y"]
        let second = try two.runMonteCarlo(["x": input], samples: 7, seed: 9)["y"]
        #expect(first?.values == second?.values)
        let other = try one.runMonteCarlo(["x": input], samples: 7, seed: 10)["y"]
        #expect(first?.values != other?.values)
    }

    @Test("A pass does not depend on how many passes or images run beside it")
    func batchSplit() throws {
        let engine = try Engine(model: try Self.dense(ratio: 0.2), threads: 1)
        let pair = Self.input(images: 2)
        let single = Tensor(shape: [1, 3, 12, 12], values: Array(pair.values[432...]))
        let both = try #require(
            try engine.runMonteCarlo(["x": pair], samples: 70, seed: 1)["y"]?.values)
        let alone = try #require(
            try engine.runMonteCarlo(["x": single], samples: 3, seed: 1)["y"]?.values)
        let once = try #require(
            try engine.runMonteCarlo(["x": single], samples: 1, seed: 1)["y"]?.values)
        for pass in 0..<3 {
            #expect(both[(pass * 8 + 4)..<(pass * 8 + 8)] == alone[(pass * 4)..<(pass * 4 + 4)])
        }
        #expect(once[...] == alone[..<4])
    }

    @Test("Dropout of ratio 0 gives the deterministic pass bit for bit")
    func ratioZero() throws {
        let engine = try Engine(model: try Self.dense(ratio: 0), threads: 1)
        let input = Self.input(images: 1)
        let plain = try #require(try engine.run(["x": input])["y"]?.values)
        let passes = try #require(
            try engine.runMonteCarlo(["x": input], samples: 3, seed: 1)["y"]?.values)
        #expect(passes == plain + plain + plain)
    }

    @Test("Dropout nodes are named in file order")
    func names() throws {
        let engine = try Engine(model: try Self.dense(ratio: 0.1), threads: 1)
        #expect(
            engine.dropoutNodes == ["d0/Dropout", "d1/Dropout", "d2/Dropout", "dropped/Dropout"])
    }

    @Test("Random dropout changes only what follows it, and its mean is the deterministic pass")
    func mean() throws {
        let (model, _, input) = try Self.toy(ratio: 0.5)
        let engine = try Engine(model: model, threads: 1)
        let plain = try #require(try engine.run(["x": input])["y"]?.values)
        let passes = try #require(
            try engine.runMonteCarlo(["x": input], samples: 4000, seed: 2)["y"]?.values)
        for output in 0..<5 {
            let mean = (0..<4000).reduce(Float(0)) { $0 + passes[$1 * 5 + output] } / 4000
            #expect(abs(mean - plain[output]) < 0.25, "logit \(output)")
        }
    }
}
