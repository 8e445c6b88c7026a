// Everything that is computed of a study, in one value.

/// What to compute of a study.
public struct StudyAnalysisOptions: Sendable, Hashable {
    /// The figure of merit; nil takes the form's own (AUC, wAFROC, PCL at FPF 0.2).
    public var figure: FigureOfMerit?
    /// How covariances are estimated for the main analysis.
    public var covariance = CovarianceMethod.jackknife
    /// The rating from which on a case is called diseased; nil where there is none.
    public var threshold: Double?
    /// The reader who is a standalone system.
    public var standalone: String?
    /// The non-inferiority margin, above 0.
    public var margin: Double?
    /// Draws of the bootstrap.
    public var resamples = 2000
    /// Seed of the bootstrap.
    public var seed: UInt64 = 1
    /// True where each reader's curve is to be fitted (about 0.1 s for each of continuous ratings).
    public var includesFits = false

    /// The options of an analysis without wishes.
    public init() {}
}

/// The analyses of a study: those that its form and design allow, and why others were left out.
public struct ReaderStudyAnalysis: Sendable {
    /// The file's name.
    public let name: String
    /// The study.
    public let table: ReadingTable
    /// What was asked for.
    public let options: StudyAnalysisOptions
    /// The figure of merit of the main analysis.
    public let figure: FigureOfMerit
    /// The Obuchowski-Rockette analysis; nil where the design refuses it (`fault`).
    public let main: ObuchowskiRockette?
    /// Why the main analysis does not exist.
    public let fault: ReaderStudyError?
    /// The Dorfman-Berbaum-Metz analysis of the same figure (crossed designs).
    public let dbm: DorfmanBerbaumMetz?
    /// The U-statistic (ROC and LROC ratings).
    public let uStatistic: UStatistic?
    /// The system against the readers (one treatment).
    public let standalone: StandaloneComparison?
    /// The standalone system's name.
    public let standaloneName: String?
    /// Counts and proportions at the threshold.
    public let accuracy: [CellAccuracy]
    /// Agreement of the readers by treatment.
    public let agreement: [ReaderAgreement]
    /// Each reader's curve: areas, partial areas, fits; empty where they were not asked for.
    public let fits: [CellFit]
    /// What the reader of the report should know.
    public let notes: [String]
    /// Every number under its published name.
    public let quantities: [NamedQuantity]

    /// Analyses a study; throws only where nothing at all can be computed.
    public init(
        _ table: ReadingTable, name: String, options: StudyAnalysisOptions = StudyAnalysisOptions()
    )
        throws(ReaderStudyError)
    {
        self.name = name
        self.table = table
        self.options = options
        figure = options.figure ?? .standard(for: table.form)
        guard figure.exists(in: table.form) else {
            throw .design(.figureNotInForm(figure: figure.name, form: table.form.rawValue))
        }
        var notes: [String] = []
        var quantities: [NamedQuantity] = []
        do {
            let analysis = try ObuchowskiRockette(
                table, figure: figure, covariance: options.covariance,
                resamples: options.resamples, seed: options.seed)
            main = analysis
            fault = nil
            quantities += analysis.quantities(figure: figure)
        } catch {
            main = nil
            fault = error
        }
        dbm = fault == nil ? try? DorfmanBerbaumMetz(table, figure: figure) : nil
        if let dbm { quantities += dbm.quantities(figure: figure) }
        uStatistic = figure == .auc || fault != nil ? try? UStatistic(table) : nil
        if let uStatistic { quantities += uStatistic.quantities() }
        if fault != nil, uStatistic != nil {
            notes.append(
                "The U-statistic does not need what is missing (cells without both kinds of cases "
                    + "are left out of it); nothing else was computed.")
        }
        let system = Self.standaloneName(table, options, &notes)
        standaloneName = system
        if let system {
            standalone = try StandaloneComparison(table, system: system, figure: figure)
            quantities += standalone?.quantities(figure: figure, system: system) ?? []
        } else {
            standalone = nil
        }
        let thresholds = options.threshold.map { [$0] } ?? table.categoryThresholds
        accuracy =
            table.form == .freeResponse
            ? [] : thresholds.flatMap { CellAccuracy.all(table, threshold: $0) }
        fits = options.includesFits ? CellFit.all(table) : []
        agreement = table.treatments.indices.compactMap { ReaderAgreement(table, treatment: $0) }
        for (index, readers) in agreement.enumerated() where index < table.treatments.count {
            quantities += readers.quantities(
                fom: "ratings, treatment \(table.treatments[index])")
        }
        if fault == nil {
            quantities += Self.others(
                table, figure, options, thresholds: thresholds, system: system)
        }
        if main?.interactionVariance ?? 0 < 0 { notes.append(Self.negativeVariance) }
        self.notes = notes
        self.quantities = quantities
    }

