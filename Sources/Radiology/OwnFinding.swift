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
