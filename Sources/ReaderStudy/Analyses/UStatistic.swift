// Gallas's one-shot (U-statistic) variance of reader-averaged AUCs.

/// Gallas (2006), Gallas, Bandos, Samuelson and Wagner (2009): the unbiased variance of the AUC of
/// all readers pooled, for any design; readers without one kind of case in a treatment are left
/// out of that treatment.
public struct UStatistic: Sendable {
    /// Names of the treatments.
    public let treatments: [String]
    /// The pooled AUC of each treatment: every kernel of every reader counts the same.
    public let areas: [Double]
    /// The covariance of each pair of treatments, row-major; the diagonal holds the variances.
    ///
    /// Unbiased, so that it may be negative; NaN where no products without a shared reader exist.
    public let covariances: [Double]
    /// Degrees of freedom of each treatment; NaN where the design is not crossed.
    public let degreesOfFreedom: [Double]
    /// Degrees of freedom of each difference; NaN where the design is not crossed.
    public let differenceDegreesOfFreedom: [IndexPair: Double]

    /// Analyses a study whose figure is the AUC.
    public init(_ table: ReadingTable) throws(ReaderStudyError) {
        guard table.form != .freeResponse else {
            throw .design(.figureNotInForm(figure: "empirical AUC", form: table.form.rawValue))
        }
        guard table.cases.contains(where: \.isDiseased) else { throw .design(.noDiseasedCase) }
        guard table.cases.contains(where: { !$0.isDiseased }) else {
            throw .design(.noNonDiseasedCase)
        }
        treatments = table.treatments
        let readerCount = table.readers.count
        let cells: [KernelCell?] = table.cells.map { readings in
            let cell = KernelCell(
                TwoSampleFigure(readings, table, figure: .auc))
            return cell.rowCount > 0 && cell.columnCount > 0 ? cell : nil
        }
        let byTreatment = table.treatments.indices.map { treatment in
            Array(cells[(treatment * readerCount)..<((treatment + 1) * readerCount)])
        }
        for (index, readers) in byTreatment.enumerated() where readers.allSatisfy({ $0 == nil }) {
            throw .design(
                .wrongCount(
                    of: "reader with both kinds of cases in treatment \(table.treatments[index])",
                    found: 0, expected: "at least one"))
        }
        areas = byTreatment.map(Self.pooledArea)
        var covariances = [Double](repeating: .nan, count: treatments.count * treatments.count)
        for first in treatments.indices {
            for second in first..<treatments.count {
                let value = Self.covariance(byTreatment[first], byTreatment[second])
                covariances[first * treatments.count + second] = value
                covariances[second * treatments.count + first] = value
            }
        }
        self.covariances = covariances
        let isCrossed = table.design == .crossed && readerCount > 1
        let margins = isCrossed ? byTreatment.map { Margins($0, table) } : []
        let count = treatments.count
        let variances = (0..<count).map { covariances[$0 * count + $0] }
        degreesOfFreedom = (0..<count).map {
            isCrossed ? margins[$0].degreesOfFreedom(variances[$0]) : .nan
        }
        var differences: [IndexPair: Double] = [:]
        for pair in IndexPair.all(treatments.count) {
            let variance =
                variances[pair.first] + variances[pair.second]
                - 2 * covariances[pair.first * treatments.count + pair.second]
            differences[pair] =
                isCrossed
                ? margins[pair.first].minus(margins[pair.second]).degreesOfFreedom(variance) : .nan
        }
        differenceDegreesOfFreedom = differences
    }

    private static func pooledArea(_ cells: [KernelCell?]) -> Double {
        let present = cells.compactMap { $0 }
        return present.reduce(0) { $0 + $1.sum }
            / present.reduce(0) { $0 + $1.rowCount * $1.columnCount }
    }

    /// The product of the pooled AUCs minus the mean product of kernels that share neither reader
    /// nor case.
    private static func covariance(_ first: [KernelCell?], _ second: [KernelCell?]) -> Double {
        var sum = 0.0
        var count = 0.0
        for (reader, a) in first.enumerated() {
            for (otherReader, b) in second.enumerated() where otherReader != reader {
                guard let a, let b else { continue }
                let products = KernelProducts(a, b)
                sum += products.sumWithoutSharedCase
                count += products.countWithoutSharedCase
            }
        }
        guard count > 0 else { return .nan }
        return pooledArea(first) * pooledArea(second) - sum / count
    }

    /// The variance of a treatment's AUC.
    public func variance(_ treatment: Int) -> Double {
        covariances[treatment * treatments.count + treatment]
    }

    /// The variance of the difference of two treatments.
    public func variance(_ pair: IndexPair) -> Double {
        variance(pair.first) + variance(pair.second)
            - 2 * covariances[pair.first * treatments.count + pair.second]
    }

    /// A treatment's AUC; its interval uses the whole part of the degrees of freedom, as iMRMC's
    /// does, or is normal where the design is not crossed.
    public func estimate(_ treatment: Int) -> Estimate {
        Self.estimate(
            areas[treatment], variance(treatment), df: degreesOfFreedom[treatment])
    }

    /// The difference of two treatments.
    public func difference(_ pair: IndexPair) -> Estimate {
        Self.estimate(
            areas[pair.first] - areas[pair.second], variance(pair),
            df: differenceDegreesOfFreedom[pair] ?? .nan)
    }

    private static func estimate(_ value: Double, _ variance: Double, df: Double) -> Estimate {
        Estimate(
            value, variance: variance > 0 ? variance : .nan,
            degreesOfFreedom: df.isNaN ? .infinity : df.rounded(.down))
    }
}

/// Mean kernels by reader, by non-diseased and by diseased case: what Satterthwaite's degrees of
/// freedom are taken from.
private struct Margins {
    var readers: [Double]
    var healthy: [Double]
    var diseased: [Double]

    init(_ cells: [KernelCell?], _ table: ReadingTable) {
        let present = cells.compactMap { $0 }
        readers = present.map(\.area)
        let diseasedIndices = table.cases.indices.filter { table.cases[$0].isDiseased }
        let healthyIndices = table.cases.indices.filter { !table.cases[$0].isDiseased }
        healthy = healthyIndices.map { index in
            Moments.mean(present.map { $0.rowSums[index] / $0.columnCount })
        }
        diseased = diseasedIndices.map { index in
            Moments.mean(present.map { $0.columnSums[index] / $0.rowCount })
        }
    }

    /// The margins of the difference of two treatments.
    func minus(_ other: Margins) -> Margins {
        var result = self
        result.readers = zip(readers, other.readers).map { $0 - $1 }
        result.healthy = zip(healthy, other.healthy).map { $0 - $1 }
        result.diseased = zip(diseased, other.diseased).map { $0 - $1 }
        return result
    }

    /// variance² / sum of (marginal variance of the mean)² / (n - 1), not below the least n - 1.
    func degreesOfFreedom(_ variance: Double) -> Double {
        guard variance > 0 else { return .nan }
        var sum = 0.0
        for values in [readers, healthy, diseased] {
            let marginal = Moments.variance(values) / Double(values.count)
            sum += marginal * marginal / Double(values.count - 1)
        }
        let least = Double(min(readers.count, healthy.count, diseased.count) - 1)
        return max(variance * variance / sum, least)
    }
}
