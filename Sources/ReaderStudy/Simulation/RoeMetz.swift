// Simulated studies of known truth: the model of Roe and Metz.

/// The Roe-Metz model (Acad Radiol 4 (1997) 298): a rating is
/// mean + R + C + TR + TC + RC + E, each effect normal and drawn afresh for non-diseased and
/// diseased cases.
public struct RoeMetzModel: Sendable, Hashable {
    /// Separation of diseased from non-diseased cases in each treatment.
    public var separations: [Double]
    /// Variances of readers, and of treatments by readers.
    public var readerVariance: Double
    /// Variance of treatments by readers.
    public var interactionVariance: Double
    /// Variance of cases.
    public var caseVariance: Double
    /// Variance of treatments by cases.
    public var treatmentCaseVariance: Double
    /// Variance of readers by cases.
    public var readerCaseVariance: Double
    /// Variance of what is left.
    public var errorVariance: Double

    /// The structures of Roe and Metz's table 1: correlation between cases, then variance of
    /// readers, high or low.
    public enum Structure: String, Sendable, CaseIterable {
        /// High correlation, low reader variance.
        case highLow = "HL"
        /// Low correlation, low reader variance.
        case lowLow = "LL"
        /// High correlation, high reader variance.
        case highHigh = "HH"
        /// Low correlation, high reader variance.
        case lowHigh = "LH"
    }

    /// The areas of Roe and Metz's table 1, at separations 0.75, 1.5 and 2.5.
    public enum Level: String, Sendable, CaseIterable {
        /// AUC 0.702.
        case low
        /// AUC 0.855.
        case middle
        /// AUC 0.961.
        case high
    }

    /// A model of the table; both treatments alike unless `effect` moves the second's AUC.
    public init(_ structure: Structure, _ level: Level, effect: Double = 0) {
        let isHighCorrelation = structure == .highLow || structure == .highHigh
        let isHighReader = structure == .highHigh || structure == .lowHigh
        caseVariance = isHighCorrelation ? 0.3 : 0.1
        treatmentCaseVariance = isHighCorrelation ? 0.3 : 0.1
        readerCaseVariance = 0.2
        errorVariance = isHighCorrelation ? 0.2 : 0.6
        let separation: Double
        let spread: Double
        switch level {
        case .low: (separation, spread) = (0.75, isHighReader ? 0.011 : 0.0055)
        case .middle: (separation, spread) = (1.5, isHighReader ? 0.03 : 0.0055)
        case .high: (separation, spread) = (2.5, isHighReader ? 0.056 : 0.011)
        }
        readerVariance = spread
        interactionVariance = spread
        separations = [separation, separation]
        if effect != 0 {
            let scale = (2 * totalVariance).squareRoot()
            let target = min(max(area(0) + effect, 1e-6), 1 - 1e-6)
            separations[1] = scale * Distributions.normalQuantile(target)
        }
    }

    private var totalVariance: Double {
        readerVariance + interactionVariance + caseVariance + treatmentCaseVariance
            + readerCaseVariance + errorVariance
    }

    /// The true AUC of a treatment, averaged over the population of readers.
    public func area(_ treatment: Int) -> Double {
        Distributions.normal(below: separations[treatment] / (2 * totalVariance).squareRoot())
    }

    /// Draws a crossed study.
    public func study(
        readers: Int, nonDiseased: Int, diseased: Int, random: inout StudyRandom
    ) -> ReadingTable {
        let treatments = separations.count
        var cells = [[ReadingTable.Reading]](repeating: [], count: treatments * readers)
        for (isDiseased, count) in [(false, nonDiseased), (true, diseased)] {
            let reader = (0..<readers).map { _ in deviate(readerVariance, &random) }
            let interaction = (0..<(treatments * readers)).map { _ in
                deviate(interactionVariance, &random)
            }
            for number in 0..<count {
                let caseIndex = (isDiseased ? nonDiseased : 0) + number
                let item = deviate(caseVariance, &random)
                let byTreatment = (0..<treatments).map { _ in
                    deviate(treatmentCaseVariance, &random)
                }
                let byReader = (0..<readers).map { _ in deviate(readerCaseVariance, &random) }
                for t in 0..<treatments {
                    for r in 0..<readers {
                        let fixed = (isDiseased ? separations[t] : 0) + reader[r] + item
                        let rating =
                            fixed + interaction[t * readers + r] + byTreatment[t] + byReader[r]
                            + deviate(errorVariance, &random)
                        cells[t * readers + r].append(
                            ReadingTable.Reading(caseIndex: caseIndex, rating: rating))
                    }
                }
            }
        }
        return ReadingTable(
            form: .roc, readers: (1...readers).map { "R\($0)" },
            treatments: (1...treatments).map { "T\($0)" },
            cases: (0..<(nonDiseased + diseased)).map {
                ReadingTable.Case(name: "c\($0 + 1)", isDiseased: $0 >= nonDiseased)
            }, cells: cells)
    }

    private func deviate(_ variance: Double, _ random: inout StudyRandom) -> Double {
        random.normal() * variance.squareRoot()
    }
}

/// Many simulated studies: how often the test rejects, and how often intervals cover the truth.
public struct StudySimulation: Sendable {
    /// Studies whose analysis gave a p value.
    public private(set) var studies = 0
    /// Of these, with p < 0.05 for random readers and random cases.
    public private(set) var rejections = 0
    /// Of these, whose 95 % interval holds the true difference.
    public private(set) var covered = 0
    /// The true difference of the AUCs, first minus second.
    public let difference: Double
    /// Sums over the studies, for the mean difference.
    private var sum = 0.0

    /// The mean estimated difference.
    public var meanDifference: Double { sum / Double(studies) }
    /// The share of studies that reject.
    public var rejectionRate: Double { Double(rejections) / Double(studies) }
    /// The share of intervals that hold the truth.
    public var coverage: Double { Double(covered) / Double(studies) }

    /// Simulates and analyses studies of two treatments; study k is drawn from (seed, k) alone.
    public init(
        _ model: RoeMetzModel, studies count: Int, readers: Int, nonDiseased: Int, diseased: Int,
        covariance: CovarianceMethod, seed: UInt64
    ) throws(ReaderStudyError) {
        difference = model.area(0) - model.area(1)
        for number in 0..<count {
            var random = StudyRandom(seed: seed, "study \(number)")
            let table = model.study(
                readers: readers, nonDiseased: nonDiseased, diseased: diseased, random: &random)
            let analysis = try ObuchowskiRockette(
                table, figure: .auc, covariance: covariance, resamples: 500,
                seed: seed &+ UInt64(number))
            add(analysis)
        }
    }

    private mutating func add(_ analysis: ObuchowskiRockette) {
        let pair = IndexPair(first: 0, second: 1)
        guard let estimate = analysis.difference(pair, .readersAndCases), estimate.p.isFinite
        else { return }
        studies += 1
        sum += estimate.value
        if estimate.p < 0.05 { rejections += 1 }
        if estimate.lower <= difference, difference <= estimate.upper { covered += 1 }
    }
}
