// Critical results: raised once, due in time, told, dismissed, escalated, counted.

import Foundation
import Radiology
import Records
import Testing

private let told = Communication(
    toldWhom: "Dr Ward", means: "telephone", isReadBack: true, hasSucceeded: true)

@Suite struct CriticalTests {
    let home = TestHome()

    private func flagged(_ store: RecordStore) throws -> CriticalResult {
        let study = try store.take(candidate())
        try store.store(analysis(), for: study, actor: service)
        return try #require(try store.criticalResults().first)
    }

    @Test func aCriticalFindingIsRaisedOnceWithTheLimitOfItsCategory() throws {
        let store = try home.open()
        let result = try flagged(store)
        #expect(result.pathology == .pneumothorax && result.category.name == "red")
        #expect(result.category.acrCategory == "minutes" && result.isOpen)
        #expect(result.dueAt == home.clock.now.addingTimeInterval(3600))
        try store.store(analysis(), for: result.study, actor: service)
        #expect(try store.criticalResults().count == 1)
        #expect(try store.auditKinds.count { $0 == .criticalRaised } == 1)
        try store.store(analysis(pneumothorax: 0.2), for: result.study, actor: service)
        #expect(try store.criticalResults().count == 1, "a later analysis takes no flag back")
    }

    @Test(arguments: [
        (0.49, CriticalUrgency.inTime), (0.5, .halfGone), (0.79, .halfGone), (0.8, .nearlyDue),
        (0.99, .nearlyDue), (1.0, .overdue), (3.0, .overdue),
    ])
    func theCountdownTurnsAtHalfFourFifthsAndTheDueTime(
        share: Double, urgency: CriticalUrgency
    ) throws {
        let result = try flagged(try home.open())
        home.clock.advance(share * 3600)
        #expect(result.urgency(at: home.clock.now) == urgency)
    }

