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
    /// The marks, oldest first.
    public let marks: [ReadingMark]
    /// The note; may be empty.
    public let note: String
    /// The recommended action; nil where none is asked for.
    public let action: String?
    /// Reading time without pauses, in seconds.
    public let seconds: Double
    /// Time to the first submit of a sequential reading, in seconds.
    public let firstSeconds: Double?
    /// Times the reader was noticed to be away.
    public let idleCount: Int
    /// When it was submitted, in seconds since 1970, UTC; nil where the log does not say.
    public let finishedAt: Double?
    /// The terminal's round trip when the session began, in seconds; nil where it did not answer.
    public let roundTripSeconds: Double?
}

/// The readings of a study so far.
public struct StudyRecord: Sendable {
    /// A begun session: how its clock stands to the wall's.
    private struct Session {
        let utcSeconds: Double
        let nanoseconds: UInt64
        let roundTripSeconds: Double?
    }

    /// The plan.
    public let plan: StudyPlan
    /// Finished readings in the order in which they were done.
    public private(set) var completed: [CompletedReading] = []
    /// The reading that each reader has begun and not finished, with what was recorded of it.
    public private(set) var unfinished: [String: (caseIndex: Int, session: ReadingSession)] = [:]
    /// The last finished reading of each reader, which may be opened again.
    private var last: [String: ReadingSession] = [:]
    private var sessions: [String: Session] = [:]

    /// Rebuilds the readings of a log; throws where it does not fit the plan or its own rules.
    ///
    /// Lines of several readers may be mixed, or stand one reader after another.
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
        if case .session(let facts) = record.event {
            sessions[record.reader] = facts["utc"].flatMap { Double($0) }.map {
                Session(
                    utcSeconds: $0, nanoseconds: record.nanoseconds,
                    roundTripSeconds: facts["round_trip_s"].flatMap { Double($0) })
            }
        }
        guard case .reading(let event) = record.event else { return }
        guard let caseIndex = plan.cases.firstIndex(where: { $0.name == record.caseName }),
            let condition = plan.conditions.first(where: { $0.name == record.condition }),
            plan.readers.contains(record.reader)
        else { throw .notShown }
        var current = unfinished[record.reader]
        if current == nil, event == .firstPaint {
            current = (caseIndex, ReadingSession(condition: condition, rules: plan.rules))
        }
        if current == nil, event == .reopen { current = reopened(by: record.reader) }
        guard var current, current.caseIndex == caseIndex,
            current.session.condition == condition
        else { throw .notShown }
        if event == .firstPaint {
            try current.session.takePaint(at: record.nanoseconds)
        } else {
            try current.session.take(event, at: record.nanoseconds)
        }
        if current.session.phase == .done {
            unfinished[record.reader] = nil
            last[record.reader] = current.session
            finish(
                current.session, reader: record.reader, caseIndex: caseIndex,
                at: record.nanoseconds)
        } else {
            unfinished[record.reader] = current
        }
    }

    /// Takes the reader's last finished reading back among the unfinished ones.
    private mutating func reopened(by reader: String)
        -> (caseIndex: Int, session: ReadingSession)?
    {
        guard let session = last[reader],
            let place = completed.lastIndex(where: { $0.reader == reader })
        else { return nil }
        last[reader] = nil
        return (completed.remove(at: place).caseIndex, session)
    }

    private mutating func finish(
        _ session: ReadingSession, reader: String, caseIndex: Int, at nanoseconds: UInt64
    ) {
        let conditionIndex = plan.conditions.firstIndex(of: session.condition) ?? 0
        let before = completed.contains {
            $0.reader == reader && $0.caseIndex == caseIndex && $0.conditionIndex == conditionIndex
        }
        let purpose: ScheduledReading.Purpose =
            plan.cases[caseIndex].isTraining ? .training : before ? .repeated : .scored
        let start = sessions[reader]
        completed.append(
            CompletedReading(
                reader: reader, caseIndex: caseIndex, conditionIndex: conditionIndex,
                purpose: purpose, firstAnswers: session.firstAnswers, answers: session.answers,
                marks: session.marks, note: session.note, action: session.action,
                seconds: Double(session.readingNanoseconds) / 1e9,
                firstSeconds: session.firstReadingNanoseconds.map { Double($0) / 1e9 },
                idleCount: session.idleCount,
                finishedAt: start.map {
                    $0.utcSeconds + Double(nanoseconds - min($0.nanoseconds, nanoseconds)) / 1e9
                }, roundTripSeconds: start?.roundTripSeconds))
    }

    /// The readings of one reader in the order of the schedule that are still to be done.
    public func remaining(for reader: String, schedule: StudySchedule)
        -> [(period: Int, reading: ScheduledReading)]
    {
        guard let index = plan.readers.firstIndex(of: reader) else { return [] }
        let done = Set(
            completed.filter { $0.reader == reader }.map {
                ScheduledReading(
                    caseIndex: $0.caseIndex, conditionIndex: $0.conditionIndex, purpose: $0.purpose)
            })
        return schedule.periods[index].enumerated().flatMap { period, part in
            part.readings.filter { !done.contains($0) }.map { (period, $0) }
        }
    }

    /// When a reader may begin a period, in seconds since 1970, UTC; nil for now.
    ///
    /// The washout runs from the last reading of the period before.
    public func earliestStart(of period: Int, for reader: String, schedule: StudySchedule)
        -> Double?
    {
        guard period > 0, plan.washoutDays > 0,
            let index = plan.readers.firstIndex(of: reader)
        else { return nil }
        let before = Set(schedule.periods[index][..<period].flatMap(\.readings))
        let last = completed.filter { reading in
            reading.reader == reader
                && before.contains(
                    ScheduledReading(
                        caseIndex: reading.caseIndex, conditionIndex: reading.conditionIndex,
                        purpose: reading.purpose))
        }.compactMap(\.finishedAt).max()
        return last.map { $0 + Double(plan.washoutDays) * 86_400 }
    }

    /// What a reader is to read next: the first of the schedule that is not done; nil at the end.
    public func next(for reader: String, schedule: StudySchedule) -> (
        period: Int, reading: ScheduledReading
    )? {
        remaining(for: reader, schedule: schedule).first
    }
}
