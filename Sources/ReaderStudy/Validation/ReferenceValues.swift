// The reference values of a folder of data sets, and how ours compare.

import Foundation

/// A reference value of `published.json` or `synth.json`.
public struct ReferenceValue: Sendable {
    /// The data set's file name.
    public let dataset: String
    /// The quantity's name.
    public let quantity: String
    /// The value as text, with the digits that were printed; `NA` where it is undefined.
    public let text: String
    /// How close is close enough.
    public let kind: Kind
    /// The method's name.
    public let method: String
    /// The figure of merit's name.
    public let fom: String
    /// The covariance's name.
    public let covariance: String
    /// What the analysis generalises to (`RRRC`, ...), or empty.
    public let option: String
    /// The reader who is a standalone system, where the value is of such a comparison.
    public let standalone: String?

    /// Makes a reference value.
    public init(
        dataset: String, quantity: String, text: String, kind: Kind, method: String, fom: String,
        covariance: String, option: String = "", standalone: String? = nil
    ) {
        self.dataset = dataset
        self.quantity = quantity
        self.text = text
        self.kind = kind
        self.method = method
        self.fom = fom
        self.covariance = covariance
        self.option = option
        self.standalone = standalone
    }

    /// What agreement means.
    public enum Kind: String, Sendable, CaseIterable {
        /// Printed by its source: every digit, |x - value| at most half a unit of the last.
        case printed
        /// Computed by running the source's software: a relative 1e-8, or every digit where fewer
        /// are given.
        case computed
        /// Computed by the reference for the synthetic sets: a relative 1e-8.
        case synthetic
    }

    /// True where the value is undefined and must stay so.
    public var isUndefined: Bool { text == "NA" }

    /// How far a value is off, in units of what is allowed (1 is the limit).
    public func error(of value: Double) -> Double {
        if isUndefined { return value.isNaN ? 0 : .infinity }
        guard let expected = Double(text) else { return .infinity }
        // MRMCaov cuts intervals at 1; ours are not cut.
        let value = expected == 1 && quantity.hasSuffix(".upper") ? min(value, 1) : value
        let difference = abs(value - expected)
        if difference == 0 { return 0 }
        guard difference.isFinite else { return .infinity }
        return difference / allowed(around: expected)
    }

    /// The difference relative to the reference value.
    public func relativeDifference(of value: Double) -> Double {
        guard !isUndefined, let expected = Double(text), expected != 0 else { return 0 }
        return abs(value - expected) / abs(expected)
    }

    private func allowed(around expected: Double) -> Double {
        switch kind {
        case .computed:
            // Some are given with fewer than ten digits: no more can agree.
            return max(1e-8 * abs(expected), 0.5 * Self.unitOfLastDigit(text) * (1 + 1e-6), 1e-15)
        case .synthetic: return max(1e-8 * abs(expected), 1e-13)
        case .printed:
            // The sets of pROC are printed with 15 digits: agreement there is to 1e-11.
            let unit = Self.unitOfLastDigit(text)
            return max(0.5 * unit * (1 + 1e-6), method.hasPrefix("DeLong") ? 1e-11 : 0, 1e-15)
        }
    }

    /// One unit of the last digit of a decimal number: 0.01 for `4.56`, 1e-7 for `1.23e-5`.
    public static func unitOfLastDigit(_ text: String) -> Double {
        let parts = text.lowercased().split(separator: "e", maxSplits: 1)
        let exponent = parts.count > 1 ? Int(parts[1]) ?? 0 : 0
        let decimals =
            parts[0].split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
            .dropFirst().first?.count ?? 0
        return pow(10, Double(exponent - decimals))
    }
}

extension ReferenceValue {
    private struct Published: Decodable {
        struct Value: Decodable {
            let dataset, quantity, value, kind, method, fom, covariance, option: String
        }
        let values: [Value]
    }

    private struct Synthetic: Decodable {
        struct Set: Decodable {
            let dataset, fom, method, covariance: String
            let standalone: String?
            let values: [String: Double?]
        }
        struct Bad: Decodable {
            let dataset: String
            let values: [String: Double]?
        }
        let sets: [Set]
        let bad: [Bad]
    }

    /// Reads `published.json`.
    public static func published(_ url: URL) throws(ReaderStudyError) -> [ReferenceValue] {
        try decode(Published.self, url).values.map {
            ReferenceValue(
                dataset: $0.dataset, quantity: $0.quantity, text: $0.value,
                kind: Kind(rawValue: $0.kind) ?? .printed, method: $0.method, fom: $0.fom,
                covariance: $0.covariance, option: $0.option)
        }
    }

    /// Reads `synth.json`.
    public static func synthetic(_ url: URL) throws(ReaderStudyError) -> [ReferenceValue] {
        let document = try decode(Synthetic.self, url)
        var values: [ReferenceValue] = []
        for set in document.sets {
            for (quantity, value) in set.values.sorted(by: { $0.key < $1.key }) {
                values.append(
                    ReferenceValue(
                        dataset: set.dataset, quantity: quantity,
                        text: value.map { "\($0)" } ?? "NA", kind: .synthetic, method: set.method,
                        fom: set.fom, covariance: set.covariance, standalone: set.standalone))
            }
        }
        for bad in document.bad {
            for (quantity, value) in (bad.values ?? [:]).sorted(by: { $0.key < $1.key }) {
                values.append(
                    ReferenceValue(
                        dataset: bad.dataset, quantity: quantity, text: "\(value)",
                        kind: .synthetic, method: "Gallas U-statistic",
                        fom: FigureOfMerit.auc.name, covariance: "unbiased"))
            }
        }
        return values
    }

    private static func decode<Document: Decodable>(_ type: Document.Type, _ url: URL)
        throws(ReaderStudyError) -> Document
    {
        do {
            return try JSONDecoder().decode(type, from: Data(contentsOf: url))
        } catch {
            throw .unreadable(
                file: url.lastPathComponent,
                reason: "it does not exist, or is not JSON of the expected form")
        }
    }
}
