// wetread study analyze: the statistics of a study's ratings.

import ArgumentParser
import Foundation
import Radiology
import ReaderStudy
import Terminal

struct StudyAnalyzeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "analyze", abstract: "Analyse the ratings of a study.",
        discussion: """
            Takes a study that was read here by its name, or ratings by --csv. Reads the long CSV \
            forms: ROC reader,treatment,case,truth,rating; free response \
            reader,treatment,case,truth,lesion_id,rating,weight; LROC \
            reader,treatment,case,truth,rating,correct. Exit status: 0 analysed; 65 the data or \
            the design cannot be analysed (the error names the row or the reader; what could be \
            computed all the same is printed).
            """)

    @Argument(help: "A study of this home that readers have read.")
    var name: String?

    @Option(help: "The ratings: CSV, iMRMC (.imrmc) or RJafroc's workbook (.xlsx).")
    var csv: String?

    @Option(help: "With a study's name: only this pathology.")
    var pathology: String?

    @Option(help: "How to print the result: text, json or html.")
    var format = StudyFormat.text

    @Option(help: "How covariances are estimated: delong, jackknife, bootstrap or unbiased.")
    var covariance = StudyCovariance.jackknife

    @Option(
        help: """
            The figure of merit: auc, "sensitivity, rating >= X", "specificity, rating < X", \
            wAFROC, AFROC, wAFROC1, HrAuc, "PCL at FPF X", "ALROC at FPF X".
            """)
    var figure: String?

    @Option(help: "The rating from which on a case is called diseased.")
    var threshold: Double?

    @Option(help: "The reader who is a standalone system, compared with the others.")
    var standalone: String?

    @Option(help: "The non-inferiority margin of the figure of merit, above 0.")
    var margin: Double?

    @Option(help: "Draws of the bootstrap.")
    var resamples = 2000

    @Option(help: "Seed of the bootstrap.")
    var seed: UInt64 = 1

    @Flag(help: "Fit binormal and proper binormal curves to each reader's ratings.")
    var fits = false

    @Flag(help: "Draw the ROC curves below the text, in braille.")
    var plot = false

    @Option(help: "Write to this file instead of standard output.")
    var output: String?

    func validate() throws {
        if (name == nil) == (csv == nil) {
            throw ValidationError("Name a study, or give ratings by --csv: one of the two.")
        }
        if pathology != nil, name == nil {
            throw ValidationError("--pathology is for a study by its name")
        }
        if let figure, FigureOfMerit(name: figure) == nil {
            throw ValidationError("--figure \(figure.inert()) is none of the figures of merit.")
        }
        if let margin, !(margin > 0 && margin < 1) {
            throw ValidationError("--margin must be above 0 and below 1")
        }
        if let threshold, !threshold.isFinite {
            throw ValidationError("--threshold must be a number")
        }
        if !(100...100_000).contains(resamples) {
            throw ValidationError("--resamples must be 100...100000")
        }
    }

    func run() throws {
        if let name { return try analyzeStudy(name) }
        guard let csv else { return }
        let url = URL(fileURLWithPath: csv)
        let table = try StudyFile.table(contentsOf: url)
        let name = url.lastPathComponent.inert()
        let analysis: ReaderStudyAnalysis
        do {
            analysis = try ReaderStudyAnalysis(table, name: name, options: options)
        } catch {
            throw Self.failure(error, name: name)
        }
        if let fault = analysis.fault, analysis.uStatistic == nil {
            throw Self.failure(fault, name: name)
        }
        switch format {
        case .text:
            let plot = plot ? "\n" + StudyPlot.curves(analysis) : ""
            try Output.deliver(analysis.text.inertLines + plot, to: output)
        case .json: try Output.deliver(analysis.json.written(), to: output)
        case .html: try Output.deliver(analysis.html, to: output)
        }
        if let fault = analysis.fault { throw Self.failure(fault, name: name) }
    }

    private var options: StudyAnalysisOptions {
        var options = StudyAnalysisOptions()
        options.figure = figure.flatMap { FigureOfMerit(name: $0) }
        options.covariance = covariance.method
        options.threshold = threshold
        options.standalone = standalone
        options.margin = margin
        options.resamples = resamples
        options.seed = seed
        options.includesFits = fits
        return options
    }

    /// Analyses a study of the home; a pathology that cannot be is said and ends with 65.
    private func analyzeStudy(_ name: String) throws {
        let folder = try StudyFolder(named: name, Configuration.load())
        if let pathology, !folder.plan.pathologies.contains(pathology) {
            throw CommandFailure(
                .usage,
                "study \(name.inert()) does not ask for \(pathology.inert()); it asks for "
                    + folder.plan.pathologies.map { $0.inert() }.joined(separator: ", "))
        }
        try folder.checkAdvice()
        let advice = try folder.plan.cases.indices.map { index in
            folder.plan.model == nil ? nil : try folder.advice(ofCase: index)
        }
        let record = try folder.record()
        guard !record.completed.isEmpty else {
            throw CommandFailure(.badData, "study \(name.inert()): nothing has been read yet")
        }
        var options = options
        // Counts at the plan's own threshold, unless another is asked for.
        options.threshold = options.threshold ?? Double(folder.plan.callsPresentFrom)
        let report = StudyReport(
            record, designHash: folder.hash, pathologies: pathology.map { [$0] },
            options: options, advice: { advice[$0] })
        switch format {
        case .text:
            let plots =
                plot
                ? report.findings.compactMap(\.ratings).map { "\n" + StudyPlot.curves($0) } : []
            try Output.deliver(report.text.inertLines + plots.joined(), to: output)
        case .json: try Output.deliver(report.json.written(), to: output)
        case .html: try Output.deliver(report.html, to: output)
        }
        if let fault = report.findings.lazy.compactMap({ $0.fault ?? $0.ratings?.fault }).first {
            throw Self.failure(fault, name: name.inert())
        }
    }

    /// The failure of a study's analysis, with the file's name in front.
    private static func failure(_ error: ReaderStudyError, name: String) -> CommandFailure {
        CommandFailure(
            CommandFailure(describing: error).status, "\(name): \(error.description)".inert())
    }
}

/// Plots of a study for the terminal.
enum StudyPlot {
    /// The treatments' mean ROC curves side by side, 36 by 16 cells each.
    static func curves(_ analysis: ReaderStudyAnalysis) -> String {
        let columns = 36
        let blocks = analysis.averageCurves.prefix(4).map { curve -> [String] in
            var plot = BraillePlot(columns: columns, rows: 16)
            plot.line([(0, 0), (0, 1), (1, 1), (1, 0), (0, 0)])
            for edge in [curve.lower, curve.sensitivities, curve.upper] {
                plot.line(
                    zip(curve.falsePositiveFractions, edge).map { (x: $0, y: $1) })
            }
            let title = String(curve.treatment.inert().prefix(columns))
            return [title.padding(toLength: columns, withPad: " ", startingAt: 0)] + plot.lines
        }
        guard let height = blocks.first?.count else { return "" }
        let lines = (0..<height).map { row in blocks.map { $0[row] }.joined(separator: "  ") }
        return (["Mean ROC curves with 95 % bands"] + lines).joined(separator: "\n")
    }
}

extension String {
    /// Each line made inert, so that names of a file cannot move a terminal's cursor.
    fileprivate var inertLines: String {
        split(separator: "\n", omittingEmptySubsequences: false).map { String($0).inert() }
            .joined(separator: "\n")
    }
}
