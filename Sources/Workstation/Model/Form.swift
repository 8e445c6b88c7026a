// A window of fields to fill in: communications, reasons, scores, templates, findings.

import Radiology
import Terminal

/// Fields to fill in, and what becomes of them.
public struct Form: Sendable, Equatable {
    /// What is done with what was filled in.
    enum Purpose: Sendable, Equatable {
        /// Records whom one told of one of these results.
        case communicate([CriticalResult])
        /// Dismisses one of these results as false.
        case dismiss([CriticalResult])
        /// Records what a second reader sees, blind.
        case readBlind(Int64)
        /// Scores a report of another reader.
        case score(Int64)
        /// Puts a template into the impression.
        case template
        /// Adds a finding of the reader's own by its parts.
        case ownFinding
    }

    /// What a field takes.
    enum Input: Sendable, Equatable {
        case text(TextEditor)
        /// One of some words; nil until one is chosen.
        case choice([String], Int?)
    }

    /// One field.
    struct Field: Sendable, Equatable {
        let label: String
        var input: Input
        /// A line of words for each choice, listed with its number where there are any.
        var listing: [String] = []
        /// The letters that chose the present choice, lower case.
        private var typed = ""

        /// A field for a line of text.
        init(_ label: String, text: String = "") {
            self.label = label
            input = .text(TextEditor(text, characterCountMax: 500))
        }

        /// A field for one of some words; nothing is chosen beforehand unless it is said.
        init(_ label: String, choices: [String], isChosen: Bool = false) {
            self.label = label
            input = .choice(choices, isChosen && !choices.isEmpty ? 0 : nil)
        }

        /// A field for one of a list: each choice stands with its number, its words and a line of
        /// what it holds; number, letters or arrows choose.
        init(_ label: String, list: [(name: String, line: String)]) {
            self.init(label, choices: list.map(\.name), isChosen: true)
            let width = list.map { DisplayWidth.of($0.name.inert()) }.max() ?? 0
            listing = list.enumerated().map { index, item in
                let number = TextLayout.padded("\(index + 1)", to: list.count > 9 ? 2 : 1)
                let name = TextLayout.padded(item.name.inert(), to: min(width, 20))
                return "\(number) \(name)  \(item.line.inert())"
            }
        }

        /// True where the choices are listed.
        var isList: Bool { !listing.isEmpty }

        /// The place of the choice; nil where nothing is chosen.
        var choice: Int? { if case .choice(_, let index) = input { index } else { nil } }

        /// What was filled in; empty where nothing was.
        var value: String {
            switch input {
            case .text(let field): field.text.trimmingSpaces()
            case .choice(let words, let index): index.map { words[$0] } ?? ""
            }
        }

        /// Chooses a step further, or takes a key as text; letters choose a word that begins with
        /// them, the same letter again the next one.
        mutating func take(_ key: Key) {
            switch input {
            case .text(var field):
                _ = field.handle(key)
                input = .text(field)
            case .choice(let words, let index):
                take(key, of: words, at: index)
            }
        }

        private mutating func take(_ key: Key, of words: [String], at index: Int?) {
            let before = typed
            typed = ""
            switch key {
            case .character(let letter) where isList && letter.isASCII && letter.isNumber:
                choose(number: letter.wholeNumberValue ?? 0, of: words, after: before)
            case .character(let letter):
                choose(letter, of: words, after: before)
            case .right, .down: choose((index ?? -1) + 1, of: words)
            case .left, .up: choose((index ?? words.count) - 1, of: words)
            case .backspace, .delete: input = .choice(words, nil)
            default: break
            }
        }

        /// Chooses by number; a second digit makes the number of two digits where there is one.
        private mutating func choose(number: Int, of words: [String], after before: String) {
            let wanted = [(Int(before) ?? 0) * 10 + number, number].first {
                (1...max(words.count, 1)).contains($0)
            }
            guard let wanted else { return }
            input = .choice(words, wanted - 1)
            typed = "\(wanted)"
        }

        /// Chooses what begins with the letters typed so far; else the next that begins with this
        /// one; a space that fits no name is a step.
        private mutating func choose(_ letter: Character, of words: [String], after before: String)
        {
            let letters = before + letter.lowercased()
            let index = choice
            if !before.isEmpty, let fitting = Self.next(letters, in: words, from: index ?? 0) {
                input = .choice(words, fitting)
                typed = letters
            } else if letter == " " {
                choose((index ?? -1) + 1, of: words)
            } else if let next = Self.next(letter.lowercased(), in: words, from: (index ?? -1) + 1)
            {
                input = .choice(words, next)
                typed = letter.lowercased()
            }
        }

        /// The first of the words, from one on and round, that begins with some letters.
        private static func next(_ letters: String, in words: [String], from start: Int) -> Int? {
            words.indices.map { ($0 + start) % words.count }
                .first { words[$0].lowercased().hasPrefix(letters) }
        }

        private mutating func choose(_ index: Int, of words: [String]) {
            guard !words.isEmpty else { return }
            input = .choice(words, (index + words.count) % words.count)
        }
    }

    let purpose: Purpose
    let title: String
    /// What stands above the fields.
    let words: [String]
    var fields: [Field]
    /// The field that has the keys.
    var focus = 0
    /// Why it was not taken.
    var problem: String?
    /// The question under which it is on its way; nil where it is not.
    var request: RequestNumber?

    init(_ purpose: Purpose, title: String, words: [String] = [], fields: [Field]) {
        self.purpose = purpose
        self.title = title
        self.words = words
        self.fields = fields
    }

    /// What was filled in under a label.
    subscript(label: String) -> String { fields.first { $0.label == label }?.value ?? "" }
}
