// The trend of critical results, with figures that were worked out by hand.

import Foundation
import Radiology
import Testing

struct CriticalTrendTests {
    private static let berlin = TimeZone(identifier: "Europe/Berlin") ?? .gmt

    /// A moment written as `2026-11-21T14:30`, UTC.
    private static func moment(_ text: String) throws -> Date {
        try #require(UTCTime.date(text + ":00.000Z"))
    }

    /// A result with a limit of an hour, ended some minutes after it was raised.
    private static func result(
        _ raised: String, told minutes: Double? = nil, dismissed: Double? = nil,
        category: CriticalCategory = CriticalCategory(
            name: "red", acrCategory: "minutes", limitSeconds: 3600)
    ) throws -> CriticalResult {
        let at = try moment(raised)
        func step(_ kind: CriticalStep.Kind, _ minutes: Double) -> CriticalStep {
            CriticalStep(
                kind: kind, at: at.addingTimeInterval(minutes * 60), by: ReaderID("ada"))
        }
        let ending =
            minutes.map { step(.communicated, $0) } ?? dismissed.map { step(.dismissed, $0) }
        return CriticalResult(
            id: 1, study: StudyID(1), pathology: .pneumothorax, category: category, rule: "",
            raisedAt: at, dueAt: at.addingTimeInterval(category.limitSeconds), receivedAt: at,
            openedAt: nil, steps: [step(.announced, 0)] + (ending.map { [$0] } ?? []))
    }

    private static func figures(
        _ results: [CriticalResult], since: String, now: String,
        begin: String? = "2000-01-01T00:00",
        zone: TimeZone = .gmt
    ) throws -> CriticalStatistics {
        CriticalStatistics(
            results, readerHours: 0,
            span: CriticalSpan(
                since: try moment(since), now: try moment(now),
                recordsBegin: try begin.map(moment), timeZone: zone))
    }

