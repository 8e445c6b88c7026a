// The report on critical results and its trend, through the program itself.

import Foundation
import Testing
import WetreadTesting

@Suite struct CriticalReportTests {
    private struct Report: Decodable {
        struct Period: Decodable {
            let firstDay: String
            let lastDay: String
            let unfinished: Bool
            let beforeRecords: Bool
            let flags: Int
            let communicatedInTime: Int
            let communicatedLate: Int
            let openOverdue: Int
            let dismissed: Int
            let medianMinutes: Double?
            let confirmedShare: Double?
        }

        let raised: Int
        let trendUnit: String
        let trendTimeZone: String
        let trend: [Period]
    }

    /// Red results with a limit of an hour, told and dismissed through the program, then moved to
    /// other days in the database: two raised three days ago at 20:00 UTC (told after 10 and 90
    /// minutes), one yesterday (open), the others today at midnight (dismissed a second later).
    private static let moving = """
        import sqlite3, sys, datetime as d
        db = sqlite3.connect(sys.argv[1])
        for (name,) in db.execute("SELECT name FROM sqlite_schema WHERE type='trigger'").fetchall():
            db.execute(f"DROP TRIGGER {name}")
        midnight = d.datetime.now(d.timezone.utc).replace(hour=0, minute=0, second=0, microsecond=0)
        evening = midnight - d.timedelta(days=3) + d.timedelta(hours=20)
        text = lambda moment: moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        raised = {1: evening, 2: evening, 3: midnight - d.timedelta(days=1)}
        after = {1: 600, 2: 5400}
        for (number,) in db.execute("SELECT number FROM critical_result").fetchall():
            at = raised.get(number, midnight)
            db.execute("UPDATE critical_result SET raised_at=?, due_at=?, category='red', "
                "acr_category='minutes', limit_seconds=3600 WHERE number=?",
                (text(at), text(at + d.timedelta(hours=1)), number))
            db.execute("UPDATE critical_step SET at=? WHERE critical_result=?",
                (text(at + d.timedelta(seconds=after.get(number, 1))), number))
        db.commit()
        """

    /// A home with the results above and how many there are.
    private func home() throws -> (home: Home, count: Int) {
        var home = try Home()
        // UTC all year, under a name that Foundation leaves as it is.
        home.environment["TZ"] = "Africa/Abidjan"
        home.environment["LC_ALL"] = "C.UTF-8"
        _ = try home.importing([Samples.folder.path])
        let count = try home.run("critical", "list", "--json").output.split(separator: "\n").count
        try #require(count >= 4)
        for number in 1...count where number != 3 {
            let run =
                number < 3
                ? try home.run(
                    "critical", "tell", "\(number)", "--whom", "Dr Ward", "--means", "telephone",
                    "--read-back")
                : try home.run("critical", "dismiss", "\(number)", "--reason", "a skin fold")
            #expect(run.status == 0, "\(run.errors)")
        }
        let moved = try ProgramRun(
            URL(fileURLWithPath: "/usr/bin/python3"),
            ["-c", Self.moving, home.url.appendingPathComponent("wetread.sqlite").path])
        #expect(moved.status == 0, "\(moved.errors)")
        return (home, count)
    }

    private func day(_ before: Double) -> String {
        String(
            Date().addingTimeInterval(-before * 86_400)
                .formatted(.iso8601.year().month().day()))
    }

    private func report(_ home: Home, _ options: String...) throws -> Report {
        let run = try home.run(["critical", "report", "--json"] + options)
        #expect(run.status == 0, "\(run.errors)")
        return try JSONDecoder.snakeCase.decode(Report.self, from: Data(run.output.utf8))
    }

    @Test func `the trend is in JSON, in text for a terminal, and in ASCII`() throws {
        let (home, count) = try home()
        let report = try report(home, "--since", day(10))
        #expect(report.trendUnit == "day" && report.trendTimeZone == "Africa/Abidjan")
        #expect(report.raised == count && report.trend.count >= 11)
        #expect(
            report.trend.filter { !$0.beforeRecords }.map(\.flags).prefix(4) == [
                2, 0, 1, count - 3,
            ])
        #expect(report.trend.last?.unfinished == true)
        let first = try #require(report.trend.firstIndex { $0.flags > 0 })
        let (told, empty, open, dismissed) = (
            report.trend[first], report.trend[first + 1], report.trend[first + 2],
            report.trend[first + 3]
        )
        #expect(told.communicatedInTime == 1 && told.communicatedLate == 1)
        #expect(told.medianMinutes == 50 && told.confirmedShare == 1)
        #expect(empty.medianMinutes == nil && empty.confirmedShare == nil)
        #expect(open.openOverdue == 1 && open.medianMinutes == nil)
        #expect(dismissed.dismissed == count - 3 && dismissed.confirmedShare == 0)
        let json = try home.run("critical", "report", "--json").output
        #expect(json.contains("\"median_minutes\":null"), "a median that is not there is null")

