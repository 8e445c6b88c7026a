// One value and how sure it is, on one line of cells.

/// A mean, the interval around it and a threshold on one axis from 0 to 1.
///
/// `··━━●━━┊··`: `●` mean, `━` interval, `┊` threshold, `·` axis. The mean covers the threshold, and
/// the threshold the interval, so that no mark is lost. Legible without colour; ASCII stand-ins are
/// `o`, `=`, `|` and `.`.
public struct IntervalBar: Sendable, Hashable {
    /// The mean, 0...1; nil draws the axis alone.
    public var mean: Double?
    /// Lower end of the interval.
    public var lower: Double
    /// Upper end of the interval.
    public var upper: Double
    /// Marks on the axis.
    public var thresholds: [Double]
    /// True draws mean and interval in the role of an alarm.
    public var isCritical: Bool

    /// Makes a bar; values beyond 0...1 are drawn at its ends.
    public init(
        mean: Double?, lower: Double, upper: Double, thresholds: [Double] = [],
        isCritical: Bool = false
    ) {
        self.mean = mean
        self.lower = lower
        self.upper = upper
        self.thresholds = thresholds
        self.isCritical = isCritical
    }

    /// The bar in `columns` cells, on another role's background where one is given.
    public func runs(columns: Int, on background: Role? = nil) -> [TextRun] {
        guard columns > 0 else { return [] }
        var marks = [Mark](repeating: .scale, count: columns)
        if let mean, mean.isFinite {
            let ends = [lower, upper].filter(\.isFinite)
            if let low = ends.min(), let high = ends.max() {
                for column in Self.column(low, columns)...Self.column(high, columns) {
                    marks[column] = .interval
                }
            }
        }
        for threshold in thresholds where threshold.isFinite {
            marks[Self.column(threshold, columns)] = .threshold
        }
        if let mean, mean.isFinite { marks[Self.column(mean, columns)] = .mean }
        var runs: [TextRun] = []
        for mark in marks {
            let style = Style(role(of: mark), on: background)
            if runs.last?.style == style {
                runs[runs.count - 1].text.append(mark.rawValue)
            } else {
                runs.append(TextRun(String(mark.rawValue), style))
            }
        }
        return runs
    }

    /// The column of a value: each column stands for an equal share of 0...1.
    static func column(_ value: Double, _ columns: Int) -> Int {
        min(max(Int(value * Double(columns)), 0), columns - 1)
    }

    private enum Mark: Character {
        case scale = "·"
        case interval = "━"
        case threshold = "┊"
        case mean = "●"
    }

    private func role(of mark: Mark) -> Role {
        switch mark {
        case .scale: .barScale
        case .threshold: .barThreshold
        case .interval: isCritical ? .barCritical : .barInterval
        case .mean: isCritical ? .barCritical : .barMean
        }
    }
}
