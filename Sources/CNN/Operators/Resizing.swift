// Resize and Upsample: each axis is interpolated on its own, after the formulas of the ONNX page.

import Foundation

enum ResizeOperators {
    static let table: [String: OperatorFunction] = ["Resize": resize, "Upsample": upsample]

    /// How one axis is resampled: for each output index the inputs and their weights.
    private struct Axis {
        var length: Int
        var sources: [[(index: Int, weight: Double)]]
    }

    private struct Rule {
        var mode: String
        var transform: String
        var nearest: String
        var cubic: Double
        var excludesOutside: Bool
        var extrapolation: Double
        var antialias: Bool
        /// Marks, within `sources`, a value outside the crop.
        static let outside = -1

        func coordinate(
            _ out: Int, _ extent: Int, _ length: Int, _ scale: Double, _ roi: (Double, Double)
        ) -> Double {
            let x = Double(out)
            switch transform {
            case "asymmetric": return x / scale
            case "align_corners":
                // The length before it was rounded down, as the reference has it.
                let whole = scale * Double(extent)
                return whole == 1 ? 0 : x * Double(extent - 1) / (whole - 1)
            case "pytorch_half_pixel": return length > 1 ? (x + 0.5) / scale - 0.5 : 0
            case "half_pixel_symmetric":
                let adjustment = Double(length) / (scale * Double(extent))
                let center = Double(extent) / 2
                return center * (1 - adjustment) + (x + 0.5) / scale - 0.5
            case "tf_half_pixel_for_nn": return (x + 0.5) / scale
            case "tf_crop_and_resize":
                let (start, end) = roi
                let last = Double(extent - 1)
                return length > 1
                    ? start * last + x * (end - start) * last / Double(length - 1)
                    : 0.5 * (start + end) * last
            default: return (x + 0.5) / scale - 0.5
            }
        }

        func nearestIndex(_ exact: Double) -> Int {
            // Scales and crops are float32, so that a coordinate meant as whole may miss it by their
            // rounding.
            let x = Double(Float(exact))
            return switch nearest {
            case "floor": Int(x.rounded(.down))
            case "ceil": Int(x.rounded(.up))
            case "round_prefer_ceil": Int((x + 0.5).rounded(.down))
            default: Int((x - 0.5).rounded(.up))
            }
        }

        private func kernel(_ distance: Double) -> Double {
            let x = abs(distance)
            if mode == "linear" { return max(0, 1 - x) }
            if x <= 1 { return ((cubic + 2) * x - (cubic + 3)) * x * x + 1 }
            if x < 2 { return cubic * (((x - 5) * x + 8) * x - 4) }
            return 0
        }

        /// The inputs of one output value and their weights.
        func sources(_ x: Double, extent: Int, scale: Double) -> [(index: Int, weight: Double)] {
            if transform == "tf_crop_and_resize", x < 0 || x > Double(extent - 1) {
                return [(Self.outside, 1)]
            }
            if mode == "nearest" { return [(min(max(nearestIndex(x), 0), extent - 1), 1)] }
            // With antialiasing a shrinking kernel is widened to cover what it skips.
            let width = antialias && scale < 1 ? 1 / scale : 1
            let reach = (mode == "linear" ? 1.0 : 2.0) * width
            let first = Int((x - reach).rounded(.down)) + 1
            let last = Int((x + reach).rounded(.up)) - 1
            var found: [(index: Int, weight: Double)] = []
            var sum = 0.0
            for index in min(first, last)...max(first, last) {
                var weight = kernel((x - Double(index)) / width)
                if excludesOutside || (antialias && width > 1), index < 0 || index >= extent {
                    weight = excludesOutside ? 0 : weight
                }
                sum += weight
                if weight != 0 { found.append((min(max(index, 0), extent - 1), weight)) }
            }
            guard sum != 0 else { return [(min(max(Int(x.rounded()), 0), extent - 1), 1)] }
            return found.map { ($0.index, $0.weight / sum) }
        }
    }

    private static func upsample(_ call: OperatorCall) throws(CNNError) -> [Tensor] {
        let input = try call.input(0)
        let scales =
            call.floats("scales")?.map(Double.init) ?? call.optional(1)?.storage.doubles ?? []
        guard scales.count == input.shape.count else { throw call.fail("scales \(scales)") }
        let rule = Rule(
            mode: call.string("mode", "nearest"), transform: "asymmetric", nearest: "floor",
            cubic: -0.75, excludesOutside: false, extrapolation: 0, antialias: false)
        return [try resample(input, scales: scales, lengths: nil, roi: [], rule, call)]
    }

