// Fast forms of plain operators for float32, where a network spends time in them: functions of each
// value, softmax and normalisation of rows, sums and products with broadcasting, products of two
// computed matrices. The plain forms are the reference; these give nil where they do not apply.

import CKernels

enum FastPaths {
    typealias Path = @Sendable (OperatorCall, WorkerPool) throws(CNNError) -> [Tensor]?

    static let table: [String: Path] = [
        "Exp": function { _ in (.exponential, 0, 0) },
        "Sigmoid": function { _ in (.sigmoid, 0, 0) },
        "Tanh": function { _ in (.tanh, 0, 0) },
        "Erf": function { _ in (.erf, 0, 0) },
        "Gelu": function { $0.string("approximate", "none") == "none" ? (.gelu, 0, 0) : nil },
        "HardSigmoid": function {
            (.hardSigmoid, $0.float("alpha", 0.2), $0.float("beta", 0.5))
        },
        "HardSwish": function { _ in (.hardSwish, 1 / 6, 0.5) },
        "LeakyRelu": function { (.leaky, $0.float("alpha", 0.01), 0) },
        "Relu": function { _ in (.clamp, 0, .infinity) },
        "Clip": function(clip),
        "Add": pair(.add), "Sub": pair(.subtract), "Mul": pair(.multiply), "Div": pair(.divide),
        "Pow": power,
        "Softmax": softmax,
        "LayerNormalization": layerNormalization,
        "MatMul": product,
        "Einsum": EinsumOperators.fast, "ConvTranspose": TransposedConvolutionOperators.fast,
        "Where": choose, "InstanceNormalization": instanceNormalization,
        "ReduceMean": reduce(.mean), "ReduceSum": reduce(.sum), "ReduceMax": reduce(.maximum),
    ]

    // MARK: Functions of each value

    typealias Choice = (function: wt_function, alpha: Float, beta: Float)

    private static func function(
        _ choose: @escaping @Sendable (OperatorCall) -> Choice?
    ) -> Path {
        { (call, workers) throws(CNNError) in
            let input = try call.input(0)
            guard case .float32(let values) = input.storage, let choice = choose(call) else {
                return nil
            }
            var work = wt_rows_work()
            (work.function, work.alpha, work.beta) = choice
            (work.rows, work.length) = (1, values.count)
            return [
                filled(input, values, &work) { wt_function_run(workers.lanes, workers.handle, &$0) }
            ]
        }
    }

    /// A tensor of the same shape whose values `run` computes.
    private static func filled(
        _ input: Tensor, _ values: [Float], _ work: inout wt_rows_work,
        _ run: (inout wt_rows_work) -> Void
    ) -> Tensor {
        let result = [Float](unsafeUninitializedCapacity: values.count) { target, initialized in
            values.withUnsafeBufferPointer { from in
                work.input = from.baseAddress
                work.output = target.baseAddress
                if !values.isEmpty { run(&work) }
            }
            initialized = values.count
        }
        return Tensor(shape: input.shape, values: result)
    }

    private static func clip(_ call: OperatorCall) -> Choice? {
        if call.opset < 11 {
            return (
                .clamp, call.float("min", -.greatestFiniteMagnitude),
                call.float("max", .greatestFiniteMagnitude)
            )
        }
        let low = call.optional(1)?.values.first ?? -.infinity
        let high = call.optional(2)?.values.first ?? .infinity
        return low.isNaN || high.isNaN ? nil : (.clamp, low, high)
    }

    // MARK: Two tensors

    private enum Operation: Sendable { case add, subtract, multiply, divide }

    private static func pair(_ operation: Operation) -> Path {
        { (call, _) throws(CNNError) in
            let (a, b) = (try call.input(0), try call.input(1))
            guard case .float32(let x) = a.storage, case .float32(let y) = b.storage,
                let shape = Broadcast.shape([a.shape, b.shape])
            else { return nil }
            if shape == a.shape, let place = Place(b.shape, in: shape) {
                return [Tensor(shape: shape, values: combine(operation, x, y, place))]
            }
            if shape == b.shape, let place = Place(a.shape, in: shape) {
                return [Tensor(shape: shape, values: combineSwapped(operation, y, x, place))]
            }
            return nil
        }
    }

