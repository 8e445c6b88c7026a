// The eight properties of the reference data's README, on the synthetic sets.

import Foundation
import ReaderStudy
import Testing
import WetreadTesting

@Suite struct PropertyTests {
    private static let crossed = ["crossed-5x2x114", "ties-5x2x120", "three-treatments-4x3x90"]

    private func analysis(
        _ table: ReadingTable, _ covariance: CovarianceMethod = .jackknife,
        _ figure: FigureOfMerit = .auc
    ) throws -> ObuchowskiRockette {
        try ObuchowskiRockette(table, figure: figure, covariance: covariance)
    }

    @Test(arguments: crossed)
    func `1. OR by jackknife equals DBM`(name: String) throws {
        let table = try StudyFiles.synthetic(name)
        let or = try analysis(table)
        let dbm = try DorfmanBerbaumMetz(table, figure: .auc)
        for generalisation in [Generalisation.readersAndCases, .readers] {
            let first = try #require(or.test(generalisation))
            let second = dbm.test(generalisation)
            #expect(agree(first.f, second.f) && agree(first.df2, second.df2))
            #expect(agree(first.p, second.p))
        }
        #expect(agree(or.readerVariance, dbm.variances.r, 1e-8))
        #expect(agree(or.interactionVariance, dbm.variances.tr, 1e-8))
        let fixed = try #require(or.test(.cases))
        if or.covariances.sameTreatment > or.covariances.other {
            #expect(agree(fixed.f, dbm.test(.cases).f))
        }
    }

    @Test(arguments: crossed)
    func `2. unbiased OR equals the U-statistic on crossed data`(name: String) throws {
        let table = try StudyFiles.synthetic(name)
        let or = try analysis(table, .unbiased)
        let u = try UStatistic(table)
        for treatment in table.treatments.indices {
            let error = try #require(or.treatment(treatment, .readersAndCases)).standardError
            #expect(agree(error * error, u.variance(treatment)))
        }
        guard table.treatments.count == 2,
            or.covariances.sameTreatment > or.covariances.other
        else { return }
        let error = try #require(or.difference(.first, .readersAndCases)).standardError
        #expect(agree(error * error, u.variance(.first)))
    }

