// wetread study: reader studies, from design to statistics.

import ArgumentParser
import Foundation
import Radiology
import ReaderStudy

struct StudyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "study",
        abstract: "Reader studies: plan, read, replay and analyse them; check the statistics.",
        discussion: """
            The methods, the file forms and every name are in Documentation/reader-studies.md.
            """,
        subcommands: [
            StudyCreateCommand.self, StudyCheckCommand.self, StudyReadCommand.self,
            StudyReplayCommand.self, StudyAnalyzeCommand.self,
            StudyTimesCommand.self, StudyDecisionsCommand.self, StudyExportCommand.self,
            StudyImportCommand.self,
            StudySimulateCommand.self, StudyValidateCommand.self,
        ])
}

/// How a result is printed.
enum StudyFormat: String, ExpressibleByArgument, CaseIterable {
    case text, json, html
}

/// The covariance methods under the names of the command line.
enum StudyCovariance: String, ExpressibleByArgument, CaseIterable {
    case delong, jackknife, bootstrap, unbiased

    var method: CovarianceMethod {
        switch self {
        case .delong: .deLong
        case .jackknife: .jackknife
        case .bootstrap: .bootstrap
        case .unbiased: .unbiased
        }
    }
}

extension Output {
    /// Writes a text to a file, or to standard output where there is none.
    static func deliver(_ text: String, to path: String?) throws {
        guard let path else { return line(text) }
        do {
            try Data((text + "\n").utf8).write(to: URL(fileURLWithPath: path))
        } catch {
            throw CommandFailure(
                .cannotCreate,
                "cannot write \(URL(fileURLWithPath: path).lastPathComponent.inert())")
        }
    }
}
