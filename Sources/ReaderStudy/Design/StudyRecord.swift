// What readers have done of a study, and the tables that analyses take.

/// One finished reading.
public struct CompletedReading: Sendable, Hashable {
    /// The reader's name.
    public let reader: String
    /// Index into the plan's cases.
    public let caseIndex: Int
    /// Index into the plan's conditions.
    public let conditionIndex: Int
    /// What it was for.
    public let purpose: ScheduledReading.Purpose
    /// The locked first answers of a sequential condition; empty in others.
    public let firstAnswers: [String: Int]
    /// The final answers.
    public let answers: [String: Int]
    /// Reading time without pauses, in seconds.
    public let seconds: Double
    /// Time to the first submit of a sequential reading, in seconds.
    public let firstSeconds: Double?
}

/// The readings of a study so far.
public struct StudyRecord: Sendable {
    /// The plan.
    public let plan: StudyPlan
    /// Finished readings in the order in which they were done.
    public private(set) var completed: [CompletedReading] = []
    /// The reading that each reader has begun and not finished, with what was recorded of it.
    public private(set) var unfinished: [String: (caseIndex: Int, session: ReadingSession)] = [:]

    /// Rebuilds the readings of a log; throws where it does not fit the plan or its own rules.
    public init(plan: StudyPlan, records: [ReadingLog.Record]) throws(ReaderStudyError) {
        self.plan = plan
        for (number, record) in records.enumerated() {
            do {
                try take(record)
            } catch {
                throw .unreadable(
                    file: "the log of \(plan.name)",
                    reason: "line \(number + 1) cannot follow what is before it (\(error))")
            }
        }
    }

    private mutating func take(_ record: ReadingLog.Record) throws(ReadingFault) {
        guard let caseIndex = plan.cases.firstIndex(where: { $0.name == record.caseName }),
            let condition = plan.conditions.first(where: { $0.name == record.condition }),
            plan.readers.contains(record.reader)
        else { throw .notShown }
        var current = unfinished[record.reader]
        if current == nil, record.event == .firstPaint {
            current = (
                caseIndex,
                ReadingSession(
                    condition: condition, pathologies: plan.pathologies, scale: plan.scale)
            )
        }
        guard var current, current.caseIndex == caseIndex,
            current.session.condition == condition
        else { throw .notShown }
        // A resumed case is painted again: a crash is a pause whose end is that paint.
        let isRepaint = record.event == .firstPaint && current.session.phase != .waiting
        if isRepaint {
            if !current.session.isPaused {
                let last = current.session.entries.last?.nanoseconds ?? 0
                try current.session.take(.pause, at: last)
            }
            try current.session.take(.resume, at: record.nanoseconds)
        } else {
            try current.session.take(record.event, at: record.nanoseconds)
        }
        if current.session.phase == .done {
            unfinished[record.reader] = nil
            finish(current.session, reader: record.reader, caseIndex: caseIndex)
        } else {
            unfinished[record.reader] = current
        }
    }

    private mutating func finish(_ session: ReadingSession, reader: String, caseIndex: Int) {
        let conditionIndex = plan.conditions.firstIndex(of: session.condition) ?? 0
        let before = completed.contains {
            $0.reader == reader && $0.caseIndex == caseIndex && $0.conditionIndex == conditionIndex
        }
        let purpose: ScheduledReading.Purpose =
            plan.cases[caseIndex].isTraining ? .training : before ? .repeated : .scored
        completed.append(
            CompletedReading(
                reader: reader, caseIndex: caseIndex, conditionIndex: conditionIndex,
                purpose: purpose, firstAnswers: session.firstAnswers, answers: session.answers,
                seconds: Double(session.readingNanoseconds) / 1e9,
                firstSeconds: session.firstReadingNanoseconds.map { Double($0) / 1e9 }))
    }

    /// What a reader is to read next: the first of the schedule that is not done; nil at the end.
    public func next(for reader: String, schedule: StudySchedule) -> (
        period: Int, reading: ScheduledReading
    )? {
        guard let index = plan.readers.firstIndex(of: reader) else { return nil }
        let done = Set(
            completed.filter { $0.reader == reader }.map {
                ScheduledReading(
                    caseIndex: $0.caseIndex, conditionIndex: $0.conditionIndex, purpose: $0.purpose)
            })
        for (period, part) in schedule.periods[index].enumerated() {
            if let reading = part.readings.first(where: { !done.contains($0) }) {
                return (period, reading)
            }
        }
        return nil
    }

    /// The scored ratings of one pathology as a study to analyse.
    ///
    /// A sequential condition gives two treatments: `NAME, first` with the locked answers, and
    /// `NAME`. Throws where nothing was rated.
    public func ratings(of pathology: String) throws(ReaderStudyError) -> ReadingTable {
        var builder = TableBuilder(file: plan.name, form: .roc)
        for (number, reading) in completed.enumerated() where reading.purpose == .scored {
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
