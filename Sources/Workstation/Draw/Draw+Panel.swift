// The findings panel: fourteen findings on one axis, and what must be known of them.

import Foundation
import Radiology
import Terminal

extension Canvas {
    mutating func drawPanel(in area: Rectangle, findingRows: Int) {
        guard let study = model.study else { return }
        guard let detail = study.detail else {
            let problem = study.problem
            let lines =
                problem.map {
                    [TextRun("✗ The study cannot be read.", Style(.failure)), TextRun($0.summary)]
                        + [TextRun($0.remedy, Style(.dim))]
                } ?? [TextRun("Reading the study…", Style(.dim))]
            drawParagraphs(lines, in: area.inset(columns: 1))
            return
        }
        if let failure = detail.failure {
            drawFailure(failure, detail: detail, in: area.inset(columns: 1))
            return
        }
        if study.review != nil {
            drawParagraphs(
                [
                    TextRun("Peer review", Style(.heading)),
                    TextRun("Report and AI are hidden until you have stored your own reading."),
                    TextRun("s writes it down, then scores the report.", Style(.accent)),
                ], in: area.inset(columns: 1))
            return
        }
        guard let analysis = detail.analysis else {
            drawParagraphs(
                [
                    TextRun("Not analysed yet.", Style(.heading)),
                    TextRun("The findings appear here by themselves. The images can be read now."),
                ] + model.readingLines(study, detail), in: area.inset(columns: 1))
            return
        }
        if study.hidesAI {
            drawModel(analysis, in: area)
            drawHidden(study, in: area, rows: findingRows)
            return
        }
        let paragraphs =
            model.criticalLines(analysis) + model.readingLines(study, detail)
            + model.matterLines(analysis) + selectedFindingLines(study)
        let used = StudyLayout.panelHeadRows + min(study.findings.count, findingRows)
        var rest = area.divided(topRows: used).rest
        // Without a line below the findings the second line says where the rest stands.
        drawModel(analysis, in: area, hiddenLines: rest.isEmpty ? paragraphs.count : 0)
        drawFindings(study, analysis: analysis, in: area, rows: findingRows)
        if rest.rows > 6 {
            frame.put(
                ReaderCall.legend, at: rest.position(columns: 1), style: Style(.dim),
                width: rest.columns - 1)
            rest = rest.divided(topRows: 1).rest
        }
        drawParagraphs(
            paragraphs, in: rest.inset(columns: 1), wraps: rest.rows > 3, fullTextKey: reportKey)
    }

    private mutating func drawFailure(
        _ failure: AnalysisFailure, detail: StudyDetail, in area: Rectangle
    ) {
        guard let study = model.study else { return }
        drawParagraphs(
            [
                TextRun("✗ \(AnalysisFailure.headline)", Style(.failure)),
                TextRun(failure.reason.inert()),
                TextRun("\(UTCTime.clock(failure.timestamp)) UTC", Style(.dim)),
                TextRun("Read the images without the model; s signs the study off as usual."),
            ] + model.readingLines(study, detail), in: area)
    }

    private mutating func drawModel(
        _ analysis: Analysis, in area: Rectangle, hiddenLines: Int = 0
    ) {
        let identity = analysis.model
        let passes =
            analysis.samples == 0 ? "one pass" : "T=\(analysis.samples) seed \(analysis.seed)"
        let line = area.line(0)
        let room = line.columns - 1 - DisplayWidth.of(passes) - 2
        frame.put(
            "AI \(identity.name.inert()) \(identity.version.inert())",
            at: line.position(columns: 1), style: Style(.heading), width: room)
        putRight(passes, in: line.inset(columns: 1), style: Style(.dim))
        let notice =
            identity.notice.isEmpty
            ? "a statistical model, not a reader" : identity.notice.inert()
        let second = area.line(1)
        let more = hiddenLines > 0 ? "\(reportKey): +\(hiddenLines)" : ""
        putRight(more, in: second.inset(columns: 1), style: Style(.key))
        let width = more.isEmpty ? 0 : DisplayWidth.of(more) + 1
        let taken = putCut(
            notice, in: second.inset(columns: 1).divided(rightColumns: width).rest,
            style: Style(identity.notice.isEmpty ? .dim : .notice), key: reportKey)
        // Narrow panels have no column for it: the selected finding's stands here.
        guard more.isEmpty, let finding = model.study?.finding, model.study?.hidesAI == false,
            !FindingColumns(panelColumns: area.columns).hasAUC,
            let area = model.study?.detail?.modelCard?.areas[finding.pathology]
        else { return }
        let text = "AUC " + ProbabilityText.short(area.value)
        guard taken + 2 + text.count <= second.columns - 2 else { return }
        putRight(text, in: second.inset(columns: 1), style: Style(.dim))
    }

