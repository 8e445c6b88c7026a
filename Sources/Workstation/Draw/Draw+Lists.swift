// The worklist and the critical queue.

import Foundation
import Radiology
import Terminal

extension Canvas {
    mutating func drawWorklist() {
        let layout = ListLayout(size: size)
        drawListTitle("worklist", in: layout.title)
        drawTabs(in: layout.tabs)
        let columns = ListColumn.worklist(
            columns: size.columns, wanted: model.settings.columns,
            hasDue: !model.queue.results.isEmpty)
        drawHeadings(columns, layout: layout)
        let state = model.worklist
        if let lines = emptyWorklistLines() {
            drawCentered(lines, in: layout.rows)
        } else {
            drawRows(state.selection, columns: columns, in: layout.rows, isQueue: false)
        }
        frame.horizontalRule(at: layout.footRule.origin, columns: size.columns)
        drawListFoot(state.entry(state.selected), in: layout.foot)
    }

    mutating func drawQueue() {
        let layout = ListLayout(size: size)
        drawListTitle("critical queue", in: layout.title)
        let rows = QueueState.rows(of: model.worklist.items, results: model.queue.results)
        let waiting = rows.filter { !$0.state.isSigned }
        let overdue = waiting.count { item in
            item.openedAt == nil
                && item.flaggedAt.map { model.now.timeIntervalSince($0) > Mark.overdueSeconds }
                    ?? false
        }
        let results = model.queue.results.values.joined()
        let late = results.count { $0.urgency(at: model.now) == .overdue }
        let told =
            results.isEmpty
            ? "" : "\(results.count) to tell\(late > 0 ? ", \(late) LATE" : "") · "
        let counts =
            told
            + "\(waiting.count) to sign · \(waiting.count { $0.openedAt == nil }) not yet opened · "
            + "\(overdue) unopened for over an hour"
        frame.put(
            counts, at: layout.tabs.position(columns: 1),
            style: Style(overdue > 0 || late > 0 ? .critical : .dim), width: size.columns - 2)
        let columns = ListColumn.queue(
            columns: size.columns, hasDue: !model.queue.results.isEmpty)
        drawHeadings(columns, layout: layout)
        if rows.isEmpty {
            drawCentered(
                [
                    TextRun("No study is flagged as critical.", Style(.title)),
                    TextRun("That is what the model says, and only of what was analysed:"),
                    TextRun("it does not mean that nothing critical is on the worklist."),
                ], in: layout.rows)
        } else {
            drawRows(model.queue.selection, columns: columns, in: layout.rows, isQueue: true)
        }
        frame.horizontalRule(at: layout.footRule.origin, columns: size.columns)
        drawListFoot(model.worklist.entry(model.queue.selected), in: layout.foot)
    }

    private mutating func drawListTitle(_ name: String, in line: Rectangle) {
        let taken = frame.put(
            [TextRun("Wetread", Style(.title)), TextRun("  \(name)", Style(.heading))],
            at: line.position(columns: 1))
        let list = model.worklist
        var parts: [String] = []
        if list.isLoaded {
            parts.append("\(list.criticalCount) critical")
            parts.append("\(list.unreadCount) to read")
            if let oldest = list.oldest {
                let wait = model.now.timeIntervalSince(oldest)
                parts.append("oldest \(Words.duration(seconds: max(wait, 0)))")
            }
        }
        if !list.isComplete { parts = ["reading the rest of \(list.studyCount)…"] }
        if model.requests.isOpen(.worklist), !model.worklist.isLoaded { parts.append("reading…") }
        let room = Rectangle(
            column: taken + 3, row: line.row, columns: line.columns - taken - 4, rows: 1)
        putRight(parts.joined(separator: " · "), in: room, style: Style(.dim))
    }

