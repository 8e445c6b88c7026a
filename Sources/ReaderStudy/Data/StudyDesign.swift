// Which cells of a study hold which cases.

/// How cases are spread over readers and treatments.
public enum StudyDesign: String, Sendable, Hashable {
    /// Every reader read every case in every treatment.
    case crossed = "fully crossed"
    /// Each reader has cases of its own, read in every treatment.
    case nestedInReaders = "cases nested in readers"
    /// Each treatment has cases of its own, read by every reader.
    case nestedInTreatments = "cases nested in treatments"
    /// Groups of readers, each with cases of its own.
    case splitPlot = "split-plot"
    /// Anything else: readings are missing.
    case unbalanced = "unbalanced"
}

extension ReadingTable {
    /// The design that the identifiers of the cases say.
    public var design: StudyDesign {
        let sets = cells.map { Set($0.map(\.caseIndex)) }
        if sets.allSatisfy({ $0.count == cases.count }) { return .crossed }
        let byReader = readers.indices.map { reader in
            treatments.indices.map { sets[$0 * readers.count + reader] }
        }
        let byTreatment = treatments.indices.map { treatment in
            readers.indices.map { sets[treatment * readers.count + $0] }
        }
        if byReader.allSatisfy(Self.areEqual) {
            let groups = byReader.map { $0[0] }
            if Self.areDisjoint(groups) { return .nestedInReaders }
            if Self.areDisjoint(Array(Set(groups))) { return .splitPlot }
        }
        if byTreatment.allSatisfy(Self.areEqual), Self.areDisjoint(byTreatment.map { $0[0] }) {
            return .nestedInTreatments
        }
        return .unbalanced
    }

    private static func areEqual(_ sets: [Set<Int>]) -> Bool { sets.allSatisfy { $0 == sets[0] } }

    private static func areDisjoint(_ sets: [Set<Int>]) -> Bool {
        var seen = Set<Int>()
        for set in sets {
            if !seen.isDisjoint(with: set) { return false }
            seen.formUnion(set)
        }
        return true
    }

    /// Throws the fault that keeps a reader-by-treatment analysis from its figures.
    ///
    /// Every cell needs `minimum` non-diseased and diseased cases (2 for a jackknife or DeLong
    /// covariance).
    public func requireCompleteCells(minimum: Int = 2) throws(ReaderStudyError) {
        guard cases.contains(where: \.isDiseased) else { throw .design(.noDiseasedCase) }
        guard cases.contains(where: { !$0.isDiseased }) else {
            throw .design(.noNonDiseasedCase)
        }
        for (cell, readings) in cells.enumerated() {
            let name = cellName(cell)
            if readings.isEmpty {
                throw .design(.hole(reader: name.reader, treatment: name.treatment))
            }
            let diseased = readings.lazy.filter { cases[$0.caseIndex].isDiseased }.count
            for (isDiseased, count) in [
                (true, diseased), (false, readings.count - diseased),
            ]
            where count < minimum {
                throw .design(
                    .tooFewCases(
                        reader: name.reader, treatment: name.treatment, isDiseased: isDiseased,
                        count: count, ofCases: readings.count, minimum: minimum))
            }
        }
    }
}
