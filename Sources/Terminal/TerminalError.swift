// What can go wrong in this room, and the sentences for it.

/// Why a terminal or a theme could not be used.
public enum TerminalError: Error, Sendable, Equatable {
    /// Standard input or output is not a terminal.
    case notATerminal
    /// Neither TERM nor any stand-in is described on this machine.
    case unknownTerminal(type: String)
    /// The system refused.
    case system(code: Int32, message: String)
    /// A theme of this name is in none of the folders.
    case themeNotFound(name: String, known: [String])
    /// A theme file could not be read.
    case themeUnreadable(file: String, message: String)
    /// A theme file is not what a theme file is.
    case themeInvalid(file: String, line: Int?, problem: ThemeProblem)
}

/// What is wrong with a theme file.
public enum ThemeProblem: Sendable, Equatable {
    /// Not TOML, in the parser's words.
    case syntax(String)
    /// A key that means nothing here.
    case unknownKey(String, known: [String])
    /// A role that does not exist.
    case unknownRole(String, nearest: String?)
    /// Neither `#rrggbb` nor a name of `[palette]`.
    case unknownColour(String)
    /// Not one of the sixteen names.
    case unknownSixteen(String)
    /// Not one of the attributes.
    case unknownAttribute(String)
    /// Not an index of xterm-256color from 16 on: those below are changed by users.
    case badIndex(String)
    /// A value of another kind than expected.
    case wrongType(key: String, expected: String)
    /// Themes that inherit from one another in a circle.
    case inheritsItself(String)
    /// The theme it inherits from is not there.
    case unknownParent(String)
}

extension TerminalError: CustomStringConvertible {
    /// One sentence for the reader, and what to do.
    public var description: String {
        switch self {
        case .notATerminal:
            "cannot open the workstation: standard input and output must be a terminal; "
                + "over SSH use ssh -t"
        case .unknownTerminal(let type):
            "cannot open the workstation: terminal type '\(DisplayWidth.inert(type))' is not "
                + "described here, nor is ansi or vt100; install ncurses-base, or set TERM"
        case .system(let code, let message):
            "cannot take the terminal over: \(message) (error \(code))"
        case .themeNotFound(let name, let known):
            "no theme named '\(DisplayWidth.inert(name))'; there are: "
                + (known.isEmpty ? "none" : known.joined(separator: ", "))
        case .themeUnreadable(let file, let message):
            "cannot read theme \(DisplayWidth.inert(file)): \(message)"
        case .themeInvalid(let file, let line, let problem):
            "theme \(DisplayWidth.inert(file))\(line.map { ", line \($0)" } ?? ""): \(problem)"
        }
    }
}

extension ThemeProblem: CustomStringConvertible {
    /// What was found and what was expected.
    public var description: String {
        switch self {
        case .syntax(let message): "not valid TOML: \(DisplayWidth.inert(message))"
        case .unknownKey(let key, let known):
            "unknown key '\(DisplayWidth.inert(key))'; known are \(known.joined(separator: ", "))"
        case .unknownRole(let role, let nearest):
            "unknown role '\(DisplayWidth.inert(role))'"
                + (nearest.map { "; did you mean '\($0)'?" } ?? "")
        case .unknownColour(let text):
            "'\(DisplayWidth.inert(text))' is neither #rrggbb nor a name of [palette]"
        case .unknownSixteen(let text):
            "'\(DisplayWidth.inert(text))' is not one of the sixteen colours: "
                + Palette.sixteenNames.joined(separator: ", ")
        case .unknownAttribute(let text):
            "'\(DisplayWidth.inert(text))' is not an attribute: bold, dim, underline, reverse"
        case .badIndex(let text):
            "'\(DisplayWidth.inert(text))' is not an index from 16 to 255 (0 to 15 are the user's)"
        case .wrongType(let key, let expected):
            "'\(DisplayWidth.inert(key))' must be \(expected)"
        case .inheritsItself(let name): "'\(DisplayWidth.inert(name))' inherits from itself"
        case .unknownParent(let name):
            "it inherits from '\(DisplayWidth.inert(name))', which is not there"
        }
    }
}
