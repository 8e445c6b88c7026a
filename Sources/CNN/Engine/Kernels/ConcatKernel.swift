// Concatenation of channels: nothing to do where every part was written into its place.

import CKernels

struct ConcatKernel: StepKernel {
    /// Where this concatenation's result lies in a group's map, and whether it is the group's last.
    var group: Int?
    var groupOffset = 0
    var endsGroup = false
    var fallback: PlainKernel

    var name: String { group == nil ? "concat" : "concat in place" }

    func operationCount(inputs: [[Int]], outputs: [[Int]]) -> Int { 0 }

    func run(_ inputs: [Value?], step: Step, context: RunContext) throws(CNNError) -> [Value] {
        var maps: [FeatureMap] = []
        for case let value? in inputs {
            guard case .map(let map) = value, map.shape.count >= 2,
                map.shape[0] == maps.first?.shape[0] ?? map.shape[0],
                map.shape[2...] == maps.first?.shape[2...] ?? map.shape[2...]
            else { return try fallback.run(inputs, step: step, context: context) }
            maps.append(map)
        }
        guard let first = maps.first else {
            return try fallback.run(inputs, step: step, context: context)
        }
        var result = first
        result.shape[1] = maps.reduce(0) { $0 + $1.channels }
        if isInPlace(maps) {
            finish(context)
            return [.map(result)]
        }
        let output = try target(shape: result.shape, step: step, context: context)
        var at = 0
        for map in maps {
            copy(map, to: output, channel: at, context: context)
            at += map.channels
        }
        finish(context)
        return [.map(output)]
    }

    private func finish(_ context: RunContext) {
        if endsGroup, let group { context.release(group: group) }
    }

    /// Whether the maps already lie beside one another.
    private func isInPlace(_ maps: [FeatureMap]) -> Bool {
        var offset = maps[0].offset
        for map in maps {
            if map.buffer !== maps[0].buffer || map.stride != maps[0].stride
                || map.offset != offset
            {
                return false
            }
            offset += map.channels
        }
        // Two values side by side in one plain buffer would be wider than its stride.
        return offset - maps[0].offset <= maps[0].stride
    }

    /// Room for the result: a new map for the whole group, into which later members go as well.
    private func target(
        shape: [Int], step: Step, context: RunContext
    ) throws(CNNError) -> FeatureMap {
        guard let group else {
            return try context.allocate(step.outputs[0], shape: shape, node: step.label)
        }
        let channels = context.plan.groupChannels[group]
        var map = try context.allocate(
            shape: [shape[0], channels] + shape[2...], channels: channels, node: step.label)
        context.adopt(map, group: group)
        map.offset += groupOffset
        map.shape = shape
        return map
    }

    private func copy(
        _ map: FeatureMap, to output: FeatureMap, channel: Int, context: RunContext
    ) {
        var work = wt_pointwise()
        work.a = UnsafePointer(map.base)
        work.a_stride = map.stride
        work.output = output.base + channel
        work.output_stride = output.stride
        work.pixels = map.pixels
        work.channels = Int32(map.channels)
        work.clamp_low = -.infinity
        work.clamp_high = .infinity
        wt_pointwise_run(context.lanes, context.workers.handle, &work)
    }
}
