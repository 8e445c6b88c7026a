// A study's report as text, JSON and a page.

import Foundation

extension StudyReport {
    private var summaryLines: [String] {
        let plan = record.plan
        let scored = record.completed.count { $0.purpose == .scored }
        let idle = record.completed.reduce(0) { $0 + $1.idleCount }
        var lines = [
            "study \(plan.name), design \(designHash)",
            "\(scored) scored readings of \(plan.scoredCases.count) cases by "
                + "\(plan.readers.count) readers; \(record.unfinished.count) begun and not finished; "
                + "readers noticed to be away \(idle) times",
        ]
        if let model = plan.model {
            lines.append("AI: \(model.name) \(model.version), SHA-256 \(model.sha256)")
        }
        let trips = record.completed.compactMap(\.roundTripSeconds)
        if let least = trips.min(), let most = trips.max() {
            lines.append(
                String(
                    format: "terminals' round trips %.1f to %.1f ms", 1000 * least, 1000 * most))
        }
        return lines
    }

    /// The report for a person at a terminal.
    public var text: String {
        var lines = summaryLines + [""]
        for (index, finding) in findings.enumerated() {
            lines += ["== \(finding.pathology)", ""]
            if let fault = finding.fault { lines += ["Not analysed: \(fault.description)", ""] }
            if let ratings = finding.ratings { lines += [ratings.text, ""] }
            if findings.count > 1, holm[index].isFinite {
                lines += [
                    "Holm's p over \(findings.count) pathologies: "
                        + ReaderStudyAnalysis.pText(holm[index]), "",
                ]
            }
            for analysis in finding.places { lines += [analysis.text, ""] }
            lines += changeLines(finding) + repeatLines(finding)
        }
        return (lines + timeLines).joined(separator: "\n")
    }

    private func changeLines(_ finding: Finding) -> [String] {
        guard !finding.changes.isEmpty else { return [] }
        let rows = finding.changes.map { group, changes in
            [
                group, "\(changes.count)", "\(changes.helped)", "\(changes.harmed)",
                ReaderStudyAnalysis.pText(changes.p),
                "\(changes.followedWrongAdvice) of \(changes.wrongAdvice)",
                "\(changes.switched) of \(changes.disagreed)",
                ReaderStudyAnalysis.number(changes.weightOfAdvice, 2),
            ]
        }
        return ["Decisions before and after the AI"]
            + ReaderStudyAnalysis.aligned(
                [
                    [
                        "group", "decisions", "helped", "harmed", "p", "followed a wrong AI",
                        "switched", "advice weight",
                    ]
                ] + rows) + [""]
    }

    private func repeatLines(_ finding: Finding) -> [String] {
        guard !finding.repeats.isEmpty else { return [] }
        let apart = finding.repeats.map { abs(Double($0.first - $0.second)) }
        return [
            "Within readers: \(finding.repeats.count) cases read twice, answers "
                + ReaderStudyAnalysis.number(Moments.mean(apart), 1)
                + " apart on average, kappa of the calls "
                + ReaderStudyAnalysis.number(finding.repeatKappa, 3), "",
        ]
    }

    private var timeLines: [String] {
        times.flatMap { times in
            var lines = [
                "Time, \(times.treatment) against \(times.reference): medians "
                    + String(
                        format: "%.1f and %.1f s", times.summary.medians.aided,
                        times.summary.medians.unaided)
            ]
            if let model = times.model {
                lines.append(
                    "  ratio \(ReaderStudyAnalysis.number(model.ratio.value, 3)) (95 % interval "
                        + "\(ReaderStudyAnalysis.number(model.ratio.lower, 3)) to "
                        + "\(ReaderStudyAnalysis.number(model.ratio.upper, 3))), p = "
                        + ReaderStudyAnalysis.pText(model.effect.p))
            }
            return lines
        }
    }

    /// The report for programs; of one pathology its ROC analysis stands at the top level too.
    public var json: JSONTree {
        let plan = record.plan
        let study: [(key: String, value: JSONTree)] = [
            ("name", .text(plan.name)), ("design_sha256", .text(designHash)),
            ("model_sha256", plan.model.map { .text($0.sha256) } ?? .null),
            ("readings", .integer(record.completed.count)),
            ("unfinished", .integer(record.unfinished.count)),
            ("pathologies", .array(findings.indices.map(findingJSON))),
            ("times", .array(times.map(Self.json))),
        ]
        guard findings.count == 1, case .object(let members)? = findings[0].ratings?.json else {
            return .object([("study", .object(study))])
        }
        return .object(members + [("study", .object(study))])
    }

