// `wetread study validate`: our numbers beside the reference values of a folder.

import Foundation

/// Compares what this room computes with the reference values of a folder as
/// `../shared/reader-study` is: `data/*.csv`, `expected/published.json`, `expected/synth.json`.
public struct StudyValidation: Sendable {
    /// A reference value and ours.
    public struct Comparison: Sendable {
        /// The reference.
        public let reference: ReferenceValue
        /// Our value; nil where nothing of that name was computed.
        public let value: Double?

        /// True where the value agrees as its kind demands.
        public var agrees: Bool { value.map { reference.error(of: $0) <= 1 } ?? false }
    }

    /// Every reference value with ours.
    public let comparisons: [Comparison]

    /// Compares everything that the folder's `expected` files hold.
    public init(folder: URL) throws(ReaderStudyError) {
        let expected = folder.appendingPathComponent("expected")
        var references: [ReferenceValue] = []
        let files: [(String, (URL) throws(ReaderStudyError) -> [ReferenceValue])] = [
            ("published.json", ReferenceValue.published),
            ("synth.json", ReferenceValue.synthetic),
        ]
        for (name, read) in files {
            let url = expected.appendingPathComponent(name)
            if FileManager.default.fileExists(atPath: url.path) { references += try read(url) }
        }
        guard !references.isEmpty else {
            throw .unreadable(
                file: folder.lastPathComponent,
                reason: "expected/published.json and expected/synth.json are both missing")
        }
        try self.init(references, data: folder.appendingPathComponent("data"))
    }

    /// Compares some reference values with what the files of `data` give.
    public init(_ references: [ReferenceValue], data: URL) throws(ReaderStudyError) {
        var comparisons: [Comparison] = []
        var groups: [String: [ReferenceValue]] = [:]
        for reference in references { groups[reference.dataset, default: []].append(reference) }
        for (dataset, values) in groups.sorted(by: { $0.key < $1.key }) {
            var computed = ComputedQuantities(
                table: try StudyCSV.table(contentsOf: data.appendingPathComponent(dataset)))
            for reference in values {
                comparisons.append(
                    Comparison(reference: reference, value: computed.value(for: reference)))
            }
        }
        self.comparisons = comparisons
    }

    /// Counts and the worst difference of one kind.
    public struct Summary: Sendable {
        /// How many reference values there are.
        public let count: Int
        /// How many agree.
        public let agreeing: Int
        /// The greatest error, in units of what is allowed.
        public let worst: Comparison?
    }

    /// The summary of a kind; the worst is by units of what is allowed.
    public func summary(_ kind: ReferenceValue.Kind) -> Summary {
        let own = comparisons.filter { $0.reference.kind == kind }
        func error(_ comparison: Comparison) -> Double {
            comparison.value.map { comparison.reference.error(of: $0) } ?? .infinity
        }
        return Summary(
            count: own.count, agreeing: own.lazy.filter(\.agrees).count,
            worst: own.max { error($0) < error($1) })
    }
}

/// What was computed of one data set, analysis by analysis as values are asked for.
struct ComputedQuantities {
    private struct Key: Hashable {
        let method: String
        let fom: String
        let covariance: String
        let standalone: String
    }

    let table: ReadingTable
    private var computed: [Key: [String: Double]] = [:]
    private let pilots = PowerReferences()

    init(table: ReadingTable) { self.table = table }

    /// Our value for a reference; nil where the analysis refuses or has no such quantity.
    mutating func value(for reference: ReferenceValue) -> Double? {
        if reference.method.contains("power") { return pilots.value(for: reference, table) }
        let key = Key(
            method: reference.method, fom: reference.fom, covariance: reference.covariance,
            standalone: reference.standalone ?? "")
        if computed[key] == nil {
            let list = (try? quantities(key)) ?? []
            computed[key] = Dictionary(
                list.map { ($0.quantity, $0.value) }, uniquingKeysWith: { first, _ in first })
        }
        return computed[key]?[reference.quantity]
    }

