// Conv, plain: the definition written out, for any number of spatial axes and any float type.
// The fast version is Engine/Kernels/ConvolutionKernel.swift over CKernels/conv_body.h.

enum ConvolutionOperators {
    static let table: [String: OperatorFunction] = ["Conv": convolution]

    /// Geometry of a convolution or pooling along all spatial axes.
    struct Geometry {
        var axes: [Window.Axis]
        var counts: [Int]

        init(
            _ call: OperatorCall, spatial: [Int], kernel: [Int], usesDilations: Bool = true
        ) throws(CNNError) {
            let rank = spatial.count
            let ones = [Int](repeating: 1, count: rank)
            let strides = call.integers("strides") ?? ones
            let dilations = usesDilations ? call.integers("dilations") ?? ones : ones
            let pads = call.integers("pads") ?? [Int](repeating: 0, count: 2 * rank)
            guard kernel.count == rank, strides.count == rank, dilations.count == rank,
                pads.count == 2 * rank, (kernel + strides + dilations).allSatisfy({ $0 > 0 })
            else { throw call.fail("its attributes do not fit \(rank) spatial axes") }
            let autoPad: Window.AutoPad =
                switch call.string("auto_pad", "NOTSET") {
                case "SAME_UPPER": .sameUpper
                case "SAME_LOWER": .sameLower
                case "VALID": .valid
                default: .explicit
                }
            axes = []
            counts = []
            for at in 0..<rank {
                let axis = Window.Axis(
                    extent: spatial[at], kernel: kernel[at], stride: strides[at],
                    dilation: dilations[at], before: pads[at], after: pads[rank + at])
                let ceilMode = call.integer("ceil_mode", 0) != 0
                guard let resolved = axis.resolved(autoPad: autoPad, ceilMode: ceilMode) else {
                    throw call.fail("its kernel is larger than the padded input")
                }
                axes.append(resolved.axis)
                counts.append(resolved.count)
            }
        }

        /// For an output position, each tap that lies inside the input: (tap, input offset).
        func taps(at position: [Int]) -> [(tap: Int, offset: Int)] {
            var result = [(tap: 0, offset: 0)]
            for (axis, place) in zip(axes, position) {
                var next: [(tap: Int, offset: Int)] = []
                for (tap, offset) in result {
                    for k in 0..<axis.kernel {
                        let at = place * axis.stride - axis.before + k * axis.dilation
                        if at >= 0, at < axis.extent {
                            next.append((tap * axis.kernel + k, offset * axis.extent + at))
                        }
                    }
                }
                result = next
            }
            return result
        }

        /// Every output position, row-major.
        var positions: [[Int]] { Geometry.positions(counts) }

        static func positions(_ counts: [Int]) -> [[Int]] {
            counts.reduce([[]]) { all, count in
                all.flatMap { head in (0..<count).map { head + [$0] } }
            }
        }
    }

    /// Input `[N, C, ...]`, weight `[O, C / groups, ...]`, output `[N, O, ...]`; sums in Double.
    private static func convolution(_ call: OperatorCall) throws(CNNError) -> [Tensor] {
        let input = try call.input(0)
        let weight = try call.input(1)
        let groups = call.integer("group", 1)
        let rank = input.shape.count - 2
        guard rank >= 1, weight.shape.count == rank + 2, groups > 0,
            input.shape[1] == weight.shape[1] * groups, weight.shape[0] % groups == 0
        else {
            throw call.fail("weights \(weight.shape) in \(groups) groups do not fit \(input.shape)")
        }
        let kernel = Array(weight.shape.dropFirst(2))
        let spatial = Array(input.shape.dropFirst(2))
        let geometry = try Geometry(call, spatial: spatial, kernel: kernel)
        let (x, w) = (input.storage.doubles, weight.storage.doubles)
        let bias = call.optional(2)?.storage.doubles
        let (images, outChannels, part) = (input.shape[0], weight.shape[0], weight.shape[1])
        let (inSize, taps) = (spatial.reduce(1, *), kernel.reduce(1, *))
        let shape = [images, outChannels] + geometry.counts
        let positions = geometry.positions
        var output = [Double](repeating: 0, count: try call.count(shape))
        for (place, position) in positions.enumerated() {
            let inside = geometry.taps(at: position)
            for image in 0..<images {
                for o in 0..<outChannels {
                    let first = o / (outChannels / groups) * part
                    var sum = bias?[o] ?? 0
                    for c in 0..<part {
                        let from = (image * input.shape[1] + first + c) * inSize
                        for (tap, offset) in inside {
                            sum += x[from + offset] * w[(o * part + c) * taps + tap]
                        }
                    }
                    output[(image * outChannels + o) * positions.count + place] = sum
                }
            }
        }
        return [Tensor(shape: shape, storage: try call.rounded(output, to: input.elementType))]
    }
}
