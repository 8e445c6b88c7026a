// A standalone system (CAD, AI) against the readers.

/// A system that reads alone, against readers who read the same cases.
///
/// Hupse, Samulski, Lobbes and others, Radiology 266 (2013) 123; the names of the three analyses
/// are RJafroc's. Differences are readers minus system.
public struct StandaloneComparison: Sendable {
    /// The system's figure.
    public let system: Double
    /// The readers' names.
    public let readers: [String]
    /// The readers' figures.
    public let figures: [Double]
    /// The variance of the readers' figures (divisor J - 1).
    public let readerVariance: Double
    /// The mean variance of the differences, and their mean covariance.
    public let errorVariance: Double
    /// The mean covariance of the differences of two readers.
    public let covariance: Double
    /// The difference with readers random and cases fixed (one-sample t).
    public let differenceFixedCases: Estimate
    /// The difference with readers and cases random.
    public let difference: Estimate
    /// The readers' mean with readers random and cases fixed.
    public let readersFixedCases: Estimate
    /// The readers' mean with the standard error of the difference.
    public let readersMean: Estimate
    /// The system's ratings repeated under every reader as a treatment of their own.
    public let twoTreatments: ObuchowskiRockette

    /// Compares reader `system` of a study of one treatment with all others.
    public init(
        _ table: ReadingTable, system name: String, figure: FigureOfMerit,
        covariance method: CovarianceMethod = .jackknife
    ) throws(ReaderStudyError) {
        guard let index = table.readers.firstIndex(of: name) else {
            throw .design(.noSuchReader(StudyCSV.shortened(name)))
        }
        guard table.treatments.count == 1 else {
            throw .design(
                .wrongCount(
                    of: "treatments", found: table.treatments.count,
                    expected: "for a standalone comparison one is"))
        }
        let others = table.readers.indices.filter { $0 != index }
        guard others.count > 1 else {
            throw .design(
                .wrongCount(
                    of: "readers besides the system", found: others.count,
                    expected: "two or more are"))
        }
        let matrix = try FigureMatrix(table, figure: figure, covariance: method)
        let cells = [Int](repeating: index, count: others.count) + others
        let repeated = FigureMatrix(
            values: cells.map { matrix.values[$0] },
            covariances: cells.flatMap { a in cells.map { matrix.covariance(a, $0) } },
            method: method)
        twoTreatments = ObuchowskiRockette(
            treatments: ["system", "readers"], readers: others.map { table.readers[$0] },
            matrix: repeated)
        system = matrix.values[index]
        readers = others.map { table.readers[$0] }
        figures = others.map { matrix.values[$0] }
        let differences = figures.map { [system] in $0 - system }
        readerVariance = Moments.snapped(Moments.variance(differences))
        var diagonal = 0.0
        var rest = 0.0
        for a in others {
            for b in others {
                let entry =
                    matrix.covariance(a, b) - matrix.covariance(a, index)
                    - matrix.covariance(index, b) + matrix.covariance(index, index)
                if a == b { diagonal += entry } else { rest += entry }
            }
        }
        let j = Double(others.count)
        errorVariance = diagonal / j
        covariance = rest / (j * (j - 1))
        let mean = Moments.mean(differences)
        let sum = readerVariance + j * max(covariance, 0)
        let df = ObuchowskiRockette.hillis(sum, meanSquare: readerVariance, df: j - 1)
        let fixed = readerVariance / j
        differenceFixedCases = Estimate(mean, variance: fixed, degreesOfFreedom: j - 1)
        readersFixedCases = Estimate(
            Moments.mean(figures), variance: fixed, degreesOfFreedom: j - 1)
        difference = Estimate(mean, variance: sum / j, degreesOfFreedom: df)
        readersMean = Estimate(Moments.mean(figures), variance: sum / j, degreesOfFreedom: df)
    }
}
