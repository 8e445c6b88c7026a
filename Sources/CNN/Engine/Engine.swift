// A model made ready to run.

import CKernels
import Foundation

/// A compiled model: weights packed for this processor, layers fused, memory reused between runs.
///
/// An engine may be called from any task; runs of one engine follow one another, since they share
/// its threads and its memory. Results depend neither on the number of threads nor on the batch.
///
/// `@unchecked Sendable`: everything that changes (`plans`, `buffers`, `workers`) is touched only
/// while `lock` is held.
public final class Engine: @unchecked Sendable {
    /// Called after each step of a run with the step's place in the plan and its seconds.
    public typealias TimingHook = @Sendable (_ step: Int, _ seconds: Double) -> Void

    /// The model this engine runs.
    public let model: ONNXModel
    /// How many threads work on a run.
    public let threads: Int
    /// Labels of the Dropout nodes in file order; their place here is their number in masks.
    public let dropoutNodes: [String]

    private let lock = NSLock()
    private let workers: WorkerPool
    private let buffers = BufferPool()
    private let lanes: wt_lanes
    private let usesKernels: Bool
    private var plans: [[String]: Plan] = [:]

    /// Plans a model; weights are checked and packed here, so that the first run is like the
    /// others.
    ///
    /// - Parameters:
    ///   - threads: how many threads a run uses, at least one; 0 takes all processors.
    ///   - vectorWidth: floats of the widest vectors to use (4, 8 or 16), nil for the processor's
    ///     widest. A width the processor lacks is lowered to one it has.
    public convenience init(
        model: ONNXModel, threads: Int, vectorWidth: Int? = nil
    ) throws(CNNError) {
        try self.init(model: model, threads: threads, vectorWidth: vectorWidth, usesKernels: true)
    }

    /// As the public initialiser; without kernels every node runs through its plain operator,
    /// which is slow and is what the kernels are compared with.
    package init(
        model: ONNXModel, threads: Int, vectorWidth: Int? = nil, usesKernels: Bool
    ) throws(CNNError) {
        self.model = model
        self.usesKernels = usesKernels
        let wanted = threads > 0 ? threads : ProcessInfo.processInfo.activeProcessorCount
        let widths: [Int: wt_lanes] = [4: .four, 8: .eight, 16: .sixteen]
        let limit = vectorWidth.flatMap { widths[$0] } ?? wt_lanes_best()
        lanes = wt_lanes_available(limit) != 0 ? limit : wt_lanes_best()
        guard let workers = WorkerPool(threads: wanted, lanes: lanes) else {
            throw .outOfMemory(node: "threads", bytes: 0)
        }
        self.workers = workers
        self.threads = workers.threads
        let names = model.outputs.map(\.name)
        let plan = try PlanBuilder.plan(
            model: model, wanted: names, workers: workers, usesKernels: usesKernels)
        dropoutNodes = plan.dropoutNodes
        plans[names] = plan
    }

    /// Computes outputs from inputs, dropout off.
    ///
    /// - Parameters:
    ///   - inputs: a tensor for each model input, by name.
    ///   - outputs: names of graph outputs or of any intermediate value; nil for the graph's
    /// outputs.
    ///     A value that fusion has done away with costs a plan of its own at the first request.
    ///   - allowsNaN: whether inputs may hold values that are not numbers; a network's answer to
    ///     such an input is worth nothing, so they are refused unless asked for.
    ///   - isCancelled: asked before each layer.
    ///   - timing: told the time of each step of the plan.
    public func run(
        _ inputs: [String: Tensor], outputs: [String]? = nil, allowsNaN: Bool = false,
        isCancelled: @Sendable () -> Bool = { false }, timing: TimingHook? = nil
    ) throws(CNNError) -> [String: Tensor] {
        lock.lock()
        defer { lock.unlock() }
        let run = try start(inputs, outputs: outputs, allowsNaN: allowsNaN)
        var values = run.values
        try execute(run.plan.steps.indices, &values, run.context, isCancelled, timing)
        var results: [String: Tensor] = [:]
        for (name, number) in run.plan.outputs {
            results[name] = run.context.tensor(try value(number, values, name))
        }
        return results
    }

