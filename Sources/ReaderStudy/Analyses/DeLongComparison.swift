// DeLong's test of two AUCs, paired and unpaired.

/// Two AUCs of one reader's two treatments, compared after DeLong and others (1988).
public struct DeLongComparison: Sendable {
    /// The two areas.
    public let areas: (first: Double, second: Double)
    /// Their variances.
    public let variances: (first: Double, second: Double)
    /// Their covariance.
    public let covariance: Double
    /// The paired difference, first minus second, with a normal interval.
    public let difference: Estimate
    /// The difference as if of two independent groups: t with Satterthwaite's degrees of freedom,
    /// in which both groups count all cases (pROC's convention).
    public let unpaired: Estimate

    /// Compares two cells of a figure matrix of DeLong covariances.
    public init(_ matrix: FigureMatrix, _ first: Int, _ second: Int, caseCount: Int) {
        areas = (matrix.values[first], matrix.values[second])
        variances = (matrix.covariance(first, first), matrix.covariance(second, second))
        covariance = matrix.covariance(first, second)
        let value = areas.first - areas.second
        difference = Estimate(
            value, variance: Moments.snapped(variances.first + variances.second - 2 * covariance),
            degreesOfFreedom: .infinity)
        let sum = variances.first + variances.second
        let squares = variances.first * variances.first + variances.second * variances.second
        unpaired = Estimate(
            value, variance: sum,
            degreesOfFreedom: sum * sum / (squares / Double(caseCount - 1)))
    }
}