    /// Where a tensor's values go in a larger one: value `(i / inner) % period` at place i.
    private struct Place {
        var inner = 1
        var period = 1

        /// Nil where the shape is spread over the full one in another way.
        init?(_ shape: [Int], in full: [Int]) {
            let aligned = [Int](repeating: 1, count: full.count - shape.count) + shape
            var axis = full.count - 1
            while axis >= 0, aligned[axis] == 1 {
                inner *= full[axis]
                axis -= 1
            }
            while axis >= 0, aligned[axis] == full[axis] {
                period *= full[axis]
                axis -= 1
            }
            guard axis < 0 || aligned[...axis].allSatisfy({ $0 == 1 }) else { return nil }
        }
    }

    private static func combine(
        _ operation: Operation, _ x: [Float], _ y: [Float], _ place: Place
    ) -> [Float] {
        switch operation {
        case .add: loop(x, y, place) { $0 + $1 }
        case .subtract: loop(x, y, place) { $0 - $1 }
        case .multiply: loop(x, y, place) { $0 * $1 }
        case .divide: loop(x, y, place) { $0 / $1 }
        }
    }

    private static func combineSwapped(
        _ operation: Operation, _ x: [Float], _ y: [Float], _ place: Place
    ) -> [Float] {
        switch operation {
        case .add: loop(x, y, place) { $1 + $0 }
        case .subtract: loop(x, y, place) { $1 - $0 }
        case .multiply: loop(x, y, place) { $1 * $0 }
        case .divide: loop(x, y, place) { $1 / $0 }
        }
    }

    /// Inlined with its closure, so that the inner loops become vector loops.
    @inline(__always)
    private static func loop(
        _ full: [Float], _ part: [Float], _ place: Place, _ combine: (Float, Float) -> Float
    ) -> [Float] {
        let count = full.count
        return [Float](unsafeUninitializedCapacity: count) { target, initialized in
            full.withUnsafeBufferPointer { x in
                part.withUnsafeBufferPointer { y in
                    if place.inner == 1 {
                        for start in stride(from: 0, to: count, by: max(1, place.period)) {
                            for k in 0..<place.period {
                                target[start + k] = combine(x[start + k], y[k])
                            }
                        }
                    } else {
                        for (block, start) in stride(from: 0, to: count, by: max(1, place.inner))
                            .enumerated()
                        {
                            let value = y[block % place.period]
                            for k in start..<(start + place.inner) {
                                target[k] = combine(x[k], value)
                            }
                        }
                    }
                }
            }
            initialized = count
        }
    }

    /// Squares and square roots; other exponents are rare.
    private static let power: Path = { (call, _) throws(CNNError) in
        let (base, exponent) = (try call.input(0), try call.input(1))
        guard case .float32(let x) = base.storage, exponent.count == 1,
            exponent.shape.count <= base.shape.count, let e = exponent.values.first
        else { return nil }
        switch e {
        case 2: return [Tensor(shape: base.shape, values: x.map { $0 * $0 })]
        case 0.5: return [Tensor(shape: base.shape, values: x.map { $0.squareRoot() })]
        default: return nil
        }
    }

    private static let choose: Path = { (call, _) throws(CNNError) in
        let (condition, a, b) = (try call.input(0), try call.input(1), try call.input(2))
        guard let shape = Broadcast.shape([condition.shape, a.shape, b.shape]) else { return nil }
        _ = try call.count(shape)
        guard case .bool(let chosen) = condition.broadcast(to: shape),
            case .float32(let x) = a.broadcast(to: shape),
            case .float32(let y) = b.broadcast(to: shape)
        else { return nil }
        return [Tensor(shape: shape, values: chosen.indices.map { chosen[$0] ? x[$0] : y[$0] })]
    }

    // MARK: Rows

