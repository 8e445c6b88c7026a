// What a site sets for its records.

import Foundation

/// How the records behave on one site; the standard holds where nothing is said.
public struct RecordSettings: Sendable {
    /// What is asked of secrets.
    public var secrets = SecretPolicy.standard
    /// Seconds of a clock that nobody can set, running while the machine sleeps.
    package var steadySeconds: @Sendable () -> Double = RecordSettings.bootSeconds

    /// The standard.
    public static let standard = RecordSettings()

    /// Seconds since the machine started, `CLOCK_BOOTTIME`.
    package static let bootSeconds: @Sendable () -> Double = {
        var time = timespec()
        clock_gettime(CLOCK_BOOTTIME, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
