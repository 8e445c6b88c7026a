// Reading times and aided decisions from CSV.

/// Reads the tables of times and of decisions.
public enum BehaviourCSV {
    /// Times with the names that their indices stand for.
    public struct Times: Sendable {
        /// Every reading's time.
        public let readings: [TimedReading]
        /// The two treatments: the one that ratios are to, then the other.
        public let treatments: [String]
    }

    /// Reads `reader,treatment,case,seconds`, rows in the order of reading.
    ///
    /// Two treatments; `reference` names the one that ratios are to (the first of the file else).
    public static func times(_ bytes: [UInt8], name file: String, reference: String? = nil)
        throws(ReaderStudyError) -> Times
    {
        var readers = NameTable()
        var treatments = NameTable()
        var cases = NameTable()
        var positions: [Int] = []
        var rows: [(reader: Int, treatment: Int, caseIndex: Int, seconds: Double, position: Int)] =
            []
        let columns = ["reader", "treatment", "case", "seconds"]
        try read(bytes, file, columns) { (fields, line) throws(ReaderStudyError) in
            let seconds = try number(fields[3], columns[3], file, line)
            guard seconds > 0 else {
                throw .row(
                    file: file, line: line,
                    .notANumber(column: "seconds (above 0)", found: StudyCSV.shortened(fields[3])))
            }
            let reader = readers.index(of: fields[0])
            if reader == positions.count { positions.append(0) }
            rows.append(
                (
                    reader, treatments.index(of: fields[1]), cases.index(of: fields[2]), seconds,
                    positions[reader]
                ))
            positions[reader] += 1
        }
        guard treatments.names.count == 2 else {
            throw .design(
                .wrongCount(
                    of: "treatments", found: treatments.names.count,
                    expected: "for times two are"))
        }
        let first = reference ?? treatments.names[0]
        guard let base = treatments.names.firstIndex(of: first) else {
            throw .option(
                name: "--reference", found: StudyCSV.shortened(first),
                expected: treatments.names.joined(separator: " or "))
        }
        return Times(
            readings: rows.map {
                TimedReading(
                    reader: $0.reader, caseIndex: $0.caseIndex, isAided: $0.treatment != base,
                    seconds: $0.seconds, position: $0.position)
            }, treatments: [first, treatments.names[1 - base]])
    }

    /// Reads `reader,case,truth,before,after,advice,uncertainty`, confidences of 0...1, the
    /// uncertainty empty where it was not told.
    public static func decisions(_ bytes: [UInt8], name file: String) throws(ReaderStudyError)
        -> [AidedDecision]
    {
        var decisions: [AidedDecision] = []
        let columns = ["reader", "case", "truth", "before", "after", "advice", "uncertainty"]
        try read(bytes, file, columns) { (fields, line) throws(ReaderStudyError) in
            guard ["0", "1"].contains(fields[2]) else {
                throw .row(
                    file: file, line: line,
                    .truthNotBinary(found: StudyCSV.shortened(fields[2])))
            }
            var values: [Double] = []
            for column in 3...5 {
                let value = try number(fields[column], columns[column], file, line)
                guard (0...1).contains(value) else {
                    throw .row(
                        file: file, line: line,
                        .notANumber(
                            column: "\(columns[column]) (0 to 1)",
                            found: StudyCSV.shortened(fields[column])))
                }
                values.append(value)
            }
            decisions.append(
                AidedDecision(
                    reader: fields[0], isDiseased: fields[2] == "1", before: values[0],
                    after: values[1], advice: values[2],
                    uncertainty: fields[6].isEmpty
                        ? nil : try number(fields[6], columns[6], file, line)))
        }
        return decisions
    }

    static func read(
        _ bytes: [UInt8], _ file: String, _ columns: [String],
        _ row: ([String], Int) throws(ReaderStudyError) -> Void
    ) throws(ReaderStudyError) {
        var lines = CSVLines(bytes, file: file)
        let header = try lines.next()?.fields ?? []
        guard header.map({ $0.lowercased() }) == columns else {
            throw .option(
                name: "the header of \(file)",
                found: StudyCSV.shortened(header.joined(separator: ",")),
                expected: columns.joined(separator: ","))
        }
        var isEmpty = true
        while let next = try lines.next() {
            guard next.fields.count == columns.count else {
                throw .row(
                    file: file, line: next.line,
                    next.fields.count < columns.count
                        ? .tooFewFields(found: next.fields.count, expected: columns.count)
                        : .tooManyFields(found: next.fields.count, expected: columns.count))
            }
            try row(next.fields, next.line)
            isEmpty = false
        }
        if isEmpty { throw .noRows(file: file) }
    }

    static func number(_ text: String, _ column: String, _ file: String, _ line: Int)
        throws(ReaderStudyError) -> Double
    {
        guard let value = Double(text), value.isFinite else {
            throw .row(
                file: file, line: line,
                .notANumber(column: column, found: StudyCSV.shortened(text)))
        }
        return value
    }
}