    private static func resize(_ call: OperatorCall) throws(CNNError) -> [Tensor] {
        let input = try call.input(0)
        let rank = input.shape.count
        let isOld = call.opset < 11
        let rule = Rule(
            mode: call.string("mode", "nearest"),
            transform: isOld
                ? "asymmetric" : call.string("coordinate_transformation_mode", "half_pixel"),
            nearest: isOld ? "floor" : call.string("nearest_mode", "round_prefer_floor"),
            cubic: Double(call.float("cubic_coeff_a", -0.75)),
            excludesOutside: call.integer("exclude_outside", 0) != 0,
            extrapolation: Double(call.float("extrapolation_value", 0)),
            antialias: call.integer("antialias", 0) != 0)
        var axes: [Int] = []
        for axis in call.integers("axes") ?? Array(0..<rank) {
            axes.append(try call.axis(axis, rank: rank))
        }
        var scales = [Double](repeating: 1, count: rank)
        var lengths: [Int]?
        let given = call.optional(isOld ? 1 : 2)?.storage.doubles ?? []
        if !given.isEmpty {
            guard given.count == axes.count else { throw call.fail("scales \(given)") }
            for (axis, scale) in zip(axes, given) { scales[axis] = scale }
        } else {
            var sizes = try call.integers(3)
            guard sizes.count == axes.count, sizes.allSatisfy({ $0 > 0 }),
                axes.allSatisfy({ input.shape[$0] > 0 })
            else { throw call.fail("sizes \(sizes)") }
            let ratios = zip(axes, sizes).map { Double($1) / Double(input.shape[$0]) }
            let policy = call.string("keep_aspect_ratio_policy", "stretch")
            if policy != "stretch" {
                let scale = policy == "not_larger" ? ratios.min() ?? 1 : ratios.max() ?? 1
                sizes = axes.map { Int((scale * Double(input.shape[$0])).rounded()) }
                for axis in axes { scales[axis] = scale }
            } else {
                for (axis, ratio) in zip(axes, ratios) { scales[axis] = ratio }
            }
            var all = input.shape
            for (axis, size) in zip(axes, sizes) { all[axis] = size }
            lengths = all
        }
        var roi = [Double](repeating: 0, count: rank) + [Double](repeating: 1, count: rank)
        if let region = isOld ? nil : call.optional(1)?.storage.doubles,
            region.count == 2 * axes.count
        {
            for (index, axis) in axes.enumerated() {
                roi[axis] = region[index]
                roi[rank + axis] = region[axes.count + index]
            }
        }
        return [try resample(input, scales: scales, lengths: lengths, roi: roi, rule, call)]
    }

    /// Interpolates along one axis after the other.
    private static func resample(
        _ input: Tensor, scales: [Double], lengths: [Int]?, roi: [Double], _ rule: Rule,
        _ call: OperatorCall
    ) throws(CNNError) -> Tensor {
        guard scales.allSatisfy({ $0 > 0 && $0 < 1e6 }) else { throw call.fail("scales \(scales)") }
        let rank = input.shape.count
        let target =
            lengths
            ?? (0..<rank).map { Int((Double(input.shape[$0]) * scales[$0]).rounded(.down)) }
        _ = try call.count(target)
        var shape = input.shape
        var values = input.storage.doubles
        for axis in 0..<rank {
            let (extent, length) = (input.shape[axis], target[axis])
            let crop = roi.isEmpty ? (0.0, 1.0) : (roi[axis], roi[rank + axis])
            let isCropped = rule.transform == "tf_crop_and_resize" && crop != (0, 1)
            if length == extent, scales[axis] == 1, !isCropped { continue }
            let sources = (0..<length).map {
                rule.sources(
                    rule.coordinate($0, extent, length, scales[axis], crop), extent: extent,
                    scale: scales[axis])
            }
            let inner = shape.dropFirst(axis + 1).reduce(1, *)
            let outer = shape.prefix(axis).reduce(1, *)
            var next: [Double] = []
            next.reserveCapacity(outer * length * inner)
            for row in 0..<outer {
                for source in sources {
                    for column in 0..<inner {
                        next.append(
                            source.reduce(0) { sum, part in
                                let value =
                                    part.index == Rule.outside
                                    ? rule.extrapolation
                                    : values[(row * extent + part.index) * inner + column]
                                return sum + part.weight * value
                            })
                    }
                }
            }
            values = next
            shape[axis] = length
        }
        return Tensor(shape: shape, storage: try call.rounded(values, to: input.elementType))
    }
}
