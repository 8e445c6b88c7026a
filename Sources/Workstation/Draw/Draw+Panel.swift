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
                ] + readingLines(study, detail), in: area.inset(columns: 1))
            return
        }
        drawModel(analysis, in: area)
        if study.hidesAI {
            drawHidden(study, in: area, rows: findingRows)
            return
        }
        drawFindings(study, analysis: analysis, in: area, rows: findingRows)
        let used = StudyLayout.panelHeadRows + min(study.findings.count, findingRows)
        var rest = area.divided(topRows: used).rest
        if rest.rows > 6 { rest = rest.divided(topRows: 1).rest }
        drawParagraphs(
            criticalLines(analysis) + readingLines(study, detail) + matters(study, analysis),
            in: rest.inset(columns: 1),
            wraps: rest.rows > 3)
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
            ] + readingLines(study, detail), in: area)
    }

    private mutating func drawModel(_ analysis: Analysis, in area: Rectangle) {
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
        let taken = frame.put(
            notice, at: second.position(columns: 1),
            style: Style(identity.notice.isEmpty ? .dim : .notice), width: area.columns - 1)
        // Narrow panels have no column for it: the selected finding's stands here.
        guard let finding = model.study?.finding, model.study?.hidesAI == false,
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
        let decision = Mark.of(study.draft.decisions[finding.pathology])
        let mark = Mark.of(finding)
        let role: Role = isDimmed ? .dim : finding.isCritical ? .critical : .text
        frame.put(decision.glyph, at: line.position(columns: 1), style: Style(decision.role))
        drawImpression(of: finding, study, in: line)
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

    /// What the first impression said of a finding, where one was recorded.
    private mutating func drawImpression(
        of finding: Finding, _ study: StudyState, in line: Rectangle
    ) {
        guard study.impression.recordedAt != nil else { return }
        let place = line.position(columns: 2)
        if study.impression.disagrees(with: finding) {
            frame.put("≠", at: place, style: Style(.warning))
        } else if study.impression.looks[finding.pathology] == .present {
            frame.put("+", at: place, style: Style(.success))
        } else if study.impression.looks[finding.pathology] == .unsure {
            frame.put("?", at: place, style: Style(.dim))
        }
    }

    /// The critical rules that were passed: never left out for want of room.
    private func criticalLines(_ analysis: Analysis) -> [TextRun] {
        analysis.criticalFindings.map { finding in
            TextRun("▲ \(finding.criticalRule ?? finding.pathology.displayName)", Style(.critical))
        }
    }

    /// What else must be known, the more urgent first.
    private func matters(_ study: StudyState, _ analysis: Analysis) -> [TextRun] {
        var lines: [TextRun] = []
        let uncertain = analysis.findings.filter { $0.riskLevel == .uncertain }
        if !uncertain.isEmpty {
            let names = uncertain.map(\.pathology.displayName).joined(separator: ", ")
            lines.append(
                TextRun("? passes disagree on \(names): look yourself", Style(.warning)))
        }
        for other in analysis.setAside {
            lines.append(
                TextRun(
                    "\(other.name.inert()): not a frontal view, set aside by the model",
                    Style(.dim)))
        }
        for image in analysis.images {
            for observation in image.quality.observations
            where observation.verdict != .good && observation.name != "frontal chest" {
                let prefix = analysis.images.count > 1 ? "\(image.name.inert()): " : ""
                lines.append(
                    TextRun(
                        "\(prefix)\(observation.name) \(observation.value) "
                            + "(\(observation.verdict.rawValue)): \(observation.meaning)",
                        Style(observation.verdict == .poor ? .warning : .dim)))
            }
        }
        guard let finding = study.finding, panelHasRoom else { return lines }
        if size.rows < 45 {
            lines.append(
                TextRun("\(finding.pathology.displayName): \(finding.clinicalSignificance)"))
        } else {
            let columns = StudyLayout(size: size).panel.columns - 2
            lines.append(TextRun(" "))
            lines += TextWindow.finding(
                finding, card: study.detail?.modelCard, columns: columns, role: .text)
        }
        return lines
    }

    private var panelHasRoom: Bool { size.rows >= 34 }

    /// Where the reading stands: signed, held, drafted.
    private func readingLines(_ study: StudyState, _ detail: StudyDetail) -> [TextRun] {
        var lines: [TextRun] = []
        for signOff in detail.signOffs {
            let kind = signOff.meaning == .preliminary ? "preliminary" : "final"
            lines.append(
                TextRun(
                    "✓ \(kind): \(signOff.reader.rawValue.inert()), "
                        + String(UTCTime.text(signOff.signedAt).prefix(16))
                        .replacing("T", with: " ") + " UTC", Style(.success)))
            if panelHasRoom {
                lines.append(TextRun(signOff.reading.impression.inert(keepsNewlines: true)))
            }
        }
        if let claim = detail.entry.claim, claim.reader != model.session.reader,
            !detail.entry.state.isSigned
        {
            lines.append(TextRun("open \(Words.holder(claim))", Style(.accent)))
        }
        if panelHasRoom, !study.draft.impression.isEmpty, detail.signOffs.isEmpty {
            lines.append(TextRun("Draft impression", Style(.heading)))
            lines.append(TextRun(study.draft.impression.inert(keepsNewlines: true)))
        }
        return lines
    }

    /// Paragraphs of text, wrapped, as far as there is room; the last line says when there is more.
    ///
    /// - Parameter wraps: false gives each paragraph one line, cut at its end.
    mutating func drawParagraphs(
        _ paragraphs: [TextRun], in area: Rectangle, wraps: Bool = true
    ) {
        let lines = paragraphs.filter { !$0.text.isEmpty }.flatMap { paragraph in
            // A line that fits stays as it is: wrapping would drop the spaces that it begins with.
            wraps && !paragraph.text.fits(area.columns)
                ? TextLayout.wrapped(paragraph.text, to: area.columns)
                    .map { TextRun($0, paragraph.style) } : [paragraph]
        }
        for (row, line) in lines.prefix(area.rows).enumerated() {
            let place = area.position(rows: row)
            frame.put(line.text, at: place, style: line.style, width: area.columns)
            if row == area.rows - 1, lines.count > area.rows {
                frame.put("…", at: place.moved(columns: area.columns - 1), style: line.style)
            }
        }
    }
}

extension String {
    /// Whether this is one line of at most `columns` cells.
    fileprivate func fits(_ columns: Int) -> Bool {
        !contains(where: \.isNewline) && DisplayWidth.of(self) <= columns
    }
}
