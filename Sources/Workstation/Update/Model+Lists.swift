// What the keys do to the worklist and the critical queue.

import Radiology
import Terminal

/// A way to move in a list.
enum Motion: Sendable, Equatable {
    case rows(Int)
    case pages(Int)
    case first
    case last
    /// A row by its number, from 0.
    case row(Int)

    /// The motion with a number typed before it; nil for none.
    func counted(_ count: Int?) -> Motion {
        guard let count else { return self }
        switch self {
        case .rows(let step): return .rows(step * count)
        case .pages(let step): return .pages(step * count)
        case .first, .last, .row: return .row(count - 1)
        }
    }

    /// The row after the move, of `count` rows shown `height` at a time.
    func row(from row: Int, count: Int, height: Int) -> Int {
        let target =
            switch self {
            case .rows(let step): row + step
            case .pages(let step): row + step * max(height - 1, 1)
            case .first: 0
            case .last: count - 1
            case .row(let number): number
            }
        return min(max(target, 0), max(count - 1, 0))
    }
}

extension Model {
    /// Moves in whatever takes the keys.
    ///
    /// A number typed before repeats a step, and names the row for the first and the last.
    mutating func move(_ given: Motion) -> [Effect] {
        let motion = given.counted(count)
        switch place {
        case .worklist: worklist.selection.move(motion, height: listHeight)
        case .queue: queue.selection.move(motion, height: listHeight)
        case .study, .picture, .points: moveFinding(motion)
        case .decisions: moveDecision(motion)
        case .ownFindings: moveOwnFinding(motion)
        case .window: scrollOverlay(motion)
        case .search, .filter, .ownText, .impression, .confirm, .palette, .form, .lock: break
        }
        return []
    }

    /// Rows of a list that the screen has room for.
    var listHeight: Int { ListLayout(size: size).rows.rows }

    /// Keeps every selected row on the screen.
    mutating func scrollToSelection() {
        worklist.selection.scroll(height: listHeight)
        queue.selection.scroll(height: listHeight)
        scrollFindings()
        scrollDecisions()
    }

    /// Takes a worklist from the records.
    mutating func showWorklist(_ snapshot: WorklistSnapshot) -> [Effect] {
        let flagged = Set(snapshot.items.lazy.filter(\.isCritical).map(\.id))
        let isFirst = !worklist.isLoaded
        let wasComplete = worklist.isComplete
        let arrived = flagged.subtracting(worklist.knownCritical)
        worklist.knownCritical.formUnion(flagged)
        worklist.take(snapshot)
        arrangeWorklist()
        if isFirst { worklist.selection.select(row: 0) }
        var effects: [Effect] = []
        if worklist.isStale, snapshot.isComplete { effects += reloadWorklist() }
        if !isFirst, wasComplete, !arrived.isEmpty {
            let many =
                arrived.count == 1
                ? "a new critical study" : "\(arrived.count) new critical studies"
            show(Notice(.warning, "▲ \(many): ! opens the critical queue"))
            effects.append(.bell)
        }
        return effects
    }

    /// Orders, counts and filters the lists again.
    mutating func arrangeWorklist() {
        worklist.arrange(
            reader: session.reader, now: now, cap: settings.waitingCapSeconds)
        arrangeQueue()
    }

    /// Asks for the whole rows that the screen is short of; one question at a time.
    mutating func loadMissingRows() -> [Effect] {
        guard worklist.isLoaded, !requests.isOpen(.rows) else { return [] }
        let selection = screen == .queue ? queue.selection : worklist.selection
        let height = max(listHeight, 1)
        let wanted = selection.rowsAround(height: height)
        let onScreen = selection.rows.dropFirst(selection.top).prefix(height)
        func isMissing(_ id: StudyID) -> Bool {
            worklist.entry(id) == nil && !worklist.askedRows.contains(id)
        }
        let isShort = onScreen.contains(where: isMissing)
        guard isShort || worklist.hasStaleEntries else { return [] }
        let missing =
            worklist.hasStaleEntries
            ? Array(wanted) : wanted.filter(isMissing)
        worklist.hasStaleEntries = false
        guard !missing.isEmpty else { return [] }
        worklist.askedRows.formUnion(missing)
        return [.loadRows(missing, request: requests.ask(.rows))]
    }

    /// Takes whole rows; what has not come may be asked for again when it scrolls away and back.
    mutating func takeRows(_ rows: [WorklistEntry]) {
        worklist.keep(rows)
        worklist.askedRows.subtract(rows.map(\.id))
    }

    /// Reads the worklist again, after the answer that is on its way where there is one.
    mutating func reloadWorklist() -> [Effect] {
        worklist.isStale = requests.isOpen(.worklist)
        return worklist.isStale ? [] : [.loadWorklist(request: requests.ask(.worklist))]
    }

    /// Follows a change made by this or another process.
    mutating func followRecords() -> [Effect] {
        var effects = reloadWorklist()
        effects += reloadCritical()
        if let id = study?.id, study?.signing?.isSigning != true {
            let request = requests.ask(.study(id))
            study?.request = request
            effects.append(.reloadStudy(id, request: request))
        }
        return effects
    }

