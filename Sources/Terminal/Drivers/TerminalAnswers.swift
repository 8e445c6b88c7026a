// What the terminal itself says it can do.

/// The answers to one batch of questions, asked at the start and awaited by nobody.
///
/// Everything works before they come; what they allow is used from then on.
public struct TerminalAnswers: Sendable, Hashable {
    /// True once the last question was answered (DA1, which every terminal answers).
    public private(set) var isComplete = false
    /// Name and version, where the terminal tells.
    public private(set) var name: String?
    /// True where a frame can be shown at once (mode 2026).
    public private(set) var hasSynchronisedOutput = false
    /// True where a rectangle can be scrolled by itself (mode 69, DECSLRM).
    public private(set) var hasSideMargins = false
    /// True where 24-bit colours were proved: a colour that was set came back unchanged.
    public private(set) var hasDirectColour = false
    /// True where the Kitty graphics protocol answers.
    public private(set) var hasKittyGraphics = false
    /// True where sixel graphics are among the features.
    public private(set) var hasSixel = false
    /// Columns that a sextant and an octant take; nil while not known.
    public private(set) var sextantWidth: Int?
    /// Columns that an octant takes.
    public private(set) var octantWidth: Int?
    /// Height and width of a cell in pixels; nil while not known.
    public private(set) var cellPixels: CellPixels?

    /// The size of a cell.
    public struct CellPixels: Sendable, Hashable {
        /// Height in pixels.
        public let height: Int
        /// Width in pixels.
        public let width: Int
    }

    /// No answer yet.
    public init() {}

    /// The questions.
    ///
    /// They leave the cursor, the colours and the screen as they were.
    ///
    /// A sextant, an octant, and after each where the cursor stands; XTVERSION; DECRQM 2026 and 69; a
    /// Kitty graphics query of one pixel; DECRQSS of SGR with a colour that no palette has; the
    /// size of a cell; DA1 last.
    static let questions =
        "\u{1B}7\r\u{1FB00}\u{1B}[6n\r\u{1CD00}\u{1B}[6n\r\u{1B}[K"
        + "\u{1B}[>0q\u{1B}[?2026$p\u{1B}[?69$p\u{1B}_Gi=31,s=1,v=1,a=q,t=d,f=24;AAAA\u{1B}\\"
        + "\u{1B}[48;2;3;5;7m\u{1B}P$qm\u{1B}\\\u{1B}[m\u{1B}[16t\u{1B}8\u{1B}[c"

    /// True for terminal types that take unknown questions in silence.
    static func canAsk(type: String) -> Bool {
        let families = [
            "xterm", "tmux", "screen", "kitty", "foot", "alacritty", "wezterm", "rxvt", "ghostty",
            "contour", "iterm", "vte", "konsole", "mintty", "st-",
        ]
        return families.contains { type.lowercased().hasPrefix($0) }
    }

    /// Takes a reply; those that answer none of the questions change nothing.
    public mutating func take(_ reply: TerminalReply) {
        if isComplete { return }
        switch reply {
        case .attributes(let features):
            hasSixel = features.dropFirst().contains(4)
            isComplete = true
        case .cursor(_, let column):
            if sextantWidth == nil {
                sextantWidth = column - 1
            } else if octantWidth == nil {
                octantWidth = column - 1
            }
        case .mode(2026, let state): hasSynchronisedOutput = state == 1 || state == 2
        case .mode(69, let state): hasSideMargins = state == 1 || state == 2
        case .version(let text): name = text
        case .rendition(let text):
            let parts = text.split { !$0.isNumber }
            hasDirectColour = parts.suffix(3).map(String.init) == ["3", "5", "7"]
        case .graphics(let message): hasKittyGraphics = message == "OK"
        case .cellPixels(let height, let width):
            if height > 0, width > 0 { cellPixels = CellPixels(height: height, width: width) }
        case .status, .mode, .background: break
        }
    }
}
