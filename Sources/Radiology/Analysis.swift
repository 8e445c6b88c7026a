// The result of asking a model about a study.

import Foundation

/// Which model answered.
public struct ModelIdentity: Hashable, Codable, Sendable {
    /// The package's name.
    public let name: String
    /// The package's version.
    public let version: String
    /// SHA-256 of the ONNX file that ran.
    public let sha256: ContentHash
    /// What a reader must know of it on every screen ("knows only drawn phantoms"); may be empty.
    public let notice: String

    /// Names a model.
    public init(name: String, version: String, sha256: ContentHash, notice: String) {
        self.name = name
        self.version = version
        self.sha256 = sha256
        self.notice = notice
    }
}

/// What a model said of one image of a study.
public struct ImageAnalysis: Hashable, Codable, Sendable {
    /// The image, in words (`PA`, `image 2 (LL)`).
    public let name: String
    /// The image's SOP Instance UID (or the UID made from the bytes of a PNG or JPEG).
    public let sopInstanceUID: String
    /// View Position as the file states it; may be empty.
    public let viewPosition: String
    /// The findings in label order.
    public let findings: [Finding]
    /// The picture's quality.
    public let quality: ImageQuality

    /// Makes the analysis of one image.
    public init(
        name: String, sopInstanceUID: String, viewPosition: String, findings: [Finding],
        quality: ImageQuality
    ) {
        self.name = name
        self.sopInstanceUID = sopInstanceUID
        self.viewPosition = viewPosition
        self.findings = findings
        self.quality = quality
    }

    /// True for a view that the file itself calls lateral.
    public var isStatedLateral: Bool {
        ["LL", "RL", "LLD", "RLD", "LATERAL", "LAT"].contains(viewPosition.uppercased())
    }

    /// True where the frontal findings of a study may rest on this image.
    public var isUsable: Bool { quality.isFrontalChest && !isStatedLateral }
}

/// What a model said of a study: one image, or several with the consolidated findings.
public struct Analysis: Hashable, Codable, Sendable {
    /// Identity of the analysis.
    public let id: AnalysisID
    /// When it was made, UTC.
    public let timestamp: Date
    /// Which model.
    public let model: ModelIdentity
    /// Monte-Carlo dropout passes; 0 for the single deterministic pass.
    public let samples: Int
    /// The seed of the passes.
    public let seed: UInt64
    /// Per label, in label order: the finding of the image with the highest mean.
    public let findings: [Finding]
    /// Each image.
    public let images: [ImageAnalysis]

    /// Consolidates the images of a study.
    ///
    /// Per pathology the image with the highest mean counts, and is named. Where at least one image
    /// is a usable frontal view, the others do not count (models of this kind know frontal views
    /// only); they stay in `images` and in the report.
    /// - Precondition: at least one image; all have the same labels in the same order.
    public init(
        id: AnalysisID, timestamp: Date, model: ModelIdentity, samples: Int, seed: UInt64,
        images: [ImageAnalysis]
    ) {
        precondition(!images.isEmpty, "an analysis has at least one image")
        self.id = id
        self.timestamp = timestamp
        self.model = model
        self.samples = samples
        self.seed = seed
        self.images = images
        let usable = images.filter(\.isUsable)
        let counted = usable.isEmpty ? images : usable
        findings = counted[0].findings.indices.map { index in
            var best = counted[0].findings[index]
            best.source = images.count > 1 ? counted[0].name : ""
            for image in counted.dropFirst()
            where image.findings[index].probability > best.probability {
                best = image.findings[index]
                best.source = image.name
            }
            return best
        }
    }

    /// The critical findings, most suspicious first.
    public var criticalFindings: [Finding] { findings.byUrgency.filter(\.isCritical) }

    /// True where no image is a usable frontal chest view: the findings then mean little.
    public var lacksFrontalChest: Bool { !images.contains(where: \.isUsable) }

    /// The images that did not count, because others are usable frontal views.
    public var setAside: [ImageAnalysis] {
        lacksFrontalChest ? [] : images.filter { !$0.isUsable }
    }

    /// The finding that stands for the study: critical first, then by suspicion.
    public var topFinding: Finding? { findings.byUrgency.first }

    /// The quality of the image that the findings rest on (the first usable one).
    public var quality: ImageQuality { (images.first(where: \.isUsable) ?? images[0]).quality }
}

/// Why a study has no analysis.
public struct AnalysisFailure: Hashable, Codable, Sendable {
    /// What the screens say first, as the founding documents have it.
    public static let headline = "Analysis failed - manual review required"
    /// When it failed, UTC.
    public let timestamp: Date
    /// The reason in a sentence, without patient data.
    public let reason: String

    /// Records a failure.
    public init(timestamp: Date, reason: String) {
        self.timestamp = timestamp
        self.reason = reason
    }
}
