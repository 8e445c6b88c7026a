// What the AI says of a study's cases, asked once when the study is created.

import Analyzer
import CNN
import Crypto
import Foundation
import Radiology
import ReaderStudy

/// The AI's answers for every case of a plan, ready to be stored.
struct StudyAdvice {
    /// Which AI; nil where none was asked.
    private(set) var model: PlannedModel?
    /// The files of the answers, in the plan's order.
    private(set) var files: [Data] = []

    /// Nothing: a study that shows no AI, or whose images are elsewhere.
    init() {}

    /// Asks the model of the configuration, or takes the answers of the plan's list.
    init(
        for plan: StudyPlan, _ source: StudyPlanFile, images: StudyImages,
        _ configuration: Configuration, options: AnalysisOptions
    ) throws {
        let advice: [ReadingAdvice]
        let name: String
        let version: String
        let hash: String
        if let list = source.adviceList {
            guard let data = try? Data(contentsOf: list) else {
                throw CommandFailure(
                    .noInput, "cannot read the AI's answers in \(list.lastPathComponent.inert())")
            }
            let file = list.lastPathComponent.inert()
            let known = try ReadingAdvice.list([UInt8](data), name: file)
            advice = plan.cases.map { known[$0.name] ?? ReadingAdvice(answers: [:]) }
            (name, version, hash) = (file, "", StudyFolder.sha256([UInt8](data)))
        } else {
            let analyzer = try options.analyzer(
                configuration, threads: options.threadCount(configuration))
            let passes = options.passes(configuration)
            let hasHeat = plan.conditions.contains { $0.aid == .heatMap }
            advice = try plan.cases.enumerated().map { index, item in
                guard let image = item.image else { return ReadingAdvice(answers: [:]) }
                return try Self.advice(
                    of: images.image(image, number: index + 1), analyzer, passes,
                    pathologies: plan.pathologies, hasHeat: hasHeat)
            }
            let identity = analyzer.package.identity
            (name, version, hash) = (
                identity.name, identity.version, identity.sha256.hexadecimal
            )
        }
        try Self.check(advice, plan)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        files = try advice.map { try encoder.encode($0) }
        var digest = SHA256()
        for file in files { digest.update(data: file) }
        model = PlannedModel(
            name: name, version: version, sha256: hash,
            adviceSHA256: ContentHash(digest: digest.finalize()).hexadecimal)
    }

    private static func check(_ advice: [ReadingAdvice], _ plan: StudyPlan) throws {
        for (item, said) in zip(plan.cases, advice) {
            for pathology in plan.pathologies where said.answers[pathology] == nil {
                throw CommandFailure(
                    .badData,
                    "the AI says nothing of \(pathology.inert()) in case \(item.name.inert()); a "
                        + "condition that shows it needs an answer for every case and pathology")
            }
        }
    }

    private static func advice(
        of file: ImageFile, _ analyzer: Analyzer, _ passes: AnalysisPasses, pathologies: [String],
        hasHeat: Bool
    ) throws -> ReadingAdvice {
        let radiograph = try file.radiograph(frame: 0)
        let analysis = try analyzer.imageAnalysis(of: file, radiograph, passes).get()
        let wanted = Set(pathologies)
        var advice = ReadingAdvice(answers: [:])
        for finding in analysis.findings where wanted.contains(finding.pathology.rawValue) {
            advice.answers[finding.pathology.rawValue] = ReadingAdvice.Answer(
                probability: finding.probability, uncertainty: finding.uncertainty)
        }
        guard hasHeat else { return advice }
        guard let maps = try analyzer.heatMaps(radiograph) else {
            throw CommandFailure(
                .badData,
                "a condition shows heat maps, but the network of \(analyzer.package.identity.name) "
                    + "has none; use another model, or another aid")
        }
        for (pathology, map) in maps where wanted.contains(pathology.rawValue) {
            advice.heat[pathology.rawValue] = ReadingAdvice.Heat(
                columns: map.width, rows: map.height, values: map.values)
        }
        return advice
    }
}