    /// The pathologies without any number, for the first impression.
    private mutating func drawHidden(_ study: StudyState, in area: Rectangle, rows: Int) {
        frame.put(
            "AI hidden: first say what you see", at: area.line(2).position(columns: 1),
            style: Style(.notice), width: area.columns - 1)
        let list = findingList(study, in: area, rows: rows)
        for (finding, line) in shownFindings(study, in: list) {
            let pathology = finding.pathology
            let look: (text: String, role: Role)
            switch study.impression.looks[pathology] {
            case .present: look = ("[present]", .chosen)
            case .unsure: look = ("[unsure]", .warning)
            case nil: look = ("not seen", .dim)
            }
            frame.put(
                pathology.displayName, at: line.position(columns: FindingColumns.lead), width: 20)
            frame.put(
                look.text, at: line.position(columns: FindingColumns.lead + 20),
                style: Style(look.role), width: line.columns - FindingColumns.lead - 20)
            if pathology == study.finding?.pathology { select(line) }
        }
        drawScrollMark(
            top: study.findingTop, shown: list.rows, count: study.findings.count, in: list)
        let rest = area.divided(topRows: StudyLayout.panelHeadRows + list.rows).rest
        drawParagraphs(
            [TextRun("space present · x not seen · z unsure · I records it and shows the AI")],
            in: rest.inset(columns: 1))
    }

    /// Marks the selected line, and puts the terminal's own cursor there for screen readers.
    private mutating func select(_ line: Rectangle) {
        frame.setBackground(.selection, in: line)
        frame[line.origin] = Cell("›", style: Style(.accent, on: .selection))
        if frame.cursor == nil, model.study?.points == nil { frame.cursor = line.origin }
    }

    private mutating func drawFindings(
        _ study: StudyState, analysis: Analysis, in area: Rectangle, rows: Int
    ) {
        let columns = FindingColumns(panelColumns: area.columns)
        if analysis.lacksFrontalChest {
            frame.put(
                "✗ NOT A FRONTAL CHEST: do not rely on it",
                at: area.line(2).position(columns: 1),
                style: Style(.failure, attributes: .bold), width: area.columns - 1)
        } else {
            drawFindingHeadings(columns, isLinear: study.isLinear, in: area.line(2))
        }
        let list = findingList(study, in: area, rows: rows)
        for (finding, line) in shownFindings(study, in: list) {
            draw(finding, columns: columns, in: line, isDimmed: analysis.lacksFrontalChest)
        }
        drawScrollMark(
            top: study.findingTop, shown: list.rows, count: study.findings.count, in: list)
    }

    /// Where the list of findings stands in the panel.
    private func findingList(_ study: StudyState, in area: Rectangle, rows: Int) -> Rectangle {
        Rectangle(
            column: area.column, row: area.row + StudyLayout.panelHeadRows, columns: area.columns,
            rows: min(rows, study.findings.count))
    }

    /// The findings that the list shows as it is scrolled, and their lines.
    private func shownFindings(
        _ study: StudyState, in list: Rectangle
    ) -> [(finding: Finding, line: Rectangle)] {
        study.findings.dropFirst(study.findingTop).prefix(list.rows).enumerated().map {
            ($1, list.line($0))
        }
    }

