// wetread analyze: what the model says of files, without a database; or of the studies that wait.

import Analyzer
import ArgumentParser
import Foundation
import Radiology
import Records

struct AnalyzeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "analyze",
        abstract: "Analyse image files without a database (or, with --pending, stored studies).",
        discussion: """
            Prints the report of each file, or with --json one object a line. Exit status: 0 all \
            analysed, 1 some failed, 65 or 66 none could be analysed.
            """)

    @Argument(help: "Files and folders.")
    var files: [String] = []

    @Flag(help: "Print one JSON object for each file, on a line of its own.")
    var json = false

    @Flag(help: "Analyse the stored studies that have no analysis yet.")
    var pending = false

    @OptionGroup var options: AnalysisOptions

    func validate() throws {
        if files.isEmpty && !pending { throw ValidationError("Name a file, or use --pending.") }
        if !files.isEmpty && pending {
            throw ValidationError("--pending takes the stored studies; name no files with it.")
        }
    }

    func run() throws {
        let configuration = try Configuration.load()
        let threads = options.threadCount(configuration)
        let analyzer = try options.analyzer(configuration, threads: threads)
        let passes = options.passes(configuration)
        if pending {
            try analyzePending(analyzer, passes, configuration)
        } else {
            try analyzeFiles(analyzer, passes)
        }
    }

    private func analyzePending(
        _ analyzer: Analyzer, _ passes: AnalysisPasses, _ configuration: Configuration
    ) throws {
        let interruption = Interruption()
        let wish = interruption.wish
        let (store, reader) = try Access.records(configuration)
        let studies = try store.studiesAwaitingAnalysis()
        let study = StudyAnalysis(
            store: store, analyzer: analyzer, passes: passes, actor: reader)
        let progress = ProgressLine(total: studies.count, verb: "analysed")
        var count = 0
        for id in studies where !wish.isRequested {
            try study.analyze(id)
            count += 1
            progress.show(count)
        }
        progress.finish()
        try CriticalHook.announce(store, reader: reader)
        Output.line("\(count) of \(studies.count) studies analysed")
    }

    private func analyzeFiles(_ analyzer: Analyzer, _ passes: AnalysisPasses) throws {
        let items = FileScanner.items(of: files)
        var failures: [ExitStatus] = []
        for item in items {
            do {
                let analysis = try analyze(item, analyzer, passes)
                Output.line(
                    try json
                        ? Output.json(AnalysisDocument(file: item.path, analysis))
                        : text(item, ReportWriter.report(of: analysis), of: items.count))
            } catch {
                let failure = CommandFailure(describing: error)
                failures.append(failure.status)
                let document = AnalysisFailureDocument(file: item.path, failure: failure)
                let report = "\(AnalysisFailure.headline): \(failure.description)"
                Output.line(
                    try json ? Output.json(document) : text(item, report, of: items.count))
            }
        }
        guard let first = failures.first else { return }
        throw ExitCode((failures.count == items.count ? first : .someFailed).rawValue)
    }

    private func text(_ item: FileScanner.Item, _ report: String, of count: Int) -> String {
        count > 1 ? "== \(item.path.inert())\n\(report)\n" : report
    }

    private func analyze(
        _ item: FileScanner.Item, _ analyzer: Analyzer, _ passes: AnalysisPasses
    ) throws -> Analysis {
        let file = try ImageFile(contentsOf: item.reachableURL())
        let image = try analyzer.imageAnalysis(of: file, file.radiograph(frame: 0), passes).get()
        return Analysis(
            id: .new(), timestamp: Date(), model: analyzer.package.identity,
            samples: passes.samples, seed: passes.seed, images: [image])
    }
}
