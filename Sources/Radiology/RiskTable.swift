// From a probability to a risk level, a flag and a place on the common scale.

/// How sure the model is, in the founding documents' words.
public enum RiskLevel: String, Codable, Sendable, CaseIterable {
    /// The passes disagree too much: a person must look.
    case uncertain = "uncertain_requires_review"
    /// Over the upper bound.
    case high = "high_confidence"
    /// Between the bounds.
    case moderate = "moderate_confidence"
    /// Under the lower bound.
    case low = "low_confidence"

    /// One word for a screen.
    public var word: String {
        switch self {
        case .uncertain: "uncertain"
        case .high: "high"
        case .moderate: "moderate"
        case .low: "low"
        }
    }
}

/// A bound on a probability, with the comparison it was stated with.
public struct ProbabilityBound: Hashable, Codable, Sendable {
    /// The bound, 0...1.
    public let value: Double
    /// True where the bound itself already counts.
    public let includesBound: Bool

    /// Makes a bound.
    public init(_ value: Double, includesBound: Bool) {
        self.value = value
        self.includesBound = includesBound
    }

    /// True where a probability is past the bound.
    public func isReached(by probability: Double) -> Bool {
        includesBound ? probability >= value : probability > value
    }

    /// The bound in words: `> 0.70` or `>= 0.075`.
    public var text: String {
        (includesBound ? "≥ " : "> ") + ProbabilityText.bound(value)
    }
}

/// The bounds of one label.
public struct RiskBounds: Hashable, Codable, Sendable {
    /// From here on the level is `moderate`.
    public let moderate: ProbabilityBound
    /// From here on the level is `high`.
    public let high: ProbabilityBound
    /// Above this standard deviation the level is `uncertain`, whatever the probability.
    public let uncertainAbove: Double
    /// From here on the finding is listed in the report.
    public let reported: ProbabilityBound
    /// From here on the finding is critical; nil where it never is.
    public let critical: ProbabilityBound?

    /// Makes bounds; `0 < moderate < high < 1`.
    public init(
        moderate: ProbabilityBound, high: ProbabilityBound, uncertainAbove: Double,
        reported: ProbabilityBound, critical: ProbabilityBound?
    ) {
        self.moderate = moderate
        self.high = high
        self.uncertainAbove = uncertainAbove
        self.reported = reported
        self.critical = critical
    }

    /// A probability on the scale that all labels and models share: 0...moderate...high...1 is mapped
    /// piecewise linearly to 0...1/2...3/4...1.
    public func suspicion(of probability: Double) -> Double {
        let value = min(max(probability, 0), 1)
        if value <= moderate.value {
            return moderate.value > 0 ? 0.5 * value / moderate.value : 0.5
        }
        if value <= high.value {
            return 0.5 + 0.25 * (value - moderate.value) / (high.value - moderate.value)
        }
        return high.value < 1 ? 0.75 + 0.25 * (value - high.value) / (1 - high.value) : 1
    }
}

/// Bounds for each label, and who set them.
public struct RiskTable: Hashable, Codable, Sendable {
    /// Who set a table.
    public enum Origin: String, Codable, Sendable {
        /// The founding documents; used where the package carries no bounds.
        case founding
        /// The model package (`risk` in model.json).
        case package
        /// The site's own configuration.
        case site
    }

    /// Who set the table.
    public let origin: Origin
    private let bounds: [Pathology: RiskBounds]
    private let hasCriticalRules: Bool

    /// Makes a table; labels it does not list take the founding bounds.
    public init(origin: Origin, bounds: [Pathology: RiskBounds]) {
        self.init(origin: origin, bounds: bounds, hasCriticalRules: true)
    }

    private init(origin: Origin, bounds: [Pathology: RiskBounds], hasCriticalRules: Bool) {
        self.origin = origin
        self.bounds = bounds
        self.hasCriticalRules = hasCriticalRules
    }

