// The names of what the analyses compute.

extension ObuchowskiRockette {
    /// All numbers of the analysis.
    public func quantities(figure: FigureOfMerit) -> [NamedQuantity] {
        var list = QuantityList(
            method: "OR", fom: figure.name, covariance: matrix.method.rawValue)
        for treatment in treatments.indices {
            for reader in readers.indices {
                list.add(
                    "fom[\(treatments[treatment]),\(readers[reader])]",
                    self.figure(treatment: treatment, reader: reader))
            }
        }
        for (name, mean) in zip(treatments, means) { list.add("mean[\(name)]", mean) }
        addComponents(to: &list)
        for generalisation in Generalisation.allCases { add(generalisation, to: &list) }
        addSingleTreatments(to: &list)
        addSingleReaders(to: &list)
        return list.items
    }

    private func addComponents(to list: inout QuantityList) {
        for (name, sum, mean) in [
            ("T", sumsOfSquares.treatment, meanSquares.treatment),
            ("R", sumsOfSquares.reader, meanSquares.reader),
            ("TR", sumsOfSquares.interaction, meanSquares.interaction),
        ] {
            list.add("SS(\(name))", sum)
            list.add("MS(\(name))", mean)
        }
        list.add("Var(Error)", covariances.error)
        for (index, covariance) in [
            covariances.sameReader, covariances.sameTreatment, covariances.other,
        ].enumerated() {
            list.add("Cov\(index + 1)", covariance)
            list.add("rho\(index + 1)", covariance / covariances.error)
        }
        list.add("Var(R)", readerVariance)
        if treatments.count > 1 {
            list.add("Var(TR)", interactionVariance)
            list.add("Var(R), clamped", readerVarianceClamped)
            list.add("Var(TR), clamped", interactionVarianceClamped)
        }
    }

    private func add(_ generalisation: Generalisation, to list: inout QuantityList) {
        let prefix = generalisation.rawValue
        let isNormal = generalisation == .cases
        if let test = test(generalisation) { list.add(prefix, test) }
        for pair in IndexPair.all(treatments.count) {
            guard let difference = difference(pair, generalisation) else { continue }
            let name = "\(treatments[pair.first])-\(treatments[pair.second])"
            list.add(
                "\(prefix).diff[\(name)]", difference: difference, option: prefix,
                isNormal: isNormal)
        }
        for (index, name) in treatments.enumerated() {
            guard let mean = treatment(index, generalisation) else { continue }
            list.add(
                "\(prefix).treatment[\(name)]", mean: mean, option: prefix, isNormal: isNormal)
        }
    }

    private func addSingleTreatments(to list: inout QuantityList) {
        for (index, name) in treatments.enumerated() {
            let own = treatmentCovariances(index)
            if readers.count > 1 { list.add("MS(R)[\(name)]", treatmentMeanSquare(index)) }
            list.add("Var(Error)[\(name)]", own.error)
            list.add("Cov2[\(name)]", own.sameTreatment)
        }
    }

    private func addSingleReaders(to list: inout QuantityList) {
        for (reader, name) in readers.enumerated() {
            let own = readerCovariances(reader)
            list.add("Var(Error)[reader \(name)]", own.error, option: "FRRC")
            list.add("Cov1[reader \(name)]", own.sameReader, option: "FRRC")
            for pair in IndexPair.all(treatments.count) {
                let difference = "\(treatments[pair.first])-\(treatments[pair.second])"
                list.add(
                    "FRRC.reader[\(name)].diff[\(difference)]",
                    difference: readerDifference(pair, reader: reader), option: "FRRC",
                    isNormal: true)
            }
            for (treatment, treatmentName) in treatments.enumerated() {
                list.add(
                    "FRRC.single[\(treatmentName),\(name)]",
                    mean: single(treatment: treatment, reader: reader), option: "FRRC",
                    isNormal: true)
            }
        }
    }
}

extension DorfmanBerbaumMetz {
    /// All numbers of the analysis.
    public func quantities(figure: FigureOfMerit) -> [NamedQuantity] {
        var list = QuantityList(
            method: "DBM", fom: figure.name, covariance: "jackknife pseudovalues")
        let (ms, components) = (meanSquares, variances)
        for (name, value) in [
            ("T", ms.t), ("R", ms.r), ("C", ms.c), ("TR", ms.tr), ("TC", ms.tc), ("RC", ms.rc),
            ("TRC", ms.trc),
        ] {
            list.add("MS(\(name))", value)
        }
        for (name, value) in [
            ("Var(R)", components.r), ("Var(C)", components.c), ("Var(TR)", components.tr),
            ("Var(TC)", components.tc), ("Var(RC)", components.rc),
            ("Var(TRC)+Var(Error)", components.trc),
        ] {
            list.add(name, value)
        }
        for generalisation in Generalisation.allCases {
            list.add(generalisation.rawValue, test(generalisation))
        }
        return list.items
    }

