// The reader's decisions and the signed record.

import Foundation

/// What the reader says of one AI finding.
public enum Decision: String, Codable, Sendable, CaseIterable {
    /// The reader sees it as the model says.
    case agree
    /// The reader does not.
    case disagree
    /// The reader cannot say.
    case unsure
}

/// What is decided and written before the signature.
public struct ReadingDraft: Hashable, Codable, Sendable {
    /// The decision for each AI finding that has one; nothing is pre-ticked.
    public var decisions: [Pathology: Decision]
    /// The reader's own findings.
    public var ownFindings: [OwnFinding]
    /// The impression.
    public var impression: String

    /// Makes a draft; an empty one by default.
    public init(
        decisions: [Pathology: Decision] = [:], ownFindings: [OwnFinding] = [],
        impression: String = ""
    ) {
        self.decisions = decisions
        self.ownFindings = ownFindings
        self.impression = impression
    }

    /// True where nothing is decided or written.
    public var isEmpty: Bool {
        decisions.isEmpty && ownFindings.isEmpty && impression.isEmpty
    }

    /// What still stands in the way of a signature, in words; empty when it may be signed.
    ///
    /// Every AI finding needs a decision, and the impression may not be empty.
    /// - Parameter findings: those of the analysis shown; empty where the analysis failed.
    public func obstacles(findings: [Finding]) -> [String] {
        var obstacles: [String] = []
        let open = findings.filter { decisions[$0.pathology] == nil }
        if !open.isEmpty {
            let names = open.prefix(3).map(\.pathology.shortName).joined(separator: ", ")
            let more = open.count > 3 ? " and \(open.count - 3) more" : ""
            obstacles.append("no decision yet on \(names)\(more)")
        }
        if impression.allSatisfy(\.isWhitespace) { obstacles.append("the impression is empty") }
        return obstacles
    }
}

/// A signed reading; once stored it is never changed.
public struct SignOff: Hashable, Codable, Sendable {
    /// The study.
    public let study: StudyID
    /// Who signed.
    public let reader: ReaderID
    /// The signer's printed name; empty where the home had no accounts.
    public let printedName: String
    /// When, UTC.
    public let signedAt: Date
    /// The signer's offset from UTC at that moment, in seconds.
    public let utcOffsetSeconds: Int
    /// What the signature means: the state it brings (`final` or `preliminary`).
    public let meaning: ReadingState
    /// How long the study was on the screen until the signature, in seconds of the monotonic clock.
    public let openSeconds: Double
    /// The analysis the reader saw; nil where it failed or there was none.
    public let analysis: AnalysisID?
    /// Decisions, own findings, impression.
    public let reading: ReadingDraft
    /// What was on the screen; nil where the program did not say.
    public let viewing: ViewingRecord?

    /// Makes a record.
    public init(
        study: StudyID, reader: ReaderID, signedAt: Date, utcOffsetSeconds: Int,
        meaning: ReadingState, openSeconds: Double, analysis: AnalysisID?, reading: ReadingDraft,
        printedName: String = "", viewing: ViewingRecord? = nil
    ) {
        self.study = study
        self.reader = reader
        self.printedName = printedName
        self.viewing = viewing
        self.signedAt = signedAt
        self.utcOffsetSeconds = utcOffsetSeconds
        self.meaning = meaning
        self.openSeconds = openSeconds
        self.analysis = analysis
        self.reading = reading
    }

    /// What the signer states, in the words that stand above the signature.
    public static func statement(meaning: ReadingState) -> String {
        if meaning == .addended {
            return
                "This is an ADDENDUM to the signed report of this study: I have reviewed the images "
                + "and stand by what it adds; the signed report stays as it is."
        }
        let kind = meaning == .preliminary ? "PRELIMINARY" : "FINAL"
        return
            "This is a \(kind) report of this study: I have reviewed the images and stand by the "
            + "decisions above."
    }
}
