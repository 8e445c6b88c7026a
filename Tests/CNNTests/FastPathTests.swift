// The fast forms of plain operators against the plain ones, on random shapes.

import CNN
import Testing
import WetreadTesting

@Suite("Fast forms of plain operators") struct FastPathTests {
    /// A one-node model and its inputs.
    struct Sample {
        var name: String
        var shapes: [[Int]]
        var attributes: [String: ModelWriter.Attribute] = [:]
        var stored: [(shape: [Int], values: [Int64])] = []
        var opset = 18
        var tolerance: Float = 1e-5
    }

    private static func samples(_ numbers: inout SplitMix64) -> [Sample] {
        func extent(_ most: Int = 9) -> Int { numbers.integer(1...most) }
        let (a, b, c, d) = (extent(3), extent(40), extent(), extent())
        var all = [
            "Exp", "Sigmoid", "Tanh", "Erf", "HardSigmoid", "HardSwish", "LeakyRelu", "Relu",
        ].map { Sample(name: $0, shapes: [[a, b, c]]) }
        all.append(Sample(name: "Gelu", shapes: [[a, b]], opset: 20))
        for name in ["Add", "Sub", "Mul", "Div"] {
            let full = [a, b, c, d]
            let parts = [
                full, [1, b, 1, 1], [a, b, 1, 1], [d], [], [1, 1, c, d], [b, 1, 1], [a, 1, c, 1],
            ]
            for part in parts {
                all.append(Sample(name: name, shapes: [full, part]))
                all.append(Sample(name: name, shapes: [part, full]))
            }
        }
        all += [
            Sample(name: "Softmax", shapes: [[a, c, b]]),
            Sample(
                name: "Softmax", shapes: [[a, c, b]], attributes: ["axis": .integer(1)], opset: 11),
            Sample(name: "Softmax", shapes: [[a, c, b]], attributes: ["axis": .integer(1)]),
            Sample(name: "LayerNormalization", shapes: [[a, c, b], [b], [b]], tolerance: 1e-4),
            Sample(
                name: "LayerNormalization", shapes: [[a, c, b], [c, b]],
                attributes: ["axis": .integer(1)], tolerance: 1e-4),
            Sample(
                name: "InstanceNormalization", shapes: [[a, c, b, 2], [c], [c]], tolerance: 1e-4),
            Sample(name: "MatMul", shapes: [[a, b, c], [a, c, d]]),
            Sample(name: "MatMul", shapes: [[a, 1, b, c], [d, c, b]]),
            Sample(name: "MatMul", shapes: [[b, c], [a, c, d]]),
            Sample(
                name: "ConvTranspose", shapes: [[a, c, 5, d], [c, 3, 2, 3], [3]],
                attributes: ["strides": .integers([2, 1]), "pads": .integers([1, 0, 0, 1])]),
            Sample(
                name: "Einsum", shapes: [[a, b, c], [a, d, c]],
                attributes: ["equation": .string("bij,bkj->bik")]),
            Sample(
                name: "Einsum", shapes: [[a, b, c], [c, d]],
                attributes: ["equation": .string("...j,jk->k...")]),
            Sample(
                name: "Einsum", shapes: [[b, c], [b, c]],
                attributes: ["equation": .string("ij,ij->i")]),
        ]
        for name in ["ReduceMean", "ReduceSum", "ReduceMax"] {
            for axes: [Int64] in [[-1], [2, 3], [1, 2, 3], [1], [0, 3]] {
                all.append(
                    Sample(
                        name: name, shapes: [[a, b, c, d]],
                        attributes: ["keepdims": .integer(numbers.integer(0...1))],
                        stored: [([axes.count], axes)]))
            }
        }
        return all
    }

    private func model(_ sample: Sample) throws -> ONNXModel {
        var writer = ModelWriter()
        writer.opset = sample.opset
        var names: [String] = []
        for (index, shape) in sample.shapes.enumerated() {
            names.append("x\(index)")
            writer.input("x\(index)", shape.map { $0 })
        }
        for (index, tensor) in sample.stored.enumerated() {
            names.append("s\(index)")
            writer.stored("s\(index)", tensor.shape, tensor.values)
        }
        writer.node(sample.name, names, ["y"], sample.attributes)
        writer.output("y")
        return try writer.model()
    }

