// How values lie in columns, and how they come back.

import Foundation
import Radiology

/// A list of texts in one column, as canonical JSON.
enum StoredList {
    static func encode(_ texts: [String]) -> String {
        CanonicalJSON.array(texts.map { .string($0) }).text
    }

    static func decode(_ text: String) throws -> [String] {
        if text == "[]" { return [] }
        return try JSONDecoder().decode([String].self, from: Data(text.utf8))
    }
}

extension ReadingState {
    /// The state that a column names.
    static func stored(_ text: String) throws -> ReadingState {
        guard let state = ReadingState(rawValue: text) else {
            throw RecordsError.damaged(task: .readStudy, detail: "unknown reading state \(text)")
        }
        return state
    }
}

extension Timestamp {
    /// The moment that a column holds.
    static func stored(_ text: String) throws -> Timestamp {
        guard let timestamp = Timestamp(text) else {
            throw RecordsError.damaged(task: .readStudy, detail: "a moment cannot be read")
        }
        return timestamp
    }

    /// The moment that a column holds, nil where it holds none.
    static func stored(_ text: String?) throws -> Timestamp? {
        guard let text else { return nil }
        let timestamp: Timestamp = try stored(text)
        return timestamp
    }
}

/// An analysis as its row keeps it: JSON with sorted keys and moments to the microsecond.
enum StoredAnalysis {
    static func encode(_ analysis: Analysis) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .custom { date, encoder in
            var container = encoder.singleValueContainer()
            try container.encode(Timestamp(date).text)
        }
        return String(decoding: try encoder.encode(analysis), as: UTF8.self)
    }

    static func decode(_ text: String) throws -> Analysis {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .custom { decoder in
            let timestamp: Timestamp = try .stored(
                try decoder.singleValueContainer().decode(String.self))
            return timestamp.date
        }
        return try decoder.decode(Analysis.self, from: Data(text.utf8))
    }
}

/// The bounds of a finding in one column.
///
/// Studies of one model share few texts, so that a worklist
/// decodes each once.
struct StoredBounds {
    private var known: [String: RiskBounds] = [:]

    static func encode(_ bounds: RiskBounds) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        return String(decoding: try encoder.encode(bounds), as: UTF8.self)
    }

    mutating func decode(_ text: String) throws -> RiskBounds {
        if let bounds = known[text] { return bounds }
        let bounds = try JSONDecoder().decode(RiskBounds.self, from: Data(text.utf8))
        known[text] = bounds
        return bounds
    }
}
