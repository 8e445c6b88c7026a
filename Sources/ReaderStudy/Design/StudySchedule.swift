// Who reads which case when: balanced, seeded, and the same for the same plan.

/// One reading of the schedule.
public struct ScheduledReading: Sendable, Hashable {
    /// What the reading is for.
    public enum Purpose: String, Sendable, Hashable {
        /// With feedback, not scored.
        case training
        /// Scored.
        case scored
        /// A second reading of a scored case in the same condition.
        case repeated
    }

    /// Index into the plan's cases.
    public let caseIndex: Int
    /// Index into the plan's conditions.
    public let conditionIndex: Int
    /// What it is for.
    public let purpose: Purpose
}

/// One period of one reader: readings in order, not before a day.
public struct ReadingPeriod: Sendable, Hashable {
    /// Days after the reader's first period at the earliest.
    public let earliestDay: Int
    /// The readings in their order.
    public let readings: [ScheduledReading]
}

/// The schedule of a plan.
public struct StudySchedule: Sendable, Hashable {
    /// The periods of each reader, in the plan's order of readers.
    public let periods: [[ReadingPeriod]]

    /// Draws the schedule; the same plan always gives the same.
    ///
    /// Cases are cut into as many blocks as there are conditions; in each period a reader reads
    /// every block, each in another condition by the rows of a Williams square, so that over the
    /// periods every case meets every condition, and over the readers every condition comes first
    /// equally often. Within a period cases of one condition stand together, in random order.
    public init(_ plan: StudyPlan) {
        periods = plan.readers.indices.map { Self.periods(plan, reader: $0) }
    }

    private static func periods(_ plan: StudyPlan, reader: Int) -> [ReadingPeriod] {
        let count = plan.conditions.count
        guard count > 0 else { return [] }
        // The blocks are the study's, the order within them the reader's.
        var shared = StudyRandom(seed: plan.seed, "blocks of \(plan.name)")
        var own = StudyRandom(seed: plan.seed, "\(plan.name)/\(plan.readers[reader])")
        let blocks = blocks(plan, reader: reader, random: &shared)
        let rows = orders(plan, random: &own)
        let repeated = repeatedCases(plan, blocks: blocks, random: &own)
        return (0..<count).map { period in
            var readings: [ScheduledReading] = []
            if period == 0 {
                for index in plan.cases.indices where plan.cases[index].isTraining {
                    readings.append(
                        ScheduledReading(
                            caseIndex: index, conditionIndex: rows[reader % rows.count][0],
                            purpose: .training))
                }
            }
            var parts = blocks.indices.map { block in
                let row = rows[(reader + block) % rows.count]
                return (condition: row[period], cases: blocks[block])
            }
            parts.shuffle(using: &own)
            // Blocks that meet the same condition in this period are read together.
            for condition in order(of: parts.map(\.condition)) {
                var cases = parts.filter { $0.condition == condition }.flatMap(\.cases)
                cases.shuffle(using: &own)
                var again = cases.filter { repeated.contains($0) }
                again.shuffle(using: &own)
                readings += cases.map {
                    ScheduledReading(
                        caseIndex: $0, conditionIndex: condition, purpose: .scored)
                }
                readings += again.map {
                    ScheduledReading(
                        caseIndex: $0, conditionIndex: condition, purpose: .repeated)
                }
            }
            return ReadingPeriod(
                earliestDay: period * plan.washoutDays, readings: readings)
        }
    }

    /// Distinct values in the order of their first appearance.
    private static func order(of values: [Int]) -> [Int] {
        var seen = Set<Int>()
        return values.filter { seen.insert($0).inserted }
    }

    /// The scored cases of a reader's group, dealt into as many blocks as there are conditions.
    private static func blocks(
        _ plan: StudyPlan, reader: Int, random: inout StudyRandom
    ) -> [[Int]] {
        var scored = plan.cases.indices.filter { !plan.cases[$0].isTraining }
        scored.shuffle(using: &random)
        // Diseased and other cases are dealt in turn, so that blocks hold about as many of each.
        scored =
            scored.filter { !plan.cases[$0].findings.isEmpty }
            + scored.filter { plan.cases[$0].findings.isEmpty }
        if plan.design == .splitPlot {
            let group = reader % max(plan.groupCount, 1)
            scored = scored.indices.filter { $0 % max(plan.groupCount, 1) == group }
                .map { scored[$0] }
        }
        let count = plan.conditions.count
        return (0..<count).map { block in
            scored.indices.filter { $0 % count == block }.map { scored[$0] }
        }
    }

    private static func repeatedCases(
        _ plan: StudyPlan, blocks: [[Int]], random: inout StudyRandom
    ) -> Set<Int> {
        var all = blocks.flatMap { $0 }
        all.shuffle(using: &random)
        return Set(all.prefix(plan.repeatedCaseCount))
    }

    private static func orders(_ plan: StudyPlan, random: inout StudyRandom) -> [[Int]] {
        switch plan.order {
        case .latinSquare: return williamsSquare(plan.conditions.count)
        case .random:
            // A random first row, rotated: every case still meets every condition once.
            var row = Array(plan.conditions.indices)
            row.shuffle(using: &random)
            return row.indices.map { start in
                row.indices.map { row[(start + $0) % row.count] }
            }
        }
    }

    /// A Williams square (1949): rows in which each treatment stands in each place equally often
    /// and follows each other equally often; twice as many rows for odd counts.
    public static func williamsSquare(_ count: Int) -> [[Int]] {
        guard count > 1 else { return [[0]] }
        var first = [0]
        for step in 1..<count {
            first.append(step % 2 == 1 ? (step + 1) / 2 : count - step / 2)
        }
        let rows = (0..<count).map { shift in first.map { ($0 + shift) % count } }
        return count % 2 == 0 ? rows : rows + rows.map { Array($0.reversed()) }
    }
}
