// An analysis as plain text.

import Foundation

extension ReaderStudyAnalysis {
    /// The analysis for a person at a terminal: what was read, the tests, the differences.
    public var text: String {
        var lines = [
            "\(name): \(table.form.rawValue), \(table.design.rawValue)",
            "\(table.readers.count) readers, \(table.treatments.count) treatments, "
                + "\(table.cases.count) cases (\(table.diseasedCount) diseased)",
            "figure of merit: \(figure.name); covariances: \(options.covariance.rawValue)", "",
        ]
        if let fault { lines += ["No analysis of variance: \(fault.description)", ""] }
        if let main {
            lines += figureTable(main)
            for generalisation in Generalisation.allCases { lines += section(main, generalisation) }
            lines += components(main)
            if let margin = options.margin { lines += nonInferiority(main, margin: margin) }
        }
        if let uStatistic { lines += section(uStatistic) }
        if let standalone, let standaloneName { lines += section(standalone, standaloneName) }
        if options.threshold != nil { lines += accuracyTable }
        if !fits.isEmpty { lines += fitTable }
        lines += agreementTable
        lines += notes.map { "Note: \($0)" }
        return lines.joined(separator: "\n")
    }

    static func number(_ value: Double, _ digits: Int = 4) -> String {
        if value.isNaN { return "-" }
        if value.isInfinite { return value > 0 ? "inf" : "-inf" }
        return String(format: "%.\(digits)f", value)
    }

    static func pText(_ p: Double) -> String {
        p.isNaN ? "-" : p < 0.0001 ? String(format: "%.2g", p) : String(format: "%.4f", p)
    }

    static func title(_ generalisation: Generalisation) -> String {
        switch generalisation {
        case .readersAndCases: "Random readers, random cases"
        case .cases: "Fixed readers, random cases"
        case .readers: "Random readers, fixed cases"
        }
    }

    private func figureTable(_ main: ObuchowskiRockette) -> [String] {
        var rows = [["reader"] + main.treatments]
        for (reader, name) in main.readers.enumerated() {
            rows.append(
                [name]
                    + main.treatments.indices.map {
                        Self.number(main.figure(treatment: $0, reader: reader))
                    })
        }
        rows.append(["mean"] + main.means.map { Self.number($0) })
        return Self.aligned(rows) + [""]
    }

    private func section(_ main: ObuchowskiRockette, _ generalisation: Generalisation) -> [String] {
        guard let test = main.test(generalisation) else { return [] }
        var lines = ["\(Self.title(generalisation)) (\(generalisation.rawValue))"]
        let df2 = test.df2 == .infinity ? "infinite" : Self.number(test.df2, 2)
        lines.append(
            "  F = \(Self.number(test.f)), df \(Self.number(test.df1, 0)) and \(df2), "
                + "p = \(Self.pText(test.p))")
        let pairs = IndexPair.all(main.treatments.count)
        let estimates = pairs.map { main.difference($0, generalisation) }
        let adjusted = Multiplicity.holm(estimates.map { $0?.p ?? .nan })
        for (index, pair) in pairs.enumerated() {
            guard let estimate = estimates[index] else { continue }
            let holm = pairs.count > 1 ? ", Holm p = \(Self.pText(adjusted[index]))" : ""
            lines.append(
                "  \(main.treatments[pair.first]) - \(main.treatments[pair.second]): "
                    + Self.text(estimate) + ", p = \(Self.pText(estimate.p))\(holm)")
        }
        for (index, name) in main.treatments.enumerated() {
            if let mean = main.treatment(index, generalisation) {
                lines.append("  \(name): " + Self.text(mean))
            }
        }
        return lines + [""]
    }

    static func text(_ estimate: Estimate) -> String {
        "\(number(estimate.value)) (se \(number(estimate.standardError)), 95 % interval "
            + "\(number(estimate.lower)) to \(number(estimate.upper)))"
    }

    private func components(_ main: ObuchowskiRockette) -> [String] {
        let values = [
            ("Var(R)", main.readerVariance), ("Var(TR)", main.interactionVariance),
            ("Var(Error)", main.covariances.error), ("Cov1", main.covariances.sameReader),
            ("Cov2", main.covariances.sameTreatment), ("Cov3", main.covariances.other),
        ]
        return [
            "Variance components",
            "  " + values.map { "\($0.0) \(Self.number($0.1, 6))" }.joined(separator: ", "), "",
        ]
    }

