// A plan's cases from a CSV list.

extension PlannedCase {
    /// Reads `case,findings,training`: findings parted by semicolons (empty: none of them),
    /// training 1, 0 or empty.
    public static func list(_ bytes: [UInt8], name file: String) throws(ReaderStudyError)
        -> [PlannedCase]
    {
        var lines = CSVLines(bytes, file: file)
        let expected = ["case", "findings", "training"]
        let header = try lines.next()?.fields ?? []
        guard header.map({ $0.lowercased() }) == expected else {
            throw .option(
                name: "the header of \(file)",
                found: StudyCSV.shortened(header.joined(separator: ",")),
                expected: expected.joined(separator: ","))
        }
        var cases: [PlannedCase] = []
        while let row = try lines.next() {
            guard row.fields.count == expected.count else {
                throw .row(
                    file: file, line: row.line,
                    row.fields.count < expected.count
                        ? .tooFewFields(found: row.fields.count, expected: expected.count)
                        : .tooManyFields(found: row.fields.count, expected: expected.count))
            }
            guard !row.fields[0].isEmpty else {
                throw .row(file: file, line: row.line, .empty(column: "case"))
            }
            guard ["", "0", "1"].contains(row.fields[2]) else {
                throw .row(
                    file: file, line: row.line,
                    .notANumber(column: "training", found: StudyCSV.shortened(row.fields[2])))
            }
            cases.append(
                PlannedCase(
                    name: row.fields[0],
                    findings: row.fields[1].split(separator: ";").map {
                        String($0.trimmingPrefix(while: \.isWhitespace))
                    }, isTraining: row.fields[2] == "1"))
        }
        guard !cases.isEmpty else { throw .noRows(file: file) }
        return cases
    }
}
