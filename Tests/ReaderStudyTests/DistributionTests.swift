// Tails and quantiles against mpmath and SciPy (compare_with_scipy.py writes the values).

import Foundation
import ReaderStudy
import Testing

/// The values of `Data/reference.json`.
struct ReferenceFile: Decodable {
    struct Distribution: Decodable {
        let name: String
        let arguments: [Double]
        let value: Double
    }

    struct ProportionRow: Decodable {
        let count: Int
        let total: Int
        let wilson: [Double]
        let clopperPearson: [Double]
    }

    struct Holm: Decodable {
        let p: [Double]
        let adjusted: [Double]
    }

    let distributions: [Distribution]
    let proportions: [ProportionRow]
    let holm: Holm

    static func read() throws -> ReferenceFile {
        try JSONDecoder().decode(
            ReferenceFile.self,
            from: Data(contentsOf: StudyFiles.data.appendingPathComponent("reference.json")))
    }
}

@Suite struct DistributionTests {
    private static func value(_ name: String, _ a: [Double]) throws -> Double {
        switch name {
        case "normal above": Distributions.normal(above: a[0])
        case "t above": Distributions.t(above: a[0], df: a[1])
        case "f above": Distributions.f(above: a[0], a[1], a[2])
        case "chi-square above": Distributions.chiSquare(above: a[0], df: a[1])
        case "normal quantile": Distributions.normalQuantile(a[0])
        case "t quantile above": Distributions.tQuantile(above: a[0], df: a[1])
        case "f quantile above": Distributions.fQuantile(above: a[0], a[1], a[2])
        case "chi-square quantile above": Distributions.chiSquareQuantile(above: a[0], df: a[1])
        case "beta quantile": Distributions.betaQuantile(a[0], a[1], a[2])
        case "noncentral f above":
            Distributions.noncentralF(above: a[0], a[1], a[2], noncentrality: a[3])
        case "noncentral chi-square above":
            Distributions.noncentralChiSquare(above: a[0], df: a[1], noncentrality: a[2])
        default: throw UnknownName(name: name)
        }
    }

    private struct UnknownName: Error { let name: String }

    @Test func `tails agree with mpmath to 1e-12 and quantiles with SciPy to 1e-10`() throws {
        let rows = try ReferenceFile.read().distributions
        #expect(rows.count > 200)
        for row in rows {
            let value = try Self.value(row.name, row.arguments)
            // SciPy's own noncentral tails are good to about 1e-10.
            let isExact =
                row.name.hasSuffix("above") && !row.name.contains("noncentral")
                && !row.name.contains("quantile")
            // Beyond 1e5 degrees of freedom the continued fraction loses digits to rounding.
            let isLarge = row.arguments.dropFirst().contains { $0 > 1e5 }
            let tolerance = isExact && !isLarge ? 1e-12 : 1e-9
            let difference = abs(value - row.value)
            #expect(
                difference <= tolerance * abs(row.value) || difference < 1e-15,
                "\(row.name) \(row.arguments): \(value), expected \(row.value)")
        }
    }

    @Test func `arguments without a meaning give NaN, not a crash`() {
        #expect(Distributions.t(above: .nan, df: 3).isNaN)
        #expect(Distributions.t(above: 1, df: 0).isNaN)
        #expect(Distributions.f(above: 1, -1, 3).isNaN)
        #expect(Distributions.tQuantile(above: 0.025, df: .nan).isNaN)
        #expect(Distributions.normalQuantile(1.5).isNaN)
        #expect(Distributions.t(above: 2, df: .infinity) == Distributions.normal(above: 2))
    }

    @Test func `intervals of proportions agree with statsmodels`() throws {
        for row in try ReferenceFile.read().proportions {
            let proportion = Proportion(row.count, of: row.total)
            let (wilson, exact) = (proportion.wilson(), proportion.clopperPearson())
            for (ours, theirs) in [
                (wilson.lower, row.wilson[0]), (wilson.upper, row.wilson[1]),
                (exact.lower, row.clopperPearson[0]), (exact.upper, row.clopperPearson[1]),
            ] {
                #expect(abs(ours - theirs) < 1e-10, "\(row.count) of \(row.total)")
            }
        }
    }

    @Test func `Holm's adjustment agrees with statsmodels`() throws {
        let holm = try ReferenceFile.read().holm
        for (ours, theirs) in zip(Multiplicity.holm(holm.p), holm.adjusted) {
            #expect(abs(ours - theirs) < 1e-14)
        }
        #expect(Multiplicity.holm([0.01, .nan])[0] == 0.01)
    }
}
