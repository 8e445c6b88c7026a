// wetread study times and decisions: how long readers took, and what they did with the AI.

import ArgumentParser
import Foundation
import Radiology
import ReaderStudy

struct StudyTimesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "times", abstract: "Compare reading times of two treatments.",
        discussion: """
            Reads reader,treatment,case,seconds with the rows in the order of reading. The ratio of \
            times comes from a mixed model of log time with readers and cases as random effects.
            """)

    @Option(help: "The times.")
    var csv: String

    @Option(help: "The treatment that ratios are to; the first of the file where it is not given.")
    var reference: String?

    @Option(help: "How to print the result: text or json.")
    var format = StudyFormat.text

    func validate() throws {
        if format == .html { throw ValidationError("--format must be text or json") }
    }

    func run() throws {
        let times = try BehaviourCSV.times(
            StudyInput.bytes(csv), name: StudyInput.name(csv), reference: reference)
        let summary = TimeSummary(times.readings)
        let model = TimeModel(times.readings)
        if format == .json {
            Output.line(json(times, summary, model).written())
        } else {
            for line in text(times, summary, model) { Output.line(line.inert()) }
        }
    }

    private func json(
        _ times: BehaviourCSV.Times, _ summary: TimeSummary, _ model: TimeModel?
    ) -> JSONTree {
        .object([
            ("reference", .text(times.treatments[0])), ("treatment", .text(times.treatments[1])),
            ("readings", .integer(times.readings.count)),
            ("median_reference_seconds", .number(summary.medians.unaided)),
            ("median_treatment_seconds", .number(summary.medians.aided)),
            ("learning_slope", .number(summary.learningSlope)),
            (
                "log_time_model",
                model.map {
                    .object([
                        ("ratio", .number($0.ratio.value)),
                        ("ci95", .array([.number($0.ratio.lower), .number($0.ratio.upper)])),
                        ("p", .number($0.effect.p)), ("effect_log", .number($0.effect.value)),
                        ("se_log", .number($0.effect.standardError)),
                        ("var_reader", .number($0.readerVariance)),
                        ("var_case", .number($0.caseVariance)),
                        ("var_error", .number($0.errorVariance)),
                    ])
                } ?? .null
            ),
        ])
    }

    private func text(
        _ times: BehaviourCSV.Times, _ summary: TimeSummary, _ model: TimeModel?
    ) -> [String] {
        func seconds(_ value: Double) -> String { String(format: "%.1f s", value) }
        func line(_ name: String, _ median: Double, _ quartiles: [Double]) -> String {
            "\(name): median \(seconds(median)), quartiles \(seconds(quartiles[0])) and "
                + seconds(quartiles[1])
        }
        var lines = [
            line(times.treatments[0], summary.medians.unaided, summary.quartiles.unaided),
            line(times.treatments[1], summary.medians.aided, summary.quartiles.aided),
        ]
        if let model {
            lines.append(
                "ratio of times \(times.treatments[1]) / \(times.treatments[0]): "
                    + String(
                        format: "%.3f (95 %% interval %.3f to %.3f), p = %.4f", model.ratio.value,
                        model.ratio.lower, model.ratio.upper, model.effect.p))
        } else {
            lines.append("no model: two readers, two cases and both treatments are needed")
        }
        lines.append(
            String(
                format: "each doubling of experience multiplies the time by %.3f",
                pow(2, summary.learningSlope)))
        return lines
    }
}

