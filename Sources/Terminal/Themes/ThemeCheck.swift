// Whether a theme can be read by everyone: contrast, colour blindness, no colour at all.

/// A fault of a theme.
public enum ThemeFault: Sendable, Equatable {
    /// Text does not stand out enough from what lies behind it.
    case lowContrast(role: Role, behind: Role, ratio: Double, wanted: Double, palette256: Bool)
    /// Two roles look alike to some eyes.
    case alike(Role, Role, eyes: Colour.Deficiency?, difference: Double)
    /// Two roles are of nearly the same lightness, so that only hue tells them apart.
    case sameLightness(Role, Role, difference: Double)
    /// Two roles look the same without colour.
    case sameWithoutColour(Role, Role)
    /// Two marks have the same glyph.
    case sameGlyph(Mark, Mark)
    /// The role is not set.
    case missing(Role)
}

extension ThemeFault: CustomStringConvertible {
    /// One line for the author of a theme.
    public var description: String {
        switch self {
        case .lowContrast(let role, let behind, let ratio, let wanted, let palette256):
            "\(role.rawValue) on \(behind.rawValue)\(palette256 ? " in 256 colours" : ""): contrast "
                + "\(Self.rounded(ratio)):1, wanted \(Self.rounded(wanted)):1"
        case .alike(let first, let second, let eyes, let difference):
            "\(first.rawValue) and \(second.rawValue) look alike"
                + (eyes.map { " with \($0.rawValue)" } ?? "")
                + ": difference \(Self.rounded(difference)), wanted "
                + Self.rounded(ThemeCheck.differenceMin)
        case .sameLightness(let first, let second, let difference):
            "\(first.rawValue) and \(second.rawValue) differ in lightness by "
                + "\(Self.rounded(difference)), wanted \(Self.rounded(ThemeCheck.lightnessMin))"
        case .sameWithoutColour(let first, let second):
            "\(first.rawValue) and \(second.rawValue) look the same without colour"
        case .sameGlyph(let first, let second):
            "\(first.rawValue) and \(second.rawValue) have the same glyph"
        case .missing(let role): "\(role.rawValue) is not set"
        }
    }

    private static func rounded(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        return "\(tenths / 10).\(abs(tenths % 10))"
    }
}

/// The rules that a theme that ships must keep.
public enum ThemeCheck {
    /// CIEDE2000 below which two marks count as alike.
    static let differenceMin = 10.0
    /// L* below which two marks count as equally light.
    static let lightnessMin = 8.0
    /// WCAG 2.1: 1.4.3 for text, 1.4.11 for marks that are not text.
    private static let textContrastMin = 4.5
    private static let markContrastMin = 3.0

    private static let marks: Set<Role> = [
        .border, .borderFocused, .popupBorder, .pictureBorder, .barScale, .barInterval,
        .barThreshold,
    ]
    /// Backgrounds that any text may come to stand on.
    private static let grounds: [Role] = [.text, .selection]
    /// The states that must never be taken for one another.
    private static let states: [Role] = [.critical, .warning, .success, .failure, .text]
    private static let tellApartWithoutColour: [(Role, Role)] = [
        (.critical, .text), (.critical, .warning), (.critical, .success), (.critical, .failure),
        (.barCritical, .barMean), (.selection, .text), (.chosen, .text), (.tabActive, .tab),
        (.identity, .text), (.input, .text),
    ]

    /// Every fault of a theme; empty for a good one.
    public static func faults(of theme: Theme) -> [ThemeFault] {
        let missing = Role.allCases.filter { theme.entries[$0] == nil }.map(ThemeFault.missing)
        return missing + contrastFaults(theme) + likenessFaults(theme) + plainFaults(theme)
            + glyphFaults(theme)
    }

    private static func contrastFaults(_ theme: Theme) -> [ThemeFault] {
        Role.allCases.flatMap { role -> [ThemeFault] in
            let entry = theme.entry(role)
            let wanted = marks.contains(role) ? markContrastMin : textContrastMin
            let behind = grounds.contains(role) || hasOwnGround(role, theme) ? [role] : grounds
            return behind.flatMap { ground -> [ThemeFault] in
                guard let fore = entry.foreground, let back = theme.entry(ground).background
                else { return [] }
                return [false, true].compactMap { palette256 in
                    let ratio = shown(fore, palette256).contrast(with: shown(back, palette256))
                    guard ratio < wanted else { return nil }
                    return .lowContrast(
                        role: role, behind: ground, ratio: ratio, wanted: wanted,
                        palette256: palette256)
                }
            }
        }
    }

    /// True for a role with a background of its own: it is not laid on others.
    private static func hasOwnGround(_ role: Role, _ theme: Theme) -> Bool {
        theme.entries[role]?.background != nil
    }

    private static func likenessFaults(_ theme: Theme) -> [ThemeFault] {
        var faults: [ThemeFault] = []
        for (index, first) in states.enumerated() {
            for second in states[(index + 1)...] {
                guard let one = mark(of: first, theme), let other = mark(of: second, theme) else {
                    continue
                }
                for eyes in [nil] + Colour.Deficiency.allCases.map(Optional.some) {
                    let seen = [one, other].map { colour in
                        eyes.map { colour.seen(with: $0) } ?? colour
                    }
                    let difference = seen[0].difference(from: seen[1])
                    if difference < differenceMin {
                        faults.append(.alike(first, second, eyes: eyes, difference: difference))
                    }
                }
                let lightness = abs(one.lab.lightness - other.lab.lightness)
                if first == .critical, lightness < lightnessMin {
                    faults.append(.sameLightness(first, second, difference: lightness))
                }
            }
        }
        return faults
    }

    /// The colour that catches the eye: the background where a role has one of its own.
    private static func mark(of role: Role, _ theme: Theme) -> Colour? {
        if role != .text, let own = theme.entries[role]?.background { return own.colour }
        return theme.entry(role).foreground?.colour
    }

    private static func plainFaults(_ theme: Theme) -> [ThemeFault] {
        tellApartWithoutColour.filter { first, second in
            theme.entry(first).plainAttributes == theme.entry(second).plainAttributes
        }.map { ThemeFault.sameWithoutColour($0, $1) }
    }

    private static func glyphFaults(_ theme: Theme) -> [ThemeFault] {
        let drawn = Mark.allCases.map { ($0, theme.marks[$0.glyph] ?? $0.glyph) }
        return drawn.indices.flatMap { index in
            drawn[(index + 1)...].filter { $0.1 == drawn[index].1 }
                .map { .sameGlyph(drawn[index].0, $0.0) }
        }
    }

    private static func shown(_ paint: Theme.Paint, _ palette256: Bool) -> Colour {
        palette256 ? Palette.fixed[paint.index256 - 16] : paint.colour
    }
}
