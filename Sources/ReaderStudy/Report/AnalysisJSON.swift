// An analysis as JSON.

extension ReaderStudyAnalysis {
    /// The whole analysis; keys are described in `Documentation/reader-studies.md`.
    public var json: JSONTree {
        var members: [(key: String, value: JSONTree)] = [
            ("file", .text(name)), ("form", .text(table.form.rawValue)),
            ("design", .text(table.design.rawValue)), ("readers", .texts(table.readers)),
            ("treatments", .texts(table.treatments)),
            (
                "cases",
                .object([
                    ("total", .integer(table.cases.count)),
                    ("diseased", .integer(table.diseasedCount)),
                    ("non_diseased", .integer(table.cases.count - table.diseasedCount)),
                ])
            ),
            ("figure_of_merit", .text(figure.name)),
            ("covariance", .text(options.covariance.rawValue)),
            ("error", fault.map { .text($0.description) } ?? .null),
            ("notes", .texts(notes)),
            ("auc", Self.areas(table)),
            ("figures", main.map(Self.figures) ?? .null),
            ("obuchowski_rockette", main.map(Self.json) ?? .null),
            ("dorfman_berbaum_metz", dbm.map(Self.json) ?? .null),
            ("u_statistic", uStatistic.map(Self.json) ?? .null),
        ]
        if let standalone, let standaloneName {
            members.append(("standalone", Self.json(standalone, name: standaloneName)))
        }
        if let margin = options.margin, let main {
            members.append(("non_inferiority", Self.nonInferiority(main, margin: margin)))
        }
        members.append(("accuracy", .array(accuracy.map(Self.json))))
        if options.includesFits { members.append(("roc", .array(fits.map(\.json)))) }
        members.append(("agreement", agreementJSON))
        members.append(("quantities", .array(quantities.map(Self.json))))
        return .object(members)
    }

    /// The empirical AUC by treatment and reader; of free response that of the highest mark.
    private static func areas(_ table: ReadingTable) -> JSONTree {
        let figure: FigureOfMerit = table.form == .freeResponse ? .highestRatingAUC : .auc
        return byCell(table.treatments, table.readers) { treatment, reader in
            FigureCell(
                table.readings(treatment: treatment, reader: reader), of: table, figure: figure
            ).value
        }
    }

    private static func figures(_ analysis: ObuchowskiRockette) -> JSONTree {
        byCell(analysis.treatments, analysis.readers) {
            analysis.figure(treatment: $0, reader: $1)
        }
    }

    private static func byCell(
        _ treatments: [String], _ readers: [String], _ value: (Int, Int) -> Double
    ) -> JSONTree {
        .object(
            treatments.enumerated().map { treatment, name in
                (
                    name,
                    .object(
                        readers.enumerated().map { reader, readerName in
                            (readerName, .number(value(treatment, reader)))
                        })
                )
            })
    }

    private static func json(_ analysis: ObuchowskiRockette) -> JSONTree {
        let keys: [(Generalisation, String)] = [
            (.readersAndCases, "random_readers_random_cases"),
            (.cases, "fixed_readers_random_cases"), (.readers, "random_readers_fixed_cases"),
        ]
        var members: [(key: String, value: JSONTree)] = keys.map { generalisation, key in
            (key, json(analysis, generalisation))
        }
        members.append(
            (
                "variance_components",
                .object([
                    ("var_reader", .number(analysis.readerVariance)),
                    ("var_treatment_reader", .number(analysis.interactionVariance)),
                    ("var_error", .number(analysis.covariances.error)),
                    ("cov1", .number(analysis.covariances.sameReader)),
                    ("cov2", .number(analysis.covariances.sameTreatment)),
                    ("cov3", .number(analysis.covariances.other)),
                ])
            ))
        return .object(members)
    }

    private static func json(_ analysis: ObuchowskiRockette, _ generalisation: Generalisation)
        -> JSONTree
    {
        let pairs = IndexPair.all(analysis.treatments.count)
        let differences = pairs.compactMap { pair in
            analysis.difference(pair, generalisation).map {
                json(
                    $0,
                    names: [
                        ("first", .text(analysis.treatments[pair.first])),
                        ("second", .text(analysis.treatments[pair.second])),
                    ])
            }
        }
        var members: [(key: String, value: JSONTree)] = []
        if let test = analysis.test(generalisation) { members += json(test) }
        members.append(("difference", differences.first ?? .null))
        members.append(("differences", .array(differences)))
        members.append(
            (
                "treatments",
                .array(
                    analysis.treatments.indices.compactMap { index in
                        analysis.treatment(index, generalisation).map {
                            json(
                                $0, names: [("treatment", .text(analysis.treatments[index]))])
                        }
                    })
            ))
        return .object(members)
    }