    private static let softmax: Path = { (call, workers) throws(CNNError) in
        let input = try call.input(0)
        guard case .float32(let values) = input.storage, !input.shape.isEmpty else { return nil }
        let isNew = call.opset >= 13
        let axis = try call.axis(
            call.integer("axis", isNew ? -1 : 1), rank: input.shape.count, inclusive: !isNew)
        let length = input.shape.dropFirst(axis).reduce(1, *)
        guard !isNew || axis == input.shape.count - 1, length > 0 else { return nil }
        var work = wt_rows_work()
        (work.rows, work.length) = (values.count / length, length)
        return [filled(input, values, &work) { wt_rows_run(workers.lanes, workers.handle, &$0) }]
    }

    /// Only where mean and deviation are not asked for.
    private static let layerNormalization: Path = { (call, workers) throws(CNNError) in
        let input = try call.input(0)
        let axis = try call.axis(call.integer("axis", -1), rank: input.shape.count)
        let length = input.shape.dropFirst(axis).reduce(1, *)
        guard case .float32(let values) = input.storage, length > 0,
            call.node.outputs.dropFirst().allSatisfy({ $0.isEmpty }),
            case .float32(let scale) = try call.input(1).storage, scale.count == length
        else { return nil }
        let shift = call.optional(2)?.values ?? [Float](repeating: 0, count: length)
        guard shift.count == length else { return nil }
        var work = wt_rows_work()
        (work.rows, work.length) = (values.count / length, length)
        (work.normalizes, work.alpha) = (1, call.float("epsilon", 1e-5))
        return [
            filled(input, values, &work) { work in
                scale.withUnsafeBufferPointer { scale in
                    shift.withUnsafeBufferPointer { shift in
                        work.scale = scale.baseAddress
                        work.shift = shift.baseAddress
                        wt_rows_run(workers.lanes, workers.handle, &work)
                    }
                }
            }
        ]
    }

    /// A row for each image and channel, then a scale and a shift for each channel.
    private static let instanceNormalization: Path = { (call, workers) throws(CNNError) in
        let input = try call.input(0)
        guard case .float32(let values) = input.storage, input.shape.count >= 2,
            case .float32(let scale) = try call.input(1).storage, scale.count == input.shape[1],
            case .float32(let shift) = try call.input(2).storage, shift.count == scale.count
        else { return nil }
        let length = input.shape.dropFirst(2).reduce(1, *)
        guard length > 0, !values.isEmpty else { return nil }
        var work = wt_rows_work()
        (work.rows, work.length) = (values.count / length, length)
        (work.normalizes, work.alpha) = (1, call.float("epsilon", 1e-5))
        let normal = filled(input, values, &work) {
            wt_rows_run(workers.lanes, workers.handle, &$0)
        }
        let channel = [scale.count] + [Int](repeating: 1, count: input.shape.count - 2)
        guard let place = Place(channel, in: input.shape) else { return nil }
        let scaled = combine(.multiply, normal.values, scale, place)
        return [Tensor(shape: input.shape, values: combine(.add, scaled, shift, place))]
    }

    private enum Reduction: Sendable { case mean, sum, maximum }

    /// Over the last axes, whose values lie in a row.
    private static func reduce(_ reduction: Reduction) -> Path {
        { (call, _) throws(CNNError) in
            let input = try call.input(0)
            guard case .float32(let values) = input.storage,
                let given = try call.integers("axes", orInput: 1), !given.isEmpty
            else { return nil }
            let rank = input.shape.count
            var axes: Set<Int> = []
            for axis in given { axes.insert(try call.axis(axis, rank: rank)) }
            let first = rank - axes.count
            let length = input.shape.dropFirst(first).reduce(1, *)
            guard axes == Set(first..<rank), length > 0, !values.isEmpty else { return nil }
            let results = stride(from: 0, to: values.count, by: length).map { start -> Float in
                let row = values[start..<(start + length)]
                switch reduction {
                case .mean: return Float(total(row) / Double(length))
                case .sum: return Float(total(row))
                case .maximum:
                    return row.reduce(-Float.infinity) {
                        $0.isNaN || $1.isNaN ? .nan : Swift.max($0, $1)
                    }
                }
            }
            let ones = [Int](repeating: 1, count: axes.count)
            let keeps = call.integer("keepdims", 1) != 0
            return [
                Tensor(shape: input.shape.prefix(first) + (keeps ? ones : []), values: results)
            ]
        }
    }

