// Keys as the log of a study writes them.

import Terminal

extension Key {
    private static let plain: [(name: String, key: Key)] = [
        ("up", .up), ("down", .down), ("left", .left), ("right", .right), ("home", .home),
        ("end", .end), ("page-up", .pageUp), ("page-down", .pageDown), ("tab", .tab),
        ("back-tab", .backTab), ("enter", .enter), ("escape", .escape),
        ("backspace", .backspace), ("delete", .delete), ("insert", .insert),
        ("resumed", .resumed), ("terminate", .terminate),
    ]
    private static let arrows: [(name: String, arrow: Arrow)] = [
        ("up", .up), ("down", .down), ("left", .left), ("right", .right), ("home", .home),
        ("end", .end),
    ]

    /// The key as one text that `init(logged:)` reads back; nil for what is no key (the mouse, a
    /// new size).
    public var logged: String? {
        switch self {
        case .character(let character): "char \(character)"
        case .control(let character): "ctrl \(character)"
        case .alt(let character): "alt \(character)"
        case .function(let number): "f \(number)"
        case .paste(let text): "paste \(text)"
        case .modified(let arrow, let modifiers):
            Self.arrows.first { $0.arrow == arrow }.map { "mod \($0.name) \(modifiers.rawValue)" }
        case .mouse, .resize: nil
        default: Self.plain.first { $0.key == self }?.name
        }
    }

    /// The key of a text that `logged` wrote; nil for any other.
    public init?(logged text: String) {
        if let entry = Self.plain.first(where: { $0.name == text }) {
            self = entry.key
            return
        }
        guard let space = text.firstIndex(of: " ") else { return nil }
        let rest = String(text[text.index(after: space)...])
        switch text[..<space] {
        case "char" where rest.count == 1: self = .character(Character(rest))
        case "ctrl" where rest.count == 1: self = .control(Character(rest))
        case "alt" where rest.count == 1: self = .alt(Character(rest))
        case "paste": self = .paste(rest)
        case "f":
            guard let number = Int(rest) else { return nil }
            self = .function(number)
        case "mod":
            let parts = rest.split(separator: " ")
            guard parts.count == 2, let bits = UInt8(parts[1]),
                let entry = Self.arrows.first(where: { $0.name == parts[0] })
            else { return nil }
            self = .modified(entry.arrow, Modifiers(rawValue: bits))
        default: return nil
        }
    }
}
