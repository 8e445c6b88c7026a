// Agreement between readers against scikit-learn, statsmodels, krippendorff and pingouin.

import Foundation
import ReaderStudy
import Testing

@Suite struct AgreementTests {
    private let values: [String: Any]

    init() throws {
        let data = try Data(
            contentsOf: StudyFiles.data.appendingPathComponent("reference.json"))
        let document = try JSONSerialization.jsonObject(with: data) as? [String: Any]
        values = try #require(document?["agreement"] as? [String: Any])
    }

    private func expected(_ name: String) throws -> Double {
        try #require(values[name] as? Double, "\(name) is missing")
    }

    private func ratings() throws -> [[Int]] { try #require(values["ratings"] as? [[Int]]) }

    @Test func `Cohen's kappa agrees with scikit-learn`() throws {
        let ratings = try ratings()
        for weighting in Agreement.Weighting.allCases {
            let ours = Agreement.cohen(
                ratings.map { $0[0] - 1 }, ratings.map { $0[1] - 1 }, categories: 5,
                weighting: weighting)
            #expect(try agree(ours, expected("cohen \(weighting.rawValue)")))
        }
    }

    @Test func `Fleiss's kappa agrees with statsmodels`() throws {
        let ours = Agreement.fleiss(try ratings().map { $0.map { $0 - 1 } }, categories: 5)
        #expect(try agree(ours, expected("fleiss")))
    }

    @Test func `Krippendorff's alpha with gaps agrees with the package of that name`() throws {
        let rows = try #require(values["ratings with gaps"] as? [[Any]])
        let ratings = rows.map { $0.map { $0 as? Double } }
        for scale in Agreement.Scale.allCases {
            let ours = Agreement.krippendorff(ratings, scale: scale)
            #expect(try agree(ours, expected("alpha \(scale.rawValue)")), "\(scale)")
        }
    }

    @Test func `intraclass correlations agree with pingouin`() throws {
        let ours = try #require(
            Agreement.intraclass(try ratings().map { $0.map(Double.init) }))
        #expect(try agree(ours.agreement, expected("icc agreement")))
        #expect(try agree(ours.consistency, expected("icc consistency")))
        #expect(try agree(ours.agreementOfMean, expected("icc agreement of mean")))
    }

    @Test func `raters who never vary have no kappa rather than a number`() {
        #expect(Agreement.cohen([1, 1, 1], [1, 1, 1], categories: 3).isNaN)
        #expect(Agreement.fleiss([[1, 1], [1, 1]], categories: 3).isNaN)
        #expect(Agreement.krippendorff([[2, 2], [2, 2]], scale: .nominal).isNaN)
        #expect(Agreement.intraclass([[1, 2]]) == nil)
    }
}
