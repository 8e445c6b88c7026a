// Power of a future study, and the cases it needs.

/// The variance components that power is computed from, with the number of cases they hold for.
public struct PilotComponents: Sendable, Hashable {
    /// Var(TR); below zero counts as zero.
    public var interactionVariance: Double
    /// Var(Error).
    public var errorVariance: Double
    /// Cov1: same reader, other treatment.
    public var sameReaderCovariance: Double
    /// Cov2: same treatment, other reader.
    public var sameTreatmentCovariance: Double
    /// Cov3: both other.
    public var otherCovariance: Double
    /// Cases of the pilot.
    public var caseCount: Int

    /// Makes components from given numbers.
    public init(
        interactionVariance: Double, errorVariance: Double, sameReaderCovariance: Double,
        sameTreatmentCovariance: Double, otherCovariance: Double, caseCount: Int
    ) {
        self.interactionVariance = interactionVariance
        self.errorVariance = errorVariance
        self.sameReaderCovariance = sameReaderCovariance
        self.sameTreatmentCovariance = sameTreatmentCovariance
        self.otherCovariance = otherCovariance
        self.caseCount = caseCount
    }

    /// The components of an analysed pilot.
    public init(_ pilot: ObuchowskiRockette, caseCount: Int) {
        self.init(
            interactionVariance: pilot.interactionVariance, errorVariance: pilot.covariances.error,
            sameReaderCovariance: pilot.covariances.sameReader,
            sameTreatmentCovariance: pilot.covariances.sameTreatment,
            otherCovariance: pilot.covariances.other, caseCount: caseCount)
    }
}

/// The power of a study of two treatments.
public struct StudyPower: Sendable, Hashable {
    /// The chance to find the effect.
    public let power: Double
    /// The noncentrality of the test.
    public let noncentrality: Double
    /// Denominator degrees of freedom; infinite for fixed readers.
    public let df2: Double

    /// Power of a study with `readers` and `cases` for a difference `effect`.
    ///
    /// Hillis, Obuchowski and Berbaum, Acad Radiol 18 (2011) 129; `Documentation/reader-studies.md`.
    public init(
        _ pilot: PilotComponents, effect: Double, readers: Int, cases: Int, alpha: Double = 0.05,
        _ generalisation: Generalisation
    ) {
        let j = Double(readers)
        let scale = Double(pilot.caseCount) / Double(cases)
        let excess = max(pilot.sameTreatmentCovariance - pilot.otherCovariance, 0)
        let variance = max(pilot.interactionVariance, 0)
        let rest = pilot.errorVariance - pilot.sameReaderCovariance
        let denominator: Double
        switch generalisation {
        case .readersAndCases:
            denominator = variance + scale * (rest + (j - 1) * excess)
            let interaction = variance + scale * (rest - excess)
            df2 = denominator * denominator * (j - 1) / (interaction * interaction)
        case .cases:
            denominator = scale * (rest + (j - 1) * excess)
            df2 = .infinity
        case .readers:
            denominator = variance + scale * (rest - excess)
            df2 = j - 1
        }
        noncentrality = j * effect * effect / (2 * denominator)
        power = Self.power(noncentrality, df2: df2, alpha: alpha)
    }

    /// Power by the formula of Hillis and Berbaum, Acad Radiol 11 (2004) 1260, from the variance
    /// components of pseudovalues; readers and cases random.
    public init(
        dbm components: DorfmanBerbaumMetz.MeanSquares, effect: Double, readers: Int, cases: Int,
        alpha: Double = 0.05
    ) {
        let j = Double(readers)
        let k = Double(cases)
        let variance = max(components.tr, 0)
        let denominator = variance + (components.trc + j * max(components.tc, 0)) / k
        let interaction = variance + components.trc / k
        df2 = denominator * denominator * (j - 1) / (interaction * interaction)
        noncentrality = j * effect * effect / (2 * denominator)
        power = Self.power(noncentrality, df2: df2, alpha: alpha)
    }

    private static func power(_ noncentrality: Double, df2: Double, alpha: Double) -> Double {
        guard noncentrality.isFinite, df2 > 0 else { return .nan }
        let critical =
            df2 == .infinity
            ? Distributions.chiSquareQuantile(above: alpha, df: 1)
            : Distributions.fQuantile(above: alpha, 1, df2)
        return Distributions.noncentralF(above: critical, 1, df2, noncentrality: noncentrality)
    }

    /// The fewest cases that give a power; nil where `limit` cases do not.
    public static func casesNeeded(
        _ pilot: PilotComponents, effect: Double, readers: Int, power: Double,
        alpha: Double = 0.05, _ generalisation: Generalisation, limit: Int = 1_000_000
    ) -> Int? {
        func reaches(_ cases: Int) -> Bool {
            StudyPower(
                pilot, effect: effect, readers: readers, cases: cases, alpha: alpha, generalisation
            ).power >= power
        }
        guard reaches(limit) else { return nil }
        var low = 1
        var high = limit
        while low < high {
            let middle = (low + high) / 2
            if reaches(middle) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
