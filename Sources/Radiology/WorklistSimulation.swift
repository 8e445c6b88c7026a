// What an order of the worklist does to the waits: arrivals replayed under one policy after another.

import Foundation

/// Replays arrivals through readers who always take the study that stands first.
public struct WorklistSimulation: Sendable {
    /// How the next study is chosen.
    public enum Policy: String, Sendable, CaseIterable {
        /// First in, first out.
        case arrival = "first in, first out"
        /// Critical first, then by suspicion; nothing bounds a wait.
        case suspicion = "AI order"
        /// The same with the age cap.
        case capped = "AI order with cap"
    }

    /// One arrival: when, and what is known of it.
    public struct Arrival: Sendable, Hashable {
        /// Seconds from the first arrival.
        public let seconds: Double
        /// The class that its wait is counted under.
        public let group: String
        /// What decides its place.
        public let facts: WorklistUrgency

        /// Makes an arrival.
        public init(seconds: Double, group: String, facts: WorklistUrgency) {
            self.seconds = seconds
            self.group = group
            self.facts = facts
        }
    }

    /// The wait of one study until a reader took it.
    public struct Wait: Sendable, Hashable {
        /// The arrival's place in the input.
        public let index: Int
        /// Seconds until it was taken.
        public let seconds: Double
        /// The studies that waited when it was taken, by their places in the input.
        public let passedOver: [Int]
    }

    /// Arrivals in the order of their time.
    public let arrivals: [Arrival]
    /// Time that a reader takes for a study, in seconds.
    public let readingSeconds: Double
    /// How many read at the same time.
    public let readerCount: Int
    /// The age cap, in seconds.
    public let cap: Double

    /// Makes a simulation; arrivals are put in order.
    public init(arrivals: [Arrival], readingSeconds: Double, readerCount: Int, cap: Double) {
        self.arrivals = arrivals.sorted { $0.seconds < $1.seconds }
        self.readingSeconds = max(readingSeconds, 1)
        self.readerCount = max(readerCount, 1)
        self.cap = cap
    }

    /// The waits under a policy, in the order in which studies were taken.
    public func waits(under policy: Policy) -> [Wait] {
        let start = arrivals.first?.facts.receivedAt ?? Date(timeIntervalSince1970: 0)
        var free = [Double](repeating: 0, count: readerCount)
        var waiting: [Int] = []
        var next = 0
        var waits: [Wait] = []
        while next < arrivals.count || !waiting.isEmpty {
            guard let reader = free.indices.min(by: { free[$0] < free[$1] }) else { break }
            var now = free[reader]
            if waiting.isEmpty { now = max(now, arrivals[next].seconds) }
            while next < arrivals.count, arrivals[next].seconds <= now {
                waiting.append(next)
                next += 1
            }
            let date = start.addingTimeInterval(now)
            guard
                let place = waiting.indices.min(by: { left, right in
                    rank(waiting[left], policy, at: date) < rank(waiting[right], policy, at: date)
                })
            else { continue }
            let index = waiting.remove(at: place)
            waits.append(
                Wait(index: index, seconds: now - arrivals[index].seconds, passedOver: waiting))
            free[reader] = now + readingSeconds
        }
        return waits
    }

    private func rank(_ index: Int, _ policy: Policy, at now: Date) -> (Int, Double, Int) {
        let facts = arrivals[index].facts
        switch policy {
        case .arrival: return (0, arrivals[index].seconds, index)
        case .suspicion, .capped:
            let rank = facts.rank(
                bySuspicion: true, at: now, cap: policy == .capped ? cap : .infinity)
            return (rank.tier, rank.value, index)
        }
    }

    /// Mean, median and longest wait of a class, in seconds.
    public struct Summary: Sendable, Hashable {
        /// The class.
        public let group: String
        /// Studies in it.
        public let count: Int
        /// Mean wait.
        public let mean: Double
        /// Median wait.
        public let median: Double
        /// Longest wait.
        public let longest: Double
    }

    /// The waits of each class, in the order of first appearance, then of all.
    public func summaries(under policy: Policy) -> [Summary] {
        let waits = waits(under: policy)
        var groups: [String] = []
        for arrival in arrivals where !groups.contains(arrival.group) {
            groups.append(arrival.group)
        }
        func summary(_ group: String, _ seconds: [Double]) -> Summary {
            let sorted = seconds.sorted()
            let count = sorted.count
            let median =
                count == 0 ? 0 : (sorted[(count - 1) / 2] + sorted[count / 2]) / 2
            return Summary(
                group: group, count: count,
                mean: count == 0 ? 0 : sorted.reduce(0, +) / Double(count), median: median,
                longest: sorted.last ?? 0)
        }
        return groups.map { group in
            summary(group, waits.filter { arrivals[$0.index].group == group }.map(\.seconds))
        } + [summary("all", waits.map(\.seconds))]
    }
}