    private mutating func drawTabs(in line: Rectangle) {
        let state = model.worklist
        var runs: [TextRun] = []
        for (index, tab) in state.tabs.enumerated() {
            let count = state.counts.indices.contains(index) ? " \(state.counts[index])" : ""
            let text = tab.title.inert() + count
            let isOpen = tab == state.tab
            runs.append(
                TextRun(isOpen ? "[\(text)]" : " \(text) ", Style(isOpen ? .tabActive : .tab)))
        }
        let taken = frame.put(runs, at: line.position(columns: 1), width: line.columns - 22)
        let rest = Rectangle(
            column: taken + 3, row: line.row, columns: line.columns - taken - 4, rows: 1)
        if let field = state.searchField {
            drawField(field, label: "/", in: rest)
        } else if let field = state.filterField {
            drawField(field, label: "only: ", in: rest)
        } else if !state.query.isEmpty {
            putRight("only: \(state.query.text.inert())  Esc: all", in: rest, style: Style(.accent))
        } else if !state.needle.isEmpty {
            putRight("/\(state.needle.inert())  n N", in: rest, style: Style(.accent))
        } else {
            let cap = state.order == .suspicion ? " \(Words.cap(model.settings))" : ""
            let words = "order: \(state.order.words)\(cap)"
            let short = "order: \(state.order.rawValue)\(cap)"
            let text = DisplayWidth.of(words) <= rest.columns ? words : short
            putRight(text, in: rest, style: Style(.dim))
        }
    }

    private mutating func drawHeadings(_ columns: [ListColumn], layout: ListLayout) {
        var column = 1
        for field in columns {
            frame.put(
                field.heading,
                at: Position(column: column, row: layout.headings.row), style: Style(.heading),
                width: field.columns, alignment: field.alignment)
            if field.kind == .bar {
                drawAxis(
                    at: Position(column: column, row: layout.headings.row), columns: field.columns,
                    isLinear: false)
            }
            column += field.columns + 1
        }
        frame.horizontalRule(at: layout.rule.origin, columns: size.columns)
    }

    private mutating func drawRows(
        _ selection: Selection, columns: [ListColumn], in area: Rectangle, isQueue: Bool
    ) {
        for offset in 0..<area.rows {
            let index = selection.top + offset
            guard index < selection.rows.count else { break }
            let line = area.line(offset)
            if let entry = model.worklist.entry(selection.rows[index]) {
                draw(entry, columns: columns, in: line, isQueue: isQueue)
            } else {
                frame.put("…", at: line.position(columns: 4), style: Style(.dim))
            }
            if index == selection.index {
                drawSelection(columns, in: line)
            }
        }
        drawScrollMark(
            top: selection.top, shown: area.rows, count: selection.rows.count, in: area)
    }

    /// Marks the selected row: at its ends, and under the patient's name.
    ///
    /// Not the whole row: over a slow line a step would cost two rows of text (wire budget: 200 B).
    /// The mark at the right edge is for wide screens, where the eye loses the row.
    private mutating func drawSelection(_ columns: [ListColumn], in line: Rectangle) {
        var column = line.column + 1
        for field in columns {
            if field.kind == .patient {
                frame.setBackground(
                    .selection,
                    in: Rectangle(
                        column: column, row: line.row, columns: field.columns, rows: 1))
            }
            column += field.columns + 1
        }
        frame[line.origin] = Cell("›", style: .text)
        if line.columns >= 100 {
            frame[line.position(columns: line.columns - 1)] = Cell("‹", style: .text)
        }
        // A screen reader follows the terminal's own cursor.
        if frame.cursor == nil { frame.cursor = line.origin }
    }

    /// How many rows lie above and below, at the right edge.
    mutating func drawScrollMark(top: Int, shown: Int, count: Int, in area: Rectangle) {
        guard count > shown, area.rows > 0 else { return }
        let last = area.rows - 1
        let right = area.columns - 1
        if top > 0 { frame[area.position(columns: right)] = Cell("↑", style: Style(.accent)) }
        if top + shown < count {
            frame[area.position(columns: right, rows: last)] = Cell("↓", style: Style(.accent))
        }
    }

