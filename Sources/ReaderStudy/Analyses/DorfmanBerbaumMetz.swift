// The Dorfman-Berbaum-Metz analysis of jackknife pseudovalues.

/// Dorfman, Berbaum and Metz (1992) with the degrees of freedom of Hillis (2007): an analysis of
/// variance of jackknife pseudovalues over treatments, readers and cases.
public struct DorfmanBerbaumMetz: Sendable {
    /// A mean square for each effect.
    public struct MeanSquares: Sendable, Hashable {
        /// Treatments.
        public var t = 0.0
        /// Readers.
        public var r = 0.0
        /// Cases.
        public var c = 0.0
        /// Treatments by readers.
        public var tr = 0.0
        /// Treatments by cases.
        public var tc = 0.0
        /// Readers by cases.
        public var rc = 0.0
        /// All three.
        public var trc = 0.0
    }

    /// The mean squares; 0 where an effect has no degrees of freedom.
    public let meanSquares: MeanSquares
    /// Counts of treatments, readers and cases.
    public let counts: (treatments: Int, readers: Int, cases: Int)

    /// Analyses a crossed study with at least two treatments and two readers.
    public init(_ table: ReadingTable, figure: FigureOfMerit) throws(ReaderStudyError) {
        guard figure.exists(in: table.form) else {
            throw .design(.figureNotInForm(figure: figure.name, form: table.form.rawValue))
        }
        try table.requireCompleteCells()
        try table.requireCrossed(for: "the DBM analysis")
        guard table.treatments.count > 1 else {
            throw .design(.wrongCount(of: "treatment", found: 1, expected: "two or more"))
        }
        guard table.readers.count > 1 else {
            throw .design(.wrongCount(of: "reader", found: 1, expected: "two or more"))
        }
        // Of a sensitivity only the diseased cases are sampling units, of a specificity the others.
        let units = table.cases.indices.filter { index in
            switch figure {
            case .sensitivity: table.cases[index].isDiseased
            case .specificity: !table.cases[index].isDiseased
            default: true
            }
        }
        let n = Double(units.count)
        let values = table.cells.map { readings in
            let cell = FigureCell(readings, of: table, figure: figure)
            let value = cell.value
            let without = cell.valuesWithoutEachCase
            let pseudovalues = units.map { n * value - (n - 1) * without[$0] }
            // Shifted so that their mean is the figure itself (AFROC's would not be).
            let shift = value - Moments.mean(pseudovalues)
            return pseudovalues.map { $0 + shift }
        }
        counts = (table.treatments.count, table.readers.count, units.count)
        meanSquares = Self.meanSquares(
            values, treatments: table.treatments.count, readers: table.readers.count)
    }

    /// The three-way analysis of variance of `values[t * readers + r][case]`.
    private static func meanSquares(_ values: [[Double]], treatments t: Int, readers r: Int)
        -> MeanSquares
    {
        let c = values[0].count
        let cellMeans = values.map(Moments.mean)
        let tMeans = (0..<t).map { i in Moments.mean((0..<r).map { cellMeans[i * r + $0] }) }
        let rMeans = (0..<r).map { j in Moments.mean((0..<t).map { cellMeans[$0 * r + j] }) }
        let grand = Moments.mean(tMeans)
        var tcMeans = [[Double]](repeating: [Double](repeating: 0, count: c), count: t)
        var rcMeans = [[Double]](repeating: [Double](repeating: 0, count: c), count: r)
        var cMeans = [Double](repeating: 0, count: c)
        for i in 0..<t {
            for j in 0..<r {
                for k in 0..<c {
                    let value = values[i * r + j][k]
                    tcMeans[i][k] += value / Double(r)
                    rcMeans[j][k] += value / Double(t)
                    cMeans[k] += value / Double(t * r)
                }
            }
        }
        var squares = MeanSquares()
        for i in 0..<t { squares.t += square(tMeans[i] - grand) * Double(r * c) }
        for j in 0..<r { squares.r += square(rMeans[j] - grand) * Double(t * c) }
        for k in 0..<c { squares.c += square(cMeans[k] - grand) * Double(t * r) }
        for i in 0..<t {
            for k in 0..<c {
                squares.tc += square(tcMeans[i][k] - tMeans[i] - cMeans[k] + grand) * Double(r)
            }
        }
        for j in 0..<r {
            for k in 0..<c {
                squares.rc += square(rcMeans[j][k] - rMeans[j] - cMeans[k] + grand) * Double(t)
            }
        }
        for i in 0..<t {
            for j in 0..<r {
                let mean = cellMeans[i * r + j]
                squares.tr += square(mean - tMeans[i] - rMeans[j] + grand) * Double(c)
                for k in 0..<c {
                    let rest = values[i * r + j][k] - mean - tcMeans[i][k] - rcMeans[j][k]
                    squares.trc += square(rest + tMeans[i] + rMeans[j] + cMeans[k] - grand)
                }
            }
        }
        return squares.divided(t: Double(t), r: Double(r), c: Double(c))
    }

    private static func square(_ value: Double) -> Double { value * value }

    /// The variance components; may be negative.
    ///
    /// `t` has none; `trc` includes the error.
    public var variances: MeanSquares {
        let (t, r, c) = (
            Double(counts.treatments), Double(counts.readers), Double(counts.cases)
        )
        let ms = meanSquares
        return MeanSquares(
            r: (ms.r - ms.tr - ms.rc + ms.trc) / (t * c),
            c: (ms.c - ms.tc - ms.rc + ms.trc) / (t * r),
            tr: (ms.tr - ms.trc) / c, tc: (ms.tc - ms.trc) / r, rc: (ms.rc - ms.trc) / t,
            trc: ms.trc)
    }

    /// The test of equal treatments.
    public func test(_ generalisation: Generalisation) -> OverallTest {
        let (t, r, c) = (
            Double(counts.treatments), Double(counts.readers), Double(counts.cases)
        )
        let ms = meanSquares
        switch generalisation {
        case .readersAndCases:
            let denominator = ms.tr + max(ms.tc - ms.trc, 0)
            return OverallTest(
                numerator: ms.t, denominator: denominator, df1: t - 1,
                df2: ObuchowskiRockette.hillis(
                    denominator, meanSquare: ms.tr, df: (t - 1) * (r - 1)))
        case .cases:
            return OverallTest(
                numerator: ms.t, denominator: ms.tc, df1: t - 1, df2: (t - 1) * (c - 1))
        case .readers:
            return OverallTest(
                numerator: ms.t, denominator: ms.tr, df1: t - 1, df2: (t - 1) * (r - 1))
        }
    }
}

extension DorfmanBerbaumMetz.MeanSquares {
    /// Sums of squares over their degrees of freedom; what rounding leaves of zero becomes zero.
    fileprivate func divided(t: Double, r: Double, c: Double) -> Self {
        func mean(_ sum: Double, _ df: Double) -> Double {
            // Pseudovalues are about as large as the number of cases.
            df > 0 && sum > 1e-26 * c * c ? sum / df : 0
        }
        return Self(
            t: mean(self.t, t - 1), r: mean(self.r, r - 1), c: mean(self.c, c - 1),
            tr: mean(tr, (t - 1) * (r - 1)), tc: mean(tc, (t - 1) * (c - 1)),
            rc: mean(rc, (r - 1) * (c - 1)), trc: mean(trc, (t - 1) * (r - 1) * (c - 1)))
    }
}
