// One finding in full: its numbers, where they come from, and how the passes lie.

import Foundation
import Radiology
import Terminal

extension TextWindow {
    static func wrapped(_ text: String, _ style: Style = .text, columns: Int) -> [TextRun] {
        TextLayout.wrapped(text, to: columns).map { TextRun($0, style) }
    }

    /// A finding in full, in lines: its numbers, its rule, what it means, its passes.
    static func finding(
        _ finding: Finding, card: ModelCard?, columns: Int, role: Role
    ) -> [TextRun] {
        let bounds = finding.bounds
        let spread =
            finding.uncertainty.map { String(format: " ± %.3f (standard deviation)", $0) }
            ?? ", spread not known (one pass)"
        var lines = wrapped(
            finding.pathology.displayName, Style(finding.isCritical ? .critical : .title),
            columns: columns)
        func add(_ text: String, _ other: Role? = nil) {
            lines += wrapped(text, Style(other ?? role), columns: columns)
        }
        add(
            String(format: "Calibrated probability %.3f", finding.probability) + spread
                + String(format: ", suspicion %.2f.", finding.suspicion))
        add("Risk: \(finding.riskLevel.rawValue).")
        add(
            "Bounds: reported \(bounds.reported.text), moderate \(bounds.moderate.text), high "
                + "\(bounds.high.text), uncertain above a deviation of "
                + "\(ProbabilityText.bound(bounds.uncertainAbove)).")
        add(finding.criticalRule.map { "Critical rule: \($0)." } ?? "No critical rule.")
        if !finding.source.isEmpty { add("From \(finding.source.inert()).") }
        add(entropyWords(finding))
        for text in worth(finding, card) { add(text) }
        lines.append(TextRun(" "))
        add(finding.clinicalSignificance)
        if !finding.passes.isEmpty {
            lines.append(TextRun(" "))
            lines += histogram(finding, columns: columns, role: role)
            add(finding.passes.map(ProbabilityText.short).joined(separator: " "), .dim)
        }
        return lines
    }

    /// What the reader says of a finding, and said before the AI was shown.
    static func yours(_ study: StudyState?, on finding: Finding, columns: Int) -> [TextRun] {
        guard let study else { return [] }
        var text = "You: \(Words.decision(study.draft.decisions[finding.pathology], on: finding))."
        if study.impression.recordedAt != nil {
            let look =
                switch study.impression.looks[finding.pathology] {
                case .present: "present"
                case .unsure: "unsure"
                case nil: "not seen"
                }
            text += " Your first impression: \(look)."
        }
        return wrapped(text, Style(.popup), columns: columns)
    }

    /// What the model was measured to be worth on this label, and how it was calibrated.
    private static func worth(_ finding: Finding, _ card: ModelCard?) -> [String] {
        guard let card else { return ["The model is not installed here: its worth is not known."] }
        var lines: [String] = []
        if let area = card.areas[finding.pathology] {
            var text = String(format: "Measured AUC %.3f", area.value)
            if let interval = area.interval {
                text += String(
                    format: " (95 %% interval %.3f-%.3f)", interval.lowerBound,
                    interval.upperBound)
            }
            if let count = area.positiveCount { text += ", \(count) with it" }
            if !card.measuredOn.isEmpty { text += ", on \(card.measuredOn.inert())" }
            if let interval = area.interval, interval.contains(0.5) {
                text += ". The interval holds 0.5: no skill is shown"
            }
            lines.append(text + ".")
        } else {
            lines.append("The package states no measured AUC for this label.")
        }
        if !card.calibration.isEmpty {
            lines.append("Calibration: \(card.calibration.inert()).")
        }
        return lines
    }

    /// Entropy of the mean, and how much of it is the passes' disagreement, in bits.
    ///
    /// H(mean) is the whole uncertainty of yes or no, the mean of H(pass) what is left when a pass
    /// is taken for true; their difference is what the passes disagree on (Houlsby et al., 2011).
    static func entropies(_ finding: Finding) -> (whole: Double, disagreement: Double) {
        func entropy(_ p: Double) -> Double {
            guard p > 0, p < 1 else { return 0 }
            return -(p * log2(p) + (1 - p) * log2(1 - p))
        }
        let whole = entropy(finding.probability)
        guard !finding.passes.isEmpty else { return (whole, 0) }
        let each = finding.passes.map(entropy).reduce(0, +) / Double(finding.passes.count)
        return (whole, max(whole - each, 0))
    }

