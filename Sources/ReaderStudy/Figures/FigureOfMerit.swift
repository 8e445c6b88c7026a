// The figures of merit: what one number says how well a reader reads.

/// A figure of merit of one reader in one treatment.
public enum FigureOfMerit: Sendable, Hashable {
    /// The area under the empirical ROC curve (Wilcoxon statistic; ties count 1/2).
    case auc
    /// The share of diseased cases rated at or above a threshold.
    case sensitivity(threshold: Double)
    /// The share of non-diseased cases rated below a threshold.
    case specificity(threshold: Double)
    /// The weighted area under the alternative free-response ROC curve (Chakraborty and Zhai 2016).
    case weightedAFROC
    /// The area under the AFROC curve; every lesion counts the same (Chakraborty and Berbaum 2004).
    case afroc
    /// Weighted AFROC whose false-positive side also takes lesion-free marks of diseased cases.
    case weightedAFROC1
    /// The ROC area of the highest mark of each case, inferred from free-response data.
    case highestRatingAUC
    /// LROC: the share localised correctly at a false-positive fraction.
    case localisedShare(falsePositiveFraction: Double)
    /// LROC: the area under the curve from 0 to a false-positive fraction.
    case localisedArea(falsePositiveFraction: Double)

    /// The name that reports use: `PCL at FPF 0.2`.
    public var name: String {
        switch self {
        case .auc: "empirical AUC"
        case .sensitivity(let threshold): "sensitivity, rating >= \(Self.text(threshold))"
        case .specificity(let threshold): "specificity, rating < \(Self.text(threshold))"
        case .weightedAFROC: "wAFROC"
        case .afroc: "AFROC"
        case .weightedAFROC1: "wAFROC1"
        case .highestRatingAUC: "HrAuc"
        case .localisedShare(let fraction): "PCL at FPF \(Self.text(fraction))"
        case .localisedArea(let fraction): "ALROC at FPF \(Self.text(fraction))"
        }
    }

    /// The figure with a name as `name` writes it; nil for another text.
    public init?(name: String) {
        let plain: [String: FigureOfMerit] = [
            "empirical auc": .auc, "auc": .auc, "wilcoxon (ratings)": .auc, "wilcoxon": .auc,
            "wafroc": .weightedAFROC, "afroc": .afroc, "wafroc1": .weightedAFROC1,
            "hrauc": .highestRatingAUC,
        ]
        let lowered = name.lowercased()
        if let figure = plain[lowered] {
            self = figure
            return
        }
        let forms: [(String, (Double) -> FigureOfMerit)] = [
            ("sensitivity, rating >= ", { .sensitivity(threshold: $0) }),
            ("specificity, rating < ", { .specificity(threshold: $0) }),
            ("pcl at fpf ", { .localisedShare(falsePositiveFraction: $0) }),
            ("alroc at fpf ", { .localisedArea(falsePositiveFraction: $0) }),
        ]
        for (prefix, make) in forms where lowered.hasPrefix(prefix) {
            guard let number = Double(lowered.dropFirst(prefix.count)), number.isFinite else {
                return nil
            }
            self = make(number)
            return
        }
        return nil
    }

    /// The figure that a form of data is judged by unless another is asked for.
    public static func standard(for form: ReadingTable.Form) -> FigureOfMerit {
        switch form {
        case .roc: .auc
        case .freeResponse: .weightedAFROC
        case .localisation: .localisedShare(falsePositiveFraction: 0.2)
        }
    }

    /// True where a form of data has this figure.
    public func exists(in form: ReadingTable.Form) -> Bool {
        switch self {
        case .auc, .sensitivity, .specificity: form != .freeResponse
        case .weightedAFROC, .afroc, .weightedAFROC1, .highestRatingAUC: form == .freeResponse
        case .localisedShare, .localisedArea: form == .localisation
        }
    }

    /// A number as short as it can be said: 3, not 3.0.
    static func text(_ number: Double) -> String {
        number == number.rounded() && abs(number) < 1e15 ? String(Int(number)) : String(number)
    }
}
