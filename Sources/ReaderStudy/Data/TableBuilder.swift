// Rows become a table, each checked as it comes.

/// Collects the rows of a file and checks them against one another.
struct TableBuilder {
    private struct CellKey: Hashable {
        let reader: Int
        let treatment: Int
    }

    private struct LesionRow {
        var rating: Double
        var line: Int
    }

    /// The free-response rows of one reading, before they are put together.
    private struct Marks {
        var falseMarks: [Double] = []
        var hasEmptyRow = false
        var lesions: [Int: LesionRow] = [:]
        var line: Int
    }

    private let file: String
    private let form: ReadingTable.Form
    private var readers = NameTable()
    private var treatments = NameTable()
    private var caseNames = NameTable()
    private var truths: [(isDiseased: Bool, line: Int)] = []
    private var readings: [CellKey: [Int: (reading: ReadingTable.Reading, line: Int)]] = [:]
    private var marks: [CellKey: [Int: Marks]] = [:]
    private var weights: [Int: [Int: (weight: Double, line: Int)]] = [:]

    init(file: String, form: ReadingTable.Form) {
        self.file = file
        self.form = form
    }

    /// Adds a row with as many fields as the form has columns.
    mutating func add(_ fields: [String], line: Int) throws(ReaderStudyError) {
        for (index, column) in ["reader", "treatment", "case", "truth"].enumerated()
        where fields[index].isEmpty {
            throw .row(file: file, line: line, .empty(column: column))
        }
        let isDiseased = try truth(fields[3], line: line)
        let key = CellKey(
            reader: readers.index(of: fields[0]), treatment: treatments.index(of: fields[1]))
        let caseIndex = caseNames.index(of: fields[2])
        if caseIndex == truths.count {
            truths.append((isDiseased, line))
        } else if truths[caseIndex].isDiseased != isDiseased {
            let earlier = truths[caseIndex]
            throw .row(
                file: file, line: line,
                .conflictingTruth(
                    caseName: StudyCSV.shortened(fields[2]), earlier: earlier.isDiseased ? 1 : 0,
                    firstLine: earlier.line))
        }
        if form == .freeResponse {
            try addMark(fields, key: key, caseIndex: caseIndex, isDiseased, line: line)
        } else {
            try addReading(fields, key: key, caseIndex: caseIndex, isDiseased, line: line)
        }
    }

    private mutating func addReading(
        _ fields: [String], key: CellKey, caseIndex: Int, _ isDiseased: Bool, line: Int
    ) throws(ReaderStudyError) {
        let rating = try number(fields[4], column: "rating", line: line)
        var reading = ReadingTable.Reading(caseIndex: caseIndex, rating: rating)
        if form == .localisation {
            switch (isDiseased, fields[5]) {
            case (true, "1"), (true, "1.0"): reading.isLocalised = true
            case (true, "0"), (true, "0.0"), (false, ""): break
            default:
                throw .row(
                    file: file, line: line,
                    .badCorrect(found: StudyCSV.shortened(fields[5]), isDiseased: isDiseased))
            }
        }
        if let earlier = readings[key]?[caseIndex] {
            throw .row(file: file, line: line, .duplicate(firstLine: earlier.line))
        }
        readings[key, default: [:]][caseIndex] = (reading, line)
    }

    private mutating func addMark(
        _ fields: [String], key: CellKey, caseIndex: Int, _ isDiseased: Bool, line: Int
    ) throws(ReaderStudyError) {
        guard let lesion = Int(fields[4]), lesion >= 0, lesion <= 10_000 else {
            throw .row(file: file, line: line, .badLesion(found: StudyCSV.shortened(fields[4])))
        }
        let rating =
            fields[5].isEmpty
            ? -Double.infinity : try number(fields[5], column: "rating", line: line)
        var entry = marks[key]?[caseIndex] ?? Marks(line: line)
        if lesion == 0 {
            guard fields[6].isEmpty else {
                throw .row(file: file, line: line, .badWeight(found: StudyCSV.shortened(fields[6])))
            }
            if rating == -.infinity {
                if entry.hasEmptyRow || !entry.falseMarks.isEmpty {
                    throw .row(file: file, line: line, .emptyBesideMarks)
                }
                entry.hasEmptyRow = true
            } else {
                if entry.hasEmptyRow { throw .row(file: file, line: line, .emptyBesideMarks) }
                entry.falseMarks.append(rating)
            }
        } else {
            guard isDiseased else {
                throw .row(
                    file: file, line: line,
                    .lesionInNonDiseased(caseName: StudyCSV.shortened(fields[2])))
            }
            if let earlier = entry.lesions[lesion] {
                throw .row(file: file, line: line, .duplicate(firstLine: earlier.line))
            }
            entry.lesions[lesion] = LesionRow(rating: rating, line: line)
            try note(weight: fields[6], of: lesion, caseIndex: caseIndex, line: line)
        }
        marks[key, default: [:]][caseIndex] = entry
    }

