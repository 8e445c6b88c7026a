// wetread study create and check: from a plan to a schedule.

import ArgumentParser
import Crypto
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
            Writes plan.toml, schedule.csv and study.json (with the SHA-256 that the design is \
            frozen by) to studies/NAME in the home, or to --output. A study that exists is not \
            overwritten: a changed plan is a new version with a name of its own.
            """)

    @Argument(help: "The plan, a TOML file.")
    var file: String

    @Option(help: "The folder to make instead of studies/NAME in the home.")
    var output: String?

    func run() throws {
        let source = try StudyPlanFile(contentsOf: URL(fileURLWithPath: file))
        guard source.plan.isRunnable else {
            for line in StudyPlanText.review(source) { Output.error(line) }
            throw ExitCode(ExitStatus.badData.rawValue)
        }
        let folder = try self.folder(source.plan)
        let hash = StudyPlanText.hash(of: source.plan)
        do {
            try FileManager.default.createDirectory(
                at: folder, withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700])
            for (name, data) in [
                ("plan.toml", source.bytes),
                ("schedule.csv", Data(StudyPlanText.schedule(source.plan).utf8)),
                ("study.json", Data((StudyPlanText.json(source.plan, hash: hash) + "\n").utf8)),
            ] {
                try data.write(to: folder.appendingPathComponent(name), options: .atomic)
            }
        } catch {
            throw CommandFailure(
                .cannotCreate, "cannot write the study to \(folder.lastPathComponent.inert())")
        }
        for line in StudyPlanText.review(source) { Output.line(line) }
        Output.line("design \(hash)")
        Output.line("written to \(folder.path.inert())")
    }

    private func folder(_ plan: StudyPlan) throws -> URL {
        let isPlain = plan.name.allSatisfy {
            $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0))
        }
        guard isPlain, plan.name.first != "." else {
            throw CommandFailure(
                .badData, "the study's name may hold letters, digits, '-', '_' and '.' only")
        }
        let folder: URL
        if let output {
            folder = URL(fileURLWithPath: output)
        } else {
            folder = try Configuration.load().home.appendingPathComponent("studies")
                .appendingPathComponent(plan.name)
        }
        if FileManager.default.fileExists(atPath: folder.appendingPathComponent("study.json").path)
        {
            throw CommandFailure(
                .cannotCreate,
                "the study \(plan.name) exists; a changed design is a new version: name it so")
        }
        return folder
    }
}

/// What is printed and written of a plan.
enum StudyPlanText {
    /// The SHA-256 that freezes a design.
    static func hash(of plan: StudyPlan) -> String {
        SHA256.hash(data: Data(plan.canonicalText.utf8)).map { String(format: "%02x", $0) }.joined()
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
