// Monte-Carlo dropout: which passes run together, and how their results are gathered.

/// The bookkeeping of one Monte-Carlo run.
struct MonteCarlo {
    let plan: Plan
    let context: RunContext
    let samples: Int
    /// Images of one pass.
    private(set) var images = 1
    private var gathered: [String: (shape: [Int], parts: [TensorStorage])] = [:]

    /// Rows that run together at most: more would only leave the caches.
    private static let rowsMax = 32

    init(plan: Plan, context: RunContext, samples: Int) {
        self.plan = plan
        self.context = context
        self.samples = samples
    }

    /// The passes of each batch.
    ///
    /// Passes are stacked along the leading dimension where every step treats its rows alone, else
    /// they run one by one.
    mutating func chunks(suffix: [Int], values: [Value?]) -> [Range<Int>] {
        let reads = prefixValues(suffix)
        let leading = Set(reads.compactMap { values[$0]?.shape.first })
        let canStack =
            leading.count == 1 && suffix.allSatisfy { plan.steps[$0].kernel.isBatchSafe }
            && reads.allSatisfy { !(values[$0]?.shape.isEmpty ?? true) }
        // Images only matter for the numbering of stacked passes; alone, a pass is the whole batch.
        images = leading.first ?? 1
        let most = canStack ? max(1, Self.rowsMax / max(1, images)) : 1
        if !canStack { images = Int.max }
        return stride(from: 0, to: samples, by: most).map { $0..<min(samples, $0 + most) }
    }

    /// Values made before the first Dropout that a random step reads.
    func prefixValues(_ suffix: [Int]) -> [Int] {
        let made = Set(suffix.flatMap { plan.steps[$0].outputs })
        let read = Set(suffix.flatMap { plan.steps[$0].inputs.compactMap { $0 } })
        return read.filter { !made.contains($0) && plan.constants[$0] == nil }.sorted()
    }

    /// The values with those that random steps read repeated once for each pass.
    func stacked(_ values: [Value?], suffix: [Int], passes: Int) throws(CNNError) -> [Value?] {
        guard passes > 1 else { return values }
        var result = values
        for number in prefixValues(suffix) {
            guard let value = values[number] else { continue }
            result[number] = .tensor(Self.repeated(context.tensor(value), passes))
            if case .map = value, let stacked = result[number],
                let map = try context.map(stacked, node: "dropout")
            {
                result[number] = .map(map)
            }
        }
        return result
    }

    private static func repeated(_ tensor: Tensor, _ passes: Int) -> Tensor {
        let shape = [tensor.shape[0] * passes] + tensor.shape.dropFirst()
        if case .float32(let values) = tensor.storage {
            var all: [Float] = []
            all.reserveCapacity(values.count * passes)
            for _ in 0..<passes { all += values }
            return Tensor(shape: shape, values: all)
        }
        let indices = (0..<passes).flatMap { _ in 0..<tensor.count }
        return Tensor(shape: shape, storage: tensor.storage.selecting(Array(indices)))
    }

    /// Adds the results of one batch of passes; a value that no Dropout touches counts for all.
    mutating func collect(_ name: String, _ tensor: Tensor, passes: Int) throws(CNNError) {
        let number = plan.outputs.first { $0.name == name }?.number
        let isRandom = plan.steps.contains { $0.isRandom && $0.outputs.contains(number ?? -1) }
        var shape = tensor.shape
        var part = tensor
        if passes > 1 {
            if isRandom, !shape.isEmpty {
                shape[0] /= passes
            } else {
                part = Self.all(tensor, passes)
            }
        }
        gathered[name, default: (shape, [])].parts.append(part.storage)
    }

    private static func all(_ tensor: Tensor, _ passes: Int) -> Tensor {
        repeated(tensor.reshaped([1] + tensor.shape), passes)
    }

    func results() -> [String: Tensor] {
        gathered.mapValues { result in
            let shape = [samples] + result.shape
            if case .float32? = result.parts.first {
                var values: [Float] = []
                for case .float32(let part) in result.parts { values += part }
                return Tensor(shape: shape, values: values)
            }
            return Tensor(shape: shape, storage: TensorStorage.joined(result.parts))
        }
    }
}
