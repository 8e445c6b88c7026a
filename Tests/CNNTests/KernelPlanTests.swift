// Plans with kernels against the same graphs through the plain operators.

import CNN
import Foundation
import Testing
import WetreadTesting

@Suite("Planned networks against the plain operators") struct KernelPlanTests {
    /// A random network of the layers that kernels and fusions exist for.
    private static func network(_ numbers: inout SplitMix64) throws -> (ONNXModel, Tensor) {
        var writer = ModelWriter()
        let size = numbers.integer(7...15)
        var channels = numbers.integer(1...4)
        let shape = [numbers.integer(1...2), channels, size, size]
        writer.input("x", [nil, channels, size, size])
        var name = "x"
        var count = 0
        for _ in 0..<numbers.integer(2...6) {
            count += 1
            let next = "v\(count)"
            switch numbers.integer(0...6) {
            case 0, 1:
                channels = convolution(&writer, &numbers, name, next, channels)
            case 2:
                writer.node("Relu", [name], [next])
            case 3:
                normalization(&writer, &numbers, name, next, channels)
            case 4:
                _ = convolution(
                    &writer, &numbers, name, next + "c", channels, out: channels, kernel: 3)
                writer.node("Add", [next + "c", name], [next + "s"])
                writer.node("Relu", [next + "s"], [next])
            case 5:
                let grown = convolution(&writer, &numbers, name, next + "c", channels, kernel: 3)
                writer.node("Concat", [name, next + "c"], [next], ["axis": .integer(1)])
                channels += grown
            default:
                _ = convolution(
                    &writer, &numbers, name, next + "c", channels, out: channels, kernel: 1)
                let kind = numbers.flag() ? "AveragePool" : "MaxPool"
                writer.node(
                    kind, [next + "c"], [next],
                    ["kernel_shape": .integers([2, 2]), "strides": .integers([1, 1])])
            }
            name = next
        }
        writer.node("GlobalAveragePool", [name], ["pooled"])
        writer.node("Flatten", ["pooled"], ["flat"])
        writer.stored("head", [5, channels], numbers.floats(5 * channels))
        writer.stored("bias", [5], numbers.floats(5))
        writer.node("Gemm", ["flat", "head", "bias"], ["y"], ["transB": .integer(1)])
        writer.output("y")
        return (
            try writer.model(), Tensor(shape: shape, values: numbers.floats(shape.reduce(1, *)))
        )
    }

    /// Adds a convolution that keeps the picture's size; gives the number of its channels.
    private static func convolution(
        _ writer: inout ModelWriter, _ numbers: inout SplitMix64, _ from: String, _ to: String,
        _ channels: Int, out: Int? = nil, kernel: Int? = nil
    ) -> Int {
        let kernel = kernel ?? [1, 3, 5][numbers.integer(0...2)]
        let isDepthwise = out == nil && channels > 1 && numbers.flag()
        let outChannels = isDepthwise ? channels : out ?? numbers.integer(1...40)
        let part = isDepthwise ? 1 : channels
        let weights = numbers.floats(outChannels * part * kernel * kernel)
        let scale = 1 / Float(part * kernel * kernel).squareRoot()
        writer.stored(
            to + ".w", [outChannels, part, kernel, kernel], weights.map { $0 * scale })
        writer.stored(to + ".b", [outChannels], numbers.floats(outChannels))
        writer.node(
            "Conv", [from, to + ".w", to + ".b"], [to],
            [
                "pads": .integers([Int](repeating: kernel / 2, count: 4)),
                "group": .integer(isDepthwise ? channels : 1),
            ])
        return outChannels
    }

    private static func normalization(
        _ writer: inout ModelWriter, _ numbers: inout SplitMix64, _ from: String, _ to: String,
        _ channels: Int
    ) {
        for suffix in ["g", "b", "m"] {
            writer.stored("\(to).\(suffix)", [channels], numbers.floats(channels))
        }
        writer.stored("\(to).v", [channels], numbers.floats(channels).map { $0 * $0 + 0.5 })
        writer.node(
            "BatchNormalization", [from] + ["g", "b", "m", "v"].map { "\(to).\($0)" }, [to])
    }

    @Test("Kernels and fusions give what the plain operators give", arguments: 0..<60)
    func random(seed: Int) throws {
        var numbers = SplitMix64.replayable(seed: UInt64(seed))
        let (model, input) = try Self.network(&numbers)
        let plain = try Engine(model: model, threads: 1, vectorWidth: nil, usesKernels: false)
        let wanted = try #require(try plain.run(["x": input])["y"]?.values)
        let greatest = wanted.reduce(Float(1)) { max($0, abs($1)) }
        for width in [4, 8, 16] {
            let engine = try Engine(model: model, threads: 2, vectorWidth: width)
            let values = try #require(try engine.run(["x": input])["y"]?.values)
            for (value, expected) in zip(values, wanted) {
                #expect(abs(value - expected) < 1e-4 * greatest, "seed \(seed) width \(width)")
            }
        }
    }

    @Test("A run's profile names each step's kernel, shape and work")
    func profile() throws {
        var numbers = SplitMix64(seed: 8)
        var writer = ModelWriter()
        writer.input("x", [1, 16, 24, 24])
        writer.stored("w", [32, 16, 3, 3], numbers.floats(32 * 144))
        writer.node("Conv", ["x", "w"], ["c"], ["pads": .integers([1, 1, 1, 1])])
        writer.node("Relu", ["c"], ["y"])
        writer.output("y")
        let engine = try Engine(model: try writer.model(), threads: 1)
        let input = Tensor(shape: [1, 16, 24, 24], values: numbers.floats(16 * 576))
        let layers = try engine.profile(["x": input], runs: 2)
        #expect(layers.map(\.step.kernel) == ["winograd 4x4+relu"])
        #expect(layers.first?.step.operators == ["Conv", "Relu"])
        #expect(layers.first?.outputShape == [1, 32, 24, 24])
        #expect(layers.first?.operationCount == 2 * 32 * 576 * 144)
    }

    @Test("A class activation map and its bias sum to the logit")
    func activationMap() throws {
        let engine = try Engine(model: try MonteCarloTests.dense(ratio: 0.1), threads: 1)
        // MatMul at the end instead of Gemm: no exact map is claimed.
        #expect(!engine.model.hasActivationMaps)
        var numbers = SplitMix64(seed: 21)
        var writer = ModelWriter()
        writer.input("x", [nil, 2, 6, 7])
        writer.stored("w", [8, 2, 3, 3], numbers.floats(144))
        writer.node("Conv", ["x", "w"], ["c"])
        writer.node("Relu", ["c"], ["r"])
        writer.node("GlobalAveragePool", ["r"], ["p"])
        writer.node("Flatten", ["p"], ["f"])
        writer.stored("head", [3, 8], numbers.floats(24))
        writer.stored("bias", [3], numbers.floats(3))
        writer.node("Gemm", ["f", "head", "bias"], ["y"], ["transB": .integer(1)])
        writer.output("y")
        let mapped = try Engine(model: try writer.model(), threads: 1)
        let input = Tensor(shape: [1, 2, 6, 7], values: numbers.floats(84))
        let logits = try #require(try mapped.run(["x": input])["y"]?.values)
        let maps = try #require(try mapped.activationMaps(["x": input], classes: [0, 1, 2]))
        for (map, logit) in zip(maps, logits) {
            #expect((map.height, map.width) == (4, 5))
            #expect(abs(map.values.reduce(0, +) + map.bias - logit) < 1e-5)
        }
    }
}
