// Where everything that can happen to the workstation waits for the one loop.

import Synchronization
import Workstation

/// Messages from any thread, taken by the loop in the order in which they came.
final class Mailbox: Sendable {
    private let messages: Mutex<[Message]> = Mutex([])
    private let wakes: AsyncStream<Void>
    private let waker: AsyncStream<Void>.Continuation

    init() {
        (wakes, waker) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Posts a message and wakes the loop.
    func post(_ message: Message) {
        messages.withLock { $0.append(message) }
        waker.yield()
    }

    /// One value each time there may be something to take; ends after `close`.
    var wakeUps: AsyncStream<Void> { wakes }

    /// Takes all that waits.
    func take() -> [Message] {
        messages.withLock { waiting in
            defer { waiting = [] }
            return waiting
        }
    }

    /// Ends the loop.
    func close() { waker.finish() }
}
