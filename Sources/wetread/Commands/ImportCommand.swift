// wetread import: takes files into the database and analyses them.

import Analyzer
import ArgumentParser
import Foundation
import Radiology
import Records

struct ImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Import DICOM files, folders, DICOMDIR media, PNG and JPEG; then analyse them.",
        discussion: """
            A file that is already there is not taken twice. What is refused is listed with the \
            reason and never stops the rest. Exit status: 0 all taken, 1 some refused, 65 or 66 \
            nothing taken, 130 ended by Ctrl-C (between files; what was taken stays).
            """)

    @Argument(help: "Files and folders.")
    var paths: [String]

    @Flag(help: "Print one JSON object: imported, alreadyPresent, refused [{path, reason}].")
    var json = false

    @Flag(help: "Import only; analyse later with `wetread analyze --pending`.")
    var noAnalysis = false

    @OptionGroup var options: AnalysisOptions

    func run() throws {
        let interruption = Interruption()
        let wish = interruption.wish
        let configuration = try Configuration.load()
        let threads = options.threadCount(configuration)
        let analyzer = noAnalysis ? nil : try options.analyzer(configuration, threads: 1)
        let (store, reader) = try Access.records(configuration)
        let items = FileScanner.items(of: paths)
        let progress = ProgressLine(total: items.count, verb: "imported")
        let run = ImportRun(
            store: store, analyzer: analyzer, passes: options.passes(configuration),
            actor: reader, threads: threads,
            isCancelled: { wish.isRequested })
        let summary = try run.run(items) { progress.show($0) }
        progress.finish()
        try CriticalHook.announce(store, reader: reader)
        Output.line(try json ? Output.json(summary) : text(summary))
        if summary.exitStatus != 0 { throw ExitCode(summary.exitStatus) }
    }

    private func text(_ summary: ImportSummary) -> String {
        var rows: [[String]] = summary.imported.map { ["taken", $0.inert()] }
        rows += summary.alreadyPresent.map { ["already there", $0.inert()] }
        rows += summary.refused.map { ["refused", $0.path.inert(), $0.reason] }
        var lines = Output.table(rows)
        lines.append(
            "\(summary.imported.count) taken, \(summary.alreadyPresent.count) already there, "
                + "\(summary.refused.count) refused; \(summary.analysedCount) studies analysed"
                + (summary.wasInterrupted ? "; ended by Ctrl-C, the rest was not read" : ""))
        return lines.joined(separator: "\n")
    }
}
