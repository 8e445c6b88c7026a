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

    @Test("Bars stand side by side; zero and nothing have none") func bars() {
        var plot = SlotPlot(slots: 4, top: 4, columns: 8, rows: 2)
        plot.bars([4, nil, 0, 1])
        let marks = [(slot: 0, text: "a"), (slot: 2, text: "b")]
        let scale: [(value: Double, text: String)] = [(0, "0"), (4, "4")]
        #expect(
            plot.lines(scale: scale, gutter: 2, marks: marks, unicode: true) == [
                " 4┤⣿⡇", " 0┤⣿⡇    ⣤⡄", "  └┬───┬───", "   a   b",
            ])
        #expect(
            plot.lines(scale: scale, gutter: 2, marks: marks, unicode: false) == [
                " 4+#|", " 0+#|    =|", "  ++---+---", "   a   b",
            ])
        #expect(plot.digits([0, 3, 0, 12], label: "n", gutter: 2) == " n   3   +")
    }

    @Test("Steps leave a gap where there is no value, and a level is dotted") func steps() {
        var plot = SlotPlot(slots: 5, top: 10, columns: 10, rows: 2)
        plot.steps([0, 10, nil, 0, .nan])
        #expect(
            plot.lines(scale: [], gutter: 0, marks: [], unicode: true).prefix(2) == [
                "│  ⡏⠉", "│⣀⣀⡇   ⣀⣀",
            ])
        #expect(
            plot.lines(scale: [], gutter: 0, marks: [], unicode: false).prefix(2) == [
                "|  +\"", "|__|   __",
            ])
        var level = SlotPlot(slots: 5, top: 10, columns: 10, rows: 2)
        level.level(0)
        level.level(10.1)
        #expect(
            level.lines(scale: [], gutter: 0, marks: [], unicode: false).prefix(2) == [
                "|", "|. . . . .",
            ])
    }

    @Test("A plot is never wider than asked", arguments: [1, 2, 7, 31, 57, 106, 144, 145, 5000])
    func widths(slots: Int) {
        var plot = SlotPlot(slots: slots, top: 1, columns: 72, rows: 3)
        plot.bars(Array(repeating: 1, count: slots))
        plot.steps(Array(repeating: 0.5, count: slots))
        #expect(plot.columns <= 72 && plot.columns >= min(slots / 2, 72))
        #expect(plot.column(of: slots - 1) < plot.columns)
        let marks = (0..<slots).map { (slot: $0, text: "11-21") }
        let lines = plot.lines(scale: [(1, "1")], gutter: 6, marks: marks, unicode: true)
        #expect(lines.dropLast().allSatisfy { $0.count <= 79 })
        #expect(plot.digits(Array(repeating: 1, count: slots), label: "", gutter: 6).count <= 79)
    }

    @Test("Text without Unicode keeps its width") func asciiText() {
        #expect("a – é … 字".asciiOnly() == "a - e ~ ?")
    }
}
