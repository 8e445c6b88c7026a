import Analyzer
import CNN
import Foundation
import Imaging
import Radiology
import Testing
import WetreadTesting

/// Agreement of engine and preprocessing with what ONNX Runtime made of the same pictures.
@Suite(.enabled(if: Installed.shared != nil, "needs WETREAD_SHARED"))
struct ParityTests {
    private struct Expected: Decodable {
        struct Image: Decodable {
            let file: String
            let tensor: String
            let probabilities: [Double]
            let calibrated: [Double]
        }

        let modelSha256: String
        let images: [Image]
    }

    private let folder: URL
    private let expected: Expected
    private let package: ModelPackage

    init() throws {
        folder = try #require(Installed.shared).appendingPathComponent("model/baseline-cxr14")
        expected = try JSONDecoder.snakeCase.decode(
            Expected.self, from: Data(contentsOf: folder.appendingPathComponent("expected.json")))
        package = try ModelPackage.find("baseline-cxr14", models: nil)
    }

    @Test func `the baseline that ships is the one that the reference was made with`() {
        #expect(package.identity.sha256.hexadecimal == expected.modelSha256)
        #expect(package.labels == Pathology.foundingFourteen)
        #expect(expected.images.count >= 20)
    }

    @Test func `the deterministic pass agrees to 1e-4 on stored tensors, 1e-3 on our own`() throws {
        let analyzer = try Analyzer(package: package, threads: 1)
        let engine = try Engine(
            model: ONNXModel(contentsOf: folder.appendingPathComponent("model.onnx")), threads: 1)
        var worst = (raw: 0.0, calibrated: 0.0, own: 0.0)
        for image in expected.images {
            let tensor = try NPYFile.read(folder.appendingPathComponent(image.tensor))
            let logits = try #require(
                try engine.run(["image": tensor], outputs: ["logits"])["logits"])
            let raw = logits.values.map { 1 / (1 + exp(-Double($0))) }
            let calibrated = try analyzer.probabilities(input: tensor, samples: 0, seed: 1)[0]
            let radiograph = try RasterFile.read(
                contentsOf: folder.appendingPathComponent(image.file))
            let own = try analyzer.probabilities(
                input: analyzer.preprocessed(radiograph), samples: 0, seed: 1)[0]
            worst.raw = max(worst.raw, distance(raw, image.probabilities))
            worst.calibrated = max(worst.calibrated, distance(calibrated, image.calibrated))
            worst.own = max(worst.own, distance(own, image.calibrated))
        }
        print(
            "parity of \(expected.images.count) images: largest difference "
                + "\(worst.raw) raw, \(worst.calibrated) calibrated, \(worst.own) own preprocessing"
        )
        #expect(worst.raw < 1e-4)
        #expect(worst.calibrated < 1e-4)
        #expect(worst.own < 1e-3)
    }

    private func distance(_ left: [Double], _ right: [Double]) -> Double {
        left.count == right.count ? zip(left, right).map { abs($0 - $1) }.max() ?? 1 : 1
    }
}