    private mutating func drawFindingHeadings(
        _ columns: FindingColumns, isLinear: Bool, in line: Rectangle
    ) {
        let style = Style(.heading)
        let order: String? =
            switch model.study?.order {
            case .urgency, nil: nil
            case .probability: "by p"
            case .disagreement: "by ±"
            case .name: "by name"
            }
        frame.put("you", at: line.position(columns: 1), style: style)
        frame.put(
            order.map { "finding \($0)" } ?? "finding",
            at: line.position(columns: FindingColumns.lead), style: style, width: columns.name)
        drawAxis(
            at: line.position(columns: columns.barColumn), columns: columns.bar, isLinear: isLinear)
        frame.put(
            "p", at: line.position(columns: columns.probabilityColumn), style: style, width: 4,
            alignment: .right)
        frame.put(
            "±", at: line.position(columns: columns.deviationColumn), style: style, width: 4,
            alignment: .right)
        if columns.hasRisk {
            frame.put("risk", at: line.position(columns: columns.riskColumn), style: style)
        }
        if columns.hasAUC {
            frame.put("AUC", at: line.position(columns: columns.aucColumn), style: style)
        }
        if columns.histogram > 0 {
            frame.put("passes", at: line.position(columns: columns.histogramColumn), style: style)
        }
    }

    /// The scale above bars: 0, ½, ¾ where there is room, 1.
    mutating func drawAxis(at place: Position, columns: Int, isLinear: Bool) {
        let style = Style(.heading)
        frame.put("0", at: place, style: style)
        frame.put(isLinear ? ".5" : "½", at: place.moved(columns: columns / 2), style: style)
        if columns >= 12, !isLinear {
            frame.put("¾", at: place.moved(columns: columns * 3 / 4), style: Style(.dim))
        }
        frame.put("1", at: place.moved(columns: columns - 1), style: style)
    }

    private mutating func draw(
        _ finding: Finding, columns: FindingColumns, in line: Rectangle, isDimmed: Bool
    ) {
        guard let study = model.study else { return }
        let isSelected = finding.pathology == study.finding?.pathology
        let mark = Mark.of(finding)
        let role: Role = isDimmed ? .dim : finding.isCritical ? .critical : .text
        drawCall(on: finding, study, in: line)
        frame.put(
            mark.glyph, at: line.position(columns: 3), style: Style(isDimmed ? .dim : mark.role))
        let full = finding.pathology.displayName
        let name = DisplayWidth.of(full) <= columns.name ? full : finding.pathology.shortName
        frame.put(
            name, at: line.position(columns: FindingColumns.lead), style: Style(role),
            width: columns.name)
        let bar = IntervalBar(finding, isLinear: study.isLinear, hasThreshold: true)
        frame.put(
            bar.runs(columns: columns.bar, isDimmed: isDimmed),
            at: line.position(columns: columns.barColumn), width: columns.bar)
        frame.put(
            ProbabilityText.short(finding.probability),
            at: line.position(columns: columns.probabilityColumn), style: Style(role), width: 4,
            alignment: .right)
        frame.put(
            Words.deviation(finding), at: line.position(columns: columns.deviationColumn),
            style: Style(finding.riskLevel == .uncertain ? .warning : .dim), width: 4,
            alignment: .right)
        if columns.hasRisk {
            frame.put(
                finding.riskLevel.word, at: line.position(columns: columns.riskColumn),
                style: Style(mark == .none || isDimmed ? .dim : mark.role))
        }
        if columns.hasAUC, let area = study.detail?.modelCard?.areas[finding.pathology] {
            frame.put(
                ProbabilityText.short(area.value), at: line.position(columns: columns.aucColumn),
                style: Style(.dim), width: 4)
        }
        if columns.histogram > 0 {
            frame.put(
                Sparkline.histogram(finding.passes, columns: columns.histogram),
                at: line.position(columns: columns.histogramColumn), style: Style(.dim))
        }
        if isSelected { select(line) }
    }

