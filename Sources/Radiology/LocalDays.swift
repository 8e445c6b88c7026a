// Calendar days of one place, by number.

import Foundation

/// The calendar days of a time zone, each with a number: 0 is 1970-01-01.
///
/// A day that a clock change makes 23 or 25 hours long is a day like any other here, for a moment
/// belongs to the day that a clock on the wall shows.
public struct LocalDays: Hashable, Sendable {
    /// The time zone.
    public let timeZone: TimeZone

    /// The days of a time zone.
    public init(_ timeZone: TimeZone) { self.timeZone = timeZone }

    /// The number of the day that a moment belongs to.
    public func number(of moment: Date) -> Int {
        let seconds =
            moment.timeIntervalSince1970 + Double(timeZone.secondsFromGMT(for: moment))
        return Int((seconds / 86_400).rounded(.down))
    }

    /// The first moment of a day; nil where there is no such day: 30 February, or one that a
    /// country left out when it moved across the date line.
    ///
    /// Usually that is midnight; where the clocks went forward at midnight, it is later.
    public func start(of day: CalendarDay) -> Date? {
        let number = Self.number(year: day.year, month: day.month, day: day.day)
        guard Self.parts(number) == (day.year, day.month, day.day) else { return nil }
        let midnight = Date(timeIntervalSince1970: Double(number) * 86_400)
        // The offsets on both sides of a change on this day; without one they are the same.
        return [-86_400.0, 86_400].map { away in
            midnight.addingTimeInterval(
                -Double(timeZone.secondsFromGMT(for: midnight.addingTimeInterval(away))))
        }.filter { self.number(of: $0) == number }.min()
    }

    /// A day as `2026-11-21`.
    public static func text(_ number: Int) -> String {
        let (year, month, day) = parts(number)
        func padded(_ value: Int, _ count: Int) -> String {
            let digits = String(value)
            return String(repeating: "0", count: max(count - digits.count, 0)) + digits
        }
        return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
    }

    /// The number of a day's week, Monday to Sunday; week 0 holds 1970-01-01, a Thursday.
    static func week(_ number: Int) -> Int { floorDivide(number + 3, by: 7) }

    /// The number of the Monday that a week begins with.
    static func firstDay(ofWeek week: Int) -> Int { week * 7 - 3 }

    /// The number of a day's month: twelve times the year, and 0...11.
    static func month(_ number: Int) -> Int {
        let (year, month, _) = parts(number)
        return year * 12 + month - 1
    }

    /// The number of a month's first day.
    static func firstDay(ofMonth number: Int) -> Int {
        let year = floorDivide(number, by: 12)
        return self.number(year: year, month: number - year * 12 + 1, day: 1)
    }

    private static func number(year: Int, month: Int, day: Int) -> Int {
        let date = utc.date(from: DateComponents(year: year, month: month, day: day))
        return Int(((date ?? .distantPast).timeIntervalSince1970 / 86_400).rounded())
    }

    /// Year, month and day of a number.
    private static func parts(_ number: Int) -> (year: Int, month: Int, day: Int) {
        let noon = Date(timeIntervalSince1970: (Double(number) + 0.5) * 86_400)
        let parts = utc.dateComponents([.year, .month, .day], from: noon)
        return (parts.year ?? 0, parts.month ?? 0, parts.day ?? 0)
    }

    /// Days by number know of no time zone; before October 1582 they are Julian.
    private static let utc: Calendar = {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        return calendar
    }()

    private static func floorDivide(_ value: Int, by divisor: Int) -> Int {
        (value - ((value % divisor) + divisor) % divisor) / divisor
    }
}
