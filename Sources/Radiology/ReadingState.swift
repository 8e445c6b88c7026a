// Where a study stands on its way from the detector to a signed report.

import Foundation

/// The state of a study's reading.
public enum ReadingState: String, Codable, Sendable, CaseIterable {
    /// Stored; no analysis yet.
    case unread
    /// Analysed by a model; nobody has signed.
    case analysed
    /// The analysis failed: a person must read it without one.
    case failed
    /// A reader has it open to sign.
    case inReading
    /// Signed as preliminary (resident).
    case preliminary
    /// Signed as final.
    case final
    /// A signed addendum follows the final report.
    case addended

    /// One word for the worklist.
    public var word: String {
        switch self {
        case .unread: "unread"
        case .analysed: "analysed"
        case .failed: "manual"
        case .inReading: "open"
        case .preliminary: "prelim"
        case .final: "final"
        case .addended: "addended"
        }
    }

    /// True once a final report exists.
    public var isSigned: Bool { self == .final || self == .addended }
}

/// What moves a study from one state to another.
public enum ReadingMove: String, Codable, Sendable, CaseIterable {
    /// An analysis was stored.
    case analyse
    /// An analysis failed.
    case fail
    /// A reader opens it to sign.
    case claim
    /// The reader gives it back unsigned.
    case release
    /// Signed as preliminary.
    case signPreliminary
    /// Signed as final.
    case signFinal
    /// An addendum was signed.
    case addend
}

extension ReadingState {
    /// The state after a move, or nil where the move is not allowed: the one table of allowed moves.
    ///
    /// A new analysis of a study that is being read or is signed is stored beside it and moves
    /// nothing. `release` returns to what the study was before the claim, which the claim remembers.
    public func after(_ move: ReadingMove, before: ReadingState? = nil) -> ReadingState? {
        switch (self, move) {
        case (.unread, .analyse), (.analysed, .analyse), (.failed, .analyse): .analysed
        case (.unread, .fail), (.analysed, .fail), (.failed, .fail): .failed
        case (.inReading, .analyse), (.preliminary, .analyse), (.final, .analyse),
            (.addended, .analyse), (.inReading, .fail), (.preliminary, .fail), (.final, .fail),
            (.addended, .fail):
            self
        case (.unread, .claim), (.analysed, .claim), (.failed, .claim), (.preliminary, .claim):
            .inReading
        case (.inReading, .claim), (.final, .claim), (.addended, .claim): nil
        case (.inReading, .release): before ?? .unread
        case (.unread, .release), (.analysed, .release), (.failed, .release),
            (.preliminary, .release), (.final, .release), (.addended, .release):
            nil
        case (.inReading, .signPreliminary): .preliminary
        case (.inReading, .signFinal): .final
        case (.unread, .signPreliminary), (.analysed, .signPreliminary),
            (.failed, .signPreliminary), (.preliminary, .signPreliminary),
            (.final, .signPreliminary), (.addended, .signPreliminary), (.unread, .signFinal),
            (.analysed, .signFinal), (.failed, .signFinal), (.preliminary, .signFinal),
            (.final, .signFinal), (.addended, .signFinal):
            nil
        case (.final, .addend), (.addended, .addend): .addended
        case (.unread, .addend), (.analysed, .addend), (.failed, .addend), (.inReading, .addend),
            (.preliminary, .addend):
            nil
        }
    }
}

extension ReadingState {
    /// The table of moves as the documentation shows it: a row for each state, a column for each
    /// move, `–` where it is not allowed.
    public static var movesAsMarkdown: String {
        let moves = ReadingMove.allCases
        var lines = [
            "| from | " + moves.map(\.rawValue).joined(separator: " | ") + " |",
            "| --- |" + moves.map { _ in " --- |" }.joined(),
        ]
        for state in allCases {
            let cells = moves.map { move -> String in
                guard let next = state.after(move) else { return "–" }
                return move == .release ? "as before" : next.rawValue
            }
            lines.append("| \(state.rawValue) | " + cells.joined(separator: " | ") + " |")
        }
        return lines.joined(separator: "\n")
    }
}

/// Who has a study open to sign, and since when.
public struct Claim: Hashable, Codable, Sendable {
    /// The reader.
    public let reader: ReaderID
    /// The workstation: one process of one reader; two of the same reader are two.
    public let session: String
    /// Since when, UTC.
    public let since: Date
    /// When it lapses unless renewed, UTC.
    public let expires: Date

    /// Records a claim.
    public init(reader: ReaderID, session: String, since: Date, expires: Date) {
        self.reader = reader
        self.session = session
        self.since = since
        self.expires = expires
    }
}
