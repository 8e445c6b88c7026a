// Threads for the kernels, and memory that goes round between layers.

import CKernels
import Foundation

/// The threads of one engine.
///
/// Only the engine's run uses it, one run at a time.
final class WorkerPool {
    let handle: OpaquePointer
    let lanes: wt_lanes
    let threads: Int

    /// Nil if the system gives no threads.
    init?(threads: Int, lanes: wt_lanes) {
        guard let handle = wt_pool_create(Int32(clamping: threads)) else { return nil }
        self.handle = handle
        self.lanes = lanes
        self.threads = Int(wt_pool_threads(handle))
    }

    deinit { wt_pool_destroy(handle) }

    var scratchByteCount: Int { wt_pool_scratch_bytes(handle) }

    /// Calls `body` once for each item, on all threads.
    func run(items: Int, _ body: (Int) -> Void) {
        withoutActuallyEscaping(body) { escaping in
            var closure = escaping
            withUnsafeMutablePointer(to: &closure) { pointer in
                wt_pool_run(
                    handle, Int32(items),
                    { context, item, _ in
                        context?.assumingMemoryBound(to: ((Int) -> Void).self).pointee(Int(item))
                    }, pointer)
            }
        }
    }
}

/// A block of floats that goes back to its pool when nobody refers to it any more.
final class FloatBuffer {
    let pointer: UnsafeMutablePointer<Float>
    let capacity: Int
    private weak var owner: BufferPool?

    fileprivate init(pointer: UnsafeMutablePointer<Float>, capacity: Int, owner: BufferPool) {
        self.pointer = pointer
        self.capacity = capacity
        self.owner = owner
    }

    deinit {
        if let owner {
            owner.take(back: pointer, capacity: capacity)
        } else {
            wt_memory_free(pointer)
        }
    }
}

/// The arena of an engine: blocks are reused by best fit, so that a run's memory is the most that
/// is alive at one time, and a second run touches no new page.
final class BufferPool {
    private var unused: [(pointer: UnsafeMutablePointer<Float>, capacity: Int)] = []
    private(set) var byteCount = 0

    /// Spare floats after each block, so that a kernel may read a whole vector at its end.
    private static let slack = 32

    func buffer(count: Int) -> FloatBuffer? {
        var best: Int?
        for (index, block) in unused.enumerated() where block.capacity >= count {
            if let found = best, unused[found].capacity <= block.capacity { continue }
            best = index
        }
        // A block more than twice too large stays for something that needs it.
        if let best, unused[best].capacity <= 2 * count + 4096 {
            let block = unused.remove(at: best)
            return FloatBuffer(pointer: block.pointer, capacity: block.capacity, owner: self)
        }
        guard count < Int.max / 8,
            let memory = wt_memory_allocate((count + Self.slack) * 4)
        else { return nil }
        byteCount += count * 4
        return FloatBuffer(
            pointer: memory.assumingMemoryBound(to: Float.self), capacity: count, owner: self)
    }

    fileprivate func take(back pointer: UnsafeMutablePointer<Float>, capacity: Int) {
        unused.append((pointer, capacity))
    }

    deinit { for block in unused { wt_memory_free(block.pointer) } }
}

/// A block of memory that packed weights are cut from, one after another.
///
/// `@unchecked Sendable`: only the plan builder cuts, before anyone else sees the block.
final class WeightBlock: @unchecked Sendable {
    private let memory: UnsafeMutableRawPointer
    private let byteCount: Int
    private var used = 0

    /// Enough for most networks in one block; what is never touched costs no memory.
    static let byteCountStandard = 16 << 20

    init?(byteCount: Int) {
        guard let memory = wt_memory_allocate(byteCount) else { return nil }
        self.memory = memory
        self.byteCount = byteCount
    }

    /// The next `count` floats, on a line of the cache; nil if they do not fit.
    func cut(count: Int) -> UnsafeMutablePointer<Float>? {
        let bytes = (count + 15) / 16 * 64
        guard bytes <= byteCount - used else { return nil }
        defer { used += bytes }
        return (memory + used).bindMemory(to: Float.self, capacity: count)
    }

    deinit { wt_memory_free(memory) }
}

/// Packed weights and per-channel values: written once while planning, then only read.
///
/// `@unchecked Sendable`: nothing writes after the plan is built, and nothing reads before.
final class PackedFloats: @unchecked Sendable {
    let pointer: UnsafeMutablePointer<Float>
    let count: Int
    /// Keeps the memory alive.
    private let block: WeightBlock

    /// Room for `count` floats of `block`, not yet filled; a new block where they do not fit.
    init?(count: Int, block shared: inout WeightBlock?) {
        guard count < Int.max / 8 else { return nil }
        if let block = shared, let pointer = block.cut(count: count) {
            (self.block, self.pointer, self.count) = (block, pointer, count)
            return
        }
        let byteCount = max(count * 4 + 64, WeightBlock.byteCountStandard)
        guard let block = WeightBlock(byteCount: byteCount), let pointer = block.cut(count: count)
        else { return nil }
        shared = block
        (self.block, self.pointer, self.count) = (block, pointer, count)
    }

    convenience init?(_ values: [Float], block: inout WeightBlock?) {
        self.init(count: values.count, block: &block)
        for (index, value) in values.enumerated() { pointer[index] = value }
    }
}
