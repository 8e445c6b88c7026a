import Foundation
import Radiology
import Testing

/// Consolidation of a study's images, and the report.
@Suite struct AnalysisTests {
    static func image(
        _ name: String, view: String = "PA", frontal: Bool = true, _ values: [Double]
    ) -> ImageAnalysis {
        ImageAnalysis(
            name: name, sopInstanceUID: "1.2.\(name.utf8.count)", viewPosition: view,
            findings: zip([Pathology.pneumothorax, .mass, .edema], values).map {
                Finding(pathology: $0, probability: $1, uncertainty: 0.05, table: .founding)
            },
            quality: ImageQuality(
                width: 1000, height: 1200, bitDepth: 12, contrast: 0.5, clippedShare: 0.01,
                sharpness: 0.3, isFrontalChest: frontal, frontalChestScore: frontal ? 0.9 : 0.1,
                observations: [
                    QualityObservation(
                        name: "size", value: "1000 x 1200", verdict: .good, meaning: "Enough.")
                ],
                notes: []))
    }

    static func analysis(_ images: [ImageAnalysis], samples: Int = 10) throws -> Analysis {
        Analysis(
            id: AnalysisID("00000000-0000-4000-8000-000000000001"),
            timestamp: Date(timeIntervalSince1970: 1_795_000_000),
            model: ModelIdentity(
                name: "toy", version: "1.0",
                sha256: try #require(
                    ContentHash(hexadecimal: String(repeating: "ab", count: 32))),
                notice: "knows only this test"),
            samples: samples, seed: 7, images: images)
    }

    @Test func `per pathology the image with the highest mean counts and is named`() throws {
        let analysis = try Self.analysis([
            Self.image("PA (image 1)", [0.2, 0.75, 0.1]),
            Self.image("AP (image 2)", view: "AP", [0.8, 0.1, 0.1]),
        ])
        #expect(analysis.findings.map(\.probability) == [0.8, 0.75, 0.1])
        #expect(
            analysis.findings.map(\.source) == ["AP (image 2)", "PA (image 1)", "PA (image 1)"])
        #expect(analysis.criticalFindings.map(\.pathology) == [.pneumothorax, .mass])
    }

    @Test func `a lateral view does not count where a frontal one exists, and this is said`() throws
    {
        let analysis = try Self.analysis([
            Self.image("LL (image 1)", view: "LL", [0.99, 0.99, 0.99]),
            Self.image("PA (image 2)", [0.2, 0.1, 0.1]),
        ])
        #expect(analysis.findings.map(\.probability) == [0.2, 0.1, 0.1])
        #expect(analysis.criticalFindings.isEmpty)
        #expect(!analysis.lacksFrontalChest)
        #expect(analysis.quality.isFrontalChest)
        let report = ReportWriter.report(of: analysis)
        #expect(report.contains("LL (image 1): not a frontal view"))
    }

    @Test func `a study without a frontal chest keeps its flags and warns`() throws {
        let analysis = try Self.analysis([Self.image("image", frontal: false, [0.9, 0.1, 0.1])])
        #expect(analysis.lacksFrontalChest)
        #expect(analysis.criticalFindings.map(\.pathology) == [.pneumothorax])
        #expect(ReportWriter.report(of: analysis).contains("WARNING: no image looks like"))
    }

    @Test func `the report lists critical findings first, then reported ones, then the disclaimer`()
        throws
    {
        let report = ReportWriter.report(
            of: try Self.analysis([Self.image("PA", [0.91, 0.1, 0.42])]))
        let critical = try #require(report.firstRange(of: "- Pneumothorax: probability 0.910"))
        let other = try #require(report.firstRange(of: "- Edema: probability 0.420 ± 0.050"))
        let disclaimer = try #require(report.firstRange(of: "not a medical device"))
        #expect(critical.upperBound < other.lowerBound)
        #expect(other.upperBound < disclaimer.lowerBound)
        #expect(report.contains("knows only this test"))
        #expect(report.contains("seed 7"))
        #expect(!report.contains("Mass"))
        #expect(report.split(separator: "\n").allSatisfy { $0.count <= 78 })
    }

    @Test func `a single pass says that its spread is not known`() throws {
        let finding = Finding(
            pathology: .edema, probability: 0.5, uncertainty: nil, table: .founding)
        let image = Self.image("PA", [0.1, 0.1, 0.1])
        let analysis = try Self.analysis(
            [
                ImageAnalysis(
                    name: "PA", sopInstanceUID: "1", viewPosition: "PA", findings: [finding],
                    quality: image.quality)
            ], samples: 0)
        let report = ReportWriter.report(of: analysis)
        #expect(report.contains("spread not known"))
        #expect(report.contains("single deterministic pass"))
    }

    @Test func `an analysis survives its own JSON to the last bit`() throws {
        let analysis = try Self.analysis([Self.image("PA", [0.1 + 0.2, 1.0 / 3, 1e-17])])
        let data = try JSONEncoder().encode(analysis)
        #expect(try JSONDecoder().decode(Analysis.self, from: data) == analysis)
    }
}
