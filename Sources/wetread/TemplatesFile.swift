// templates.toml of the home: texts and macros for impressions.

import Foundation
import Radiology
import TOMLKit
import Workstation

/// Reads the templates and macros of a home.
///
///     [[template]]
///     name = "normal"
///     text = "Heart size normal. Lungs clear."
///     [macro]
///     nad = "No acute disease."       # .nad and a space in a text field
enum TemplatesFile {
    /// Takes them into the settings; without the file the standard templates stay.
    static func apply(_ file: URL, to settings: inout Settings) throws {
        guard let table = try TOMLText.table(of: file) else { return }
        if let key = table.keys.first(where: { !["template", "macro"].contains($0) }) {
            throw failure("`\(key.inert())` is not a setting; they are [[template]] and [macro]")
        }
        if let value = table["template"] {
            guard let list = value.array else { throw failure("`template` must be [[template]]") }
            settings.templates = try list.map { item in
                guard let entry = item.table, let name = entry["name"]?.string, !name.isEmpty,
                    let text = entry["text"]?.string, !text.isEmpty, text.count <= 4000
                else { throw failure("a template needs `name` and `text` (up to 4000 characters)") }
                return ReportTemplate(name: String(name.inert().prefix(40)), text: text)
            }
        }
        if let value = table["macro"] {
            guard let macros = value.table else { throw failure("`macro` must be [macro]") }
            settings.macros = [:]
            for name in macros.keys {
                guard let text = macros[name]?.string, !text.isEmpty, text.count <= 4000,
                    name.allSatisfy({ $0.isLetter || $0.isNumber })
                else {
                    throw failure("macro `\(name.inert())` must be letters or digits = \"text\"")
                }
                settings.macros[name] = text
            }
        }
    }

    private static func failure(_ what: String) -> CommandFailure {
        CommandFailure(.configuration, "templates.toml: \(what)")
    }
}
