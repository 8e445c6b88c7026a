import Analyzer
import Foundation
import Imaging
import Phantom
import Radiology
import Testing

/// The shipped model that knows only phantoms, on pictures that it was not trained on.
@Suite("The phantom model")
struct PhantomModelTests {
    static func analyzer() throws -> Analyzer {
        let folder = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../Sources/Analyzer/Resources/phantom-cxr14").standardized
        return try Analyzer(package: try ModelPackage(folder: folder), threads: 1)
    }

    @Test("each planted critical finding of the samples is flagged, and no normal sample")
    func samples() throws {
        let analyzer = try Self.analyzer()
        for sample in PhantomCatalogue.samples {
            var critical: Set<Pathology> = []
            for image in sample.images {
                let radiograph = image.study.picture(columns: image.columns, rows: image.rows)
                    .radiograph(bits: image.bits)
                critical.formUnion(try Self.critical(analyzer, radiograph))
            }
            let expected = Set(sample.planted).intersection([.pneumothorax, .mass, .pneumonia])
            #expect(critical == expected, "\(sample.accessionNumber)")
        }
    }

    @Test("size and bit depth do not decide", arguments: zip([200, 448, 1_024], [8, 12, 16]))
    func sizes(columns: Int, bits: Int) throws {
        let analyzer = try Self.analyzer()
        let healthy = PhantomStudy(seed: 4_242)
        let planted = PhantomStudy(
            seed: 4_243, findings: [PhantomFinding(.pneumothorax, side: .right, severity: 0.6)])
        #expect(
            try Self.critical(
                analyzer, healthy.picture(columns: columns, rows: columns).radiograph(bits: bits)
            ).isEmpty)
        #expect(
            try Self.critical(
                analyzer, planted.picture(columns: columns, rows: columns).radiograph(bits: bits)
            ) == [.pneumothorax])
    }

    private static func critical(
        _ analyzer: Analyzer, _ radiograph: Radiograph
    ) throws -> Set<Pathology> {
        let image = InstanceHeader(
            sopInstanceUID: "2.25.1", seriesInstanceUID: "2.25.2", modality: "DX",
            photometricInterpretation: "MONOCHROME2", rows: radiograph.height,
            columns: radiograph.width, bitsStored: radiograph.bitsStored)
        let analysis = try analyzer.analyze(radiograph, image: image, samples: 10, seed: 1)
        return Set(analysis.findings.filter(\.isCritical).map(\.pathology))
    }
}
