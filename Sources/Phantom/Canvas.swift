// Pixels with millimetres, and the brushes.

import Foundation

/// A rectangle of the detector plane, sampled at pixel centres.
///
/// x runs to the right of the picture from the patient's midline, y down from the lung apices, both
/// in millimetres at the patient.
struct Field: Sendable, Equatable {
    let columns: Int
    let rows: Int
    let left: Double
    let top: Double
    let pixelMillimetres: Double

    func x(_ column: Int) -> Double { left + (Double(column) + 0.5) * pixelMillimetres }
    func y(_ row: Int) -> Double { top + (Double(row) + 0.5) * pixelMillimetres }
    func column(_ x: Double) -> Double { (x - left) / pixelMillimetres - 0.5 }
    func row(_ y: Double) -> Double { (y - top) / pixelMillimetres - 0.5 }

    /// The same rectangle with pixels about `factor` times as large.
    func coarser(by factor: Double) -> Field {
        let columns = max(2, Int((Double(self.columns) / factor).rounded()))
        let rows = max(2, Int((Double(self.rows) / factor).rounded()))
        return Field(
            columns: columns, rows: rows, left: left, top: top,
            pixelMillimetres: pixelMillimetres * Double(self.columns) / Double(columns))
    }

    /// The rows and columns that a box reaches, clipped; nil when none.
    func span(
        x: ClosedRange<Double>, y: ClosedRange<Double>
    ) -> (rows: ClosedRange<Int>, columns: ClosedRange<Int>)? {
        let first = max(0, Int(column(x.lowerBound).rounded(.up)))
        let last = min(columns - 1, Int(column(x.upperBound).rounded(.down)))
        let upper = max(0, Int(row(y.lowerBound).rounded(.up)))
        let lower = min(rows - 1, Int(row(y.upperBound).rounded(.down)))
        guard first <= last, upper <= lower else { return nil }
        return (upper...lower, first...last)
    }
}

/// One number for each pixel of a field.
struct Plane: Sendable {
    let field: Field
    var values: [Float]

    init(_ field: Field, filledWith value: Float = 0) {
        self.field = field
        values = [Float](repeating: value, count: field.columns * field.rows)
    }

    /// Calls `body` with index, x and y of each pixel in a box and stores what it returns.
    mutating func update(
        x: ClosedRange<Double>, y: ClosedRange<Double>,
        _ body: (_ index: Int, _ x: Double, _ y: Double, _ value: Float) -> Float
    ) {
        guard let span = field.span(x: x, y: y) else { return }
        let field = field
        values.withUnsafeMutableBufferPointer { values in
            for row in span.rows {
                let y = field.y(row)
                for column in span.columns {
                    let index = row * field.columns + column
                    values[index] = body(index, field.x(column), y, values[index])
                }
            }
        }
    }

    /// Calls `body` for each pixel and stores what it returns.
    mutating func update(_ body: (Int, Double, Double, Float) -> Float) {
        update(x: -1e6...1e6, y: -1e6...1e6, body)
    }

    /// The value at a point, bilinear, edges clamped.
    func sampled(x: Double, y: Double) -> Float {
        let column = min(max(field.column(x), 0), Double(field.columns - 1))
        let row = min(max(field.row(y), 0), Double(field.rows - 1))
        let left = min(Int(column), field.columns - 2)
        let upper = min(Int(row), field.rows - 2)
        let u = Float(column - Double(left))
        let v = Float(row - Double(upper))
        let at = upper * field.columns + left
        let above = values[at] * (1 - u) + values[at + 1] * u
        let below = values[at + field.columns] * (1 - u) + values[at + field.columns + 1] * u
        return above * (1 - v) + below * v
    }

    /// The same picture on another field of the same plane, bilinear.
    func resampled(to other: Field) -> Plane {
        guard other != field else { return self }
        var result = Plane(other)
        result.update { _, x, y, _ in sampled(x: x, y: y) }
        return result
    }
}

/// A point of a brush stroke.
struct StrokePoint: Sendable {
    var x: Double
    var y: Double
    /// Half the width, in millimetres.
    var halfWidth: Double
    /// Multiplies the profile.
    var strength: Double
}

/// How a stroke's weight falls from its middle line (0) to its edge (1).
enum StrokeProfile: Sendable {
    /// A round rod: the chord of a circle.
    case rod
    /// A hollow tube: dense wall, light inside, as a rib's cortex.
    case tube
    /// Soft on all sides.
    case soft

    func weight(_ distance: Double) -> Double {
        let d = min(abs(distance), 1)
        switch self {
        case .rod: return (1 - d * d).squareRoot()
        case .tube:
            let inner = 0.80
            let hollow = d < inner ? (inner * inner - d * d).squareRoot() : 0
            return (1 - d * d).squareRoot() - 0.62 * hollow
        case .soft: return (1 - d * d) * (1 - d * d)
        }
    }
}
