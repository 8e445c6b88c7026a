// The tables that analyses take, from what readers have done.

extension StudyRecord {
    /// The scored readings by condition, reader and case, as the plan has them: tables then do not
    /// depend on who read first.
    var scored: [CompletedReading] {
        func key(_ reading: CompletedReading) -> (Int, Int, Int) {
            (
                reading.conditionIndex, plan.readers.firstIndex(of: reading.reader) ?? 0,
                reading.caseIndex
            )
        }
        return completed.filter { $0.purpose == .scored }.sorted { key($0) < key($1) }
    }

    /// The scored ratings of one pathology as a study to analyse.
    ///
    /// A sequential condition gives two treatments: `NAME, first` with the locked answers, and
    /// `NAME`. Throws where nothing was rated.
    public func ratings(of pathology: String) throws(ReaderStudyError) -> ReadingTable {
        var builder = TableBuilder(file: plan.name, form: .roc)
        for (number, reading) in scored.enumerated() {
            let item = plan.cases[reading.caseIndex]
            let condition = plan.conditions[reading.conditionIndex]
            let truth = item.findings.contains(pathology) ? "1" : "0"
            for (treatment, answers) in [
                ("\(condition.name), first", reading.firstAnswers),
                (condition.name, reading.answers),
            ] {
                guard let rating = answers[pathology] else { continue }
                try builder.add(
                    [reading.reader, treatment, item.name, truth, String(rating)], line: number + 1)
            }
        }
        return try builder.table()
    }

    /// The scored marks of one pathology as a free-response study.
    ///
    /// A mark within the radius of a true location hits that lesion, and the highest such mark
    /// counts; the others hit none. Every lesion weighs the same. Cases whose finding has no
    /// location are left out: nobody can say what a mark in them hits.
    public func freeResponse(of pathology: String) throws(ReaderStudyError) -> ReadingTable {
        var builder = TableBuilder(file: plan.name, form: .freeResponse)
        for (number, reading) in scored.enumerated() {
            let item = plan.cases[reading.caseIndex]
            let lesions = item.locations.filter { $0.finding == pathology }
            let isDiseased = item.findings.contains(pathology)
            if isDiseased && lesions.isEmpty { continue }
            let start = [
                reading.reader, plan.conditions[reading.conditionIndex].name, item.name,
                isDiseased ? "1" : "0",
            ]
            var best = [Int?](repeating: nil, count: lesions.count)
            var misses: [Int] = []
            for mark in reading.marks where mark.pathology == pathology {
                let hit = lesions.firstIndex { $0.contains(column: mark.column, row: mark.row) }
                if let hit {
                    best[hit] = max(best[hit] ?? mark.confidence, mark.confidence)
                } else {
                    misses.append(mark.confidence)
                }
            }
            var rows = misses.map { ["0", String($0), ""] }
            for (index, rating) in best.enumerated() {
                rows.append([
                    String(index + 1), rating.map { String($0) } ?? "",
                    String(1 / Double(lesions.count)),
                ])
            }
            if rows.isEmpty { rows = [["0", "", ""]] }
            for row in rows { try builder.add(start + row, line: number + 1) }
        }
        return try builder.table()
    }

    /// The scored answers and marks of one pathology as an LROC study: one rating and one place.
    ///
    /// The place is that of the most confident mark, of several the newest. It is correct where it
    /// hits a true location. Cases whose finding has no location are left out.
    public func localisation(of pathology: String) throws(ReaderStudyError) -> ReadingTable {
        var builder = TableBuilder(file: plan.name, form: .localisation)
        for (number, reading) in scored.enumerated() {
            let item = plan.cases[reading.caseIndex]
            let lesions = item.locations.filter { $0.finding == pathology }
            let isDiseased = item.findings.contains(pathology)
            guard !isDiseased || !lesions.isEmpty, let rating = reading.answers[pathology] else {
                continue
            }
            let best = reading.marks.enumerated().filter { $0.element.pathology == pathology }
                .max { ($0.element.confidence, $0.offset) < ($1.element.confidence, $1.offset) }
            let isCorrect = best.map { mark in
                lesions.contains { $0.contains(column: mark.element.column, row: mark.element.row) }
            }
            try builder.add(
                [
                    reading.reader, plan.conditions[reading.conditionIndex].name, item.name,
                    isDiseased ? "1" : "0", String(rating),
                    isDiseased ? (isCorrect == true ? "1" : "0") : "",
                ], line: number + 1)
        }
        return try builder.table()
    }

    /// Notes and recommended actions of the scored readings, as CSV.
    public var remarksCSV: String {
        "reader,treatment,case,action,note\n"
            + scored.map { reading in
                [
                    reading.reader, plan.conditions[reading.conditionIndex].name,
                    plan.cases[reading.caseIndex].name, reading.action ?? "", reading.note,
                ].map(StudyCSV.field).joined(separator: ",") + "\n"
            }.joined()
    }

    /// The times of the scored readings, as `wetread study times` reads them.
    public var timesCSV: String {
        "reader,treatment,case,seconds\n"
            + completed.filter { $0.purpose == .scored }.map { reading in
                [
                    reading.reader, plan.conditions[reading.conditionIndex].name,
                    plan.cases[reading.caseIndex].name, String(reading.seconds),
                ].map(StudyCSV.field).joined(separator: ",") + "\n"
            }.joined()
    }

    /// The decisions of one pathology before and after the AI, from sequential conditions.
    ///
    /// `advice` gives what the AI said of a case (0...1) and how unsure it was.
    public func decisions(
        of pathology: String, advice: (String) -> (probability: Double, uncertainty: Double?)?
    ) -> [AidedDecision] {
        let range = plan.scale.range
        func share(_ answer: Int) -> Double {
            Double(answer - range.lowerBound) / Double(range.upperBound - range.lowerBound)
        }
        return completed.compactMap { reading in
            let item = plan.cases[reading.caseIndex]
            guard reading.purpose == .scored, let before = reading.firstAnswers[pathology],
                let after = reading.answers[pathology], let said = advice(item.name)
            else { return nil }
            return AidedDecision(
                reader: reading.reader, isDiseased: item.findings.contains(pathology),
                before: share(before), after: share(after), advice: said.probability,
                uncertainty: said.uncertainty)
        }
    }

    /// Agreement within readers: first and second answers to the repeated cases.
    public func repeatedAnswers(of pathology: String) -> [(first: Int, second: Int)] {
        completed.filter { $0.purpose == .repeated }.compactMap { second in
            let first = completed.first {
                $0.purpose == .scored && $0.reader == second.reader
                    && $0.caseIndex == second.caseIndex
                    && $0.conditionIndex == second.conditionIndex
            }
            guard let a = first?.answers[pathology], let b = second.answers[pathology] else {
                return nil
            }
            return (a, b)
        }
    }
}
