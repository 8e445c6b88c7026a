// wetread report discrepancies, report replay: held against one another, and against the model.

import Analyzer
import ArgumentParser
import Foundation
import Imaging
import Radiology
import Records

extension ReportCommand {
    struct Discrepancies: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List where final reports differ from preliminary ones, and from the model.")

        @Flag(help: "Print one JSON object a line.")
        var json = false

        func run() throws {
            let (store, reader) = try Access.recordsForReading(try Configuration.load())
            let signed = try store.worklist().filter { $0.signedBy != nil }
            if !store.isReadOnly {
                try store.recordAccess("discrepancies", count: signed.count, reader: reader)
            }
            var rows: [[String]] = []
            for entry in signed {
                let signOffs = try store.study(entry.id).signOffs
                let seen = (signOffs.last { $0.meaning == .final } ?? signOffs.last)?.analysis
                let findings = try seen.map { try store.analysis($0, of: entry.id).findings } ?? []
                for item in Discrepancy.all(of: signOffs, findings: findings) {
                    if json {
                        Output.line(
                            try Output.json(Line(study: entry.id.rawValue, discrepancy: item)))
                    }
                    rows.append([
                        "\(entry.id.rawValue)", item.kind.rawValue,
                        item.pathology?.displayName ?? "own findings", item.before.inert(),
                        item.after.inert(),
                    ])
                }
            }
            if json { return }
            if rows.isEmpty {
                return Output.line("No discrepancy in \(signed.count) signed studies.")
            }
            let heading = ["study", "between", "finding", "before", "after"]
            for line in Output.table([heading] + rows) { Output.line(line) }
        }

        private struct Line: Encodable {
            let study: Int64
            let discrepancy: Discrepancy
        }
    }

    struct Replay: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Recompute a stored analysis from bytes, model and seed, to the last bit.",
            discussion: """
                Takes the analysis that the last signer saw, else the latest. Exit status 0 where \
                every number is the same, 65 where one differs or the model is another.
                """)

        @Argument(help: "The study: its number, accession number or Study Instance UID.")
        var study: String

        func run() throws {
            let configuration = try Configuration.load()
            let (store, reader) = try Access.recordsForReading(configuration)
            let record = try store.study(ChosenStudy.find(study, in: store).id)
            if !store.isReadOnly {
                try store.recordAccess("replay", study: record.entry.id, reader: reader)
            }
            let signed = record.signOffs.last { $0.analysis != nil }?.analysis
            let stored =
                try signed.map { try store.analysis($0, of: record.entry.id) }
                ?? record.analysis
            guard let stored else {
                throw CommandFailure(.noInput, "the study has no analysis to recompute")
            }
            let package = try ModelPackage.find(stored.model.name, models: configuration.models)
            guard package.identity.sha256 == stored.model.sha256 else {
                throw CommandFailure(
                    .badData,
                    "the model \(stored.model.name.inert()) is another now: SHA-256 "
                        + "\(package.identity.sha256.short), the analysis had "
                        + "\(stored.model.sha256.short). Put that package under models/.")
            }
            let analyzer = try Analyzer(package: package, threads: 1)
            let passes = AnalysisPasses(samples: stored.samples, seed: stored.seed)
            var differing: [String] = []
            for image in record.images {
                guard
                    let old = stored.images.first(where: {
                        $0.sopInstanceUID == image.header.sopInstanceUID
                    })
                else { continue }
                let file = try ImageFile(
                    bytes: store.imageBytes(image.id), name: "image \(image.id.rawValue)")
                let new = try analyzer.imageAnalysis(of: file, file.radiograph(frame: 0), passes)
                    .get()
                for (before, after) in zip(old.findings, new.findings)
                where before.probability != after.probability || before.passes != after.passes {
                    differing.append(
                        "image \(image.id.rawValue) \(before.pathology.displayName): "
                            + "\(before.probability) was \(after.probability)")
                }
            }
            let seed =
                "model \(stored.model.sha256.short), T \(stored.samples), seed \(stored.seed)"
            if differing.isEmpty {
                return Output.line("the same to the last bit: \(seed)")
            }
            for line in differing { Output.line(line) }
            throw CommandFailure(.badData, "\(differing.count) numbers differ (\(seed))")
        }
    }
}
