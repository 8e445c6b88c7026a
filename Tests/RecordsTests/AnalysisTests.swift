// Analyses, failures, and the moves of a study.

import Foundation
import Radiology
import Records
import Testing
import WetreadTesting

@Suite struct AnalysisTests {
    let home = TestHome()

    @Test func anAnalysisComesBackAsItWasAndSumsUpInTheWorklist() throws {
        let store = try home.open()
        let study = try store.take(candidate())
        let stored = analysis()
        home.clock.advance(30)
        try store.store(stored, for: study, actor: service)
        let record = try store.study(study)
        #expect(record.analysis == stored)
        #expect(!record.awaitsAnalysis)
        let entry = try #require(try store.worklist().first)
        let top = try #require(stored.topFinding)
        #expect(
            entry.topFinding
                == Finding(
                    restoring: top.pathology, probability: top.probability,
                    uncertainty: top.uncertainty, riskLevel: top.riskLevel,
                    suspicion: top.suspicion, isCritical: true, isReported: true,
                    criticalRule: top.criticalRule, bounds: top.bounds, source: ""))
        #expect(entry.criticalCount == 1 && entry.flaggedAt == home.clock.now)
        #expect(entry.state == .analysed && entry.modelName == "baseline-cxr14")
        #expect(!entry.lacksFrontalChest)
        #expect(try store.studiesAwaitingAnalysis().isEmpty)
    }

    @Test func theFirstFlagKeepsItsTimeAndGoesWithTheFinding() throws {
        let store = try home.open()
        let study = try store.take(candidate())
        let first = home.clock.now
        try store.store(analysis(), for: study, actor: service)
        home.clock.advance(60)
        try store.store(analysis(), for: study, actor: service)
        #expect(try store.worklist()[0].flaggedAt == first)
        try store.store(analysis(pneumothorax: 0.2), for: study, actor: service)
        let entry = try store.worklist()[0]
        #expect(entry.flaggedAt == nil && entry.criticalCount == 0)
    }

    @Test func aFailureIsShownAndAnEarlierCriticalFindingIsNotLost() throws {
        let store = try home.open()
        let study = try store.take(candidate())
        try store.store(analysis(), for: study, actor: service)
        let failure = AnalysisFailure(timestamp: home.clock.now, reason: "no memory")
        try store.store(failure, for: study, actor: service)
        let record = try store.study(study)
        #expect(record.failure == failure && record.entry.failure == "no memory")
        #expect(record.entry.state == .failed && record.entry.criticalCount == 1)
        try store.store(analysis(pneumothorax: 0.1), for: study, actor: service)
        #expect(try store.study(study).failure == nil)
        #expect(try store.worklist()[0].state == .analysed)
    }

    @Test func anImageThatArrivesDuringTheAnalysisKeepsTheStudyWaiting() throws {
        let store = try home.open()
        let study = try store.take(candidate())
        let seen = try store.images(of: study).map(\.id)
        try store.take(candidate(image: 2))
        try store.store(analysis(), for: study, considered: seen, actor: service)
        #expect(try store.studiesAwaitingAnalysis() == [study])
        let both = try store.images(of: study).map(\.id)
        try store.store(analysis(), for: study, considered: both, actor: service)
        #expect(try store.studiesAwaitingAnalysis().isEmpty)
    }

    @Test func theLongestWaitingIsAnalysedFirst() throws {
        let store = try home.open()
        for study in [3, 1, 2] {
            try store.take(candidate(study: study))
            home.clock.advance(1)
        }
        try store.store(analysis(), for: StudyID(2), actor: service)
        #expect(try store.studiesAwaitingAnalysis() == [StudyID(1), StudyID(3)])
    }

    @Test func anAnalysisNeedsItsStudy() throws {
        let store = try home.open()
        #expect(throws: RecordsError.noSuchStudy(StudyID(5))) {
            try store.store(analysis(), for: StudyID(5), actor: service)
        }
        #expect(throws: RecordsError.noSuchStudy(StudyID(5))) { try store.study(StudyID(5)) }
        #expect(throws: RecordsError.noSuchImage(ImageID(5))) { try store.imageBytes(ImageID(5)) }
    }

    @Test func anOlderAnalysisStaysReadable() throws {
        let store = try home.open()
        let study = try store.take(candidate())
        let old = analysis(pneumothorax: 0.6)
        try store.store(old, for: study, actor: service)
        try store.store(analysis(), for: study, actor: service)
        #expect(try store.analysis(old.id, of: study) == old)
    }

    /// Random moves through the store end where the table of moves says, or are refused where it
    /// refuses.
    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func randomMovesFollowTheTable(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let store = try home.open()
        let study = try store.take(candidate())
        var state = ReadingState.unread
        var before: ReadingState?
        for step in 0..<40 {
            let move = try #require(ReadingMove.allCases.randomElement(using: &random))
            let expected = state.after(move, before: before)
            let isDone = (try? perform(move, on: study, in: store)) != nil
            // A claim of the session that already holds the study renews it: no move at all.
            let isRenewal = move == .claim && state == .inReading
            #expect(isDone == (expected != nil || isRenewal), "seed \(seed) step \(step): \(move)")
            if isDone, let expected {
                if move == .claim { before = state }
                if state == .inReading, expected == .inReading { before = before?.after(move) }
                state = expected
            }
            #expect(try store.worklist()[0].state == state, "seed \(seed) step \(step): \(move)")
        }
        #expect(try store.verifyAudit().isWhole)
    }

    private func perform(_ move: ReadingMove, on study: StudyID, in store: RecordStore) throws {
        func sign(_ meaning: ReadingState) throws {
            _ = try store.sign(
                study, reader: ada, session: "a", draft: completeDraft(), meaning: meaning,
                openSeconds: 1, analysis: nil, utcOffsetSeconds: 0)
        }
        switch move {
        case .analyse: try store.store(analysis(), for: study, actor: service)
        case .fail:
            let failure = AnalysisFailure(timestamp: home.clock.now, reason: "x")
            try store.store(failure, for: study, actor: service)
        case .claim: _ = try store.claim(study, reader: ada, session: "a", seconds: 60)
        case .release: try store.release(study, reader: ada, session: "a")
        case .signPreliminary: try sign(.preliminary)
        case .signFinal: try sign(.final)
        case .addend: try sign(.addended)
        }
    }
}
