// The report as one HTML page with its plots inside.

import Foundation

extension ReaderStudyAnalysis {
    /// A self-contained page: tables, ROC curves with bands, forest plot, calibration, the text.
    ///
    /// It loads nothing from elsewhere and runs no script.
    public var html: String {
        HTMLPage.text(
            title: "Reader study: \(name)",
            body: "<h1>Reader study: \(HTMLText.escaped(name))</h1>\n" + htmlBody)
    }

    /// What the page says of this analysis.
    var htmlBody: String {
        var page = "<p>\(HTMLText.escaped(summary))</p>\n"
        if let fault {
            page += "<p><strong>No analysis of variance:</strong> "
            page += "\(HTMLText.escaped(fault.description))</p>\n"
        }
        if let main {
            page += testTable(main) + figureTable(main)
            page += forestPlot(main)
        }
        page += rocPlot + calibrationPlot
        page += "<h2>Full text</h2>\n<pre>\(HTMLText.escaped(text, keepsNewlines: true))"
        page += "</pre>\n"
        for note in notes { page += "<p>Note: \(HTMLText.escaped(note))</p>\n" }
        return page
    }

    private var summary: String {
        "\(table.form.rawValue), \(table.design.rawValue): \(table.readers.count) readers, "
            + "\(table.treatments.count) treatments, \(table.cases.count) cases "
            + "(\(table.diseasedCount) diseased). Figure of merit: \(figure.name); covariances: "
            + "\(options.covariance.rawValue)."
    }

    private func testTable(_ main: ObuchowskiRockette) -> String {
        var text = "<h2>Tests</h2>\n<table>\n"
        text += HTMLPage.row(
            ["analysis", "difference", "estimate", "95 % interval", "F", "df", "p"], tag: "th")
        for generalisation in Generalisation.allCases {
            guard let test = main.test(generalisation) else { continue }
            for pair in IndexPair.all(main.treatments.count) {
                guard let estimate = main.difference(pair, generalisation) else { continue }
                text += HTMLPage.row([
                    Self.title(generalisation),
                    "\(main.treatments[pair.first]) - \(main.treatments[pair.second])",
                    Self.number(estimate.value),
                    "\(Self.number(estimate.lower)) to \(Self.number(estimate.upper))",
                    Self.number(test.f),
                    "\(Self.number(test.df1, 0)), \(Self.number(test.df2, 1))",
                    Self.pText(estimate.p),
                ])
            }
        }
        return text + "</table>\n"
    }

    private func figureTable(_ main: ObuchowskiRockette) -> String {
        var text = "<h2>\(HTMLText.escaped(figure.name)) by reader</h2>\n<table>\n"
        text += HTMLPage.row(["reader"] + main.treatments, tag: "th")
        for (reader, name) in main.readers.enumerated() {
            text += HTMLPage.row(
                [name]
                    + main.treatments.indices.map { treatment in
                        let single = main.single(treatment: treatment, reader: reader)
                        return "\(Self.number(single.value)) (\(Self.number(single.lower)) to "
                            + "\(Self.number(single.upper)))"
                    })
        }
        return text + HTMLPage.row(["mean"] + main.means.map { Self.number($0) }) + "</table>\n"
    }

    private var rocPlot: String {
        let curves = averageCurves
        guard !curves.isEmpty else { return "" }
        var plot = SVGPlot(width: 520, height: 520, x: 0...1, y: 0...1)
        plot.line([(0, 0), (1, 1)], colour: "#999", width: 1, isDashed: true)
        for (index, curve) in curves.enumerated() {
            let colour = SVGPlot.colour(index)
            for reader in curve.readers {
                plot.line(
                    reader.points.map { ($0.falsePositiveFraction, $0.truePositiveFraction) },
                    colour: colour, width: 0.7, opacity: 0.4)
            }
            let x = curve.falsePositiveFractions
            plot.band(
                Array(zip(x, curve.lower)), Array(zip(x, curve.upper)), colour: colour)
            plot.line(Array(zip(x, curve.sensitivities)), colour: colour, width: 2.5)
        }
        plot.legend(curves.map(\.treatment))
        let ticks = SVGPlot.ticks(0...1)
        return "<h2>ROC curves</h2>\n"
            + plot.written(
                title: "Mean of the readers, pointwise 95 % band over readers",
                x: "false-positive fraction", y: "sensitivity", xTicks: ticks, yTicks: ticks)
    }

