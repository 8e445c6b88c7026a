// Does a picture look like a frontal chest radiograph?

import Foundation

/// The judgement of one picture against the table of `FrontalChestTable`.
///
/// The display picture is reduced to 16 x 16 (each axis on its own, so the aspect does not matter),
/// its best plane taken away and its spread set to 1. What ten principal components of frontal
/// chest radiographs cannot explain is the penalty, plus a little for components far from usual;
/// the picture must correlate with the mean chest, and not much better with a drawn side view.
/// Fitted on the patients of one half of 292 NIH pictures; measured on the rest
/// (SampleStudies/.training/fit_frontal_chest.py prints it): 146 of 149 pass, 18 of 20 DICOM chest
/// radiographs, 1 of 175 other DICOM pictures, none of 120 drawn side views, 7 of 292 chests
/// turned by 90 degrees, 7 upside down, no negative, 56 of 600 drawn ramps, blobs, bars and clouds.
/// Mirrored chests pass: nothing at this size tells left from right.
struct FrontalChest: Equatable {
    /// The penalty as a share of the bound: 0 fits perfectly, 1 is the last that passes.
    let penalty: Double
    /// Correlation with the mean as a share of the least that passes: 1 and more passes.
    let likeness: Double
    /// By how much its correlation with the mean exceeds that with a drawn side view.
    let frontality: Double

    /// 1 fits perfectly, 0.5 just passes, towards 0 does not.
    var score: Double {
        let fit = 1 / (1 + penalty.powerOfFour)
        let similar = 1 / (1 + (2 - min(likeness, 2)).powerOfFour)
        let margin = frontality + Double(FrontalChestTable.sidewaysMost)
        return min(fit, similar, 1 / (1 + exp(-20 * margin)))
    }

    private static let side = 16
    private static let unit = 1.0 / 10_000
    /// Below this many pixels a side there is no radiograph to recognise.
    private static let leastSide = 64
    private static let leastSpread = 4.0
    private static let leastShare = 0.2
    private static let componentWeight = 0.02

    init(_ radiograph: Radiograph) {
        guard min(radiograph.width, radiograph.height) >= Self.leastSide else {
            self.init(penalty: 10, likeness: 0, frontality: -1)
            return
        }
        self.init(reduced: radiograph.modelInput(columns: Self.side, rows: Self.side))
    }

    private init(penalty: Double, likeness: Double, frontality: Double) {
        self.penalty = penalty
        self.likeness = likeness
        self.frontality = frontality
    }

    /// Judges display values 0...255, row-major 16 x 16.
    init(reduced: [Float]) {
        let count = Double(reduced.count)
        let standard = Self.standardised(reduced)
        var rest = zip(standard, FrontalChestTable.mean).map { $0 - Double($1) * Self.unit }
        let centered = rest
        var unusual = 0.0
        for (component, deviation) in zip(
            FrontalChestTable.components, FrontalChestTable.deviations)
        {
            let along = zip(centered, component).reduce(0.0) {
                $0 + $1.0 * Double($1.1) * Self.unit
            }
            for (index, entry) in component.enumerated() {
                rest[index] -= along * Double(entry) * Self.unit
            }
            let deviations = along / Double(deviation)
            unusual += deviations * deviations
        }
        let unexplained = rest.reduce(0.0) { $0 + $1 * $1 } / count
        let missing = 1 - standard.reduce(0.0) { $0 + $1 * $1 } / count
        let usual = unusual / Double(FrontalChestTable.components.count)
        let sum = unexplained + missing + Self.componentWeight * usual
        penalty = sum / Double(FrontalChestTable.bound)
        let frontal = Self.correlation(standard, with: FrontalChestTable.mean)
        likeness = frontal / Double(FrontalChestTable.leastCorrelation)
        frontality = frontal - Self.correlation(standard, with: FrontalChestTable.side)
    }

    /// The picture less its best plane, its spread set to 1 (less where next to nothing is left).
    private static func standardised(_ reduced: [Float]) -> [Double] {
        let mean = reduced.reduce(0.0) { $0 + Double($1) } / Double(reduced.count)
        var values = reduced.map { Double($0) - mean }
        let before = spread(values)
        let middle = Double(side - 1) / 2
        let across = (0..<values.count).map { Double($0 % side) - middle }
        let down = (0..<values.count).map { Double($0 / side) - middle }
        for axis in [across, down] {
            let slope =
                zip(values, axis).reduce(0.0) { $0 + $1.0 * $1.1 }
                / axis.reduce(0.0) { $0 + $1 * $1 }
            for (index, position) in axis.enumerated() { values[index] -= slope * position }
        }
        let divisor = max(spread(values), leastSpread, leastShare * before)
        return values.map { $0 / divisor }
    }

    /// Root mean square of values whose mean is 0.
    private static func spread(_ values: [Double]) -> Double {
        (values.reduce(0.0) { $0 + $1 * $1 } / Double(values.count)).squareRoot()
    }

    /// Correlation with a mean picture of the table.
    private static func correlation(_ standard: [Double], with picture: [Int16]) -> Double {
        var product = 0.0
        var square = 0.0
        for (value, mean) in zip(standard, picture) {
            product += value * Double(mean) * unit
            square += Double(mean) * unit * Double(mean) * unit
        }
        return product / (square * Double(standard.count)).squareRoot()
    }
}

extension Double {
    fileprivate var powerOfFour: Double { self * self * self * self }
}
