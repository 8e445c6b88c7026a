// Ctrl-C as a wish that is granted between files.

import Foundation
import Synchronization

/// Watches for SIGINT and SIGTERM while a command works through a list.
final class Interruption: Sendable {
    private let wasRequested = Atomic(false)
    private let sources: Mutex<[any DispatchSourceSignal]> = Mutex([])

    init() {
        let made = [SIGINT, SIGTERM].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { [weak self] in
                self?.wasRequested.store(true, ordering: .relaxed)
            }
            source.resume()
            return source
        }
        sources.withLock { $0 = made }
    }

    /// True once the user asked to stop.
    var isRequested: Bool { wasRequested.load(ordering: .relaxed) }
}
