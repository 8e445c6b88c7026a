// Doing the same to several things at once.

import Foundation
import Synchronization

extension Array where Element: Sendable {
    /// The results in order, computed in as many slices as there are cores: for many small things.
    func mappedInSlices<Result: Sendable>(
        _ transform: @Sendable (Element) -> Result
    ) -> [Result] {
        let sliceCount = Swift.min(ProcessInfo.processInfo.activeProcessorCount, count / 64)
        if sliceCount < 2 { return map(transform) }
        let slices = (0..<sliceCount).map { slice in
            Array(self[slice * count / sliceCount..<(slice + 1) * count / sliceCount])
        }
        return slices.mappedSideBySide { $0.map(transform) }.flatMap(\.self)
    }

    /// The results in order, computed on as many threads as there are cores.
    func mappedSideBySide<Result: Sendable>(
        _ transform: @Sendable (Element) -> Result
    ) -> [Result] {
        if count < 2 { return map(transform) }
        let results = Mutex<[Int: Result]>([:])
        DispatchQueue.concurrentPerform(iterations: count) { index in
            let result = transform(self[index])
            results.withLock { $0[index] = result }
        }
        let byIndex = results.withLock { $0 }
        return indices.compactMap { byIndex[$0] }
    }
}
