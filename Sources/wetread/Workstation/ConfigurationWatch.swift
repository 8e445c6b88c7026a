// Follows the files that configure the workstation, while it runs.

import Foundation
import Terminal
import Workstation

/// Looks whether config.toml, keys.toml or a theme changed, and reads them again where one did.
@MainActor final class ConfigurationWatch {
    /// What a look found.
    enum Finding {
        /// Nothing new.
        case unchanged
        /// New settings, and the theme where it could be read.
        case changed(Settings, Theme?)
        /// A file is not what it should be; the old settings stay.
        case failed(Problem)
    }

    private let home: URL
    private let themes: ThemeCatalogue
    private let themeOption: String?
    private let firstImpression: Bool?
    private let hasAccounts: Bool
    private var known: [String: String]

    /// Watches; what the command line asked for stays above the files.
    init(
        configuration: Configuration, themes: ThemeCatalogue, themeOption: String?,
        firstImpression: Bool?, hasAccounts: Bool
    ) {
        self.hasAccounts = hasAccounts
        self.firstImpression = firstImpression
        home = configuration.home
        self.themes = themes
        self.themeOption = themeOption
        known = Self.stamps(of: Self.files(home: configuration.home, themes: themes))
    }

    /// Looks once.
    func look() -> Finding {
        let now = Self.stamps(of: Self.files(home: home, themes: themes))
        guard now != known else { return .unchanged }
        known = now
        do {
            var configuration = try Configuration.load()
            configuration.setLock(hasAccounts: hasAccounts)
            if let firstImpression, !configuration.settings.requiresFirstImpression {
                configuration.settings.showsImpressionFirst = firstImpression
            }
            let theme = try themes.theme(named: themeOption ?? configuration.theme ?? "dark")
            return .changed(configuration.settings, theme)
        } catch {
            return .failed(Problem(describing: error))
        }
    }

    private static func files(home: URL, themes: ThemeCatalogue) -> [String] {
        let own = ["config.toml", "keys.toml", "templates.toml"].map {
            home.appendingPathComponent($0).path
        }
        let named = themes.folders.flatMap { folder in
            themes.names.map { folder.appendingPathComponent("\($0).toml").path }
        }
        return own + named
    }

    /// Size and time of each file that is there.
    private static func stamps(of files: [String]) -> [String: String] {
        var stamps: [String: String] = [:]
        for file in files {
            var facts = stat()
            guard stat(file, &facts) == 0 else { continue }
            stamps[file] = "\(facts.st_size) \(facts.st_mtim.tv_sec) \(facts.st_mtim.tv_nsec)"
        }
        return stamps
    }
}
