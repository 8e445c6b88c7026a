// From a radiograph to an analysis: preprocessing, T passes, calibration, judgement.

import CNN
import Foundation
import Imaging
import Radiology

/// A model package made ready to answer; any number of tasks may ask it at the same time.
public final class Analyzer: Sendable {
    /// The most passes that one analysis may take.
    public static let samplesMax = 100_000
    /// Passes where nobody says otherwise.
    public static let samplesDefault = 10
    /// Seed where nobody says otherwise: the same picture then always has the same numbers.
    public static let seedDefault: UInt64 = 1

    /// The package that answers.
    public let package: ModelPackage
    let engine: Engine

    /// Plans the package's network for a number of threads.
    public init(package: ModelPackage, threads: Int) throws(AnalyzerError) {
        self.package = package
        do {
            engine = try Engine(model: package.model, threads: max(1, threads))
        } catch {
            throw .engine(package: package.folderName, error)
        }
    }

    /// Analyses one image.
    ///
    /// - Parameters:
    ///   - radiograph: the image; its first window is the one the model sees.
    ///   - image: what its file says of it. A file that says it is no radiograph (CT, MR, ...) gets
    ///     its numbers, but raises no critical flag, and the notes say so.
    ///   - samples: Monte-Carlo dropout passes; 0 for the single deterministic pass.
    ///   - seed: the same seed gives the same result to the last bit, on any number of threads.
    public func analyze(
        _ radiograph: Radiograph, image: InstanceHeader, samples: Int, seed: UInt64
    ) throws(AnalyzerError) -> ImageAnalysis {
        let passes = try probabilities(
            input: preprocessed(radiograph), samples: samples, seed: seed)
        var quality = ImageQuality(assessing: radiograph)
        var table = package.riskTable
        if !image.mayBeRadiograph {
            table = table.withoutCriticalRules
            quality.notes.append(
                "The file says modality \(image.modality.inert()), not a radiograph: no critical "
                    + "flag is raised from it.")
        }
        return ImageAnalysis(
            name: image.nameInWords, sopInstanceUID: image.sopInstanceUID,
            viewPosition: image.viewPosition,
            findings: findings(passes: passes, sampled: samples > 0, table: table),
            quality: quality)
    }

    /// The network's input for a radiograph: `[1, channels, height, width]`, normalised.
    public func preprocessed(_ radiograph: Radiograph) -> Tensor {
        let input = package.description.input
        let steps = package.description.preprocessing
        let grey = radiograph.modelInput(columns: input.width, rows: input.height)
        var values: [Float] = []
        values.reserveCapacity(grey.count * input.channels)
        for channel in 0..<input.channels {
            let scale = Float(steps.scale)
            let mean = Float(steps.mean[channel])
            let deviation = Float(steps.std[channel])
            for level in grey { values.append((level * scale - mean) / deviation) }
        }
        return Tensor(shape: [1, input.channels, input.height, input.width], values: values)
    }

    /// Calibrated probabilities of each pass, `[pass][label]`, from a preprocessed input.
    ///
    /// - Parameter input: `[1, channels, height, width]`, as `preprocessed` makes it.
    public func probabilities(
        input: Tensor, samples: Int, seed: UInt64
    ) throws(AnalyzerError) -> [[Double]] {
        guard (0...Self.samplesMax).contains(samples) else { throw .badSampleCount(samples) }
        let name = package.description.output.name
        let inputs = [package.description.input.name: input]
        let output: Tensor?
        do {
            output =
                samples == 0
                ? try engine.run(inputs, outputs: [name])[name]
                : try engine.runMonteCarlo(inputs, samples: samples, seed: seed, outputs: [name])[
                    name]
        } catch {
            throw .engine(package: package.folderName, error)
        }
        let passCount = max(1, samples)
        let labelCount = package.labels.count
        guard let output, output.count == passCount * labelCount else {
            throw .wrongOutput(
                package: package.folderName, expected: passCount * labelCount,
                shape: output?.shape ?? [])
        }
        let values = output.values
        var passes: [[Double]] = []
        passes.reserveCapacity(passCount)
        for pass in 0..<passCount {
            passes.append(try calibrated(values[pass * labelCount..<(pass + 1) * labelCount]))
        }
        return passes
    }

    private func calibrated(_ outputs: ArraySlice<Float>) throws(AnalyzerError) -> [Double] {
        let probabilities = outputs.enumerated().map { index, output in
            package.calibration.probability(of: output, at: index)
        }
        if let bad = probabilities.firstIndex(where: { !(0...1).contains($0) }) {
            throw .notFinite(package: package.folderName, pathology: package.labels[bad])
        }
        return probabilities
    }

    private func findings(
        passes: [[Double]], sampled: Bool, table: RiskTable
    ) -> [Finding] {
        package.labels.enumerated().map { index, pathology in
            let values = passes.map { $0[index] }
            let mean = values.reduce(0, +) / Double(values.count)
            let variance =
                values.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / Double(values.count)
            return Finding(
                pathology: pathology, probability: mean,
                uncertainty: values.count > 1 ? variance.squareRoot() : nil,
                table: table, passes: sampled ? values : [])
        }
    }
}
