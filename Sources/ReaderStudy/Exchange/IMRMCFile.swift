// The file form of the FDA's iMRMC software.

/// Reads and writes `.imrmc` files: text, then `BEGIN DATA:`, then rows `reader,case,modality,score`,
/// in which reader -1 (or `truth`) gives each case's truth.
public enum IMRMCFile {
    /// Reads the bytes of a file; `name` is used in errors.
    public static func table(_ bytes: [UInt8], name: String) throws(ReaderStudyError)
        -> ReadingTable
    {
        var lines = CSVLines(bytes, file: name)
        var isData = false
        var truths: [String: String] = [:]
        var rows: [(fields: [String], line: Int)] = []
        while let row = try lines.next() {
            if !isData {
                isData = row.fields[0].uppercased().hasPrefix("BEGIN DATA")
                continue
            }
            guard row.fields.count >= 4 else {
                throw .row(
                    file: name, line: row.line,
                    .tooFewFields(found: row.fields.count, expected: 4))
            }
            guard row.fields.count == 4 else {
                throw .row(
                    file: name, line: row.line,
                    .tooManyFields(found: row.fields.count, expected: 4))
            }
            if row.fields[0] == "-1" || row.fields[0].lowercased() == "truth" {
                truths[row.fields[1]] = row.fields[3]
            } else {
                rows.append((row.fields, row.line))
            }
        }
        guard isData else {
            throw .wrongHeader(file: name, found: "no line BEGIN DATA:")
        }
        var builder = TableBuilder(file: name, form: .roc)
        for (fields, line) in rows {
            guard let truth = truths[fields[1]] else {
                throw .row(file: name, line: line, .empty(column: "truth (reader -1)"))
            }
            try builder.add(
                [fields[0], fields[2], fields[1], truth, fields[3]], line: line)
        }
        return try builder.table()
    }

    /// Writes a study of ROC ratings (the ratings of LROC data, without locations).
    public static func text(of table: ReadingTable, title: String) throws(ReaderStudyError)
        -> String
    {
        guard table.form != .freeResponse else {
            throw .design(
                .figureNotInForm(figure: "a single rating (.imrmc)", form: "free response"))
        }
        for name in table.readers + table.treatments + table.cases.map(\.name)
        where name.contains(where: { $0 == "," || $0.isNewline }) || name == "-1" {
            throw .option(
                name: "a name", found: StudyCSV.shortened(name),
                expected: "names without commas and not -1, for .imrmc")
        }
        let diseased = table.diseasedCount
        var text = "\(StudyCSV.shortened(title))\n\nNR: \(table.readers.count)\n"
        text += "N0: \(table.cases.count - diseased)\nN1: \(diseased)\n"
        text += "NM: \(table.treatments.count)\n\nBEGIN DATA:\n"
        for item in table.cases { text += "-1,\(item.name),0,\(item.isDiseased ? 1 : 0)\n" }
        for (cell, readings) in table.cells.enumerated() {
            let name = table.cellName(cell)
            for reading in readings {
                text += "\(name.reader),\(table.cases[reading.caseIndex].name),"
                text += "\(name.treatment),\(StudyCSV.number(reading.rating))\n"
            }
        }
        return text
    }
}
