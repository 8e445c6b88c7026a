// One reader's ROC curve in numbers: empirical, partial, and fitted.

/// What is known of the curve of one reader in one treatment.
public struct CellFit: Sendable {
    /// The treatment's name.
    public let treatment: String
    /// The reader's name.
    public let reader: String
    /// The empirical AUC with DeLong's variance and a normal interval.
    public let area: Estimate
    /// The empirical area at specificities of 0.8 and more.
    public let areaAtHighSpecificity: Double
    /// The binormal fit; nil where there is none.
    public let binormal: BinormalFit?
    /// The proper binormal fit; nil where there is none.
    public let proper: ProperFit?

    /// Fits one cell of ROC or LROC ratings; nil without two cases of both kinds.
    init?(_ table: ReadingTable, treatment: Int, reader: Int) {
        let readings = table.readings(treatment: treatment, reader: reader)
        let diseased = readings.filter { table.cases[$0.caseIndex].isDiseased }.map(\.rating)
        let healthy = readings.filter { !table.cases[$0.caseIndex].isDiseased }.map(\.rating)
        guard diseased.count > 1, healthy.count > 1 else { return nil }
        self.treatment = table.treatments[treatment]
        self.reader = table.readers[reader]
        let figure = TwoSampleFigure(readings, table, figure: .auc)
        area = Estimate(
            figure.value, variance: Moments.snapped(PlacementCovariance.variance(figure)),
            degreesOfFreedom: .infinity)
        areaAtHighSpecificity = EmpiricalCurve(nonDiseased: healthy, diseased: diseased)
            .area(falsePositiveFraction: 0...0.2)
        binormal = BinormalFit(nonDiseased: healthy, diseased: diseased)
        proper = ProperFit(nonDiseased: healthy, diseased: diseased)
    }

    /// Every cell of a study; empty for free response.
    public static func all(_ table: ReadingTable) -> [CellFit] {
        guard table.form != .freeResponse else { return [] }
        return table.treatments.indices.flatMap { treatment in
            table.readers.indices.compactMap {
                CellFit(table, treatment: treatment, reader: $0)
            }
        }
    }

    /// The cell as JSON.
    var json: JSONTree {
        .object([
            ("treatment", .text(treatment)), ("reader", .text(reader)),
            ("auc", .number(area.value)), ("se", .number(area.standardError)),
            ("ci95", .numbers([area.lower, area.upper])),
            ("partial_auc_specificity_0.8_to_1", .number(areaAtHighSpecificity)),
            (
                "binormal",
                binormal.map {
                    .object([
                        ("a", .number($0.a)), ("b", .number($0.b)), ("auc", .number($0.area)),
                        ("se", .number($0.areaStandardError)),
                        ("log_likelihood", .number($0.logLikelihood)),
                    ])
                } ?? .null
            ),
            (
                "proper_binormal",
                proper.map {
                    .object([
                        ("c", .number($0.c)), ("d_a", .number($0.da)), ("auc", .number($0.area)),
                        ("log_likelihood", .number($0.logLikelihood)),
                    ])
                } ?? .null
            ),
        ])
    }
}
