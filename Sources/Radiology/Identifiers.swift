// Names that cannot be mixed up: one small type for each kind of identifier.

import Foundation

/// A study in Wetread's own database.
public struct StudyID: Hashable, Codable, Sendable, Comparable {
    /// The row's number, from 1.
    public let rawValue: Int64
    /// Wraps a row's number.
    public init(_ rawValue: Int64) { self.rawValue = rawValue }
    /// Orders by number.
    public static func < (left: StudyID, right: StudyID) -> Bool { left.rawValue < right.rawValue }
}

/// One stored image (SOP instance) in Wetread's own database.
public struct ImageID: Hashable, Codable, Sendable, Comparable {
    /// The row's number, from 1.
    public let rawValue: Int64
    /// Wraps a row's number.
    public init(_ rawValue: Int64) { self.rawValue = rawValue }
    /// Orders by number.
    public static func < (left: ImageID, right: ImageID) -> Bool { left.rawValue < right.rawValue }
}

/// One analysis: a random UUID, written in lower case.
public struct AnalysisID: Hashable, Codable, Sendable {
    /// The text form.
    public let rawValue: String
    /// Wraps a text form.
    public init(_ rawValue: String) { self.rawValue = rawValue }
    /// A new random identifier.
    public static func new() -> AnalysisID { AnalysisID(UUID().uuidString.lowercased()) }
}

/// A person (or service) who acts: the account's name.
public struct ReaderID: Hashable, Codable, Sendable {
    /// The account's name.
    public let rawValue: String
    /// Wraps an account's name.
    public init(_ rawValue: String) { self.rawValue = rawValue }
}

/// The SHA-256 of some bytes, as 64 lower-case hexadecimal digits.
public struct ContentHash: Hashable, Codable, Sendable {
    /// The digits.
    public let hexadecimal: String
    /// Wraps 64 lower-case hexadecimal digits; nil for anything else.
    public init?(hexadecimal: String) {
        let digits = hexadecimal.utf8
        let isHexadecimal = digits.allSatisfy {
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
                || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0)
        }
        guard digits.count == 64, isHexadecimal else { return nil }
        self.hexadecimal = hexadecimal
    }

    /// Writes 32 digest bytes as digits.
    ///
    /// - Precondition: exactly 32 bytes.
    public init(digest: some Sequence<UInt8>) {
        let table = Array("0123456789abcdef".utf8)
        var digits: [UInt8] = []
        digits.reserveCapacity(64)
        for byte in digest {
            digits.append(table[Int(byte >> 4)])
            digits.append(table[Int(byte & 15)])
        }
        precondition(digits.count == 64, "a SHA-256 digest has 32 bytes")
        hexadecimal = String(decoding: digits, as: UTF8.self)
    }

    /// The first twelve digits, for screens.
    public var short: String { String(hexadecimal.prefix(12)) }
}
