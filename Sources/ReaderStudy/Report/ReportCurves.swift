// The curves and estimates that plots are drawn from.

/// A treatment's ROC curve averaged over its readers, with a band.
public struct AverageCurve: Sendable {
    /// The treatment's name.
    public let treatment: String
    /// False-positive fractions, from 0 to 1.
    public let falsePositiveFractions: [Double]
    /// The readers' mean sensitivity at each.
    public let sensitivities: [Double]
    /// The lower edge of the 95 % band (pointwise, over readers); the mean itself for one reader.
    public let lower: [Double]
    /// The upper edge of the band.
    public let upper: [Double]
    /// The readers' own curves.
    public let readers: [EmpiricalCurve]

    /// Averages the readers' empirical curves vertically at 101 false-positive fractions.
    init?(_ table: ReadingTable, treatment: Int) {
        let curves = table.readers.indices.compactMap { reader -> EmpiricalCurve? in
            let readings = table.readings(treatment: treatment, reader: reader)
            let diseased = readings.count { table.cases[$0.caseIndex].isDiseased }
            guard diseased > 0, diseased < readings.count else { return nil }
            return EmpiricalCurve(table, treatment: treatment, reader: reader)
        }
        guard !curves.isEmpty else { return nil }
        self.treatment = table.treatments[treatment]
        readers = curves
        falsePositiveFractions = (0...100).map { Double($0) / 100 }
        var (means, lowers, uppers) = ([Double](), [Double](), [Double]())
        for fraction in falsePositiveFractions {
            let values = curves.map { $0.sensitivity(at: fraction) }
            let mean = Moments.mean(values)
            let count = Double(values.count)
            let half =
                values.count > 1
                ? Distributions.tQuantile(above: 0.025, df: count - 1)
                    * (Moments.variance(values) / count).squareRoot() : 0
            means.append(mean)
            lowers.append(max(mean - half, 0))
            uppers.append(min(mean + half, 1))
        }
        (sensitivities, lower, upper) = (means, lowers, uppers)
    }
}

extension EmpiricalCurve {
    /// The sensitivity at a false-positive fraction, straight between operating points; at a
    /// vertical step its upper end.
    public func sensitivity(at fraction: Double) -> Double {
        var result = 0.0
        for (left, right) in zip(points, points.dropFirst()) {
            if right.falsePositiveFraction <= fraction {
                result = right.truePositiveFraction
                continue
            }
            if left.falsePositiveFraction > fraction { break }
            let share =
                (fraction - left.falsePositiveFraction)
                / (right.falsePositiveFraction - left.falsePositiveFraction)
            result =
                left.truePositiveFraction
                + share * (right.truePositiveFraction - left.truePositiveFraction)
            break
        }
        return result
    }
}

extension ReaderStudyAnalysis {
    /// The treatments' average curves, for plots; empty for free response without both truths.
    public var averageCurves: [AverageCurve] {
        table.treatments.indices.compactMap { AverageCurve(table, treatment: $0) }
    }

    /// The share that ratings of 0...1 or 0...100 stand for as confidences, by treatment.
    ///
    /// Nil where the ratings are on no such scale.
    public func calibration(treatment: Int) -> Calibration? {
        guard table.form == .roc, table.categoryThresholds.isEmpty else { return nil }
        let readings = table.readers.indices.flatMap {
            table.readings(treatment: treatment, reader: $0)
        }
        let highest = readings.map(\.rating).max() ?? 0
        let lowest = readings.map(\.rating).min() ?? 0
        guard lowest >= 0, highest <= 100, highest <= 1 || highest > 10 else { return nil }
        let scale = highest <= 1 ? 1.0 : 100.0
        return Calibration(
            readings.map { $0.rating / scale },
            readings.map { table.cases[$0.caseIndex].isDiseased })
    }
}