    private static func entropyWords(_ finding: Finding) -> String {
        let bits = entropies(finding)
        let text = String(format: "Entropy %.2f bit", bits.whole)
        return finding.passes.count < 2
            ? text + "." : text + String(format: ", of it %.3f from the passes.", bits.disagreement)
    }

    /// The passes as a small histogram over the range they fill, four lines high.
    private static func histogram(_ finding: Finding, columns: Int, role: Role) -> [TextRun] {
        let least = finding.passes.min() ?? 0
        let most = finding.passes.max() ?? 1
        let margin = max((most - least) * 0.25, 0.005)
        let low = max(least - margin, 0)
        let high = min(most + margin, 1)
        let bins = min(max(columns - 4, 4), 36)
        var counts = [Int](repeating: 0, count: bins)
        for pass in finding.passes {
            let place = Int((pass - low) / max(high - low, 1e-9) * Double(bins))
            counts[min(max(place, 0), bins - 1)] += 1
        }
        let tallest = max(counts.max() ?? 1, 1)
        let rows = min(tallest, 4)
        var lines = wrapped(
            "\(finding.passes.count) passes:", Style(.heading), columns: columns)
        for row in (0..<rows).reversed() {
            let text = counts.map { count -> Character in
                let eighths = count * rows * 8 / tallest - row * 8
                guard eighths > 0 else { return row == 0 ? "·" : " " }
                return Array("▁▂▃▄▅▆▇█")[min(eighths, 8) - 1]
            }
            lines.append(TextRun(String(text), Style(.barMean)))
        }
        let left = String(format: "%.3f", low)
        let right = String(format: "%.3f", high)
        let gap = String(repeating: "─", count: max(bins - left.count - right.count, 1))
        lines.append(TextRun(left + gap + right, Style(.barScale)))
        return lines
    }

    /// Which parts of the image on the screen were seen finer than in the overview.
    static func coverage(_ model: Model, columns: Int) -> [TextRun] {
        guard let study = model.study, let image = study.image else { return [] }
        let pane = StudyLayout.overviewPane(size: model.size)
        let overview = study.overviewScale(
            image, pane: pane, capabilities: model.capabilities)
        let coverage = study.coverage[image.id] ?? Coverage()
        let rows = min(max(model.size.rows - 16, 6), 12)
        var lines = coverage.map(finerThan: overview, columns: rows * 2, rows: rows).map {
            TextRun($0, Style(.popup))
        }
        let share = Int((coverage.share(finerThan: overview) * 100).rounded())
        let text = [
            "▓ magnified   ░ overview only   · not on the screen for a second",
            "\(share) % of the image, as it is stored, was magnified.",
            study.unseenWords(pane: pane, capabilities: model.capabilities)
                .map { "Not yet seen: \($0)." } ?? "Nothing is left at the overview.",
        ]
        lines += text.flatMap { wrapped($0, Style(.popup), columns: columns) }
        return lines
    }

    /// What the installation's checks found.
    static func doctor(_ model: Model, _ found: [String]?, columns: Int) -> [TextRun] {
        let can = model.capabilities
        var lines = [
            "terminal: \(model.size.columns)x\(model.size.rows), colours \(can.colour), glyphs "
                + "\(can.glyphs.rawValue), \(can.unicode ? "Unicode" : "ASCII only"), cells "
                + String(format: "%.1f times as high as wide", can.cellAspect),
            "picture: \(PictureOptions(can).summary)",
            "mouse: \(model.takesMouse ? "taken" : "left to the terminal")",
            "worklist: \(model.worklist.studyCount) studies, order \(model.worklist.order.words)",
        ]
        lines += found ?? ["checking libraries, models and database…"]
        return lines.flatMap { wrapped($0.inert(), Style(.popup), columns: columns) }
    }
}
