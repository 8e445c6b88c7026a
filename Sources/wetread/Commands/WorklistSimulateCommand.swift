// wetread worklist simulate: what another order would have done to the waits.

import ArgumentParser
import Foundation
import Radiology
import Records
import Workstation

struct WorklistSimulateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate",
        abstract: "Replay the arrivals of the database under three orders and print the waits.",
        discussion:
            "First in, first out; the AI's order; the AI's order with the age cap. Waits in minutes, "
            + "by class. Arrivals are those of the database, readers and their pace as given: a "
            + "what-if, not a measurement of this department.")

    @Option(help: "Minutes that a reader takes for a study.")
    var minutesPerStudy = 3.0

    @Option(help: "Readers who read at the same time.")
    var readers = 1

    @Option(help: "The age cap in hours (default: as configured, else 6).")
    var capHours: Double?

    @Option(help: "Squeeze the arrivals into so many hours (default: as they came).")
    var withinHours: Double?

    @Flag(help: "Print one JSON object for each order and class.")
    var json = false

    func validate() throws {
        guard minutesPerStudy > 0, minutesPerStudy.isFinite else {
            throw ValidationError("--minutes-per-study must be more than 0")
        }
        guard (1...1000).contains(readers) else {
            throw ValidationError("--readers must be 1...1000")
        }
        if let capHours, !(capHours > 0) {
            throw ValidationError("--cap-hours must be more than 0")
        }
        if let withinHours, !(withinHours > 0) {
            throw ValidationError("--within-hours must be more than 0")
        }
    }

    func run() throws {
        let configuration = try Configuration.load()
        let (store, _) = try Access.recordsForReading(configuration)
        let simulation = WorklistSimulation(
            arrivals: try arrivals(store), readingSeconds: minutesPerStudy * 60,
            readerCount: readers,
            cap: capHours.map { $0 * 3600 } ?? configuration.settings.waitingCapSeconds)
        guard !simulation.arrivals.isEmpty else {
            Output.line("The worklist is empty: there are no arrivals to replay.")
            return
        }
        var rows = [["order", "class", "studies", "mean", "median", "longest"]]
        for policy in WorklistSimulation.Policy.allCases {
            for summary in simulation.summaries(under: policy) {
                if json {
                    Output.line(try Output.json(Line(policy, summary)))
                } else {
                    rows.append(
                        [policy.rawValue, summary.group, "\(summary.count)"]
                            + [summary.mean, summary.median, summary.longest].map {
                                String(format: "%.1f", $0 / 60)
                            })
                }
            }
        }
        if json { return }
        for line in Output.table(rows) { Output.line(line) }
        Output.line("waits in minutes; \(Disclaimer.footer)")
    }

    /// The arrivals of the database, squeezed where asked; urgency as it would have been unsigned.
    private func arrivals(_ store: RecordStore) throws -> [WorklistSimulation.Arrival] {
        let facts = try store.worklistFacts().sorted { $0.receivedAt < $1.receivedAt }
        guard let first = facts.first?.receivedAt, let last = facts.last?.receivedAt else {
            return []
        }
        let span = max(last.timeIntervalSince(first), 1)
        let factor = withinHours.map { $0 * 3600 / span } ?? 1
        return facts.map { fact in
            let seconds = fact.receivedAt.timeIntervalSince(first) * factor
            let group =
                fact.criticalCount > 0
                ? "critical"
                : fact.needsManualReview ? "manual" : fact.isReported ? "suspicious" : "other"
            return WorklistSimulation.Arrival(
                seconds: seconds, group: group,
                facts: WorklistUrgency(
                    receivedAt: first.addingTimeInterval(seconds),
                    isCritical: fact.criticalCount > 0,
                    needsManualReview: fact.needsManualReview, suspicion: fact.suspicion))
        }
    }

    private struct Line: Encodable {
        let order: String
        let group: String
        let studies: Int
        let meanMinutes: Double
        let medianMinutes: Double
        let longestMinutes: Double

        init(_ policy: WorklistSimulation.Policy, _ summary: WorklistSimulation.Summary) {
            order = policy.rawValue
            group = summary.group
            studies = summary.count
            meanMinutes = summary.mean / 60
            medianMinutes = summary.median / 60
            longestMinutes = summary.longest / 60
        }
    }
}
