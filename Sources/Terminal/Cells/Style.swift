// How a cell is to look, in words that themes give a meaning to.

/// What a cell stands for on the screen; a theme gives each role its colours and attributes.
public enum Role: String, Sendable, Hashable, CaseIterable {
    /// Ordinary text on the screen's own background.
    case text
    /// Text that may be overlooked: units, captions, what does not apply.
    case dim
    /// The name of the screen, top left.
    case title
    /// Whose data this screen shows; never to be overlooked.
    case identity
    /// The same for every second study of a list, so that neighbours are not taken for one another.
    case identityOther
    /// An earlier study beside the current one; never to be taken for it.
    case prior
    /// Column headings and names of groups.
    case heading
    /// Rules and boxes.
    case border
    /// The box of the pane that takes the keys.
    case borderFocused
    /// The selected row; its background is laid under the cells of the row.
    case selection
    /// A tab that is not open.
    case tab
    /// The open tab.
    case tabActive
    /// The text of the hints in the last lines.
    case footer
    /// A key in the hints.
    case key
    /// What draws the eye without being an alarm.
    case accent
    /// An alarm: it cannot wait.
    case critical
    /// What needs care: uncertain, late, incomplete.
    case warning
    /// Done and well.
    case success
    /// Did not work.
    case failure
    /// A chosen answer among several.
    case chosen
    /// The mean mark of a bar.
    case barMean
    /// The interval around the mean.
    case barInterval
    /// The empty part of a bar's axis.
    case barScale
    /// A threshold on a bar's axis.
    case barThreshold
    /// The mean and interval of a bar that raises an alarm.
    case barCritical
    /// A message of the moment.
    case notice
    /// The standing sentence on what the tool is not.
    case disclaimer
    /// A field that takes text.
    case input
    /// What stands in a field that is still empty.
    case placeholder
    /// Text and rules of a window that lies over the screen.
    case popup
    /// The border of a window that lies over the screen.
    case popupBorder
    /// Words and marks drawn on a picture.
    case overlay
    /// The screen around a picture.
    case pictureBorder
}

/// A colour: a role's, or a picture's own.
public enum Ink: Sendable, Hashable {
    /// The theme's colour of a role.
    case role(Role)
    /// A grey of a picture, 0 black ... 255 white; the driver takes the nearest it can show.
    case grey(UInt8)
    /// A colour of a picture, 0...255 each; shown as the grey of its lightness without colour.
    case rgb(red: UInt8, green: UInt8, blue: UInt8)
}

/// Attributes of a cell that need no colour.
public struct Attributes: OptionSet, Sendable, Hashable {
    /// The bits.
    public let rawValue: UInt8
    /// Makes a set from its bits.
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Heavier, or brighter.
    public static let bold = Attributes(rawValue: 1)
    /// Fainter, where the terminal can.
    public static let dim = Attributes(rawValue: 2)
    /// Underlined.
    public static let underline = Attributes(rawValue: 4)
    /// Foreground and background exchanged.
    public static let reverse = Attributes(rawValue: 8)
}

/// How one cell looks.
///
/// The foreground role brings the theme's foreground, background and attributes. A background that
/// is a role takes that role's *background* and adds its attributes, so that
/// `Style(.critical, on: .selection)` stays an alarm in a selected row, without colour too. A role
/// to which the theme gives a background of its own keeps it (except text and popups).
public struct Style: Sendable, Hashable {
    /// The colour of the glyph.
    public var foreground: Ink
    /// The colour behind it; nil for the foreground role's own background.
    public var background: Ink?
    /// Attributes on top of those of the roles.
    public var attributes: Attributes

    /// Makes a style from inks.
    public init(foreground: Ink, background: Ink? = nil, attributes: Attributes = []) {
        self.foreground = foreground
        self.background = background
        self.attributes = attributes
    }

    /// Makes a style from roles: the look of `role`, on the background of `background`.
    public init(_ role: Role, on background: Role? = nil, attributes: Attributes = []) {
        self.foreground = .role(role)
        self.background = background.map(Ink.role)
        self.attributes = attributes
    }

    /// Ordinary text.
    public static let text = Style(.text)

    /// The same style on another role's background.
    public func on(_ role: Role) -> Style {
        Style(foreground: foreground, background: .role(role), attributes: attributes)
    }
}
