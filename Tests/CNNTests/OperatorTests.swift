// Single operators on values worked out by hand; the standard's own node tests are run by
// Benchmarks/engine/conformance.py.

import CNN
import Testing

/// One operator, its inputs and what it should give.
struct OperatorCase: Sendable, CustomTestStringConvertible {
    var name: String
    var inputs: [Tensor]
    var attributes: [String: ModelWriter.Attribute] = [:]
    var expected: Tensor

    var testDescription: String { "\(name) \(attributes.keys.sorted())" }

    init(
        _ name: String, _ inputs: [Tensor], _ attributes: [String: ModelWriter.Attribute] = [:],
        gives expected: Tensor
    ) {
        (self.name, self.inputs, self.attributes) = (name, inputs, attributes)
        self.expected = expected
    }
}

private func floats(_ shape: [Int], _ values: [Float]) -> Tensor {
    Tensor(shape: shape, values: values)
}

private func integers(_ shape: [Int], _ values: [Int64]) -> Tensor {
    Tensor(shape: shape, storage: .int64(values))
}

@Suite("Plain operators") struct OperatorTests {
    @Test(
        "An operator gives what its page says",
        arguments: [
            OperatorCase("Relu", [floats([3], [-1, 0, 2])], gives: floats([3], [0, 0, 2])),
            OperatorCase(
                "LeakyRelu", [floats([2], [-2, 2])], ["alpha": .float(0.5)],
                gives: floats([2], [-1, 2])),
            OperatorCase(
                "Add", [floats([2, 1], [1, 2]), floats([3], [10, 20, 30])],
                gives: floats([2, 3], [11, 21, 31, 12, 22, 32])),
            OperatorCase(
                "Div", [integers([3], [7, -7, 1]), integers([3], [2, 2, 0])],
                gives: integers([3], [3, -3, 0])),
            OperatorCase(
                "Mod", [integers([2], [-4, 4]), integers([2], [3, -3])],
                gives: integers([2], [2, -2])),
            OperatorCase(
                "Softmax", [floats([1, 2], [0, 0])], gives: floats([1, 2], [0.5, 0.5])),
            OperatorCase(
                "MatMul", [floats([1, 2], [1, 2]), floats([2, 2], [1, 2, 3, 4])],
                gives: floats([1, 2], [7, 10])),
            OperatorCase(
                "Transpose", [floats([2, 3], [1, 2, 3, 4, 5, 6])],
                gives: floats([3, 2], [1, 4, 2, 5, 3, 6])),
            OperatorCase(
                "Slice",
                [
                    floats([5], [0, 1, 2, 3, 4]), integers([1], [-1]), integers([1], [-99]),
                    integers([1], [0]), integers([1], [-2]),
                ], gives: floats([3], [4, 2, 0])),
            OperatorCase(
                "Gather", [floats([2, 2], [1, 2, 3, 4]), integers([2], [-1, 0])],
                gives: floats([2, 2], [3, 4, 1, 2])),
            OperatorCase(
                "Concat", [floats([2, 1], [1, 2]), floats([2, 1], [3, 4])], ["axis": .integer(-1)],
                gives: floats([2, 2], [1, 3, 2, 4])),
            OperatorCase(
                "Pad", [floats([3], [1, 2, 3]), integers([2], [2, 1])],
                ["mode": .string("reflect")],
                gives: floats([6], [3, 2, 1, 2, 3, 2])),
            OperatorCase(
                "ReduceMean", [floats([2, 2], [1, 3, 5, 7])],
                ["axes": .integers([1]), "keepdims": .integer(0)], gives: floats([2], [2, 6])),
            OperatorCase(
                "ArgMax", [floats([4], [1, 9, 9, 2])], ["select_last_index": .integer(1)],
                gives: integers([1], [2])),
            OperatorCase(
                "CumSum", [floats([3], [1, 2, 3]), integers([1], [0])],
                ["exclusive": .integer(1), "reverse": .integer(1)],
                gives: floats([3], [5, 3, 0])),
            OperatorCase(
                "Einsum", [floats([2, 2], [1, 2, 3, 4]), floats([2, 2], [1, 0, 0, 1])],
                ["equation": .string("ij,jk->ik")], gives: floats([2, 2], [1, 2, 3, 4])),
            OperatorCase(
                "ScatterND", [floats([3], [1, 2, 3]), integers([1, 1], [1]), floats([1], [9])],
                gives: floats([3], [1, 9, 3])),
            OperatorCase(
                "DepthToSpace", [floats([1, 4, 1, 1], [1, 2, 3, 4])], ["blocksize": .integer(2)],
                gives: floats([1, 1, 2, 2], [1, 2, 3, 4])),
            OperatorCase(
                "ConvTranspose",
                [floats([1, 1, 1, 2], [1, 2]), floats([1, 1, 1, 2], [1, 10])],
                gives: floats([1, 1, 1, 3], [1, 12, 20])),
            // An odd number of values to cut: one more at the head, unless SAME_UPPER.
            OperatorCase(
                "ConvTranspose",
                [floats([1, 1, 1, 2], [1, 2]), floats([1, 1, 1, 2], [1, 10])],
                ["output_shape": .integers([1, 2])], gives: floats([1, 1, 1, 2], [12, 20])),
            // Rounding up, the only window reaches past the input.
            OperatorCase(
                "AveragePool", [floats([1, 1, 1, 2], [1, 2])],
                [
                    "kernel_shape": .integers([1, 3]), "strides": .integers([1, 3]),
                    "ceil_mode": .integer(1),
                ], gives: floats([1, 1, 1, 1], [1.5])),
            // The coordinate of a single output is 0.
            OperatorCase(
                "Resize",
                [floats([4], [1, 2, 3, 4]), floats([0], []), floats([0], []), integers([1], [1])],
                [
                    "coordinate_transformation_mode": .string("pytorch_half_pixel"),
                    "mode": .string("cubic"),
                ], gives: floats([1], [1])),
            OperatorCase(
                "MaxPool", [floats([1, 1, 1, 3], [1, 3, 2])], ["kernel_shape": .integers([1, 2])],
                gives: floats([1, 1, 1, 2], [3, 3])),
            OperatorCase(
                "Expand", [floats([2, 1], [1, 2]), integers([2], [2, 2])],
                gives: floats([2, 2], [1, 1, 2, 2])),
        ])
    func gives(sample: OperatorCase) throws {
        var writer = ModelWriter()
        var inputs: [String: Tensor] = [:]
        for (index, tensor) in sample.inputs.enumerated() {
            writer.input("x\(index)", tensor.shape.map { $0 }, type: tensor.elementType)
            inputs["x\(index)"] = tensor
        }
        writer.node(sample.name, inputs.keys.sorted(), ["y"], sample.attributes)
        writer.output("y")
        let engine = try Engine(model: try writer.model(), threads: 1)
        let result = try #require(try engine.run(inputs)["y"])
        #expect(result.shape == sample.expected.shape)
        #expect(result.elementType == sample.expected.elementType)
        #expect(result.storage.doubles == sample.expected.storage.doubles)
    }

