// What a site sets for its records.

import Foundation
import Radiology

/// How the records behave on one site; the standard holds where nothing is said.
public struct RecordSettings: Sendable {
    /// What is asked of secrets.
    public var secrets = SecretPolicy.standard
    /// Where the key lies.
    public var keys = KeySource.standard
    /// What counts as critical, and how soon somebody must be told.
    public var critical = CriticalPolicy.threeHours
    /// Which reports are offered to another reader.
    public var peers = PeerRule.none
    /// How long studies are kept.
    public var retention = RetentionRule.keepAll
    /// True where a reader's own call must be recorded before the AI is shown: no report is signed
    /// without it.
    public var requiresFirstImpression = false
    /// The file of the key that signs checkpoints of the trail; nil for `audit-key` in the home.
    public var auditKeyFile: String?
    /// The second file that checkpoints go to; nil for `audit-checkpoints` in the home.
    public var checkpointFile: String?
    /// True where checkpoints also go to syslog.
    public var sendsCheckpointsToSyslog = false
    /// Seconds of a clock that nobody can set, running while the machine sleeps.
    package var steadySeconds: @Sendable () -> Double = RecordSettings.bootSeconds

    /// The standard, with `WETREAD_AUDIT_KEY_FILE`, `WETREAD_AUDIT_CHECKPOINTS` (files) and
    /// `WETREAD_AUDIT_SYSLOG` (1) of the environment.
    public static let standard: RecordSettings = {
        let environment = ProcessInfo.processInfo.environment
        var settings = RecordSettings()
        settings.auditKeyFile = environment["WETREAD_AUDIT_KEY_FILE"]
        settings.checkpointFile = environment["WETREAD_AUDIT_CHECKPOINTS"]
        settings.sendsCheckpointsToSyslog = environment["WETREAD_AUDIT_SYSLOG"] == "1"
        return settings
    }()

    /// Seconds since the machine started, `CLOCK_BOOTTIME`.
    package static let bootSeconds: @Sendable () -> Double = {
        var time = timespec()
        clock_gettime(CLOCK_BOOTTIME, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
