// What the reader saw that the model was not asked, or did not say.

/// Which side of the patient.
public enum Side: String, Codable, Sendable, CaseIterable {
    /// The patient's left.
    case left
    /// The patient's right.
    case right
    /// Both.
    case bilateral
}

/// How much of it there is.
public enum Severity: String, Codable, Sendable, CaseIterable {
    /// Little.
    case mild
    /// Some.
    case moderate
    /// Much.
    case severe
}

/// A finding that the reader adds.
public struct OwnFinding: Hashable, Codable, Sendable {
    /// What and where, in the reader's words.
    public var text: String
    /// One of the labels, where it is one.
    public var pathology: Pathology?
    /// The side.
    public var side: Side?
    /// The severity.
    public var severity: Severity?
    /// Where, for example `upper zone`.
    public var location: String

    /// Makes a finding.
    public init(
        text: String, pathology: Pathology? = nil, side: Side? = nil, severity: Severity? = nil,
        location: String = ""
    ) {
        self.text = text
        self.pathology = pathology
        self.side = side
        self.severity = severity
        self.location = location
    }

    /// Reads a line as `line` writes it: `mild left pneumothorax in the apex: old`.
    ///
    /// Severity, side and label count in any order before the first colon or `in the`; a label is
    /// one of the founding fourteen, whole or by its first four letters and more. A line without a
    /// label is words alone, as it was typed.
    public init(parsing typed: String) {
        let whole = OwnFinding(text: typed)
        let (front, text) = Self.divided(typed, at: ":")
        let (named, place) = Self.divided(front, at: " in the ")
        var found = OwnFinding(text: text ?? "", location: place ?? "")
        var label: [Substring] = []
        for word in named.split(separator: " ") {
            let lower = word.lowercased()
            if found.severity == nil, let severity = Severity(rawValue: lower) {
                found.severity = severity
            } else if found.side == nil,
                let side = Side(rawValue: lower == "both" ? "bilateral" : lower)
            {
                found.side = side
            } else {
                label.append(word)
            }
        }
        found.pathology = Pathology.named(label.joined(separator: " "))
        self = found.pathology == nil ? whole : found
    }

    private static func divided(_ text: String, at mark: String) -> (String, String?) {
        guard let range = text.firstRange(of: mark) else { return (text.trimmingSpaces(), nil) }
        return (
            String(text[..<range.lowerBound]).trimmingSpaces(),
            String(text[range.upperBound...]).trimmingSpaces()
        )
    }

    /// The finding in one line: severity, side, label, place, words.
    public var line: String {
        let parts = [
            severity?.rawValue, side?.rawValue, pathology?.displayName.lowercased(),
            location.isEmpty ? nil : "in the \(location)",
        ].compactMap(\.self)
        if parts.isEmpty { return text }
        return parts.joined(separator: " ") + (text.isEmpty ? "" : ": \(text)")
    }
}

extension Pathology {
    /// The label of the founding fourteen that a text names: whole, or the only one that begins
    /// with it where it has four letters or more; nil where it names none.
    public static func named(_ text: String) -> Pathology? {
        let wanted = text.trimmingSpaces().lowercased()
        if wanted.isEmpty { return nil }
        if let whole = foundingFourteen.first(where: {
            $0.displayName.lowercased() == wanted || $0.rawValue.lowercased() == wanted
        }) {
            return whole
        }
        let fitting = foundingFourteen.filter { $0.displayName.lowercased().hasPrefix(wanted) }
        return wanted.count >= 4 && fitting.count == 1 ? fitting[0] : nil
    }

    /// The labels of the founding fourteen that begin with some letters, in their order.
    public static func completions(of text: String) -> [Pathology] {
        let wanted = text.lowercased()
        if wanted.isEmpty { return [] }
        return foundingFourteen.filter { $0.displayName.lowercased().hasPrefix(wanted) }
    }
}
