// Agreement between readers: kappa, alpha, and intraclass correlation.

/// Measures of agreement.
public enum Agreement {
    /// How a disagreement of two ordered categories counts.
    public enum Weighting: String, Sendable, CaseIterable {
        /// Every disagreement the same.
        case unweighted
        /// |i - j| / (k - 1).
        case linear
        /// The square of the linear weight.
        case quadratic

        func disagreement(_ first: Int, _ second: Int, of count: Int) -> Double {
            guard first != second else { return 0 }
            let distance = Double(abs(first - second)) / Double(max(count - 1, 1))
            switch self {
            case .unweighted: return 1
            case .linear: return distance
            case .quadratic: return distance * distance
            }
        }
    }

    /// Cohen's kappa of two raters of the same things (1960, weighted 1968).
    ///
    /// Ratings are indices into `categories` ordered categories. NaN where chance agreement is
    /// complete.
    public static func cohen(
        _ first: [Int], _ second: [Int], categories: Int, weighting: Weighting = .unweighted
    ) -> Double {
        precondition(first.count == second.count, "both raters rate the same things")
        var firstCounts = [Double](repeating: 0, count: categories)
        var secondCounts = firstCounts
        var observed = 0.0
        for (a, b) in zip(first, second) {
            firstCounts[a] += 1
            secondCounts[b] += 1
            observed += weighting.disagreement(a, b, of: categories)
        }
        let count = Double(first.count)
        var expected = 0.0
        for a in 0..<categories {
            for b in 0..<categories {
                expected +=
                    weighting.disagreement(a, b, of: categories) * firstCounts[a] * secondCounts[b]
            }
        }
        expected /= count
        return expected > 0 ? 1 - observed / expected : .nan
    }

    /// Fleiss's kappa (1971) of any number of raters; `ratings[thing][rater]` are categories.
    public static func fleiss(_ ratings: [[Int]], categories: Int) -> Double {
        var totals = [Double](repeating: 0, count: categories)
        var agreement = 0.0
        for thing in ratings {
            var counts = [Double](repeating: 0, count: categories)
            for rating in thing { counts[rating] += 1 }
            let n = Double(thing.count)
            agreement += (counts.reduce(0) { $0 + $1 * $1 } - n) / (n * (n - 1))
            for category in 0..<categories { totals[category] += counts[category] }
        }
        let all = totals.reduce(0, +)
        let observed = agreement / Double(ratings.count)
        let chance = totals.reduce(0) { $0 + ($1 / all) * ($1 / all) }
        return chance < 1 ? (observed - chance) / (1 - chance) : .nan
    }

    /// The scale on which Krippendorff's alpha measures a disagreement.
    public enum Scale: String, Sendable, CaseIterable {
        /// Categories without order.
        case nominal
        /// Ranks.
        case ordinal
        /// Differences.
        case interval
    }

    /// Krippendorff's alpha (2011 computing paper); `ratings[thing][rater]`, nil where missing.
    ///
    /// NaN where all values are the same.
    public static func krippendorff(_ ratings: [[Double?]], scale: Scale) -> Double {
        let units = ratings.map { $0.compactMap { $0 } }.filter { $0.count > 1 }
        let values = Set(units.joined()).sorted()
        guard values.count > 1 else { return .nan }
        let index = Dictionary(uniqueKeysWithValues: values.enumerated().map { ($1, $0) })
        let k = values.count
        var coincidences = [Double](repeating: 0, count: k * k)
        for unit in units {
            let places = unit.compactMap { index[$0] }
            for (a, first) in places.enumerated() {
                for (b, second) in places.enumerated() where a != b {
                    coincidences[first * k + second] += 1 / Double(unit.count - 1)
                }
            }
        }
        let totals = (0..<k).map { row in (0..<k).reduce(0) { $0 + coincidences[row * k + $1] } }
        let n = totals.reduce(0, +)
        var observed = 0.0
        var expected = 0.0
        for a in 0..<k {
            for b in 0..<k where a != b {
                let distance = distance(a, b, values, totals, scale)
                observed += coincidences[a * k + b] * distance
                expected += totals[a] * totals[b] * distance
            }
        }
        return 1 - (n - 1) * observed / expected
    }

    private static func distance(
        _ a: Int, _ b: Int, _ values: [Double], _ totals: [Double], _ scale: Scale
    ) -> Double {
        switch scale {
        case .nominal: return 1
        case .interval: return (values[a] - values[b]) * (values[a] - values[b])
        case .ordinal:
            let between = totals[min(a, b)...max(a, b)].reduce(0, +)
            let rank = between - (totals[a] + totals[b]) / 2
            return rank * rank
        }
    }

    /// Intraclass correlations of `ratings[thing][rater]` (Shrout and Fleiss 1979; McGraw and
    /// Wong 1996).
    public struct IntraclassCorrelation: Sendable, Hashable {
        /// ICC(2,1) = ICC(A,1): two-way random, absolute agreement, one rater.
        public let agreement: Double
        /// ICC(3,1) = ICC(C,1): two-way mixed, consistency, one rater.
        public let consistency: Double
        /// ICC(2,k): absolute agreement of the mean of the raters.
        public let agreementOfMean: Double
    }

    /// The intraclass correlations; nil for fewer than two things or raters.
    public static func intraclass(_ ratings: [[Double]]) -> IntraclassCorrelation? {
        let n = ratings.count
        guard n > 1, let k = ratings.first?.count, k > 1 else { return nil }
        let things = ratings.map(Moments.mean)
        let raters = (0..<k).map { rater in Moments.mean(ratings.map { $0[rater] }) }
        let grand = Moments.mean(things)
        let (nd, kd) = (Double(n), Double(k))
        let between = things.reduce(0) { $0 + ($1 - grand) * ($1 - grand) } * kd / (nd - 1)
        let columns = raters.reduce(0) { $0 + ($1 - grand) * ($1 - grand) } * nd / (kd - 1)
        var rest = 0.0
        for (thing, row) in ratings.enumerated() {
            for (rater, value) in row.enumerated() {
                let residual = value - things[thing] - raters[rater] + grand
                rest += residual * residual
            }
        }
        let error = rest / ((nd - 1) * (kd - 1))
        return IntraclassCorrelation(
            agreement: (between - error)
                / (between + (kd - 1) * error + kd * (columns - error) / nd),
            consistency: (between - error) / (between + (kd - 1) * error),
            agreementOfMean: (between - error) / (between + (columns - error) / nd))
    }
}