    private func nonInferiority(_ main: ObuchowskiRockette, margin: Double) -> [String] {
        ["Non-inferiority, margin \(margin) (random readers, random cases)"]
            + NonInferiority.all(main, margin: margin).map { result in
                "  \(result.new) against \(result.old): "
                    + (result.isNonInferior ? "not inferior" : "not shown")
                    + " (difference \(Self.number(result.difference.value)), lower end "
                    + "\(Self.number(result.lower)), p = \(Self.pText(result.p)))"
            } + [""]
    }

    private func section(_ analysis: UStatistic) -> [String] {
        var lines = ["U-statistic (Gallas), readers pooled"]
        for (index, name) in analysis.treatments.enumerated() {
            lines.append("  \(name): " + Self.text(analysis.estimate(index)))
        }
        for pair in IndexPair.all(analysis.treatments.count) {
            let estimate = analysis.difference(pair)
            let names = "\(analysis.treatments[pair.first]) - \(analysis.treatments[pair.second])"
            lines.append(
                "  \(names): " + Self.text(estimate) + ", p = \(Self.pText(estimate.p))")
            if analysis.variance(pair) < 0 {
                lines.append("    the unbiased variance is negative: no test, no interval")
            }
        }
        return lines + [""]
    }

    private func section(_ comparison: StandaloneComparison, _ name: String) -> [String] {
        [
            "Standalone \(name) (\(Self.number(comparison.system))) against the readers",
            "  readers' mean: " + Self.text(comparison.readersMean),
            "  difference, random readers and cases: " + Self.text(comparison.difference)
                + ", p = \(Self.pText(comparison.difference.p))",
            "  difference, fixed cases: " + Self.text(comparison.differenceFixedCases)
                + ", p = \(Self.pText(comparison.differenceFixedCases.p))", "",
        ]
    }

    private var accuracyTable: [String] {
        func cell(_ value: Proportion) -> String {
            let interval = value.wilson()
            return "\(Self.number(value.value, 3)) (\(Self.number(interval.lower, 3))-"
                + "\(Self.number(interval.upper, 3)))"
        }
        let rows =
            [["treatment", "reader", "sensitivity", "specificity", "PPV", "NPV", "accuracy"]]
            + accuracy.map {
                [
                    $0.treatment, $0.reader, cell($0.sensitivity), cell($0.specificity),
                    cell($0.positivePredictiveValue), cell($0.negativePredictiveValue),
                    cell($0.accuracy),
                ]
            }
        return ["At rating >= \(FigureOfMerit.text(options.threshold ?? 0)) (Wilson intervals)"]
            + Self.aligned(rows) + [""]
    }

    private var fitTable: [String] {
        let rows =
            [["treatment", "reader", "AUC (95 %)", "at specificity >= 0.8", "binormal", "proper"]]
            + fits.map { fit in
                [
                    fit.treatment, fit.reader,
                    "\(Self.number(fit.area.value)) (\(Self.number(fit.area.lower))-"
                        + "\(Self.number(fit.area.upper)))",
                    Self.number(fit.areaAtHighSpecificity),
                    fit.binormal.map { Self.number($0.area) } ?? "-",
                    fit.proper.map { Self.number($0.area) } ?? "-",
                ]
            }
        return ["Areas: empirical (DeLong), partial, fitted"] + Self.aligned(rows) + [""]
    }

    private var agreementTable: [String] {
        guard !agreement.isEmpty else { return [] }
        var lines = ["Agreement between readers"]
        for (treatment, readers) in zip(table.treatments, agreement) {
            var parts: [String] = []
            if let fleiss = readers.fleiss {
                parts.append("Fleiss kappa \(Self.number(fleiss, 3))")
            }
            for scale in Agreement.Scale.allCases {
                if let alpha = readers.alpha[scale] {
                    parts.append("alpha (\(scale.rawValue)) \(Self.number(alpha, 3))")
                }
            }
            if let icc = readers.intraclass {
                parts.append("ICC(2,1) \(Self.number(icc.agreement, 3))")
            }
            lines.append("  \(treatment): " + parts.joined(separator: ", "))
        }
        return lines + [""]
    }

    static func aligned(_ rows: [[String]]) -> [String] {
        let widths = (rows.first ?? []).indices.map { column in
            rows.map { $0[column].count }.max() ?? 0
        }
        return rows.map { row in
            row.enumerated().map { column, text in
                column == row.count - 1
                    ? text : text.padding(toLength: widths[column], withPad: " ", startingAt: 0)
            }.joined(separator: "  ")
        }
    }
}
