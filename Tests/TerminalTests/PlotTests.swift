import Terminal
import Testing

@Suite("Plots of one line") struct PlotTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let bar: IntervalBar
        let columns: Int
        let text: String
        var testDescription: String { text }
    }

    @Test(
        "A bar shows mean, interval and threshold",
        arguments: [
            Row(
                bar: IntervalBar(mean: 0.55, lower: 0.25, upper: 0.75), columns: 10,
                text: "··━━━●━━··"),
            Row(bar: IntervalBar(mean: 0, lower: 0, upper: 0.05), columns: 10, text: "●·········"),
            Row(bar: IntervalBar(mean: 1, lower: 0.9, upper: 1.4), columns: 10, text: "·········●"),
            Row(
                bar: IntervalBar(mean: 0.1, lower: -0.3, upper: 0.3, thresholds: [0.5, 0.75]),
                columns: 12, text: "━●━━··┊··┊··"),
            Row(
                bar: IntervalBar(mean: 0.5, lower: 0.4, upper: 0.6, thresholds: [0.5]), columns: 10,
                text: "····━●━···"),
            Row(
                bar: IntervalBar(mean: 0.7, lower: 0.2, upper: 0.9, thresholds: [0.5]), columns: 10,
                text: "··━━━┊━●━━"),
            Row(
                bar: IntervalBar(mean: nil, lower: 0, upper: 1, thresholds: [0.5]), columns: 4,
                text: "··┊·"),
            Row(bar: IntervalBar(mean: .nan, lower: 0, upper: 1), columns: 4, text: "····"),
            Row(
                bar: IntervalBar(mean: 0.5, lower: .nan, upper: .infinity), columns: 4, text: "··●·"
            ),
            Row(bar: IntervalBar(mean: 0.5, lower: 0.9, upper: 0.1), columns: 1, text: "●"),
            Row(bar: IntervalBar(mean: 0.5, lower: 0, upper: 1), columns: 0, text: ""),
        ])
    func bars(_ row: Row) {
        #expect(row.bar.runs(columns: row.columns).map(\.text).joined() == row.text)
    }

    @Test("An alarm changes the role, not the marks") func alarm() {
        let bar = IntervalBar(mean: 0.9, lower: 0.8, upper: 1, isCritical: true)
        let runs = bar.runs(columns: 10, on: .selection)
        #expect(
            runs.map(\.style) == [
                Style(.barScale, on: .selection), Style(.barCritical, on: .selection),
            ])
    }

    @Test("Sparklines, histograms and gauges stay in their cells") func others() {
        #expect(Sparkline.text([0, 1, 2, 3, 4, 5, 6, 8]) == "▁▂▃▄▅▆▇█")
        #expect(Sparkline.text([1, .nan, 1]) == "█ █")
        #expect(Sparkline.text([]) == "")
        #expect(Sparkline.histogram([0.05, 0.06, 0.95, 1, 2], columns: 10) == "▆        █")
        #expect(Gauge.text(0.5, columns: 4) == "██  ")
        #expect(Gauge.text(0.53125, columns: 4) == "██▏ ")
        #expect(Gauge.text(7, columns: 2) == "██")
        #expect(Gauge.text(-1, columns: 2) == "  ")
        #expect(Gauge.text(.nan, columns: 2) == "")
    }
}
