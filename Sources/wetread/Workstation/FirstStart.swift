// The first start on a new home: who are you, and shall the home ask for it from now on?

import Foundation
import Radiology
import Records

/// Walks the first user of a new home through making an account.
enum FirstStart {
    /// Asks where the home holds nothing yet and somebody sits at a terminal; whoever wants no
    /// account goes on with an open home, as a single user expects.
    static func walkThrough(_ configuration: inout Configuration, isPlain: Bool) throws {
        let database = configuration.home.appendingPathComponent("wetread.sqlite").path
        guard !isPlain, !FileManager.default.fileExists(atPath: database), Output.isTerminal(0),
            Output.isTerminal(2)
        else { return }
        Output.error(
            """
            Welcome to Wetread. This home is new: \(configuration.home.path.inert())

            With accounts every reader logs in, every signature asks for a secret,
            and the audit trail names who did what. The first account is an
            administrator who also reads. Without accounts the home is open to
            whoever may read its files; add accounts later: wetread user add NAME
            """)
        let suggested = configuration.reader.rawValue
        let name = try answer(
            "Account name [\(suggested.inert())], or - for no accounts: ", default: suggested)
        if name == "-" { return }
        let printed = try answer("Name under your signatures [\(name.inert())]: ", default: name)
        let (store, _) = try Access.records(configuration)
        defer { store.close() }
        for isLast in [false, false, true] {
            do {
                let secret = try Access.newSecret(for: name)
                try store.addAccount(
                    NewAccount(
                        name: name, printedName: printed, roles: [.administrator, .reader],
                        secret: secret))
                break
            } catch {
                if isLast || !isAboutTheSecret(error) { throw error }
                Output.error(CommandFailure(describing: error).description)
            }
        }
        configuration.reader = ReaderID(name)
        Output.error("Made. You log in now; next time set WETREAD_READER=\(name.inert()) or let")
        Output.error("`reader` in config.toml name you. More accounts: wetread user add NAME")
    }

    private static func isAboutTheSecret(_ error: any Error) -> Bool {
        if case RecordsError.secretRefused = error { return true }
        return (error as? CommandFailure)?.status == .usage
    }

    private static func answer(_ question: String, default fallback: String) throws -> String {
        Output.write(question, to: 2)
        guard let line = readLine(strippingNewline: true) else {
            throw CommandFailure(.usage, "the questions of the first start were not answered")
        }
        let text = line.trimmingSpaces()
        return text.isEmpty ? fallback : text
    }
}
