import Analyzer
import CNN
import Foundation
import Imaging
import Radiology
import Testing

/// Passes, seeds and what a radiograph becomes.
@Suite struct AnalyzerTests {
    /// A picture by formula, of a size that no model has.
    static func radiograph(width: Int = 300, height: Int = 240) -> Radiograph {
        let values = (0..<width * height).map { index in
            let x = Double(index % width) / Double(width)
            let y = Double(index / width) / Double(height)
            return Float(2000 + 1500 * sin(9 * x) * cos(7 * y) + 100 * sin(80 * x * y))
        }
        return Radiograph(
            width: width, height: height, values: values,
            windows: [DisplayWindow(shape: .linear(center: 2000, width: 4000), origin: .file)],
            bitsStored: 12)
    }

    private static func analysis(
        threads: Int, samples: Int, seed: UInt64, modality: String = "DX"
    ) throws -> ImageAnalysis {
        let analyzer = try Analyzer(
            package: ModelPackage.find("baseline-cxr14", models: nil), threads: threads)
        return try analyzer.analyze(
            radiograph(),
            image: InstanceHeader(
                sopInstanceUID: "1.2", seriesInstanceUID: "1.1", modality: modality,
                viewPosition: "PA", photometricInterpretation: "MONOCHROME2", rows: 240,
                columns: 300, bitsStored: 12),
            samples: samples, seed: seed)
    }

    @Test func `the same seed gives the same findings to the last bit on one thread and on two`()
        throws
    {
        let one = try Self.analysis(threads: 1, samples: 10, seed: 99)
        let two = try Self.analysis(threads: 2, samples: 10, seed: 99)
        #expect(one == two)
        #expect(one.findings.allSatisfy { $0.passes.count == 10 })
        let other = try Self.analysis(threads: 2, samples: 10, seed: 100)
        #expect(other.findings.map(\.probability) != one.findings.map(\.probability))
    }

    @Test func `the deterministic pass knows no spread, and its mean is near that of many passes`()
        throws
    {
        let single = try Self.analysis(threads: 1, samples: 0, seed: 1)
        #expect(single.findings.allSatisfy { $0.uncertainty == nil && $0.passes.isEmpty })
        let many = try Self.analysis(threads: 1, samples: 400, seed: 1)
        for (one, mean) in zip(single.findings, many.findings) {
            let spread = try #require(mean.uncertainty)
            #expect(spread > 0)
            // Dropout is unbiased on the logits; the sigmoid bends the mean by less than a spread.
            #expect(abs(one.probability - mean.probability) < spread)
        }
    }

    @Test func `the mean and the spread are those of the stored passes`() throws {
        let finding = try #require(
            try Self.analysis(threads: 1, samples: 25, seed: 3).findings.first)
        let mean = finding.passes.reduce(0, +) / 25
        let variance = finding.passes.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / 25
        #expect(abs(finding.probability - mean) < 1e-15)
        #expect(abs(try #require(finding.uncertainty) - variance.squareRoot()) < 1e-15)
    }

    @Test(arguments: [-1, Analyzer.samplesMax + 1])
    func `an impossible number of passes is refused`(samples: Int) throws {
        #expect(throws: AnalyzerError.self) {
            try Self.analysis(threads: 1, samples: samples, seed: 1)
        }
    }

    @Test func `the input is the display values, normalised as the package says`() throws {
        let analyzer = try Analyzer(
            package: ModelPackage.find("baseline-cxr14", models: nil), threads: 1)
        let flat = Radiograph(
            width: 50, height: 40, values: Array(repeating: 100, count: 2000),
            windows: [DisplayWindow(shape: .linearExact(center: 127.5, width: 255), origin: .file)],
            bitsStored: 8)
        let tensor = analyzer.preprocessed(flat)
        #expect(tensor.shape == [1, 1, 128, 128])
        let expected = Float((100.0 / 255 - 0.5266) / 0.248)
        #expect(tensor.values.allSatisfy { abs($0 - expected) < 1e-5 })
    }

    @Test func `a file that says it is no radiograph gets numbers but raises no flag, and says so`()
        throws
    {
        let chest = try Self.analysis(threads: 1, samples: 2, seed: 1)
        let slice = try Self.analysis(threads: 1, samples: 2, seed: 1, modality: "CT")
        #expect(slice.findings.map(\.probability) == chest.findings.map(\.probability))
        #expect(slice.findings.allSatisfy { !$0.isCritical && $0.criticalRule == nil })
        #expect(chest.findings.contains { $0.criticalRule != nil })
        #expect(slice.quality.notes.contains { $0.contains("modality CT, not a radiograph") })
    }
}
