// What a row of the command table is.

import Terminal

/// Where keys are taken: a screen, a part of one, or a window over it.
public enum Place: String, Sendable, CaseIterable {
    /// The list of all studies.
    case worklist = "Worklist"
    /// The search field of the worklist.
    case search = "Search field"
    /// The filter field of the worklist.
    case filter = "Filter field"
    /// The critical queue.
    case queue = "Critical queue"
    /// One study, the findings in focus.
    case study = "Study"
    /// One study, the picture in focus.
    case picture = "Study: picture"
    /// A tool that sets points on the picture.
    case points = "Study: points on the picture"
    /// The decisions of the sign-off.
    case decisions = "Sign-off: decisions"
    /// The list of the reader's own findings.
    case ownFindings = "Sign-off: own findings"
    /// The field in which an own finding is written.
    case ownText = "Sign-off: text of an own finding"
    /// The impression.
    case impression = "Sign-off: impression"
    /// The last look before the signature.
    case confirm = "Sign-off: signature"
    /// A window with text to read.
    case window = "Windows"
    /// The command line.
    case palette = "Command line"
    /// Fields to fill in.
    case form = "Fields"
    /// The locked screen.
    case lock = "Locked screen"

    /// True where printing keys are text: no command may be bound to one.
    public var takesText: Bool {
        switch self {
        case .search, .filter, .ownText, .impression, .confirm, .palette, .form, .lock: true
        case .worklist, .queue, .study, .picture, .points, .decisions, .ownFindings, .window:
            false
        }
    }

    /// True where digits typed before a motion count it.
    var takesCounts: Bool {
        switch self {
        case .worklist, .queue, .decisions, .ownFindings, .window: true
        case .search, .filter, .study, .picture, .points, .ownText, .impression, .confirm,
            .palette, .form, .lock:
            false
        }
    }
}

/// One row of the command table: everything that keys, hints, help, palette and documentation need.
public struct Command: Sendable, Identifiable {
    /// The name, unique within each place, as the command line takes it: `next-study`.
    public let id: String
    /// The keys, the one for the hints first; none for the command line alone.
    public let keys: [Key]
    /// Two words at most, for the hints.
    public let title: String
    /// A sentence, for the help and the documentation.
    public let help: String
    /// Where it holds.
    public let places: Set<Place>
    /// Place among the hints of the last lines, small numbers first; nil for none.
    public let hint: Int?
    /// Those of its keys that must be pressed twice.
    public let doubledKeys: Set<Key>
    /// Why it cannot be done now, in a sentence for the reader; nil where it can.
    let reason: @Sendable (Model) -> String?
    /// What it does.
    let run: @Sendable (inout Model) -> [Effect]

    init(
        _ id: String, keys: [Key], title: String, help: String, places: Set<Place>,
        hint: Int? = nil, doubled: Set<Key> = [],
        reason: @escaping @Sendable (Model) -> String? = { _ in nil },
        run: @escaping @Sendable (inout Model) -> [Effect]
    ) {
        self.id = id
        self.keys = keys
        self.title = title
        self.help = help
        self.places = places
        self.hint = hint
        doubledKeys = doubled
        self.reason = reason
        self.run = run
    }
}

/// The command table.
public enum Commands {
    /// Every command, in the order of the help.
    public static let all: [Command] =
        moving + listing + reading + picture + viewing + pointing + deciding + signing + writing
        + filling + telling + general

    /// The commands of a place, in the order of the table.
    public static func of(_ place: Place) -> [Command] { byPlace[place] ?? [] }

    private static let byPlace: [Place: [Command]] = Dictionary(
        uniqueKeysWithValues: Place.allCases.map { place in
            (place, all.filter { $0.places.contains(place) })
        })
}

extension Key {
    /// The key as hints and help write it.
    ///
    /// - Parameter unicode: false writes `Enter` for `⏎` and the arrows in words.
    public func label(unicode: Bool = true) -> String {
        switch self {
        case .character(" "): "space"
        case .character(let character): String(character)
        case .control(let character): "^\(character.uppercased())"
        case .alt(let character): "Alt-\(character)"
        case .up: unicode ? "↑" : "Up"
        case .down: unicode ? "↓" : "Down"
        case .left: unicode ? "←" : "Left"
        case .right: unicode ? "→" : "Right"
        case .home: "Home"
        case .end: "End"
        case .pageUp: "PgUp"
        case .pageDown: "PgDn"
        case .tab: "Tab"
        case .backTab: "Shift-Tab"
        case .enter: unicode ? "⏎" : "Enter"
        case .escape: "Esc"
        case .backspace: "Backspace"
        case .delete: "Del"
        case .insert: "Ins"
        case .function(let number): "F\(number)"
        case .modified(let arrow, let modifiers): Self.label(arrow, modifiers, unicode: unicode)
        case .paste: "paste"
        case .mouse: "mouse"
        case .resize: "resize"
        case .resumed: "resumed"
        case .terminate: "terminate"
        }
    }

    private static func label(_ arrow: Arrow, _ modifiers: Modifiers, unicode: Bool) -> String {
        let plain: Key =
            switch arrow {
            case .up: .up
            case .down: .down
            case .left: .left
            case .right: .right
            case .home: .home
            case .end: .end
            }
        var label = plain.label(unicode: unicode)
        if modifiers.contains(.shift) { label = "Shift-" + label }
        if modifiers.contains(.alt) { label = "Alt-" + label }
        if modifiers.contains(.control) { label = "Ctrl-" + label }
        return label
    }
}
