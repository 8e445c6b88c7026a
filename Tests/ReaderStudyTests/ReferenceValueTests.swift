// Every reference value: the synthetic sets always, the published ones with the shared folder.

import Foundation
import ReaderStudy
import Testing

@Suite struct ReferenceValueTests {
    @Test func `every expected value of the synthetic sets is matched to 1e-8`() throws {
        let references = try ReferenceValue.synthetic(
            StudyFiles.data.appendingPathComponent("synth.json"))
        #expect(references.count > 5000)
        let validation = try StudyValidation(references, data: StudyFiles.data)
        for comparison in validation.comparisons where !comparison.agrees {
            Issue.record(
                """
                \(comparison.reference.dataset), \(comparison.reference.method), \
                \(comparison.reference.fom), \(comparison.reference.quantity): expected \
                \(comparison.reference.text), got \(comparison.value.map { "\($0)" } ?? "nothing")
                """)
        }
    }

    @Test(.enabled(if: StudyFiles.shared != nil, "needs WETREAD_SHARED"))
    func `every printed digit and every computed value of the published sets is matched`() throws {
        let validation = try StudyValidation(folder: try #require(StudyFiles.shared))
        for (kind, count) in [(ReferenceValue.Kind.printed, 1088), (.computed, 1979)] {
            let summary = validation.summary(kind)
            #expect(summary.count == count)
            #expect(
                summary.agreeing == count,
                "worst: \(summary.worst?.reference.quantity ?? "") of \(summary.worst?.reference.dataset ?? "")"
            )
        }
    }

    @Test func `a value that is off in its last digit is not taken for agreement`() {
        let printed = ReferenceValue(
            dataset: "d", quantity: "q", text: "4.456319", kind: .printed, method: "OR", fom: "",
            covariance: "")
        #expect(printed.error(of: 4.4563194) <= 1)
        #expect(printed.error(of: 4.4563196) > 1)
        #expect(printed.error(of: .nan) > 1)
        let undefined = ReferenceValue(
            dataset: "d", quantity: "q", text: "NA", kind: .computed, method: "OR", fom: "",
            covariance: "")
        #expect(undefined.error(of: .nan) == 0)
        #expect(undefined.error(of: 0.5) > 1)
    }

    @Test(arguments: [
        ("4.46", 0.01), ("0.0516657", 1e-7), ("1.5e-05", 1e-6), ("8", 1), ("1.0e2", 10),
    ])
    func `the unit of the last digit is read off the text`(text: String, unit: Double) {
        #expect(agree(ReferenceValue.unitOfLastDigit(text), unit, 1e-12))
    }

    /// Van Dyke and others 1993, as analysed by RJafroc at commit 44b0e39 (published.json).
    @Test(.enabled(if: StudyFiles.shared != nil, "needs WETREAD_SHARED"))
    func `the key values of Van Dyke are those that the packages print`() throws {
        let folder = try #require(StudyFiles.shared).appendingPathComponent("data")
        let table = try StudyCSV.table(contentsOf: folder.appendingPathComponent("vandyke.csv"))
        for (method, f, ddf, p) in [
            (CovarianceMethod.jackknife, 4.456319, 15.259675, 0.0516657),
            (.deLong, 4.484854, 15.06611, 0.05123303), (.unbiased, 4.489614, 15.03418, 0.0511618),
        ] {
            let test = try #require(
                try ObuchowskiRockette(table, figure: .auc, covariance: method)
                    .test(.readersAndCases))
            #expect(abs(test.f - f) < 5e-7)
            #expect(abs(test.df2 - ddf) < 5e-6)
            #expect(abs(test.p - p) < 5e-8)
        }
    }
}
