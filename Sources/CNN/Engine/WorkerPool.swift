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
        if let owner { owner.take(back: pointer, capacity: capacity) } else { free(pointer) }
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
            let memory = aligned_alloc(64, (count + Self.slack + 15) / 16 * 64)
        else { return nil }
        byteCount += count * 4
        return FloatBuffer(
            pointer: memory.assumingMemoryBound(to: Float.self), capacity: count, owner: self)
    }

    fileprivate func take(back pointer: UnsafeMutablePointer<Float>, capacity: Int) {
        unused.append((pointer, capacity))
    }

    deinit { for block in unused { free(block.pointer) } }
}

/// Packed weights and per-channel values: written once while planning, then only read.
///
/// `@unchecked Sendable`: nothing writes after `init` returns.
final class PackedFloats: @unchecked Sendable {
    let pointer: UnsafeMutablePointer<Float>
    let count: Int

    init?(count: Int, _ fill: (UnsafeMutablePointer<Float>) -> Void) {
        guard count < Int.max / 8,
            let memory = aligned_alloc(64, (count + 47) / 16 * 64)
        else { return nil }
        pointer = memory.assumingMemoryBound(to: Float.self)
        self.count = count
        fill(pointer)
    }

    convenience init?(_ values: [Float]) {
        self.init(count: values.count) { target in
            for (index, value) in values.enumerated() { target[index] = value }
        }
    }

    deinit { free(pointer) }
}
