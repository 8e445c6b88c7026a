// Peer review: chosen by seed, blind, never one's own, decided by a third.

import Foundation
import Radiology
import Records
import Testing

@Suite struct PeerTests {
    let home = TestHome()

    private func open(share: Double, seed: String = "s") throws -> RecordStore {
        var settings = home.settings
        settings.peers = PeerRule(share: share, seed: seed)
        return try RecordStore.open(
            home: home.url, clock: { [home] in home.clock.now }, settings: settings)
    }

    private func sign(_ store: RecordStore, _ count: Int) throws {
        for number in 1...count { try store.claimAndSign(try store.take(candidate(study: number))) }
    }

    @Test func aShareOfTheReportsIsOfferedAndTheSeedDecidesWhich() throws {
        let store = try open(share: 0.3)
        try sign(store, 200)
        let count = try store.peerOffers(for: ben).count
        // Binomial(200, 0.3): 60 with a standard deviation of 6.5; five of them to each side.
        #expect((28...92).contains(count))
        #expect(try store.peerOffers(for: ada).isEmpty, "nobody reviews their own reports")
        #expect(try store.auditKinds.count { $0 == .peerOffered } == count)
    }

    @Test func whatIsOfferedIsBlindAndScoredOnce() throws {
        let store = try open(share: 1)
        try sign(store, 1)
        let offer = try #require(try store.peerOffers(for: ben).first)
        #expect(offer.images.count == 1 && offer.study == StudyID(1))
        #expect(throws: RecordsError.ownReport(1)) {
            try store.scorePeer(1, .concurs, comment: "", reader: ada)
        }
        #expect(throws: RecordsError.notScored(1)) {
            try store.adjudicatePeer(1, .concurs, comment: "", reader: service)
        }
        #expect(throws: RecordsError.readFirst(1)) {
            try store.scorePeer(1, .concurs, comment: "", reader: ben)
        }
        #expect(throws: RecordsError.ownReport(1)) {
            try store.recordPeerReading(1, "a nodule", reader: ada)
        }
        #expect(throws: RecordsError.reasonMissing(task: .scorePeers)) {
            try store.recordPeerReading(1, " \n", reader: ben)
        }
        let report = try store.recordPeerReading(1, "a nodule", reader: ben)
        #expect(report.reader == ada && report.reading.impression.hasPrefix("Left pneumothorax"))
        _ = try store.recordPeerReading(1, "after the report: nothing", reader: ben)
        #expect(try store.peerReading(1) == "a nodule", "the first words stay")
        #expect(throws: RecordsError.scoredAlready(1)) {
            try store.recordPeerReading(1, "me too", reader: service)
        }
        #expect(try store.peerOffers(for: service).isEmpty, "somebody has begun")
        #expect(try store.peerOffers(for: ben).first?.isRead == true)
        try store.scorePeer(
            1, .shouldBeMadeAndSignificant, pathology: .nodule, comment: "left apex", reader: ben)
        #expect(throws: RecordsError.scoredAlready(1)) {
            try store.scorePeer(1, .concurs, comment: "", reader: service)
        }
        #expect(throws: RecordsError.ownReport(1)) {
            try store.adjudicatePeer(1, .concurs, comment: "", reader: ben)
        }
        try store.adjudicatePeer(
            1, .understandable, pathology: .nodule, comment: "", reader: service)
        let review = try #require(try store.peerReviews(since: .distantPast).first)
        #expect(review.verdict?.comment == "left apex" && review.final?.score == .understandable)
        #expect(try store.peerOffers(for: ben).isEmpty)
        #expect(try store.verifyAudit().isWhole)
    }

    @Test func ratesHaveWilsonsIntervals() throws {
        let reviews = (1...20).map { number in
            PeerReview(
                id: number, study: StudyID(number), signer: number % 2 == 0 ? ada : ben,
                offeredAt: Date(),
                verdict: PeerReview.Verdict(
                    by: service, at: Date(),
                    score: number <= 3 ? .understandableAndSignificant : .concurs,
                    pathology: number <= 3 ? .nodule : nil, comment: ""), adjudication: nil)
        }
        let rates = PeerRate.rates(of: reviews)
        #expect(rates.map(\.name) == ["all", "reader ada", "reader ben", "finding Nodule"])
        #expect(rates[0].discrepancies == 3 && rates[0].significant == 3)
        // scipy.stats.binomtest(3, 20).proportion_ci(method="wilson") is 0.0523687459, 0.3604188647.
        #expect(abs(rates[0].interval.lowerBound - 0.052_368_745_9) < 1e-9)
        #expect(abs(rates[0].interval.upperBound - 0.360_418_864_7) < 1e-9)
    }
}
