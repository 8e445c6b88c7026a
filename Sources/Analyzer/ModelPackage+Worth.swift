// What a package says of its model's worth: measured areas, where, and how it was calibrated.

import Radiology

/// How well a label was told apart on the pictures a model was measured on.
public struct LabelWorth: Sendable, Equatable {
    /// Area under the ROC curve.
    public let auc: Double
    /// Its 95 % interval, where the package states one.
    public let interval: ClosedRange<Double>?
    /// Pictures with the pathology, where the package states it.
    public let positiveCount: Int?
}

extension ModelPackage {
    /// The measured worth of each label that the package states one for.
    public var worth: [Pathology: LabelWorth] {
        let rows = description.evaluation?.perLabel ?? []
        let pairs = rows.compactMap { row -> (Pathology, LabelWorth)? in
            guard let auc = row.auc, (0...1).contains(auc) else { return nil }
            var interval: ClosedRange<Double>?
            if let ends = row.aucCi95, ends.count == 2, ends[0] <= ends[1] {
                interval = ends[0]...ends[1]
            }
            return (
                Pathology(row.label),
                LabelWorth(auc: auc, interval: interval, positiveCount: row.positives)
            )
        }
        return Dictionary(pairs, uniquingKeysWith: { first, _ in first })
    }

    /// On what the worth was measured, such as `test, 2423 images of 607 patients`; may be empty.
    public var measuredOn: String {
        guard let evaluation = description.evaluation else { return "" }
        var text = evaluation.split ?? ""
        if let images = evaluation.images { text += ", \(images) images" }
        if let patients = evaluation.patients { text += " of \(patients) patients" }
        return text.inert()
    }

    /// How the probabilities were calibrated, in the makers' words; empty where they are not.
    public var calibrationWords: String {
        guard let calibration = description.calibration else { return "" }
        let fitted = calibration.fittedOn.map { ", fitted on \($0)" } ?? ""
        let note = calibration.note.map { "; \($0)" } ?? ""
        return (calibration.kind + fitted + note).inert()
    }
}