    private func findingJSON(_ index: Int) -> JSONTree {
        let finding = findings[index]
        let isAlone = findings.count == 1
        return .object([
            ("pathology", .text(finding.pathology)),
            ("error", finding.fault.map { .text($0.description) } ?? .null),
            ("holm_p", .number(holm[index])),
            ("ratings", isAlone ? .null : finding.ratings?.json ?? .null),
            ("places", .array(finding.places.map(\.json))),
            ("decisions", .array(finding.changes.map { Self.json($0.group, $0.changes) })),
            (
                "repeats",
                .object([
                    ("count", .integer(finding.repeats.count)),
                    ("kappa", .number(finding.repeatKappa)),
                ])
            ),
        ])
    }

    private static func json(_ group: String, _ changes: DecisionChanges) -> JSONTree {
        .object([
            ("group", .text(group)), ("decisions", .integer(changes.count)),
            ("helped", .integer(changes.helped)), ("harmed", .integer(changes.harmed)),
            ("p", .number(changes.p)), ("wrong_advice", .integer(changes.wrongAdvice)),
            ("followed_wrong_advice", .integer(changes.followedWrongAdvice)),
            ("agreed_with_wrong_advice", .integer(changes.agreedWithWrongAdvice)),
            ("switched", .integer(changes.switched)),
            ("disagreed", .integer(changes.disagreed)),
            ("weight_of_advice", .number(changes.weightOfAdvice)),
        ])
    }

    private static func json(_ times: Times) -> JSONTree {
        .object([
            ("reference", .text(times.reference)), ("treatment", .text(times.treatment)),
            ("median_reference_seconds", .number(times.summary.medians.unaided)),
            ("median_treatment_seconds", .number(times.summary.medians.aided)),
            ("learning_slope", .number(times.summary.learningSlope)),
            ("ratio", .number(times.model?.ratio.value ?? .nan)),
            (
                "ci95",
                .array([
                    .number(times.model?.ratio.lower ?? .nan),
                    .number(times.model?.ratio.upper ?? .nan),
                ])
            ),
            ("p", .number(times.model?.effect.p ?? .nan)),
        ])
    }

    /// A self-contained page.
    public var html: String {
        var body = "<h1>Reader study: \(HTMLText.escaped(record.plan.name))</h1>\n"
        for line in summaryLines { body += "<p>\(HTMLText.escaped(line))</p>\n" }
        for finding in findings {
            body += "<h1>\(HTMLText.escaped(finding.pathology))</h1>\n"
            if let fault = finding.fault {
                body += "<p>Not analysed: \(HTMLText.escaped(fault.description))</p>\n"
            }
            body += finding.ratings?.htmlBody ?? ""
            for analysis in finding.places {
                body += "<h2>\(HTMLText.escaped(analysis.name))</h2>\n" + analysis.htmlBody
            }
            let rest = changeLines(finding) + repeatLines(finding)
            if !rest.isEmpty {
                let lines = rest.joined(separator: "\n")
                body += "<pre>\(HTMLText.escaped(lines, keepsNewlines: true))</pre>\n"
            }
        }
        body += timePlot
        return HTMLPage.text(title: "Reader study: \(record.plan.name)", body: body)
    }

    /// Shares of the readings done within a time, by treatment.
    private var timePlot: String {
        guard let first = times.first else { return "" }
        let series =
            [(first.reference, first.readings.filter { !$0.isAided }.map(\.seconds))]
            + times.map { ($0.treatment, $0.readings.filter(\.isAided).map(\.seconds)) }
        let longest = series.flatMap(\.1).max() ?? 0
        guard longest > 0 else { return "" }
        var plot = SVGPlot(width: 640, height: 360, x: 0...longest, y: 0...1)
        for (index, item) in series.enumerated() {
            let sorted = item.1.sorted()
            var points = [(0.0, 0.0)]
            for (place, seconds) in sorted.enumerated() {
                points.append((seconds, Double(place) / Double(sorted.count)))
                points.append((seconds, Double(place + 1) / Double(sorted.count)))
            }
            plot.line(points + [(longest, 1)], colour: SVGPlot.colour(index))
        }
        plot.legend(series.map(\.0))
        let lines = timeLines.joined(separator: "\n")
        return "<h1>Reading times</h1>\n"
            + plot.written(
                title: "Share of the readings done within a time", x: "seconds", y: "share",
                xTicks: SVGPlot.ticks(0...longest), yTicks: SVGPlot.ticks(0...1))
            + "<pre>\(HTMLText.escaped(lines, keepsNewlines: true))</pre>\n"
    }
}
