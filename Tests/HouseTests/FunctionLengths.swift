// How long functions are, by counting braces in blanked code.

/// The functions of a file with their lengths in lines.
struct FunctionLengths {
    private var lengths: [(name: String, lines: Int)] = []

    init(_ file: SourceFile) {
        for (start, line) in file.code.enumerated() {
            guard let match = line.firstMatch(of: /\b(?:func ([^\s\(<]+)|(init)[\?<\(])/),
                !line.contains(/\.init\b/)
            else { continue }
            let name = String(match.1 ?? match.2 ?? "")
            if let end = Self.end(of: file.code, from: start) {
                lengths.append((name, end - start + 1))
            }
        }
    }

    func longerThan(_ limit: Int) -> [String] {
        lengths.filter { $0.lines > limit }.map(\.name)
    }

    /// The line of the brace that closes the body which opens at or after a line; nil without one.
    private static func end(of code: [String], from start: Int) -> Int? {
        var braces = 0
        var parentheses = 0
        var hasBody = false
        for index in start..<code.count {
            for character in code[index].utf8 {
                switch character {
                case UInt8(ascii: "("): parentheses += 1
                case UInt8(ascii: ")"): parentheses -= 1
                case UInt8(ascii: "{"):
                    braces += 1
                    hasBody = true
                case UInt8(ascii: "}"):
                    braces -= 1
                    if braces < 0 { return nil }
                    if hasBody && braces == 0 && parentheses <= 0 { return index }
                default: break
                }
            }
            if !hasBody && parentheses == 0 && index > start + 12 { return nil }
        }
        return nil
    }
}
