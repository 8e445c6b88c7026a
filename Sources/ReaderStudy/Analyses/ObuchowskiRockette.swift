// The Obuchowski-Rockette analysis with Hillis's degrees of freedom.

/// The Obuchowski-Rockette (1995) analysis of figures of merit with correlated errors, with the
/// denominator degrees of freedom of Hillis (2007).
///
/// Formulas and conventions: `Documentation/reader-studies.md`; N. Obuchowski and H. Rockette,
/// Commun Stat B 24 (1995) 285; S. L. Hillis, Stat Med 26 (2007) 596.
public struct ObuchowskiRockette: Sendable {
    /// Names of the treatments.
    public let treatments: [String]
    /// Names of the readers.
    public let readers: [String]
    /// Figures of merit and covariances.
    public let matrix: FigureMatrix
    /// Mean figure of each treatment.
    public let means: [Double]
    /// Sums of squares of treatments, readers, and their interaction.
    public let sumsOfSquares: (treatment: Double, reader: Double, interaction: Double)
    /// Mean squares; zero where there are no degrees of freedom.
    public let meanSquares: (treatment: Double, reader: Double, interaction: Double)
    /// Var(Error), Cov1, Cov2 and Cov3 over the whole matrix.
    public let covariances: ErrorCovariances

    /// Averages of the covariance matrix by what two cells have in common.
    public struct ErrorCovariances: Sendable, Hashable {
        /// The diagonal.
        public var error: Double
        /// Same reader, other treatment.
        public var sameReader: Double
        /// Same treatment, other reader.
        public var sameTreatment: Double
        /// Both other.
        public var other: Double
    }

    /// Analyses figures laid out as `treatments.count` rows of `readers.count`.
    public init(treatments: [String], readers: [String], matrix: FigureMatrix) {
        self.treatments = treatments
        self.readers = readers
        self.matrix = matrix
        let t = treatments.count
        let r = readers.count
        let grid = (0..<t).map { Array(matrix.values[($0 * r)..<(($0 + 1) * r)]) }
        means = grid.map(Moments.mean)
        let readerMeans = (0..<r).map { reader in Moments.mean(grid.map { $0[reader] }) }
        let grand = Moments.mean(means)
        var squares = (treatment: 0.0, reader: 0.0, interaction: 0.0)
        for mean in means { squares.treatment += Double(r) * (mean - grand) * (mean - grand) }
        for mean in readerMeans { squares.reader += Double(t) * (mean - grand) * (mean - grand) }
        for treatment in 0..<t {
            for reader in 0..<r {
                let rest = grid[treatment][reader] - means[treatment] - readerMeans[reader] + grand
                squares.interaction += rest * rest
            }
        }
        squares.treatment = Moments.snapped(squares.treatment)
        squares.reader = Moments.snapped(squares.reader)
        squares.interaction = t > 1 && r > 1 ? Moments.snapped(squares.interaction) : 0
        sumsOfSquares = squares
        meanSquares = (
            t > 1 ? squares.treatment / Double(t - 1) : 0,
            r > 1 ? squares.reader / Double(r - 1) : 0,
            t > 1 && r > 1 ? squares.interaction / Double((t - 1) * (r - 1)) : 0
        )
        covariances = Self.averages(matrix, treatments: Array(0..<t), readers: Array(0..<r), r)
    }

    /// Analyses a study.
    public init(
        _ table: ReadingTable, figure: FigureOfMerit, covariance: CovarianceMethod,
        resamples: Int = 2000, seed: UInt64 = 1
    ) throws(ReaderStudyError) {
        self.init(
            treatments: table.treatments, readers: table.readers,
            matrix: try FigureMatrix(
                table, figure: figure, covariance: covariance, resamples: resamples, seed: seed))
    }

    /// The figure of a reader in a treatment.
    public func figure(treatment: Int, reader: Int) -> Double {
        matrix.values[treatment * readers.count + reader]
    }

    /// The averages over some treatments and readers; 0 where there is no such pair of cells.
    private static func averages(
        _ matrix: FigureMatrix, treatments: [Int], readers: [Int], _ readerCount: Int
    ) -> ErrorCovariances {
        var sums = [Double](repeating: 0, count: 4)
        var counts = sums
        for t in treatments {
            for r in readers {
                for otherT in treatments {
                    for otherR in readers {
                        let kind = (t == otherT ? 0 : 1) + (r == otherR ? 0 : 2)
                        sums[kind] += matrix.covariance(
                            t * readerCount + r, otherT * readerCount + otherR)
                        counts[kind] += 1
                    }
                }
            }
        }
        let means = zip(sums, counts).map { $1 > 0 ? $0 / $1 : 0 }
        return ErrorCovariances(
            error: means[0], sameReader: means[1], sameTreatment: means[2], other: means[3])
    }

    /// Cov2 - Cov3, not below zero.
    private var excess: Double { max(covariances.sameTreatment - covariances.other, 0) }

    private var t: Double { Double(treatments.count) }
    private var r: Double { Double(readers.count) }

