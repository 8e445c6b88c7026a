// wetread study simulate: does the test hold its level, do the intervals cover?

import ArgumentParser
import Foundation
import ReaderStudy

struct StudySimulateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate",
        abstract: "Simulate studies of known truth (Roe-Metz) and analyse each.",
        discussion: """
            Prints the share of studies that reject at 5 % (random readers, random cases) and the \
            share of 95 % intervals that hold the true difference.
            """)

    @Flag(help: "No difference between the treatments: the share that reject is the type-I error.")
    var null = false

    @Option(help: "How many studies.")
    var studies = 2000

    @Option(help: "Seed.")
    var seed: UInt64 = 1

    @Option(help: "Readers of each study.")
    var readers = 5

    @Option(help: "Diseased cases of each study.")
    var diseased = 50

    @Option(help: "Non-diseased cases of each study.")
    var nonDiseased = 50

    @Option(help: "The variance structure of Roe and Metz: HH, HL, LH or LL.")
    var structure = "HH"

    @Option(help: "The area of Roe and Metz: low (0.702), middle (0.855) or high (0.961).")
    var level = "middle"

    @Option(help: "What the second treatment's AUC is above the first's, unless --null.")
    var effect = 0.05

    @Option(help: "How covariances are estimated: delong, jackknife, bootstrap or unbiased.")
    var covariance = StudyCovariance.jackknife

    @Option(help: "How to print the result: text or json.")
    var format = StudyFormat.text

    func validate() throws {
        if RoeMetzModel.Structure(rawValue: structure.uppercased()) == nil {
            throw ValidationError("--structure must be HH, HL, LH or LL")
        }
        if RoeMetzModel.Level(rawValue: level) == nil {
            throw ValidationError("--level must be low, middle or high")
        }
        if !(1...1_000_000).contains(studies) {
            throw ValidationError("--studies must be 1...1000000")
        }
        if !(2...200).contains(readers) { throw ValidationError("--readers must be 2...200") }
        for count in [diseased, nonDiseased] where !(2...100_000).contains(count) {
            throw ValidationError("--diseased and --non-diseased must be 2...100000")
        }
        if format == .html { throw ValidationError("--format must be text or json") }
        if !(abs(effect) < 0.5) { throw ValidationError("--effect must be between -0.5 and 0.5") }
    }

    func run() throws {
        let structure = RoeMetzModel.Structure(rawValue: structure.uppercased()) ?? .highHigh
        let level = RoeMetzModel.Level(rawValue: level) ?? .middle
        let model = RoeMetzModel(structure, level, effect: null ? 0 : effect)
        let result = try StudySimulation(
            model, studies: studies, readers: readers, nonDiseased: nonDiseased,
            diseased: diseased, covariance: covariance.method, seed: seed)
        if format == .json {
            Output.line(json(result).written())
        } else {
            Output.line(text(result))
        }
    }

    private func json(_ result: StudySimulation) -> JSONTree {
        .object([
            ("studies", .integer(result.studies)), ("null", .flag(null)),
            ("seed", .integer(Int(clamping: seed))), ("readers", .integer(readers)),
            ("non_diseased", .integer(nonDiseased)), ("diseased", .integer(diseased)),
            ("structure", .text(structure.uppercased())), ("level", .text(level)),
            ("covariance", .text(covariance.method.rawValue)),
            ("true_difference", .number(result.difference)),
            ("mean_difference", .number(result.meanDifference)),
            ("type_one_error", null ? .number(result.rejectionRate) : .null),
            ("power", null ? .null : .number(result.rejectionRate)),
            ("coverage95", .number(result.coverage)),
        ])
    }

    private func text(_ result: StudySimulation) -> String {
        let rate = String(format: "%.4f", result.rejectionRate)
        let coverage = String(format: "%.4f", result.coverage)
        let error = (0.05 * 0.95 / Double(result.studies)).squareRoot()
        return """
            \(result.studies) studies, \(readers) readers, \(nonDiseased) + \(diseased) cases, \
            Roe-Metz \(structure.uppercased()), \(level), seed \(seed)
            \(null ? "type-I error" : "power") at 5 %: \(rate)
            coverage of 95 % intervals: \(coverage)
            standard error of such a share at 5 %: \(String(format: "%.4f", error))
            """
    }
}
