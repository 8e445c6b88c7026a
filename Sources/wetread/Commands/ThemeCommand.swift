// wetread theme: whether a theme can be read by everyone.

import ArgumentParser
import Foundation
import Radiology
import Terminal

struct ThemeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "theme",
        abstract: "List themes, or check whether one can be read by everyone.",
        subcommands: [List.self, Check.self], defaultSubcommand: List.self)

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the themes there are.")

        func run() throws {
            let catalogue = try ThemeCommand.catalogue()
            for name in catalogue.names {
                let summary =
                    (try? catalogue.theme(named: name).summary)
                    ?? "cannot be read: theme check says why"
                Output.line("\(name)  \(summary.inert())")
            }
        }
    }

    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Check contrast, colour blindness and monochrome distinguishability.",
            discussion:
                "Text needs a contrast of 4.5:1 and marks 3:1 (WCAG 2.1), in true colour and in 256. "
                + "States must differ by a CIEDE2000 of 10 for normal, protan, deutan and tritan "
                + "eyes, and by attributes where there is no colour. Exit status 1 where not.")

        @Argument(help: "Themes to check (default: all).")
        var names: [String] = []

        func run() throws {
            let catalogue = try ThemeCommand.catalogue()
            var isSound = true
            for name in names.isEmpty ? catalogue.names : names {
                let faults: [String]
                do {
                    faults = ThemeCheck.faults(of: try catalogue.theme(named: name))
                        .map(\.description)
                } catch {
                    faults = ["\(error)"]
                }
                isSound = isSound && faults.isEmpty
                Output.line("\(faults.isEmpty ? "✓" : "✗") \(name.inert())")
                for fault in faults { Output.line("  \(fault)") }
            }
            if !isSound { throw ExitCode(ExitStatus.someFailed.rawValue) }
        }
    }

    private static func catalogue() throws -> ThemeCatalogue {
        ThemeCatalogue(folders: [try Configuration.load().themes] + Installation.themeFolders)
    }
}