    /// Runs the model `samples` times with random dropout and everything else as in inference.
    ///
    /// What does not depend on a Dropout is computed once, the rest in batches of passes. The mask
    /// of pass t at Dropout node d is a function of `seed`, d, t and the element's place alone
    /// (see `wt_dropout` in CKernels.h), and every image of a batch gets the same masks: results
    /// are equal to the last bit on any number of threads and for any split of the batch.
    ///
    /// - Returns: each output with a leading axis of `samples` passes: `[samples, N, ...]`.
    public func runMonteCarlo(
        _ inputs: [String: Tensor], samples: Int, seed: UInt64, outputs: [String]? = nil,
        isCancelled: @Sendable () -> Bool = { false }, timing: TimingHook? = nil
    ) throws(CNNError) -> [String: Tensor] {
        guard samples > 0 else {
            throw .badInput(name: "samples", found: "\(samples)", expected: "at least 1")
        }
        lock.lock()
        defer { lock.unlock() }
        let run = try start(inputs, outputs: outputs)
        var monteCarlo = MonteCarlo(plan: run.plan, context: run.context, samples: samples)
        var values = run.values
        let prefix = run.plan.steps.indices.filter { !run.plan.steps[$0].isRandom }
        let suffix = run.plan.steps.indices.filter { run.plan.steps[$0].isRandom }
        let kept = monteCarlo.prefixValues(suffix)
        try execute(prefix, &values, run.context, isCancelled, timing, keeping: Set(kept))
        for chunk in monteCarlo.chunks(suffix: suffix, values: values) {
            var inner = try monteCarlo.stacked(values, suffix: suffix, passes: chunk.count)
            run.context.passes = RandomPasses(
                seed: seed, first: chunk.lowerBound, count: chunk.count, images: monteCarlo.images)
            try execute(suffix, &inner, run.context, isCancelled, timing)
            for (name, number) in run.plan.outputs {
                let tensor = run.context.tensor(try value(number, inner, name))
                try monteCarlo.collect(name, tensor, passes: chunk.count)
            }
        }
        return monteCarlo.results()
    }

    /// Bytes of packed weights, of the arena's blocks so far, and of the threads' scratch memory.
    public var memoryByteCounts: (weights: Int, arena: Int, scratch: Int) {
        lock.lock()
        defer { lock.unlock() }
        let weights = plans.values.reduce(0) { $0 + $1.packedByteCount }
        return (weights, buffers.byteCount, workers.scratchByteCount)
    }

    /// Runs the model `runs` times and tells, for each step of the plan, its least time, its work
    /// and the shape it made: what `wetread model inspect` and `model profile` print.
    public func profile(_ inputs: [String: Tensor], runs: Int = 1) throws(CNNError)
        -> [LayerProfile]
    {
        lock.lock()
        defer { lock.unlock() }
        var layers: [LayerProfile] = []
        for round in 0..<max(1, runs) {
            let run = try start(inputs, outputs: nil)
            var values = run.values
            for (index, step) in run.plan.steps.enumerated() {
                let shapes = step.inputs.compactMap { $0.flatMap { values[$0]?.shape } }
                let begin = DispatchTime.now().uptimeNanoseconds
                try execute(
                    CollectionOfOne(index), &values, run.context, { false }, nil,
                    keeping: Set(step.released))
                let seconds = Double(DispatchTime.now().uptimeNanoseconds - begin) * 1e-9
                if round == 0 {
                    let made = step.outputs.compactMap { values[$0]?.shape }
                    layers.append(
                        LayerProfile(
                            step: run.plan.description[index], outputShape: made.first ?? [],
                            operationCount: step.kernel.operationCount(
                                inputs: shapes, outputs: made),
                            seconds: seconds))
                } else {
                    layers[index].seconds = min(layers[index].seconds, seconds)
                }
                for number in step.released { values[number] = nil }
            }
        }
        return layers
    }

    // MARK: A run

    private struct Run {
        var plan: Plan
        var context: RunContext
        var values: [Value?]
    }