struct StudyDecisionsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "decisions", abstract: "Say what the AI's advice changed, helped and harmed.",
        discussion: """
            Reads reader,case,truth,before,after,advice,uncertainty: confidences of 0 to 1 without \
            and with the AI, what the AI said, and its standard deviation (may be empty).
            """)

    @Option(help: "The decisions.")
    var csv: String

    @Option(help: "The confidence from which on a reader calls a finding present.")
    var threshold = 0.5

    @Option(help: "The probability from which on the AI does.")
    var adviceThreshold = 0.5

    @Option(help: "How to print the result: text or json.")
    var format = StudyFormat.text

    func validate() throws {
        if format == .html { throw ValidationError("--format must be text or json") }
        if !(0...1).contains(threshold) || !(0...1).contains(adviceThreshold) {
            throw ValidationError("thresholds must be 0 to 1")
        }
    }

    func run() throws {
        let decisions = try BehaviourCSV.decisions(
            StudyInput.bytes(csv), name: StudyInput.name(csv))
        var groups = [("all readers", changes(decisions))]
        var readers: [String] = []
        for decision in decisions where !readers.contains(decision.reader) {
            readers.append(decision.reader)
        }
        for reader in readers {
            groups.append((reader, changes(decisions.filter { $0.reader == reader })))
        }
        if let parts = DecisionChanges.byUncertainty(
            decisions, threshold: threshold, adviceThreshold: adviceThreshold)
        {
            groups.append(("AI certain", parts.certain))
            groups.append(("AI uncertain", parts.uncertain))
        }
        let before = calibration(decisions, \.before)
        let after = calibration(decisions, \.after)
        if format == .json {
            Output.line(
                JSONTree.object([
                    ("groups", .array(groups.map(Self.json))),
                    ("calibration_before", before.map(Self.json) ?? .null),
                    ("calibration_after", after.map(Self.json) ?? .null),
                ]).written())
        } else {
            for line in Self.text(groups) { Output.line(line.inert()) }
            for (name, calibration) in [("before", before), ("after", after)] {
                guard let calibration else { continue }
                Output.line(
                    String(
                        format: "calibration \(name): Brier %.4f, error %.4f, slope %.2f",
                        calibration.brier, calibration.expectedError, calibration.slope))
            }
        }
    }

    private func changes(_ decisions: [AidedDecision]) -> DecisionChanges {
        DecisionChanges(decisions, threshold: threshold, adviceThreshold: adviceThreshold)
    }

    private func calibration(
        _ decisions: [AidedDecision], _ confidence: (AidedDecision) -> Double
    ) -> Calibration? {
        Calibration(decisions.map(confidence), decisions.map(\.isDiseased))
    }

    private static func json(_ group: (String, DecisionChanges)) -> JSONTree {
        let changes = group.1
        return .object([
            ("group", .text(group.0)), ("decisions", .integer(changes.count)),
            ("helped", .integer(changes.helped)), ("harmed", .integer(changes.harmed)),
            ("p", .number(changes.p)), ("wrong_advice", .integer(changes.wrongAdvice)),
            ("followed_wrong_advice", .integer(changes.followedWrongAdvice)),
            ("agreed_with_wrong_advice", .integer(changes.agreedWithWrongAdvice)),
            ("ignored_right_advice", .integer(changes.ignoredRightAdvice)),
            ("disagreed", .integer(changes.disagreed)), ("switched", .integer(changes.switched)),
            ("switch_fraction", .number(changes.switchFraction)),
            ("weight_of_advice", .number(changes.weightOfAdvice)),
        ])
    }

    private static func json(_ calibration: Calibration) -> JSONTree {
        .object([
            ("brier", .number(calibration.brier)),
            ("expected_error", .number(calibration.expectedError)),
            ("slope", .number(calibration.slope)), ("intercept", .number(calibration.intercept)),
        ])
    }

    private static func text(_ groups: [(String, DecisionChanges)]) -> [String] {
        Output.table(
            [
                [
                    "group", "decisions", "helped", "harmed", "p", "wrong AI", "followed it",
                    "switched", "advice weight",
                ]
            ]
                + groups.map { name, changes in
                    [
                        name, "\(changes.count)", "\(changes.helped)", "\(changes.harmed)",
                        String(format: "%.4f", changes.p), "\(changes.wrongAdvice)",
                        "\(changes.followedWrongAdvice)",
                        "\(changes.switched) of \(changes.disagreed)",
                        changes.weightOfAdvice.isNaN
                            ? "-" : String(format: "%.2f", changes.weightOfAdvice),
                    ]
                })
    }
}

/// Input files of the study commands.
enum StudyInput {
    /// The bytes of a file of at most 512 MiB.
    static func bytes(_ path: String) throws -> [UInt8] {
        let url = URL(fileURLWithPath: path)
        guard let data = try? Data(contentsOf: url, options: .mappedIfSafe) else {
            throw CommandFailure(
                .noInput, "cannot read \(name(path)): it does not exist or may not be opened")
        }
        guard data.count <= StudyCSV.byteCountMax else {
            throw CommandFailure(
                .badData,
                "\(name(path)): \(data.count) bytes; at most \(StudyCSV.byteCountMax) are read")
        }
        return [UInt8](data)
    }

    /// The file's name for messages.
    static func name(_ path: String) -> String {
        URL(fileURLWithPath: path).lastPathComponent.inert()
    }
}
