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

        /// What was filled in; empty where nothing was.
        var value: String {
            switch input {
            case .text(let field): field.text.trimmingSpaces()
            case .choice(let words, let index): index.map { words[$0] } ?? ""
            }
        }

        /// Chooses a step further, or takes a key as text; a letter chooses the next word that
        /// begins with it.
        mutating func take(_ key: Key) {
            switch input {
            case .text(var field):
                _ = field.handle(key)
                input = .text(field)
            case .choice(let words, let index):
                switch key {
                case .right, .character(" "): choose((index ?? -1) + 1, of: words)
                case .left: choose((index ?? words.count) - 1, of: words)
                case .backspace, .delete: input = .choice(words, nil)
                case .character(let letter):
                    let order = words.indices.map { ($0 + (index ?? -1) + 1) % words.count }
                    let next = order.first {
                        words[$0].lowercased().hasPrefix(String(letter).lowercased())
                    }
                    if let next { input = .choice(words, next) }
                default: break
                }
            }
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
