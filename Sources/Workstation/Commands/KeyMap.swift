// The keys in force: those of the command table, and what a key-map file changes of them.

import Radiology
import Terminal

/// One line of a key-map file, still in words.
public struct KeyBinding: Sendable, Equatable {
    /// The section: a place's name in lower case with `-` for what is no letter, or `all`.
    public let section: String
    /// The command's name.
    public let command: String
    /// The keys' names.
    public let keys: [String]

    /// Makes a binding.
    public init(section: String, command: String, keys: [String]) {
        self.section = section
        self.command = command
        self.keys = keys
    }
}

/// Why a binding cannot be.
public enum KeyMapProblem: Error, Sendable, Equatable, CustomStringConvertible {
    /// No such section.
    case unknownPlace(String)
    /// No such command there.
    case unknownCommand(String, place: String)
    /// No such key.
    case unknownKey(String)
    /// A key that is text in this place.
    case keyIsText(String, place: String)
    /// Two commands would have one key.
    case boundTwice(String, String, String)

    /// What was found, and what there is.
    public var description: String {
        switch self {
        case .unknownPlace(let name):
            "there is no section [\(name.inert())]; there are all, "
                + Place.allCases.map(\.sectionName).joined(separator: ", ")
        case .unknownCommand(let name, let place):
            "there is no command \(name.inert()) in \(place.inert()); Documentation/keys.md lists "
                + "them"
        case .unknownKey(let name):
            "there is no key \(name.inert()); keys are written x, ctrl-x, alt-x, f1, enter, esc, "
                + "tab, space, up, pgdn"
        case .keyIsText(let key, let place):
            "\(key.inert()) is text in \(place.inert()); take a key with ctrl or alt, or a named one"
        case .boundTwice(let key, let first, let second):
            "\(key.inert()) would mean both \(first) and \(second)"
        }
    }
}

extension Place {
    /// The name of the section of a key-map file.
    public var sectionName: String {
        let name = rawValue.lowercased().map { $0.isLetter ? $0 : "-" }
        return String(name).split(separator: "-").joined(separator: "-")
    }
}

/// Which key runs which command in each place.
public struct KeyMap: Sendable, Equatable {
    private var changed: [Place: [String: [Key]]] = [:]
    private var table = Self.standing

    private static let standing: [Place: [Key: String]] = Dictionary(
        uniqueKeysWithValues: Place.allCases.map { place in
            let pairs = Commands.of(place).flatMap { command in
                command.keys.map { ($0, command.id) }
            }
            return (place, Dictionary(pairs, uniquingKeysWith: { first, _ in first }))
        })

    /// The keys of the command table.
    public init() {}

    /// The table with the bindings of a file; a command with a binding loses its own keys there.
    public init(_ bindings: [KeyBinding]) throws(KeyMapProblem) {
        for binding in bindings { try apply(binding) }
        for place in Place.allCases { table[place] = try merged(place) }
    }

    private mutating func apply(_ binding: KeyBinding) throws(KeyMapProblem) {
        let places: [Place]
        if binding.section == "all" {
            places = Place.allCases.filter { place in
                Commands.of(place).contains { $0.id == binding.command }
            }
            if places.isEmpty { throw .unknownCommand(binding.command, place: "any place") }
        } else if let place = Place.allCases.first(where: { $0.sectionName == binding.section }) {
            guard Commands.of(place).contains(where: { $0.id == binding.command }) else {
                throw .unknownCommand(binding.command, place: binding.section)
            }
            places = [place]
        } else {
            throw .unknownPlace(binding.section)
        }
        for place in places {
            var keys: [Key] = []
            for name in binding.keys {
                guard let key = Key(name: name) else { throw .unknownKey(name) }
                if place.takesText, case .character = key {
                    throw .keyIsText(name, place: place.sectionName)
                }
                keys.append(key)
            }
            changed[place, default: [:]][binding.command] = keys
        }
    }

    /// The keys of a place: a file's keys win over those of the table.
    private func merged(_ place: Place) throws(KeyMapProblem) -> [Key: String] {
        let own = changed[place] ?? [:]
        var result: [Key: String] = [:]
        for (command, keys) in own.sorted(by: { $0.key < $1.key }) {
            for key in keys {
                if let other = result[key], other != command {
                    throw .boundTwice(key.label(), other, command)
                }
                result[key] = command
            }
        }
        for command in Commands.of(place) where own[command.id] == nil {
            for key in command.keys where result[key] == nil { result[key] = command.id }
        }
        return result
    }

    /// The command that a key means in a place; nil where it means none.
    public func command(for key: Key, in place: Place) -> Command? {
        guard let id = table[place]?[key] else { return nil }
        return Commands.of(place).first { $0.id == id }
    }

    /// The keys of a command in a place, the one for the hints first.
    public func keys(of command: Command, in place: Place) -> [Key] {
        changed[place]?[command.id] ?? command.keys.filter { table[place]?[$0] == command.id }
    }

    /// The first key of a command as hints write it; empty where it has none.
    func label(of command: Command, in place: Place, unicode: Bool) -> String {
        guard let key = keys(of: command, in: place).first else { return "" }
        return command.label(of: key, unicode: unicode)
    }
}

extension Command {
    /// A key of this command as hints and help write it; doubled where it must be pressed twice.
    func label(of key: Key, unicode: Bool = true) -> String {
        let label = key.label(unicode: unicode)
        return doubledKeys.contains(key) ? label + label : label
    }
}
