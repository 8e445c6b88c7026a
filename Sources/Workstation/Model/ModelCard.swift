// What is known of the model that answered: how well it did where it was measured.

import Radiology

/// How well a label was told apart on the pictures a model was measured on.
public struct MeasuredAUC: Sendable, Equatable {
    /// Area under the ROC curve.
    public let value: Double
    /// The 95 % interval, where the package states it.
    public let interval: ClosedRange<Double>?
    /// Pictures with the pathology, where the package states it.
    public let positiveCount: Int?

    /// Makes a measured area.
    public init(value: Double, interval: ClosedRange<Double>? = nil, positiveCount: Int? = nil) {
        self.value = value
        self.interval = interval
        self.positiveCount = positiveCount
    }
}

/// What a package says of its model's worth, for the screens.
public struct ModelCard: Sendable, Equatable {
    /// The measured area of each label.
    public let areas: [Pathology: MeasuredAUC]
    /// On what it was measured, in words; empty where the package does not say.
    public let measuredOn: String
    /// How probabilities were calibrated, in words; empty where the package does not say.
    public let calibration: String
    /// What the model cannot do, in its makers' words.
    public let limits: [String]
    /// True where heat maps can be made.
    public let hasHeatMaps: Bool

    /// Makes a card.
    public init(
        areas: [Pathology: MeasuredAUC], measuredOn: String = "", calibration: String = "",
        limits: [String] = [], hasHeatMaps: Bool = false
    ) {
        self.areas = areas
        self.measuredOn = measuredOn
        self.calibration = calibration
        self.limits = limits
        self.hasHeatMaps = hasHeatMaps
    }
}

/// Where in an image a label's evidence lies: contributions on a coarse grid over the whole image.
public struct HeatField: Sendable, Equatable {
    /// Columns of the grid.
    public let columns: Int
    /// Rows of the grid.
    public let rows: Int
    /// Contributions, row by row.
    public let values: [Float]

    /// Makes a field; `values` has `columns * rows` entries.
    public init(columns: Int, rows: Int, values: [Float]) {
        precondition(columns > 0 && rows > 0 && values.count == columns * rows, "one value a place")
        self.columns = columns
        self.rows = rows
        self.values = values
    }

    /// The greatest contribution; 0 where none argues for the label.
    var peak: Float { max(values.max() ?? 0, 0) }

    /// Strength 0...1 of its own peak at a place of the image, each 0...1, bilinear.
    func strength(x: Double, y: Double) -> Float {
        guard peak > 0, (0...1).contains(x), (0...1).contains(y) else { return 0 }
        let column = min(max(x * Double(columns) - 0.5, 0), Double(columns - 1))
        let row = min(max(y * Double(rows) - 0.5, 0), Double(rows - 1))
        let (left, top) = (Int(column), Int(row))
        let (right, bottom) = (min(left + 1, columns - 1), min(top + 1, rows - 1))
        let (across, down) = (Float(column) - Float(left), Float(row) - Float(top))
        func value(_ row: Int, _ column: Int) -> Float { values[row * columns + column] }
        let upper = value(top, left) * (1 - across) + value(top, right) * across
        let lower = value(bottom, left) * (1 - across) + value(bottom, right) * across
        return max(upper * (1 - down) + lower * down, 0) / peak
    }
}
