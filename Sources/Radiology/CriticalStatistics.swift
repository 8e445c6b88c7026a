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
    /// The categories that they had, the shortest limit first.
    public let limits: [CriticalCategory]
    /// How long the periods of the trend are.
    public let trendUnit: CriticalPeriod.Unit
    /// Whose calendar days the trend counts, for example `Europe/Berlin`.
    public let trendTimeZone: String
    /// What became of the results of each period, in order and without gaps.
    public let trend: [CriticalPeriod]

    /// Counts the results of a span; ``CriticalPeriod`` has the trend.
    public init(_ results: [CriticalResult], readerHours: Int, span: CriticalSpan) {
        let fates = results.map { $0.fate(at: span.now) }
        raised = results.count
        communicated = fates.count { $0 == .communicatedInTime || $0 == .communicatedLate }
        dismissed = fates.count { $0 == .dismissed }
        open = fates.count { $0 == .openInTime || $0 == .openOverdue }
        overdue = fates.count { $0 == .communicatedLate || $0 == .openOverdue }
        toFlag = Times(results.map { max(0, $0.raisedAt.timeIntervalSince($0.receivedAt)) })
        toOpen = Times(
            results.compactMap { result in
                result.openedAt.map { max(0, $0.timeIntervalSince(result.raisedAt)) }
            })
        toCommunicate = Times(results.compactMap(\.secondsToCommunicate))
        flagsPerReaderHour = readerHours > 0 ? Double(raised) / Double(readerHours) : nil
        let ended = communicated + dismissed
        confirmedShare = ended > 0 ? Double(communicated) / Double(ended) : nil
        limits = Set(results.map(\.category)).sorted {
            ($0.limitSeconds, $0.name, $0.acrCategory) < ($1.limitSeconds, $1.name, $1.acrCategory)
        }
        trendTimeZone = span.timeZone.identifier
        (trendUnit, trend) = CriticalPeriod.trend(of: results, in: span)
    }
}
