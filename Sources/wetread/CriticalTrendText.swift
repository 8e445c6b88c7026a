// The trend of critical results as two plots and a table, 80 columns wide.

import Foundation
import Radiology
import Terminal

/// The trend of a report on critical results as lines of text without colours.
struct CriticalTrendText {
    private static let gutter = 6
    private static let plotColumns = 72

    private let figures: CriticalStatistics
    private let unicode: Bool
    /// The periods since the records began: those before say nothing.
    private let periods: [CriticalPeriod]

    init(_ figures: CriticalStatistics, _ unicode: Bool) {
        self.figures = figures
        self.unicode = unicode
        periods = figures.trend.filter { !$0.isBeforeRecords }
    }

    /// The heading, the plots and the table.
    var lines: [String] {
        guard let first = figures.trend.first, let last = figures.trend.last else { return [] }
        let unit =
            switch figures.trendUnit {
            case .day: "day"
            case .week: "week, Monday to Sunday (more than 8 weeks are asked for)"
            case .month: "month (more than 2 years are asked for)"
            }
        let heading = [
            "Trend by \(unit)",
            "\(first.firstDay) to \(last.lastDay), calendar days of \(figures.trendTimeZone)",
        ]
        if figures.raised == 0 {
            return heading + beforeRecords + ["No critical result was raised in this time."]
        }
        return heading + [""] + flagPlot + [""] + medianPlot + [""] + table + [""] + notes
    }

    /// Bars of what was raised, over digits for what was late.
    private var flagPlot: [String] {
        let top = Self.countTop(periods.map(\.flags).max() ?? 0)
        var plot = SlotPlot(
            slots: periods.count, top: Double(top), columns: Self.plotColumns, rows: 5)
        plot.bars(periods.map { Double($0.flags) })
        let scale = [0, top / 2, top].map { (value: Double($0), text: "\($0)") }
        var lines = ["Flags raised; below, how many of them were told late or are overdue"]
        lines += plot.lines(
            scale: scale, gutter: Self.gutter, marks: marks(plot), unicode: unicode)
        let late = periods.map { $0.communicatedLate + $0.openOverdue }
        lines.insert(
            plot.digits(late, label: "late", gutter: Self.gutter), at: lines.count - 1)
        return lines
    }

    /// Steps of the medians, with the limits that lie within the plot.
    private var medianPlot: [String] {
        let title = "Median from flag to communication, h:mm"
        guard let greatest = periods.compactMap(\.medianMinutes).max() else {
            return [title + ": nobody was told yet, so there is none"]
        }
        let limits = figures.limits.map { (name: $0.name, minutes: $0.limitSeconds / 60) }
        let near = limits.first.map { $0.minutes <= 4 * greatest ? $0.minutes : 0 } ?? 0
        let top = Self.minutesTop(max(greatest, near))
        var plot = SlotPlot(slots: periods.count, top: top, columns: Self.plotColumns, rows: 7)
        plot.steps(periods.map(\.medianMinutes))
        for limit in limits { plot.level(limit.minutes) }
        let scale = [0, top / 2, top].map { (value: $0, text: WaitText.text($0 * 60)) }
        func words(_ limits: [(name: String, minutes: Double)]) -> String {
            limits.map { "\($0.name.inert()) \(WaitText.text($0.minutes * 60))" }
                .joined(separator: ", ")
        }
        let drawn = limits.filter { $0.minutes <= top }
        let above = limits.filter { $0.minutes > top }
        var lines = [title + "; a gap where nobody was told"]
        if !drawn.isEmpty { lines.append("dotted: the limit, " + words(drawn)) }
        if !above.isEmpty { lines.append("above the plot: the limit, " + words(above)) }
        if limits.count > 1 {
            lines.append("The median mixes these limits; --category shows one alone.")
        }
        return lines
            + plot.lines(scale: scale, gutter: Self.gutter, marks: marks(plot), unicode: unicode)
    }

