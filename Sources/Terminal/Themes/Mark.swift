// The marks of the screens that a theme may draw otherwise.

/// A mark that says something without colour; a theme's `[glyphs]` may give it another glyph.
public enum Mark: String, Sendable, Hashable, CaseIterable {
    /// A critical finding or study.
    case critical
    /// Signed.
    case signed
    /// Failed, or to be read by hand.
    case failed
    /// Past its bound for the report.
    case reported
    /// The mean of a bar.
    case mean
    /// The interval about it.
    case interval
    /// The bound of a rule.
    case bound
    /// Reader and model differ.
    case differs
    /// The open study, on even rows of the list.
    case study
    /// The open study, on odd rows.
    case otherStudy

    /// The glyph that the screens are drawn with.
    public var glyph: Character {
        switch self {
        case .critical: "▲"
        case .signed: "✓"
        case .failed: "✗"
        case .reported: "•"
        case .mean: "●"
        case .interval: "━"
        case .bound: "┊"
        case .differs: "≠"
        case .study: "■"
        case .otherStudy: "◆"
        }
    }
}

extension Frame {
    /// The same frame with a theme's own glyphs for marks; pictures keep theirs.
    public func drawn(with marks: [Character: Character]) -> Frame {
        if marks.isEmpty { return self }
        var result = self
        result.mapCells { cell in
            guard case .role = cell.style.foreground, let own = marks[cell.glyph] else {
                return cell
            }
            return Cell(own, style: cell.style)
        }
        return result
    }
}