    @Test func aCommunicationNeedsWhomHowAndReadBack() throws {
        let store = try home.open()
        let result = try flagged(store)
        func tell(_ change: (inout Communication) -> Void) throws {
            var communication = told
            change(&communication)
            try store.recordCommunication(communication, about: result.id, reader: ada)
        }
        #expect(throws: RecordsError.communicationIncomplete) { try tell { $0.toldWhom = " " } }
        #expect(throws: RecordsError.communicationIncomplete) { try tell { $0.means = "" } }
        #expect(throws: RecordsError.readBackMissing) { try tell { $0.isReadBack = false } }
        #expect(throws: RecordsError.noSuchCriticalResult(99)) {
            try store.recordCommunication(told, about: 99, reader: ada)
        }
        home.clock.advance(600)
        try tell {
            $0.hasSucceeded = false
            $0.isReadBack = false
            $0.comment = "no answer"
        }
        #expect(try store.criticalResults().first?.isOpen == true, "an attempt ends nothing")
        home.clock.advance(600)
        try tell { _ in }
        #expect(try store.criticalResults().isEmpty)
        let ended = try #require(try store.criticalResults(study: result.study).first)
        #expect(ended.steps.map(\.kind) == [.attempted, .communicated])
        #expect(ended.ending?.communication == told && ended.ending?.by == ada)
        #expect(throws: RecordsError.criticalResultEnded(1, by: ada, at: home.clock.now)) {
            try tell { _ in }
        }
        #expect(try store.verifyAudit().isWhole)
    }

    @Test func dismissingNeedsAReason() throws {
        let store = try home.open()
        let result = try flagged(store)
        #expect(throws: RecordsError.reasonMissing(task: .dismissCritical)) {
            try store.dismissCritical(result.id, reason: "no", reader: ada)
        }
        try store.dismissCritical(result.id, reason: "a skin fold", reader: ada)
        let ended = try #require(try store.criticalResults(study: result.study).first)
        #expect(ended.ending?.kind == .dismissed && ended.ending?.words == "a skin fold")
        let detail = try store.auditEvents().last?.detail ?? ""
        #expect(!detail.contains("skin"), "the trail holds the reason's hash, not its words")
    }

    @Test func announcementsAreGivenOnceAndNameNoPatient() throws {
        let store = try home.open()
        let result = try flagged(store)
        let other = try home.open()
        let first = try store.takeAnnouncements(actor: service)
        #expect(first.map(\.event) == ["new"])
        #expect(
            first[0].arguments == [
                "new", "1", "1", "Pneumothorax", "red", "2026-11-18T12:06:40.000000Z", "",
            ])
        #expect(try other.takeAnnouncements(actor: service).isEmpty)
        home.clock.advance(3600)
        #expect(try other.takeAnnouncements(actor: service).map(\.to) == ["on-call senior"])
        #expect(try store.takeAnnouncements(actor: service).isEmpty)
        home.clock.advance(3600)
        #expect(try store.takeAnnouncements(actor: service).map(\.to) == ["head"])
        try store.recordCommunication(told, about: result.id, reader: ada)
        home.clock.advance(36_000)
        #expect(try store.takeAnnouncements(actor: service).isEmpty)
    }

    @Test func aClockSetBackDelaysNoDueTime() throws {
        let store = try home.open()
        _ = try flagged(store)
        _ = try store.takeAnnouncements(actor: service)
        home.clock.set(-1800)
        home.clock.advance(3601)
        #expect(try store.takeAnnouncements(actor: service).map(\.event) == ["overdue"])
    }

    @Test(arguments: CriticalPolicy.presets.sorted { $0.key < $1.key }.map(\.value))
    func thePresetsNameTheCategoriesOfTheACR(policy: CriticalPolicy) {
        #expect(policy.categories.map(\.acrCategory) == ["minutes", "hours", "days"])
        #expect(
            policy.categories.map(\.limitSeconds) == policy.categories.map(\.limitSeconds).sorted())
        #expect(
            policy.rules.allSatisfy { rule in
                policy.categories.contains { $0.name == rule.category }
            })
    }

    @Test func aSitesThresholdReplacesTheModelsRule() throws {
        var settings = home.settings
        settings.critical = CriticalPolicy(
            name: "site", categories: CriticalPolicy.oneDay.categories,
            rules: [
                CriticalRule(pathology: .pneumothorax, threshold: 0.95, category: "red"),
                CriticalRule(
                    pathology: .hernia, threshold: 0.1, category: "yellow",
                    dismissedBy: [.administrator]),
            ], defaultCategory: "orange", escalation: [])
        let store = try RecordStore.open(home: home.url, settings: settings)
        let study = try store.take(candidate())
        try store.store(analysis(), for: study, actor: service)
        #expect(try store.criticalResults().map(\.pathology) == [.hernia])
        #expect(try store.criticalResults().first?.category.name == "yellow")
        // The model flags nothing here; the site does, and the study leads the worklist.
        let quiet = try store.take(candidate(study: 2))
        try store.store(analysis(pneumothorax: 0.01), for: quiet, actor: service)
        let entry = try #require(try store.worklist().first { $0.id == quiet })
        #expect(entry.isCritical && entry.flaggedAt != nil && entry.topFinding?.isCritical == false)
        #expect(entry.placeInWords(at: home.clock.now).contains("rule of this site"))
    }

    @Test func theFiguresAreThoseOfASmallExample() throws {
        let store = try home.open()
        let start = home.clock.now
        for (number, minutes) in [10.0, 20, 30, 90].enumerated() {
            let study = try store.take(candidate(study: number + 1))
            try store.store(analysis(), for: study, actor: service)
            home.clock.advance(minutes * 60)
            let id = try #require(try store.criticalResults(study: study).first?.id)
            if number == 1 {
                try store.dismissCritical(id, reason: "a skin fold", reader: ada)
            } else {
                try store.recordCommunication(told, about: id, reader: ada)
            }
        }
        let figures = try store.criticalStatistics(since: start, in: .gmt)
        #expect(figures.raised == 4 && figures.communicated == 3 && figures.dismissed == 1)
        #expect(figures.overdue == 1 && figures.open == 0 && figures.confirmedShare == 0.75)
        // numpy.quantile([600, 1800, 5400], [0.5, 0.9]) is [1800, 4680].
        #expect(figures.toCommunicate.median == 1800)
        #expect(abs((figures.toCommunicate.percentile90 ?? 0) - 4680) < 1e-6)
        #expect(figures.flagsPerReaderHour == nil)
    }

    @Test func theTrendCountsWhereAResultWasRaisedAndKeepsDaysWithoutOne() throws {
        let store = try home.open()
        let start = home.clock.now
        for (number, minutes) in [10.0, 30, 90].enumerated() {
            let study = try store.take(candidate(study: number + 1))
            try store.store(analysis(), for: study, actor: service)
            home.clock.advance(minutes * 60)
            let id = try #require(try store.criticalResults(study: study).first?.id)
            try store.recordCommunication(told, about: id, reader: ada)
        }
        home.clock.advance(2 * 86_400)
        // The first is raised at 11:06:40, all end by 13:16:40 of the same day.
        let figures = try store.criticalStatistics(since: start, in: .gmt)
        #expect(figures.trend.map(\.firstDay) == ["2026-11-18", "2026-11-19", "2026-11-20"])
        #expect(figures.trend.map(\.flags) == [3, 0, 0])
        #expect(figures.trend.map(\.communicatedLate) == [1, 0, 0])
        #expect(figures.trend.map(\.medianMinutes) == [30, nil, nil])
        #expect(figures.trend.allSatisfy { !$0.isBeforeRecords })
        let early = try store.criticalStatistics(
            since: start.addingTimeInterval(-86_400), in: .gmt, category: "red")
        #expect(early.trend.map(\.isBeforeRecords) == [true, false, false, false])
        #expect(early.trend.map(\.flags) == [0, 3, 0, 0])
        let none = try store.criticalStatistics(since: start, in: .gmt, category: "yellow")
        #expect(none.raised == 0 && none.trend.map(\.flags) == [0, 0, 0])
    }

    @Test func anEmptyHomeAndAClockSetBackHaveATrend() throws {
        let store = try home.open()
        let before = home.clock.now
        #expect(
            try store.criticalStatistics(since: before, in: .gmt).trend.map(\.flags) == [0])
        _ = try flagged(store)
        home.clock.set(-86_400)
        let figures = try store.criticalStatistics(since: before, in: .gmt)
        #expect(figures.trend.map(\.flags) == [1] && figures.raised == 1)
    }
}
