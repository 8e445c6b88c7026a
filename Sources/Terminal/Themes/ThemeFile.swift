// Theme files: TOML with a palette and the roles.

import TOMLKit

/// A theme file as read, before what it inherits is filled in.
package struct ThemeFile {
    package let name: String
    package let summary: String
    package let inherits: String?
    package let entries: [Role: Theme.Entry]
    package let greys: GreyScale?
    package let marks: [Character: Character]

    private static let topKeys = ["summary", "inherits", "palette", "roles", "gray", "glyphs"]
    private static let roleKeys = [
        "foreground", "background", "foreground256", "background256", "foreground16",
        "background16", "attributes", "mono",
    ]

    /// Reads the text of a theme file; `file` names it in errors.
    package init(name: String, text: String, file: String) throws(TerminalError) {
        let reader = Reader(
            file: file, lines: text.split(separator: "\n", omittingEmptySubsequences: false))
        let table: TOMLTable
        do {
            table = try TOMLTable(string: text)
        } catch let error as TOMLParseError {
            throw .themeInvalid(
                file: file, line: error.source.begin.line, problem: .syntax(error.description))
        } catch {
            throw .themeInvalid(file: file, line: nil, problem: .syntax("\(error)"))
        }
        try reader.check(table, keys: Self.topKeys, section: nil)
        self.name = name
        summary = try reader.string(table, "summary", section: nil) ?? ""
        inherits = try reader.string(table, "inherits", section: nil)
        greys = try reader.greys(table)
        marks = try reader.marks(table)
        let palette = try reader.palette(table)
        var entries: [Role: Theme.Entry] = [:]
        if let roles = try reader.table(table, "roles", section: nil) {
            for key in roles.keys {
                guard let role = Role(rawValue: key) else {
                    throw reader.error(
                        .unknownRole(key, nearest: Self.nearestRole(to: key)), key: key,
                        section: "roles")
                }
                guard let fields = try reader.table(roles, key, section: "roles") else { continue }
                try reader.check(fields, keys: Self.roleKeys, section: key)
                entries[role] = try reader.entry(fields, role: key, palette: palette)
            }
        }
        self.entries = entries
    }

    /// The role whose name shares the longest beginning, if any begins alike.
    private static func nearestRole(to name: String) -> String? {
        let shared = Role.allCases.map { role in
            (
                role.rawValue,
                zip(role.rawValue.lowercased(), name.lowercased()).prefix { $0 == $1 }.count
            )
        }
        return shared.max { $0.1 < $1.1 }.flatMap { $0.1 >= 2 ? $0.0 : nil }
    }
}

/// Reads typed values out of a table and finds the line of what is wrong.
private struct Reader {
    let file: String
    let lines: [Substring]

    func error(_ problem: ThemeProblem, key: String, section: String?) -> TerminalError {
        .themeInvalid(file: file, line: line(of: key, section: section), problem: problem)
    }

    /// Line of a key: behind the header that names its section, or the first that begins with it.
    private func line(of key: String, section: String?) -> Int? {
        func names(_ line: Substring, _ word: String) -> Bool {
            line.split { !($0.isLetter || $0.isNumber || $0 == "_" || $0 == "-") }.contains {
                $0 == word
            }
        }
        var from = 0
        if let section, let header = lines.firstIndex(where: { names($0, section) }) {
            from = header
        }
        return lines[from...].firstIndex { names($0, key) }.map { $0 + 1 }
    }

    func check(_ table: TOMLTable, keys: [String], section: String?) throws(TerminalError) {
        if let unknown = table.keys.first(where: { !keys.contains($0) }) {
            throw error(.unknownKey(unknown, known: keys), key: unknown, section: section)
        }
    }

    func string(_ table: TOMLTable, _ key: String, section: String?) throws(TerminalError)
        -> String?
    {
        guard let value = table[key] else { return nil }
        guard let string = value.string else {
            throw error(.wrongType(key: key, expected: "a string"), key: key, section: section)
        }
        return string
    }

    func table(_ table: TOMLTable, _ key: String, section: String?) throws(TerminalError)
        -> TOMLTable?
    {
        guard let value = table[key] else { return nil }
        guard let inner = value.table else {
            throw error(.wrongType(key: key, expected: "a table"), key: key, section: section)
        }
        return inner
    }

