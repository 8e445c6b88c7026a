// Occlusion sensitivity: how much an output falls when a patch of the image is covered.

/// How an occlusion map is made.
public struct OcclusionOptions: Sendable {
    /// Height and width of the patch in pixels.
    public var patch: Int
    /// Pixels from one patch to the next.
    public var stride: Int
    /// The value a patch is covered with; nil for the mean of each channel.
    public var fill: Float?
    /// How many covered images run together, where the model's batch is free.
    public var batch: Int

    /// Patches of 32 pixels, 16 apart, covered with the mean.
    public init(patch: Int = 32, stride: Int = 16, fill: Float? = nil, batch: Int = 8) {
        self.patch = patch
        self.stride = stride
        self.fill = fill
        self.batch = batch
    }
}

extension Engine {
    /// Occlusion sensitivity (Zeiler and Fergus 2014, section 4.2) for any network: the output with
    /// the whole image less the output with a patch covered, for each place of the patch.
    ///
    /// The map has a cell for each place; row r, column c stands for the patch whose corner is at
    /// pixel `(r * stride, c * stride)`, the last ones moved in so that they end with the image.
    /// Its values and `bias` sum to the output. For a network that is linear in the image, patches
    /// side by side (stride = patch) and fill 0 the bias is the output for an empty image. The
    /// result depends neither on the batch nor on threads.
    ///
    /// - Parameters:
    ///   - inputs: a tensor for each input; the image `[1, C, H, W]` among them.
    ///   - image: the name of the image's input; nil for the first of four axes.
    ///   - output: the output to explain; nil for the first. Its values are `[1, ...]`.
    ///   - index: which value of the output, counted row-major.
    ///   - progress: told how many of how many places are done.
    ///   - isCancelled: asked between layers.
    public func occlusionMap(
        _ inputs: [String: Tensor], image: String? = nil, output: String? = nil, index: Int,
        options: OcclusionOptions = OcclusionOptions(),
        progress: (_ done: Int, _ total: Int) -> Void = { _, _ in },
        isCancelled: @Sendable () -> Bool = { false }
    ) throws(CNNError) -> HeatMap {
        let name = image ?? model.inputs.first { inputs[$0.name]?.shape.count == 4 }?.name ?? ""
        let wanted = output ?? model.outputs.first?.name ?? ""
        guard let picture = inputs[name], picture.shape.count == 4, picture.shape[0] == 1,
            case .float32 = picture.storage
        else {
            throw .badInput(
                name: name, found: "\(inputs[name]?.shape ?? [])",
                expected: "one float32 image [1, C, H, W]")
        }
        let cover = try Cover(picture, options)
        let whole = try value(inputs, wanted, index, isCancelled)[0]
        var values: [Float] = []
        values.reserveCapacity(cover.count)
        let declared = model.inputs.first { $0.name == name }?.shape?.first ?? nil
        let batch = declared == nil && inputs.count == 1 ? max(1, min(options.batch, 256)) : 1
        while values.count < cover.count {
            let places = values.count..<min(values.count + batch, cover.count)
            var covered = inputs
            covered[name] = cover.images(places)
            values += try value(covered, wanted, index, isCancelled).map { whole - $0 }
            progress(values.count, cover.count)
        }
        let sum = values.reduce(0) { $0 + Double($1) }
        return HeatMap(
            height: cover.tops.count, width: cover.lefts.count, values: values,
            bias: Float(Double(whole) - sum))
    }

    /// One value of an output for each image of a batch.
    private func value(
        _ inputs: [String: Tensor], _ output: String, _ index: Int,
        _ isCancelled: @Sendable () -> Bool
    ) throws(CNNError) -> [Float] {
        let results = try run(inputs, outputs: [output], isCancelled: isCancelled)
        guard let tensor = results[output] else { throw .unknownOutput(name: output) }
        let images = inputs.values.first { $0.shape.count == 4 }?.shape[0] ?? 1
        let step = tensor.count / max(1, images)
        guard index >= 0, index < step, tensor.count == step * images else {
            throw .unknownOutput(name: "\(output)[\(index)] of \(tensor.shape)")
        }
        let values = tensor.values
        return (0..<images).map { values[$0 * step + index] }
    }
}

/// An image and the places of the patch.
private struct Cover {
    let shape: [Int]
    let pixels: [Float]
    let fills: [Float]
    let patch: Int
    let tops: [Int]
    let lefts: [Int]

    var count: Int { tops.count * lefts.count }

    /// The most places: beyond that somebody mistook the stride.
    private static let countMax = 1 << 20

    init(_ picture: Tensor, _ options: OcclusionOptions) throws(CNNError) {
        (shape, pixels, patch) = (picture.shape, picture.values, options.patch)
        let (height, width) = (shape[2], shape[3])
        guard options.patch > 0, options.stride > 0, height > 0, width > 0 else {
            throw .badInput(
                name: "occlusion",
                found: "patch \(options.patch), stride \(options.stride), image \(shape)",
                expected: "a patch and a stride of at least one pixel")
        }
        tops = Self.places(height, patch: options.patch, stride: options.stride)
        lefts = Self.places(width, patch: options.patch, stride: options.stride)
        guard tops.count * lefts.count <= Self.countMax else {
            throw .badInput(
                name: "occlusion", found: "\(tops.count * lefts.count) patches",
                expected: "at most \(Self.countMax); use a larger stride")
        }
        let size = height * width
        let values = pixels
        fills = (0..<shape[1]).map { channel in
            if let fill = options.fill { return fill }
            let part = values[(channel * size)..<((channel + 1) * size)]
            return Float(part.reduce(0) { $0 + Double($1) } / Double(size))
        }
    }

    /// The first pixels of the patches along one axis.
    private static func places(_ extent: Int, patch: Int, stride: Int) -> [Int] {
        let last = max(0, extent - patch)
        var result = Array(Swift.stride(from: 0, to: last, by: stride))
        result.append(last)
        return result
    }

    /// The image with each of some patches covered, stacked.
    func images(_ places: Range<Int>) -> Tensor {
        var values: [Float] = []
        values.reserveCapacity(places.count * pixels.count)
        let (height, width) = (shape[2], shape[3])
        for place in places {
            let (top, left) = (tops[place / lefts.count], lefts[place % lefts.count])
            let start = values.count
            values += pixels
            for channel in 0..<shape[1] {
                for y in top..<min(height, top + patch) {
                    let row = start + (channel * height + y) * width
                    for x in left..<min(width, left + patch) { values[row + x] = fills[channel] }
                }
            }
        }
        return Tensor(shape: [places.count] + shape.dropFirst(), values: values)
    }
}