    private mutating func draw(
        _ entry: WorklistEntry, columns: [ListColumn], in line: Rectangle, isQueue: Bool
    ) {
        let isDone = entry.state.isSigned
        let plain = Style(isDone ? .dim : .text)
        var column = line.column + 1
        for (index, field) in columns.enumerated() {
            let place = Position(column: column, row: line.row)
            if field.kind == .finding {
                let parts: [ListColumn.Kind] = [.finding, .bar, .probability]
                let width = columns[index...].prefix { parts.contains($0.kind) }
                    .reduce(-1) { $0 + $1.columns + 1 }
                drawFinding(entry, columns: columns, index: index, at: place, width: width)
            } else if field.kind != .bar, field.kind != .probability {
                let text = cellText(entry, field.kind, isQueue: isQueue)
                frame.put(
                    text, at: place, style: style(entry, field.kind, plain: plain),
                    width: field.columns, alignment: field.alignment)
            }
            column += field.columns + 1
        }
    }

    /// The open critical result of a study that is due first.
    private func firstDue(_ entry: WorklistEntry) -> CriticalResult? {
        model.queue.results[entry.id]?.first
    }

    private func cellText(_ entry: WorklistEntry, _ kind: ListColumn.Kind, isQueue: Bool) -> String
    {
        switch kind {
        case .mark: return Mark.of(entry, now: model.now).glyph
        case .wait:
            if !isQueue, let first = firstDue(entry) { return Words.timeLeft(first, at: model.now) }
            if entry.state.isSigned { return isQueue ? "done" : "" }
            let since = isQueue ? entry.flaggedAt ?? entry.receivedAt : entry.receivedAt
            return Words.duration(seconds: model.now.timeIntervalSince(since))
        case .patient: return entry.patient.name.display
        case .age: return Words.ageAndSex(entry)
        case .identifier: return entry.patient.identifier.inert()
        case .accession: return entry.study.accessionNumber.inert()
        case .study: return Words.study(entry)
        case .received:
            return String(UTCTime.text(entry.receivedAt).dropFirst(5).prefix(11))
                .replacing("T", with: " ")
        case .due:
            return firstDue(entry).map { Words.countdown($0, at: model.now) } ?? "–"
        case .opened: return entry.openedAt.map(UTCTime.clock) ?? "no"
        case .state: return Words.state(entry)
        case .model: return entry.modelName.inert()
        case .finding, .bar, .probability: return ""
        }
    }

    private func style(_ entry: WorklistEntry, _ kind: ListColumn.Kind, plain: Style) -> Style {
        switch kind {
        case .mark: return Style(Mark.of(entry, now: model.now).role)
        case .due:
            return Style(
                firstDue(entry).map { Words.role($0.urgency(at: model.now)) } ?? .dim)
        case .wait where model.screen == .worklist && firstDue(entry) != nil:
            return firstDue(entry).map { Style(Words.role($0.urgency(at: model.now))) } ?? plain
        case .opened where entry.openedAt == nil && !entry.state.isSigned:
            return Style(Mark.isOverdue(entry, now: model.now) ? .critical : .warning)
        case .wait
        where !entry.state.isSigned
            && entry.waitingSeconds(at: model.now) > model.settings.waitingCapSeconds:
            return Style(.warning)
        case .state where entry.claim != nil && !entry.state.isSigned: return Style(.accent)
        case .state where entry.needsManualReview: return Style(.failure)
        case .state where entry.awaitsAddendum: return Style(.warning)
        case .identifier, .accession, .received, .model: return Style(.dim)
        default: return plain
        }
    }

    /// Top finding, bar and probability; or, in their place, why there are none.
    private mutating func drawFinding(
        _ entry: WorklistEntry, columns: [ListColumn], index: Int, at place: Position, width: Int
    ) {
        let isDone = entry.state.isSigned
        if hidesAI(entry) {
            frame.put("shown after your first look", at: place, style: Style(.dim), width: width)
            return
        }
        if let reason = reasonForNoFinding(entry) {
            frame.put(
                reason.text, at: place, style: Style(isDone ? .dim : reason.role), width: width)
            return
        }
        guard let finding = entry.topFinding else { return }
        let name = columns[index].columns
        let role: Role = isDone ? .dim : finding.isCritical ? .critical : .text
        let title =
            DisplayWidth.of(finding.pathology.displayName) <= name
            ? finding.pathology.displayName : finding.pathology.shortName
        frame.put(title, at: place, style: Style(role), width: name)
        var column = name + 1
        for field in columns[(index + 1)...] where field.kind == .bar || field.kind == .probability
        {
            let at = place.moved(columns: column)
            if field.kind == .bar {
                let bar = IntervalBar(finding, isLinear: false, hasThreshold: false)
                frame.put(
                    bar.runs(columns: field.columns, isDimmed: isDone), at: at,
                    width: field.columns)
            } else {
                frame.put(
                    ProbabilityText.short(finding.probability), at: at, style: Style(role),
                    width: field.columns, alignment: .right)
            }
            column += field.columns + 1
        }
    }

