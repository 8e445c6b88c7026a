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

        @Flag(help: "Print one JSON object a line.")
        var json = false

        func run() throws {
            let (store, reader) = try Access.recordsForReading(try Configuration.load())
            let results = try store.criticalResults()
            if !store.isReadOnly {
                try store.recordAccess("critical list", count: results.count, reader: reader)
            }
            if json {
                for result in results { Output.line(try Output.json(CriticalLine(result))) }
                return
            }
            if results.isEmpty { return Output.line("No critical result is open.") }
            let now = Date()
            let rows = results.map { result in
                [
                    "\(result.id)", "\(result.study.rawValue)", result.pathology.displayName,
                    result.category.name, UTCTime.text(result.dueAt),
                    CriticalCommand.countdown(result, at: now),
                    "\(result.steps.count { $0.kind == .attempted })",
                ]
            }
            let heading = ["number", "study", "finding", "category", "due", "left", "attempts"]
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

    struct Report: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Times to flag, open and communicate; late and false ones; by day.")

        @Option(help: "From this day on, YYYY-MM-DD (default: 30 days ago).")
        var since: String?

        @Flag(help: "Print one JSON object.")
        var json = false

        func run() throws {
            let (store, _) = try Access.recordsForReading(try Configuration.load())
            let start =
                try since.map { try UTCTime.day($0, option: "--since") }
                ?? Date().addingTimeInterval(-30 * 86_400)
            let figures = try store.criticalStatistics(since: start)
            if json { return Output.line(try Output.json(figures)) }
            for line in CriticalCommand.text(figures) { Output.line(line) }
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

    private static func text(_ figures: CriticalStatistics) -> [String] {
        func time(_ seconds: Double?) -> String { seconds.map { WaitText.text($0) } ?? "–" }
        func row(_ name: String, _ times: CriticalStatistics.Times) -> [String] {
            [name, "\(times.count)", time(times.median), time(times.percentile90)]
        }
        let confirmed = figures.confirmedShare.map { String(format: "%.0f %%", $0 * 100) } ?? "–"
        let rate = figures.flagsPerReaderHour.map { String(format: "%.2f", $0) } ?? "–"
        var lines = [
            "\(figures.raised) raised, \(figures.communicated) communicated, "
                + "\(figures.dismissed) dismissed, \(figures.open) open, \(figures.overdue) overdue",
            "confirmed by readers: \(confirmed); flags per reader-hour: \(rate)", "",
        ]
        lines += Output.table([
            ["h:mm", "count", "median", "90 %"], row("arrival to flag", figures.toFlag),
            row("flag to opening", figures.toOpen),
            row("flag to communication", figures.toCommunicate),
        ])
        let most = figures.days.map(\.raised).max() ?? 0
        if most > 0 { lines.append("") }
        for day in figures.days {
            let width = (day.raised * 40 + most - 1) / most
            let late = day.overdue > 0 ? " (\(day.overdue) overdue)" : ""
            lines.append(
                "\(day.day) " + String(repeating: "#", count: width) + " \(day.raised)\(late)")
        }
        return lines
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

        init(_ result: CriticalResult) {
            number = result.id
            study = result.study.rawValue
            pathology = result.pathology.rawValue
            category = result.category.name
            acrCategory = result.category.acrCategory
            rule = result.rule
            raisedAt = UTCTime.text(result.raisedAt)
            dueAt = UTCTime.text(result.dueAt)
            attempts = result.steps.count { $0.kind == .attempted }
        }
    }
}