    /// Var(R); may be negative.
    public var readerVariance: Double {
        // With one treatment there is no interaction, and Cov1, Cov3 do not exist.
        if treatments.count == 1 {
            return meanSquares.reader - covariances.error + covariances.sameTreatment
        }
        return (meanSquares.reader - meanSquares.interaction) / t - covariances.sameReader
            + covariances.other
    }

    /// Var(TR); may be negative.
    public var interactionVariance: Double {
        meanSquares.interaction - covariances.error + covariances.sameReader
            + covariances.sameTreatment - covariances.other
    }

    /// Var(TR) as RJafroc estimates it: with Cov2 - Cov3 not below zero.
    public var interactionVarianceClamped: Double {
        meanSquares.interaction - covariances.error + covariances.sameReader + excess
    }

    /// Var(R) as RJafroc estimates it: from the clamped Var(TR).
    public var readerVarianceClamped: Double {
        readerVariance - (interactionVarianceClamped - interactionVariance) / t
    }

    /// The test of equal treatments; nil where the design has too few treatments or readers.
    public func test(_ generalisation: Generalisation) -> OverallTest? {
        guard treatments.count > 1 else { return nil }
        switch generalisation {
        case .readersAndCases:
            guard readers.count > 1 else { return nil }
            let denominator = meanSquares.interaction + r * excess
            return OverallTest(
                numerator: meanSquares.treatment, denominator: denominator, df1: t - 1,
                df2: Self.hillis(
                    denominator, meanSquare: meanSquares.interaction, df: (t - 1) * (r - 1)))
        case .cases:
            let denominator =
                covariances.error - covariances.sameReader + (r - 1) * excess
            return OverallTest(
                numerator: meanSquares.treatment, denominator: denominator, df1: t - 1,
                df2: .infinity)
        case .readers:
            guard readers.count > 1 else { return nil }
            return OverallTest(
                numerator: meanSquares.treatment, denominator: meanSquares.interaction, df1: t - 1,
                df2: (t - 1) * (r - 1))
        }
    }

    /// Hillis's degrees of freedom: denominator² / (MS² / df); infinite where MS is zero.
    static func hillis(_ denominator: Double, meanSquare: Double, df: Double) -> Double {
        if meanSquare == 0 { return denominator > 0 ? .infinity : .nan }
        let ratio = denominator / meanSquare
        return ratio * ratio * df
    }

    /// The difference of two treatments; nil where the analysis does not exist.
    public func difference(_ pair: IndexPair, _ generalisation: Generalisation) -> Estimate? {
        guard let test = test(generalisation) else { return nil }
        return Estimate(
            means[pair.first] - means[pair.second], variance: 2 / r * test.denominator,
            degreesOfFreedom: test.df2)
    }

    /// The mean figure of one treatment, from that treatment's data only; nil where it does not
    /// exist (random readers need two).
    public func treatment(_ index: Int, _ generalisation: Generalisation) -> Estimate? {
        let own = treatmentCovariances(index)
        let between = treatmentMeanSquare(index)
        let shared = max(own.sameTreatment, 0)
        switch generalisation {
        case .readersAndCases:
            guard readers.count > 1 else { return nil }
            let sum = between + r * shared
            return Estimate(
                means[index], variance: sum / r,
                degreesOfFreedom: Self.hillis(sum, meanSquare: between, df: r - 1))
        case .cases:
            return Estimate(
                means[index], variance: (own.error + (r - 1) * shared) / r,
                degreesOfFreedom: .infinity)
        case .readers:
            guard readers.count > 1 else { return nil }
            return Estimate(means[index], variance: between / r, degreesOfFreedom: r - 1)
        }
    }

    /// Var(Error) and Cov2 of one treatment.
    public func treatmentCovariances(_ index: Int) -> ErrorCovariances {
        Self.averages(
            matrix, treatments: [index], readers: Array(readers.indices), readers.count)
    }

    /// MS(R) of one treatment; NaN with one reader.
    public func treatmentMeanSquare(_ index: Int) -> Double {
        Moments.snapped(
            Moments.variance(readers.indices.map { figure(treatment: index, reader: $0) }))
    }

    /// Var(Error) and Cov1 of one reader.
    public func readerCovariances(_ index: Int) -> ErrorCovariances {
        Self.averages(
            matrix, treatments: Array(treatments.indices), readers: [index], readers.count)
    }

    /// The difference of two treatments for one reader, from that reader's data only.
    public func readerDifference(_ pair: IndexPair, reader: Int) -> Estimate {
        let own = readerCovariances(reader)
        return Estimate(
            figure(treatment: pair.first, reader: reader)
                - figure(treatment: pair.second, reader: reader),
            variance: Moments.snapped(2 * (own.error - own.sameReader)),
            degreesOfFreedom: .infinity)
    }

    /// One reader's figure in one treatment.
    public func single(treatment: Int, reader: Int) -> Estimate {
        let cell = treatment * readers.count + reader
        return Estimate(
            matrix.values[cell], variance: matrix.covariance(cell, cell),
            degreesOfFreedom: .infinity)
    }
}
