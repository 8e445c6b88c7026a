// What the filter field takes: words, and facts such as `age>60` or `state:unread`.

import Foundation
import Radiology

/// A filter over the worklist; every part of it must hold.
public struct WorklistQuery: Sendable, Equatable {
    /// What was typed.
    public let text: String
    private let terms: [Term]

    /// Holds every study.
    public static let everything = WorklistQuery(text: "", terms: [])

    /// The facts that may be asked for, for help and messages.
    public static let help =
        "words of name, identifier or accession, and state:unread age>60 wait>2 mod:dx "
        + "find:mass reader:rad1 critical manual"

    private enum Term: Sendable, Equatable {
        case word(String)
        case state(String)
        case modality(String)
        case finding(String)
        case reader(String)
        case age(Comparison, Int)
        case waitHours(Comparison, Double)
        case critical
        case manual
    }

    private enum Comparison: Character, Sendable {
        case less = "<"
        case more = ">"
        case equal = ":"

        func holds<Value: Comparable>(_ value: Value, _ bound: Value) -> Bool {
            switch self {
            case .less: value < bound
            case .more: value > bound
            case .equal: value == bound
            }
        }
    }

    private init(text: String, terms: [Term]) {
        self.text = text
        self.terms = terms
    }

    /// Reads a filter; what is not a known fact is a word to be found, so nothing is refused.
    public init(_ text: String) {
        let parts = text.lowercased().split(separator: " ")
        self.init(text: text, terms: parts.map { Self.term(String($0)) })
    }

    /// True where nothing is asked.
    public var isEmpty: Bool { terms.isEmpty }

    private static func term(_ part: String) -> Term {
        if part == "critical" { return .critical }
        if part == "manual" { return .manual }
        guard let place = part.firstIndex(where: { "<>:".contains($0) }),
            let comparison = Comparison(rawValue: part[place])
        else { return .word(part) }
        let value = String(part[part.index(after: place)...])
        switch part[..<place] {
        case "state" where comparison == .equal: return .state(value)
        case "mod" where comparison == .equal, "modality" where comparison == .equal:
            return .modality(value)
        case "find" where comparison == .equal, "finding" where comparison == .equal:
            return .finding(value)
        case "reader" where comparison == .equal: return .reader(value)
        case "age":
            if let number = Int(value) { return .age(comparison, number) }
        case "wait":
            if let number = Double(value) { return .waitHours(comparison, number) }
        default: break
        }
        return .word(part)
    }

    /// True where a study meets every part.
    func holds(_ item: WorklistItem, now: Date) -> Bool {
        terms.allSatisfy { term in
            switch term {
            case .word(let word): item.matches(word)
            case .state(let state):
                item.state.word.hasPrefix(state) || item.state.rawValue.lowercased() == state
                    || (state == "unread" && item.isUnread)
                    || (state == "signed" && item.state.isSigned)
            case .modality(let modality): item.modality.lowercased() == modality
            case .finding(let name):
                item.pathology.map {
                    $0.displayName.lowercased().contains(name)
                        || $0.rawValue.lowercased().contains(name)
                } ?? false
            case .reader(let name):
                item.holder?.rawValue.lowercased() == name
                    || item.signedBy?.rawValue.lowercased() == name
            case .age(let comparison, let years):
                item.age.map { comparison.holds($0, years) } ?? false
            case .waitHours(let comparison, let hours):
                !item.state.isSigned
                    && comparison.holds(now.timeIntervalSince(item.receivedAt) / 3600, hours)
            case .critical: item.isCritical
            case .manual: item.needsManualReview
            }
        }
    }
}
