// The thread that waits for the terminal.

import CTerminal
import Foundation
import Synchronization

/// Waits for bytes and signals on a thread of its own and turns them into keys.
///
/// Touches the input only; everything that ncurses does happens on the main actor.
final class InputReader: Sendable {
    let events: AsyncStream<TimedKey>
    /// What the terminal answers; never mixed with the keys.
    let replies: AsyncStream<TerminalReply>
    private let continuation: AsyncStream<TimedKey>.Continuation
    private let replyContinuation: AsyncStream<TerminalReply>.Continuation
    private let isStopping = Atomic(false)
    private let isPaused = Atomic(false)
    /// True while the thread keeps its hands off the input.
    private let isParked = Atomic(false)
    private let wantsRedraw = Atomic(false)
    private let parser: KeyParser
    private let escapeDelayMilliseconds: Int

    /// A sequence that has begun is surely one: a slow link gets more time than a lone Escape.
    private static let sequenceDelayMilliseconds = 250
    private static let pasteDelayMilliseconds = 2000

    init(parser: KeyParser, escapeDelayMilliseconds: Int) {
        self.parser = parser
        self.escapeDelayMilliseconds = escapeDelayMilliseconds
        (events, continuation) = AsyncStream.makeStream()
        (replies, replyContinuation) = AsyncStream.makeStream()
    }

    func start() {
        let thread = Thread { [self] in run() }
        thread.name = "terminal input"
        thread.start()
    }

    func stop() {
        isStopping.store(true, ordering: .relaxed)
        wt_terminal_wake()
    }

    /// Leaves the input to another program; returns once nothing is read any more.
    func pause() {
        isPaused.store(true, ordering: .sequentiallyConsistent)
        wt_terminal_wake()
        // The thread comes round within one wait; one that has ended reads nothing.
        for _ in 0..<200 where !isParked.load(ordering: .sequentiallyConsistent) { usleep(5000) }
    }

    /// Reads again.
    func resume() { isPaused.store(false, ordering: .sequentiallyConsistent) }

    /// Waits while the input is another program's.
    private func park() {
        guard isPaused.load(ordering: .sequentiallyConsistent) else { return }
        isParked.store(true, ordering: .sequentiallyConsistent)
        while isPaused.load(ordering: .sequentiallyConsistent),
            !isStopping.load(ordering: .relaxed)
        {
            usleep(20_000)
        }
        isParked.store(false, ordering: .sequentiallyConsistent)
    }

    /// True once after the terminal was taken again, when nothing on it can be relied on.
    func takesRedraw() -> Bool { wantsRedraw.exchange(false, ordering: .relaxed) }

    /// Asks for another frame: what the terminal can show has changed.
    func announceChange() { yield(.resize(Self.currentSize())) }

    private func yield(_ key: Key) {
        continuation.yield(TimedKey(key, nanoseconds: MonotonicTime.nanoseconds))
    }

    private func run() {
        var parser = parser
        var bytes = [UInt8](repeating: 0, count: 4096)
        var size = GridSize(columns: 0, rows: 0)
        var readAt: UInt64 = 0
        while !isStopping.load(ordering: .relaxed) {
            park()
            let notices = wt_terminal_wait(Int32(timeout(for: parser.pending)))
            if notices & UInt32(WT_NOTICE_RESUMED.rawValue) != 0 {
                wantsRedraw.store(true, ordering: .relaxed)
                yield(.resumed)
            }
            if notices & UInt32(WT_NOTICE_RESIZED.rawValue) != 0 {
                let now = Self.currentSize()
                if now != size { yield(.resize(now)) }
                size = now
            }
            if notices & UInt32(WT_NOTICE_INPUT.rawValue) != 0 {
                let count = wt_terminal_read(&bytes, Int32(bytes.count))
                readAt = MonotonicTime.nanoseconds
                for key in parser.feed(bytes.prefix(Int(count))) {
                    continuation.yield(TimedKey(key, nanoseconds: readAt))
                }
                for reply in parser.takeReplies() { replyContinuation.yield(reply) }
            } else if notices == 0, parser.pending != .nothing {
                // What was waited for did not come: the key is as old as its bytes.
                for key in parser.flush() {
                    continuation.yield(TimedKey(key, nanoseconds: readAt))
                }
            }
            let endings = WT_NOTICE_TERMINATED.rawValue | WT_NOTICE_INPUT_CLOSED.rawValue
            if notices & UInt32(endings) != 0 {
                yield(.terminate)
                break
            }
        }
        continuation.finish()
        replyContinuation.finish()
    }

    private func timeout(for pending: KeyParser.Pending) -> Int {
        switch pending {
        case .nothing: -1
        case .escape: escapeDelayMilliseconds
        case .sequence: Self.sequenceDelayMilliseconds
        case .paste: Self.pasteDelayMilliseconds
        }
    }

    private static func currentSize() -> GridSize {
        var columns: Int32 = 0
        var rows: Int32 = 0
        wt_terminal_size(&columns, &rows)
        return GridSize(columns: Int(columns), rows: Int(rows))
    }
}
