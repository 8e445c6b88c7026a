// A plan's cases from a CSV list.

/// A row of a list of cases: the case, and what was said of its image.
public struct ListedCase: Sendable, Hashable {
    /// The case.
    public var planned: PlannedCase
    /// The image's file; nil where its name is the case's.
    public var file: String?

    /// Makes a row.
    public init(planned: PlannedCase, file: String?) {
        self.planned = planned
        self.file = file
    }
}

extension PlannedCase {
    private static let columns = ["case", "findings", "training", "file", "locations"]

    /// Reads `case,findings,training` and, where they are there, the columns `file` and
    /// `locations`.
    ///
    /// Findings are parted by semicolons (empty: none of them), training is 1, 0 or empty, a
    /// location is `FINDING@COLUMN:ROW:RADIUS` in image pixels, several parted by semicolons.
    public static func list(_ bytes: [UInt8], name file: String) throws(ReaderStudyError)
        -> [ListedCase]
    {
        var lines = CSVLines(bytes, file: file)
        let header = (try lines.next()?.fields ?? []).map { $0.lowercased() }
        guard (3...5).contains(header.count), header == Array(columns.prefix(header.count)) else {
            throw .option(
                name: "the header of \(file)",
                found: StudyCSV.shortened(header.joined(separator: ",")),
                expected: columns.prefix(3).joined(separator: ",") + "[,file[,locations]]")
        }
        var cases: [ListedCase] = []
        while let row = try lines.next() {
            guard row.fields.count == header.count else {
                throw .row(
                    file: file, line: row.line,
                    row.fields.count < header.count
                        ? .tooFewFields(found: row.fields.count, expected: header.count)
                        : .tooManyFields(found: row.fields.count, expected: header.count))
            }
            cases.append(try listed(row.fields, file: file, line: row.line))
        }
        guard !cases.isEmpty else { throw .noRows(file: file) }
        return cases
    }

    private static func listed(_ fields: [String], file: String, line: Int)
        throws(ReaderStudyError) -> ListedCase
    {
        guard !fields[0].isEmpty else {
            throw .row(file: file, line: line, .empty(column: "case"))
        }
        guard ["", "0", "1"].contains(fields[2]) else {
            throw .row(
                file: file, line: line,
                .notANumber(column: "training", found: StudyCSV.shortened(fields[2])))
        }
        var item = PlannedCase(
            name: fields[0], findings: parts(fields[1]), isTraining: fields[2] == "1")
        for part in fields.count > 4 ? parts(fields[4]) : [] {
            guard let location = PlannedLocation(text: part) else {
                throw .row(
                    file: file, line: line,
                    .notANumber(
                        column: "locations (FINDING@COLUMN:ROW:RADIUS)",
                        found: StudyCSV.shortened(part)))
            }
            item.locations.append(location)
        }
        let image = fields.count > 3 && !fields[3].isEmpty ? fields[3] : nil
        return ListedCase(planned: item, file: image)
    }

    private static func parts(_ field: String) -> [String] {
        field.split(separator: ";").map { String($0.trimmingPrefix(while: \.isWhitespace)) }
    }
}

extension PlannedLocation {
    /// Reads `FINDING@COLUMN:ROW:RADIUS`; nil for anything else.
    public init?(text: String) {
        guard let at = text.lastIndex(of: "@"), at > text.startIndex else { return nil }
        let numbers = text[text.index(after: at)...].split(separator: ":").map { Int($0) }
        guard numbers.count == 3, let column = numbers[0], let row = numbers[1],
            let radius = numbers[2]
        else { return nil }
        self.init(
            finding: String(text[..<at]), column: column, row: row, radius: radius)
    }
}
