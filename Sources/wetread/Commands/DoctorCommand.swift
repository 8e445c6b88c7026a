// wetread doctor: what works on this machine, what does not, and what would mend it.

import Analyzer
import ArgumentParser
import DICOM
import Foundation
import Imaging
import Radiology
import Records
import Terminal

struct DoctorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract:
            "Check libraries, model packages, database and terminal; say what would mend them.",
        discussion: "Writes nothing. Exit status 0 where all is well, 69 where something is not.")

    func run() throws {
        let checks = Doctor.checks()
        for check in checks {
            Output.line("\(check.isWell ? "✓" : "✗") \(check.name): \(check.finding)")
            if !check.isWell && !check.remedy.isEmpty { Output.line("  \(check.remedy)") }
        }
        if checks.contains(where: { !$0.isWell }) {
            throw ExitCode(ExitStatus.unavailable.rawValue)
        }
    }
}

/// The checks of the installation, for the command and for the screen.
enum Doctor {
    /// Every check as a line, with what would mend it where it failed.
    static func lines() -> [String] {
        checks().flatMap { check -> [String] in
            let line = "\(check.isWell ? "✓" : "✗") \(check.name): \(check.finding)"
            return check.isWell || check.remedy.isEmpty ? [line] : [line, "  \(check.remedy)"]
        }
    }

    /// Runs every check.
    static func checks() -> [Check] {
        var checks = [libraries, dictionary, database, themes, terminal]
        checks += ModelPackage.bundledNames.map(package)
        do {
            let configuration = try Configuration.load()
            checks += [home(configuration)]
            if !ModelPackage.bundledNames.contains(configuration.model) {
                checks.append(package(configuration.model))
            }
        } catch {
            checks.append(
                Check("configuration", isWell: false, CommandFailure(describing: error).description)
            )
        }
        return checks
    }

    /// One check.
    struct Check {
        let name: String
        let isWell: Bool
        let finding: String
        let remedy: String

        init(_ name: String, isWell: Bool, _ finding: String, remedy: String = "") {
            self.name = name
            self.isWell = isWell
            self.finding = finding
            self.remedy = remedy
        }
    }

    private static var libraries: Check {
        Check("image libraries", isWell: true, DICOMLibraries.versions)
    }

    private static var dictionary: Check {
        let count = DICOMLibraries.dictionaryEntryCount
        return Check(
            "DICOM dictionary", isWell: count > 1_000, "\(count) entries",
            remedy: "apt-get install --reinstall libdcmtk17; unset DCMDICTPATH if it is set")
    }

    private static var database: Check {
        do {
            return Check(
                "SQLite", isWell: true, try RecordStore.databaseLibraryVersion())
        } catch {
            return Check(
                "SQLite", isWell: false, "\(error)", remedy: "apt-get install libsqlite3-0")
        }
    }

    private static var themes: Check {
        let names = ThemeCatalogue(folders: Installation.themeFolders).names
        return Check(
            "themes", isWell: !names.isEmpty,
            names.isEmpty ? "none found" : names.joined(separator: ", "),
            remedy: "the folder Themes must lie beside the program: use `make install`")
    }

    private static var terminal: Check {
        let environment = ProcessInfo.processInfo.environment
        let type = environment["TERM"]?.inert() ?? "not set"
        guard Output.isTerminal(0), Output.isTerminal(1) else {
            return Check(
                "terminal", isWell: true, "none on standard input and output (TERM \(type))")
        }
        let isUTF8 = Capabilities.localeIsUTF8()
        var window = winsize()
        let hasSize = ioctl(1, UInt(TIOCGWINSZ), &window) == 0 && window.ws_col > 0
        let size = hasSize ? "\(window.ws_col)x\(window.ws_row)" : "size not known"
        let isLarge = !hasSize || (window.ws_col >= 60 && window.ws_row >= 18)
        return Check(
            "terminal", isWell: isLarge,
            "TERM \(type), \(size), \(isUTF8 ? "UTF-8" : "not UTF-8: pictures in ASCII")",
            remedy: "make the window at least 60x18; 80x24 and more is better")
    }

    private static func package(_ name: String) -> Check {
        do {
            let configuration = try? Configuration.load()
            let package = try ModelPackage.find(name, models: configuration?.models)
            _ = try Analyzer(package: package, threads: 1)
            return Check(
                "model \(name.inert())", isWell: true,
                "\(package.identity.version), SHA-256 \(package.identity.sha256.short) as stated, "
                    + "\(package.labels.count) labels")
        } catch {
            return Check(
                "model \(name.inert())", isWell: false,
                CommandFailure(describing: error).description,
                remedy: "use `make install`, or name a package with --model or WETREAD_MODEL")
        }
    }

    private static func home(_ configuration: Configuration) -> Check {
        let path = configuration.home.path.inert()
        guard FileManager.default.fileExists(atPath: configuration.home.path) else {
            return Check(
                "home", isWell: true, "\(path) does not exist yet; the first import makes it")
        }
        do {
            let store = try RecordStore.open(
                home: configuration.home, clock: { Date() }, readOnly: true)
            let (count, audit) = try store.health()
            let state = audit.firstBreak.map { "BROKEN: \($0.description)" } ?? "whole"
            return Check(
                "home", isWell: audit.isWhole,
                "\(path), \(count) studies, audit trail of \(audit.eventCount) events \(state)",
                remedy: "keep a copy of the home as it is, and find out who changed it")
        } catch {
            return Check("home", isWell: false, CommandFailure(describing: error).description)
        }
    }
}