    func palette(_ root: TOMLTable) throws(TerminalError) -> [String: Colour] {
        guard let table = try table(root, "palette", section: nil) else { return [:] }
        var palette: [String: Colour] = [:]
        for key in table.keys {
            let text = try string(table, key, section: "palette") ?? ""
            guard let colour = Colour(hex: text) else {
                throw error(.unknownColour(text), key: key, section: "palette")
            }
            palette[key] = colour
        }
        return palette
    }

    /// `[gray]`: `levels` 2...256, and the levels 0...255 that `black` and `white` are sent as.
    func greys(_ root: TOMLTable) throws(TerminalError) -> GreyScale? {
        guard let table = try table(root, "gray", section: nil) else { return nil }
        try check(table, keys: ["levels", "black", "white"], section: "gray")
        func number(_ key: String, _ range: ClosedRange<Int>, _ usual: Int) throws(TerminalError)
            -> Int
        {
            guard let value = table[key] else { return usual }
            guard let number = value.int, range.contains(number) else {
                let expected = "a number from \(range.lowerBound) to \(range.upperBound)"
                throw error(.wrongType(key: key, expected: expected), key: key, section: "gray")
            }
            return number
        }
        let levels = try number("levels", 2...256, 256)
        let black = try number("black", 0...127, 0)
        let white = try number("white", 128...255, 255)
        return GreyScale(levels: levels, black: UInt8(black), white: UInt8(white))
    }

    /// `[glyphs]`: for each mark one character of one column.
    func marks(_ root: TOMLTable) throws(TerminalError) -> [Character: Character] {
        guard let table = try table(root, "glyphs", section: nil) else { return [:] }
        try check(table, keys: Mark.allCases.map(\.rawValue), section: "glyphs")
        var marks: [Character: Character] = [:]
        for mark in Mark.allCases {
            guard let text = try string(table, mark.rawValue, section: "glyphs") else { continue }
            guard text.count == 1, let glyph = text.first, DisplayWidth.of(text) == 1 else {
                let expected = "one character of one column"
                throw error(
                    .wrongType(key: mark.rawValue, expected: expected), key: mark.rawValue,
                    section: "glyphs")
            }
            marks[mark.glyph] = glyph
        }
        return marks
    }

    func entry(_ fields: TOMLTable, role: String, palette: [String: Colour]) throws(TerminalError)
        -> Theme.Entry
    {
        let attributes = try attributes(fields, "attributes", role: role)
        return Theme.Entry(
            foreground: try paint(fields, "foreground", role: role, palette: palette),
            background: try paint(fields, "background", role: role, palette: palette),
            attributes: attributes ?? [],
            plainAttributes: try self.attributes(fields, "mono", role: role) ?? attributes ?? [])
    }

    private func paint(
        _ fields: TOMLTable, _ key: String, role: String, palette: [String: Colour]
    ) throws(TerminalError) -> Theme.Paint? {
        guard let text = try string(fields, key, section: role) else { return nil }
        guard let colour = palette[text] ?? Colour(hex: text) else {
            throw error(.unknownColour(text), key: key, section: role)
        }
        var index256: Int?
        if let value = fields[key + "256"] {
            guard let index = value.int, (16...255).contains(index) else {
                throw error(.badIndex(value.debugDescription), key: key + "256", section: role)
            }
            index256 = index
        }
        var index16: Int?
        if let name = try string(fields, key + "16", section: role) {
            guard let index = Palette.sixteenNames.firstIndex(of: name) else {
                throw error(.unknownSixteen(name), key: key + "16", section: role)
            }
            index16 = index
        }
        return Theme.Paint(colour, index256: index256, index16: index16)
    }

    private func attributes(
        _ fields: TOMLTable, _ key: String, role: String
    ) throws(TerminalError) -> Attributes? {
        guard let value = fields[key] else { return nil }
        guard let list = value.array else {
            throw error(
                .wrongType(key: key, expected: "a list such as [\"bold\"]"), key: key, section: role
            )
        }
        let known: [String: Attributes] = [
            "bold": .bold, "dim": .dim, "underline": .underline, "reverse": .reverse,
        ]
        var attributes: Attributes = []
        for item in list {
            guard let name = item.string, let attribute = known[name] else {
                throw error(
                    .unknownAttribute(item.string ?? item.debugDescription), key: key, section: role
                )
            }
            attributes.insert(attribute)
        }
        return attributes
    }
}
