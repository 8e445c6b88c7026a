// wetread audit: the trail of what was done, and whether it is whole.

import ArgumentParser
import Foundation
import Radiology
import Records

struct AuditCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit", abstract: "Read, check and export the audit trail.",
        subcommands: [Verify.self, List.self, Export.self, Checkpoint.self])

    struct Verify: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Check hash chain, signatures, checkpoints. Exit status 65 if not whole.")

        func run() throws {
            let configuration = try Configuration.load()
            let (store, _) = try Access.recordsForReading(configuration)
            let result = try store.verifyAudit()
            let events = "\(result.eventCount) events, last hash \(result.head.hexadecimal)"
            if let firstBreak = result.firstBreak {
                Output.line("BROKEN: \(firstBreak.description) (\(events) up to there)")
            } else {
                Output.line("whole: \(events)")
            }
            Output.line(AuditVerification.limits)
            if !result.isWhole { throw ExitCode(ExitStatus.badData.rawValue) }
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print the events, oldest first, as a line of JSON each.")

        @OptionGroup var options: AuditOptions

        func run() throws {
            try options.eachBatch { _, events in
                for event in events { Output.line(try Output.json(AuditLine(event))) }
            }
        }
    }

    struct Export: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Export the events: JSON, or DICOM audit messages (PS3.15 A.5).")

        enum Format: String, ExpressibleByArgument, CaseIterable {
            case json, dicom
        }

        @Option(help: "json, or dicom (one XML message a line).")
        var format = Format.json

        @OptionGroup var options: AuditOptions

        func run() throws {
            try options.eachBatch { store, events in
                switch format {
                case .json:
                    for event in events { Output.line(try Output.json(AuditLine(event))) }
                case .dicom:
                    for message in try store.auditMessages(of: events) {
                        Output.line(message.xml)
                    }
                }
            }
        }
    }

    struct Checkpoint: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Sign the trail as it stands now, and print the line to keep elsewhere.")

        func run() throws {
            let (store, _) = try Access.records(try Configuration.load())
            Output.line(try store.checkpointAudit() ?? "the trail is empty")
        }
    }
}

/// Which events are wanted.
struct AuditOptions: ParsableArguments {
    @Option(help: "Only of this study (its number).")
    var study: Int64?

    @Option(help: "Only of the studies of this patient identifier, name or accession number.")
    var patient: String?

    @Option(help: "Only of this account.")
    var user: String?

    @Option(help: "Only from this day on, YYYY-MM-DD (UTC).")
    var since: String?

    @Option(help: "Only before this day, YYYY-MM-DD (UTC).")
    var until: String?

    /// Gives the events to `body`, some thousands at a time, oldest first.
    func eachBatch(_ body: (RecordStore, [AuditEvent]) throws -> Void) throws {
        let (store, _) = try Access.recordsForReading(try Configuration.load())
        let filter = AuditFilter(
            study: study.map { StudyID($0) }, foundBy: patient, actor: user.map { ReaderID($0) },
            since: try since.map { try UTCTime.day($0, option: "--since") },
            until: try until.map { try UTCTime.day($0, option: "--until") })
        var last: Int64 = 0
        while true {
            let events = try store.auditEvents(filter, after: last, limit: 5000)
            guard let end = events.last else { return }
            try body(store, events)
            last = end.sequence
        }
    }
}

/// One event as one line of JSON.
private struct AuditLine: Encodable {
    let sequence: Int64
    let timestamp: String
    let actor: String
    let kind: String
    let study: Int64?
    let detail: String
    let previousHash: String
    let hash: String

    init(_ event: AuditEvent) {
        sequence = event.sequence
        timestamp = UTCTime.text(event.timestamp)
        actor = event.actor.rawValue
        kind = event.kind.rawValue
        study = event.study?.rawValue
        detail = event.detail
        previousHash = event.previousHash.hexadecimal
        hash = event.hash.hexadecimal
    }
}
