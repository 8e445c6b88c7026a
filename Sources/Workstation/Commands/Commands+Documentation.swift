// Documentation/keys.md, written from the command table.

import Terminal

extension Commands {
    /// The page of all keys, in Markdown: a table for each place.
    public static func documentation() -> String {
        var lines = [
            "# Keys", "",
            "Written from the command table (`Sources/Workstation/Commands`); do not edit by hand.",
            "`?` shows the same on every screen, `:` runs a command by its name.", "",
        ]
        for place in Place.allCases {
            lines += ["## \(place.rawValue)", "", "| keys | command | what it does |"]
            lines.append("| --- | --- | --- |")
            for command in of(place) {
                let keys = command.keys.map { "`\($0.label())`" }.joined(separator: " ")
                lines.append("| \(keys) | `\(command.id)` | \(command.help) |")
            }
            if place.takesText { lines += ["", "Every other key is text."] }
            lines.append("")
        }
        return lines.joined(separator: "\n").replacing("`|`", with: "`\\|`")
    }
}