    @Test(arguments: [
        ("crossed-5x2x114", "empirical AUC"), ("ties-5x2x120", "empirical AUC"),
        ("froc-4x2x60", "wAFROC"), ("froc-4x2x60", "AFROC"), ("froc-4x2x60", "wAFROC1"),
        ("froc-4x2x60", "HrAuc"), ("lroc-6x1x80", "PCL at FPF 0.2"),
        ("lroc-6x1x80", "ALROC at FPF 0.2"),
    ])
    func `3. an increasing transform of all ratings changes nothing`(name: String, figure: String)
        throws
    {
        let figure = try #require(FigureOfMerit(name: figure))
        let table = try StudyFiles.synthetic(name)
        let changed = try table.mappingRatings { exp($0 / 40) * 3 - 1 }
        #expect(changed != table)
        let (first, second) = (
            try analysis(table, .jackknife, figure), try analysis(changed, .jackknife, figure)
        )
        #expect(zip(first.matrix.values, second.matrix.values).allSatisfy { agree($0, $1, 1e-14) })
        #expect(
            zip(first.matrix.covariances, second.matrix.covariances)
                .allSatisfy { agree($0, $1, 1e-12) })
    }

    @Test(arguments: ["crossed-5x2x114", "split-plot-6x2x120", "unbalanced-4x2x80"])
    func `4. order of rows and names change nothing but the sign of a difference`(name: String)
        throws
    {
        var random = SplitMix64.replayable(seed: 11)
        let table = try StudyFiles.synthetic(name)
        let shuffled = try table.rebuilt(
            order: { $0.shuffled(using: &random) },
            { ["reader " + $0[0], $0[1] == "T1" ? "old" : "new", "x" + $0[2]] + $0[3...] })
        let (first, second) = (try analysis(table), try analysis(shuffled))
        let (a, b) = (
            try #require(first.difference(.first, .readersAndCases)),
            try #require(second.difference(.first, .readersAndCases))
        )
        #expect(agree(abs(a.value), abs(b.value)) && agree(a.standardError, b.standardError))
        #expect(agree(a.p, b.p) && agree(a.degreesOfFreedom, b.degreesOfFreedom))
        #expect(agree(first.readerVariance, second.readerVariance))
    }

    @Test(arguments: crossed)
    func `5. negated ratings with swapped truth are the same study`(name: String) throws {
        let table = try StudyFiles.synthetic(name)
        let swapped = try table.rebuilt { row in
            var row = row
            row[3] = row[3] == "0" ? "1" : "0"
            row[4] = "\(-(Double(row[4]) ?? .nan))"
            return row
        }
        let negated = try table.mappingRatings { -$0 }
        let (plain, same, mirrored) = (
            try analysis(table), try analysis(swapped), try analysis(negated)
        )
        #expect(zip(plain.matrix.values, same.matrix.values).allSatisfy { agree($0, $1) })
        #expect(zip(plain.matrix.values, mirrored.matrix.values).allSatisfy { agree($0, 1 - $1) })
        let f = try #require(plain.test(.readersAndCases)).f
        #expect(agree(try #require(same.test(.readersAndCases)).f, f))
        #expect(agree(try #require(mirrored.test(.readersAndCases)).f, f))
    }

    @Test func `6. with two treatments F is the square of t, and one reader is DeLong's test`()
        throws
    {
        for name in ["crossed-5x2x114", "ties-5x2x120"] {
            let or = try analysis(try StudyFiles.synthetic(name))
            for generalisation in Generalisation.allCases {
                let t = try #require(or.difference(.first, generalisation)).statistic
                #expect(agree(try #require(or.test(generalisation)).f, t * t))
            }
            let paired = (0..<or.readers.count).map {
                or.figure(treatment: 0, reader: $0) - or.figure(treatment: 1, reader: $0)
            }
            let mean = paired.reduce(0, +) / 5
            let square = paired.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 4
            let t = mean / (square / 5).squareRoot()
            #expect(agree(try #require(or.difference(.first, .readers)).statistic, t))
        }
        let single = try StudyFiles.synthetic("one-reader-1x2x80")
        let or = try analysis(single, .deLong)
        let comparison = DeLongComparison(or.matrix, 0, 1, caseCount: 80)
        let z = comparison.difference.statistic
        #expect(agree(try #require(or.test(.cases)).f, z * z))
        #expect(or.test(.readersAndCases) == nil)
    }

    @Test func `7. with cases nested in readers RRRC is RRFC`() throws {
        let or = try analysis(try StudyFiles.synthetic("nested-in-reader-4x2x200"))
        let (first, second) = (
            try #require(or.test(.readersAndCases)), try #require(or.test(.readers))
        )
        #expect(agree(first.f, second.f) && agree(first.df2, second.df2))
    }

    @Test func `8. PCL at a false-positive fraction of 1 is the share localised correctly`() throws
    {
        let table = try StudyFiles.synthetic("lroc-6x1x80")
        let or = try analysis(table, .jackknife, .localisedShare(falsePositiveFraction: 1))
        for reader in table.readers.indices {
            let diseased = table.readings(treatment: 0, reader: reader)
                .filter { table.cases[$0.caseIndex].isDiseased }
            let share =
                Double(diseased.count { $0.isLocalised }) / Double(diseased.count)
            #expect(agree(or.figure(treatment: 0, reader: reader), share))
        }
    }

    @Test func `designs are told apart by the identifiers of cases alone`() throws {
        for (name, design) in [
            ("crossed-5x2x114", StudyDesign.crossed),
            ("nested-in-reader-4x2x200", .nestedInReaders),
            ("nested-in-treatment-4x2x140", .nestedInTreatments),
            ("split-plot-6x2x120", .splitPlot), ("unbalanced-4x2x80", .unbalanced),
            ("one-treatment-5x1x80", .crossed), ("froc-4x2x60", .crossed),
        ] {
            #expect(try StudyFiles.synthetic(name).design == design, "\(name)")
        }
    }

    @Test func `sorted sums agree with all pairs for random ratings with ties`() throws {
        var random = SplitMix64.replayable(seed: 5)
        for _ in 0..<40 {
            let (n0, n1) = (random.integer(2...12), random.integer(2...12))
            var text = "reader,treatment,case,truth,rating\n"
            var ratings = [[Double]](repeating: [], count: 4)
            for cell in 0..<4 {
                for item in 0..<(n0 + n1) {
                    let rating = Double(random.integer(0...4))
                    ratings[cell].append(rating)
                    text += "r\(cell % 2),t\(cell / 2),c\(item),\(item < n0 ? 0 : 1),\(rating)\n"
                }
            }
            let table = try StudyCSV.table(Array(text.utf8), name: "t")
            let matrix = try FigureMatrix(table, figure: .auc, covariance: .unbiased)
            for first in 0..<4 {
                for second in 0..<4 {
                    let expected = Self.unbiased(ratings[first], ratings[second], n0, n1)
                    #expect(abs(matrix.covariance(first, second) - expected) < 1e-12)
                }
            }
        }
    }

    /// The unbiased covariance by its definition: every pair of kernels.
    private static func unbiased(_ a: [Double], _ b: [Double], _ n0: Int, _ n1: Int) -> Double {
        func psi(_ ratings: [Double], _ i: Int, _ j: Int) -> Double {
            ratings[j] > ratings[i] ? 1 : ratings[j] == ratings[i] ? 0.5 : 0
        }
        var (all, sumA, sumB, apart, count) = (0.0, 0.0, 0.0, 0.0, 0.0)
        for i in 0..<n0 {
            for j in n0..<(n0 + n1) {
                sumA += psi(a, i, j)
                sumB += psi(b, i, j)
                all += 1
                for k in 0..<n0 where k != i {
                    for l in n0..<(n0 + n1) where l != j {
                        apart += psi(a, i, j) * psi(b, k, l)
                        count += 1
                    }
                }
            }
        }
        return sumA / all * (sumB / all) - apart / count
    }
}
