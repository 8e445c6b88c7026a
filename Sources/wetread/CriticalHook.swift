// The site's hook program: run once for each new, escalated or overdue critical result.

import Foundation
import Radiology
import Records

/// Announces critical results to the program that `critical.toml` names.
enum CriticalHook {
    /// Takes what has come due, runs the program on each, and gives it; nothing is taken where no
    /// program is named.
    ///
    /// Each announcement is made once, by whichever process asks first. A program that cannot be
    /// run is said on standard error and stops nothing.
    @discardableResult
    static func announce(_ store: RecordStore, reader: ReaderID) throws -> [CriticalAnnouncement] {
        if store.settings.critical.hook.isEmpty { return [] }
        let announcements = try store.takeAnnouncements(actor: reader)
        for item in announcements { run(store.settings.critical.hook, item) }
        return announcements
    }

    /// Runs the program with its own arguments and then the announcement's; waits for its end.
    static func run(_ hook: [String], _ item: CriticalAnnouncement) {
        guard let program = hook.first else { return }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = Array(hook.dropFirst()) + item.arguments
        process.environment = ChildEnvironment.variables
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        do {
            try ChildSignals.unblocked { try process.run() }
            process.waitUntilExit()
        } catch {
            Output.error("wetread: the hook \(program.inert()) cannot be run")
        }
    }
}

/// What programs of others are given of our environment.
enum ChildEnvironment {
    /// Everything but secrets and keys.
    static var variables: [String: String] {
        ProcessInfo.processInfo.environment.filter { name, _ in
            !name.hasPrefix("WETREAD_") || name == "WETREAD_HOME" || name == "WETREAD_READER"
        }
    }
}
