// The table of rooms, read from the page that people read.

/// Which room may import which, as the table in `Documentation/architecture.md` says.
struct RoomTable {
    private var allowed: [String: Set<String>] = [:]
    private var everything: Set<String> = []

    /// Reads every table row of the form `` | `Room` | text | `A`, `B` | ``.
    init(markdown: String) {
        for line in markdown.split(separator: "\n") where line.hasPrefix("| `") {
            let cells = line.split(separator: "|").map { String($0) }
            guard cells.count == 3, let room = Self.names(cells[0]).first else { continue }
            allowed[room] = Set(Self.names(cells[2]))
            if cells[2].contains("all") { everything.insert(room) }
        }
    }

    func isRoom(_ name: String) -> Bool { allowed[name] != nil }

    func mayImport(_ module: String, from room: String) -> Bool {
        if module == "wetread" || module == "WetreadTesting" { return false }
        return everything.contains(room) || allowed[room, default: []].contains(module)
    }

    private static func names(_ cell: String) -> [String] {
        cell.matches(of: /`(\w+)`/).map { String($0.1) }
    }
}
