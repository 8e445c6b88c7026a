// Opening the records as somebody: who runs the program, and how they prove it.

import Foundation
import Radiology
import Records
import Workstation

/// The door of every subcommand to the records.
enum Access {
    /// The records, acting for whoever runs the program, and that account's name.
    ///
    /// A home without accounts is open. Otherwise: `WETREAD_SECRET` with the configured reader,
    /// else the account bound to the operating-system user, else a question at the terminal.
    static func records(
        _ configuration: Configuration
    ) throws -> (store: RecordStore, reader: ReaderID) {
        try logIn(
            to: RecordStore.open(
                home: configuration.home, clock: { Date() }, settings: settings(configuration)),
            configuration)
    }

    /// The records for looking only: also where the home cannot be written.
    static func recordsForReading(
        _ configuration: Configuration
    ) throws -> (store: RecordStore, reader: ReaderID) {
        // First for reading: that says what is wrong with a missing or foreign home.
        let looking = try RecordStore.open(
            home: configuration.home, clock: { Date() }, readOnly: true,
            settings: settings(configuration))
        let opened: (store: RecordStore, reader: ReaderID)
        do {
            opened = try records(configuration)
        } catch RecordsError.readOnlyHome {
            return try logIn(to: looking, configuration)
        }
        looking.close()
        return opened
    }

    /// What the site sets for its records.
    private static func settings(_ configuration: Configuration) throws -> RecordSettings {
        var settings = RecordSettings.standard
        settings.critical = try CriticalPolicyFile.load(home: configuration.home)
        settings.peers = try CriticalPolicyFile.loadPeers(home: configuration.home)
        settings.retention = try RetentionFile.load(home: configuration.home)
        settings.requiresFirstImpression = configuration.settings.requiresFirstImpression
        return settings
    }

    /// Asks for a secret at the terminal without showing it; nil where there is no terminal.
    static func askSecret(_ question: String) -> String? {
        guard Output.isTerminal(0), Output.isTerminal(2) else { return nil }
        Output.write(question, to: 2)
        var settings = termios()
        tcgetattr(0, &settings)
        var silent = settings
        silent.c_lflag &= ~tcflag_t(ECHO)
        tcsetattr(0, TCSAFLUSH, &silent)
        defer {
            tcsetattr(0, TCSAFLUSH, &settings)
            Output.write("\n", to: 2)
        }
        return readLine(strippingNewline: true)
    }

    /// A new secret: from the environment, else asked for twice.
    static func newSecret(for name: String, variable: String = "WETREAD_NEW_SECRET") throws
        -> String
    {
        if let secret = environment(variable) { return secret }
        guard let first = askSecret("new secret for \(name): "),
            let second = askSecret("again: ")
        else {
            throw CommandFailure(
                .usage, "a secret is asked for at a terminal, or taken from \(variable)")
        }
        if first != second { throw CommandFailure(.usage, "the two secrets differ") }
        return first
    }

    /// The operating system's name of the user who runs the program.
    static func operatingSystemUser() -> String? {
        guard let entry = getpwuid(getuid()), let name = entry.pointee.pw_name else { return nil }
        return String(cString: name)
    }

    private static func environment(_ name: String) -> String? {
        guard let value = ProcessInfo.processInfo.environment[name], !value.isEmpty else {
            return nil
        }
        return value
    }

    private static func logIn(
        to store: RecordStore, _ configuration: Configuration
    ) throws -> (store: RecordStore, reader: ReaderID) {
        guard try store.hasAccounts() else { return (store, configuration.reader) }
        let actor = try actor(of: store, configuration)
        let acting = store.acting(as: actor)
        if Output.isTerminal(2) {
            Output.error("\(actor.id.rawValue.inert()): \(actor.lastLogInNotice)")
            for notice in actor.notices { Output.error("NOTICE: \(notice.inert())") }
        }
        return (acting, actor.id)
    }

    private static func actor(
        of store: RecordStore, _ configuration: Configuration
    ) throws -> Actor {
        let session = "\(ProcessInfo.processInfo.hostName)/\(getpid())"
        let emergency = environment("WETREAD_EMERGENCY_REASON")
        if let secret = environment("WETREAD_SECRET") {
            return try store.logIn(
                configuration.reader, secret: secret, session: session,
                emergencyReason: emergency)
        }
        if emergency == nil, let user = operatingSystemUser(),
            let actor = try store.logIn(operatingSystemUser: user, session: session)
        {
            return actor
        }
        guard let secret = askSecret("secret of \(configuration.reader.rawValue.inert()): ") else {
            throw RecordsError.notLoggedIn(task: .open)
        }
        return try store.logIn(
            configuration.reader, secret: secret, session: session, emergencyReason: emergency)
    }
}
