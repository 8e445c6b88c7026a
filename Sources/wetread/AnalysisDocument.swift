// The JSON of an analysis: the contract of `wetread analyze --json`.

import Foundation
import Radiology

/// One analysed file as one JSON object.
struct AnalysisDocument: Encodable {
    struct Model: Encodable {
        let name: String
        let version: String
        let sha256: String
        let notice: String
    }

    struct FindingRow: Encodable {
        let pathology: String
        let probability: Double
        /// Null for a single pass: nothing is then known of it.
        let uncertainty: Double?
        let risk_level: String
        let clinical_significance: String
        let suspicion: Double
        let critical: Bool
        let critical_rule: String?

        init(_ finding: Finding) {
            pathology = finding.pathology.rawValue
            probability = finding.probability
            uncertainty = finding.uncertainty
            risk_level = finding.riskLevel.rawValue
            clinical_significance = finding.clinicalSignificance
            suspicion = finding.suspicion
            critical = finding.isCritical
            critical_rule = finding.criticalRule
        }

        private enum CodingKeys: String, CodingKey {
            case pathology, probability, uncertainty, risk_level, clinical_significance
            case suspicion, critical, critical_rule
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(pathology, forKey: .pathology)
            try container.encode(probability, forKey: .probability)
            try container.encode(uncertainty, forKey: .uncertainty)
            try container.encode(risk_level, forKey: .risk_level)
            try container.encode(clinical_significance, forKey: .clinical_significance)
            try container.encode(suspicion, forKey: .suspicion)
            try container.encode(critical, forKey: .critical)
            try container.encode(critical_rule, forKey: .critical_rule)
        }
    }

    struct Quality: Encodable {
        let width: Int
        let height: Int
        let bit_depth: Int
        let contrast: Double
        let clipped_share: Double
        let sharpness: Double
        let frontal_chest: Bool
        let frontal_chest_score: Double
        let observations: [QualityObservation]
        let notes: [String]

        init(_ quality: ImageQuality) {
            width = quality.width
            height = quality.height
            bit_depth = quality.bitDepth
            contrast = quality.contrast
            clipped_share = quality.clippedShare
            sharpness = quality.sharpness
            frontal_chest = quality.isFrontalChest
            frontal_chest_score = quality.frontalChestScore
            observations = quality.observations
            notes = quality.notes.map { $0.inert() }
        }
    }

    let file: String
    let analysis_id: String
    let timestamp: String
    let model: Model
    let samples: Int
    let seed: UInt64
    let findings: [FindingRow]
    let critical_findings: [String]
    let quality: Quality
    let report: String
    let disclaimer: String

    init(file: String, _ analysis: Analysis) {
        self.file = file
        analysis_id = analysis.id.rawValue
        timestamp = UTCTime.text(analysis.timestamp)
        model = Model(
            name: analysis.model.name, version: analysis.model.version,
            sha256: analysis.model.sha256.hexadecimal, notice: analysis.model.notice)
        samples = analysis.samples
        seed = analysis.seed
        findings = analysis.findings.map(FindingRow.init)
        critical_findings = analysis.criticalFindings.map(\.pathology.rawValue)
        quality = Quality(analysis.quality)
        report = ReportWriter.report(of: analysis)
        disclaimer = Disclaimer.text
    }
}

/// One file that could not be analysed, as one JSON object.
struct AnalysisFailureDocument: Encodable {
    let file: String
    let error = true
    let message = AnalysisFailure.headline
    let reason: String
    let timestamp = UTCTime.text(Date())

    init(file: String, failure: CommandFailure) {
        self.file = file
        reason = failure.description
    }

    private enum CodingKeys: String, CodingKey {
        case file, error, message, reason, timestamp
    }
}
