// How the covariance of the cells' figures of merit is estimated.

/// A way to estimate the covariance matrix of the figures of merit of all cells.
public enum CovarianceMethod: String, Sendable, Hashable, CaseIterable {
    /// DeLong, DeLong and Clarke-Pearson 1988, from placement values; AUC of crossed designs only.
    case deLong = "DeLong"
    /// Leaving out one case at a time.
    case jackknife
    /// Drawing cases with replacement, diseased and non-diseased apart.
    case bootstrap
    /// Bandos and Gallas: products of kernels that share no case; AUC only.
    case unbiased
}

/// Figures of merit and their covariances, before any model.
public struct FigureMatrix: Sendable {
    /// The figure of merit of each cell, at `treatment * readers + reader`.
    public let values: [Double]
    /// The covariance of each pair of cells, row-major.
    public let covariances: [Double]
    /// How `covariances` was estimated.
    public let method: CovarianceMethod

    /// The covariance of two cells.
    public func covariance(_ first: Int, _ second: Int) -> Double {
        covariances[first * values.count + second]
    }
}

extension FigureMatrix {
    /// Estimates figures and covariances of a study.
    ///
    /// `resamples` and `seed` are for the bootstrap only. Throws where the design or the figure
    /// does not allow the method; every cell needs two cases of both kinds.
    public init(
        _ table: ReadingTable, figure: FigureOfMerit, covariance method: CovarianceMethod,
        resamples: Int = 2000, seed: UInt64 = 1
    ) throws(ReaderStudyError) {
        guard figure.exists(in: table.form) else {
            throw .design(.figureNotInForm(figure: figure.name, form: table.form.rawValue))
        }
        try table.requireCompleteCells()
        let cells = table.cells.map { FigureCell($0, of: table, figure: figure) }
        let values = cells.map(\.value)
        let covariances: [Double]
        switch method {
        case .jackknife:
            covariances = Self.jackknife(cells, values, units: table.unitCount(of: figure))
        case .bootstrap:
            covariances = Self.bootstrap(cells, table, resamples: resamples, seed: seed)
        case .deLong:
            try table.requireCrossed(for: "the DeLong covariance")
            covariances = PlacementCovariance.matrix(try Self.areas(cells, figure, method), table)
        case .unbiased:
            covariances = KernelProducts.covariances(try Self.areas(cells, figure, method))
        }
        self.init(values: values, covariances: covariances, method: method)
    }

    private static func areas(
        _ cells: [FigureCell], _ figure: FigureOfMerit, _ method: CovarianceMethod
    ) throws(ReaderStudyError) -> [TwoSampleFigure] {
        guard figure == .auc || figure == .highestRatingAUC else {
            throw .option(
                name: "--covariance", found: method.rawValue.lowercased(),
                expected: "jackknife or bootstrap for \(figure.name)")
        }
        return cells.compactMap { cell in
            if case .comparison(let area) = cell { area } else { nil }
        }
    }

    /// (N-1)/N times the sum over cases of products of deviations; N counts all cases of the study.
    private static func jackknife(_ cells: [FigureCell], _ values: [Double], units: Int) -> [Double]
    {
        let deviations = zip(cells, values).map { cell, value in
            let differences = cell.valuesWithoutEachCase.map { $0 - value }
            let mean = differences.reduce(0, +) / Double(units)
            return (differences: differences, mean: mean)
        }
        let count = Double(units)
        return symmetric(cells.count) { first, second in
            let a = deviations[first]
            let b = deviations[second]
            var sum = 0.0
            for index in a.differences.indices {
                sum += a.differences[index] * b.differences[index]
            }
            return (count - 1) / count * (sum - count * a.mean * b.mean)
        }
    }

    private static func bootstrap(
        _ cells: [FigureCell], _ table: ReadingTable, resamples: Int, seed: UInt64
    ) -> [Double] {
        var random = StudyRandom(seed: seed)
        let groups = [false, true].map { kind in
            table.cases.indices.filter { table.cases[$0].isDiseased == kind }
        }
        var draws = [[Double]](repeating: [], count: cells.count)
        for _ in 0..<resamples {
            var weights = [Double](repeating: 0, count: table.cases.count)
            for group in groups {
                for _ in group { weights[group[random.index(below: group.count)]] += 1 }
            }
            let values = cells.map { $0.value(weights: weights) }
            // A draw that leaves a cell without one kind of case says nothing of that cell.
            guard values.allSatisfy(\.isFinite) else { continue }
            for (cell, value) in values.enumerated() { draws[cell].append(value) }
        }
        return symmetric(cells.count) { Moments.covariance(draws[$0], draws[$1]) }
    }

    /// A symmetric matrix from its upper triangle; rounding left of zero becomes zero.
    static func symmetric(_ count: Int, _ value: (Int, Int) -> Double) -> [Double] {
        var matrix = [Double](repeating: 0, count: count * count)
        for first in 0..<count {
            for second in first..<count {
                let entry = Moments.snapped(value(first, second))
                matrix[first * count + second] = entry
                matrix[second * count + first] = entry
            }
        }
        return matrix
    }
}

extension ReadingTable {
    /// How many cases are sampling units of a figure: of a sensitivity only the diseased.
    func unitCount(of figure: FigureOfMerit) -> Int {
        switch figure {
        case .sensitivity: diseasedCount
        case .specificity: cases.count - diseasedCount
        default: cases.count
        }
    }

    /// Throws the first reading that a crossed design would have.
    func requireCrossed(for method: String) throws(ReaderStudyError) {
        for (cell, readings) in cells.enumerated() where readings.count < cases.count {
            let read = Set(readings.map(\.caseIndex))
            guard let missing = cases.indices.first(where: { !read.contains($0) }) else { continue }
            let name = cellName(cell)
            throw .design(
                .notCrossed(
                    method: method, reader: name.reader, treatment: name.treatment,
                    caseName: cases[missing].name))
        }
    }
}