    private mutating func note(weight text: String, of lesion: Int, caseIndex: Int, line: Int)
        throws(ReaderStudyError)
    {
        guard let weight = Double(text), weight > 0, weight.isFinite else {
            throw .row(file: file, line: line, .badWeight(found: StudyCSV.shortened(text)))
        }
        if let earlier = weights[caseIndex]?[lesion] {
            if abs(earlier.weight - weight) > 1e-9 {
                throw .caseFault(
                    file: file, caseName: caseName(caseIndex), line: line,
                    .weightsDiffer(lesion: lesion, first: earlier.weight, second: weight))
            }
        } else {
            weights[caseIndex, default: [:]][lesion] = (weight, line)
        }
    }

    private func caseName(_ index: Int) -> String { StudyCSV.shortened(caseNames.names[index]) }

    private func truth(_ text: String, line: Int) throws(ReaderStudyError) -> Bool {
        switch text {
        case "0", "0.0": return false
        case "1", "1.0": return true
        default:
            throw .row(
                file: file, line: line, .truthNotBinary(found: StudyCSV.shortened(text)))
        }
    }

    private func number(_ text: String, column: String, line: Int) throws(ReaderStudyError)
        -> Double
    {
        if text.isEmpty { throw .row(file: file, line: line, .empty(column: column)) }
        guard let value = Double(text), !value.isNaN else {
            throw .row(
                file: file, line: line,
                .notANumber(column: column, found: StudyCSV.shortened(text)))
        }
        guard value.isFinite else {
            throw .row(
                file: file, line: line, .notFinite(column: column, found: StudyCSV.shortened(text)))
        }
        return value
    }

    /// The table, once all rows are in.
    func table() throws(ReaderStudyError) -> ReadingTable {
        guard !truths.isEmpty else { throw .noRows(file: file) }
        var cases = truths.indices.map {
            ReadingTable.Case(name: caseNames.names[$0], isDiseased: truths[$0].isDiseased)
        }
        if form == .freeResponse { try addLesions(to: &cases) }
        var cells: [[ReadingTable.Reading]] = []
        for treatment in treatments.names.indices {
            for reader in readers.names.indices {
                let key = CellKey(reader: reader, treatment: treatment)
                cells.append(
                    form == .freeResponse
                        ? try freeResponseCell(key)
                        : (readings[key] ?? [:]).values.map(\.reading)
                            .sorted { $0.caseIndex < $1.caseIndex })
            }
        }
        return ReadingTable(
            form: form, readers: readers.names, treatments: treatments.names, cases: cases,
            cells: cells)
    }

    private func addLesions(to cases: inout [ReadingTable.Case]) throws(ReaderStudyError) {
        for (index, lesions) in weights.sorted(by: { $0.key < $1.key }) {
            let ordered = lesions.sorted { $0.key < $1.key }
            let sum = ordered.reduce(0) { $0 + $1.value.weight }
            guard abs(sum - 1) < 1e-4 else {
                throw .caseFault(
                    file: file, caseName: caseName(index), line: ordered[0].value.line,
                    .weightSum(sum))
            }
            cases[index].lesionWeights = ordered.map(\.value.weight)
        }
    }

    private func freeResponseCell(_ key: CellKey) throws(ReaderStudyError) -> [ReadingTable.Reading]
    {
        var cell: [ReadingTable.Reading] = []
        for (caseIndex, entry) in (marks[key] ?? [:]).sorted(by: { $0.key < $1.key }) {
            let expected = (weights[caseIndex] ?? [:]).keys.sorted()
            let missing = expected.filter { entry.lesions[$0] == nil }
            // A diseased case without any lesion row cannot be told apart from a missing one.
            if !missing.isEmpty || (truths[caseIndex].isDiseased && expected.isEmpty) {
                throw .caseFault(
                    file: file, caseName: caseName(caseIndex), line: entry.line,
                    .lesionsDiffer(
                        reader: StudyCSV.shortened(readers.names[key.reader]),
                        treatment: StudyCSV.shortened(treatments.names[key.treatment]),
                        missing: missing.isEmpty ? [1] : missing))
            }
            let ratings = expected.map { entry.lesions[$0]?.rating ?? -.infinity }
            let highest = (entry.falseMarks + ratings).max() ?? -.infinity
            cell.append(
                ReadingTable.Reading(
                    caseIndex: caseIndex, rating: highest, falseMarks: entry.falseMarks,
                    lesionRatings: ratings))
        }
        return cell
    }
}

/// Names in the order of their first appearance.
struct NameTable {
    private(set) var names: [String] = []
    private var indices: [String: Int] = [:]

    /// The index of a name, added if it is new.
    mutating func index(of name: String) -> Int {
        if let index = indices[name] { return index }
        indices[name] = names.count
        names.append(name)
        return names.count - 1
    }
}
