import Terminal
import Testing
import WetreadTesting

@Suite("Colours and attributes that change nothing") struct StyleFilterTests {
    private func filtered(_ pieces: [String], hasOffCodes: Bool = true) -> [String] {
        var filter = StyleFilter(hasOffCodes: hasOffCodes)
        return pieces.map {
            String(decoding: filter.filtered(Array($0.utf8)), as: UTF8.self)
                .replacing("\u{1B}", with: "␛")
        }
    }

    @Test(
        "What stays as it is, what goes",
        arguments: [
            // The same ground again; both colours in one sequence.
            (
                "\u{1B}[38;5;2m\u{1B}[48;5;9ma\u{1B}[38;5;3m\u{1B}[48;5;9mb",
                "␛[0;38;5;2;48;5;9ma␛[38;5;3mb"
            ),
            // The ink of blanks, and what is set and never used.
            ("\u{1B}[31ma\u{1B}[32m   \u{1B}[31mb\u{1B}[33m", "␛[0;31ma   b"),
            // A ground shows on blanks and on what is erased.
            ("\u{1B}[41m \u{1B}[42m\u{1B}[K\u{1B}[41m", "␛[0;41m ␛[42m␛[K"),
            // So do underline and reverse.
            ("\u{1B}[4ma \u{1B}[0m \u{1B}[7m ", "␛[0;4ma ␛[24m ␛[7m "),
            // Bold and dim go together: what is to stay is set again.
            ("\u{1B}[1;2ma\u{1B}[22;2mb\u{1B}[mc", "␛[0;1;2ma␛[22;2mb␛[22mc"),
            // Moves pass at once, whatever waits.
            ("a\u{1B}[31m\u{1B}[5;6H\u{1B}[7Gb", "␛[0ma␛[5;6H␛[7G␛[31mb"),
            // sgr0 of xterm and of tmux, once each.
            ("\u{1B}(B\u{1B}[ma\u{1B}(B\u{1B}[m\u{F}b\u{F}c", "␛(B␛[0ma\u{F}bc"),
            ("\u{1B}[38;2;1;2;3ma\u{1B}[39mb\u{1B}[92mc", "␛[0;38;2;1;2;3ma␛[39mb␛[92mc"),
            // What is not known passes as it is, and everything is set anew after it.
            ("\u{1B}[31ma\u{1B}[58;5;1mb\u{1B}[31mc", "␛[0;31ma␛[58;5;1m␛[0;31mbc"),
            ("é\u{1B}[31m—\u{1B}[?25l", "␛[0mé␛[31m—␛[?25l"), ("\u{1B}", "␛"), ("\u{1B}[3", "␛[3"),
        ]) func examples(_ from: String, _ to: String)
    {
        #expect(filtered([from]) == [to])
    }

    @Test("Without codes that turn single attributes off, all are turned off") func plainOff() {
        #expect(
            filtered(["\u{1B}[1;31ma\u{1B}[0;31mb"], hasOffCodes: false) == ["␛[0;1;31ma␛[0;31mb"])
    }

    @Test("What one frame left is known in the next, until it is forgotten") func frames() {
        var filter = StyleFilter(hasOffCodes: true)
        let piece = Array("\u{1B}[31mx".utf8)
        #expect(filter.filtered(piece) == Array("\u{1B}[0;31mx".utf8))
        #expect(filter.filtered(piece) == Array("x".utf8))
        filter.forget()
        #expect(filter.filtered(piece) == Array("\u{1B}[0;31mx".utf8))
    }

    /// What stands on a screen after a stream of SGR and characters: one entry for each character.
    private static func shown(_ text: String) -> [String] {
        var front = "39"
        var back = "49"
        var set: Set<String> = []
        var cells: [String] = []
        var rest = text[...]
        while let character = rest.popFirst() {
            guard character == "\u{1B}" else {
                let onBlank = set.intersection(["4", "5", "7", "9"])
                let isBlank = character == " " && onBlank.isEmpty
                cells.append(
                    "\(character) \(back) \(isBlank ? "" : front + set.sorted().joined())")
                continue
            }
            let end = rest.firstIndex(of: "m") ?? rest.endIndex
            let codes = rest[..<end].dropFirst().split(
                separator: ";", omittingEmptySubsequences: false)
            rest = rest[end...].dropFirst()
            var index = 0
            while index < codes.count {
                let code = String(codes[index])
                index += 1
                switch code {
                case "", "0": (front, back, set) = ("39", "49", [])
                case "38", "48":
                    let count = codes[index] == "5" ? 2 : 4
                    let tint = codes[index..<index + count].joined(separator: ";")
                    if code == "38" { front = tint } else { back = tint }
                    index += count
                case "22": set.subtract(["1", "2"])
                case "23", "24", "25", "27", "29": set.remove(String(code.dropFirst()))
                case _ where code.count == 1: set.insert(code)
                default: if code.first == "3" { front = code } else { back = code }
                }
            }
        }
        return cells
    }

    @Test("Random streams look the same and are shorter", arguments: [true, false])
    func random(_ hasOffCodes: Bool) {
        var generator = SplitMix64(seed: 5)
        var filter = StyleFilter(hasOffCodes: hasOffCodes)
        var before = ""
        var after = ""
        let codes = [
            "0", "", "1", "2", "3", "4", "5", "7", "9", "22", "23", "24", "25", "27", "29", "31",
            "39", "42", "49", "38;5;200", "48;5;16", "48;5;17", "38;2;1;2;3", "48;2;9;8;7",
        ]
        for _ in 0..<300 {
            var piece = ""
            for _ in 0..<Int.random(in: 0..<20, using: &generator) {
                if Bool.random(using: &generator) {
                    let count = Int.random(in: 1...4, using: &generator)
                    let chosen = (0..<count).compactMap { _ in
                        codes.randomElement(using: &generator)
                    }
                    piece += "\u{1B}[\(chosen.joined(separator: ";"))m"
                } else {
                    piece += ["  ", "x", "━·", "█"].randomElement(using: &generator) ?? ""
                }
            }
            before += piece
            after += String(decoding: filter.filtered(Array(piece.utf8)), as: UTF8.self)
        }
        #expect(Self.shown(before) == Self.shown(after))
        #expect(after.utf8.count < before.utf8.count * 3 / 4)
    }
}
