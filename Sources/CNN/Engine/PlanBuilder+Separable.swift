// Dense, depthwise and dense convolutions in a row become one step where the maps between them
// would not stay in the caches.

extension PlanBuilder {
    /// Wide maps smaller than this stay in the second cache by themselves, and a whole map at a
    /// time makes better use of the weights.
    ///
    /// Measured on MobileNetV2, AMD Zen 4: see Benchmarks/RESULTS.md.
    private static let wideFloatsMin = 1 << 17

    /// Joins steps whose values nobody else reads.
    mutating func fuseSeparable() {
        var readers = [Int](repeating: 0, count: plan.valueCount)
        var makers: [Int: Int] = [:]
        for (index, step) in plan.steps.enumerated() {
            for number in step.inputs.compactMap({ $0 }) { readers[number] += 1 }
            for number in step.outputs { makers[number] = index }
        }
        for (_, number) in plan.outputs { readers[number] += 1 }
        /// The step that makes a value for this one alone.
        func source(_ index: Int) -> Int? {
            guard let number = plan.steps[index].inputs[0], readers[number] == 1,
                plan.placements[number] == nil
            else { return nil }
            return makers[number]
        }
        var joined: Set<Int> = []
        for index in plan.steps.indices {
            guard let project = plan.steps[index].kernel as? ConvolutionKernel,
                project.isPlainProduct, let middle = source(index),
                let depthwise = plan.steps[middle].kernel as? ConvolutionKernel,
                depthwise.isSimpleDepthwise
            else { continue }
            var kernel = SeparableKernel(depthwise: depthwise, project: project)
            var first = middle
            if let before = source(middle),
                let expand = plan.steps[before].kernel as? ConvolutionKernel,
                expand.algorithm == .direct, expand.groups == 1, !expand.addsResidual
            {
                kernel.expand = expand
                first = before
            }
            guard isWide(plan.steps[middle].inputs[0]) else { continue }
            let steps = first == middle ? [middle] : [first, middle]
            joined.formUnion(steps)
            let operators = steps.flatMap { plan.steps[$0].operators }
            plan.steps[index].operators.insert(contentsOf: operators, at: 0)
            plan.steps[index].label = plan.steps[first].label
            plan.steps[index].inputs[0] = plan.steps[first].inputs[0]
            plan.steps[index].kernel = kernel
        }
        plan.steps = plan.steps.indices.filter { !joined.contains($0) }.map { plan.steps[$0] }
    }

    /// Whether a value's map is known to be too large for the second cache, or not known.
    private func isWide(_ number: Int?) -> Bool {
        guard let name = plan.numbers.first(where: { $0.value == number })?.key,
            let shape = shapes[name] ?? nil
        else { return true }
        var count = 1
        for extent in shape.dropFirst() {
            guard let extent else { return true }
            count *= extent
        }
        return count >= Self.wideFloatsMin
    }
}

extension ConvolutionKernel {
    /// A 1x1 convolution of stride 1 whose input is read where it lies.
    fileprivate var isPlainProduct: Bool {
        algorithm == .direct && window == Window() && groups == 1 && prologue == nil
    }

    fileprivate var isSimpleDepthwise: Bool {
        algorithm == .depthwise && window.kernelHeight == 3 && window.kernelWidth == 3
            && window.dilationHeight == 1 && window.dilationWidth == 1 && !addsResidual
            && !window.ceilMode
    }
}
