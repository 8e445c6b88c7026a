// The program: its subcommands, and the one place where errors become messages and exit codes.

import ArgumentParser
import Foundation

/// The command line of Wetread.
struct Wetread: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "wetread",
        abstract: "A terminal radiology workstation for chest X-rays. Not a medical device.",
        discussion: """
            Without a subcommand the workstation opens. Data lives in $WETREAD_HOME \
            (default: $XDG_DATA_HOME/wetread or ~/.local/share/wetread).
            """,
        version: "0.1.0",
        subcommands: [
            WorkstationCommand.self,
            ImportCommand.self,
            AnalyzeCommand.self,
            WorklistCommand.self,
            ReportCommand.self,
            RenderCommand.self,
            AuditCommand.self,
            UserCommand.self,
            CriticalCommand.self,
            PeerCommand.self,
            BackupCommand.self,
            RestoreCommand.self,
            KeyCommand.self,
            RetentionCommand.self,
            ModelCommand.self,
            StudyCommand.self,
            DumpCommand.self,
            PhantomCommand.self,
            DoctorCommand.self,
            ThemeCommand.self,
            DocumentationCommand.self,
        ],
        defaultSubcommand: WorkstationCommand.self)
}

/// Entry of the program.
@main
enum Main {
    @MainActor static func main() async {
        do {
            var command = try Wetread.parseAsRoot()
            if var waiting = command as? any AsyncParsableCommand {
                try await waiting.run()
            } else {
                try command.run()
            }
        } catch let failure as CommandFailure {
            Output.error("wetread: \(failure.description)")
            exit(failure.status.rawValue)
        } catch let code as ExitCode {
            exit(code.rawValue)
        } catch {
            // Wrong usage, `--help`, an explicit exit code, or what a room threw.
            if Wetread.exitCode(for: error) == .failure {
                let failure = CommandFailure(describing: error)
                Output.error("wetread: \(failure.description)")
                exit(failure.status.rawValue)
            }
            Wetread.exit(withError: error)
        }
    }
}
