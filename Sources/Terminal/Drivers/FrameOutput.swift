// Frames on their way out: written at once where the terminal takes them, never blocking input.

import CTerminal
import Foundation
import Synchronization

/// Sends one frame at a time; what the terminal does not take at once goes on a thread of its own.
final class FrameOutput: Sendable {
    private let isBusyFlag = Atomic(false)
    private let isStopping = Atomic(false)

    private static let patienceMilliseconds: Int32 = 50

    /// True while a frame is on its way.
    var isBusy: Bool { isBusyFlag.load(ordering: .acquiring) }

    /// Writes a frame; where not all of it leaves at once, `completion` is called on another thread
    /// when the rest has, with the time of that.
    ///
    /// - Returns: true when all of it left.
    func send(_ bytes: [UInt8], completion: @escaping @Sendable (UInt64) -> Void) -> Bool {
        guard let rest = Self.write(bytes[...]) else { return true }
        if rest.isEmpty { return true }
        isBusyFlag.store(true, ordering: .releasing)
        Thread.detachNewThread { [self] in
            drain(rest)
            let writtenAt = MonotonicTime.nanoseconds
            isBusyFlag.store(false, ordering: .releasing)
            completion(writtenAt)
        }
        return false
    }

    /// Gives up what has not left yet, and returns when nothing is being written.
    func abandon() {
        guard isBusy else { return }
        isStopping.store(true, ordering: .releasing)
        wt_terminal_discard()
        while isBusy { usleep(1000) }
        isStopping.store(false, ordering: .releasing)
    }

    private func drain(_ bytes: ArraySlice<UInt8>) {
        var rest = bytes
        while !rest.isEmpty, !isStopping.load(ordering: .acquiring) {
            guard wt_terminal_writable(Self.patienceMilliseconds) else { continue }
            guard let left = Self.write(rest) else { return }
            rest = left
        }
    }

    /// Writes what is taken now and returns the rest; nil when the terminal is gone.
    private static func write(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        let count = bytes.withUnsafeBufferPointer { buffer in
            buffer.isEmpty ? 0 : wt_terminal_send(buffer.baseAddress, Int64(buffer.count))
        }
        return count < 0 ? nil : bytes.dropFirst(Int(count))
    }
}
