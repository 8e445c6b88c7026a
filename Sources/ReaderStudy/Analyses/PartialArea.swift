// The empirical ROC curve and parts of the area under it.

/// A point of a ROC curve.
public struct OperatingPoint: Sendable, Hashable {
    /// 1 - specificity.
    public let falsePositiveFraction: Double
    /// Sensitivity.
    public let truePositiveFraction: Double
}

/// The empirical ROC curve: its operating points and partial areas.
public struct EmpiricalCurve: Sendable {
    /// From (0, 0) to (1, 1), one point for each rating, strictest first.
    public let points: [OperatingPoint]

    /// The curve of ratings of non-diseased and diseased cases (neither empty).
    public init(nonDiseased: [Double], diseased: [Double]) {
        let items =
            (nonDiseased.map { ($0, false) } + diseased.map { ($0, true) })
            .sorted { $0.0 > $1.0 }
        var counts = (negative: 0.0, positive: 0.0)
        var points = [OperatingPoint(falsePositiveFraction: 0, truePositiveFraction: 0)]
        for (index, item) in items.enumerated() {
            if item.1 { counts.positive += 1 } else { counts.negative += 1 }
            if index + 1 == items.count || items[index + 1].0 < item.0 {
                points.append(
                    OperatingPoint(
                        falsePositiveFraction: counts.negative / Double(nonDiseased.count),
                        truePositiveFraction: counts.positive / Double(diseased.count)))
            }
        }
        self.points = points
    }

    /// The area under the curve between two false-positive fractions (straight between points).
    public func area(falsePositiveFraction range: ClosedRange<Double>) -> Double {
        Self.area(points.map { ($0.falsePositiveFraction, $0.truePositiveFraction) }, over: range)
    }

    /// The area right of the curve between two sensitivities: the mean specificity there, times
    /// the width of the range.
    public func area(sensitivity range: ClosedRange<Double>) -> Double {
        Self.area(
            points.map { ($0.truePositiveFraction, 1 - $0.falsePositiveFraction) }, over: range)
    }

    private static func area(_ curve: [(x: Double, y: Double)], over range: ClosedRange<Double>)
        -> Double
    {
        var sum = 0.0
        for (left, right) in zip(curve, curve.dropFirst()) where right.x > left.x {
            let from = max(left.x, range.lowerBound)
            let to = min(right.x, range.upperBound)
            guard to > from else { continue }
            let slope = (right.y - left.y) / (right.x - left.x)
            let start = left.y + (from - left.x) * slope
            let end = left.y + (to - left.x) * slope
            sum += (to - from) * (start + end) / 2
        }
        return sum
    }
}