    @Test func `each day has its own figures, and a day without flags stands as one`() throws {
        let figures = try Self.figures(
            [
                Self.result("2026-11-18T08:00", told: 10),
                Self.result("2026-11-18T09:00", told: 30),
                Self.result("2026-11-18T10:00", told: 60),
                Self.result("2026-11-18T11:00", told: 90),
                Self.result("2026-11-18T12:00", dismissed: 600),
                Self.result("2026-11-20T23:59", dismissed: 5),
                Self.result("2026-11-21T11:00"), Self.result("2026-11-21T13:00"),
            ], since: "2026-11-18T00:00", now: "2026-11-21T12:30")
        #expect(figures.trendUnit == .day && figures.trendTimeZone == TimeZone.gmt.identifier)
        let trend = figures.trend
        // The last flag is after now (a clock was set back): it is counted all the same.
        #expect(trend.map(\.flags) == [5, 0, 1, 2])
        #expect(
            trend.map(\.firstDay) == ["2026-11-18", "2026-11-19", "2026-11-20", "2026-11-21"])
        #expect(trend.allSatisfy { $0.firstDay == $0.lastDay && !$0.isShortened })
        #expect(trend.map(\.isUnfinished) == [false, false, false, true])
        // Told at the due moment is in time. numpy.quantile([10, 30, 60, 90], [0.5, 0.9]): 45, 81.
        #expect(trend[0].communicatedInTime == 3 && trend[0].communicatedLate == 1)
        #expect(trend[0].medianMinutes == 45)
        #expect(abs(try #require(trend[0].percentile90Minutes) - 81) < 1e-9)
        #expect(trend[0].dismissed == 1 && trend[0].confirmedShare == 0.8)
        #expect(trend[1].medianMinutes == nil && trend[1].confirmedShare == nil)
        #expect(trend[2].medianMinutes == nil && trend[2].confirmedShare == 0)
        #expect(trend[3].openOverdue == 1 && trend[3].openInTime == 1)
        #expect(trend[3].medianMinutes == nil && trend[3].percentile90Minutes == nil)
        #expect(figures.raised == 8 && figures.overdue == 2 && figures.open == 2)
        #expect(figures.limits.map(\.name) == ["red"])
    }

    @Test func `a figure that does not exist is null in JSON, and every key is there`() throws {
        let figures = try Self.figures([], since: "2026-11-21T00:00", now: "2026-11-21T12:00")
        let object = try #require(
            try JSONSerialization.jsonObject(with: JSONEncoder().encode(figures.trend))
                as? [[String: Any]])
        #expect(object.count == 1 && object[0].count == 14)
        for key in ["medianMinutes", "percentile90Minutes", "confirmedShare"] {
            #expect(object[0][key] is NSNull, "\(key)")
        }
        #expect(object[0]["flags"] as? Int == 0 && object[0]["unfinished"] as? Bool == true)
        let read = try JSONDecoder().decode(
            [CriticalPeriod].self, from: JSONEncoder().encode(figures.trend))
        #expect(read == figures.trend)
    }

    /// Clocks in Berlin went forward on 2026-03-29 and back on 2026-10-25, both at 01:00 UTC; in
    /// São Paulo 2018-11-04 began at 01:00, there was no midnight.
    @Test(arguments: [
        ("Europe/Berlin", "2026-03-28T23:00", "2026-03-29T21:59", "2026-03-29"),
        ("Europe/Berlin", "2026-10-24T22:00", "2026-10-25T22:59", "2026-10-25"),
        ("America/Sao_Paulo", "2018-11-04T03:00", "2018-11-05T01:59", "2018-11-04"),
        ("Asia/Kathmandu", "2026-06-01T18:15", "2026-06-02T18:14", "2026-06-02"),
    ])
    func `a flag counts on the day that the clock on the wall shows`(
        zone: String, first: String, last: String, day: String
    ) throws {
        let zone = try #require(TimeZone(identifier: zone))
        let days = LocalDays(zone)
        let start = try Self.moment(first)
        let end = try Self.moment(last)
        #expect(LocalDays.text(days.number(of: start)) == day)
        #expect(LocalDays.text(days.number(of: end)) == day)
        #expect(days.number(of: start.addingTimeInterval(-60)) == days.number(of: start) - 1)
        #expect(days.number(of: end.addingTimeInterval(60)) == days.number(of: start) + 1)
        let named = try #require(CalendarDay(day.filter { $0 != "-" }))
        #expect(days.start(of: named) == start)
        let results = [try Self.result(first), try Self.result(last)]
        let trend = try Self.figures(results, since: first, now: last, zone: zone).trend
        #expect(trend.map(\.flags) == [2])
    }

    /// Days by Python's zoneinfo: `datetime(y, m, d, tzinfo=ZoneInfo(zone)).timestamp()`; Samoa had
    /// no 2011-12-30.
    @Test(arguments: [
        ("America/Sao_Paulo", "20180218", 1_518_922_800.0),
        ("Asia/Beirut", "20220327", 1_648_332_000),
        ("Pacific/Apia", "20111230", nil), ("GMT", "15821015", -12_219_292_800),
    ])
    func `a day begins with its first moment, if it has one`(
        zone: String, day: String, seconds: Double?
    ) throws {
        let days = LocalDays(try #require(TimeZone(identifier: zone)))
        let start = days.start(of: try #require(CalendarDay(day)))
        #expect(start?.timeIntervalSince1970 == seconds)
    }

    @Test func `a month with a clock change has as many days as the calendar`() throws {
        let trend = try Self.figures(
            [Self.result("2026-10-25T22:30")], since: "2026-09-30T22:00", now: "2026-10-31T22:30",
            zone: Self.berlin
        ).trend
        #expect(trend.count == 31 && Set(trend.map(\.firstDay)).count == 31)
        #expect(trend.first?.firstDay == "2026-10-01" && trend.last?.lastDay == "2026-10-31")
        #expect(trend.firstIndex { $0.flags == 1 } == 24)
    }

    /// 2026-11-21 is a Saturday; the 57th day before it, itself counted, is 2026-09-26.
    @Test(arguments: [
        ("2026-11-21", CriticalPeriod.Unit.day, 1), ("2026-09-26", .day, 57),
        ("2026-09-25", .week, 9), ("2026-09-21", .week, 9), ("2026-09-20", .week, 10),
        ("2024-11-20", .week, 105), ("2024-11-19", .month, 25), ("2024-11-01", .month, 25),
        ("2024-10-31", .month, 26),
    ])
    func `the periods are days, then weeks, then months`(
        since: String, unit: CriticalPeriod.Unit, count: Int
    ) throws {
        let figures = try Self.figures([], since: since + "T00:00", now: "2026-11-21T12:00")
        #expect(figures.trendUnit == unit && figures.trend.count == count)
        #expect(figures.trend.first?.firstDay == since)
        #expect(figures.trend.last?.lastDay == "2026-11-21")
        #expect(figures.trend.map(\.isUnfinished) == (1...count).map { $0 == count })
    }

    @Test func `weeks run from Monday to Sunday, and a first one that is cut says so`() throws {
        let results = [
            try Self.result("2026-09-02T08:00", told: 10),
            try Self.result("2026-09-06T23:59", told: 20),
            try Self.result("2026-09-07T00:00", told: 400),
        ]
        let trend = try Self.figures(
            results, since: "2026-09-02T00:00", now: "2026-11-21T12:00"
        ).trend
        #expect(trend[0].firstDay == "2026-09-02" && trend[0].lastDay == "2026-09-06")
        #expect(trend[0].isShortened && !trend[1].isShortened && trend[0].flags == 2)
        #expect(trend[0].medianMinutes == 15 && trend[0].percentile90Minutes == 19)
        #expect(trend[1].firstDay == "2026-09-07" && trend[1].lastDay == "2026-09-13")
        #expect(trend[1].communicatedLate == 1 && trend[1].medianMinutes == 400)
        #expect(trend[2].flags == 0 && trend[2].medianMinutes == nil)
    }

    @Test func `months are those of the calendar, over a leap day and a new year`() throws {
        let trend = try Self.figures(
            [Self.result("2024-02-29T23:59"), Self.result("2024-12-31T23:59")],
            since: "2024-01-15T00:00", now: "2026-11-21T12:00"
        ).trend
        #expect(trend.count == 35 && trend[0].isShortened && trend[0].firstDay == "2024-01-15")
        #expect(trend[1].firstDay == "2024-02-01" && trend[1].lastDay == "2024-02-29")
        #expect(trend[1].flags == 1 && trend[11].lastDay == "2024-12-31" && trend[11].flags == 1)
        #expect(trend[12].firstDay == "2025-01-01")
        #expect(trend.map(\.flags).reduce(0, +) == 2)
    }

    @Test func `what was before the records is told from what was without flags`() throws {
        let trend = try Self.figures(
            [Self.result("2026-11-20T08:00")], since: "2026-11-17T00:00", now: "2026-11-21T12:00",
            begin: "2026-11-19T08:00"
        ).trend
        #expect(trend.map(\.isBeforeRecords) == [true, true, false, false, false])
        let never = try Self.figures(
            [], since: "2026-11-20T00:00", now: "2026-11-21T12:00", begin: nil
        ).trend
        #expect(never.map(\.isBeforeRecords) == [true, true])
    }

    @Test func `a span that begins in the future has no periods`() throws {
        #expect(
            try Self.figures([], since: "2026-11-22T00:00", now: "2026-11-21T12:00").trend.isEmpty)
    }

    @Test func `a communication before its flag, by a clock that was wrong, took no time`() throws {
        let figures = try Self.figures(
            [Self.result("2026-11-21T08:00", told: -30)], since: "2026-11-21T00:00",
            now: "2026-11-21T12:00")
        #expect(figures.trend[0].medianMinutes == 0 && figures.toCommunicate.median == 0)
        #expect(figures.trend[0].communicatedInTime == 1)
    }

    @Test func `a day's number and its text agree with Foundation's calendar over 800 years`()
        throws
    {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        for number in stride(from: -140_000, through: 150_000, by: 97) {
            let moment = Date(timeIntervalSince1970: Double(number) * 86_400 + 1)
            let parts = calendar.dateComponents([.year, .month, .day], from: moment)
            let text = String(
                format: "%04d-%02d-%02d", parts.year ?? 0, parts.month ?? 0, parts.day ?? 0)
            #expect(LocalDays.text(number) == text)
            #expect(LocalDays(.gmt).number(of: moment) == number)
        }
        #expect(LocalDays(.gmt).start(of: try #require(CalendarDay("20260230"))) == nil)
    }
}
