// Options that every command with an analysis shares.

import Analyzer
import ArgumentParser
import Foundation

/// Which model answers, and how it samples.
struct AnalysisOptions: ParsableArguments {
    @Option(help: "Model package: a folder, or the name of one that ships (see `wetread doctor`).")
    var model: String?

    @Option(help: "Monte-Carlo dropout passes; 0 for one deterministic pass (default: 10).")
    var samples: Int?

    @Option(help: "Seed of the passes: the same seed gives the same result (default: 1).")
    var seed: UInt64?

    @Option(help: "Threads (default: one for each core).")
    var threads: Int?

    func validate() throws {
        if let samples, !(0...Analyzer.samplesMax).contains(samples) {
            throw ValidationError("--samples must be 0...\(Analyzer.samplesMax)")
        }
        if let threads, !(1...256).contains(threads) {
            throw ValidationError("--threads must be 1...256")
        }
    }

    /// The passes, with the configuration's and the built-in defaults.
    func passes(_ configuration: Configuration) -> AnalysisPasses {
        AnalysisPasses(
            samples: samples ?? configuration.samples ?? Analyzer.samplesDefault,
            seed: seed ?? configuration.seed ?? Analyzer.seedDefault)
    }

    /// Threads to use.
    func threadCount(_ configuration: Configuration) -> Int {
        threads ?? configuration.threads ?? ProcessInfo.processInfo.activeProcessorCount
    }

    /// Loads and plans the package.
    func analyzer(_ configuration: Configuration, threads: Int) throws -> Analyzer {
        try Analyzer(
            package: ModelPackage.find(
                model ?? configuration.model, models: configuration.models),
            threads: threads)
    }
}
