// The worklist and the critical queue as state: what is shown, in which order, and what is selected.

import Foundation
import Radiology
import Terminal

/// The tabs of the worklist: five that are always there, then the saved filters.
enum WorklistTab: Sendable, Equatable {
    case all
    case critical
    case unread
    case mine
    case signed
    case saved(SavedFilter)

    static let standing: [WorklistTab] = [.all, .critical, .unread, .mine, .signed]

    var title: String {
        switch self {
        case .all: "All"
        case .critical: "Critical"
        case .unread: "Unread"
        case .mine: "Mine"
        case .signed: "Signed"
        case .saved(let filter): filter.name
        }
    }

    func holds(_ item: WorklistItem, reader: ReaderID, now: Date) -> Bool {
        switch self {
        case .all: true
        case .critical: item.isCritical
        case .unread: item.isUnread
        case .mine: item.holder == reader || item.signedBy == reader
        case .signed: item.state.isSigned
        case .saved(let filter): filter.query.holds(item, now: now)
        }
    }
}

/// A list of studies with one selected: the selection is a study, not a row, so that arrivals do
/// not move it.
struct Selection: Sendable, Equatable {
    /// The studies that are shown, in order.
    private(set) var rows: [StudyID] = []
    /// The selected row; nil where there is none.
    private(set) var index: Int?
    /// The first row on the screen.
    var top = 0

    /// The selected study; nil where there is none.
    var study: StudyID? { index.map { rows[$0] } }

    /// Takes new rows; keeps the selected study and its place on the screen, or else the row where
    /// it stood.
    mutating func show(_ newRows: [StudyID]) {
        let place = index ?? 0
        let selected = study
        rows = newRows
        guard !rows.isEmpty else {
            index = nil
            return
        }
        if let selected, rows.indices.contains(place), rows[place] == selected { return }
        if let selected, let found = rows.firstIndex(of: selected) {
            top = max(top + found - place, 0)
            index = found
        } else {
            index = min(place, rows.count - 1)
        }
    }

    /// Selects a row, or the nearest that exists.
    mutating func select(row: Int) {
        index = rows.isEmpty ? nil : min(max(row, 0), rows.count - 1)
    }

    /// Selects a study where it is in the list.
    mutating func select(study: StudyID) {
        if let found = rows.firstIndex(of: study) { index = found }
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

    /// The studies on the screen, and a page before and after them.
    func rowsAround(height: Int) -> ArraySlice<StudyID> {
        let first = max(top - height, 0)
        return rows[min(first, rows.count)..<min(top + 2 * height, rows.count)]
    }
}

/// The worklist.
struct WorklistState: Sendable {
    /// False until the first answer.
    var isLoaded = false
    /// False while only the first page of a long list is there.
    var isComplete = true
    /// How many studies there are, also while only some are here.
    var studyCount = 0
    /// Why the last attempt to read it failed.
    var problem: Problem?
    /// All studies in the present order.
    private(set) var items: [WorklistItem] = []
    /// Whole rows of what is or was shown.
    private(set) var entries: [StudyID: WorklistEntry] = [:]
    /// Rows that were asked for; those that do not come are not asked for again before the next
    /// snapshot.
    var askedRows: Set<StudyID> = []
    /// True where the whole rows at hand are older than the items.
    var hasStaleEntries = false
    var tabs = WorklistTab.standing
    var tab = WorklistTab.all
    var order = WorklistOrder.suspicion
    /// What rows must be; empty for all.
    var query = WorklistQuery.everything
    /// The filter field while it takes the keys.
    var filterField: TextEditor?
    /// What the filter was before the field opened, for Esc.
    var queryBefore = WorklistQuery.everything
    /// The text that was last searched for, lower case.
    var needle = ""
    /// The search field while it takes the keys.
    var searchField: TextEditor?
    /// The row and the text when the search field opened, for Esc.
    var searchBefore: (row: Int, needle: String) = (0, "")
    var selection = Selection()
    /// True where the records changed while an answer was on its way.
    var isStale = false
    /// The studies flagged when the list was last read, so that a new one makes itself known.
    var knownCritical: Set<StudyID> = []
    /// How many studies each tab holds, in the order of `tabs`.
    private(set) var counts: [Int] = []
    /// Flagged and not signed.
    private(set) var criticalCount = 0
    /// Not signed, or an addendum is due.
    private(set) var unreadCount = 0
    /// When the longest waiting was received.
    private(set) var oldest: Date?

    var selected: StudyID? { selection.study }

    func entry(_ id: StudyID?) -> WorklistEntry? { id.flatMap { entries[$0] } }

