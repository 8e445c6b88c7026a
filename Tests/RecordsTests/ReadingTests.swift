// Claims, drafts and signatures.

import Foundation
import Radiology
import Records
import Testing

@Suite struct ReadingTests {
    let home = TestHome()

    private func analysedStudy(_ store: RecordStore) throws -> StudyID {
        let study = try store.take(candidate())
        try store.store(analysis(), for: study, actor: service)
        return study
    }

    @Test func theSecondReaderIsToldWhoHasTheStudy() throws {
        let first = try home.open()
        let second = try home.open()
        let study = try analysedStudy(first)
        let claim = try first.claim(study, reader: ada, session: "north", seconds: 60)
        #expect(throws: RecordsError.heldBy(study: study, claim: claim)) {
            try second.claim(study, reader: ben, session: "south", seconds: 60)
        }
        // The same person at another workstation is another.
        #expect(throws: RecordsError.heldBy(study: study, claim: claim)) {
            try second.claim(study, reader: ada, session: "south", seconds: 60)
        }
        let entry = try second.study(study).entry
        #expect(entry.state == .inReading && entry.claim == claim)
    }

    @Test func ofTwoWhoClaimAtOnceExactlyOneWins() async throws {
        let stores = [try home.open(), try home.open()]
        for trial in 1...100 {
            let study = try stores[0].take(candidate(study: trial))
            let wins = await withTaskGroup(of: Bool.self) { group in
                for (index, store) in stores.enumerated() {
                    group.addTask {
                        let claim = try? store.claim(
                            study, reader: index == 0 ? ada : ben, session: "\(index)", seconds: 60)
                        return claim != nil
                    }
                }
                return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(wins == 1, "trial \(trial)")
        }
        #expect(try stores[0].verifyAudit().isWhole)
    }

    @Test func ofTwoWhoSignAtOnceExactlyOneWins() async throws {
        let stores = [try home.open(), try home.open()]
        for trial in 1...100 {
            let study = try stores[0].take(candidate(study: trial))
            let results = await withTaskGroup(of: Result<ReaderID, RecordsError>.self) { group in
                for (store, reader) in zip(stores, [ada, ben]) {
                    group.addTask { claimAndSignTakingOver(store, study, reader) }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            let winners = results.compactMap { try? $0.get() }
            let signed = try stores[1].study(study).signOffs
            #expect(winners.count == 1 && signed.map(\.reader) == winners, "trial \(trial)")
        }
        #expect(try stores[1].verifyAudit().isWhole)
    }

    @Test func aLapsedClaimIsFreeAndItsStudyStandsAsBefore() throws {
        let store = try home.open()
        let study = try analysedStudy(store)
        _ = try store.claim(study, reader: ada, session: "a", seconds: 60)
        home.clock.advance(59.9)
        #expect(try store.worklist()[0].state == .inReading)
        home.clock.advance(0.1)
        let entry = try store.worklist()[0]
        #expect(entry.state == .analysed && entry.claim == nil)
        let claim = try store.claim(study, reader: ben, session: "b", seconds: 60)
        #expect(claim.reader == ben && claim.since == home.clock.now)
        let kinds: [AuditEventKind] = [
            .imported, .analysed, .criticalRaised, .claimed, .released, .claimed,
        ]
        #expect(try store.auditKinds == kinds)
        #expect(throws: RecordsError.heldBy(study: study, claim: claim)) {
            try store.renewClaim(study, reader: ada, session: "a", seconds: 60)
        }
        #expect(throws: RecordsError.heldBy(study: study, claim: claim)) {
            try store.release(study, reader: ada, session: "a")
        }
    }

    @Test func aRenewedClaimHoldsAlsoWhereItHadLapsedUntaken() throws {
        let store = try home.open()
        let study = try analysedStudy(store)
        let claim = try store.claim(study, reader: ada, session: "a", seconds: 60)
        home.clock.advance(100)
        #expect(throws: RecordsError.claimLapsed(study: study, at: claim.expires)) {
            try store.sign(
                study, reader: ada, session: "a", draft: completeDraft(), meaning: .final,
                openSeconds: 1, analysis: nil, utcOffsetSeconds: 0)
        }
        let renewed = try store.renewClaim(study, reader: ada, session: "a", seconds: 60)
        #expect(renewed.since == claim.since)
        #expect(renewed.expires == home.clock.now.addingTimeInterval(60))
        #expect(try store.worklist()[0].claim == renewed)
    }

    @Test func takingOverSaysFromWhom() throws {
        let store = try home.open()
        let study = try analysedStudy(store)
        _ = try store.claim(study, reader: ada, session: "a", seconds: 60)
        let claim = try store.claim(
            study, reader: ben, session: "b", seconds: 60, takesOver: true)
        #expect(claim.reader == ben)
        let events = try store.auditEvents().suffix(2)
        #expect(events.map(\.kind) == [.released, .claimed])
        #expect(events.first?.detail.contains(#""reason":"taken over""#) == true)
        #expect(events.last?.detail.contains(#""taken_from":"ada""#) == true)
    }

    @Test func givingBackReturnsToWhatTheAnalysisMadeOfItMeanwhile() throws {
        let store = try home.open()
        let study = try store.take(candidate())
        _ = try store.claim(study, reader: ada, session: "a", seconds: 60)
        try store.store(analysis(), for: study, actor: service)
        #expect(try store.worklist()[0].state == .inReading)
        try store.release(study, reader: ada, session: "a")
        #expect(try store.worklist()[0].state == .analysed)
        #expect(throws: RecordsError.notClaimed(study: study)) {
            try store.release(study, reader: ada, session: "a")
        }
    }

    @Test func draftsBelongToTheirReaderAndOutliveTheStore() throws {
        let first = try home.open()
        let study = try analysedStudy(first)
        try first.saveDraft(completeDraft(), for: study, reader: ada)
        try first.saveDraft(ReadingDraft(impression: "later"), for: study, reader: ada)
        first.close()
        let second = try home.open()
        #expect(try second.draft(for: study, reader: ada) == ReadingDraft(impression: "later"))
        #expect(try second.study(study, draftOf: ada).draft?.impression == "later")
        #expect(try second.study(study, draftOf: ben).draft == nil)
        try second.saveDraft(ReadingDraft(), for: study, reader: ada)
        #expect(try second.draft(for: study, reader: ada) == nil)
    }

    @Test func aSignatureKeepsEverythingAndEndsClaimAndDraft() throws {
        let store = try home.open()
        let study = try analysedStudy(store)
        try store.saveDraft(completeDraft(), for: study, reader: ada)
        let signed = try store.claimAndSign(study)
        let record = try home.open().study(study, draftOf: ada)
        #expect(record.signOffs == [signed])
        #expect(signed.openSeconds == 12.346 && signed.utcOffsetSeconds == 3600)
        #expect(signed.reading == completeDraft() && signed.signedAt == home.clock.now)
        #expect(record.entry.state == .final && record.entry.signedBy == ada)
        #expect(record.entry.signedAt == home.clock.now)
        #expect(record.entry.claim == nil && record.draft == nil)
        let stored = try #require(try store.signedRecords(of: study).first)
        #expect(stored.record.contains(#""decisions":{"Atelectasis":"agree""#))
        let detail = try store.auditEvents().last?.detail
        #expect(detail?.contains(stored.sha256.hexadecimal) == true)
        let error = RecordsError.alreadySigned(study: study, by: ada, at: home.clock.now)
        #expect(throws: error) {
            try store.claim(study, reader: ben, session: "b", seconds: 60)
        }
        #expect(throws: error) {
            try store.sign(
                study, reader: ada, session: "s", draft: completeDraft(), meaning: .final,
                openSeconds: 1, analysis: nil, utcOffsetSeconds: 0)
        }
    }

    @Test func whatIsNotReadyIsNotSigned() throws {
        let store = try home.open()
        let study = try analysedStudy(store)
        let id = try #require(try store.study(study).analysis?.id)
        func sign(_ draft: ReadingDraft, _ analysis: AnalysisID, session: String = "a") throws {
            _ = try store.sign(
                study, reader: ada, session: session, draft: draft, meaning: .final,
                openSeconds: 1, analysis: analysis, utcOffsetSeconds: 0)
        }
        #expect(throws: RecordsError.notClaimed(study: study)) { try sign(completeDraft(), id) }
        let claim = try store.claim(study, reader: ada, session: "a", seconds: 60)
        #expect(throws: RecordsError.heldBy(study: study, claim: claim)) {
            try sign(completeDraft(), id, session: "b")
        }
        var draft = completeDraft(impression: " \n")
        draft.decisions[.mass] = nil
        let obstacles = ["no decision yet on Mass", "the impression is empty"]
        #expect(throws: RecordsError.notReady(study: study, obstacles: obstacles)) {
            try sign(draft, id)
        }
        let other = AnalysisID("other")
        #expect(throws: RecordsError.noSuchAnalysis(other, study: study)) {
            try sign(completeDraft(), other)
        }
        #expect(try store.study(study).signOffs.isEmpty)
        try sign(completeDraft(), id)
    }

    @Test func aPreliminaryReportIsFollowedByAFinalOneAndAddenda() throws {
        let store = try home.open()
        let study = try analysedStudy(store)
        func sign(_ reader: ReaderID, _ meaning: ReadingState) throws {
            home.clock.advance(60)
            _ = try store.sign(
                study, reader: reader, session: "a", draft: completeDraft(), meaning: meaning,
                openSeconds: 1, analysis: nil, utcOffsetSeconds: 0)
        }
        _ = try store.claim(study, reader: ada, session: "a", seconds: 600)
        try sign(ada, .preliminary)
        #expect(try store.worklist()[0].state == .preliminary)
        #expect(throws: RecordsError.self) { try sign(ada, .addended) }
        _ = try store.claim(study, reader: ben, session: "a", seconds: 600)
        try sign(ben, .final)
        try sign(ada, .addended)
        try sign(ben, .addended)
        let record = try store.study(study)
        #expect(record.signOffs.map(\.meaning) == [.preliminary, .final, .addended, .addended])
        #expect(record.entry.state == .addended && record.entry.signedBy == ben)
        #expect(try store.verifyAudit().isWhole)
    }

    @Test func theFirstOpeningIsKeptAndEveryOneIsRecorded() throws {
        let store = try home.open()
        let study = try analysedStudy(store)
        #expect(try store.worklist()[0].openedAt == nil)
        let first = home.clock.now
        try store.markOpened(study, reader: ada, session: "a")
        home.clock.advance(60)
        try store.markOpened(study, reader: ben, session: "b")
        #expect(try store.worklist()[0].openedAt == first)
        #expect(try store.auditKinds.suffix(2) == [.opened, .opened])
    }

    @Test func theChangeTokenMovesWithEveryChangeOfAnyStore() throws {
        let first = try home.open()
        let second = try home.open()
        var token = try second.changeToken()
        let changes: [(RecordStore) throws -> Void] = [
            { try $0.take(candidate()) },
            { try $0.store(analysis(), for: StudyID(1), actor: service) },
            { try $0.markOpened(StudyID(1), reader: ada, session: "a") },
            { _ = try $0.claim(StudyID(1), reader: ada, session: "a", seconds: 60) },
            { try $0.saveDraft(completeDraft(), for: StudyID(1), reader: ada) },
            { try $0.release(StudyID(1), reader: ada, session: "a") },
        ]
        for change in changes {
            try change(first)
            let next = try second.changeToken()
            #expect(next == token + 1)
            token = next
        }
    }
}

private func claimAndSignTakingOver(
    _ store: RecordStore, _ study: StudyID, _ reader: ReaderID
) -> Result<ReaderID, RecordsError> {
    do throws(RecordsError) {
        _ = try store.claim(
            study, reader: reader, session: reader.rawValue, seconds: 60, takesOver: true)
        let signed = try store.sign(
            study, reader: reader, session: reader.rawValue, draft: completeDraft(),
            meaning: .final, openSeconds: 1, analysis: nil, utcOffsetSeconds: 0)
        return .success(signed.reader)
    } catch {
        return .failure(error)
    }
}
