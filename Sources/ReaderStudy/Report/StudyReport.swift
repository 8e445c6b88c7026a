// Everything that is computed of a study that was read here: ratings, places, times, decisions.

/// The analyses of a study's readings, pathology by pathology.
public struct StudyReport: Sendable {
    /// The analyses of one pathology.
    public struct Finding: Sendable {
        /// The pathology.
        public let pathology: String
        /// The ROC analysis of the answers; nil where nothing can be computed (`fault`).
        public let ratings: ReaderStudyAnalysis?
        /// Why there is no analysis.
        public let fault: ReaderStudyError?
        /// The LROC and the free-response analyses, where marks were collected and can be judged.
        public let places: [ReaderStudyAnalysis]
        /// What the AI changed, for all readers and for each; empty without sequential readings.
        public let changes: [(group: String, changes: DecisionChanges)]
        /// First and second answers to the cases that were read twice.
        public let repeats: [(first: Int, second: Int)]
        /// Kappa of the calls (present or absent) of those pairs; NaN where it is not defined.
        public let repeatKappa: Double
    }

    /// The reading times of one treatment against those of another.
    public struct Times: Sendable {
        /// The treatment that ratios are to.
        public let reference: String
        /// The treatment.
        public let treatment: String
        /// Medians, quartiles, learning.
        public let summary: TimeSummary
        /// The mixed model of log time; nil without two readers and two cases.
        public let model: TimeModel?
        /// The readings.
        let readings: [TimedReading]
    }

    /// The readings.
    public let record: StudyRecord
    /// The SHA-256 that the design is frozen by.
    public let designHash: String
    /// One entry for each pathology asked for.
    public let findings: [Finding]
    /// Each treatment's times against the first's.
    public let times: [Times]
    /// Holm's adjusted p values of the pathologies' main tests, in the order of `findings`.
    public let holm: [Double]

    /// Analyses the readings of a study.
    ///
    /// - Parameters:
    ///   - pathologies: which to analyse; all of the plan where nil.
    ///   - advice: what the AI said of a case, by place in the plan; nil where it said nothing.
    public init(
        _ record: StudyRecord, designHash: String, pathologies: [String]? = nil,
        options: StudyAnalysisOptions = StudyAnalysisOptions(),
        advice: (Int) -> ReadingAdvice? = { _ in nil }
    ) {
        self.record = record
        self.designHash = designHash
        let said = record.plan.cases.indices.map(advice)
        findings = (pathologies ?? record.plan.pathologies).map { pathology in
            Self.finding(pathology, record, options: options, advice: said)
        }
        times = Self.times(record)
        holm = Multiplicity.holm(
            findings.map { $0.ratings?.main?.test(.readersAndCases)?.p ?? .nan })
    }

    private static func finding(
        _ pathology: String, _ record: StudyRecord, options: StudyAnalysisOptions,
        advice: [ReadingAdvice?]
    ) -> Finding {
        var ratings: ReaderStudyAnalysis?
        var fault: ReaderStudyError?
        do {
            ratings = try ReaderStudyAnalysis(
                record.ratings(of: pathology), name: pathology, options: options)
        } catch {
            fault = error
        }
        var places: [ReaderStudyAnalysis] = []
        if record.plan.collectsMarks {
            for table in [
                try? record.localisation(of: pathology), try? record.freeResponse(of: pathology),
            ] {
                guard let table, table.diseasedCount > 0 else { continue }
                var own = options
                own.figure = nil
                let title = "\(pathology), \(table.form.rawValue)"
                if let analysis = try? ReaderStudyAnalysis(table, name: title, options: own) {
                    places.append(analysis)
                }
            }
        }
        let index = Dictionary(
            record.plan.cases.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { $1 })
        let decisions = record.decisions(of: pathology) { name in
            guard let place = index[name], let answer = advice[place]?.answers[pathology] else {
                return nil
            }
            return (answer.probability, answer.uncertainty)
        }
        let repeats = record.repeatedAnswers(of: pathology)
        let from = record.plan.callsPresentFrom
        return Finding(
            pathology: pathology, ratings: ratings, fault: fault, places: places,
            changes: changes(decisions, record.plan), repeats: repeats,
            repeatKappa: repeats.isEmpty
                ? .nan
                : Agreement.cohen(
                    repeats.map { $0.first >= from ? 1 : 0 },
                    repeats.map { $0.second >= from ? 1 : 0 }, categories: 2,
                    weighting: .unweighted))
    }

    private static func changes(
        _ decisions: [AidedDecision], _ plan: StudyPlan
    ) -> [(group: String, changes: DecisionChanges)] {
        guard !decisions.isEmpty else { return [] }
        let range = plan.scale.range
        let threshold =
            Double(plan.callsPresentFrom - range.lowerBound)
            / Double(range.upperBound - range.lowerBound)
        func changed(_ some: [AidedDecision]) -> DecisionChanges {
            DecisionChanges(some, threshold: threshold, adviceThreshold: 0.5)
        }
        var groups = [(group: "all readers", changes: changed(decisions))]
        for reader in plan.readers {
            let own = decisions.filter { $0.reader == reader }
            if !own.isEmpty { groups.append((reader, changed(own))) }
        }
        if let parts = DecisionChanges.byUncertainty(
            decisions, threshold: threshold, adviceThreshold: 0.5)
        {
            groups.append(("AI certain", parts.certain))
            groups.append(("AI uncertain", parts.uncertain))
        }
        return groups
    }

    // MARK: times

    /// One scored reading's time under a treatment's name.
    private struct Timed {
        let treatment: String
        let reader: Int
        let caseIndex: Int
        let seconds: Double
        let position: Int
    }

    private static func times(_ record: StudyRecord) -> [Times] {
        let plan = record.plan
        var positions = [Int](repeating: 0, count: plan.readers.count)
        var all: [Timed] = []
        for reading in record.completed where reading.purpose == .scored {
            guard let reader = plan.readers.firstIndex(of: reading.reader) else { continue }
            let name = plan.conditions[reading.conditionIndex].name
            for (treatment, seconds) in [
                ("\(name), first", reading.firstSeconds), (name, reading.seconds),
            ] {
                guard let seconds, seconds > 0 else { continue }
                all.append(
                    Timed(
                        treatment: treatment, reader: reader, caseIndex: reading.caseIndex,
                        seconds: seconds, position: positions[reader]))
            }
            positions[reader] += 1
        }
        let names = plan.conditions.flatMap { ["\($0.name), first", $0.name] }
            .filter { name in all.contains { $0.treatment == name } }
        guard let reference = names.first else { return [] }
        return names.dropFirst().map { name in
            let readings = all.filter { $0.treatment == reference || $0.treatment == name }.map {
                TimedReading(
                    reader: $0.reader, caseIndex: $0.caseIndex, isAided: $0.treatment == name,
                    seconds: $0.seconds, position: $0.position)
            }
            return Times(
                reference: reference, treatment: name, summary: TimeSummary(readings),
                model: TimeModel(readings), readings: readings)
        }
    }
}
