// wetread model bench: how long warm runs of a model take, and how much memory.

import ArgumentParser
import CNN
import Foundation
import Radiology

struct ModelBenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench", abstract: "Time warm runs of a model.",
        discussion: """
            Prints the median, the least and the 95th percentile over the runs, GFLOP/s (from the \
            layers' definitions, so that a method with fewer multiplications shows more), the most \
            memory resident above what the process had before it opened the model, and the time \
            until the first result. With --samples a run is one Monte-Carlo analysis.
            """)

    @OptionGroup var trial: ModelTrialOptions

    @Option(help: "Monte-Carlo dropout passes of a run; 0 for the plain pass.")
    var samples = 0

    @Option(help: "Runs to time, after two that are not counted.")
    var runs = 30

    @Flag(help: "Print one JSON object.")
    var json = false

    func validate() throws {
        guard (0...1_000_000).contains(samples) else {
            throw ValidationError("--samples must be 0...1000000")
        }
        guard (1...1_000_000).contains(runs) else {
            throw ValidationError("--runs must be 1...1000000")
        }
    }

    private struct Figures: Encodable {
        let model: String
        let batch: Int
        let threads: Int
        let samples: Int
        let runs: Int
        let medianMs: Double
        let minMs: Double
        let p95Ms: Double
        let gflops: Double
        let peakMb: Double
        let baseMb: Double
        let firstResultMs: Double
    }

    func run() throws {
        let base = ResidentMemory.now
        let start = DispatchTime.now().uptimeNanoseconds
        let engine = try trial.engine()
        let inputs = try trial.inputs(of: engine.model)
        try once(engine, inputs)
        let first = Double(DispatchTime.now().uptimeNanoseconds - start) * 1e-6
        try once(engine, inputs)
        let times = try (0..<runs).map { _ in
            try milliseconds { try once(engine, inputs) }
        }.sorted()
        let peak = ResidentMemory.peak
        let operations = try engine.profile(inputs).reduce(0.0) { sum, layer in
            let passes = layer.step.isRandom ? max(1, samples) : 1
            return sum + Double(layer.operationCount) * Double(passes)
        }
        let median = SampleStatistics.quantile(0.5, ofSorted: times) ?? .nan
        let figures = Figures(
            model: URL(fileURLWithPath: trial.model).lastPathComponent, batch: trial.batch,
            threads: engine.threads, samples: samples, runs: runs, medianMs: median,
            minMs: times[0], p95Ms: SampleStatistics.quantile(0.95, ofSorted: times) ?? .nan,
            gflops: operations / (median * 1e6), peakMb: Double(peak - base) * 1e-6,
            baseMb: Double(base) * 1e-6, firstResultMs: first)
        Output.line(try json ? Output.json(figures) : Self.text(figures))
    }

    private func once(_ engine: Engine, _ inputs: [String: Tensor]) throws {
        if samples > 0 {
            _ = try engine.runMonteCarlo(inputs, samples: samples, seed: 1)
        } else {
            _ = try engine.run(inputs)
        }
    }

    private static func text(_ figures: Figures) -> String {
        func number(_ value: Double) -> String { String(format: "%.2f", value) }
        let passes = figures.samples > 0 ? ", \(figures.samples) dropout passes" : ""
        return """
            \(figures.model): batch \(figures.batch)\(passes), \(figures.threads) thread(s), \
            \(figures.runs) runs
            median \(number(figures.medianMs)) ms, least \(number(figures.minMs)) ms, \
            95th percentile \(number(figures.p95Ms)) ms
            \(number(figures.gflops)) GFLOP/s
            \(number(figures.peakMb)) MB at most above the process's base of \
            \(number(figures.baseMb)) MB
            first result after \(number(figures.firstResultMs)) ms
            """
    }
}
