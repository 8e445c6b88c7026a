// The Excel layout of RJafroc: sheets of truth, false and true localisations.

/// Reads and writes RJafroc's Excel layout: `Truth` (CaseID, LesionID, Weight), `NL` or `FP`
/// (ReaderID, ModalityID, CaseID, rating) and `LL` or `TP` (with LesionID before the rating).
public enum RJafrocWorkbook {
    /// Reads the bytes of an xlsx file.
    ///
    /// The study is taken as ROC where every case has one rating and one lesion at most, else as
    /// free response.
    public static func table(_ bytes: [UInt8], name: String) throws(ReaderStudyError)
        -> ReadingTable
    {
        guard let book = Workbook(bytes) else {
            throw .unreadable(file: name, reason: "it is not an xlsx workbook")
        }
        let truth = try sheet(["TRUTH"], of: book, name)
        let negatives = try sheet(["NL", "FP"], of: book, name)
        let positives = try sheet(["LL", "TP"], of: book, name)
        let isROC = paradigmIsROC(truth)
        let csv =
            isROC
            ? rocRows(truth, negatives, positives)
            : freeResponseRows(truth, negatives, positives)
        return try StudyCSV.table(Array(csv.utf8), name: name)
    }

    private static func sheet(_ names: [String], of book: Workbook, _ file: String)
        throws(ReaderStudyError) -> [[String]]
    {
        guard let sheet = book.sheets.first(where: { names.contains($0.name.uppercased()) }) else {
            throw .unreadable(
                file: file,
                reason: "the workbook has no sheet named \(names.joined(separator: " or "))")
        }
        // Cells without content at the end of a row are not written by all programs.
        return sheet.rows.dropFirst().filter { $0.contains { !$0.isEmpty } }
            .map { $0 + [String](repeating: "", count: max(0, 6 - $0.count)) }
    }

    private static func paradigmIsROC(_ truth: [[String]]) -> Bool {
        let paradigms = truth.prefix(2).flatMap { $0.dropFirst(3) }.map { $0.uppercased() }
        if paradigms.contains("ROC") { return true }
        if paradigms.contains(where: { ["FROC", "LROC"].contains($0) }) { return false }
        return !truth.contains { Int($0[1]) ?? 0 > 1 }
    }

    private static func rocRows(
        _ truth: [[String]], _ negatives: [[String]], _ positives: [[String]]
    ) -> String {
        var text = "reader,treatment,case,truth,rating\n"
        func line(_ row: [String], _ truth: Int, _ rating: String) -> String {
            [row[0], row[1], row[2], String(truth), rating].map(StudyCSV.field)
                .joined(separator: ",") + "\n"
        }
        for row in negatives { text += line(row, 0, row[3]) }
        for row in positives { text += line(row, 1, row[4]) }
        return text
    }

    private static func freeResponseRows(
        _ truth: [[String]], _ negatives: [[String]], _ positives: [[String]]
    ) -> String {
        var lesions: [String: [String]] = [:]
        var weights: [[String]: Double] = [:]
        var caseNames: [String] = []
        for row in truth where !row[0].isEmpty {
            if lesions[row[0]] == nil { caseNames.append(row[0]) }
            lesions[row[0], default: []] += (Int(row[1]) ?? 0) > 0 ? [row[1]] : []
            weights[[row[0], row[1]]] = Double(row[2]) ?? 0
        }
        var marks: [[String]: [String]] = [:]
        for row in negatives { marks[[row[0], row[1], row[2]], default: []].append(row[3]) }
        var hits: [[String]: String] = [:]
        for row in positives { hits[[row[0], row[1], row[2], row[3]]] = row[4] }
        var readers = NameTable()
        var treatments = NameTable()
        for row in negatives + positives {
            _ = readers.index(of: row[0])
            _ = treatments.index(of: row[1])
        }
        var text = "reader,treatment,case,truth,lesion_id,rating,weight\n"
        for treatment in treatments.names {
            for reader in readers.names {
                for name in caseNames {
                    let own = lesions[name] ?? []
                    // RJafroc writes weight 0 for "all the same".
                    let given = own.map { weights[[name, $0]] ?? 0 }
                    let isEqual = given.allSatisfy { $0 == 0 }
                    let start = [reader, treatment, name, own.isEmpty ? "0" : "1"]
                        .map(StudyCSV.field).joined(separator: ",")
                    let unhit = marks[[reader, treatment, name]] ?? []
                    for rating in unhit { text += "\(start),0,\(StudyCSV.field(rating)),\n" }
                    for (index, lesion) in own.enumerated() {
                        let weight = isEqual ? 1 / Double(own.count) : given[index]
                        let rating = hits[[reader, treatment, name, lesion]] ?? ""
                        text += "\(start),\(lesion),\(StudyCSV.field(rating)),\(weight)\n"
                    }
                    if own.isEmpty && unhit.isEmpty { text += "\(start),0,,\n" }
                }
            }
        }
        return text
    }

