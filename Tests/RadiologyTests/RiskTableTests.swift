import Radiology
import Testing

/// From probabilities to levels, flags and the common scale.
@Suite struct RiskTableTests {
    private static let package = RiskTable(
        origin: .package,
        bounds: [
            .mass: RiskBounds(
                moderate: ProbabilityBound(0.03, includesBound: true),
                high: ProbabilityBound(0.07, includesBound: true), uncertainAbove: 0.01,
                reported: ProbabilityBound(0.03, includesBound: true),
                critical: ProbabilityBound(0.07, includesBound: true))
        ])

    struct Level: Sendable, CustomTestStringConvertible {
        let id: String
        let table: RiskTable
        let pathology: Pathology
        let probability: Double
        let uncertainty: Double?
        let expected: RiskLevel
        let critical: Bool
        let reported: Bool
        var testDescription: String { id }
    }

    @Test(arguments: [
        Level(
            id: "founding numbers are passed only above them: 0.7", table: .founding,
            pathology: .mass, probability: 0.7, uncertainty: 0.1, expected: .moderate,
            critical: false, reported: true),
        Level(
            id: "just above 0.7 is critical", table: .founding, pathology: .mass,
            probability: 0.7001, uncertainty: 0.1, expected: .moderate, critical: true,
            reported: true),
        Level(
            id: "0.8 is not yet high", table: .founding, pathology: .effusion, probability: 0.8,
            uncertainty: 0, expected: .moderate, critical: false, reported: true),
        Level(
            id: "above 0.8 is high but effusion never critical", table: .founding,
            pathology: .effusion, probability: 0.81, uncertainty: 0, expected: .high,
            critical: false, reported: true),
        Level(
            id: "0.3 is not reported", table: .founding, pathology: .hernia, probability: 0.3,
            uncertainty: nil, expected: .low, critical: false, reported: false),
        Level(
            id: "uncertainty outranks the probability but not the flag", table: .founding,
            pathology: .pneumothorax, probability: 0.9, uncertainty: 0.31, expected: .uncertain,
            critical: true, reported: true),
        Level(
            id: "an uncertainty of exactly 0.3 is not uncertain", table: .founding,
            pathology: .pneumothorax, probability: 0.9, uncertainty: 0.3, expected: .high,
            critical: true, reported: true),
        Level(
            id: "a package's bounds count from the number on", table: package, pathology: .mass,
            probability: 0.07, uncertainty: 0, expected: .high, critical: true, reported: true),
        Level(
            id: "labels that a package does not list have the founding bounds", table: package,
            pathology: .nodule, probability: 0.2, uncertainty: 0.02, expected: .low,
            critical: false, reported: false),
    ])
    func `a probability is judged by its label's bounds`(_ row: Level) {
        let finding = Finding(
            pathology: row.pathology, probability: row.probability, uncertainty: row.uncertainty,
            table: row.table)
        #expect(finding.riskLevel == row.expected)
        #expect(finding.isCritical == row.critical)
        #expect(finding.isReported == row.reported)
    }

    @Test func `suspicion puts moderate at a half and high at three quarters`() {
        let table = Self.package
        #expect(table.suspicion(of: .mass, probability: 0) == 0)
        #expect(table.suspicion(of: .mass, probability: 0.03) == 0.5)
        #expect(abs(table.suspicion(of: .mass, probability: 0.07) - 0.75) < 1e-12)
        #expect(table.suspicion(of: .mass, probability: 1) == 1)
        #expect(table.suspicion(of: .effusion, probability: 0.5) == 0.5)
        #expect(abs(table.suspicion(of: .effusion, probability: 0.8) - 0.75) < 1e-12)
        let steps = stride(from: 0.0, through: 1, by: 0.001)
            .map { table.suspicion(of: .mass, probability: $0) }
        #expect(zip(steps, steps.dropFirst()).allSatisfy { $0 < $1 })
    }

    @Test func `a flag names the rule that raised it and who made the rule`() {
        #expect(
            Self.package.criticalRule(for: .mass) == "Mass ≥ 0.07 (package rule)")
        #expect(
            Self.package.criticalRule(for: .pneumonia) == "Pneumonia > 0.70 (founding rule)")
        #expect(Self.package.criticalRule(for: .hernia) == nil)
    }

    @Test(arguments: [
        (0.0, "0"), (0.001, "<.01"), (0.005, ".01"), (0.07, ".07"), (0.914, ".91"),
        (0.994, ".99"), (0.996, ">.99"), (1.0, "1.0"),
    ])
    func `a short probability never rounds to a certainty`(probability: Double, text: String) {
        #expect(ProbabilityText.short(probability) == text)
    }

    @Test(arguments: [(0.7, "0.70"), (0.07472, "0.07472"), (0.5, "0.50"), (0.075, "0.075")])
    func `a bound is written with all its digits`(value: Double, text: String) {
        #expect(ProbabilityText.bound(value) == text)
    }
}
