// What every study of a long worklist must have in memory: order, filter and search, no more.

import Foundation
import Radiology

/// The part of a worklist row that orders, filters and finds it.
///
/// A hundred thousand of these are held; the whole rows (`WorklistEntry`) only of what is shown.
public struct WorklistItem: Sendable, Equatable, Identifiable {
    /// The study.
    public let id: StudyID
    /// When it was received, UTC.
    public let receivedAt: Date
    /// Where its reading stands.
    public let state: ReadingState
    /// True where a critical rule was passed, signed or not.
    public let isFlagged: Bool
    /// When the first flag was raised, UTC.
    public let flaggedAt: Date?
    /// When somebody first opened it, UTC.
    public let openedAt: Date?
    /// When it was signed, UTC.
    public let signedAt: Date?
    /// Suspicion of the top finding, 0...1; nil without an analysis.
    public let suspicion: Double?
    /// The top finding's pathology; nil without an analysis.
    public let pathology: Pathology?
    /// True where the top finding stands in the report by its bound.
    public let isReported: Bool
    /// True where a person must read it without the model.
    public let needsManualReview: Bool
    /// True where an image came after the signature.
    public let awaitsAddendum: Bool
    /// Modality of the first image.
    public let modality: String
    /// Age at the study in whole years, where known.
    public let age: Int?
    /// Who has it open.
    public let holder: ReaderID?
    /// Who signed it.
    public let signedBy: ReaderID?
    /// Name, identifier and accession in lower case, a line each: what a search looks through.
    public let searchText: String

    /// Makes an item.
    public init(
        id: StudyID, receivedAt: Date, state: ReadingState, isFlagged: Bool, flaggedAt: Date?,
        openedAt: Date?, signedAt: Date?, suspicion: Double?, pathology: Pathology?,
        isReported: Bool, needsManualReview: Bool, awaitsAddendum: Bool, modality: String,
        age: Int?, holder: ReaderID?, signedBy: ReaderID?, searchText: String
    ) {
        self.id = id
        self.receivedAt = receivedAt
        self.state = state
        self.isFlagged = isFlagged
        self.flaggedAt = flaggedAt
        self.openedAt = openedAt
        self.signedAt = signedAt
        self.suspicion = suspicion
        self.pathology = pathology
        self.isReported = isReported
        self.needsManualReview = needsManualReview
        self.awaitsAddendum = awaitsAddendum
        self.modality = modality
        self.age = age
        self.holder = holder
        self.signedBy = signedBy
        self.searchText = searchText
    }

    /// The item of a whole row.
    public init(_ entry: WorklistEntry) {
        self.init(
            id: entry.id, receivedAt: entry.receivedAt, state: entry.state,
            isFlagged: entry.criticalCount > 0, flaggedAt: entry.flaggedAt,
            openedAt: entry.openedAt, signedAt: entry.signedAt,
            suspicion: entry.topFinding?.suspicion, pathology: entry.topFinding?.pathology,
            isReported: entry.topFinding?.isReported ?? false,
            needsManualReview: entry.needsManualReview, awaitsAddendum: entry.awaitsAddendum,
            modality: entry.modality,
            age: entry.patient.ageInYears(atStudyDate: entry.study.date),
            holder: entry.claim?.reader, signedBy: entry.signedBy,
            searchText: Self.searchText(
                name: entry.patient.name.display, identifier: entry.patient.identifier,
                accession: entry.study.accessionNumber))
    }

    /// What a search looks through.
    public static func searchText(name: String, identifier: String, accession: String) -> String {
        "\(name)\n\(identifier)\n\(accession)".lowercased()
    }

    /// True for a flagged study that nobody has signed as final.
    public var isCritical: Bool { isFlagged && !state.isSigned }

    /// True where a reader has something to write: not signed, or an addendum is due.
    public var isUnread: Bool { !state.isSigned || awaitsAddendum }

    /// True where a lower-case text is part of name, identifier or accession.
    func matches(_ needle: String) -> Bool {
        needle.isEmpty || searchText.containsBytes(of: needle)
    }

    /// The rank by which the orders sort; the same rule as whole rows have.
    func urgency() -> WorklistUrgency {
        WorklistUrgency(
            receivedAt: receivedAt, isCritical: isCritical, isSigned: state.isSigned,
            awaitsAddendum: awaitsAddendum, signedAt: signedAt,
            needsManualReview: needsManualReview, suspicion: suspicion)
    }
}

extension String {
    /// True where the bytes of a text are part of this one's; no Unicode equivalences.
    fileprivate func containsBytes(of needle: String) -> Bool {
        var text = self
        var wanted = needle
        return text.withUTF8 { haystack in
            wanted.withUTF8 { needle in
                guard var from = haystack.baseAddress, let what = needle.baseAddress,
                    needle.count > 0
                else { return needle.isEmpty }
                // The last place where the needle could begin.
                let end = from + haystack.count - needle.count
                while from <= end {
                    guard let hit = memchr(from, Int32(what[0]), end - from + 1) else {
                        return false
                    }
                    let place = UnsafePointer(hit.assumingMemoryBound(to: UInt8.self))
                    if memcmp(place, what, needle.count) == 0 { return true }
                    from = place + 1
                }
                return false
            }
        }
    }
}

/// An answer to the question for the worklist.
public struct WorklistSnapshot: Sendable {
    /// All studies; the first page only where `isComplete` is false.
    public let items: [WorklistItem]
    /// Whole rows of some or all of them.
    public let entries: [WorklistEntry]
    /// False for a first page that the rest follows by itself.
    public let isComplete: Bool
    /// How many studies there are.
    public let studyCount: Int

    /// Makes a snapshot.
    public init(
        items: [WorklistItem], entries: [WorklistEntry], isComplete: Bool = true,
        studyCount: Int? = nil
    ) {
        self.items = items
        self.entries = entries
        self.isComplete = isComplete
        self.studyCount = studyCount ?? items.count
    }

    /// All of a short worklist.
    public init(entries: [WorklistEntry]) {
        self.init(items: entries.map { WorklistItem($0) }, entries: entries)
    }
}
