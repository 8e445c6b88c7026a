// The worklist and the critical queue as state: what is shown, in which order, and what is selected.

import Foundation
import Radiology
import Terminal

/// The tabs of the worklist.
public enum WorklistTab: String, Sendable, CaseIterable {
    /// Every study.
    case all = "All"
    /// Flagged and not signed.
    case critical = "Critical"
    /// Not signed.
    case unread = "Unread"
    /// Held or signed by this reader.
    case mine = "Mine"
    /// Signed.
    case signed = "Signed"

    func holds(_ entry: WorklistEntry, reader: ReaderID) -> Bool {
        switch self {
        case .all: true
        case .critical: entry.isCritical
        case .unread: !entry.state.isSigned
        case .mine: entry.claim?.reader == reader || entry.signedBy == reader
        case .signed: entry.state.isSigned
        }
    }

    func neighbour(_ step: Int) -> WorklistTab {
        let all = Self.allCases
        let place = all.firstIndex(of: self) ?? 0
        return all[(place + step + all.count) % all.count]
    }
}

/// A list of studies with one selected: the selection is a study, not a row, so that arrivals do
/// not move it.
struct Selection: Sendable, Equatable {
    /// The studies that are shown, in order.
    var rows: [StudyID] = []
    /// The selected one; nil where there is none.
    var study: StudyID?
    /// The first row on the screen.
    var top = 0

    var index: Int? { study.flatMap { rows.firstIndex(of: $0) } }

    /// Takes new rows; keeps the selected study, or else the row where it stood.
    mutating func show(_ newRows: [StudyID]) {
        let place = index ?? 0
        rows = newRows
        if index == nil { study = rows.isEmpty ? nil : rows[min(place, rows.count - 1)] }
    }

    /// Selects a row, or the nearest that exists.
    mutating func select(row: Int) {
        study = rows.isEmpty ? nil : rows[min(max(row, 0), rows.count - 1)]
    }

    /// Moves in a list that shows `height` rows.
    mutating func move(_ motion: Motion, height: Int) {
        select(row: motion.row(from: index ?? 0, count: rows.count, height: height))
    }

    /// Scrolls so that the selected row is among the `height` rows shown.
    mutating func scroll(height: Int) {
        let rowCount = max(height, 1)
        let place = index ?? 0
        if place < top { top = place }
        if place >= top + rowCount { top = place - rowCount + 1 }
        top = min(top, max(rows.count - rowCount, 0))
    }
}

/// The worklist.
struct WorklistState: Sendable {
    /// False until the first answer.
    var isLoaded = false
    /// Why the last attempt to read it failed.
    var problem: Problem?
    /// All studies in the present order.
    var entries: [WorklistEntry] = []
    /// Where each study stands in `entries`.
    private var places: [StudyID: Int] = [:]
    var tab = WorklistTab.all
    var order = WorklistOrder.urgency
    /// Text that rows must contain; empty for all.
    var search = ""
    /// The search field while it takes the keys.
    var searchField: TextEditor?
    /// What the search was before the field opened, for Esc.
    var searchBefore = ""
    var selection = Selection()
    /// True where the records changed while an answer was on its way.
    var isStale = false
    /// The studies flagged when the list was last read, so that a new one makes itself known.
    var knownCritical: Set<StudyID> = []

    var selected: StudyID? { selection.study }

    func entry(_ id: StudyID?) -> WorklistEntry? {
        id.flatMap { places[$0] }.map { entries[$0] }
    }

    func count(_ tab: WorklistTab, reader: ReaderID) -> Int {
        entries.count { tab.holds($0, reader: reader) }
    }

    /// Orders and filters again.
    mutating func arrange(reader: ReaderID, now: Date) {
        entries = entries.ordered(by: order, at: now)
        places = Dictionary(
            entries.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
        filter(reader: reader)
    }

    /// Filters again.
    mutating func filter(reader: ReaderID) {
        let needle = search.lowercased()
        selection.show(
            entries.filter { entry in
                tab.holds(entry, reader: reader) && (needle.isEmpty || entry.matches(needle))
            }.map(\.id))
    }
}

/// The critical queue.
struct QueueState: Sendable {
    var selection = Selection()

    var selected: StudyID? { selection.study }

    /// The flagged studies: those that wait first, oldest flag first; then the signed, newest first.
    static func rows(of entries: [WorklistEntry]) -> [WorklistEntry] {
        let flagged = entries.filter { $0.criticalCount > 0 }
        let waiting = flagged.filter { !$0.state.isSigned }
            .sorted { ($0.flaggedAt ?? $0.receivedAt) < ($1.flaggedAt ?? $1.receivedAt) }
        let done = flagged.filter(\.state.isSigned)
            .sorted { ($0.signedAt ?? $0.receivedAt) > ($1.signedAt ?? $1.receivedAt) }
        return waiting + done
    }
}

extension WorklistEntry {
    /// True where a lower-case text is part of the patient's name or identifier or the accession.
    func matches(_ needle: String) -> Bool {
        [patient.name.display, patient.identifier, study.accessionNumber]
            .contains { $0.lowercased().contains(needle) }
    }
}
