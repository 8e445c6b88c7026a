// Keys by the names that a configuration file writes.

extension Key {
    private static let named: [String: Key] = [
        "up": .up, "down": .down, "left": .left, "right": .right, "home": .home, "end": .end,
        "pgup": .pageUp, "pageup": .pageUp, "pgdn": .pageDown, "pagedown": .pageDown,
        "tab": .tab, "shift-tab": .backTab, "backtab": .backTab, "enter": .enter,
        "return": .enter, "esc": .escape, "escape": .escape, "backspace": .backspace,
        "del": .delete, "delete": .delete, "ins": .insert, "insert": .insert,
        "space": .character(" "), "shift-up": .modified(.up, .shift),
        "shift-down": .modified(.down, .shift), "shift-left": .modified(.left, .shift),
        "shift-right": .modified(.right, .shift), "ctrl-up": .modified(.up, .control),
        "ctrl-down": .modified(.down, .control), "ctrl-left": .modified(.left, .control),
        "ctrl-right": .modified(.right, .control), "alt-up": .modified(.up, .alt),
        "alt-down": .modified(.down, .alt), "alt-left": .modified(.left, .alt),
        "alt-right": .modified(.right, .alt),
    ]

    /// The key of a name such as `x`, `ctrl-x`, `alt-x`, `f5`, `pgdn` or `space`; nil for others.
    ///
    /// A single character is itself, upper and lower case apart; names are taken in any case.
    public init?(name: String) {
        if name.count == 1, let character = name.first, DisplayWidth.of(name) > 0 {
            self = .character(character)
            return
        }
        let lower = name.lowercased()
        if let key = Self.named[lower] {
            self = key
        } else if lower.hasPrefix("ctrl-"), lower.count == 6, let letter = lower.last {
            self = .control(letter)
        } else if lower.hasPrefix("alt-"), name.count == 5, let letter = name.last {
            self = .alt(letter)
        } else if lower.hasPrefix("f"), let number = Int(lower.dropFirst()), (1...12) ~= number {
            self = .function(number)
        } else {
            return nil
        }
    }
}