    /// Writes a study of ROC or free-response data as xlsx.
    ///
    /// RJafroc needs whole numbers as CaseID: where names are none, cases are numbered in order and
    /// a sheet `Names` says which is which.
    public static func bytes(of table: ReadingTable) throws(ReaderStudyError) -> [UInt8] {
        guard table.form != .localisation else {
            throw .design(.figureNotInForm(figure: "RJafroc's workbook", form: "LROC"))
        }
        let areNumbers = table.cases.allSatisfy { (Int($0.name) ?? 0) > 0 }
        let names = table.cases.indices.map { areNumbers ? table.cases[$0].name : "\($0 + 1)" }
        let isROC = table.form == .roc
        var truth = [["CaseID", "LesionID", "Weight", "ReaderID", "ModalityID", "Paradigm"]]
        let everyone = table.readers.joined(separator: ", ")
        let everything = table.treatments.joined(separator: ", ")
        for (index, item) in table.cases.enumerated() {
            let lesions = item.isDiseased ? (isROC ? 1 : item.lesionWeights.count) : 0
            for lesion in item.isDiseased ? Array(1...max(lesions, 1)) : [0] {
                let weight =
                    lesion == 0 ? 0 : isROC ? 1 : item.lesionWeights[lesion - 1]
                let paradigm =
                    truth.count == 1 ? (isROC ? "ROC" : "FROC") : truth.count == 2 ? "FCTRL" : ""
                truth.append([
                    names[index], String(lesion), FigureOfMerit.text(weight), everyone, everything,
                    paradigm,
                ])
            }
        }
        var negatives = [["ReaderID", "ModalityID", "CaseID", "NLRating"]]
        var positives = [["ReaderID", "ModalityID", "CaseID", "LesionID", "LLRating"]]
        for (cell, readings) in table.cells.enumerated() {
            let name = table.cellName(cell)
            for reading in readings {
                let start = [name.reader, name.treatment, names[reading.caseIndex]]
                let isDiseased = table.cases[reading.caseIndex].isDiseased
                if isROC {
                    let rating = StudyCSV.number(reading.rating)
                    if isDiseased {
                        positives.append(start + ["1", rating])
                    } else {
                        negatives.append(start + [rating])
                    }
                    continue
                }
                negatives += reading.falseMarks.map { start + [StudyCSV.number($0)] }
                for (lesion, rating) in reading.lesionRatings.enumerated() where rating > -.infinity
                {
                    positives.append(start + [String(lesion + 1), StudyCSV.number(rating)])
                }
            }
        }
        var sheets = [
            Workbook.Sheet(name: "NL", rows: negatives),
            Workbook.Sheet(name: "LL", rows: positives),
            Workbook.Sheet(name: "Truth", rows: truth),
        ]
        if !areNumbers {
            sheets.append(
                Workbook.Sheet(
                    name: "Names",
                    rows: [["CaseID", "Name"]]
                        + table.cases.indices.map { [names[$0], table.cases[$0].name] }))
        }
        return Workbook(sheets: sheets).written()
    }
}
