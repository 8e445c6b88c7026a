// wetread documentation: the pages that are generated from the program itself.

import ArgumentParser
import Foundation
import Workstation

struct DocumentationCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "documentation",
        abstract: "Write or check the generated pages: keys.md, commands.md, sign-off.md.",
        shouldDisplay: false)

    @Option(help: "Write the pages into this folder.")
    var write: String?

    @Option(help: "Compare the pages in this folder; exit status 65 where one differs.")
    var check: String?

    func validate() throws {
        if (write == nil) == (check == nil) {
            throw ValidationError("Give one of --write FOLDER and --check FOLDER.")
        }
    }

    func run() throws {
        let folder = URL(fileURLWithPath: write ?? check ?? ".", isDirectory: true)
        var stale: [String] = []
        for (name, text) in Self.pages {
            let url = folder.appendingPathComponent(name)
            if write != nil {
                try text.write(to: url, atomically: true, encoding: .utf8)
            } else if (try? String(contentsOf: url, encoding: .utf8)) != text {
                stale.append(name)
            }
        }
        if !stale.isEmpty {
            throw CommandFailure(
                .badData, "\(stale.joined(separator: ", ")) is out of date: run `make docs`")
        }
    }

    private static var pages: [(name: String, text: String)] {
        [
            ("keys.md", Commands.documentation()), ("commands.md", commandReference),
            ("sign-off.md", SignOffPage.text),
        ]
    }

    /// Every subcommand's help, as the program prints it.
    private static var commandReference: String {
        let heading = """
            # Command line

            Written by `make docs` from the program itself; do not edit.


            """
        return heading
            + (Wetread.configuration.subcommands.flatMap(withNested)).map { command in
                "```\n" + Wetread.helpMessage(for: command, columns: 90) + "\n```\n"
            }.joined(separator: "\n")
    }

    private static func withNested(_ command: any ParsableCommand.Type)
        -> [any ParsableCommand.Type]
    {
        guard command.configuration.shouldDisplay else { return [] }
        return [command] + command.configuration.subcommands.flatMap(withNested)
    }
}
