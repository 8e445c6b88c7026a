// Ctrl-C as a wish that is granted between files.

import Foundation
import Synchronization

/// Watches for SIGINT and SIGTERM while a command works through a list.
final class Interruption {
    /// Whether the user asked to stop; may be read from any thread.
    final class Wish: Sendable {
        private let wasRequested = Atomic(false)

        /// True once the user asked to stop.
        var isRequested: Bool { wasRequested.load(ordering: .relaxed) }

        fileprivate func request() { wasRequested.store(true, ordering: .relaxed) }
    }

    /// What the signals set.
    let wish = Wish()
    private let sources: [any DispatchSourceSignal]

    init() {
        let wish = wish
        sources = [SIGINT, SIGTERM].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { wish.request() }
            source.resume()
            return source
        }
    }

    deinit { for item in sources { item.cancel() } }
}