    /// True where the AI of a study is hidden until a first impression is recorded.
    private func hidesAI(_ entry: WorklistEntry) -> Bool {
        model.showsImpressionFirst && !entry.state.isSigned
            && model.impressions[entry.id]?.recordedAt == nil && entry.topFinding != nil
    }

    private func reasonForNoFinding(_ entry: WorklistEntry) -> (text: String, role: Role)? {
        if entry.failure != nil { return (AnalysisFailure.headline, .failure) }
        if entry.lacksFrontalChest { return ("not a frontal chest", .failure) }
        guard let finding = entry.topFinding else { return ("not analysed yet", .dim) }
        let isShown = finding.isReported || finding.isCritical || finding.riskLevel == .uncertain
        return isShown ? nil : ("none past its bound", .dim)
    }

    private func emptyWorklistLines() -> [TextRun]? {
        let state = model.worklist
        if let problem = state.problem, !state.isLoaded {
            return [
                TextRun("The worklist cannot be read.", Style(.failure)), TextRun(problem.summary),
                TextRun(problem.remedy, Style(.dim)), TextRun("R tries again."),
            ]
        }
        if !state.isLoaded { return [TextRun("Reading the worklist…", Style(.dim))] }
        if state.items.isEmpty {
            return [
                TextRun("The worklist is empty.", Style(.title)),
                TextRun("In another terminal, import DICOM files, folders, or PNG and JPEG:"),
                TextRun("wetread import PATH...", Style(.accent)),
                TextRun("What is imported there appears here by itself."),
            ]
        }
        guard state.selection.rows.isEmpty else { return nil }
        let what = state.query.isEmpty ? "" : " that is \"\(state.query.text.inert())\""
        return [
            TextRun("No study under \(state.tab.title.inert())\(what).", Style(.title)),
            TextRun("Esc shows all \(state.items.count)."),
        ]
    }

    /// Lines of text in the middle of an area.
    mutating func drawCentered(_ lines: [TextRun], in area: Rectangle) {
        let shown = lines.filter { !$0.text.isEmpty }.flatMap { line in
            TextLayout.wrapped(line.text, to: area.columns - 2).map { TextRun($0, line.style) }
        }
        let block = area.centered(columns: area.columns - 2, rows: shown.count)
        for (row, line) in shown.enumerated() {
            frame.put(
                line.text, at: block.position(rows: row), style: line.style, width: block.columns,
                alignment: .center)
        }
    }

    /// Why the selected row stands where it stands.
    private mutating func drawListFoot(_ entry: WorklistEntry?, in area: Rectangle) {
        guard let entry else { return }
        let cap = model.settings.waitingCapSeconds
        let reason =
            hidesAI(entry)
            ? "the AI is hidden until you record a first impression."
            : entry.placeInWords(at: model.now, cap: cap)
        // Without the name: it stands in the row, and every byte of a step counts on a slow line.
        var text = reason.prefix(1).uppercased() + reason.dropFirst()
        if model.screen == .queue, let flagged = entry.flaggedAt {
            let opened = entry.openedAt.map { "opened \(UTCTime.clock($0))" } ?? "not yet opened"
            text += " Flagged \(UTCTime.clock(flagged)), \(opened)."
        }
        let due = model.screen == .queue ? model.queue.results[entry.id] ?? [] : []
        if !due.isEmpty {
            text = due.map { Words.due($0, at: model.now) }.joined(separator: "; ") + "."
        }
        if let claim = entry.claim, !entry.state.isSigned {
            text += " Open \(Words.holder(claim))."
        }
        for (row, line) in TextLayout.wrapped(text, to: area.columns).prefix(area.rows).enumerated()
        {
            frame.put(line, at: area.position(rows: row), width: area.columns)
        }
    }
}
