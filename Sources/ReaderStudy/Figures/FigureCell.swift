// One cell of a study (a reader in a treatment), ready to give its figure again and again.

/// The readings of one cell in the shape that a figure of merit needs.
///
/// Gives the figure, the figure without each case (jackknife), and the figure with cases counted
/// several times (bootstrap).
enum FigureCell: Sendable {
    case comparison(TwoSampleFigure)
    case proportion(ProportionFigure)
    case localisation(LocalisationFigure)

    /// The readings of a cell as a figure needs them.
    init(_ readings: [ReadingTable.Reading], of table: ReadingTable, figure: FigureOfMerit) {
        switch figure {
        case .sensitivity(let threshold):
            self = .proportion(
                ProportionFigure(readings, table, ofDiseased: true) { $0 >= threshold })
        case .specificity(let threshold):
            self = .proportion(
                ProportionFigure(readings, table, ofDiseased: false) { $0 < threshold })
        case .localisedShare(let fraction):
            self = .localisation(
                LocalisationFigure(readings, table, fraction: fraction, isArea: false))
        case .localisedArea(let fraction):
            self = .localisation(
                LocalisationFigure(readings, table, fraction: fraction, isArea: true))
        case .auc, .weightedAFROC, .afroc, .weightedAFROC1, .highestRatingAUC:
            self = .comparison(TwoSampleFigure(readings, table, figure: figure))
        }
    }

    /// The figure of merit.
    var value: Double {
        switch self {
        case .comparison(let figure): figure.value
        case .proportion(let figure): figure.value(weights: nil)
        case .localisation(let figure): figure.value(weights: nil)
        }
    }

    /// The figure without each case of the study; as it is for a case that the cell did not read.
    var valuesWithoutEachCase: [Double] {
        switch self {
        case .comparison(let figure): figure.valuesWithoutEachCase
        case .proportion(let figure): figure.valuesWithoutEachCase
        case .localisation(let figure): figure.valuesWithoutEachCase
        }
    }

    /// The figure when each case counts `weights[case]` times; NaN where nothing is left.
    func value(weights: [Double]) -> Double {
        switch self {
        case .comparison(let figure): figure.value(weights: weights)
        case .proportion(let figure): figure.value(weights: weights)
        case .localisation(let figure): figure.value(weights: weights)
        }
    }
}

/// A share of cases: sensitivity or specificity.
struct ProportionFigure: Sendable {
    private let caseCount: Int
    private let outcomes: [(caseIndex: Int, isCorrect: Bool)]

    init(
        _ readings: [ReadingTable.Reading], _ table: ReadingTable, ofDiseased: Bool,
        isCorrect: (Double) -> Bool
    ) {
        caseCount = table.cases.count
        outcomes = readings.filter { table.cases[$0.caseIndex].isDiseased == ofDiseased }
            .map { ($0.caseIndex, isCorrect($0.rating)) }
    }

    func value(weights: [Double]?) -> Double {
        var correct = 0.0
        var total = 0.0
        for outcome in outcomes {
            let weight = weights?[outcome.caseIndex] ?? 1
            total += weight
            if outcome.isCorrect { correct += weight }
        }
        return correct / total
    }

    var valuesWithoutEachCase: [Double] {
        let all = value(weights: nil)
        let count = Double(outcomes.count)
        let correct = Double(outcomes.lazy.filter(\.isCorrect).count)
        var values = [Double](repeating: all, count: caseCount)
        for outcome in outcomes {
            values[outcome.caseIndex] = (correct - (outcome.isCorrect ? 1 : 0)) / (count - 1)
        }
        return values
    }
}
