// What roles look like.

/// Colours and attributes of every role.
public struct Theme: Sendable, Equatable {
    /// One colour as true colour, and the index it takes in each palette.
    public struct Paint: Sendable, Hashable {
        /// The colour itself.
        public var colour: Colour
        /// Index in xterm-256color, 16...255.
        public var index256: Int
        /// Index among the sixteen, 0...15.
        public var index16: Int

        /// Makes a paint; indices that are not given are the nearest of each palette.
        public init(_ colour: Colour, index256: Int? = nil, index16: Int? = nil) {
            self.colour = colour
            self.index256 = index256 ?? Palette.nearestFixed(to: colour)
            self.index16 = index16 ?? Palette.nearestOfSixteen(to: colour)
        }
    }

    /// How one role looks.
    public struct Entry: Sendable, Hashable {
        /// The glyph's colour; nil for the terminal's own.
        public var foreground: Paint?
        /// The colour behind; nil for that of the role `text`.
        public var background: Paint?
        /// Attributes where there is colour.
        public var attributes: Attributes
        /// Attributes where there is none: they alone must tell roles apart that must be.
        public var plainAttributes: Attributes

        /// Makes an entry; without `plainAttributes` they are the same as with colour.
        public init(
            foreground: Paint? = nil, background: Paint? = nil, attributes: Attributes = [],
            plainAttributes: Attributes? = nil
        ) {
            self.foreground = foreground
            self.background = background
            self.attributes = attributes
            self.plainAttributes = plainAttributes ?? attributes
        }
    }

    /// The name it is asked for by: its file's name without the extension.
    public var name: String
    /// One line on what it is for.
    public var summary: String
    /// The roles that it sets; the others look like `text`.
    public var entries: [Role: Entry]
    /// The greys of pictures.
    public var greys: GreyScale
    /// Glyphs that stand for marks of the screens, by the mark's own glyph; all of one column.
    public var marks: [Character: Character]

    /// Makes a theme.
    public init(
        name: String, summary: String = "", entries: [Role: Entry], greys: GreyScale = .plain,
        marks: [Character: Character] = [:]
    ) {
        self.greys = greys
        self.marks = marks
        self.name = name
        self.summary = summary
        self.entries = entries
    }

    /// Attributes only, in the terminal's own colours: for when no theme file is found.
    public static let plain = Theme(
        name: "plain", summary: "The terminal's own colours; attributes only",
        entries: [
            .dim: Entry(attributes: .dim, plainAttributes: []),
            .title: Entry(attributes: .bold), .identity: Entry(attributes: .bold),
            .identityOther: Entry(attributes: [.bold, .underline]),
            .prior: Entry(attributes: .reverse),
            .heading: Entry(attributes: .bold), .key: Entry(attributes: .bold),
            .accent: Entry(attributes: .bold), .selection: Entry(attributes: .reverse),
            .tabActive: Entry(attributes: .reverse), .chosen: Entry(attributes: .reverse),
            .critical: Entry(attributes: [.bold, .underline]), .warning: Entry(attributes: .bold),
            .failure: Entry(attributes: .bold), .barMean: Entry(attributes: .bold),
            .barCritical: Entry(attributes: [.bold, .underline]),
            .notice: Entry(attributes: .bold), .input: Entry(attributes: .underline),
            .placeholder: Entry(attributes: .dim, plainAttributes: .underline),
            .borderFocused: Entry(attributes: .bold), .overlay: Entry(attributes: .bold),
        ])

    /// The entry of a role, with what it leaves open taken from `text`.
    public func entry(_ role: Role) -> Entry {
        let base = entries[.text] ?? Entry()
        guard var entry = entries[role] else { return base }
        if entry.foreground == nil { entry.foreground = base.foreground }
        if entry.background == nil { entry.background = base.background }
        return entry
    }
}

/// What a driver needs to draw a cell: palette indices (-1 for the terminal's own) and attributes.
package struct CellLook: Sendable, Hashable {
    package var foreground: Int
    package var background: Int
    package var attributes: Attributes
}

/// A theme worked out for one number of colours, for quick look-up.
package struct ThemeLooks: Sendable {
    private let byRole: [Role: CellLook]
    private let plates: Set<Role>
    private let colour: Capabilities.Colour

    package init(_ theme: Theme, colour: Capabilities.Colour) {
        self.colour = colour
        func index(_ paint: Theme.Paint?) -> Int {
            guard let paint else { return -1 }
            switch colour {
            case .monochrome: return -1
            case .eight, .sixteen: return paint.index16
            case .xterm256, .direct: return paint.index256
            }
        }
        var looks: [Role: CellLook] = [:]
        for role in Role.allCases {
            let entry = theme.entry(role)
            looks[role] = CellLook(
                foreground: index(entry.foreground), background: index(entry.background),
                attributes: colour == .monochrome ? entry.plainAttributes : entry.attributes)
        }
        byRole = looks
        let grounds: Set<Role> = [.text, .selection, .popup, .popupBorder]
        plates = Set(Role.allCases.filter { theme.entries[$0]?.background != nil })
            .subtracting(grounds)
    }

    /// What a driver needs to draw a cell of this style.
    package func look(of style: Style) -> CellLook {
        var look: CellLook
        switch style.foreground {
        case .role(let role): look = roleLook(role)
        case .grey, .rgb:
            look = CellLook(
                foreground: index(of: style.foreground), background: -1, attributes: [])
        }
        switch style.background {
        case nil: break
        case .role(let role)?:
            let behind = roleLook(role)
            if !keepsOwnGround(style.foreground) { look.background = behind.background }
            look.attributes.formUnion(
                behind.attributes.intersection([.reverse, .underline, .bold]))
        case let ink?: look.background = index(of: ink)
        }
        look.attributes.formUnion(style.attributes)
        // A picture's two greys without colour: the darker one in front means reversed.
        if colour == .monochrome, case .grey(let front) = style.foreground,
            case .grey(let back)? = style.background, front < back || (front == back && front > 127)
        {
            look.attributes.formSymmetricDifference(.reverse)
        }
        return look
    }

    /// A role that is a coloured plate keeps it wherever it stands: its letters are made for it.
    private func keepsOwnGround(_ ink: Ink) -> Bool {
        if case .role(let role) = ink { return plates.contains(role) }
        return false
    }

    private func roleLook(_ role: Role) -> CellLook {
        byRole[role] ?? CellLook(foreground: -1, background: -1, attributes: [])
    }

    private func index(of ink: Ink) -> Int {
        switch (ink, colour) {
        case (_, .monochrome): return -1
        case (.role(let role), _): return roleLook(role).foreground
        case (.grey(let level), .eight): return level < 128 ? 0 : 7
        case (.grey(let level), .sixteen): return Palette.sixteenGreyIndex[Int(level)]
        case (.grey(let level), _): return Palette.greyIndex[Int(level)]
        case (.rgb(let red, let green, let blue), _):
            let wanted = Colour(red: red, green: green, blue: blue)
            return colour < .xterm256
                ? Palette.nearestOfSixteen(to: wanted) : Palette.cubeIndex(of: wanted)
        }
    }
}
