// Doing the same to several things at once.

import Foundation
import Synchronization

extension Array where Element: Sendable {
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
