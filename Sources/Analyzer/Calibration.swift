// From the network's outputs to calibrated probabilities.

import Foundation
import Radiology

/// Per label, the map from an output to a calibrated probability.
package struct Calibration: Sendable {
    private enum Kind {
        /// p = sigmoid(a * logit + b), Platt 1999.
        case platt(slope: Double, offset: Double)
        /// The output is a probability already.
        case identity
    }

    private let kinds: [Kind]

    init(_ description: ModelDescription, package: String) throws(AnalyzerError) {
        let meaning = description.output.meaning
        let givesLogits = meaning.hasPrefix("logits")
        guard givesLogits || meaning.hasPrefix("probabilities") else {
            throw .badDescription(
                package: package, reason: "`output.meaning` must begin with logits or probabilities"
            )
        }
        guard let calibration = description.calibration, let labels = calibration.perLabel else {
            let plain = givesLogits ? Kind.platt(slope: 1, offset: 0) : .identity
            kinds = description.labels.map { _ in plain }
            return
        }
        guard givesLogits, calibration.kind.hasPrefix("per-label Platt") else {
            throw .badDescription(
                package: package, reason: "`calibration.kind` is not a kind that is known")
        }
        guard labels.map(\.label) == description.labels else {
            throw .badDescription(
                package: package, reason: "`calibration` must list the labels in their order")
        }
        kinds = labels.map { .platt(slope: $0.a, offset: $0.b) }
    }

    /// Calibrated probability 0...1 of output `index`.
    package func probability(of output: Float, at index: Int) -> Double {
        switch kinds[index] {
        case .platt(let slope, let offset): 1 / (1 + exp(-(slope * Double(output) + offset)))
        case .identity: Double(output)
        }
    }
}