    private static func json(_ test: OverallTest) -> [(key: String, value: JSONTree)] {
        [
            ("F", .number(test.f)), ("ndf", .number(test.df1)), ("ddf", .number(test.df2)),
            ("p", .number(test.p)),
            ("X2", .number(test.df2 == .infinity ? test.f * test.df1 : .nan)),
        ]
    }

    private static func json(_ estimate: Estimate, names: [(key: String, value: JSONTree)] = [])
        -> JSONTree
    {
        .object(
            names + [
                ("estimate", .number(estimate.value)), ("se", .number(estimate.standardError)),
                ("df", .number(estimate.degreesOfFreedom)),
                ("statistic", .number(estimate.statistic)), ("p", .number(estimate.p)),
                ("ci95", .numbers([estimate.lower, estimate.upper])),
            ])
    }

    private static func json(_ analysis: DorfmanBerbaumMetz) -> JSONTree {
        .object([
            (
                "random_readers_random_cases", .object(json(analysis.test(.readersAndCases)))
            ),
            ("fixed_readers_random_cases", .object(json(analysis.test(.cases)))),
            ("random_readers_fixed_cases", .object(json(analysis.test(.readers)))),
        ])
    }

    private static func json(_ analysis: UStatistic) -> JSONTree {
        .object([
            (
                "treatments",
                .array(
                    analysis.treatments.indices.map {
                        json(
                            analysis.estimate($0),
                            names: [
                                ("treatment", .text(analysis.treatments[$0])),
                                ("variance", .number(analysis.variance($0))),
                            ])
                    })
            ),
            (
                "differences",
                .array(
                    IndexPair.all(analysis.treatments.count).map {
                        json(
                            analysis.difference($0),
                            names: [
                                ("first", .text(analysis.treatments[$0.first])),
                                ("second", .text(analysis.treatments[$0.second])),
                                ("variance", .number(analysis.variance($0))),
                            ])
                    })
            ),
        ])
    }

    private static func json(_ comparison: StandaloneComparison, name: String) -> JSONTree {
        .object([
            ("system", .text(name)), ("figure", .number(comparison.system)),
            ("readers_mean", json(comparison.readersMean)),
            ("random_readers_random_cases", json(comparison.difference)),
            ("random_readers_fixed_cases", json(comparison.differenceFixedCases)),
        ])
    }

    private static func nonInferiority(_ analysis: ObuchowskiRockette, margin: Double) -> JSONTree {
        .array(
            NonInferiority.all(analysis, margin: margin).map { result in
                .object([
                    ("new", .text(result.new)), ("old", .text(result.old)),
                    ("margin", .number(margin)), ("difference", .number(result.difference.value)),
                    ("lower95", .number(result.lower)), ("p", .number(result.p)),
                    ("is_non_inferior", .flag(result.isNonInferior)),
                ])
            })
    }

    private static func json(_ cell: CellAccuracy) -> JSONTree {
        func proportion(_ value: Proportion) -> JSONTree {
            let (wilson, exact) = (value.wilson(), value.clopperPearson())
            return .object([
                ("count", .integer(value.count)), ("of", .integer(value.total)),
                ("value", .number(value.value)),
                ("wilson95", .numbers([wilson.lower, wilson.upper])),
                ("clopper_pearson95", .numbers([exact.lower, exact.upper])),
            ])
        }
        return .object([
            ("treatment", .text(cell.treatment)), ("reader", .text(cell.reader)),
            ("threshold", .number(cell.threshold)),
            ("sensitivity", proportion(cell.sensitivity)),
            ("specificity", proportion(cell.specificity)),
            ("ppv", proportion(cell.positivePredictiveValue)),
            ("npv", proportion(cell.negativePredictiveValue)),
            ("accuracy", proportion(cell.accuracy)),
        ])
    }

    private var agreementJSON: JSONTree {
        .array(
            zip(table.treatments, agreement).map { treatment, readers in
                .object([
                    ("treatment", .text(treatment)),
                    ("fleiss_kappa", readers.fleiss.map { .number($0) } ?? .null),
                    (
                        "krippendorff_alpha",
                        .object(
                            Agreement.Scale.allCases.compactMap { scale in
                                readers.alpha[scale].map { (scale.rawValue, .number($0)) }
                            })
                    ),
                    ("icc_agreement", .number(readers.intraclass?.agreement ?? .nan)),
                    ("icc_consistency", .number(readers.intraclass?.consistency ?? .nan)),
                ])
            })
    }

    private static func json(_ item: NamedQuantity) -> JSONTree {
        .object([
            ("quantity", .text(item.quantity)), ("value", .number(item.value)),
            ("method", .text(item.method)), ("fom", .text(item.fom)),
            ("covariance", .text(item.covariance)), ("option", .text(item.option)),
        ])
    }
}