    private func forestPlot(_ main: ObuchowskiRockette) -> String {
        guard main.treatments.count > 1 else { return "" }
        let pair = IndexPair(first: 1, second: 0)
        var rows = main.readers.indices.map {
            (main.readers[$0], main.readerDifference(pair, reader: $0))
        }
        if let all = main.difference(pair, .readersAndCases) { rows.append(("all readers", all)) }
        let ends = rows.flatMap { [$0.1.lower, $0.1.upper, $0.1.value] }.filter(\.isFinite) + [0]
        guard let low = ends.min(), let high = ends.max(), high > low else { return "" }
        let pad = (high - low) * 0.08
        let range = (low - 4 * pad)...(high + pad)
        let count = Double(rows.count)
        var plot = SVGPlot(
            width: 640, height: 90 + 24 * count, x: range, y: 0...(count + 1))
        plot.line([(0, 0), (0, count + 1)], colour: "#999", width: 1, isDashed: true)
        for (index, row) in rows.enumerated() where row.1.value.isFinite {
            let y = count - Double(index)
            let isTotal = row.0 == "all readers" && index == rows.count - 1
            let colour = isTotal ? SVGPlot.colour(1) : SVGPlot.colour(0)
            if row.1.lower.isFinite, row.1.upper.isFinite {
                plot.line([(row.1.lower, y), (row.1.upper, y)], colour: colour)
            }
            plot.dot(row.1.value, y, colour: colour, radius: isTotal ? 6 : 4)
            plot.label(row.0, x: range.lowerBound + 0.2 * pad, y: y)
        }
        return "<h2>Effect by reader</h2>\n"
            + plot.written(
                title: "\(main.treatments[1]) minus \(main.treatments[0]), 95 % intervals",
                x: "difference of \(figure.name)", y: "", xTicks: SVGPlot.ticks(range), yTicks: [])
    }

    private var calibrationPlot: String {
        let found = table.treatments.indices.compactMap { treatment in
            calibration(treatment: treatment).map { (table.treatments[treatment], $0) }
        }
        guard !found.isEmpty else { return "" }
        var plot = SVGPlot(width: 520, height: 520, x: 0...1, y: 0...1)
        plot.line([(0, 0), (1, 1)], colour: "#999", width: 1, isDashed: true)
        for (index, item) in found.enumerated() {
            let points = item.1.bins.map { ($0.confidence, $0.observed) }
            plot.line(points, colour: SVGPlot.colour(index))
            for point in points { plot.dot(point.0, point.1, colour: SVGPlot.colour(index)) }
        }
        plot.legend(found.map(\.0))
        let ticks = SVGPlot.ticks(0...1)
        return "<h2>Calibration of confidence</h2>\n"
            + plot.written(
                title: "Share diseased by confidence", x: "confidence", y: "share diseased",
                xTicks: ticks, yTicks: ticks)
    }
}

/// A page that loads nothing from elsewhere and runs no script.
enum HTMLPage {
    /// The page around a body.
    static func text(title: String, body: String) -> String {
        """
        <!DOCTYPE html>
        <html lang="en"><head><meta charset="utf-8">
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; \
        style-src 'unsafe-inline'">
        <title>\(HTMLText.escaped(title))</title>
        <style>
        body { font-family: sans-serif; max-width: 60em; margin: 2em auto; padding: 0 1em; }
        table { border-collapse: collapse; margin: 1em 0; }
        td, th { padding: 0.2em 0.7em; border-bottom: 1px solid #ccc; text-align: right; }
        td:first-child, th:first-child { text-align: left; }
        pre { background: #f4f4f4; padding: 1em; overflow-x: auto; }
        </style></head><body>
        \(body)<p>Wetread is not a medical device. Methods: Documentation/reader-studies.md.</p>
        </body></html>

        """
    }

    /// A row of a table.
    static func row(_ cells: [String], tag: String = "td") -> String {
        "<tr>" + cells.map { "<\(tag)>\(HTMLText.escaped($0))</\(tag)>" }.joined() + "</tr>\n"
    }
}
