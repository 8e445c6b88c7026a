// Normalisation over channels, images or trailing axes.

import Foundation

enum NormalizationOperators {
    static let table: [String: OperatorFunction] = [
        "BatchNormalization": batch
    ]

    /// Inference form: y = (x - mean) / sqrt(var + epsilon) * scale + bias, a set for each channel.
    private static func batch(_ call: OperatorCall) throws(CNNError) -> [Tensor] {
        let input = try call.input(0)
        guard call.integer("training_mode", 0) == 0, call.integer("spatial", 1) == 1 else {
            throw call.fail("only the inference form over channels is known")
        }
        guard input.shape.count >= 2 else { throw call.fail("its input has shape \(input.shape)") }
        var columns: [[Double]] = []
        for index in 1...4 {
            let column = try call.input(index).storage.doubles
            guard column.count == input.shape[1] else {
                throw call.fail("input \(index) has \(column.count) values for \(input.shape)")
            }
            columns.append(column)
        }
        let epsilon = Double(call.float("epsilon", 1e-5))
        let size = input.shape.dropFirst(2).reduce(1, *)
        let channels = input.shape[1]
        var values = input.storage.doubles
        for place in values.indices {
            let c = place / max(1, size) % channels
            let scale = columns[0][c] / (columns[3][c] + epsilon).squareRoot()
            values[place] = (values[place] - columns[2][c]) * scale + columns[1][c]
        }
        return [
            Tensor(shape: input.shape, storage: try call.rounded(values, to: input.elementType))
        ]
    }
}
