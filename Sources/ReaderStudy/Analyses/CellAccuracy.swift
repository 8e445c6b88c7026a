// Sensitivity, specificity and their kin of one reader, with intervals for proportions.

import Radiology

/// A proportion with its intervals.
public struct Proportion: Sendable, Hashable {
    /// How many are as counted.
    public let count: Int
    /// Of how many.
    public let total: Int

    /// Makes a proportion.
    public init(_ count: Int, of total: Int) {
        self.count = count
        self.total = total
    }

    /// The share; NaN of nothing.
    public var value: Double { total > 0 ? Double(count) / Double(total) : .nan }

    /// Wilson's score interval (1927), without continuity correction.
    public func wilson(level: Double = 0.95) -> (lower: Double, upper: Double) {
        let z = -Distributions.normalQuantile((1 - level) / 2)
        let interval = SampleStatistics.wilsonInterval(count, of: total, z: z)
        return (interval?.lowerBound ?? .nan, interval?.upperBound ?? .nan)
    }

    /// Clopper and Pearson's exact interval (1934).
    public func clopperPearson(level: Double = 0.95) -> (lower: Double, upper: Double) {
        guard total > 0 else { return (.nan, .nan) }
        let tail = (1 - level) / 2
        let lower =
            count == 0
            ? 0 : Distributions.betaQuantile(tail, Double(count), Double(total - count + 1))
        let upper =
            count == total
            ? 1 : Distributions.betaQuantile(1 - tail, Double(count + 1), Double(total - count))
        return (lower, upper)
    }
}

/// The decisions of one reader in one treatment at a threshold.
public struct CellAccuracy: Sendable, Hashable {
    /// The reader's name.
    public let reader: String
    /// The treatment's name.
    public let treatment: String
    /// Ratings at or above it call a case diseased.
    public let threshold: Double
    /// Diseased cases called diseased, of all diseased cases.
    public let sensitivity: Proportion
    /// Non-diseased cases called non-diseased, of all non-diseased cases.
    public let specificity: Proportion
    /// Diseased cases among those called diseased (at this study's share of diseased cases).
    public let positivePredictiveValue: Proportion
    /// Non-diseased cases among those called non-diseased.
    public let negativePredictiveValue: Proportion
    /// Cases called right.
    public let accuracy: Proportion

    /// Counts one cell.
    init(_ table: ReadingTable, treatment: Int, reader: Int, threshold: Double) {
        self.reader = table.readers[reader]
        self.treatment = table.treatments[treatment]
        self.threshold = threshold
        var counts = [[0, 0], [0, 0]]
        for reading in table.readings(treatment: treatment, reader: reader) {
            let truth = table.cases[reading.caseIndex].isDiseased ? 1 : 0
            counts[truth][reading.rating >= threshold ? 1 : 0] += 1
        }
        let (tn, fp, fn, tp) = (counts[0][0], counts[0][1], counts[1][0], counts[1][1])
        sensitivity = Proportion(tp, of: tp + fn)
        specificity = Proportion(tn, of: tn + fp)
        positivePredictiveValue = Proportion(tp, of: tp + fp)
        negativePredictiveValue = Proportion(tn, of: tn + fn)
        accuracy = Proportion(tp + tn, of: tp + tn + fp + fn)
    }

    /// Every cell of a study.
    public static func all(_ table: ReadingTable, threshold: Double) -> [CellAccuracy] {
        table.treatments.indices.flatMap { treatment in
            table.readers.indices.map {
                CellAccuracy(table, treatment: treatment, reader: $0, threshold: threshold)
            }
        }
    }
}
