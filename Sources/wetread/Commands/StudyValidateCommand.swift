// wetread study validate: our numbers beside published ones.

import ArgumentParser
import Foundation
import ReaderStudy

struct StudyValidateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "validate",
        abstract: "Compare the statistics with published values.",
        discussion: """
            FOLDER holds data/*.csv with expected/published.json and expected/synth.json. Printed \
            values must agree in every digit, computed ones to a relative 1e-8. Exit status: 0 all \
            agree, 1 some do not (they are listed).
            """)

    @Argument(help: "The folder of data sets and expected values.")
    var folder: String

    @Flag(help: "List every value, not only those that differ.")
    var all = false

    func run() throws {
        let validation = try StudyValidation(folder: URL(fileURLWithPath: folder))
        var isWhole = true
        for kind in ReferenceValue.Kind.allCases {
            let summary = validation.summary(kind)
            guard summary.count > 0 else { continue }
            isWhole = isWhole && summary.agreeing == summary.count
            Output.line("\(kind.rawValue): \(summary.agreeing) of \(summary.count) agree")
            if let worst = summary.worst { Output.line("  worst: " + Self.text(worst)) }
        }
        for comparison in validation.comparisons where all || !comparison.agrees {
            Output.line((comparison.agrees ? "  " : "! ") + Self.text(comparison))
        }
        if !isWhole { throw ExitCode(ExitStatus.someFailed.rawValue) }
    }

    private static func text(_ comparison: StudyValidation.Comparison) -> String {
        let reference = comparison.reference
        let name = [reference.dataset, reference.method, reference.fom, reference.covariance]
            .filter { !$0.isEmpty }.joined(separator: ", ")
        let ours = comparison.value.map { "\($0)" } ?? "not computed"
        let error = comparison.value.map { reference.error(of: $0) } ?? .infinity
        let relative = comparison.value.map { reference.relativeDifference(of: $0) } ?? .infinity
        return "\(name), \(reference.quantity): \(reference.text), ours \(ours), relative "
            + String(format: "%.1e, %.2f of what is allowed", relative, error)
    }
}
