// Any part of a radiograph on any grid.

/// A rectangle in source pixels: pixel (column j, row i) covers [j, j + 1) x [i, i + 1).
public struct Region: Sendable, Equatable {
    /// Left edge.
    public var x: Double
    /// Upper edge.
    public var y: Double
    /// Width, positive.
    public var width: Double
    /// Height, positive.
    public var height: Double

    /// Makes a rectangle; it may lie wholly or partly outside the picture.
    public init(x: Double, y: Double, width: Double, height: Double) {
        self.x = x
        self.y = y
        self.width = width
        self.height = height
    }
}

/// A grid of cells over a region, each the average modality value of the source pixels below it.
public struct SampledPlane: Sendable, Equatable {
    /// Number of columns.
    public let columns: Int
    /// Number of rows.
    public let rows: Int
    /// Modality values, row-major; 0 where `isOutside`.
    public let values: [Float]
    /// True for cells with no pixel of the patient below them: outside the picture, or all padding.
    public let isOutside: [Bool]

    /// Makes a plane.
    ///
    /// - Precondition: `values` and `isOutside` have `columns * rows` entries.
    public init(columns: Int, rows: Int, values: [Float], isOutside: [Bool]) {
        precondition(values.count == columns * rows && isOutside.count == values.count)
        self.columns = columns
        self.rows = rows
        self.values = values
        self.isOutside = isOutside
    }
}
