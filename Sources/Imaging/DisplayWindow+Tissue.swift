// Windows for a kind of tissue, from the picture's own values: a radiograph has no absolute scale.

/// The tissues a reader asks for by name.
public enum TissueWindow: String, Sendable, CaseIterable {
    /// Mediastinum, heart, soft parts.
    case softTissue = "soft tissue"
    /// Lung.
    case lung = "lung"
    /// Bone.
    case bone = "bone"

    /// The share of the values, ordered from air to dense, that the window spans.
    ///
    /// Read off the phantom and NIH films by eye: lung lies in the lower half of a chest's values,
    /// the mediastinum above it, bone at the top. A window is a starting point, not a measurement.
    var span: ClosedRange<Double> {
        switch self {
        case .softTissue: 0.30...0.98
        case .lung: 0.02...0.62
        case .bone: 0.55...0.998
        }
    }
}

extension Radiograph {
    /// The window of a tissue, from the distribution of the values outside the padding.
    public func window(for tissue: TissueWindow) -> DisplayWindow {
        let stride = max(1, values.count / 40_000) | 1
        var sample: [Float] = []
        for index in Swift.stride(from: 0, to: values.count, by: stride)
        where isPadding?[index] != true && values[index].isFinite {
            sample.append(values[index])
        }
        guard !sample.isEmpty else { return windows[0] }
        sample.sort()
        func value(_ share: Double) -> Double {
            // Where low values are bright, dense tissue has the low ones.
            let place = showsLowValuesBright ? 1 - share : share
            return Double(sample[min(Int(place * Double(sample.count)), sample.count - 1)])
        }
        let ends = [value(tissue.span.lowerBound), value(tissue.span.upperBound)].sorted()
        return DisplayWindow(
            shape: .linearExact(
                center: (ends[0] + ends[1]) / 2, width: max(ends[1] - ends[0], 1)),
            explanation: tissue.rawValue, origin: .reader)
    }
}
