// Moments as the records write them.

import Foundation

/// A moment in UTC to the microsecond, written `2026-11-21T12:00:00.123456Z`.
///
/// Texts of equal length that sort as the moments do, that a person can read in any SQLite shell
/// and that another program can hash without knowing how Swift prints numbers.
package struct Timestamp: Hashable, Comparable, Sendable {
    /// Microseconds since 1970-01-01T00:00:00Z, between the years 1 and 9999.
    package let microseconds: Int64

    private static let first: Int64 = -62_135_596_800_000_000
    private static let last: Int64 = 253_402_300_799_999_999

    /// Rounds a date to the microsecond; what lies outside the years 1 to 9999 is moved to their
    /// ends.
    package init(_ date: Date) {
        let exact = (date.timeIntervalSince1970 * 1_000_000).rounded()
        guard exact > Double(Self.first) else {
            microseconds = Self.first
            return
        }
        microseconds = exact < Double(Self.last) ? Int64(exact) : Self.last
    }

    /// Reads the text form; nil for anything else.
    package init?(_ text: String) {
        let bytes = Array(text.utf8)
        let template = Array("0000-00-00T00:00:00.000000Z".utf8)
        guard bytes.count == template.count else { return nil }
        var fields: [Int64] = [0]
        for (byte, expected) in zip(bytes, template) {
            if expected == UInt8(ascii: "0") {
                guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
                fields[fields.count - 1] = fields[fields.count - 1] * 10 + Int64(byte - 48)
            } else {
                guard byte == expected else { return nil }
                fields.append(0)
            }
        }
        guard fields[0] > 0, (1...12).contains(fields[1]), (1...31).contains(fields[2]),
            fields[3] < 24, fields[4] < 60, fields[5] < 60
        else { return nil }
        let days = Self.days(year: fields[0], month: fields[1], day: fields[2])
        let seconds = ((days * 24 + fields[3]) * 60 + fields[4]) * 60 + fields[5]
        microseconds = seconds * 1_000_000 + fields[6]
    }

    /// The moment as a date.
    package var date: Date { Date(timeIntervalSince1970: Double(microseconds) / 1_000_000) }

    /// This moment and some seconds, for expiry times.
    package func adding(seconds: Double) -> Timestamp {
        Timestamp(date.addingTimeInterval(seconds))
    }

    /// Orders by time.
    package static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.microseconds < right.microseconds
    }

    /// The text form, 27 ASCII characters.
    package var text: String {
        let (seconds, fraction) = Self.floorDivide(microseconds, by: 1_000_000)
        let (days, secondOfDay) = Self.floorDivide(seconds, by: 86_400)
        let (year, month, day) = Self.calendarDay(days: days)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(27)
        func append(_ value: Int64, digits: Int, _ following: UInt8) {
            var divisor: Int64 = 1
            for _ in 1..<digits { divisor *= 10 }
            while divisor > 0 {
                bytes.append(UInt8(ascii: "0") + UInt8(value / divisor % 10))
                divisor /= 10
            }
            bytes.append(following)
        }
        append(year, digits: 4, UInt8(ascii: "-"))
        append(month, digits: 2, UInt8(ascii: "-"))
        append(day, digits: 2, UInt8(ascii: "T"))
        append(secondOfDay / 3600, digits: 2, UInt8(ascii: ":"))
        append(secondOfDay / 60 % 60, digits: 2, UInt8(ascii: ":"))
        append(secondOfDay % 60, digits: 2, UInt8(ascii: "."))
        append(fraction, digits: 6, UInt8(ascii: "Z"))
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func floorDivide(_ value: Int64, by divisor: Int64) -> (Int64, Int64) {
        let remainder = ((value % divisor) + divisor) % divisor
        return ((value - remainder) / divisor, remainder)
    }

    // Days since 1970-01-01 in the proleptic Gregorian calendar and back: H. Hinnant,
    // "chrono-Compatible Low-Level Date Algorithms", days_from_civil and civil_from_days.
    private static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let (era, yearOfEra) = floorDivide(shifted, by: 400)
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    private static func calendarDay(days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let (era, dayOfEra) = floorDivide(days + 719_468, by: 146_097)
        let yearOfEra =
            (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }
}
