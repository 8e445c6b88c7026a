// Where in the picture a network's answer comes from.

/// The part of each place of the last feature map in one output of a network.
public struct HeatMap: Sendable, Equatable {
    /// Rows of the feature map.
    public var height: Int
    /// Columns of the feature map.
    public var width: Int
    /// Contributions, row by row: their sum and `bias` make the output.
    public var values: [Float]
    /// What the output is without any feature.
    public var bias: Float

    /// The place of the greatest contribution.
    public var peak: (row: Int, column: Int) {
        let place = values.indices.max { values[$0] < values[$1] } ?? 0
        return (place / max(1, width), place % max(1, width))
    }
}

extension ONNXModel {
    /// The names that an exact class activation map needs: the last feature map, and the weights
    /// and bias of the linear layer behind the global average; nil for networks of another end.
    fileprivate var activationMapNames:
        (map: String, weight: String, bias: String?, transposed: Bool)?
    {
        var producers: [String: ONNXNode] = [:]
        for node in graph.nodes { for name in node.outputs { producers[name] = node } }
        guard let output = outputs.first?.name, var node = producers[output] else {
            return nil
        }
        if ["Sigmoid", "Softmax"].contains(node.operatorName),
            let before = producers[node.inputs[0]]
        {
            node = before
        }
        guard node.operatorName == "Gemm", node.inputs.count >= 2, node.integer("transA", 0) == 0,
            node.float("alpha", 1) == 1, node.float("beta", 1) == 1
        else { return nil }
        let (weight, transposed) = (node.inputs[1], node.integer("transB", 0) != 0)
        let bias = node.inputs.count > 2 ? node.inputs[2] : nil
        var name = node.inputs[0]
        // Back over what leaves the channels' means as they are.
        while let before = producers[name], let from = before.inputs.first,
            ["Dropout", "Flatten", "Identity", "Reshape", "Squeeze"].contains(before.operatorName)
        {
            name = from
        }
        guard let pooling = producers[name], pooling.operatorName == "GlobalAveragePool" else {
            return nil
        }
        return (pooling.inputs[0], weight, bias, transposed)
    }

    /// Whether the network ends in a global average and one linear layer, so that its class
    /// activation maps are exact.
    public var hasActivationMaps: Bool { activationMapNames != nil }
}

extension Engine {
    /// Exact class activation maps (Zhou et al.
    ///
    /// 2016, eq. 2), one for each of `classes` and the first image of the batch: the sum of a map
    /// and its bias is the class's logit.
    ///
    /// - Returns: nil for a network that does not end in a global average and one linear layer.
    public func activationMaps(
        _ inputs: [String: Tensor], classes: [Int]
    ) throws(CNNError) -> [HeatMap]? {
        guard let names = model.activationMapNames,
            let weight = model.initializer(named: names.weight), weight.shape.count == 2
        else { return nil }
        guard let features = try run(inputs, outputs: [names.map])[names.map],
            features.shape.count == 4, features.shape[0] > 0
        else { return nil }
        let bias = names.bias.flatMap { model.initializer(named: $0)?.values }
        let (channels, size) = (features.shape[1], features.shape[2] * features.shape[3])
        let (rows, columns) = (weight.shape[0], weight.shape[1])
        let classCount = names.transposed ? rows : columns
        guard (names.transposed ? columns : rows) == channels,
            classes.allSatisfy({ 0..<classCount ~= $0 })
        else { throw .unknownOutput(name: "class \(classes) of \(classCount)") }
        let (values, weights) = (features.values, weight.values)
        return classes.map { index in
            var sums = [Float](repeating: 0, count: size)
            for channel in 0..<channels {
                let place = names.transposed ? index * columns + channel : channel * columns + index
                let factor = weights[place] / Float(size)
                for pixel in 0..<size { sums[pixel] += factor * values[channel * size + pixel] }
            }
            return HeatMap(
                height: features.shape[2], width: features.shape[3], values: sums,
                bias: bias.map { $0.count == 1 ? $0[0] : $0[index] } ?? 0)
        }
    }
}
