// Days on the command line.

import Foundation
import Radiology

extension UTCTime {
    /// The start of a day written `YYYY-MM-DD`, UTC.
    static func day(_ text: String, option: String) throws -> Date {
        guard let day = CalendarDay(text.filter { $0 != "-" }) else {
            throw CommandFailure(.usage, "\(option) must be a day, YYYY-MM-DD")
        }
        var parts = DateComponents()
        (parts.year, parts.month, parts.day) = (day.year, day.month, day.day)
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        return calendar.date(from: parts) ?? Date()
    }
}

extension LocalDays {
    /// The start of a day written `YYYY-MM-DD`.
    func start(of text: String, option: String) throws -> Date {
        guard let day = CalendarDay(text.filter { $0 != "-" }), let start = start(of: day) else {
            throw CommandFailure(.usage, "\(option) must be a day, YYYY-MM-DD")
        }
        return start
    }
}
