// wetread report: the analysis and the signed reading of a stored study, as text.

import ArgumentParser
import Foundation
import Radiology
import Records

struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Print reports; list differences between readers and model; recompute analyses.",
        subcommands: [Show.self, Sign.self, Discrepancies.self, Replay.self],
        defaultSubcommand: Show.self)
}

/// Finding the study that a command names.
enum ChosenStudy {
    /// The study with a number, accession number or UID; the most urgent one for nil.
    static func find(_ study: String?, in store: RecordStore) throws -> WorklistEntry {
        let ordered = try store.worklist().ordered(by: .urgency, at: Date())
        guard let study else {
            guard let first = ordered.first else {
                throw CommandFailure(.noInput, "the worklist is empty")
            }
            return first
        }
        let matches = ordered.filter {
            "\($0.id.rawValue)" == study || $0.study.accessionNumber == study
                || $0.study.studyInstanceUID == study
        }
        guard let match = matches.first, matches.count == 1 else {
            throw CommandFailure(
                .noInput,
                matches.isEmpty
                    ? "no study has this number, accession number or UID: \(study.inert())"
                    : "\(matches.count) studies answer to \(study.inert()); use the UID")
        }
        return match
    }
}

extension ReportCommand {
    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print the findings and the report of a stored study (default).")

        @Argument(help: "The study: its number, accession number or Study Instance UID.")
        var study: String?

        @Flag(help: "The study at the top of the worklist.")
        var top = false

        func validate() throws {
            if (study == nil) != top { throw ValidationError("Name a study, or use --top.") }
        }

        func run() throws {
            let configuration = try Configuration.load()
            let (store, reader) = try Access.recordsForReading(configuration)
            let record = try store.study(ChosenStudy.find(study, in: store).id)
            let entry = record.entry
            if !store.isReadOnly {
                try store.recordAccess("report", study: entry.id, reader: reader)
            }
            Output.line(
                [
                    entry.patient.name.display, entry.modality.inert(),
                    entry.study.description.inert(),
                    "accession " + entry.study.accessionNumber.inert(),
                ].joined(separator: "  "))
            Output.line()
            if let analysis = record.analysis {
                for item in findings(of: analysis) { Output.line(item) }
                Output.line()
                Output.line(ReportWriter.report(of: analysis))
            } else {
                let reason = record.failure.map { ": \($0.reason)" } ?? ""
                Output.line(
                    record.failure == nil ? "not analysed yet" : AnalysisFailure.headline + reason)
            }
            for signOff in record.signOffs { for item in reading(signOff) { Output.line(item) } }
        }

        private func findings(of analysis: Analysis) -> [String] {
            let rows = analysis.findings.byUrgency.map { finding in
                [
                    finding.isCritical ? "▲" : finding.riskLevel == .uncertain ? "?" : " ",
                    finding.pathology.displayName, String(format: "%.3f", finding.probability),
                    finding.uncertainty.map { String(format: "± %.3f", $0) } ?? "± ?",
                    finding.riskLevel.word, finding.source.inert(),
                ]
            }
            return Output.table([["", "finding", "p", "sd", "level", ""]] + rows)
        }

        private func reading(_ signOff: SignOff) -> [String] {
            var lines = [
                "",
                "READING, \(signOff.meaning.word), signed by \(signOff.reader.rawValue.inert()) "
                    + "at \(UTCTime.text(signOff.signedAt))",
            ]
            let decisions = signOff.reading.decisions.sorted { $0.key.rawValue < $1.key.rawValue }
            lines += decisions.map { "- \($0.key.displayName): \($0.value.rawValue)" }
            lines += signOff.reading.ownFindings.map { "+ \($0.line.inert())" }
            return lines + ["Impression: \(signOff.reading.impression.inert(keepsNewlines: true))"]
        }
    }
}
