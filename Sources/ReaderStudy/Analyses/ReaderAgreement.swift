// Agreement of a study's readers in one treatment.

/// Agreement between the readers of one treatment, on the cases that all of them read.
public struct ReaderAgreement: Sendable {
    /// Cohen's kappa of one pair of readers.
    public struct Pair: Sendable, Hashable {
        /// The readers, as indices.
        public let readers: IndexPair
        /// Kappa by weighting.
        public let kappa: [Agreement.Weighting: Double]
    }

    /// The readers' names.
    public let readers: [String]
    /// Kappa of each pair; empty where the ratings are no small set of categories.
    public let pairs: [Pair]
    /// Fleiss's kappa; nil where the ratings are no small set of categories.
    public let fleiss: Double?
    /// Krippendorff's alpha by scale, over all cases, missing ratings and all.
    public let alpha: [Agreement.Scale: Double]
    /// Intraclass correlations of the common cases.
    public let intraclass: Agreement.IntraclassCorrelation?

    /// Ratings of more categories than this are taken as continuous: no kappa.
    public static let categoriesMax = 20

    /// The agreement of a treatment's readers; nil for fewer than two readers or common cases.
    public init?(_ table: ReadingTable, treatment: Int) {
        guard table.readers.count > 1 else { return nil }
        let ratings = table.readers.indices.map { reader in
            Dictionary(
                table.readings(treatment: treatment, reader: reader)
                    .map { ($0.caseIndex, $0.rating) }, uniquingKeysWith: { first, _ in first })
        }
        let common = table.cases.indices.filter { item in
            ratings.allSatisfy { $0[item] != nil }
        }
        readers = table.readers
        let all = Set(ratings.flatMap(\.values)).filter(\.isFinite).sorted()
        let rows = common.map { item in ratings.compactMap { $0[item] } }
        let isCategorical = all.count > 1 && all.count <= Self.categoriesMax && common.count > 1
        if isCategorical, rows.allSatisfy({ $0.allSatisfy(\.isFinite) }) {
            // Whole numbers are categories of a scale of which some may not have been used.
            let isWhole = all.allSatisfy { $0 == $0.rounded() }
            let scale =
                isWhole && all[all.count - 1] - all[0] < Double(Self.categoriesMax)
                ? Array(stride(from: all[0], through: all[all.count - 1], by: 1)) : all
            let index = Dictionary(
                uniqueKeysWithValues: scale.enumerated().map { ($1, $0) })
            let categories = rows.map { $0.compactMap { index[$0] } }
            pairs = IndexPair.all(readers.count).map { pair in
                let first = categories.map { $0[pair.first] }
                let second = categories.map { $0[pair.second] }
                return Pair(
                    readers: pair,
                    kappa: Dictionary(
                        uniqueKeysWithValues: Agreement.Weighting.allCases.map {
                            (
                                $0,
                                Agreement.cohen(
                                    first, second, categories: scale.count, weighting: $0)
                            )
                        }))
            }
            fleiss = Agreement.fleiss(categories, categories: scale.count)
        } else {
            pairs = []
            fleiss = nil
        }
        let units = table.cases.indices.map { item in
            ratings.map { $0[item].flatMap { $0.isFinite ? $0 : nil } }
        }
        // Alpha's coincidence matrix has a row for each value: only for categories.
        alpha =
            all.count <= 200
            ? Dictionary(
                uniqueKeysWithValues: Agreement.Scale.allCases.map {
                    ($0, Agreement.krippendorff(units, scale: $0))
                }) : [:]
        intraclass =
            rows.allSatisfy { $0.allSatisfy(\.isFinite) } ? Agreement.intraclass(rows) : nil
    }

    /// Kappa under the names of the reference values.
    func quantities(fom: String) -> [NamedQuantity] {
        var list = QuantityList(method: "kappa", fom: fom, covariance: "")
        for pair in pairs {
            let names = "\(readers[pair.readers.first]),\(readers[pair.readers.second])"
            for weighting in Agreement.Weighting.allCases {
                list.add(
                    "kappa[\(names)].\(weighting.rawValue)", pair.kappa[weighting] ?? .nan)
            }
        }
        if let fleiss { list.add("fleiss", fleiss) }
        return list.items
    }
}
