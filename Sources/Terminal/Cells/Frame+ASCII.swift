// A frame for terminals without Unicode: every glyph has a stand-in of the same width.

import Foundation

extension Frame {
    /// The same frame in ASCII alone; letters lose their marks, what has no stand-in becomes `?`.
    public func asciiOnly() -> Frame {
        var result = self
        result.mapGlyphs { Self.asciiGlyph(for: $0) }
        return result
    }

    /// A glyph's stand-in.
    fileprivate static func asciiGlyph(for glyph: Character) -> Character {
        if glyph.isASCII { return glyph }
        if let known = asciiStandIns[glyph] { return known }
        // Letters with marks: the decomposition begins with the letter.
        let base = String(glyph).decomposedStringWithCanonicalMapping.unicodeScalars.first
        return base.map { $0.isASCII ? Character($0) : "?" } ?? "?"
    }

    /// What stands for what; the marks of the bars and states first, then rules, blocks, arrows.
    private static let asciiStandIns: [Character: Character] = [
        "●": "o", "○": "o", "━": "=", "┊": "|", "·": ".", "…": "~", "▲": "!", "△": "!", "▼": "v",
        "✗": "x", "✓": "+", "✕": "x", "⏎": ">", "•": "*", "◆": "*", "◇": "*", "■": "#", "□": "o",
        "±": "~", "½": "/", "¼": "/", "¾": "/", "×": "x", "°": "o", "µ": "u", "→": ">", "←": "<",
        "↑": "^", "↓": "v", "⇧": "^", "↵": ">", "«": "<", "»": ">", "‹": "<", "›": ">", "▸": ">",
        "▹": ">", "▶": ">", "◀": "<", "▾": "v", "▴": "^", "–": "-", "—": "-", "‘": "'", "’": "'",
        "“": "\"", "”": "\"", "≥": ">", "≤": "<", "≈": "~", "≠": "#", "√": "/", "∞": "8",
        "─": "-", "│": "|", "┌": "+", "┐": "+", "└": "+", "┘": "+", "├": "+", "┤": "+", "┬": "+",
        "┴": "+", "┼": "+", "═": "=", "║": "|", "╭": "+", "╮": "+", "╰": "+", "╯": "+", "╌": "-",
        "┄": "-", "┆": "|", "╎": "|", "╴": "-", "╶": "-", "┃": "|", "╱": "/", "╲": "\\",
        "█": "#", "▓": "#", "▒": "=", "░": ":", "▀": "\"", "▄": "_", "▌": "[", "▐": "]",
        "▁": "_", "▂": "_", "▃": "=", "▅": "=", "▆": "#", "▇": "#", "▉": "#", "▊": "#", "▋": "[",
        "▍": "[", "▎": "|", "▏": "|", "\u{FFFD}": "?",
    ]
}

extension String {
    /// The same text in ASCII alone, glyph by glyph as ``Frame/asciiOnly()`` has it.
    public func asciiOnly() -> String { String(map { Frame.asciiGlyph(for: $0) }) }
}
