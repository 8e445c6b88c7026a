// wetread critical report: figures on critical results and their trend.

import ArgumentParser
import Foundation
import Radiology
import Records
import Terminal

extension CriticalCommand {
    struct Report: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Times to flag, open and communicate; late and false ones; the trend.",
            discussion: """
                The trend has a row for each calendar day; over more than 8 weeks for each week \
                (Monday to Sunday), over more than 2 years for each month; in the time zone of this \
                machine (TZ). A result counts where it was raised, whenever it was communicated. \
                Where nobody was told there is no median: a gap in the plot, null in JSON.

                With --json, trend is an array of objects in order, one for each period: \
                first_day and last_day (today where it is not over), unfinished (not over yet), \
                shortened (only its days from --since on are counted), before_records (over before \
                this home's records began), flags (results raised; the sum of the next five), \
                communicated_in_time and communicated_late (by and after the due time), \
                open_in_time and open_overdue (not yet communicated, before and after the due \
                time), dismissed (as false), median_minutes and percentile90_minutes (from the \
                flag to the communication), confirmed_share (communicated, of those communicated \
                or dismissed; 0 to 1). trend_unit is day, week or month, trend_time_zone the time \
                zone's name, limits the categories with their time limits. All other times are in \
                seconds.
                """)

        @Option(
            help: """
                From this day on, YYYY-MM-DD, in this machine's time zone (default: 30 days ago).
                """)
        var since: String?

        @Option(help: "Count results of this category only, for example red.")
        var category: String?

        @Flag(help: "Print one JSON object.")
        var json = false

        func run() throws {
            let (store, _) = try Access.recordsForReading(try Configuration.load())
            let days = LocalDays(.current)
            let figures = try store.criticalStatistics(
                since: try start(days), in: days.timeZone, category: category)
            if figures.trend.isEmpty {
                throw CommandFailure(.usage, "--since is a day in the future: nothing to report")
            }
            let known = store.settings.critical.categories.map(\.name)
            if let category, figures.raised == 0, !known.contains(category) {
                throw CommandFailure(
                    .usage,
                    "there is no category \(category.inert()); critical.toml has "
                        + known.map { $0.inert() }.joined(separator: ", "))
            }
            if json { return Output.line(try Output.json(figures)) }
            let unicode = Capabilities.localeIsUTF8()
            let heading = category.map { ["Category \($0.inert()) only."] } ?? []
            let lines =
                heading + Self.summary(figures) + [""] + CriticalTrendText(figures, unicode).lines
            for line in lines { Output.line(unicode ? line : line.asciiOnly()) }
        }

        private func start(_ days: LocalDays) throws -> Date {
            if let since { return try days.start(of: since, option: "--since") }
            return try days.start(
                of: LocalDays.text(days.number(of: Date()) - 30), option: "--since")
        }

        /// The figures of the whole span.
        private static func summary(_ figures: CriticalStatistics) -> [String] {
            func time(_ seconds: Double?) -> String { seconds.map { WaitText.text($0) } ?? "–" }
            func row(_ name: String, _ times: CriticalStatistics.Times) -> [String] {
                [name, "\(times.count)", time(times.median), time(times.percentile90)]
            }
            let confirmed = figures.confirmedShare.map { String(format: "%.0f %%", $0 * 100) }
            let late = figures.trend.reduce(0) { $0 + $1.communicatedLate }
            let rate = figures.flagsPerReaderHour.map { String(format: "%.2f", $0) }
            return [
                "\(figures.raised) raised, \(figures.communicated) communicated, "
                    + "\(figures.dismissed) dismissed, \(figures.open) open, "
                    + "\(figures.overdue) overdue",
                "overdue: \(late) communicated late, \(figures.overdue - late) still open",
                "confirmed by readers: \(confirmed ?? "–"); "
                    + "flags per reader-hour: \(rate ?? "–")", "",
            ]
                + Output.table([
                    ["h:mm", "count", "median", "90 %"], row("arrival to flag", figures.toFlag),
                    row("flag to opening", figures.toOpen),
                    row("flag to communication", figures.toCommunicate),
                ])
        }
    }
}