    /// Takes a snapshot of the records.
    mutating func take(_ snapshot: WorklistSnapshot) {
        isLoaded = true
        isComplete = snapshot.isComplete
        studyCount = snapshot.studyCount
        problem = nil
        items = snapshot.items
        if snapshot.entries.count == snapshot.items.count { entries = [:] }
        askedRows = []
        hasStaleEntries = snapshot.entries.count < snapshot.items.count
        keep(snapshot.entries)
    }

    /// Keeps whole rows; forgets all where there are too many.
    mutating func keep(_ rows: [WorklistEntry]) {
        if entries.count > 4_000, rows.count < 4_000 { entries = [:] }
        for row in rows { entries[row.id] = row }
    }

    /// Orders, counts and filters again.
    mutating func arrange(reader: ReaderID, now: Date, cap: Double) {
        items = items.ordered(by: order, at: now, cap: cap)
        counts = tabs.map { tab in items.count { tab.holds($0, reader: reader, now: now) } }
        criticalCount = items.count { $0.isCritical }
        unreadCount = items.count { $0.isUnread }
        oldest = items.lazy.filter { !$0.state.isSigned }.map(\.receivedAt).min()
        filter(reader: reader, now: now)
    }

    /// Filters again.
    mutating func filter(reader: ReaderID, now: Date) {
        if tab == .all, query.isEmpty {
            selection.show(items.map(\.id))
            return
        }
        selection.show(
            items.filter { tab.holds($0, reader: reader, now: now) && query.holds($0, now: now) }
                .map(\.id))
    }

    /// The row, from `start` on and round, whose study matches the search; nil where none does.
    func match(from start: Int, step: Int) -> Int? {
        let rows = selection.rows
        guard !needle.isEmpty, !rows.isEmpty else { return nil }
        // Unfiltered rows are the items, one for one; else only the matching ones are looked up.
        let isWhole = rows.count == items.count
        let matching =
            isWhole ? [] : Set(items.lazy.filter { $0.matches(needle) }.map(\.id))
        for distance in 0..<rows.count {
            let row = ((start + distance * step) % rows.count + rows.count) % rows.count
            if isWhole ? items[row].matches(needle) : matching.contains(rows[row]) { return row }
        }
        return nil
    }
}

/// What a sort of many items compares.
private struct SortKey {
    var tier: Int
    var value: Double
    var id: StudyID
    var place: Int
}

extension [WorklistItem] {
    /// The items in an order; signed ones last in the orders of urgency, equal ones by number.
    func ordered(by order: WorklistOrder, at now: Date, cap: Double) -> [WorklistItem] {
        if order == .patient {
            return sorted {
                $0.searchText != $1.searchText ? $0.searchText < $1.searchText : $0.id < $1.id
            }
        }
        let keys = enumerated().map { place, item -> SortKey in
            if order == .newest {
                return SortKey(
                    tier: 0, value: -item.receivedAt.timeIntervalSince1970, id: item.id,
                    place: place)
            }
            let rank = item.urgency().rank(bySuspicion: order == .suspicion, at: now, cap: cap)
            return SortKey(tier: rank.tier, value: rank.value, id: item.id, place: place)
        }
        return keys.sorted { left, right in
            if left.tier != right.tier { return left.tier < right.tier }
            if left.value != right.value { return left.value < right.value }
            return left.id < right.id
        }.map { self[$0.place] }
    }
}

/// The critical queue.
struct QueueState: Sendable {
    var selection = Selection()

    var selected: StudyID? { selection.study }

    /// The open critical results of each study, the next due first.
    var results: [StudyID: [CriticalResult]] = [:]
    /// True where the results changed while they were on their way.
    var isStale = false

    /// The studies of the queue: those of which somebody must be told, the next due first; then
    /// other flagged ones that wait, oldest flag first; then the signed, newest first.
    static func rows(
        of items: [WorklistItem], results: [StudyID: [CriticalResult]]
    ) -> [WorklistItem] {
        let due = items.compactMap { item in results[item.id]?.first.map { (item, $0.dueAt) } }
            .sorted { ($0.1, $0.0.id) < ($1.1, $1.0.id) }.map(\.0)
        let flagged = items.filter { $0.isFlagged && results[$0.id] == nil }
        let waiting = flagged.filter { !$0.state.isSigned }
            .sorted { ($0.flaggedAt ?? $0.receivedAt) < ($1.flaggedAt ?? $1.receivedAt) }
        let done = flagged.filter(\.state.isSigned)
            .sorted { ($0.signedAt ?? $0.receivedAt) > ($1.signedAt ?? $1.receivedAt) }
        return due + waiting + done
    }
}