    @Test("They give what the plain ones give, at any vector width", arguments: 0..<12)
    func twins(seed: Int) throws {
        var numbers = SplitMix64.replayable(seed: UInt64(seed))
        for sample in Self.samples(&numbers) {
            var inputs: [String: Tensor] = [:]
            for (index, shape) in sample.shapes.enumerated() {
                let values = numbers.floats(shape.reduce(1, *)).map { $0 * 3 }
                inputs["x\(index)"] = Tensor(shape: shape, values: values)
            }
            let model = try model(sample)
            let plain = try Engine(model: model, threads: 1, vectorWidth: nil, usesKernels: false)
            let expected = try #require(try plain.run(inputs)["y"])
            let greatest = expected.values.reduce(Float(1)) { max($0, abs($1)) }
            let words: Comment = "\(sample.name) \(sample.shapes) seed \(numbers.seed)"
            for width in [4, 8, 16] {
                let engine = try Engine(model: model, threads: 2, vectorWidth: width)
                let result = try #require(try engine.run(inputs)["y"])
                #expect(result.shape == expected.shape, words)
                let worst = zip(result.values, expected.values).reduce(Float(0)) {
                    max($0, abs($1.0 - $1.1))
                }
                #expect(worst <= sample.tolerance * greatest, words)
            }
        }
    }

    @Test("Values beyond their range stay what they are: infinities, not numbers, very large")
    func extremes() throws {
        let values: [Float] = [
            .infinity, -.infinity, .nan, 100, -100, 88.5, -87, 0, -0.0, 1e-30, 3e38, -3e38,
        ]
        for name in ["Exp", "Sigmoid", "Tanh", "Erf", "LeakyRelu", "Relu", "HardSwish"] {
            let model = try model(Sample(name: name, shapes: [[values.count]]))
            let input = ["x0": Tensor(shape: [values.count], values: values)]
            let plain = try Engine(model: model, threads: 1, vectorWidth: nil, usesKernels: false)
            let expected = try #require(try plain.run(input, allowsNaN: true)["y"]?.values)
            for width in [4, 8, 16] {
                let engine = try Engine(model: model, threads: 1, vectorWidth: width)
                let result = try #require(try engine.run(input, allowsNaN: true)["y"]?.values)
                for (index, (value, wanted)) in zip(result, expected).enumerated() {
                    let isSame =
                        value == wanted || (value.isNaN && wanted.isNaN)
                        || abs(value - wanted) <= 1e-6 * max(1e-30, abs(wanted))
                        || (abs(value) < 1e-35 && abs(wanted) < 1e-35)
                    #expect(isSame, "\(name)(\(values[index])) is \(value), not \(wanted)")
                }
            }
        }
    }

    @Test(
        "Pad takes a row of its constant, and the edges of each mode",
        arguments: ["constant", "edge", "reflect", "wrap"])
    func pads(mode: String) throws {
        var writer = ModelWriter()
        writer.opset = 19
        writer.input("x", [1, 2, 3])
        writer.stored("p", [6], [0, 1, 2, 1, 0, 1] as [Int64])
        writer.stored("v", [], [9] as [Float])
        writer.node("Pad", ["x", "p", "v"], ["y"], ["mode": .string(mode)])
        writer.output("y")
        let engine = try Engine(model: try writer.model(), threads: 1)
        let input = Tensor(shape: [1, 2, 3], values: [1, 2, 3, 4, 5, 6])
        let result = try #require(try engine.run(["x": input])["y"])
        #expect(result.shape == [2, 3, 6])
        // numpy.pad of the same.
        let rows: [String: [[Float]]] = [
            "constant": [[9, 9, 9, 9, 9, 9], [9, 9, 1, 2, 3, 9], [9, 9, 4, 5, 6, 9]],
            "edge": [[1, 1, 1, 2, 3, 3], [1, 1, 1, 2, 3, 3], [4, 4, 4, 5, 6, 6]],
            "reflect": [[6, 5, 4, 5, 6, 5], [3, 2, 1, 2, 3, 2], [6, 5, 4, 5, 6, 5]],
            "wrap": [[5, 6, 4, 5, 6, 4], [2, 3, 1, 2, 3, 1], [5, 6, 4, 5, 6, 4]],
        ]
        let first = try #require(rows[mode]).flatMap { $0 }
        #expect(Array(result.values.prefix(18)) == first)
        let second = mode == "constant" ? [Float](repeating: 9, count: 18) : first
        #expect(Array(result.values.suffix(18)) == second)
    }
}
