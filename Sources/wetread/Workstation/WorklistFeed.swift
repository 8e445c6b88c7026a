// The worklist for the screen: all of a short one, a first page and then the facts of a long one.

import Foundation
import Radiology
import Records
import Synchronization
import Workstation

/// Keeps the facts of every study at hand and follows the trail for what changed.
final class WorklistFeed: Sendable {
    /// Up to so many studies whole rows are sent at once.
    private static let shortCount = 400
    /// Rows of the first page of a long list.
    private static let pageRows = 120

    private struct Known: Sendable {
        var items: [StudyID: WorklistItem] = [:]
        var sequence: Int64 = 0
        var claimed: Set<StudyID> = []
        var isFilled = false
    }

    private let store: RecordStore
    private let known = Mutex(Known())

    init(store: RecordStore) { self.store = store }

    /// The first page of a long list, before all of it is read for the first time; else nil.
    func firstPage(cap: Double) throws -> WorklistSnapshot? {
        if known.withLock(\.isFilled) { return nil }
        let count = try store.studyCount()
        guard count > Self.shortCount else { return nil }
        let entries = try store.worklistRows(
            of: store.mostUrgent(limit: Self.pageRows, cap: cap))
        return WorklistSnapshot(
            items: entries.map { WorklistItem($0) }, entries: entries, isComplete: false,
            studyCount: count)
    }

    /// All studies as they stand now.
    func snapshot() throws -> WorklistSnapshot {
        if try store.studyCount() <= Self.shortCount {
            return WorklistSnapshot(entries: try store.worklist())
        }
        let before = known.withLock { $0 }
        let changed = try store.studiesChanged(after: before.sequence)
        let claimed = Set(try store.claimedStudies())
        var items = before.items
        if before.isFilled {
            // What changed by the trail, and what a lapsing claim may change without it.
            let ids = Set(changed.studies).union(claimed).union(before.claimed)
            // Those that retention removed come with no facts.
            for id in ids { items[id] = nil }
            for facts in try store.worklistFacts(of: ids.sorted()) {
                items[facts.id] = WorklistItem(facts)
            }
        } else {
            for facts in try store.worklistFacts() { items[facts.id] = WorklistItem(facts) }
        }
        let now = Known(
            items: items, sequence: changed.sequence, claimed: claimed, isFilled: true)
        known.withLock { $0 = now }
        return WorklistSnapshot(items: Array(items.values), entries: [])
    }
}

extension WorklistItem {
    /// The facts of the records as an item of the screen.
    init(_ facts: WorklistFacts) {
        self.init(
            id: facts.id, receivedAt: facts.receivedAt, state: facts.state,
            isFlagged: facts.criticalCount > 0, flaggedAt: facts.flaggedAt,
            openedAt: facts.openedAt, signedAt: facts.signedAt, suspicion: facts.suspicion,
            pathology: facts.pathology, isReported: facts.isReported,
            needsManualReview: facts.needsManualReview, awaitsAddendum: facts.awaitsAddendum,
            modality: facts.modality,
            age: facts.patient.ageInYears(atStudyDate: facts.studyDate), holder: facts.holder,
            signedBy: facts.signedBy,
            searchText: Self.searchText(
                name: facts.patient.name.display, identifier: facts.patient.identifier,
                accession: facts.accessionNumber))
    }
}
