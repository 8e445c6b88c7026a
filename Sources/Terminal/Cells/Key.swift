// What a terminal tells us: keys, pastes, and changes of the terminal itself.

/// One event from the terminal.
public enum Key: Sendable, Hashable {
    /// A character that was typed, with its combining marks.
    case character(Character)
    /// Ctrl with a letter or sign; letters are lower case.
    case control(Character)
    /// Alt (or Escape quickly followed by) a character.
    case alt(Character)
    /// The up arrow.
    case up
    /// The down arrow.
    case down
    /// The left arrow.
    case left
    /// The right arrow.
    case right
    /// An arrow with Shift, Alt or Ctrl.
    case modified(Arrow, Modifiers)
    /// Home.
    case home
    /// End.
    case end
    /// Page up.
    case pageUp
    /// Page down.
    case pageDown
    /// Tab.
    case tab
    /// Shift and Tab.
    case backTab
    /// Return or the keypad's Enter.
    case enter
    /// Escape alone.
    case escape
    /// Backspace.
    case backspace
    /// Delete.
    case delete
    /// Insert.
    case insert
    /// F1 is 1.
    case function(Int)
    /// A bracketed paste as one event, line ends as `\n`; no character of it is a key press.
    case paste(String)
    /// The mouse did something, where reports are asked for.
    case mouse(MouseEvent)
    /// The terminal has a new size.
    case resize(GridSize)
    /// The program runs again after it was suspended; the screen was redrawn.
    case resumed
    /// The session ends (SIGTERM, SIGHUP): the terminal is restored, save and leave at once.
    case terminate

    /// An arrow that can carry modifiers.
    public enum Arrow: Sendable, Hashable {
        /// Up.
        case up
        /// Down.
        case down
        /// Left.
        case left
        /// Right.
        case right
        /// Home.
        case home
        /// End.
        case end
    }

    /// Keys held while another is pressed.
    public struct Modifiers: OptionSet, Sendable, Hashable {
        /// The bits.
        public let rawValue: UInt8
        /// Makes a set from its bits.
        public init(rawValue: UInt8) { self.rawValue = rawValue }

        /// Shift.
        public static let shift = Modifiers(rawValue: 1)
        /// Alt.
        public static let alt = Modifiers(rawValue: 2)
        /// Ctrl.
        public static let control = Modifiers(rawValue: 4)
    }
}

/// What a mouse did, in cells.
public struct MouseEvent: Sendable, Hashable {
    /// What happened.
    public enum Action: Sendable, Hashable {
        /// A button went down.
        case press
        /// The mouse moved with the button down.
        case drag
        /// The button went up.
        case release
        /// The wheel turned away from the hand.
        case wheelUp
        /// The wheel turned towards the hand.
        case wheelDown
    }

    /// The buttons.
    public enum Button: Sendable, Hashable {
        /// The first one.
        case left
        /// The wheel.
        case middle
        /// The second one.
        case right
    }

    /// What happened.
    public let action: Action
    /// Which button; the left one for the wheel.
    public let button: Button
    /// Where.
    public let position: Position
    /// Keys held meanwhile.
    public let modifiers: Key.Modifiers

    /// Makes an event.
    public init(
        _ action: Action, button: Button = .left, at position: Position,
        modifiers: Key.Modifiers = []
    ) {
        self.action = action
        self.button = button
        self.position = position
        self.modifiers = modifiers
    }
}
