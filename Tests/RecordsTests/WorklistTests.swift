// A long worklist, and how long it takes (printed, not asserted).

import Foundation
import Radiology
import Records
import Testing
import WetreadTesting

@Suite(.serialized) struct WorklistTests {
    let home = TestHome()

    private func milliseconds(_ body: () throws -> Void) rethrows -> Double {
        let duration = try ContinuousClock().measure(body)
        return Double(duration.components.attoseconds) / 1e15
            + Double(duration.components.seconds) * 1000
    }

    @Test func aThousandStudiesComeWhole() throws {
        let store = try home.open()
        var batch: [ImportCandidate] = []
        for study in 1...1000 {
            batch.append(candidate(study: study))
            if study % 4 == 0 { batch.append(candidate(study: study, image: 2, view: "LL")) }
        }
        let importing = try milliseconds { _ = try store.importImages(batch, actor: service) }
        let storing = try milliseconds {
            for study in 1...900 {
                let probability = study % 10 == 0 ? 0.9 : 0.01
                try store.store(
                    analysis(pneumothorax: probability), for: StudyID(Int64(study)), actor: service)
            }
        }
        for study in 1...100 { try store.claimAndSign(StudyID(Int64(study))) }
        store.close()
        var second: RecordStore?
        let opening = try milliseconds { second = try home.open() }
        let reopened = try #require(second)
        var entries: [WorklistEntry] = []
        let first = try milliseconds { entries = try reopened.worklist() }
        let next = try milliseconds { entries = try reopened.worklist() }
        let polling = try milliseconds { for _ in 0..<100 { _ = try reopened.changeToken() } } / 100
        print(
            "records: import of 1250 small images \(importing) ms, 900 analyses \(storing) ms, "
                + "open \(opening) ms, worklist of 1000: first \(first) ms, next \(next) ms, "
                + "change token \(polling) ms")
        #expect(entries.count == 1000)
        #expect(entries.filter { $0.criticalCount > 0 }.count == 90)
        #expect(entries.filter(\.isCritical).count == 80)
        #expect(entries.filter { $0.state == .final }.count == 100)
        #expect(entries.filter { $0.topFinding == nil }.map(\.state).allSatisfy { $0 == .unread })
        #expect(entries.filter { $0.views == ["PA", "LL"] }.count == 250)
        let verifying = try milliseconds {
            let verification = try reopened.verifyAudit()
            #expect(verification.isWhole)
        }
        print("records: audit trail of 2450 events checked in \(verifying) ms")
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func theFirstPageStandsInTheOrderOfTheWholeList(seed: UInt64) throws {
        let store = try home.open()
        var random = SplitMix64(seed: seed)
        let cap = 6.0 * 3600
        for number in 1...70 {
            home.clock.advance(Double.random(in: 0...900, using: &random))
            let study = try store.take(candidate(study: number))
            if Int.random(in: 0..<8, using: &random) == 0 { continue }
            // Suspicions differ, so that the order is one and only one.
            let probability = Bool.random(using: &random) ? 0.9 : 0.003 * Double(number)
            try store.store(
                analysis(
                    pneumothorax: probability, sop: "1.2.3.\(number).1",
                    isFrontal: Int.random(in: 0..<6, using: &random) > 0),
                for: study, actor: service)
            switch Int.random(in: 0..<6, using: &random) {
            case 0: try store.claimAndSign(study)
            case 1:
                try store.claimAndSign(study)
                _ = try store.importImages(
                    [candidate(study: number, image: 2)], actor: service)
            case 2:
                let failure = AnalysisFailure(timestamp: home.clock.now, reason: "no model")
                try store.store(failure, for: study, actor: service)
            default: break
            }
        }
        let whole = try store.worklist().ordered(by: .suspicion, at: home.clock.now, cap: cap)
            .filter { !$0.state.isSigned || $0.awaitsAddendum }.map(\.id)
        #expect(whole.count > 40)
        #expect(try store.mostUrgent(limit: 1000, cap: cap) == whole)
        #expect(try store.mostUrgent(limit: 9, cap: cap) == Array(whole.prefix(9)))
        #expect(try store.mostUrgent(limit: 45, cap: cap) == Array(whole.prefix(45)))
        let facts = try store.worklistFacts()
        let awaiting = try store.worklist().filter(\.awaitsAddendum).map(\.id)
        #expect(!awaiting.isEmpty && facts.filter(\.awaitsAddendum).map(\.id) == awaiting)
        try tamper(home, "UPDATE study SET removed_at = '2026-11-20T00:00:00.000000Z'")
        #expect(try store.mostUrgent(limit: 9, cap: cap).isEmpty && store.studyCount() == 0)
    }

    @Test func largeImagesAreStoredQuickly() throws {
        let store = try home.open()
        let images = (1...24).map { candidate(study: $0, byteCount: 8 << 20) }
        var spent: [Double] = []
        for start in stride(from: 0, to: 24, by: 4) {
            let batch = Array(images[start..<start + 4])
            spent.append(try milliseconds { _ = try store.importImages(batch, actor: service) })
        }
        let perImage = spent.reduce(0, +) / 24
        let reading = try milliseconds { _ = try store.imageBytes(ImageID(1)) }
        print(
            "records: 24 images of 8 MiB in batches of 4: \(perImage) ms each, "
                + "read and checked: \(reading) ms")
        #expect(try store.worklist().count == 24)
        #expect(objectFiles(home).count == 24)
    }
}
