// What the steps of a plan share during one run.

import CKernels

/// What a Monte-Carlo run adds: which passes the leading dimension holds.
struct RandomPasses {
    var seed: UInt64
    var first: Int
    var count: Int
    /// Images of one pass.
    var images: Int
}

/// Memory, threads and state of one run.
///
/// Not shared: an engine runs one at a time.
final class RunContext {
    let workers: WorkerPool
    let buffers: BufferPool
    let plan: Plan
    var passes: RandomPasses?
    /// The widest map of each concatenation group that is in use.
    private var groupMaps: [Int: FeatureMap] = [:]

    init(workers: WorkerPool, buffers: BufferPool, plan: Plan) {
        self.workers = workers
        self.buffers = buffers
        self.plan = plan
    }

    var lanes: wt_lanes { workers.lanes }

    /// A map for value `id`: a slice of its concatenation's map where it has one.
    func allocate(_ id: Int, shape: [Int], node: String) throws(CNNError) -> FeatureMap {
        guard let place = plan.placements[id], shape[1] == place.channels else {
            return try allocate(shape: shape, channels: shape[1], node: node)
        }
        var wide = groupMaps[place.group]
        if let map = wide, map.shape[0] != shape[0] || map.shape[2...] != shape[2...] {
            wide = nil
        }
        if wide == nil {
            let full = [shape[0], plan.groupChannels[place.group]] + shape[2...]
            wide = try allocate(shape: full, channels: full[1], node: node)
            groupMaps[place.group] = wide
        }
        guard var map = wide else { throw .outOfMemory(node: node, bytes: 0) }
        map.offset += place.offset
        map.shape = shape
        return map
    }

    /// A map that belongs to no concatenation.
    func allocate(shape: [Int], channels: Int, node: String) throws(CNNError) -> FeatureMap {
        let stride = FeatureMap.stride(channels: channels)
        let count = Tensor.count([shape[0], stride] + shape[2...]) ?? Int.max / 4
        guard count <= Self.floatsMax, let buffer = buffers.buffer(count: count) else {
            throw .outOfMemory(node: node, bytes: count * 4)
        }
        return FeatureMap(buffer: buffer, offset: 0, shape: shape, stride: stride)
    }

    /// The most floats of one value: 4 GiB.
    static let floatsMax = 1 << 30

    /// Makes `map` the one that later members of `group` are written into.
    func adopt(_ map: FeatureMap, group: Int) { groupMaps[group] = map }

    /// Lets go of a group's map; views that are alive keep the memory.
    func release(group: Int) { groupMaps[group] = nil }

    func releaseGroups() { groupMaps.removeAll() }

    /// The value as a map, nil if it is none and cannot become one.
    func map(_ value: Value, node: String) throws(CNNError) -> FeatureMap? {
        switch value {
        case .map(let map): return map
        case .tensor(let tensor):
            guard case .float32(let values) = tensor.storage, (2...4).contains(tensor.shape.count),
                tensor.shape.allSatisfy({ $0 < 1 << 31 })
            else { return nil }
            let map = try allocate(shape: tensor.shape, channels: tensor.shape[1], node: node)
            values.withUnsafeBufferPointer { plain in
                if let from = plain.baseAddress {
                    wt_to_channels_last(
                        workers.handle, from, Int32(map.images), Int32(map.channels),
                        map.pixelsPerImage, map.base, map.stride)
                }
            }
            return map
        }
    }

    /// The value as a row-major tensor.
    func tensor(_ value: Value) -> Tensor {
        switch value {
        case .tensor(let tensor): tensor
        case .map(let map): map.tensor(workers)
        }
    }
}