    /// First days below the slots, about ten cells apart.
    private func marks(_ plot: SlotPlot) -> [(slot: Int, text: String)] {
        let least = max((10 * periods.count + plot.columns - 1) / plot.columns, 1)
        let step =
            switch figures.trendUnit {
            case .day: (least + 6) / 7 * 7
            case .week: (least + 3) / 4 * 4
            case .month: (least + 5) / 6 * 6
            }
        return stride(from: 0, to: periods.count, by: min(step, max(periods.count - 1, 1))).map {
            let day = periods[$0].firstDay
            return (
                slot: $0,
                text: figures.trendUnit == .month ? String(day.prefix(7)) : String(day.suffix(5))
            )
        }
    }

    /// Every period's figures.
    private var table: [String] {
        let name =
            switch figures.trendUnit {
            case .day: "day"
            case .week: "week from"
            case .month: "month"
            }
        let heading = [
            name, "flags", "timely", "late", "open", "overdue", "false", "median", "90 %",
            "confirmed",
        ]
        let rows = [heading] + periods.map(row)
        let widths = heading.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        let aligned = rows.map { row in
            row.enumerated().map { column, text in
                let space = String(repeating: " ", count: widths[column] - text.count)
                return column == 0 ? text + space : space + text
            }
        }
        return Output.table(aligned)
    }

    private func row(_ period: CriticalPeriod) -> [String] {
        func time(_ minutes: Double?) -> String { minutes.map { WaitText.text($0 * 60) } ?? "–" }
        let name = figures.trendUnit == .month ? String(period.firstDay.prefix(7)) : period.firstDay
        let label = name + (period.isUnfinished ? "*" : period.isShortened ? "+" : "")
        if period.flags == 0 { return [label, "0"] + Array(repeating: "–", count: 8) }
        return [
            label, "\(period.flags)", "\(period.communicatedInTime)",
            "\(period.communicatedLate)", "\(period.openInTime)", "\(period.openOverdue)",
            "\(period.dismissed)", time(period.medianMinutes), time(period.percentile90Minutes),
            period.confirmedShare.map { String(format: "%.0f %%", $0 * 100) } ?? "–",
        ]
    }

    /// What the marks and the columns mean.
    private var notes: [String] {
        var lines: [String] = []
        if let last = periods.last, last.isUnfinished {
            lines.append(
                "* This \(figures.trendUnit.rawValue) is not over: its figures will change.")
        }
        if let first = periods.first, first.isShortened {
            lines.append(
                "\(first.isUnfinished ? "  It" : "+ This \(figures.trendUnit.rawValue)") "
                    + "is counted from \(first.firstDay) on only.")
        }
        return lines + beforeRecords + [
            "A result counts where it was raised. timely, late: communicated by or after",
            "the due time; open, overdue: not communicated, before or after it; false:",
            "dismissed; confirmed: communicated, of those communicated or dismissed.",
        ]
    }

    /// What is said of the time before there were records.
    private var beforeRecords: [String] {
        let before = figures.trend.filter(\.isBeforeRecords)
        guard let first = before.first, let last = before.last else { return [] }
        return ["\(first.firstDay) to \(last.lastDay): not shown, the records began later."]
    }

    /// The upper end of a scale of counts: even, with one digit that is not 0.
    private static func countTop(_ greatest: Int) -> Int {
        var unit = 1
        while true {
            for digit in [2, 4, 6, 8] where digit * unit >= greatest { return digit * unit }
            unit *= 10
            if unit >= greatest { return unit }
        }
    }

    /// The upper end of a scale of minutes whose half is a usual length of time too.
    private static func minutesTop(_ greatest: Double) -> Double {
        let usual: [Double] = [10, 20, 30, 60, 120, 240, 360, 480, 720, 1440, 2880]
        if let top = usual.first(where: { $0 >= greatest }) { return top }
        var top = 5760.0
        while top < greatest { top *= 2 }
        return top
    }
}
