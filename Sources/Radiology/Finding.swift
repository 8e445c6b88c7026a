// What a model says of one pathology in one study.

/// One pathology with its probability, its uncertainty and what follows from them.
public struct Finding: Hashable, Codable, Sendable {
    /// The pathology.
    public let pathology: Pathology
    /// Mean calibrated probability over the passes, 0...1.
    public let probability: Double
    /// Standard deviation of the calibrated probability over the passes (divisor T); nil where fewer
    /// than two passes were sampled, since nothing is then known of it.
    public let uncertainty: Double?
    /// The level that the risk table gives.
    public let riskLevel: RiskLevel
    /// Place on the common scale 0...1: moderate at 1/2, high at 3/4.
    public let suspicion: Double
    /// True where a critical rule was passed.
    public let isCritical: Bool
    /// True where the report lists it.
    public let isReported: Bool
    /// The critical rule of this label in words, whether passed or not; nil where there is none.
    public let criticalRule: String?
    /// The bounds it was judged by: what bars need to place intervals and thresholds on one scale.
    public let bounds: RiskBounds
    /// Which image of the study it is from (the highest mean wins), in words; empty for a lone image.
    public var source: String
    /// The probability of each pass, in order; empty for the deterministic pass.
    public let passes: [Double]

    /// Judges a probability by a risk table.
    public init(
        pathology: Pathology, probability: Double, uncertainty: Double?, table: RiskTable,
        passes: [Double] = [], source: String = ""
    ) {
        self.pathology = pathology
        self.probability = probability
        self.uncertainty = uncertainty
        self.passes = passes
        self.source = source
        bounds = table.bounds(of: pathology)
        riskLevel = table.level(
            of: pathology, probability: probability, uncertainty: uncertainty)
        suspicion = table.suspicion(of: pathology, probability: probability)
        isCritical = table.isCritical(pathology, probability: probability)
        isReported = table.isReported(pathology, probability: probability)
        criticalRule = table.criticalRule(for: pathology)
    }

    /// Restores a finding as it was judged when it was stored, whatever table holds today.
    public init(
        restoring pathology: Pathology, probability: Double, uncertainty: Double?,
        riskLevel: RiskLevel, suspicion: Double, isCritical: Bool, isReported: Bool,
        criticalRule: String?, bounds: RiskBounds, source: String, passes: [Double] = []
    ) {
        self.pathology = pathology
        self.probability = probability
        self.uncertainty = uncertainty
        self.riskLevel = riskLevel
        self.suspicion = suspicion
        self.isCritical = isCritical
        self.isReported = isReported
        self.criticalRule = criticalRule
        self.bounds = bounds
        self.source = source
        self.passes = passes
    }

    /// What this finding asks of the reader, in one sentence.
    public var clinicalSignificance: String {
        if isCritical {
            return "CRITICAL: passed \(criticalRule ?? "a rule"); look now and communicate. "
                + pathology.clinicalMeaning
        }
        switch riskLevel {
        case .uncertain:
            return "Uncertain: the passes disagree; the probability must not be relied on. "
                + pathology.clinicalMeaning
        case .high: return "Likely by this model. " + pathology.clinicalMeaning
        case .moderate: return "Possible by this model. " + pathology.clinicalMeaning
        case .low: return "Not suspected by this model; this does not exclude it."
        }
    }
}

extension [Finding] {
    /// The findings in order of urgency: critical first, then by suspicion; equal ones in label order.
    public var byUrgency: [Finding] {
        enumerated().sorted { left, right in
            if left.element.isCritical != right.element.isCritical {
                return left.element.isCritical
            }
            if left.element.suspicion != right.element.suspicion {
                return left.element.suspicion > right.element.suspicion
            }
            return left.offset < right.offset
        }.map(\.element)
    }
}
