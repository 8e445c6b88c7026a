// Retention: by rule, never what is held or unfinished, and the trail stays whole.

import Foundation
import Radiology
import Records
import Testing

@Suite struct RetentionTests {
    let home = TestHome()

    private func open(_ rule: RetentionRule) throws -> RecordStore {
        var settings = home.settings
        settings.retention = rule
        return try RecordStore.open(
            home: home.url, clock: { [home] in home.clock.now }, settings: settings)
    }

    private func days(_ count: Double) { home.clock.advance(count * 86_400) }

    /// A study that is signed with nothing critical left open.
    private func signed(_ number: Int, in store: RecordStore) throws -> StudyID {
        let study = try store.take(candidate(study: number, content: UInt8(number)))
        try store.store(
            analysis(pneumothorax: 0.1, sop: "1.2.3.\(number).1"), for: study, actor: service)
        try store.claimAndSign(study)
        return study
    }

    @Test func nothingIsRemovedWithoutARule() throws {
        let store = try home.open()
        _ = try signed(1, in: store)
        days(40_000)
        #expect(try store.retentionDue().isEmpty)
        #expect(try store.applyRetention().objectCount == 0)
    }

    @Test func imagesGoFirstAndTheReportStays() throws {
        let store = try open(RetentionRule(imagesAfterDays: 10))
        let study = try signed(1, in: store)
        let unsigned = try store.take(candidate(study: 2))
        days(9.9)
        #expect(try store.retentionDue().isEmpty)
        days(0.2)
        let due = try store.retentionDue()
        #expect(due.map(\.study) == [study] && due[0].stage == .images && due[0].imageCount == 1)
        let summary = try store.applyRetention()
        #expect(summary.imagesRemoved == [study] && summary.objectCount == 1)
        let record = try store.study(study)
        #expect(record.signOffs.count == 1 && record.entry.patient.name.alphabetic == "Doe^Jane")
        #expect(throws: RecordsError.imageRemoved(image: record.images[0].id, at: home.clock.now)) {
            try store.imageBytes(record.images[0].id)
        }
        #expect(try store.imageBytes(store.images(of: unsigned)[0].id).count == 64)
        #expect(try store.applyRetention().imagesRemoved.isEmpty, "once")
        #expect(try store.auditKinds.last == .removed)
        #expect(try store.verifyAudit().isWhole)
        // The same file again puts the image back.
        _ = try store.importImages([candidate(study: 1, content: 1)], actor: service)
        #expect(try store.imageBytes(record.images[0].id).count == 64)
    }

    @Test func ofARemovedStudyNothingStaysButTheTrail() throws {
        let store = try open(RetentionRule(imagesAfterDays: 10, recordsAfterDays: 20))
        let study = try signed(1, in: store)
        let other = try signed(2, in: store)
        days(15)
        _ = try store.claimAndAddend(other)
        days(5)
        #expect(try store.applyRetention().recordsRemoved == [study])
        #expect(try store.worklist().map(\.id) == [other])
        #expect(try store.studyCount() == 1 && store.worklistFacts().map(\.id) == [other])
        #expect(try store.worklistRows(of: [study]).isEmpty)
        #expect(try store.studies(foundBy: "Doe") == [other])
        let gone = RecordsError.studyRemoved(study: study, at: home.clock.now)
        #expect(throws: gone) { try store.study(study) }
        #expect(throws: gone) { try store.signedRecords(of: study) }
        #expect(throws: gone) {
            try store.saveDraft(completeDraft(), for: study, reader: ada)
        }
        #expect(try store.verifyAudit().isWhole, "the emptied report is explained by its event")
        #expect(try store.auditEvents(study: study).last?.kind == .removed)
        _ = try store.auditMessages(of: store.auditEvents(study: study)).map(\.xml)
        // The same file again is a new study of its own.
        let again = try store.take(candidate(study: 1, content: 1))
        #expect(again != study)
        _ = try store.rotateKeys()
        #expect(try store.verifyAudit().isWhole)
        let folder = home.url.appendingPathComponent("copy")
        #expect(try store.backUp(to: folder).studyCount >= 2)
    }

    @Test func theFiguresOnCriticalResultsKeepThoseOfRemovedStudies() throws {
        let store = try open(RetentionRule(recordsAfterDays: 20))
        let start = home.clock.now
        let study = try store.take(candidate())
        try store.store(analysis(), for: study, actor: service)
        home.clock.advance(600)
        let id = try #require(try store.criticalResults().first?.id)
        try store.recordCommunication(
            Communication(
                toldWhom: "Dr Ward", means: "telephone", isReadBack: true, hasSucceeded: true),
            about: id, reader: ada)
        try store.claimAndSign(study)
        let before = try store.criticalStatistics(since: start, in: .gmt)
        days(21)
        #expect(try store.applyRetention().recordsRemoved == [study])
        #expect(try store.criticalResults(since: start).isEmpty)
        let after = try store.criticalStatistics(since: start, in: .gmt)
        #expect(after.raised == 1 && after.toCommunicate == before.toCommunicate)
        #expect(after.trend.first?.medianMinutes == 10 && after.trend.first?.flags == 1)
        #expect(after.flagsPerReaderHour == before.flagsPerReaderHour)
    }

    @Test func anEmptiedReportWithoutItsEventIsTampering() throws {
        let store = try home.open()
        _ = try signed(1, in: store)
        store.close()
        try tamper(home, "UPDATE sign_off SET sealed = x''")
        #expect(try home.open().verifyAudit().firstBreak?.cause == .signOffChanged)
    }

    @Test func aHoldAnAddendumThatIsDueAndAnOpenCriticalResultKeepAStudy() throws {
        let store = try open(RetentionRule(recordsAfterDays: 10))
        let held = try signed(1, in: store)
        let late = try signed(2, in: store)
        let critical = try store.take(candidate(study: 3, content: 3))
        try store.store(analysis(sop: "1.2.3.3.1"), for: critical, actor: service)
        try store.claimAndSign(critical)
        try store.placeHold(on: held, reason: "case 4711 of the court")
        _ = try store.importImages([candidate(study: 2, image: 2)], actor: service)
        days(11)
        #expect(
            try store.retentionDue().map(\.obstacle) == [
                "held", "an addendum is due", "a critical result is open",
            ])
        #expect(try store.applyRetention().recordsRemoved.isEmpty)
        #expect(throws: RecordsError.holdObjection(study: held, isHeld: true)) {
            try store.placeHold(on: held, reason: "once more, the same")
        }
        #expect(try store.holds().map(\.reason) == ["case 4711 of the court"])
        try store.endHold(on: held, reason: "the case is closed")
        #expect(throws: RecordsError.holdObjection(study: held, isHeld: false)) {
            try store.endHold(on: held, reason: "the case is closed")
        }
        #expect(try store.applyRetention(to: [late]).recordsRemoved.isEmpty)
        #expect(try store.applyRetention().recordsRemoved == [held])
    }

    @Test func aFileThatTwoImagesShareStaysWhileOneNeedsIt() throws {
        let store = try open(RetentionRule(imagesAfterDays: 10))
        var twin = candidate(study: 2, content: 1)
        twin.bytes = candidate(study: 1, content: 1).bytes
        _ = try signed(1, in: store)
        let unsigned = try store.take(twin)
        days(11)
        #expect(try store.applyRetention().objectCount == 0)
        #expect(try store.imageBytes(store.images(of: unsigned)[0].id) == twin.bytes)
    }

    @Test func aChangeOfTheRulesIsAnEventAndTheSameRulesAreNone() throws {
        try home.open().close()
        try home.open().close()
        var settings = home.settings
        settings.critical = .oneDay
        settings.retention = RetentionRule(imagesAfterDays: 3650)
        for _ in 1...2 {
            try RecordStore.open(
                home: home.url, clock: { [home] in home.clock.now }, settings: settings
            ).close()
        }
        let store = try RecordStore.open(home: home.url, settings: settings)
        let events = try store.auditEvents()
        #expect(events.map(\.kind) == [.configurationChanged])
        #expect(events[0].detail.contains("critical") && events[0].detail.contains("retention"))
        #expect(!events[0].detail.contains("secrets"))
    }
}

extension RecordStore {
    fileprivate func claimAndAddend(_ study: StudyID) throws -> SignOff {
        try sign(
            study, reader: ada, session: "s", draft: ReadingDraft(impression: "Nothing to add."),
            meaning: .addended, openSeconds: 3, analysis: nil, utcOffsetSeconds: 0)
    }
}
