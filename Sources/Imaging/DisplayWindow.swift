// Windows: the map from modality values to what is shown (PS3.3 C.11.2).

import Foundation

/// A VOI transform: modality value in, display value 0...1 out (0 black, before any inversion).
public struct DisplayWindow: Sendable, Equatable {
    /// How values between the ends are mapped.
    public enum Shape: Sendable, Equatable {
        /// PS3.3 C.11.2.1.2.1: a ramp with the half-pixel offsets of the standard.
        case linear(center: Double, width: Double)
        /// PS3.3 C.11.2.1.3.2: a ramp without offsets.
        case linearExact(center: Double, width: Double)
        /// PS3.3 C.11.2.1.3.1: a sigmoid.
        case sigmoid(center: Double, width: Double)
        /// PS3.3 C.11.2.1.1: a table; entries are already scaled to 0...1.
        case table(firstValueMapped: Double, entries: [Float])
    }

    /// Who set this window.
    public enum Origin: String, Sendable, Equatable {
        /// The file.
        case file
        /// Wetread, from the histogram, because the file has none or one that cannot belong to it.
        case automatic
        /// The reader.
        case reader
    }

    /// The map.
    public var shape: Shape
    /// The file's Window Center & Width Explanation or LUT Explanation; empty where it has none.
    public var explanation: String
    /// Who set it.
    public var origin: Origin

    /// Makes a window.
    public init(shape: Shape, explanation: String = "", origin: Origin) {
        self.shape = shape
        self.explanation = explanation
        self.origin = origin
    }

    /// Center of the mapped range in modality units.
    public var center: Double {
        switch shape {
        case .linear(let center, _), .linearExact(let center, _), .sigmoid(let center, _): center
        case .table(let first, let entries): first + Double(entries.count - 1) / 2
        }
    }

    /// Width of the mapped range in modality units.
    public var width: Double {
        switch shape {
        case .linear(_, let width), .linearExact(_, let width), .sigmoid(_, let width): width
        case .table(_, let entries): Double(entries.count)
        }
    }

    /// Display value 0...1 of one modality value, before inversion; NaN is 0.
    public func displayValue(of value: Double) -> Double {
        guard !value.isNaN else { return 0 }
        switch shape {
        case .linear(let center, let width):
            // PS3.3 C.11.2.1.2.1; a width of 1 is a threshold at center - 0.5.
            if width <= 1 { return value <= center - 0.5 ? 0 : 1 }
            return clamped((value - (center - 0.5)) / (width - 1) + 0.5)
        case .linearExact(let center, let width):
            if width <= 0 { return value <= center ? 0 : 1 }
            return clamped((value - center) / width + 0.5)
        case .sigmoid(let center, let width):
            if width == 0 { return value <= center ? 0 : 1 }
            return 1 / (1 + exp(-4 * (value - center) / width))
        case .table(let first, let entries):
            guard let last = entries.indices.last else { return 0 }
            // Clamped before the conversion: infinities and huge values have no Int.
            let position = min(max((value - first).rounded(), 0), Double(last))
            return Double(entries[Int(position)])
        }
    }

    private func clamped(_ value: Double) -> Double { min(max(value, 0), 1) }
}