    /// The figure and the means, which some tables repeat under this method.
    static func repeated(_ analysis: ObuchowskiRockette, figure: FigureOfMerit) -> [NamedQuantity] {
        analysis.quantities(figure: figure)
            .filter { $0.quantity.hasPrefix("fom[") || $0.quantity.hasPrefix("mean[") }
            .map {
                NamedQuantity(
                    quantity: $0.quantity, value: $0.value, method: "DBM", fom: $0.fom,
                    covariance: "jackknife pseudovalues", option: "")
            }
    }
}

extension UStatistic {
    /// All numbers of the analysis.
    public func quantities() -> [NamedQuantity] {
        var list = QuantityList(
            method: "Gallas U-statistic", fom: FigureOfMerit.auc.name,
            covariance: "U-statistic (BDG)")
        for (index, name) in treatments.enumerated() {
            list.add("U.auc[\(name)]", areas[index], option: "RRRC")
            list.add("U.var[\(name)]", variance(index), option: "RRRC")
            add(
                estimate(index), against: 0.5, name: name, df: degreesOfFreedom[index], to: &list)
        }
        for pair in IndexPair.all(treatments.count) {
            let names = "\(treatments[pair.first])-\(treatments[pair.second])"
            // The published tables, of two treatments, call the one difference `diff`.
            for name in treatments.count == 2 ? ["diff"] : [names] {
                let estimate = difference(pair)
                let title = name == "diff" ? "U.diff" : "U.diff[\(name)]"
                list.add(title, estimate.value, option: "RRRC")
                list.add("U.var[\(name)]", variance(pair), option: "RRRC")
                add(
                    estimate, against: 0, name: name,
                    df: differenceDegreesOfFreedom[pair] ?? .nan, to: &list)
            }
        }
        return list.items
    }

    private func add(
        _ estimate: Estimate, against null: Double, name: String, df: Double,
        to list: inout QuantityList
    ) {
        let statistic =
            estimate.standardError > 0
            ? (estimate.value - null) / estimate.standardError : Double.nan
        if df.isFinite {
            list.add("U.df[\(name)]", df, option: "RRRC")
            list.add(
                "U.p[\(name)]", Distributions.t(beyond: statistic, df: df.rounded(.down)),
                option: "RRRC")
        } else {
            list.add("U.p[\(name)]", .nan, option: "RRRC")
        }
        list.add("U.lower[\(name)]", estimate.lower, option: "RRRC")
        list.add("U.upper[\(name)]", estimate.upper, option: "RRRC")
        list.add(
            "U.pnormal[\(name)]", 2 * Distributions.normal(above: abs(statistic)), option: "RRRC")
    }
}

extension StandaloneComparison {
    /// All numbers of the analysis; `names.system` is the system's reader name.
    public func quantities(figure: FigureOfMerit, system name: String) -> [NamedQuantity] {
        var list = QuantityList(
            method: "standalone vs readers", fom: figure.name,
            covariance: twoTreatments.matrix.method.rawValue)
        list.add("fom[\(name)]", system)
        for (reader, value) in zip(readers, figures) { list.add("fom[\(reader)]", value) }
        list.add("fom.standalone", system)
        list.add("fom.readers.mean", Moments.mean(figures))
        list.add("diff.mean", difference.value)
        list.add("Var(R)", readerVariance)
        list.add("1T-RRRC.Var(Error)", errorVariance, option: "1T-RRRC")
        list.add("1T-RRRC.Cov2", covariance, option: "1T-RRRC")
        for (prefix, difference, readers) in [
            ("1T-RRFC", differenceFixedCases, readersFixedCases),
            ("1T-RRRC", self.difference, readersMean),
        ] {
            list.add("\(prefix).T", difference.statistic, option: prefix)
            list.add(
                "\(prefix).F", difference.statistic * difference.statistic, option: prefix)
            list.add("\(prefix).df", difference.degreesOfFreedom, option: prefix)
            list.add("\(prefix).p", difference.p, option: prefix)
            list.add("\(prefix).diff.lower", difference.lower, option: prefix)
            list.add("\(prefix).diff.upper", difference.upper, option: prefix)
            list.add("\(prefix).readers.lower", readers.lower, option: prefix)
            list.add("\(prefix).readers.upper", readers.upper, option: prefix)
        }
        addTwoTreatments(to: &list)
        return list.items
    }

