// wetread audit: the trail of what was done, and whether it is whole.

import ArgumentParser
import Foundation
import Radiology
import Records

struct AuditCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit", abstract: "Read and check the audit trail.",
        subcommands: [Verify.self, List.self])

    struct Verify: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Check the hash chain. Exit status 0 if it is whole, 65 if it is not.")

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

        func run() throws {
            let configuration = try Configuration.load()
            let (store, _) = try Access.recordsForReading(configuration)
            for event in try store.auditEvents() { Output.line(try Output.json(Row(event))) }
        }

        private struct Row: Encodable {
            let sequence: Int64
            let timestamp: String
            let actor: String
            let kind: String
            let study: Int64?
            let detail: String
            let hash: String

            init(_ event: AuditEvent) {
                sequence = event.sequence
                timestamp = UTCTime.text(event.timestamp)
                actor = event.actor.rawValue
                kind = event.kind.rawValue
                study = event.study?.rawValue
                detail = event.detail
                hash = event.hash.hexadecimal
            }
        }
    }
}
