// wetread critical: results that somebody must be told of, and whether they were.

import ArgumentParser
import Foundation
import Radiology
import Records

struct CriticalCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "critical",
        abstract: "List, communicate, dismiss and count critical results.",
        discussion: """
            What is critical, and how soon somebody must be told, stands in critical.toml of the \
            home: a preset (three-hours: 60 min / 3 h / 3 d, one-day: 1 h / 24 h / 48 h, \
            six-hours: 60 min / 6 h / 3 d; for the ACR's categories minutes, hours, days), or \
            categories, rules, escalation and a hook program of the site's own.
            """,
        subcommands: [List.self, Tell.self, Dismiss.self, Check.self, Report.self])

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List open critical results, the next due first.")

        @Option(
            help: """
                All that were raised from this day on, YYYY-MM-DD, in this machine's time zone: \
                ended ones too.
                """)
        var since: String?

        @Flag(help: "Print one JSON object a line.")
        var json = false

        func run() throws {
            let (store, reader) = try Access.recordsForReading(try Configuration.load())
            let start = try since.map {
                try LocalDays(.current).start(of: $0, option: "--since")
            }
            let results = try store.criticalResults(since: start)
            if !store.isReadOnly {
                try store.recordAccess("critical list", count: results.count, reader: reader)
            }
            let now = Date()
            if json {
                for result in results {
                    Output.line(try Output.json(CriticalLine(result, at: now)))
                }
                return
            }
            if results.isEmpty {
                return Output.line(
                    since == nil
                        ? "No critical result is open."
                        : "No critical result was raised from this day on.")
            }
            let rows = results.map { result in
                [
                    "\(result.id)", "\(result.study.rawValue)", result.pathology.displayName,
                    result.category.name, UTCTime.text(result.dueAt),
                    CriticalCommand.state(result, at: now),
                    "\(result.steps.count { $0.kind == .attempted })",
                ]
            }
            let heading = [
                "number", "study", "finding", "category", "due", since == nil ? "left" : "state",
                "attempts",
            ]
            for line in Output.table([heading] + rows) { Output.line(line) }
        }
    }

    struct Tell: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Record that somebody was told, or that an attempt failed (NPSG.02.03.01).")

        @Argument(help: "The number of the critical result.")
        var number: Int64

        @Option(help: "Whom.")
        var whom: String

        @Option(help: "By what means: telephone, in person, page, ...")
        var means: String

        @Flag(help: "They read it back correctly.")
        var readBack = false

        @Flag(help: "Nobody was reached: an attempt only.")
        var failed = false

        @Option(help: "More words; needed where nothing was read back.")
        var comment = ""

        func run() throws {
            let (store, reader) = try Access.records(try Configuration.load())
            try store.recordCommunication(
                Communication(
                    toldWhom: whom, means: means, isReadBack: readBack, hasSucceeded: !failed,
                    comment: comment), about: number, reader: reader)
        }
    }

    struct Dismiss: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Dismiss a critical result as false, with a reason.")

        @Argument(help: "The number of the critical result.")
        var number: Int64

        @Option(help: "Why it is false.")
        var reason: String

        func run() throws {
            let (store, reader) = try Access.records(try Configuration.load())
            try store.dismissCritical(number, reason: reason, reader: reader)
        }
    }

    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Announce what is new, escalated or overdue, and run the hook program.",
            discussion: """
                Each announcement is made once, however many processes check; import, analyze and \
                an open workstation check too where a hook is named. Run it from a timer. \
                The hook gets as arguments: event, number, study number, pathology, category, due \
                time, whom to tell. Never a patient's name.
                """)

        func run() throws {
            let configuration = try Configuration.load()
            let (store, reader) = try Access.records(configuration)
            let hook = store.settings.critical.hook
            for item in try store.takeAnnouncements(actor: reader) {
                Output.line(item.arguments.joined(separator: " "))
                CriticalHook.run(hook, item)
            }
        }
    }

    /// What became of a result, or the time that is left.
    private static func state(_ result: CriticalResult, at now: Date) -> String {
        let told = result.secondsToCommunicate.map { WaitText.text($0) } ?? ""
        return switch result.fate(at: now) {
        case .communicatedInTime: "told after \(told)"
        case .communicatedLate: "TOLD LATE, after \(told)"
        case .dismissed: "dismissed"
        case .openInTime, .openOverdue: countdown(result, at: now)
        }
    }

    static func countdown(_ result: CriticalResult, at now: Date) -> String {
        let seconds = result.dueAt.timeIntervalSince(now)
        let text = WaitText.text(abs(seconds))
        switch result.urgency(at: now) {
        case .inTime: return text
        case .halfGone: return "\(text), half gone"
        case .nearlyDue: return "\(text), NEARLY DUE"
        case .overdue: return "OVERDUE by \(text)"
        }
    }

    private struct CriticalLine: Encodable {
        let number: Int64
        let study: Int64
        let pathology: String
        let category: String
        let acrCategory: String
        let rule: String
        let raisedAt: String
        let dueAt: String
        let attempts: Int
        let fate: CriticalResult.Fate
        let minutesToCommunicate: Double?

        init(_ result: CriticalResult, at now: Date) {
            number = result.id
            study = result.study.rawValue
            pathology = result.pathology.rawValue
            category = result.category.name
            acrCategory = result.category.acrCategory
            rule = result.rule
            raisedAt = UTCTime.text(result.raisedAt)
            dueAt = UTCTime.text(result.dueAt)
            attempts = result.steps.count { $0.kind == .attempted }
            fate = result.fate(at: now)
            minutesToCommunicate = result.secondsToCommunicate.map { $0 / 60 }
        }
    }
}
