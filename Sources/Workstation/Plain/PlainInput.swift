// A line that was typed, as the keys and commands that it means in the model's place.

import Radiology
import Terminal

/// What a line of the plain mode asks for.
public enum PlainInput: Sendable, Equatable {
    /// Messages to be given to the model, in order.
    case keys([Key])
    /// The commands of this place, said.
    case help
    /// Say the place again.
    case again
    /// No command is called that.
    case unknown(String)

    /// Reads a line in the model's place.
    public init(line: String, model: Model) {
        let text = line.trimmingSpaces()
        if model.place.takesText, model.place != .palette {
            self = .keys(Self.textKeys(text, in: model.place))
            return
        }
        if text.isEmpty {
            self = .again
        } else if text == "help" || text == "?" {
            self = .help
        } else if let number = Int(text), number > 0, model.place.takesCounts {
            self = .keys("\(number)G".map(Key.character))
        } else if let key = Self.key(of: text, in: model) {
            self = .keys(key)
        } else {
            self = .unknown(text)
        }
    }

    /// In a field the line is its text; a dot alone leaves it.
    private static func textKeys(_ text: String, in place: Place) -> [Key] {
        let typed = text.map(Key.character)
        switch place {
        case .impression: return text == "." ? [.escape] : typed + [.enter]
        case .search, .filter, .ownText, .confirm, .form:
            return text == "." ? [.escape] : typed + [.enter]
        default: return typed
        }
    }

    /// A command's name or one of its keys, as the keys that run it.
    private static func key(of text: String, in model: Model) -> [Key]? {
        let place = model.place
        let commands = Commands.of(place)
        if let command = commands.first(where: { $0.id == text }) {
            let keys = model.settings.keys.keys(of: command, in: place)
            guard let key = keys.first else {
                // Without a key it is run by the command line, by its name.
                return [.character(":")] + text.map(Key.character) + [.enter]
            }
            return command.doubledKeys.contains(key) ? [key, key] : [key]
        }
        for command in commands {
            for key in model.settings.keys.keys(of: command, in: place) {
                if command.label(of: key, unicode: false) == text || key.label() == text {
                    return command.doubledKeys.contains(key) ? [key, key] : [key]
                }
            }
        }
        return nil
    }
}
