// The bound of the age cap under random arrivals, and what the orders do to the waits.

import Foundation
import Radiology
import Testing

struct WorklistUrgencyTests {
    /// SplitMix64, so that a failing seed can be run again.
    private struct Numbers: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var z = state
            z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
            return z ^ (z >> 31)
        }
    }

    private static func simulation(seed: UInt64) -> WorklistSimulation {
        var numbers = Numbers(state: seed)
        let start = Date(timeIntervalSince1970: 1_800_000_000)
        var seconds = 0.0
        let arrivals = (0..<300).map { _ -> WorklistSimulation.Arrival in
            seconds += Double.random(in: 0...400, using: &numbers)
            let isCritical = Int.random(in: 0..<12, using: &numbers) == 0
            let suspicion: Double? =
                Int.random(in: 0..<10, using: &numbers) == 0
                ? nil : Double.random(in: 0...1, using: &numbers)
            return WorklistSimulation.Arrival(
                seconds: seconds, group: isCritical ? "critical" : "other",
                facts: WorklistUrgency(
                    receivedAt: start.addingTimeInterval(seconds), isCritical: isCritical,
                    needsManualReview: Int.random(in: 0..<20, using: &numbers) == 0,
                    suspicion: suspicion))
        }
        return WorklistSimulation(
            arrivals: arrivals, readingSeconds: Double.random(in: 100...400, using: &numbers),
            readerCount: Int.random(in: 1...3, using: &numbers),
            cap: Double.random(in: 600...20_000, using: &numbers))
    }

    @Test(arguments: 1...40 as ClosedRange<UInt64>)
    func `no study waits past the cap while a younger, less urgent one is offered`(seed: UInt64) {
        let simulation = Self.simulation(seed: seed)
        for wait in simulation.waits(under: .capped) {
            let taken = simulation.arrivals[wait.index]
            let now = taken.seconds + wait.seconds
            for other in wait.passedOver {
                let left = simulation.arrivals[other]
                let isPastCap = now - left.seconds > simulation.cap
                let isYounger = taken.seconds > left.seconds
                #expect(
                    !(isPastCap && isYounger && !taken.facts.isCritical),
                    "seed \(seed): \(other) left behind \(wait.index)")
            }
        }
    }

    @Test func `without the cap the same arrivals break the bound`() {
        let isBroken = (1...40 as ClosedRange<UInt64>).contains { seed in
            let simulation = Self.simulation(seed: seed)
            return simulation.waits(under: .suspicion).contains { wait in
                let taken = simulation.arrivals[wait.index]
                return wait.passedOver.contains { other in
                    let left = simulation.arrivals[other]
                    return taken.seconds + wait.seconds - left.seconds > simulation.cap
                        && taken.seconds > left.seconds && !taken.facts.isCritical
                }
            }
        }
        #expect(isBroken, "a property that holds without the rule shows nothing")
    }

    @Test(arguments: WorklistSimulation.Policy.allCases)
    func `every study is taken once and never before it came`(policy: WorklistSimulation.Policy) {
        let simulation = Self.simulation(seed: 7)
        let waits = simulation.waits(under: policy)
        #expect(Set(waits.map(\.index)).count == 300)
        #expect(waits.allSatisfy { $0.seconds >= 0 })
    }

    @Test(arguments: [true, false])
    func `a signed study that awaits an addendum waits with the unread`(bySuspicion: Bool) {
        let now = Date(timeIntervalSince1970: 1_800_000_000)
        func rank(isSigned: Bool = true, awaitsAddendum: Bool = false, hours: Double)
            -> WorklistUrgency.Rank
        {
            WorklistUrgency(
                receivedAt: now.addingTimeInterval(-hours * 3600), isCritical: false,
                isSigned: isSigned, awaitsAddendum: awaitsAddendum, suspicion: 0.9
            ).rank(bySuspicion: bySuspicion, at: now, cap: 6 * 3600)
        }
        let awaiting = rank(awaitsAddendum: true, hours: 1)
        #expect(awaiting < rank(hours: 1))
        #expect(awaiting < rank(isSigned: false, hours: 0.5))
        #expect(rank(isSigned: false, hours: 7) < awaiting)
    }

    @Test func `critical studies wait less under the AI order, and the cap bounds the others`() {
        // One reader, an hour's rush: the figures are those of this input, not of a department.
        let start = Date(timeIntervalSince1970: 1_800_000_000)
        let arrivals = (0..<60).map { index -> WorklistSimulation.Arrival in
            let seconds = Double(index) * 60
            let isCritical = index % 10 == 9
            let facts = WorklistUrgency(
                receivedAt: start.addingTimeInterval(seconds), isCritical: isCritical,
                suspicion: Double(index % 7) / 7)
            return WorklistSimulation.Arrival(
                seconds: seconds, group: isCritical ? "critical" : "other", facts: facts)
        }
        let simulation = WorklistSimulation(
            arrivals: arrivals, readingSeconds: 180, readerCount: 1, cap: 3600)
        func longest(_ policy: WorklistSimulation.Policy, _ group: String) -> Double {
            simulation.summaries(under: policy).first { $0.group == group }?.longest ?? -1
        }
        #expect(longest(.suspicion, "critical") < longest(.arrival, "critical"))
        #expect(longest(.suspicion, "other") > longest(.arrival, "other"))
        #expect(longest(.capped, "other") < longest(.suspicion, "other"))
    }
}