    // MARK: Search and filter

    /// Opens the field that goes to the next row holding a text, as it is typed.
    mutating func openSearch() -> [Effect] {
        worklist.searchBefore = (worklist.selection.index ?? 0, worklist.needle)
        worklist.searchField = TextEditor("")
        return []
    }

    mutating func typeIntoSearch(_ key: Key) -> [Effect] {
        _ = worklist.searchField?.handle(key)
        worklist.needle = (worklist.searchField?.text ?? "").lowercased()
        let start = worklist.searchBefore.row
        worklist.selection.select(row: worklist.match(from: start, step: 1) ?? start)
        return []
    }

    mutating func endSearch(keeping: Bool) -> [Effect] {
        worklist.searchField = nil
        if !keeping {
            worklist.needle = worklist.searchBefore.needle
            worklist.selection.select(row: worklist.searchBefore.row)
        } else if !worklist.needle.isEmpty, worklist.match(from: 0, step: 1) == nil {
            show(Notice(.warning, "no row holds \"\(worklist.needle.inert())\""))
        }
        return []
    }

    /// To the next row that holds the text searched for, or the one before.
    mutating func findAgain(_ step: Int) -> [Effect] {
        let from = (worklist.selection.index ?? 0) + step
        guard let row = worklist.match(from: from, step: step) else {
            show(Notice(.warning, "no row holds \"\(worklist.needle.inert())\""))
            return []
        }
        let wrapped = step > 0 ? row < from : row > from
        if wrapped { show(Notice(.information, "the search went round the end of the list")) }
        worklist.selection.select(row: row)
        return []
    }

    mutating func openFilter() -> [Effect] {
        worklist.queryBefore = worklist.query
        worklist.filterField = TextEditor(worklist.query.text)
        return []
    }

    mutating func typeIntoFilter(_ key: Key) -> [Effect] {
        _ = worklist.filterField?.handle(key)
        worklist.query = WorklistQuery(worklist.filterField?.text ?? "")
        worklist.filter(reader: session.reader, now: now)
        return []
    }

    mutating func endFilter(keeping: Bool) -> [Effect] {
        worklist.filterField = nil
        if !keeping {
            worklist.query = worklist.queryBefore
            worklist.filter(reader: session.reader, now: now)
        }
        return []
    }

    /// Makes a tab of the present filter, for as long as the program runs.
    mutating func saveFilter() -> [Effect] {
        let query = worklist.query
        let name = TextLayout.truncated(query.text.inert(), to: 14)
        let tab = WorklistTab.saved(SavedFilter(name: name, query: query))
        if !worklist.tabs.contains(tab) { worklist.tabs.append(tab) }
        worklist.tab = tab
        worklist.query = .everything
        arrangeWorklist()
        show(
            Notice(
                .information, "the filter is a tab now; [[filter]] in config.toml keeps it for good"
            ))
        return []
    }

    mutating func changeTab(_ step: Int) -> [Effect] {
        let tabs = worklist.tabs
        let place = tabs.firstIndex(of: worklist.tab) ?? 0
        worklist.tab = tabs[(place + step + tabs.count) % tabs.count]
        worklist.filter(reader: session.reader, now: now)
        return []
    }

    mutating func clearFilters() -> [Effect] {
        worklist.tab = .all
        worklist.query = .everything
        worklist.needle = ""
        worklist.filter(reader: session.reader, now: now)
        return []
    }

    mutating func changeOrder() -> [Effect] {
        let all = WorklistOrder.allCases
        let place = all.firstIndex(of: worklist.order) ?? 0
        worklist.order = all[(place + 1) % all.count]
        arrangeWorklist()
        show(Notice(.information, "order: \(worklist.order.words)"))
        return []
    }

    mutating func openQueue() -> [Effect] {
        let effects = screen == .study ? closeStudy() : []
        screen = .queue
        arrangeQueue()
        // Where somebody must be told, what is due next is what one comes for.
        if !queue.results.isEmpty { queue.selection.select(row: 0) }
        return effects
    }

    mutating func closeQueue() -> [Effect] {
        screen = .worklist
        return []
    }

    /// The list that the open study came from.
    private var originSelection: Selection {
        origin == .queue ? queue.selection : worklist.selection
    }

    /// The place of the open study in its list; nil where it is not in it (any more).
    var indexInList: Int? {
        guard let id = study?.id else { return nil }
        let selection = originSelection
        // The list's cursor stands on the open study: no search through a long list.
        return selection.study == id ? selection.index : selection.rows.firstIndex(of: id)
    }

    /// The study `step` places on in that list; nil past its ends.
    func neighbour(_ step: Int) -> StudyID? {
        guard let place = indexInList else { return nil }
        let rows = originSelection.rows
        return rows.indices.contains(place + step) ? rows[place + step] : nil
    }

    /// `3/12`: the place of the open study in its list; nil where it is not in it.
    var placeInList: String? {
        indexInList.map { "\($0 + 1)/\(originSelection.rows.count)" }
    }
}
