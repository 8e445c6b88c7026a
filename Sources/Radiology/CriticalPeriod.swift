// The trend of critical results: what became of those of each day, week or month.

import Foundation

/// The stretch of time that a report on critical results is about.
public struct CriticalSpan: Hashable, Sendable {
    /// From when on.
    public let since: Date
    /// The present, where it ends.
    public let now: Date
    /// When the records began, nil where there are none: before it no flag means nothing.
    public let recordsBegin: Date?
    /// Whose calendar days are counted.
    public let timeZone: TimeZone

    /// Makes a span.
    public init(since: Date, now: Date, recordsBegin: Date?, timeZone: TimeZone) {
        self.since = since
        self.now = now
        self.recordsBegin = recordsBegin
        self.timeZone = timeZone
    }
}

/// What became of the critical results that were raised in one day, week or month.
///
/// A result belongs to the period in which it was raised, whenever it was communicated.
public struct CriticalPeriod: Hashable, Codable, Sendable {
    /// How long the periods are.
    public enum Unit: String, Hashable, Codable, Sendable {
        /// A calendar day.
        case day
        /// Monday to Sunday.
        case week
        /// A calendar month.
        case month

        /// Days up to eight weeks and today, weeks up to two years and today, then months.
        init(dayCount: Int) {
            self = dayCount <= 57 ? .day : dayCount <= 732 ? .week : .month
        }
    }

    /// The first day, `2026-11-16`.
    public let firstDay: String
    /// The last day, itself included; today where the period is not over.
    public let lastDay: String
    /// True where the period is not over: its figures will change.
    public let isUnfinished: Bool
    /// True where it began before the span that was asked for, and only the rest is counted.
    public let isShortened: Bool
    /// True where it was over before the records began.
    public let isBeforeRecords: Bool
    /// Critical results that were raised.
    public let flags: Int
    /// Those communicated by their due time.
    public let communicatedInTime: Int
    /// Those communicated after their due time.
    public let communicatedLate: Int
    /// Those still open that are not due yet.
    public let openInTime: Int
    /// Those still open past their due time.
    public let openOverdue: Int
    /// Those that were dismissed as false.
    public let dismissed: Int
    /// From the flag to the communication, the median in minutes; nil where none was communicated.
    public let medianMinutes: Double?
    /// The 90th percentile of the same, in minutes; nil where none was communicated.
    public let percentile90Minutes: Double?
    /// The share of those ended that readers confirmed; nil where none ended.
    public let confirmedShare: Double?

    private enum CodingKeys: String, CodingKey {
        case firstDay, lastDay
        case isUnfinished = "unfinished"
        case isShortened = "shortened"
        case isBeforeRecords = "beforeRecords"
        case flags, communicatedInTime, communicatedLate, openInTime, openOverdue, dismissed
        case medianMinutes, percentile90Minutes, confirmedShare
    }

    /// Writes every key, with null for a figure that does not exist.
    public func encode(to encoder: any Encoder) throws {
        var keys = encoder.container(keyedBy: CodingKeys.self)
        try keys.encode(firstDay, forKey: .firstDay)
        try keys.encode(lastDay, forKey: .lastDay)
        try keys.encode(isUnfinished, forKey: .isUnfinished)
        try keys.encode(isShortened, forKey: .isShortened)
        try keys.encode(isBeforeRecords, forKey: .isBeforeRecords)
        try keys.encode(flags, forKey: .flags)
        try keys.encode(communicatedInTime, forKey: .communicatedInTime)
        try keys.encode(communicatedLate, forKey: .communicatedLate)
        try keys.encode(openInTime, forKey: .openInTime)
        try keys.encode(openOverdue, forKey: .openOverdue)
        try keys.encode(dismissed, forKey: .dismissed)
        try keys.encode(medianMinutes, forKey: .medianMinutes)
        try keys.encode(percentile90Minutes, forKey: .percentile90Minutes)
        try keys.encode(confirmedShare, forKey: .confirmedShare)
    }

    /// Counts the results of a period.
    private init(
        _ results: [CriticalResult], days: ClosedRange<Int>, isUnfinished: Bool,
        isShortened: Bool, isBeforeRecords: Bool, now: Date
    ) {
        firstDay = LocalDays.text(days.lowerBound)
        lastDay = LocalDays.text(days.upperBound)
        self.isUnfinished = isUnfinished
        self.isShortened = isShortened
        self.isBeforeRecords = isBeforeRecords
        let fates = results.map { $0.fate(at: now) }
        func count(_ fate: CriticalResult.Fate) -> Int { fates.count { $0 == fate } }
        flags = results.count
        communicatedInTime = count(.communicatedInTime)
        communicatedLate = count(.communicatedLate)
        openInTime = count(.openInTime)
        openOverdue = count(.openOverdue)
        dismissed = count(.dismissed)
        let times = CriticalStatistics.Times(results.compactMap(\.secondsToCommunicate))
        medianMinutes = times.median.map { $0 / 60 }
        percentile90Minutes = times.percentile90.map { $0 / 60 }
        let ended = times.count + dismissed
        confirmedShare = ended > 0 ? Double(times.count) / Double(ended) : nil
    }

    /// The periods of a span in order, those without a flag too; none where it begins after now.
    ///
    /// - Parameter results: those raised since the span's beginning. One that was raised after the
    ///   present (a clock was set back) makes the span longer, so that every result is counted.
    static func trend(
        of results: [CriticalResult], in span: CriticalSpan
    ) -> (unit: Unit, periods: [CriticalPeriod]) {
        let local = LocalDays(span.timeZone)
        let first = local.number(of: span.since)
        let last = local.number(of: max(span.now, results.map(\.raisedAt).max() ?? span.now))
        guard first <= last else { return (.day, []) }
        let unit = Unit(dayCount: last - first + 1)
        let begin = span.recordsBegin.map { local.number(of: $0) }
        let grouped = Dictionary(grouping: results) {
            unit.number(of: local.number(of: $0.raisedAt))
        }
        let periods = (unit.number(of: first)...unit.number(of: last)).map { number in
            let start = unit.firstDay(of: number)
            let end = unit.firstDay(of: number + 1) - 1
            return CriticalPeriod(
                grouped[number] ?? [], days: max(start, first)...min(end, last),
                isUnfinished: end >= last, isShortened: start < first,
                isBeforeRecords: begin.map { end < $0 } ?? true, now: span.now)
        }
        return (unit, periods)
    }
}

extension CriticalPeriod.Unit {
    /// The number of the period that a day belongs to.
    fileprivate func number(of day: Int) -> Int {
        switch self {
        case .day: day
        case .week: LocalDays.week(day)
        case .month: LocalDays.month(day)
        }
    }

    /// The number of a period's first day.
    fileprivate func firstDay(of number: Int) -> Int {
        switch self {
        case .day: number
        case .week: LocalDays.firstDay(ofWeek: number)
        case .month: LocalDays.firstDay(ofMonth: number)
        }
    }
}
