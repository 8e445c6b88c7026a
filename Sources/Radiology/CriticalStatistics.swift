// Figures on critical results: how soon, how many late, how many false.

import Foundation

/// What became of the critical results of a period.
public struct CriticalStatistics: Hashable, Codable, Sendable {
    /// The middle and the slow end of some times, in seconds; nil where there is none.
    public struct Times: Hashable, Codable, Sendable {
        /// How many.
        public let count: Int
        /// The median.
        public let median: Double?
        /// The 90th percentile.
        public let percentile90: Double?

        /// Quantiles as ``SampleStatistics/quantile(_:ofSorted:)`` has them.
        public init(_ seconds: [Double]) {
            let sorted = seconds.sorted()
            count = sorted.count
            median = SampleStatistics.quantile(0.5, ofSorted: sorted)
            percentile90 = SampleStatistics.quantile(0.9, ofSorted: sorted)
        }
    }

    /// Critical results that were raised.
    public let raised: Int
    /// Those that were communicated.
    public let communicated: Int
    /// Those that were dismissed as false.
    public let dismissed: Int
    /// Those communicated after their due time, or open past it.
    public let overdue: Int
    /// Those still open.
    public let open: Int
    /// From arrival to the flag.
    public let toFlag: Times
    /// From the flag to the first opening of the study.
    public let toOpen: Times
    /// From the flag to the communication.
    public let toCommunicate: Times
    /// Flags for each hour in which a reader signed something; nil where nobody did.
    public let flagsPerReaderHour: Double?
    /// The share of the ended ones that readers confirmed; nil where none ended.
    public let confirmedShare: Double?
    /// Raised for each day, in order, with those of them that were overdue.
    public let days: [Day]

    /// One day of the trend.
    public struct Day: Hashable, Codable, Sendable {
        /// The day, `2026-11-21` (UTC).
        public let day: String
        /// Raised on it.
        public let raised: Int
        /// Those of them that were or are overdue.
        public let overdue: Int
    }

    /// Counts some results.
    public init(_ results: [CriticalResult], readerHours: Int, now: Date) {
        let told = results.filter { $0.ending?.kind == .communicated }
        let isLate = { (result: CriticalResult) in
            (result.ending?.at ?? now) > result.dueAt && result.ending?.kind != .dismissed
        }
        raised = results.count
        communicated = told.count
        dismissed = results.count { $0.ending?.kind == .dismissed }
        open = results.count { $0.isOpen }
        overdue = results.count(where: isLate)
        toFlag = Times(results.map { $0.raisedAt.timeIntervalSince($0.receivedAt) })
        toOpen = Times(
            results.compactMap { result in
                result.openedAt.map { max(0, $0.timeIntervalSince(result.raisedAt)) }
            })
        toCommunicate = Times(
            told.compactMap { $0.ending?.at.timeIntervalSince($0.raisedAt) })
        flagsPerReaderHour = readerHours > 0 ? Double(raised) / Double(readerHours) : nil
        let ended = communicated + dismissed
        confirmedShare = ended > 0 ? Double(communicated) / Double(ended) : nil
        let byDay = Dictionary(grouping: results) { result in
            result.raisedAt.formatted(.iso8601.year().month().day())
        }
        days = byDay.sorted { $0.key < $1.key }.map { day, results in
            Day(day: day, raised: results.count, overdue: results.count(where: isLate))
        }
    }
}
