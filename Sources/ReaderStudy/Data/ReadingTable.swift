// The readings of a study: who read what under which condition, and what they answered.

/// The ratings of a multi-reader multi-case study, checked and ready to analyse.
///
/// Readers, treatments (reading conditions) and cases keep the order in which they first appear.
/// One case identifier under several readers or treatments is the same case; different
/// identifiers are different cases, which is how nested and split-plot designs are told apart.
public struct ReadingTable: Sendable, Hashable {
    /// What a row of the study's file holds.
    public enum Form: String, Sendable, Hashable {
        /// One rating per reader, treatment and case.
        case roc
        /// Any number of marks, each with a rating, per reader, treatment and case.
        case freeResponse = "free response"
        /// One rating and one location per reader, treatment and case.
        case localisation = "LROC"
    }

    /// A case with its truth.
    public struct Case: Sendable, Hashable {
        /// The identifier, as text.
        public let name: String
        /// True where the reference standard says diseased.
        public let isDiseased: Bool
        /// The weights of its lesions (free response only); they add to 1.
        public internal(set) var lesionWeights: [Double] = []
    }

    /// What one reader said of one case in one treatment.
    public struct Reading: Sendable, Hashable {
        /// Index into `cases`.
        public let caseIndex: Int
        /// The rating, higher = more suspicious; the highest mark in free response (-infinity
        /// without marks).
        public internal(set) var rating: Double
        /// LROC: true where a diseased case was localised correctly.
        public internal(set) var isLocalised = false
        /// Free response: ratings of the marks that hit no lesion.
        public internal(set) var falseMarks: [Double] = []
        /// Free response: the rating of each lesion; -infinity where it was not marked.
        public internal(set) var lesionRatings: [Double] = []
    }

    /// What the file held.
    public let form: Form
    /// Names of the readers.
    public let readers: [String]
    /// Names of the treatments.
    public let treatments: [String]
    /// The cases of the whole study.
    public let cases: [Case]
    /// The readings of each cell, at `treatment * readers.count + reader`; empty where there are
    /// none.
    public let cells: [[Reading]]

    /// The readings of one reader in one treatment.
    public func readings(treatment: Int, reader: Int) -> [Reading] {
        cells[treatment * readers.count + reader]
    }

    /// The number of diseased cases.
    public var diseasedCount: Int { cases.lazy.filter(\.isDiseased).count }

    /// The name of a cell for messages.
    func cellName(_ cell: Int) -> (reader: String, treatment: String) {
        (readers[cell % readers.count], treatments[cell / readers.count])
    }

    /// The same study with some readers only, in the order given.
    public func selecting(readers chosen: [Int]) -> ReadingTable {
        let cells = treatments.indices.flatMap { treatment in
            chosen.map { readings(treatment: treatment, reader: $0) }
        }
        return ReadingTable(
            form: form, readers: chosen.map { readers[$0] }, treatments: treatments, cases: cases,
            cells: cells)
    }

    /// The same study with some treatments only, in the order given.
    public func selecting(treatments chosen: [Int]) -> ReadingTable {
        let cells = chosen.flatMap { treatment in
            readers.indices.map { readings(treatment: treatment, reader: $0) }
        }
        return ReadingTable(
            form: form, readers: readers, treatments: chosen.map { treatments[$0] }, cases: cases,
            cells: cells)
    }
}