    private func start(
        _ inputs: [String: Tensor], outputs: [String]?, allowsNaN: Bool = false
    ) throws(CNNError) -> Run {
        let plan = try plan(outputs: outputs)
        let context = RunContext(workers: workers, buffers: buffers, plan: plan)
        var values = [Value?](repeating: nil, count: plan.valueCount)
        for (number, tensor) in plan.constants { values[number] = .tensor(tensor) }
        for name in inputs.keys where !model.graph.inputs.contains(where: { $0.name == name }) {
            throw .badInput(
                name: name, found: "not an input of the model",
                expected: plan.inputs.map(\.name).joined(separator: ", "))
        }
        for (name, number) in plan.inputs {
            guard let tensor = inputs[name] else {
                throw .missingInput(name: name, expected: plan.inputs.map(\.name))
            }
            try check(tensor, name: name, allowsNaN: allowsNaN)
            values[number] = .tensor(tensor)
        }
        return Run(plan: plan, context: context, values: values)
    }

    /// The plan for a set of outputs: the main one where it keeps all of them, else one of its own.
    private func plan(outputs: [String]?) throws(CNNError) -> Plan {
        let standard = model.outputs.map(\.name)
        let names = outputs ?? standard
        if let plan = plans[names] { return plan }
        if var plan = plans[standard], names.allSatisfy({ plan.isKept($0) }) {
            plan.keep(names)
            plans[names] = plan
            return plan
        }
        let plan = try PlanBuilder.plan(
            model: model, wanted: names, workers: workers, usesKernels: usesKernels)
        plans[names] = plan
        return plan
    }

    /// Holds an input against what the file says of it.
    private func check(
        _ tensor: Tensor, name: String, allowsNaN: Bool
    ) throws(CNNError) {
        guard let declared = model.graph.inputs.first(where: { $0.name == name }) else { return }
        let typeFits = declared.elementType.map { $0 == tensor.elementType } ?? true
        var shapeFits = true
        if let shape = declared.shape {
            shapeFits =
                shape.count == tensor.shape.count
                && zip(shape, tensor.shape).allSatisfy { $0 == nil || $0 == $1 }
        }
        guard typeFits, shapeFits else {
            let shape = declared.shape.map { extents in
                "[" + extents.map { $0.map(String.init) ?? "any" }.joined(separator: ", ") + "]"
            }
            throw .badInput(
                name: name, found: "\(tensor.elementType.name) \(tensor.shape)",
                expected: "\(declared.elementType?.name ?? "any type") \(shape ?? "of any shape")")
        }
        if !allowsNaN, case .float32(let values) = tensor.storage {
            let hasNaN = values.withUnsafeBytes { bytes in
                bytes.baseAddress.map { wt_has_nan($0, values.count) != 0 } ?? false
            }
            if hasNaN {
                throw .badInput(
                    name: name, found: "a tensor with values that are not numbers (NaN)",
                    expected: "numbers")
            }
        }
    }

    private func value(
        _ number: Int, _ values: [Value?], _ name: String
    ) throws(CNNError) -> Value {
        guard let value = values[number] else { throw .unknownOutput(name: name) }
        return value
    }

    /// Runs steps in order.
    ///
    /// `keeping` leaves values that later, random steps read.
    private func execute(
        _ steps: some Sequence<Int>, _ values: inout [Value?], _ context: RunContext,
        _ isCancelled: @Sendable () -> Bool, _ timing: TimingHook?, keeping: Set<Int> = []
    ) throws(CNNError) {
        for index in steps {
            if isCancelled() { throw .cancelled }
            let step = context.plan.steps[index]
            let start = timing == nil ? 0 : DispatchTime.now().uptimeNanoseconds
            let inputs = step.inputs.map { $0.flatMap { values[$0] } }
            let outputs = try step.kernel.run(inputs, step: step, context: context)
            for (number, output) in zip(step.outputs, outputs) { values[number] = output }
            // In a Monte-Carlo run the prefix's values are read again by every batch of passes.
            for number in step.released where !keeping.contains(number) { values[number] = nil }
            if let timing {
                let end = DispatchTime.now().uptimeNanoseconds
                timing(index, Double(end - start) * 1e-9)
            }
        }
    }
}
