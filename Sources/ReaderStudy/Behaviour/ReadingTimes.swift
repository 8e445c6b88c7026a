// Reading times: medians, and a mixed model of their logarithms.

import Foundation

/// One reading with its time.
public struct TimedReading: Sendable, Hashable {
    /// The reader, as an index.
    public let reader: Int
    /// The case, as an index.
    public let caseIndex: Int
    /// True in the condition whose effect is asked for.
    public let isAided: Bool
    /// The reading time, above 0.
    public let seconds: Double
    /// The place in the reader's sequence, from 0.
    public let position: Int

    /// Makes a timed reading.
    public init(reader: Int, caseIndex: Int, isAided: Bool, seconds: Double, position: Int = 0) {
        self.reader = reader
        self.caseIndex = caseIndex
        self.isAided = isAided
        self.seconds = seconds
        self.position = position
    }
}

/// The condition's effect on reading time: log time = intercept + effect + reader + case + error,
/// readers and cases crossed random effects, fitted by restricted maximum likelihood.
public struct TimeModel: Sendable {
    /// The ratio of times, aided to unaided, with its 95 % interval (Satterthwaite is not used:
    /// the interval is normal).
    public let ratio: Estimate
    /// The effect in log seconds.
    public let effect: Estimate
    /// Variance between readers, in squared log seconds.
    public let readerVariance: Double
    /// Variance between cases.
    public let caseVariance: Double
    /// Variance of what is left.
    public let errorVariance: Double
    /// The restricted log likelihood, with its constant.
    public let logLikelihood: Double

    /// Fits the model; nil where there are not both conditions, two readers and two cases.
    ///
    /// Cost: a cubic in the smaller of readers and cases plus the larger for each of some hundred
    /// evaluations (Henderson's mixed-model equations on crossed effects).
    public init?(_ readings: [TimedReading]) {
        let usable = readings.filter { $0.seconds > 0 && $0.seconds.isFinite }
        guard usable.contains(where: \.isAided), usable.contains(where: { !$0.isAided }),
            Set(usable.map(\.reader)).count > 1, Set(usable.map(\.caseIndex)).count > 1
        else { return nil }
        let equations = MixedModelEquations(usable)
        let start = equations.start
        let best = Minimizer.minimum(from: start, step: 0.5) { equations.deviance($0) }
        guard let fit = equations.solution(best.point) else { return nil }
        readerVariance = fit.errorVariance * exp(best.point[0])
        caseVariance = fit.errorVariance * exp(best.point[1])
        errorVariance = fit.errorVariance
        logLikelihood = -best.value / 2
        effect = Estimate(fit.effect, variance: fit.variance, degreesOfFreedom: .infinity)
        ratio = effect.exponentiated
    }
}

extension Estimate {
    /// The estimate and its interval on the scale of ratios.
    var exponentiated: Estimate {
        Estimate(
            value: exp(value), standardError: exp(value) * standardError,
            degreesOfFreedom: degreesOfFreedom, lower: exp(lower), upper: exp(upper))
    }
}

/// Henderson's equations for two fixed and two crossed random effects.
///
/// The variance ratios λ_reader and λ_case (to the error) are the parameters, as logs; the error
/// variance is profiled out. Cases, the larger block, are eliminated: what is left is a dense
/// system of the readers and the two fixed effects.
struct MixedModelEquations {
    struct Solution {
        let effect: Double
        let variance: Double
        let errorVariance: Double
    }

    private let readerCount: Int
    private let caseCount: Int
    private let count: Double
    /// Per reading: columns of the dense block (intercept, condition, then readers).
    private let readings: [(reader: Int, caseIndex: Int, aided: Double, time: Double)]

    init(_ readings: [TimedReading]) {
        var readers: [Int: Int] = [:]
        var cases: [Int: Int] = [:]
        self.readings = readings.map { reading in
            let reader = readers[reading.reader] ?? readers.count
            readers[reading.reader] = reader
            let item = cases[reading.caseIndex] ?? cases.count
            cases[reading.caseIndex] = item
            return (reader, item, reading.isAided ? 1 : 0, log(reading.seconds))
        }
        readerCount = readers.count
        caseCount = cases.count
        count = Double(readings.count)
    }

    /// Logs of the variance ratios to start from.
    var start: [Double] { [-0.5, -0.5] }

    /// Minus twice the restricted log likelihood.
    func deviance(_ parameters: [Double]) -> Double {
        guard parameters.allSatisfy({ abs($0) < 25 }) else { return .infinity }
        guard let reduced = reduced(parameters) else { return .infinity }
        let df = count - 2
        let logs =
            reduced.logDeterminant + Double(readerCount) * parameters[0]
            + Double(caseCount) * parameters[1]
        return df * (1 + log(2 * .pi * reduced.residual / df)) + logs
    }

    /// The fixed effect at given variance ratios.
    func solution(_ parameters: [Double]) -> Solution? {
        guard let reduced = reduced(parameters) else { return nil }
        let error = reduced.residual / (count - 2)
        return Solution(
            effect: reduced.effect, variance: reduced.inverseEntry * error, errorVariance: error)
    }