    /// The same bounds without critical rules: for images that are no radiographs, where a flag
    /// would only be a false alarm.
    public var withoutCriticalRules: RiskTable {
        RiskTable(origin: origin, bounds: bounds, hasCriticalRules: false)
    }

    /// The founding documents' numbers: 0.3 for reporting, 0.5, 0.8, 0.3 of standard deviation, and
    /// 0.7 for the critical Pneumothorax, Mass and Pneumonia; all are passed only above the number.
    public static let founding = RiskTable(origin: .founding, bounds: [:])

    /// The labels that are critical by the founding documents.
    public static let foundingCritical: Set<Pathology> = [.pneumothorax, .mass, .pneumonia]

    /// The bounds of a label.
    public func bounds(of pathology: Pathology) -> RiskBounds {
        bounds[pathology]
            ?? RiskBounds(
                moderate: ProbabilityBound(0.5, includesBound: false),
                high: ProbabilityBound(0.8, includesBound: false), uncertainAbove: 0.3,
                reported: ProbabilityBound(0.3, includesBound: false),
                critical: Self.foundingCritical.contains(pathology)
                    ? ProbabilityBound(0.7, includesBound: false) : nil)
    }

    /// Who set the bounds of this label: a label that the table does not list has founding ones.
    public func origin(of pathology: Pathology) -> Origin {
        bounds[pathology] == nil ? .founding : origin
    }

    /// The risk level of a mean and its standard deviation (nil where no passes were sampled).
    public func level(
        of pathology: Pathology, probability: Double, uncertainty: Double?
    ) -> RiskLevel {
        let limits = bounds(of: pathology)
        if let uncertainty, uncertainty > limits.uncertainAbove { return .uncertain }
        if limits.high.isReached(by: probability) { return .high }
        return limits.moderate.isReached(by: probability) ? .moderate : .low
    }

    /// True where the finding is critical.
    public func isCritical(_ pathology: Pathology, probability: Double) -> Bool {
        hasCriticalRules && bounds(of: pathology).critical?.isReached(by: probability) ?? false
    }

    /// True where the report lists the finding.
    public func isReported(_ pathology: Pathology, probability: Double) -> Bool {
        bounds(of: pathology).reported.isReached(by: probability)
    }

    /// A probability on the scale that all labels and models share: 0...moderate...high...1 is mapped
    /// piecewise linearly to 0...1/2...3/4...1.
    public func suspicion(of pathology: Pathology, probability: Double) -> Double {
        bounds(of: pathology).suspicion(of: probability)
    }

    /// The rule that makes this label critical, in words; nil where none does.
    public func criticalRule(for pathology: Pathology) -> String? {
        guard hasCriticalRules, let critical = bounds(of: pathology).critical else { return nil }
        return "\(pathology.displayName) \(critical.text) (\(origin(of: pathology).rawValue) rule)"
    }
}

/// Probabilities as the screens and reports write them.
public enum ProbabilityText {
    /// Two decimals without the zero before the point.
    ///
    /// `.07`, `1.0`; `<.01` and `>.99` rather than a rounded 0 or 1. Four columns at most.
    public static func short(_ probability: Double) -> String {
        if probability.isNaN { return "?" }
        if probability < 0.005 { return probability <= 0 ? "0" : "<.01" }
        if probability >= 0.995 { return probability >= 1 ? "1.0" : ">.99" }
        let hundredths = Int((probability * 100).rounded())
        return hundredths >= 100 ? "1.0" : "." + (hundredths < 10 ? "0" : "") + "\(hundredths)"
    }

    /// Two significant decimals at least: `0.70`, `0.075`, `0.0049`.
    public static func bound(_ value: Double) -> String {
        var digits = 2
        var scale = 100.0
        while digits < 5 && abs((value * scale).rounded() - value * scale) > 1e-6 {
            digits += 1
            scale *= 10
        }
        let scaled = Int((value * scale).rounded())
        let whole = scaled / Int(scale)
        let fraction = String(scaled % Int(scale))
        return "\(whole)." + String(repeating: "0", count: digits - fraction.count) + fraction
    }
}
