// Where Wetread lives on this machine, and what its user configured.

import Foundation
import Radiology
import TOMLKit
import Workstation

/// The home folder and the configuration in it.
struct Configuration: Sendable {
    /// The home folder: database, objects, models, themes.
    let home: URL
    /// Who acts: `reader` of config.toml, `WETREAD_READER`, else the operating system's user.
    var reader: ReaderID
    /// The model package's name or folder.
    var model: String
    /// Monte-Carlo dropout passes.
    var samples: Int?
    /// Seed of the passes.
    var seed: UInt64?
    /// Threads for analysis.
    var threads: Int?
    /// The theme's name.
    var theme: String?
    /// Minutes without a key after which the screen locks; 0 for never, nil for the usual: 15 in a
    /// home with accounts, else never.
    var lockAfterMinutes: Double?
    /// What the screens follow.
    var settings = Settings()

    /// The folder of the user's own model packages.
    var models: URL { home.appendingPathComponent("models") }
    /// The folder of the user's own themes.
    var themes: URL { home.appendingPathComponent("themes") }

    /// Reads the environment and `config.toml` (which may be absent).
    static func load(environment: [String: String] = ProcessInfo.processInfo.environment) throws
        -> Configuration
    {
        let home = homeFolder(environment)
        var configuration = Configuration(
            home: home, reader: ReaderID(environment["WETREAD_READER"] ?? userName()),
            model: "baseline-cxr14")
        try configuration.apply(file: home.appendingPathComponent("config.toml"))
        configuration.settings.keys = try KeyMapFile.read(home.appendingPathComponent("keys.toml"))
        try TemplatesFile.apply(
            home.appendingPathComponent("templates.toml"), to: &configuration.settings)
        if let model = environment["WETREAD_MODEL"], !model.isEmpty { configuration.model = model }
        if let reader = environment["WETREAD_READER"], !reader.isEmpty {
            configuration.reader = ReaderID(reader)
        }
        return configuration
    }

    /// Sets when the screen locks.
    mutating func setLock(hasAccounts: Bool) {
        let minutes = lockAfterMinutes ?? (hasAccounts ? 15 : 0)
        settings.lockAfterSeconds = minutes > 0 ? minutes * 60 : nil
    }

    private static func homeFolder(_ environment: [String: String]) -> URL {
        func folder(_ name: String) -> URL? {
            guard let value = environment[name], !value.isEmpty else { return nil }
            return URL(fileURLWithPath: value, isDirectory: true)
        }
        if let home = folder("WETREAD_HOME") { return home }
        if let data = folder("XDG_DATA_HOME") { return data.appendingPathComponent("wetread") }
        return FileManager.default.homeDirectoryForCurrentUser
            .appendingPathComponent(".local/share/wetread")
    }

    private static func userName() -> String {
        guard let entry = getpwuid(getuid()), let name = entry.pointee.pw_name else {
            return "uid\(getuid())"
        }
        return String(cString: name)
    }

    private mutating func apply(file: URL) throws {
        guard let table = try TOMLText.table(of: file) else { return }
        for key in table.keys { try apply(key: key, value: table[key]) }
    }

    private mutating func apply(key: String, value: (any TOMLValueConvertible)?) throws {
        func failure(_ wanted: String) -> CommandFailure {
            CommandFailure(.configuration, "config.toml: `\(key.inert())` must be \(wanted)")
        }
        switch key {
        case "reader":
            guard let text = value?.string, !text.isEmpty else { throw failure("a name") }
            reader = ReaderID(text)
        case "model":
            guard let text = value?.string, !text.isEmpty else { throw failure("a name or folder") }
            model = text
        case "theme":
            guard let text = value?.string, !text.isEmpty else { throw failure("a theme's name") }
            theme = text
        case "samples":
            guard let number = value?.int, number >= 0 else { throw failure("a number from 0") }
            samples = number
        case "seed":
            guard let number = value?.int, number >= 0 else { throw failure("a number from 0") }
            seed = UInt64(number)
        case "threads":
            guard let number = value?.int, number > 0 else { throw failure("a number from 1") }
            threads = number
        default:
            try applySettings(key: key, value: value)
        }
    }
}