        let text = try home.run("critical", "report", "--since", day(10)).output
        for words in [
            "Trend by day", "calendar days of Africa/Abidjan", "Flags raised", "Median from flag",
            "dotted: the limit, red 1:00", "⣿", "  late 1", "* This day is not over",
            "\(told.firstDay)       2       1     1     0        0      0    0:50  1:22      100 %",
            "\(empty.firstDay)       0       –     –",
            "not shown, the records began later",
        ] { #expect(text.contains(words), "\(words)\n\(text)") }
        #expect(!text.contains("\u{1B}"))
        #expect(text.split(separator: "\n").allSatisfy { $0.count <= 80 })
        var plain = home
        plain.environment["LC_ALL"] = "C"
        let ascii = try plain.run("critical", "report", "--since", day(10)).output
        #expect(ascii.utf8.allSatisfy { $0 == 10 || (32..<127).contains($0) }, "\(ascii)")
        #expect(ascii.contains("#") && ascii.contains("dotted: the limit, red 1:00"))
    }

    @Test func `the list since a day has what was ended too, and how`() throws {
        let (home, count) = try home()
        #expect(try home.run("critical", "list", "--json").output.split(separator: "\n").count == 1)
        let lines = try home.run("critical", "list", "--json", "--since", day(10)).output
        for (fate, expected) in [
            ("communicated_in_time", 1), ("communicated_late", 1), ("open_overdue", 1),
            ("dismissed", count - 3),
        ] {
            let found = lines.split(separator: "\n").count { $0.contains("\"fate\":\"\(fate)\"") }
            #expect(found == expected, "\(fate)")
        }
        let text = try home.run("critical", "list", "--since", day(10)).output
        for words in ["told after 0:10", "TOLD LATE, after 1:30", "OVERDUE by", "dismissed"] {
            #expect(text.contains(words), "\(text)")
        }
        let today = try home.run("critical", "list", "--since", day(0)).output
        #expect(today.split(separator: "\n").count == count - 2, "\(today)")
        #expect(try home.run("critical", "list", "--since", "soon").status == 64)
    }

    @Test func `long spans are cut into weeks and months, in the machine's own time zone`() throws {
        let (home, count) = try home()
        let weeks = try report(home, "--since", day(70))
        #expect(weeks.trendUnit == "week" && (11...12).contains(weeks.trend.count))
        #expect(weeks.trend.map(\.flags).reduce(0, +) == count)
        let months = try report(home, "--since", "2020-01-01")
        #expect(months.trendUnit == "month" && months.trend.count > 82)
        #expect(months.trend.first?.lastDay == "2020-01-31")
        let text = try home.run("critical", "report", "--since", day(70)).output
        #expect(text.contains("Trend by week, Monday to Sunday") && text.contains("week from"))
        // 20:00 UTC is the next day in Tokyo.
        var tokyo = home
        tokyo.environment["TZ"] = "Asia/Tokyo"
        let there = try report(tokyo, "--since", day(6))
        #expect(there.trendTimeZone == "Asia/Tokyo")
        let utc = try report(home, "--since", day(6))
        let dayThere = try #require(there.trend.first { $0.flags > 0 }?.firstDay)
        let dayUTC = try #require(utc.trend.first { $0.flags > 0 }?.firstDay)
        #expect(dayThere > dayUTC)
        let other = try report(home, "--category", "yellow")
        #expect(other.raised == 0 && other.trend.count == 31)
        let named = try home.run("critical", "report", "--category", "yellow").output
        #expect(named.hasPrefix("Category yellow only.\n0 raised"), "\(named)")
    }

    @Test func `a span or a category that cannot be is refused, and nothing is reported`() throws {
        let home = try Home()
        _ = try home.importing([Samples.folder.appendingPathComponent("no-such-file").path])
        let empty = try home.run("critical", "report")
        #expect(empty.status == 0, "\(empty.errors)")
        #expect(empty.output.contains("No critical result was raised in this time."))
        for (options, words) in [
            (["--since", "2999-01-01"], "future"), (["--since", "2026-02-30"], "YYYY-MM-DD"),
            (["--since", "yesterday"], "YYYY-MM-DD"), (["--category", "mauve"], "red, orange"),
        ] {
            let run = try home.run(["critical", "report"] + options)
            #expect(run.status == 64 && run.output.isEmpty, "\(options)")
            #expect(run.errors.contains(words), "\(run.errors)")
        }
    }
}