    /// What the reader says of a finding and whether the AI says the opposite; before that, what
    /// the first impression said, where one was recorded.
    private mutating func drawCall(
        on finding: Finding, _ study: StudyState, in line: Rectangle
    ) {
        let place = line.position(columns: 2)
        if let (call, departs) = study.call(on: finding) {
            let role: Role = departs || call == .unsure ? .warning : .success
            frame.put(call.glyph, at: line.position(columns: 1), style: Style(role))
            if departs { frame.put("≠", at: place, style: Style(.warning)) }
            return
        }
        guard study.impression.recordedAt != nil else { return }
        if study.impression.disagrees(with: finding) {
            frame.put("≠", at: place, style: Style(.warning))
        } else if study.impression.looks[finding.pathology] == .present {
            frame.put("+", at: place, style: Style(.success))
        } else if study.impression.looks[finding.pathology] == .unsure {
            frame.put("?", at: place, style: Style(.dim))
        }
    }

    /// What the panel says of the selected finding, where there is room for that.
    private func selectedFindingLines(_ study: StudyState) -> [TextRun] {
        guard let finding = study.finding, model.panelHasRoom else { return [] }
        if study.isDetailFolded {
            let keys = ["finding", "fit"].map { model.keyLabel(of: $0, in: model.placeBelow) }
            let text =
                "\(finding.pathology.displayName): \(keys.joined(separator: " or ")) says more"
            return [TextRun(text, Style(.dim))]
        }
        guard size.rows >= 45 else {
            return [TextRun("\(finding.pathology.displayName): \(finding.clinicalSignificance)")]
        }
        let columns = model.studyLayout.panel.columns - 2
        return [TextRun(" ")]
            + TextWindow.finding(
                finding, card: study.detail?.modelCard, columns: columns, role: .text)
    }

    /// Paragraphs of text, wrapped, as far as there is room; the last line says when there is more.
    ///
    /// - Parameters:
    ///   - wraps: false gives each paragraph one line, cut at its end.
    ///   - fullTextKey: the key that shows the whole where something is cut; nil for none.
    mutating func drawParagraphs(
        _ paragraphs: [TextRun], in area: Rectangle, wraps: Bool = true,
        fullTextKey: String? = nil
    ) {
        let lines = paragraphs.filter { !$0.text.isEmpty }.flatMap { paragraph in
            // A line that fits stays as it is: wrapping would drop the spaces that it begins with.
            wraps && !paragraph.text.fits(area.columns)
                ? TextLayout.wrapped(paragraph.text, to: area.columns)
                    .map { TextRun($0, paragraph.style) } : [paragraph]
        }
        for (row, line) in lines.prefix(area.rows).enumerated() {
            let hidden = row == area.rows - 1 ? lines.count - area.rows : 0
            putCut(
                line.text, in: area.line(row), style: line.style, key: fullTextKey,
                hiddenLines: hidden)
        }
    }

    /// The key of the report, which shows in full what the panel cuts.
    private var reportKey: String { model.keyLabel(of: "report", in: model.placeBelow) }

    /// A line of text; where it is cut, or lines after it are left out, its end says so and names
    /// the key that shows the whole.
    ///
    /// - Returns: the columns that were used.
    @discardableResult
    private mutating func putCut(
        _ text: String, in line: Rectangle, style: Style, key: String?, hiddenLines: Int = 0
    ) -> Int {
        guard hiddenLines > 0 || DisplayWidth.of(text) > line.columns else {
            return frame.put(text, at: line.origin, style: style, width: line.columns)
        }
        let what = hiddenLines > 0 ? "+\(hiddenLines)" : "all"
        let more = key.map { "\($0): \(what)" } ?? ""
        let gap = more.isEmpty ? 0 : DisplayWidth.of(more) + 1
        let room = max(line.columns - gap, 0)
        let isWhole = DisplayWidth.of(text) < room
        let shown = isWhole ? text + "…" : TextLayout.truncated(text, to: room)
        let taken = frame.put(shown, at: line.origin, style: style, width: room)
        guard !more.isEmpty else { return taken }
        return taken + 1
            + frame.put(more, at: line.position(columns: taken + 1), style: Style(.key))
    }
}

extension String {
    /// Whether this is one line of at most `columns` cells.
    fileprivate func fits(_ columns: Int) -> Bool {
        !contains(where: \.isNewline) && DisplayWidth.of(self) <= columns
    }
}
