// What the keys do to the worklist and the critical queue.

import Radiology
import Terminal

/// A way to move in a list.
enum Motion: Sendable, Equatable {
    case rows(Int)
    case pages(Int)
    case first
    case last

    /// The row after the move, of `count` rows shown `height` at a time.
    func row(from row: Int, count: Int, height: Int) -> Int {
        let target =
            switch self {
            case .rows(let step): row + step
            case .pages(let step): row + step * max(height - 1, 1)
            case .first: 0
            case .last: count - 1
            }
        return min(max(target, 0), max(count - 1, 0))
    }
}

extension Model {
    /// Moves in whatever takes the keys.
    mutating func move(_ motion: Motion) -> [Effect] {
        switch place {
        case .worklist: worklist.selection.move(motion, height: listHeight)
        case .queue: queue.selection.move(motion, height: listHeight)
        case .study: moveFinding(motion)
        case .decisions: moveDecision(motion)
        case .ownFindings: moveOwnFinding(motion)
        case .window: scrollOverlay(motion)
        case .search, .ownText, .impression, .confirm, .palette: break
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
    mutating func showWorklist(_ entries: [WorklistEntry]) -> [Effect] {
        let flagged = Set(entries.filter(\.isCritical).map(\.id))
        let isFirst = !worklist.isLoaded
        let arrived = flagged.subtracting(worklist.knownCritical)
        worklist.knownCritical.formUnion(flagged)
        worklist.isLoaded = true
        worklist.problem = nil
        worklist.entries = entries
        worklist.arrange(reader: session.reader, now: now)
        if isFirst { worklist.selection.select(row: 0) }
        queue.selection.show(QueueState.rows(of: worklist.entries).map(\.id))
        var effects: [Effect] = []
        if worklist.isStale { effects += reloadWorklist() }
        if !isFirst, !arrived.isEmpty {
            let many =
                arrived.count == 1
                ? "a new critical study" : "\(arrived.count) new critical studies"
            show(Notice(.warning, "▲ \(many): ! opens the critical queue"))
            effects.append(.bell)
        }
        return effects
    }

    /// Reads the worklist again, after the answer that is on its way where there is one.
    mutating func reloadWorklist() -> [Effect] {
        worklist.isStale = requests.isOpen(.worklist)
        return worklist.isStale ? [] : [.loadWorklist(request: requests.ask(.worklist))]
    }

    /// Follows a change made by this or another process.
    mutating func followRecords() -> [Effect] {
        var effects = reloadWorklist()
        if let id = study?.id, study?.signing?.isSigning != true {
            let request = requests.ask(.study(id))
            study?.request = request
            effects.append(.reloadStudy(id, request: request))
        }
        return effects
    }

    mutating func openSearch() -> [Effect] {
        worklist.searchBefore = worklist.search
        worklist.searchField = TextEditor(worklist.search)
        return []
    }

    mutating func typeIntoSearch(_ key: Key) -> [Effect] {
        _ = worklist.searchField?.handle(key)
        worklist.search = worklist.searchField?.text ?? ""
        worklist.filter(reader: session.reader)
        return []
    }

    mutating func endSearch(keeping: Bool) -> [Effect] {
        worklist.searchField = nil
        if !keeping {
            worklist.search = worklist.searchBefore
            worklist.filter(reader: session.reader)
        }
        return []
    }

    mutating func changeTab(_ step: Int) -> [Effect] {
        worklist.tab = worklist.tab.neighbour(step)
        worklist.filter(reader: session.reader)
        return []
    }

    mutating func clearFilters() -> [Effect] {
        worklist.tab = .all
        worklist.search = ""
        worklist.filter(reader: session.reader)
        return []
    }

    mutating func changeOrder() -> [Effect] {
        let all = WorklistOrder.allCases
        let place = all.firstIndex(of: worklist.order) ?? 0
        worklist.order = all[(place + 1) % all.count]
        worklist.arrange(reader: session.reader, now: now)
        show(Notice(.information, "order: \(worklist.order.words)"))
        return []
    }

    mutating func openQueue() -> [Effect] {
        let effects = screen == .study ? closeStudy() : []
        screen = .queue
        queue.selection.show(QueueState.rows(of: worklist.entries).map(\.id))
        return effects
    }

    mutating func closeQueue() -> [Effect] {
        screen = .worklist
        return []
    }

    /// The studies of the list that the open study came from.
    private var originRows: [StudyID] {
        origin == .queue ? queue.selection.rows : worklist.selection.rows
    }

    /// The study `step` places on in that list; nil past its ends.
    func neighbour(_ step: Int) -> StudyID? {
        guard let id = study?.id, let place = originRows.firstIndex(of: id) else { return nil }
        let target = place + step
        return originRows.indices.contains(target) ? originRows[target] : nil
    }

    /// `3/12`: the place of the open study in its list; nil where it is not in it.
    var placeInList: String? {
        guard let id = study?.id, let place = originRows.firstIndex(of: id) else { return nil }
        return "\(place + 1)/\(originRows.count)"
    }
}
