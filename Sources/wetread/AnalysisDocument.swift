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
        let riskLevel: String
        let clinicalSignificance: String
        let suspicion: Double
        let critical: Bool
        let criticalRule: String?

        init(_ finding: Finding) {
            pathology = finding.pathology.rawValue
            probability = finding.probability
            uncertainty = finding.uncertainty
            riskLevel = finding.riskLevel.rawValue
            clinicalSignificance = finding.clinicalSignificance
            suspicion = finding.suspicion
            critical = finding.isCritical
            criticalRule = finding.criticalRule
        }

        private enum CodingKeys: String, CodingKey {
            case pathology, probability, uncertainty, riskLevel, clinicalSignificance
            case suspicion, critical, criticalRule
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(pathology, forKey: .pathology)
            try container.encode(probability, forKey: .probability)
            try container.encode(uncertainty, forKey: .uncertainty)
            try container.encode(riskLevel, forKey: .riskLevel)
            try container.encode(clinicalSignificance, forKey: .clinicalSignificance)
            try container.encode(suspicion, forKey: .suspicion)
            try container.encode(critical, forKey: .critical)
            try container.encode(criticalRule, forKey: .criticalRule)
        }
    }

    struct Quality: Encodable {
        let width: Int
        let height: Int
        let bitDepth: Int
        let contrast: Double
        let clippedShare: Double
        let sharpness: Double
        let frontalChest: Bool
        let frontalChestScore: Double
        let observations: [QualityObservation]
        let notes: [String]

        init(_ quality: ImageQuality) {
            width = quality.width
            height = quality.height
            bitDepth = quality.bitDepth
            contrast = quality.contrast
            clippedShare = quality.clippedShare
            sharpness = quality.sharpness
            frontalChest = quality.isFrontalChest
            frontalChestScore = quality.frontalChestScore
            observations = quality.observations
            notes = quality.notes.map { $0.inert() }
        }
    }

    let file: String
    let analysisId: String
    let timestamp: String
    let model: Model
    let samples: Int
    let seed: UInt64
    let findings: [FindingRow]
    let criticalFindings: [String]
    let quality: Quality
    let report: String
    let disclaimer: String

    init(file: String, _ analysis: Analysis) {
        self.file = file
        analysisId = analysis.id.rawValue
        timestamp = UTCTime.text(analysis.timestamp)
        model = Model(
            name: analysis.model.name, version: analysis.model.version,
            sha256: analysis.model.sha256.hexadecimal, notice: analysis.model.notice)
        samples = analysis.samples
        seed = analysis.seed
        findings = analysis.findings.map(FindingRow.init)
        criticalFindings = analysis.criticalFindings.map(\.pathology.rawValue)
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
