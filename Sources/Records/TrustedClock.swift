// The present, also where somebody sets the system's clock back.

import Foundation
import Synchronization

/// A clock that does not go back while the system's does.
///
/// It follows the system's clock forwards at once. Where that falls behind what a steady clock has
/// counted since, the steady one counts: due times come when they should and events keep their
/// order. A step back of more than a day is taken for the correction of a clock that was wrong
/// before, and followed; the trail says so either way.
final class TrustedClock: Sendable {
    /// Differences up to here are the noise of reading two clocks, in seconds.
    private static let tolerance = 0.001
    /// A step back from here on is a correction, in seconds.
    private static let correctionSeconds = 86_400.0
    /// Steps back from here on are said in the trail, in seconds.
    private static let saidSeconds = 2.0

    private struct State {
        var anchor: Date
        var anchorSteady: Double
        var isBehindSaid = false
    }

    private let wall: @Sendable () -> Date
    private let steadySeconds: @Sendable () -> Double
    private let state: Mutex<State>

    init(
        wall: @escaping @Sendable () -> Date, steadySeconds: @escaping @Sendable () -> Double
    ) {
        self.wall = wall
        self.steadySeconds = steadySeconds
        state = Mutex(State(anchor: wall(), anchorSteady: steadySeconds()))
    }

    /// The present.
    var now: Timestamp { state.withLock { Timestamp(present(&$0)) } }

    /// Goes on from a moment that was recorded; gives how many seconds the system's clock is behind
    /// it where that must be said, once for each time that it happens.
    func keep(after recorded: Timestamp) -> Double? {
        state.withLock { state in
            let steady = steadySeconds()
            let ahead = recorded.date.timeIntervalSince(wall())
            if ahead > Self.correctionSeconds {
                state.anchor = wall()
                state.anchorSteady = steady
            } else if recorded > Timestamp(present(&state)) {
                state.anchor = recorded.date
                state.anchorSteady = steady
            }
            let isBehind = ahead > Self.saidSeconds
            defer { state.isBehindSaid = isBehind }
            return isBehind && !state.isBehindSaid ? ahead : nil
        }
    }

    private func present(_ state: inout State) -> Date {
        let wall = wall()
        let steady = steadySeconds()
        let counted = state.anchor.addingTimeInterval(steady - state.anchorSteady)
        let behind = counted.timeIntervalSince(wall)
        if behind > Self.tolerance && behind <= Self.correctionSeconds { return counted }
        state.anchor = wall
        state.anchorSteady = steady
        return wall
    }
}
