// LROC: the share localised correctly, and the area under it, at a false-positive fraction.

/// A point of an LROC curve.
public struct LocalisationPoint: Sendable, Hashable {
    /// The share of non-diseased cases rated above the cutoff.
    public let falsePositiveFraction: Double
    /// The share of diseased cases localised correctly and rated above the cutoff.
    public let localisedShare: Double
}

/// PCL or ALROC of one cell (Swensson 1996; interpolation as in RJafroc).
struct LocalisationFigure: Sendable {
    private struct Item {
        let rating: Double
        let caseIndex: Int
        let isDiseased: Bool
        let isLocalised: Bool
    }

    private let items: [Item]
    private let caseCount: Int
    private let fraction: Double
    private let isArea: Bool

    init(
        _ readings: [ReadingTable.Reading], _ table: ReadingTable, fraction: Double, isArea: Bool
    ) {
        items = readings.map {
            Item(
                rating: $0.rating, caseIndex: $0.caseIndex,
                isDiseased: table.cases[$0.caseIndex].isDiseased, isLocalised: $0.isLocalised)
        }.sorted { $0.rating > $1.rating }
        caseCount = table.cases.count
        self.fraction = fraction
        self.isArea = isArea
    }

    /// The operating points from (0, 0) on, one for each rating, strictest first.
    func points(weights: [Double]?) -> [LocalisationPoint] {
        var negatives = 0.0
        var positives = 0.0
        for item in items {
            let weight = weights?[item.caseIndex] ?? 1
            if item.isDiseased { positives += weight } else { negatives += weight }
        }
        var falsePositives = 0.0
        var localised = 0.0
        var points = [LocalisationPoint(falsePositiveFraction: 0, localisedShare: 0)]
        for (index, item) in items.enumerated() {
            let weight = weights?[item.caseIndex] ?? 1
            if !item.isDiseased {
                falsePositives += weight
            } else if item.isLocalised {
                localised += weight
            }
            if index + 1 == items.count || items[index + 1].rating < item.rating {
                points.append(
                    LocalisationPoint(
                        falsePositiveFraction: falsePositives / negatives,
                        localisedShare: localised / positives))
            }
        }
        return points
    }

    func value(weights: [Double]?) -> Double {
        let points = points(weights: weights)
        guard let last = points.last, last.falsePositiveFraction.isFinite else { return .nan }
        return isArea ? area(points) : share(points, at: fraction)
    }

    /// The curve's height at a fraction, by linear interpolation between operating points.
    private func share(_ points: [LocalisationPoint], at fraction: Double) -> Double {
        let last = points[points.count - 1]
        if fraction >= 1 { return last.localisedShare }
        let above =
            points.firstIndex { $0.falsePositiveFraction >= fraction } ?? points.count - 1
        guard above > 0 else { return points[0].localisedShare }
        let left = points[above - 1]
        let right = points[above]
        let step = right.falsePositiveFraction - left.falsePositiveFraction
        guard step > 0 else { return right.localisedShare }
        return left.localisedShare + (fraction - left.falsePositiveFraction) / step
            * (right.localisedShare - left.localisedShare)
    }

    private func area(_ points: [LocalisationPoint]) -> Double {
        var sum = 0.0
        for index in 1..<points.count {
            let left = points[index - 1]
            let right = points[index]
            if right.falsePositiveFraction >= fraction {
                let height = fraction >= 1 ? right.localisedShare : share(points, at: fraction)
                sum +=
                    (fraction - left.falsePositiveFraction) * (left.localisedShare + height) / 2
                break
            }
            sum +=
                (right.falsePositiveFraction - left.falsePositiveFraction)
                * (left.localisedShare + right.localisedShare) / 2
        }
        return sum
    }

    var valuesWithoutEachCase: [Double] {
        let all = value(weights: nil)
        var values = [Double](repeating: all, count: caseCount)
        var weights = [Double](repeating: 1, count: caseCount)
        for item in items {
            weights[item.caseIndex] = 0
            values[item.caseIndex] = value(weights: weights)
            weights[item.caseIndex] = 1
        }
        return values
    }
}