    private static let negativeVariance =
        "Var(TR) is negative: it is reported as estimated, not cut at zero."

    /// The standalone system: the one asked for; of LROC data with one treatment the first reader,
    /// as RJafroc's data sets have it.
    private static func standaloneName(
        _ table: ReadingTable, _ options: StudyAnalysisOptions, _ notes: inout [String]
    ) -> String? {
        if let name = options.standalone { return name }
        guard table.form == .localisation, table.treatments.count == 1, table.readers.count > 2
        else { return nil }
        notes.append(
            "One treatment of LROC data: the first reader, \(table.readers[0]), was also compared "
                + "as a standalone system with the others (name another with --standalone).")
        return table.readers[0]
    }

    /// The other figures and covariances that the data allow, for `quantities` only.
    private static func others(
        _ table: ReadingTable, _ main: FigureOfMerit, _ options: StudyAnalysisOptions,
        thresholds: [Double], system: String?
    ) -> [NamedQuantity] {
        var list: [NamedQuantity] = []
        for figure in figures(table, thresholds: thresholds) {
            for method in [CovarianceMethod.jackknife, .deLong, .unbiased]
            where figure != main || method != options.covariance {
                let analysis = try? ObuchowskiRockette(
                    table, figure: figure, covariance: method)
                list += analysis?.quantities(figure: figure) ?? []
            }
            guard figure != main else { continue }
            list +=
                (try? DorfmanBerbaumMetz(table, figure: figure))?
                .quantities(figure: figure) ?? []
            if let system {
                let comparison = try? StandaloneComparison(
                    table, system: system, figure: figure)
                list += comparison?.quantities(figure: figure, system: system) ?? []
            }
        }
        if table.form == .roc, table.readers.count == 1 {
            list += (try? DeLongComparison.quantities(table)) ?? []
        }
        return list
    }

    private static func figures(_ table: ReadingTable, thresholds: [Double]) -> [FigureOfMerit] {
        switch table.form {
        case .roc:
            return [.auc] + thresholds.map { .sensitivity(threshold: $0) }
                + thresholds.map { .specificity(threshold: $0) }
        case .freeResponse: return [.weightedAFROC, .afroc, .weightedAFROC1, .highestRatingAUC]
        case .localisation:
            // Leaving out each case costs n² here: the usual fractions, for studies of usual size.
            guard table.cases.count <= 2000 else { return [.auc] }
            return [.auc]
                + [0.05, 0.1, 0.2, 1].flatMap {
                    [
                        .localisedShare(falsePositiveFraction: $0),
                        .localisedArea(falsePositiveFraction: $0),
                    ]
                }
        }
    }
}

extension ReadingTable {
    /// The thresholds between the categories of a rating scale of up to ten; none for more.
    public var categoryThresholds: [Double] {
        var seen = Set<Double>()
        for cell in cells {
            for reading in cell {
                seen.insert(reading.rating)
                if seen.count > 10 { return [] }
            }
        }
        return Array(seen.sorted().dropFirst())
    }
}
