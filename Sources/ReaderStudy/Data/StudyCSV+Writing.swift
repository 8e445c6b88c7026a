// Writing a study in the CSV forms.

extension StudyCSV {
    /// The study in its own form, with the rows of a cell together, cases in order.
    public static func text(of table: ReadingTable) -> String {
        var text = header(of: table.form) + "\n"
        for (cell, readings) in table.cells.enumerated() {
            let name = table.cellName(cell)
            let start = "\(field(name.reader)),\(field(name.treatment)),"
            for reading in readings {
                let item = table.cases[reading.caseIndex]
                let prefix = start + "\(field(item.name)),\(item.isDiseased ? 1 : 0),"
                for row in rows(of: reading, item, table.form) { text += prefix + row + "\n" }
            }
        }
        return text
    }

    private static func header(of form: ReadingTable.Form) -> String {
        switch form {
        case .roc: "reader,treatment,case,truth,rating"
        case .freeResponse: "reader,treatment,case,truth,lesion_id,rating,weight"
        case .localisation: "reader,treatment,case,truth,rating,correct"
        }
    }

    /// What follows the truth, for each row of a reading.
    private static func rows(
        of reading: ReadingTable.Reading, _ item: ReadingTable.Case, _ form: ReadingTable.Form
    ) -> [String] {
        switch form {
        case .roc: return [number(reading.rating)]
        case .localisation:
            let correct = item.isDiseased ? (reading.isLocalised ? "1" : "0") : ""
            return ["\(number(reading.rating)),\(correct)"]
        case .freeResponse:
            var rows = reading.falseMarks.map { "0,\(number($0))," }
            for (lesion, rating) in reading.lesionRatings.enumerated() {
                rows.append("\(lesion + 1),\(number(rating)),\(item.lesionWeights[lesion])")
            }
            return rows.isEmpty ? ["0,,"] : rows
        }
    }

    /// A rating as short as it can be said; empty for a lesion that was not marked.
    static func number(_ value: Double) -> String {
        value == -.infinity ? "" : FigureOfMerit.text(value)
    }

    /// A field, quoted where it must be (RFC 4180).
    public static func field(_ text: String) -> String {
        let isPlain =
            !text.contains { $0 == "," || $0 == "\"" || $0.isNewline }
            && text.first != " " && text.last != " "
        return isPlain ? text : "\"" + text.replacing("\"", with: "\"\"") + "\""
    }
}
