// wetread worklist: the worklist as text or JSON, in the order of urgency.

import ArgumentParser
import Foundation
import Radiology
import Records

struct WorklistCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "worklist", abstract: "Print the worklist, or replay it under other orders.",
        subcommands: [WorklistListCommand.self, WorklistSimulateCommand.self],
        defaultSubcommand: WorklistListCommand.self)
}

struct WorklistListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Print the worklist, most urgent first (default).")

    @Flag(help: "Print one JSON object for each study, on a line of its own.")
    var json = false

    func run() throws {
        let configuration = try Configuration.load()
        let (store, reader) = try Access.recordsForReading(configuration)
        let now = Date()
        let entries = try store.worklist().ordered(by: .urgency, at: now)
        if !store.isReadOnly {
            try store.recordAccess("worklist", count: entries.count, reader: reader)
        }
        if json {
            for entry in entries { Output.line(try Output.json(WorklistDocument(entry))) }
            return
        }
        guard !entries.isEmpty else {
            Output.line("The worklist is empty. Take studies in with: wetread import PATH...")
            return
        }
        let header = ["", "wait", "patient", "age", "study", "top finding", "p", "state"]
        for item in Output.table([header] + entries.map { row($0, at: now) }) { Output.line(item) }
        Output.line()
        Output.line(Disclaimer.footer)
    }

    private func row(_ entry: WorklistEntry, at now: Date) -> [String] {
        let age = entry.patient.ageInYears(atStudyDate: entry.study.date).map { "\($0)" } ?? "?"
        let sex = entry.patient.sex.inert()
        let views = entry.views.map { $0.isEmpty ? "?" : $0.inert() }.joined(separator: "+")
        let top: (String, String) =
            if entry.failure != nil {
                (AnalysisFailure.headline, "")
            } else if let finding = entry.topFinding {
                (
                    entry.lacksFrontalChest && !finding.isCritical
                        ? "not a frontal chest" : finding.pathology.shortName,
                    ProbabilityText.short(finding.probability)
                )
            } else {
                ("not analysed", "")
            }
        return [
            entry.mark, WaitText.text(entry.waitingSeconds(at: now)), entry.patient.name.display,
            "\(age) \(sex)", "\(entry.modality.inert()) \(views)", top.0, top.1,
            entry.state.word + (entry.claim.map { " " + $0.reader.rawValue.inert() } ?? ""),
        ]
    }
}

/// Waiting times as the worklist writes them.
enum WaitText {
    /// Hours and minutes: `0:12`, `6:02`; days from two days on: `3 d`.
    static func text(_ seconds: Double) -> String {
        let minutes = Int(seconds / 60)
        if minutes >= 48 * 60 { return "\(minutes / (24 * 60)) d" }
        return "\(minutes / 60):" + (minutes % 60 < 10 ? "0" : "") + "\(minutes % 60)"
    }
}

extension WorklistEntry {
    /// The mark of the row, as a shape: critical, manual, uncertain, signed.
    fileprivate var mark: String {
        if isCritical { return "▲" }
        if needsManualReview { return "✗" }
        if state.isSigned { return "✓" }
        return topFinding?.riskLevel == .uncertain ? "?" : " "
    }
}

/// One study of the worklist as one JSON object.
private struct WorklistDocument: Encodable {
    let study: Int64
    let studyInstanceUid: String
    let accessionNumber: String
    let patient: String
    let modality: String
    let receivedAt: String
    let state: String
    let critical: Bool
    let topFinding: String?
    let probability: Double?
    let frontalChest: Bool
    let failure: String?

    init(_ entry: WorklistEntry) {
        study = entry.id.rawValue
        studyInstanceUid = entry.study.studyInstanceUID
        accessionNumber = entry.study.accessionNumber
        patient = entry.patient.name.display
        modality = entry.modality
        receivedAt = UTCTime.text(entry.receivedAt)
        state = entry.state.rawValue
        critical = entry.criticalCount > 0
        topFinding = entry.topFinding?.pathology.rawValue
        probability = entry.topFinding?.probability
        frontalChest = !entry.lacksFrontalChest
        failure = entry.failure
    }
}
