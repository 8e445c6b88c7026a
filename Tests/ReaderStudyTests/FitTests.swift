// Fitted curves: against published fits, and against their own definitions.

import Foundation
import ReaderStudy
import Testing
import WetreadTesting

@Suite struct FitTests {
    private static func ratings(_ table: ReadingTable, _ treatment: Int, _ reader: Int) -> (
        nonDiseased: [Double], diseased: [Double]
    ) {
        let readings = table.readings(treatment: treatment, reader: reader)
        return (
            readings.filter { !table.cases[$0.caseIndex].isDiseased }.map(\.rating),
            readings.filter { table.cases[$0.caseIndex].isDiseased }.map(\.rating)
        )
    }

    /// RJafrocFrocBook at commit 0001882, chapter "Three proper ROC fits", output of PROPROC.
    @Test(
        .enabled(if: StudyFiles.shared != nil, "needs WETREAD_SHARED"),
        arguments: [
            ("vandyke.csv", 0, 1, -0.2809004, 1.731472, 0.8910714),
            ("franken.csv", 1, 2, -0.3551936, 1.401807, 0.8541372),
        ])
    func `the proper fit gives the parameters that PROPROC printed`(
        file: String, treatment: Int, reader: Int, c: Double, da: Double, area: Double
    ) throws {
        let folder = try #require(StudyFiles.shared).appendingPathComponent("data")
        let table = try StudyCSV.table(contentsOf: folder.appendingPathComponent(file))
        let ratings = Self.ratings(table, treatment, reader)
        let fit = try #require(
            ProperFit(nonDiseased: ratings.nonDiseased, diseased: ratings.diseased))
        #expect(abs(fit.c - c) < 3e-6)
        #expect(abs(fit.da - da) < 5e-6)
        #expect(abs(fit.area - area) < 1e-6)
    }

    @Test func `a proper curve rises, is concave, and encloses the area that its formula says`()
        throws
    {
        let table = try StudyFiles.synthetic("ties-5x2x120")
        for reader in table.readers.indices {
            let ratings = Self.ratings(table, 0, reader)
            let fit = try #require(
                ProperFit(nonDiseased: ratings.nonDiseased, diseased: ratings.diseased))
            let points = fit.points(count: 2000)
            var area = 0.0
            for (left, right) in zip(points, points.dropFirst()) {
                let step = right.falsePositiveFraction - left.falsePositiveFraction
                #expect(step >= -1e-12)
                #expect(right.truePositiveFraction >= left.truePositiveFraction - 1e-12)
                #expect(right.truePositiveFraction >= right.falsePositiveFraction - 1e-9)
                area += step * (left.truePositiveFraction + right.truePositiveFraction) / 2
            }
            #expect(abs(area - fit.area) < 2e-4)
        }
    }

    @Test func `the binormal fit finds the parameters that many ratings were drawn with`() throws {
        var random = StudyRandom(seed: 9)
        let healthy = (0..<20_000).map { _ in random.normal() }
        let diseased = (0..<20_000).map { _ in 1.5 + random.normal() / 0.8 }
        let fit = try #require(BinormalFit(nonDiseased: healthy, diseased: diseased))
        // Diseased ~ N(1.5, 1/0.8): b = 0.8, a = 1.2.
        #expect(abs(fit.b - 0.8) < 0.02)
        #expect(abs(fit.a - 1.2) < 0.03)
        #expect(abs(fit.area - Distributions.normal(below: 1.2 / 1.64.squareRoot())) < 0.005)
        #expect(fit.areaStandardError > 0.001 && fit.areaStandardError < 0.004)
    }

    @Test func `the binormal standard error agrees with the spread of repeated fits`() throws {
        var random = StudyRandom(seed: 21)
        var areas: [Double] = []
        var errors: [Double] = []
        for _ in 0..<60 {
            let healthy = (0..<80).map { _ in random.normal() }
            let diseased = (0..<80).map { _ in 1.2 + random.normal() }
            guard let fit = BinormalFit(nonDiseased: healthy, diseased: diseased) else { continue }
            areas.append(fit.area)
            errors.append(fit.areaStandardError)
        }
        let mean = areas.reduce(0, +) / Double(areas.count)
        let spread =
            (areas.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(areas.count - 1))
            .squareRoot()
        let error = errors.reduce(0, +) / Double(errors.count)
        #expect(areas.count > 55)
        #expect(error / spread > 0.7 && error / spread < 1.4, "\(error) against \(spread)")
    }

    @Test func `a cell's area and interval are DeLong's`() throws {
        let table = try StudyFiles.synthetic("ties-5x2x120")
        let matrix = try FigureMatrix(table, figure: .auc, covariance: .deLong)
        let fits = CellFit.all(table)
        #expect(fits.count == 10)
        for (cell, fit) in fits.enumerated() {
            #expect(agree(fit.area.value, matrix.values[cell]))
            let error = fit.area.standardError
            #expect(agree(error * error, matrix.covariance(cell, cell)))
            let binormal = try #require(fit.binormal)
            #expect(abs(binormal.area - fit.area.value) < 0.06)
            #expect(fit.areaAtHighSpecificity > 0 && fit.areaAtHighSpecificity <= 0.2)
        }
    }

    @Test func `separated ratings and two categories have no fit rather than a wrong one`() {
        #expect(BinormalFit(nonDiseased: [1, 1, 2], diseased: [3, 4, 5]) == nil)
        #expect(ProperFit(nonDiseased: [1, 1, 2], diseased: [3, 4, 5]) == nil)
        #expect(BinormalFit(nonDiseased: [0, 0, 1], diseased: [0, 1, 1]) == nil)
        #expect(ProperFit(nonDiseased: [], diseased: [1, 2, 3]) == nil)
    }
}
