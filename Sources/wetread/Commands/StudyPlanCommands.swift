// wetread study create and check: from a plan to a schedule.

import ArgumentParser
import Foundation
import Radiology
import ReaderStudy

struct StudyCheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Say what a plan can and cannot answer, and its power.",
        discussion: "Exit status: 0 the plan can be run, 65 it cannot (the faults are listed).")

    @Argument(help: "The plan, a TOML file (see Documentation/reader-studies.md).")
    var file: String

    func run() throws {
        let source = try StudyPlanFile(contentsOf: URL(fileURLWithPath: file))
        for line in StudyPlanText.review(source) { Output.line(line) }
        if !source.plan.isRunnable { throw ExitCode(ExitStatus.badData.rawValue) }
    }
}

struct StudyCreateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Make a study of a plan: draw each reader's order and store it.",
        discussion: """
            Finds every case's image, asks the AI once where a condition shows it, and writes \
            plan.toml, design.json, schedule.csv, study.json (with the SHA-256 that the design is \
            frozen by) and the AI's answers to studies/NAME in the home, or to --output. A study \
            that exists is not overwritten: a changed plan is a new version with a name of its own.
            """)

    @Argument(help: "The plan, a TOML file.")
    var file: String

    @Option(help: "The folder to make instead of studies/NAME in the home.")
    var output: String?

    @Flag(help: "Replace a study of the same name that nobody has begun to read.")
    var replace = false

    @OptionGroup var options: AnalysisOptions

    func run() throws {
        let source = try StudyPlanFile(contentsOf: URL(fileURLWithPath: file))
        guard source.plan.isRunnable else {
            for line in StudyPlanText.review(source) { Output.error(line) }
            throw ExitCode(ExitStatus.badData.rawValue)
        }
        let configuration = try Configuration.load()
        let folder = try self.folder(source.plan, configuration)
        let images = try StudyImages(configuration)
        var plan = source.plan
        for (index, image) in try images.places(of: source).enumerated() {
            plan.cases[index].image = image
        }
        let hasImages = plan.cases.contains { $0.image != nil }
        let advice =
            plan.showsAI && (hasImages || source.adviceList != nil)
            ? try StudyAdvice(
                for: plan, source, images: images, configuration, options: options)
            : StudyAdvice()
        plan.model = advice.model
        let hash = StudyPlanText.hash(of: plan)
        try write(plan, source, advice, hash: hash, to: folder)
        for line in StudyPlanText.review(source) { Output.line(line) }
        Output.line("design \(hash)")
        if !hasImages { Output.line("no case has an image: the study cannot be read here") }
        if let model = plan.model {
            Output.line("AI \(model.name.inert()) \(model.version.inert()), answers stored")
        }
        Output.line("written to \(folder.path.inert())")
    }

    private func write(
        _ plan: StudyPlan, _ source: StudyPlanFile, _ advice: StudyAdvice, hash: String,
        to folder: URL
    ) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        var files: [(String, Data)] = [
            ("plan.toml", source.bytes), ("design.json", try encoder.encode(plan)),
            ("schedule.csv", Data(StudyPlanText.schedule(plan).utf8)),
        ]
        for (index, data) in advice.files.enumerated() {
            files.append((StudyFolder.adviceName(ofCase: index), data))
        }
        // Last: a study without it does not exist.
        files.append(("study.json", Data((StudyPlanText.json(plan, hash: hash) + "\n").utf8)))
        do {
            try? FileManager.default.removeItem(at: folder.appendingPathComponent("advice"))
            for (name, data) in files {
                let url = folder.appendingPathComponent(name)
                try FileManager.default.createDirectory(
                    at: url.deletingLastPathComponent(), withIntermediateDirectories: true,
                    attributes: [.posixPermissions: 0o700])
                try data.write(to: url, options: .atomic)
            }
        } catch {
            throw CommandFailure(
                .cannotCreate, "cannot write the study to \(folder.lastPathComponent.inert())")
        }
    }

    private func folder(_ plan: StudyPlan, _ configuration: Configuration) throws -> URL {
        let own = try StudyFolder.url(of: plan.name, configuration)
        let folder = output.map { URL(fileURLWithPath: $0) } ?? own
        guard
            FileManager.default.fileExists(
                atPath: folder.appendingPathComponent("study.json").path)
        else { return folder }
        if StudyFolder.hasReadings(at: folder) {
            throw CommandFailure(
                .cannotCreate,
                "the study \(plan.name) is frozen since its first reading; a changed design is a new "
                    + "version: name it so")
        }
        guard replace else {
            throw CommandFailure(
                .cannotCreate,
                "the study \(plan.name) exists; a changed design is a new version: name it so, or "
                    + "use --replace while nobody has begun to read")
        }
        return folder
    }
}

/// What is printed and written of a plan.
enum StudyPlanText {
    /// The SHA-256 that freezes a design.
    static func hash(of plan: StudyPlan) -> String {
        StudyFolder.sha256(Array(plan.canonicalText.utf8))
    }

    /// Remarks and power, a line each.
    static func review(_ source: StudyPlanFile) -> [String] {
        let plan = source.plan
        var lines = ["\(plan.name.inert()): \(plan.design.rawValue), order \(plan.order.rawValue)"]
        lines += plan.review.map { "\($0.kind.rawValue): \($0.text.inert())" }
        guard let power = source.power else { return lines }
        let (readers, cases) = (plan.readers.count, plan.scoredCases.count)
        lines.append(
            "power to find a difference of \(power.effect) at alpha \(power.alpha) with \(readers) "
                + "readers and \(cases) cases:")
        for (kind, title) in [
            (Generalisation.readersAndCases, "random readers, random cases"),
            (.cases, "fixed readers, random cases"), (.readers, "random readers, fixed cases"),
        ] where readers > 1 || kind == .cases {
            let result = StudyPower(
                power.components, effect: power.effect, readers: readers, cases: cases,
                alpha: power.alpha, kind)
            let needed = StudyPower.casesNeeded(
                power.components, effect: power.effect, readers: readers, power: power.goal,
                alpha: power.alpha, kind)
            let goal = String(format: "%.0f %%", 100 * power.goal)
            let need =
                needed.map { "\($0) cases for \(goal)" } ?? "no number of cases gives \(goal)"
            lines.append("  \(title): \(String(format: "%.4f", result.power)); \(need)")
        }
        return lines
    }

    /// Every reader's readings in their order.
    static func schedule(_ plan: StudyPlan) -> String {
        var text = "reader,period,earliest_day,position,case,condition,purpose\n"
        for (reader, periods) in StudySchedule(plan).periods.enumerated() {
            for (number, period) in periods.enumerated() {
                for (position, reading) in period.readings.enumerated() {
                    let fields = [
                        plan.readers[reader], String(number + 1), String(period.earliestDay),
                        String(position + 1), plan.cases[reading.caseIndex].name,
                        plan.conditions[reading.conditionIndex].name, reading.purpose.rawValue,
                    ]
                    text += fields.map(StudyCSV.field).joined(separator: ",") + "\n"
                }
            }
        }
        return text
    }

    /// The study's own record.
    static func json(_ plan: StudyPlan, hash: String) -> String {
        JSONTree.object([
            ("name", .text(plan.name)), ("design_sha256", .text(hash)),
            ("seed", .text(String(plan.seed))), ("readers", .integer(plan.readers.count)),
            ("cases", .integer(plan.scoredCases.count)), ("readings", .integer(plan.readings)),
            ("program", .text(Wetread.configuration.version)),
        ]).written()
    }
}