    private struct Reduced {
        let logDeterminant: Double
        let residual: Double
        let effect: Double
        let inverseEntry: Double
    }

    /// Eliminates the cases, then solves the dense rest by Cholesky's method.
    private func reduced(_ parameters: [Double]) -> Reduced? {
        let n = 2 + readerCount
        var matrix = [Double](repeating: 0, count: n * n)
        var right = [Double](repeating: 0, count: n)
        var caseDiagonal = [Double](repeating: exp(-parameters[1]), count: caseCount)
        var caseRight = [Double](repeating: 0, count: caseCount)
        var coupling = [Double](repeating: 0, count: caseCount * n)
        var squares = 0.0
        for reading in readings {
            let columns = [(0, 1.0), (1, reading.aided), (2 + reading.reader, 1.0)]
            for (i, x) in columns {
                right[i] += x * reading.time
                coupling[reading.caseIndex * n + i] += x
                for (j, y) in columns { matrix[i * n + j] += x * y }
            }
            caseDiagonal[reading.caseIndex] += 1
            caseRight[reading.caseIndex] += reading.time
            squares += reading.time * reading.time
        }
        for reader in 0..<readerCount {
            matrix[(2 + reader) * n + 2 + reader] += exp(-parameters[0])
        }
        var logDeterminant = 0.0
        for item in 0..<caseCount {
            let diagonal = caseDiagonal[item]
            logDeterminant += log(diagonal)
            squares -= caseRight[item] * caseRight[item] / diagonal
            for i in 0..<n {
                let factor = coupling[item * n + i] / diagonal
                guard factor != 0 else { continue }
                right[i] -= factor * caseRight[item]
                for j in 0..<n { matrix[i * n + j] -= factor * coupling[item * n + j] }
            }
        }
        guard let lower = Self.cholesky(matrix, n) else { return nil }
        for index in 0..<n { logDeterminant += 2 * log(lower[index * n + index]) }
        let solved = Self.forward(lower, right, n)
        let residual = squares - solved.reduce(0) { $0 + $1 * $1 }
        let effects = Self.backward(lower, solved, n)
        var unit = [Double](repeating: 0, count: n)
        unit[1] = 1
        let column = Self.backward(lower, Self.forward(lower, unit, n), n)
        return residual > 0
            ? Reduced(
                logDeterminant: logDeterminant, residual: residual, effect: effects[1],
                inverseEntry: column[1]) : nil
    }

    private static func cholesky(_ matrix: [Double], _ n: Int) -> [Double]? {
        var lower = [Double](repeating: 0, count: n * n)
        for i in 0..<n {
            for j in 0...i {
                var sum = matrix[i * n + j]
                for k in 0..<j { sum -= lower[i * n + k] * lower[j * n + k] }
                if i == j {
                    guard sum > 0 else { return nil }
                    lower[i * n + i] = sum.squareRoot()
                } else {
                    lower[i * n + j] = sum / lower[j * n + j]
                }
            }
        }
        return lower
    }

    private static func forward(_ lower: [Double], _ right: [Double], _ n: Int) -> [Double] {
        var result = right
        for i in 0..<n {
            for k in 0..<i { result[i] -= lower[i * n + k] * result[k] }
            result[i] /= lower[i * n + i]
        }
        return result
    }

    private static func backward(_ lower: [Double], _ right: [Double], _ n: Int) -> [Double] {
        var result = right
        for i in (0..<n).reversed() {
            for k in (i + 1)..<max(n, i + 1) { result[i] -= lower[k * n + i] * result[k] }
            result[i] /= lower[i * n + i]
        }
        return result
    }
}

/// Times without a model: medians by condition, and the learning curve.
public struct TimeSummary: Sendable {
    /// The median time without and with the AI, in seconds.
    public let medians: (unaided: Double, aided: Double)
    /// Quartiles without and with the AI.
    public let quartiles: (unaided: [Double], aided: [Double])
    /// The slope of log2(time) on log2(position + 1) over all readings: -0.1 means that each
    /// doubling of experience saves 7 %; NaN with one position.
    public let learningSlope: Double

    /// Summarises readings.
    public init(_ readings: [TimedReading]) {
        let unaided = readings.filter { !$0.isAided }.map(\.seconds)
        let aided = readings.filter(\.isAided).map(\.seconds)
        medians = (Moments.median(unaided), Moments.median(aided))
        quartiles = (
            [0.25, 0.75].map { Moments.quantile(unaided, $0) },
            [0.25, 0.75].map { Moments.quantile(aided, $0) }
        )
        let positions = readings.map { log2(Double($0.position) + 1) }
        let times = readings.map { log2(max($0.seconds, 1e-6)) }
        let spread = Moments.variance(positions)
        learningSlope = spread > 0 ? Moments.covariance(positions, times) / spread : .nan
    }
}