    private func addTwoTreatments(to list: inout QuantityList) {
        let prefix = "2T-RRRC"
        let analysis = twoTreatments
        list.add("\(prefix).Var(TR)", analysis.interactionVariance, option: prefix)
        list.add("\(prefix).Var(Error)", analysis.covariances.error, option: prefix)
        list.add("\(prefix).Cov1", analysis.covariances.sameReader, option: prefix)
        list.add("\(prefix).Cov2", analysis.covariances.sameTreatment, option: prefix)
        list.add("\(prefix).Cov3", analysis.covariances.other, option: prefix)
        if let test = analysis.test(.readersAndCases) {
            list.add("\(prefix).F", test.f, option: prefix)
            list.add("\(prefix).df", test.df2, option: prefix)
            list.add("\(prefix).p", test.p, option: prefix)
        }
        for (index, name) in ["system", "readers"].enumerated() {
            list.add(
                "\(prefix).\(name).Cov2", analysis.treatmentCovariances(index).sameTreatment,
                option: prefix)
            guard let mean = analysis.treatment(index, .readersAndCases) else { continue }
            list.add("\(prefix).\(name)", mean: mean, option: prefix, isNormal: false)
        }
        let pair = IndexPair(first: 1, second: 0)
        if let difference = analysis.difference(pair, .readersAndCases) {
            list.add("\(prefix).diff.stderr", difference.standardError, option: prefix)
            list.add("\(prefix).diff.t", difference.statistic, option: prefix)
            list.add("\(prefix).diff.lower", difference.lower, option: prefix)
            list.add("\(prefix).diff.upper", difference.upper, option: prefix)
        }
    }
}

extension DeLongComparison {
    /// The comparisons and covariances of every pair of one reader's treatments.
    public static func quantities(_ table: ReadingTable, reader: Int = 0)
        throws(ReaderStudyError) -> [NamedQuantity]
    {
        let own = table.selecting(readers: [reader])
        let matrix = try FigureMatrix(own, figure: .auc, covariance: .deLong)
        let names = own.treatments
        var single = QuantityList(
            method: "DeLong", fom: FigureOfMerit.auc.name, covariance: "DeLong")
        var tests = QuantityList(
            method: "DeLong test", fom: FigureOfMerit.auc.name, covariance: "DeLong")
        for first in names.indices {
            let estimate = Estimate(
                matrix.values[first], variance: matrix.covariance(first, first),
                degreesOfFreedom: .infinity)
            single.add("auc[\(names[first])]", estimate.value)
            single.add("var[\(names[first])]", matrix.covariance(first, first))
            single.add("lower[\(names[first])]", estimate.lower)
            single.add("upper[\(names[first])]", estimate.upper)
            for second in names.indices where second != first {
                single.add(
                    "cov[\(names[first]),\(names[second])]", matrix.covariance(first, second))
                DeLongComparison(matrix, first, second, caseCount: own.cases.count)
                    .add(to: &tests, name: "\(names[first])-\(names[second])")
            }
        }
        return single.items + tests.items
    }

    private func add(to list: inout QuantityList, name: String) {
        list.add("delong[\(name)].z", difference.statistic)
        list.add("delong[\(name)].p", difference.p)
        list.add("delong[\(name)].p.greater", Distributions.normal(above: difference.statistic))
        list.add("delong[\(name)].p.less", Distributions.normal(below: difference.statistic))
        list.add("delong[\(name)].lower", difference.lower)
        list.add("delong[\(name)].upper", difference.upper)
        list.add("delong[\(name)].unpaired.D", unpaired.statistic)
        list.add("delong[\(name)].unpaired.p", unpaired.p)
        let df = unpaired.degreesOfFreedom
        list.add(
            "delong[\(name)].unpaired.p.greater",
            Distributions.t(above: unpaired.statistic, df: df))
        list.add(
            "delong[\(name)].unpaired.p.less", Distributions.t(above: -unpaired.statistic, df: df))
    }
}
