// A long worklist, and how long it takes (printed, not asserted).

import Foundation
import Radiology
import Records
import Testing

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