    /// The sum in Double, eight at a time.
    private static func total(_ row: ArraySlice<Float>) -> Double {
        row.withUnsafeBufferPointer { row in
            var sums = SIMD8<Double>()
            var index = 0
            while index + 8 <= row.count {
                var part = SIMD8<Float>()
                for k in 0..<8 { part[k] = row[index + k] }
                sums += SIMD8<Double>(part)
                index += 8
            }
            var sum = sums.sum()
            for rest in index..<row.count { sum += Double(row[rest]) }
            return sum
        }
    }

    // MARK: Matrices

    /// MatMul of two computed operands; batches broadcast.
    static let product: Path = { (call, workers) throws(CNNError) in
        let (a, b) = (try call.input(0), try call.input(1))
        guard case .float32(let x) = a.storage, case .float32(let y) = b.storage,
            a.shape.count >= 2, b.shape.count >= 2, !x.isEmpty, !y.isEmpty,
            x.count < 1 << 31, y.count < 1 << 31
        else { return nil }
        let (left, right) = (Array(a.shape.dropLast(2)), Array(b.shape.dropLast(2)))
        let (m, k) = (a.shape[a.shape.count - 2], a.shape[a.shape.count - 1])
        let n = b.shape[b.shape.count - 1]
        guard b.shape[b.shape.count - 2] == k, let batch = Broadcast.shape([left, right]) else {
            return nil
        }
        let count = try call.count(batch + [m, n])
        let pairs = zip(
            Broadcast.indices(from: left, to: batch), Broadcast.indices(from: right, to: batch))
        var failed = false
        let result = [Float](unsafeUninitializedCapacity: count) { target, initialized in
            for (index, (first, second)) in pairs.enumerated() {
                let isDone = matrix(
                    x[(first * m * k)..<((first + 1) * m * k)],
                    y[(second * k * n)..<((second + 1) * k * n)], (m, k, n),
                    UnsafeMutableBufferPointer(
                        rebasing: target[(index * m * n)..<((index + 1) * m * n)]), workers)
                if !isDone { failed = true }
            }
            initialized = count
        }
        if failed { throw .outOfMemory(node: call.node.label, bytes: count * 4) }
        return [Tensor(shape: batch + [m, n], values: result)]
    }

    /// One product `[m, k]` times `[k, n]`; false if there is not enough memory.
    static func matrix(
        _ x: ArraySlice<Float>, _ y: ArraySlice<Float>, _ size: (m: Int, k: Int, n: Int),
        _ target: UnsafeMutableBufferPointer<Float>, _ workers: WorkerPool
    ) -> Bool {
        let (k, n) = (Int32(size.k), Int32(size.n))
        let room = wt_conv_packed_count(workers.lanes, n, k, 1)
        let packed = [Float](unsafeUninitializedCapacity: room) { packed, initialized in
            y.withUnsafeBufferPointer { y in
                wt_matrix_pack(workers.lanes, y.baseAddress, k, n, size.n, 1, 1, packed.baseAddress)
            }
            initialized = room
        }
        return x.withUnsafeBufferPointer { x in
            packed.withUnsafeBufferPointer { packed in
                var work = wt_conv()
                (work.images, work.height, work.width) = (1, 1, Int32(size.m))
                (work.out_height, work.out_width) = (1, Int32(size.m))
                (work.channels, work.out_channels) = (k, n)
                (work.input_stride, work.output_stride) = (size.k, size.n)
                (work.kernel_height, work.kernel_width) = (1, 1)
                (work.stride_height, work.stride_width) = (1, 1)
                (work.dilation_height, work.dilation_width) = (1, 1)
                (work.prologue_low, work.clamp_low) = (-.infinity, -.infinity)
                work.clamp_high = .infinity
                work.input = x.baseAddress
                work.weights = packed.baseAddress
                work.output = target.baseAddress
                return wt_conv_run(workers.lanes, workers.handle, &work) == 0
            }
        }
    }
}