    @Test("Axes, indices and sizes that do not fit are refused by node")
    func refused() throws {
        let bad: [(String, [Tensor], [String: ModelWriter.Attribute])] = [
            ("Gather", [floats([2], [1, 2]), integers([1], [2])], [:]),
            ("Reshape", [floats([2], [1, 2]), integers([1], [3])], [:]),
            ("Expand", [floats([1], [1]), integers([2], [1 << 40, 1 << 40])], [:]),
            ("Concat", [floats([2], [1, 2]), floats([2], [1, 2])], ["axis": .integer(4)]),
            ("Squeeze", [floats([2], [1, 2]), integers([1], [0])], [:]),
            ("MatMul", [floats([1, 2], [1, 2]), floats([1, 2], [1, 2])], [:]),
            ("Tile", [floats([1], [1]), integers([1], [.max])], [:]),
            // Terabytes and more.
            ("ConstantOfShape", [integers([2], [1 << 20, 1 << 20])], [:]),
            ("Range", [integers([], [0]), integers([], [1 << 50]), integers([], [1])], [:]),
            ("Pad", [floats([1], [1]), integers([2], [1 << 40, 0])], [:]),
            (
                "Resize",
                [floats([1, 1, 2], [1, 2]), floats([0], []), floats([3], [1, 1, 1e12])],
                [:]
            ),
            ("TopK", [floats([2], [1, 2]), integers([1], [1 << 40])], [:]),
            (
                "ConvTranspose",
                [
                    floats([1, 1, 9, 9], [Float](repeating: 1, count: 81)),
                    floats([1, 1, 1, 1], [1]),
                ],
                ["strides": .integers([1 << 20, 1 << 20])]
            ),
            (
                "MaxPool", [floats([1, 1, 2, 2], [1, 2, 3, 4])],
                [
                    "kernel_shape": .integers([1, 1]),
                    "pads": .integers([65536, 65536, 65536, 65536]),
                ]
            ),
        ]
        for (name, tensors, attributes) in bad {
            var writer = ModelWriter()
            var inputs: [String: Tensor] = [:]
            for (index, tensor) in tensors.enumerated() {
                writer.input("x\(index)", tensor.shape.map { $0 }, type: tensor.elementType)
                inputs["x\(index)"] = tensor
            }
            writer.node(name, inputs.keys.sorted(), ["y"], attributes, label: "the/node")
            writer.output("y")
            let engine = try Engine(model: try writer.model(), threads: 1)
            do {
                _ = try engine.run(inputs)
                Issue.record("\(name) was not refused")
            } catch {
                #expect(error.description.contains("the/node"), "\(name)")
            }
        }
    }
}
