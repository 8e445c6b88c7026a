// The settings of the screens in config.toml.

import Foundation
import Imaging
import Radiology
import TOMLKit
import Workstation

extension Configuration {
    private static let names =
        "reader, model, samples, seed, threads, theme, first_impression, "
        + "first_impression_required, lock_after_minutes, waiting_cap_hours, order, columns, mouse, "
        + "copy_patient_data, [display], [[filter]]"

    /// Takes one setting of the screens.
    mutating func applySettings(key: String, value: (any TOMLValueConvertible)?) throws {
        func failure(_ wanted: String) -> CommandFailure {
            CommandFailure(.configuration, "config.toml: `\(key.inert())` must be \(wanted)")
        }
        func flag() throws -> Bool {
            guard let flag = value?.bool else { throw failure("true or false") }
            return flag
        }
        switch key {
        case "first_impression": settings.showsImpressionFirst = try flag()
        case "first_impression_required":
            settings.requiresFirstImpression = try flag()
            if settings.requiresFirstImpression { settings.showsImpressionFirst = true }
        case "lock_after_minutes":
            guard let minutes = value?.double ?? value?.int.map(Double.init), minutes >= 0,
                minutes <= 1440
            else { throw failure("a number of minutes up to 1440; 0 for never") }
            lockAfterMinutes = minutes
        case "mouse": settings.usesMouse = try flag()
        case "copy_patient_data": settings.copiesPatientData = try flag()
        case "waiting_cap_hours":
            guard let hours = value?.double ?? value?.int.map(Double.init), hours > 0, hours <= 720
            else { throw failure("a number of hours, more than 0 and at most 720") }
            settings.waitingCapSeconds = hours * 3600
        case "order":
            guard let order = value?.string.flatMap(WorklistOrder.init) else {
                let known = WorklistOrder.allCases.map(\.rawValue).joined(separator: ", ")
                throw failure("one of \(known)")
            }
            settings.order = order
        case "columns":
            let known = ListColumnName.allCases.map(\.rawValue).joined(separator: ", ")
            guard let list = value?.array else { throw failure("a list of columns: \(known)") }
            settings.columns = try list.map { item in
                guard let column = item.string.flatMap(ListColumnName.init) else {
                    throw failure("a list of columns: \(known)")
                }
                return column
            }
        case "display": settings.display = try display(value)
        case "filter":
            guard let list = value?.array else {
                throw failure("a list of tables: [[filter]] with `name` and `query`")
            }
            settings.savedFilters = try list.map { item in
                guard let table = item.table, let name = table["name"]?.string, !name.isEmpty,
                    let query = table["query"]?.string, !query.isEmpty
                else { throw failure("a table with `name` and `query`") }
                return SavedFilter(name: String(name.prefix(20)), query: WorklistQuery(query))
            }
        default:
            throw CommandFailure(
                .configuration,
                "config.toml: `\(key.inert())` is not a setting; settings are \(Self.names)")
        }
    }
}

extension Configuration {
    /// `[display]`: luminances in cd/m², the exponent of its curve, and the day of the last check.
    private func display(_ value: (any TOMLValueConvertible)?) throws -> DisplayStatement {
        let names = ["luminance_min", "luminance_max", "ambient", "gamma", "checked"]
        guard let table = value?.table, table.keys.allSatisfy(names.contains) else {
            throw CommandFailure(
                .configuration,
                "config.toml: [display] has \(names.joined(separator: ", ")) and nothing else")
        }
        func number(_ key: String) -> Double? {
            table[key]?.double ?? table[key]?.int.map(Double.init)
        }
        guard let low = number("luminance_min"), let high = number("luminance_max"),
            table["gamma"] == nil || number("gamma") != nil,
            let calibration = DisplayCalibration(
                luminanceMin: low, luminanceMax: high, ambient: number("ambient") ?? 0,
                gamma: number("gamma") ?? 2.2)
        else {
            throw CommandFailure(
                .configuration,
                "config.toml: [display] needs luminance_min and luminance_max in cd/m², the second "
                    + "greater; ambient and gamma, where given, are numbers not below 0")
        }
        let checked = table["checked"]?.string
        let isDay = checked.map { CalendarDay($0.filter { $0 != "-" }) != nil && $0.count == 10 }
        guard isDay != false, table["checked"] == nil || checked != nil else {
            throw CommandFailure(
                .configuration,
                "config.toml: `checked` of [display] must be a day such as \"2026-01-31\"")
        }
        return DisplayStatement(calibration: calibration, checkedOn: checked)
    }
}

/// keys.toml: a section for each place, in it `command = "key"` or `command = ["key", "key"]`.
enum KeyMapFile {
    /// Reads a key map; a file that is not there changes nothing.
    static func read(_ file: URL) throws -> KeyMap {
        guard FileManager.default.fileExists(atPath: file.path) else { return KeyMap() }
        let text: String
        do {
            text = try String(contentsOf: file, encoding: .utf8)
        } catch {
            throw CommandFailure(
                .configuration, "cannot read keys.toml: \(error.localizedDescription)")
        }
        return try read(text)
    }

    /// Reads the text of a key map; what is wrong is named with its line.
    static func read(_ text: String) throws -> KeyMap {
        let table = try TOMLText.table(text, file: "keys.toml")
        var bindings: [KeyBinding] = []
        for section in table.keys {
            guard let commands = table[section]?.table else {
                throw failure(text, section, nil, "must be a section such as [worklist]")
            }
            for command in commands.keys {
                let value = commands[command]
                let keys = value?.string.map { [$0] } ?? value?.array?.compactMap(\.string)
                guard let keys else {
                    throw failure(text, section, command, "must be a key or a list of keys")
                }
                let binding = KeyBinding(section: section, command: command, keys: keys)
                // One by one, so that what is wrong has a line.
                do { _ = try KeyMap([binding]) } catch {
                    throw failure(text, section, command, error.description)
                }
                bindings.append(binding)
            }
        }
        do { return try KeyMap(bindings) } catch {
            throw CommandFailure(.configuration, "keys.toml: \(error.description)")
        }
    }

    private static func failure(
        _ text: String, _ section: String, _ command: String?, _ what: String
    ) -> CommandFailure {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let header = lines.firstIndex { $0.contains("[\(section)]") } ?? 0
        let place = command.flatMap { name in
            lines[header...].firstIndex { line in
                line.split(separator: "=").first?
                    .trimmingCharacters(in: CharacterSet(charactersIn: " \t\"")) == name
            }
        }
        let line = (place ?? header) + 1
        let name = command.map { "`\($0.inert())` " } ?? "`\(section.inert())` "
        return CommandFailure(.configuration, "keys.toml line \(line): \(name)\(what)")
    }
}