    private func quantities(_ key: Key) throws(ReaderStudyError) -> [NamedQuantity] {
        if key.method == "kappa" { return agreement(key.fom) }
        if key.method == "partial AUC" { return partialAreas() }
        guard let figure = FigureOfMerit(name: key.fom) else { return [] }
        switch key.method {
        case "OR":
            let method = CovarianceMethod(rawValue: key.covariance) ?? .jackknife
            return try ObuchowskiRockette(table, figure: figure, covariance: method)
                .quantities(figure: figure)
        case "DBM":
            let means = try ObuchowskiRockette(table, figure: figure, covariance: .jackknife)
            return try DorfmanBerbaumMetz(table, figure: figure).quantities(figure: figure)
                + DorfmanBerbaumMetz.repeated(means, figure: figure)
        case "Gallas U-statistic": return try UStatistic(table).quantities()
        case "DeLong", "DeLong test":
            let all = try DeLongComparison.quantities(table)
            return all + shortNames(all)
        case "standalone vs readers":
            let system = key.standalone.isEmpty ? table.readers[0] : key.standalone
            return try StandaloneComparison(table, system: system, figure: figure)
                .quantities(figure: figure, system: system)
        default: return []
        }
    }

    /// The names that `synth.json` uses for the one comparison of its single-reader set.
    private func shortNames(_ all: [NamedQuantity]) -> [NamedQuantity] {
        guard table.treatments.count == 2 else { return [] }
        let (a, b) = (table.treatments[0], table.treatments[1])
        let names = [
            "auc[\(a)]": "auc1", "auc[\(b)]": "auc2", "var[\(a)]": "var1", "var[\(b)]": "var2",
            "cov[\(a),\(b)]": "cov", "delong[\(a)-\(b)].z": "z", "delong[\(a)-\(b)].p": "p",
            "delong[\(a)-\(b)].lower": "lower", "delong[\(a)-\(b)].upper": "upper",
        ]
        let areas = all.filter { $0.method == "DeLong" && $0.quantity.hasPrefix("auc[") }
        let difference = areas.count == 2 ? areas[0].value - areas[1].value : .nan
        return all.compactMap { item in
            names[item.quantity].map { item.renamed($0) }
        } + areas.prefix(1).map { $0.renamed("diff", value: difference) }
    }

    private func partialAreas() -> [NamedQuantity] {
        var list = QuantityList(
            method: "partial AUC", fom: "partial empirical AUC", covariance: "")
        for (treatment, name) in table.treatments.enumerated() {
            let curve = EmpiricalCurve(table, treatment: treatment, reader: 0)
            for (from, to) in [(0.9, 1.0), (0.8, 0.9), (0.0, 0.5)] {
                let range = "\(FigureOfMerit.text(from))-\(FigureOfMerit.text(to))"
                list.add(
                    "pauc[\(name),specificity \(range)]",
                    curve.area(falsePositiveFraction: (1 - to)...(1 - from)))
                list.add(
                    "pauc[\(name),sensitivity \(range)]", curve.area(sensitivity: from...to))
            }
        }
        return list.items
    }

    private func agreement(_ title: String) -> [NamedQuantity] {
        let treatment = table.treatments.firstIndex { title.hasSuffix("treatment \($0)") } ?? 0
        return ReaderAgreement(table, treatment: treatment)?.quantities(fom: title) ?? []
    }
}

extension NamedQuantity {
    /// The same under another name (and with another value).
    fileprivate func renamed(_ name: String, value: Double? = nil) -> NamedQuantity {
        NamedQuantity(
            quantity: name, value: value ?? self.value, method: method, fom: fom,
            covariance: covariance, option: option)
    }
}

extension EmpiricalCurve {
    /// The curve of one reader in one treatment.
    public init(_ table: ReadingTable, treatment: Int, reader: Int) {
        let readings = table.readings(treatment: treatment, reader: reader)
        self.init(
            nonDiseased: readings.filter { !table.cases[$0.caseIndex].isDiseased }.map(\.rating),
            diseased: readings.filter { table.cases[$0.caseIndex].isDiseased }.map(\.rating))
    }
}
