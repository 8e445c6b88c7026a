// Bad files and bad designs: each gets an error that names the row or the reader.

import Foundation
import ReaderStudy
import Testing

@Suite struct BadStudyTests {
    private struct Expected: Decodable {
        struct Bad: Decodable {
            let dataset: String
            let line: Int?
            let reason: String
        }
        let bad: [Bad]
    }

    /// What the reason of each set must say, in our words.
    private static let words: [String: [String]] = [
        "missing-truth": ["truth is empty"], "nan-rating": ["not a number"],
        "infinite-rating": ["not finite"], "text-rating": ["not a number"],
        "truth-not-0-1": ["neither 0 nor 1"],
        "duplicate-row": ["second row for the same reader, treatment and case"],
        "duplicate-row-other-rating": ["second row for the same reader, treatment and case"],
        "conflicting-truth": ["case c001 has truth 0 in an earlier row"],
        "short-row": ["too few fields"],
        "reader-with-one-case": ["reader R3 has one case", "no diseased case"],
        "reader-without-diseased": ["reader R2 has no diseased case"],
        "no-diseased": ["no diseased case"],
        "reader-missing-a-treatment": ["reader R4 has no rating in treatment T2", "hole"],
        "header-only": ["no rows"],
        "wrong-header": ["reader,treatment,case,truth,rating are expected"],
        "froc-lesion-on-nondiseased": ["a lesion in a case with truth 0"],
        "froc-weights-not-one": ["weight", "add to 1"],
        "froc-lesion-missing-for-a-reader": ["lesions differ between readers"],
    ]

    @Test func `each of the eighteen bad sets is refused with its line and its reason`() throws {
        let data = try Data(contentsOf: StudyFiles.data.appendingPathComponent("synth.json"))
        let expected = try JSONDecoder().decode(Expected.self, from: data).bad
            .filter { $0.dataset.hasPrefix("SYNTH-bad-") }
        #expect(expected.count == 18)
        for bad in expected {
            let id = bad.dataset.dropFirst("SYNTH-bad-".count).dropLast(".csv".count)
            var message = ""
            do {
                let table = try StudyCSV.table(
                    contentsOf: StudyFiles.data.appendingPathComponent(bad.dataset))
                _ = try ObuchowskiRockette(
                    table, figure: .standard(for: table.form), covariance: .jackknife)
                Issue.record("\(bad.dataset) was accepted")
            } catch {
                message = error.description
            }
            if let line = bad.line { #expect(message.contains("line \(line):"), "\(message)") }
            for words in try #require(Self.words[String(id)]) {
                #expect(message.contains(words), "\(bad.dataset): \(message)")
            }
        }
    }

    @Test func `DBM refuses what OR refuses, and the U-statistic leaves the cell out`() throws {
        for name in ["bad-reader-with-one-case", "bad-reader-missing-a-treatment"] {
            let table = try StudyFiles.synthetic(name)
            #expect(throws: ReaderStudyError.self) {
                try DorfmanBerbaumMetz(table, figure: .auc)
            }
            #expect(try UStatistic(table).areas.allSatisfy(\.isFinite))
        }
    }

    @Test func `ties alone give areas of one half and no test`() throws {
        let table = try StudyFiles.synthetic("all-ties-3x2x20")
        let analysis = try ObuchowskiRockette(table, figure: .auc, covariance: .jackknife)
        #expect(analysis.matrix.values.allSatisfy { $0 == 0.5 })
        #expect(analysis.matrix.covariances.allSatisfy { $0 == 0 })
        for generalisation in Generalisation.allCases {
            let test = try #require(analysis.test(generalisation))
            #expect(test.f.isNaN && test.p.isNaN)
            let difference = try #require(
                analysis.difference(IndexPair.first, generalisation))
            #expect(difference.statistic.isNaN && difference.p.isNaN)
        }
        let json = try ReaderStudyAnalysis(table, name: "ties").json.written()
        #expect(json.contains("\"F\": null"))
        #expect(!json.lowercased().contains("nan"))
    }

    @Test(arguments: [
        ("reader,treatment,case,truth,rating\na,b,c,0", "line 2: too few fields: 4, expected 5"),
        ("reader,treatment,case,truth,rating\na,b,c,0,1,2", "line 2: too many fields"),
        ("reader,treatment,case,truth,rating\n\na,b,\"c,0,1", "line 3: a quoted field"),
        ("reader,treatment,case,truth,rating\n,b,c,0,1", "line 2: reader is empty"),
        ("reader,treatment,case,truth,rating\na,b,c,0,", "line 2: rating is empty"),
        ("reader,treatment,case,truth,rating\na,b,c,0,1e999", "line 2: rating is not finite"),
        ("reader,treatment,case,truth,rating,correct\na,b,c,1,3,", "line 2: correct is \"\""),
        ("reader,treatment,case,truth,rating,correct\na,b,c,0,3,1", "must be empty"),
        (
            "reader,treatment,case,truth,lesion_id,rating,weight\na,b,c,1,x,3,1",
            "line 2: lesion_id is \"x\""
        ),
        (
            "reader,treatment,case,truth,lesion_id,rating,weight\na,b,c,0,0,,\na,b,c,0,0,2,",
            "line 3: lesion_id 0 without a rating"
        ),
        (
            "reader,treatment,case,truth,lesion_id,rating,weight\na,b,c,1,1,3,0.4",
            "weights of its lesions add to 0.4"
        ),
    ])
    func `other faults of rows are named`(text: String, words: String) throws {
        let error = try #require(StudyFiles.error(of: text))
        #expect(error.description.contains(words), "\(error.description)")
    }

    @Test func `line ends, quotes and a byte-order mark are read`() throws {
        let text =
            "\u{FEFF}reader,treatment,case,truth,rating\r\n\"R, 1\", T ,\"c \"\"1\"\"\",1,2.5\r\n"
        let table = try StudyCSV.table(Array(text.utf8), name: "t.csv")
        #expect(table.readers == ["R, 1"])
        #expect(table.treatments == ["T"])
        #expect(table.cases.map(\.name) == ["c \"1\""])
    }

    @Test func `bytes that are not text are named, and control characters never reach a message`()
        throws
    {
        var bytes = Array("reader,treatment,case,truth,rating\na,b,c,0,".utf8)
        bytes += [0xFF, 0x0A]
        #expect(throws: ReaderStudyError.row(file: "t.csv", line: 2, .notText)) {
            try StudyCSV.table(bytes, name: "t.csv")
        }
        let error = try #require(
            StudyFiles.error(
                of: "reader,treatment,case,truth,rating\na,b,c,0,\u{1B}[2J\u{9B}1m"))
        #expect(
            error.description.unicodeScalars.allSatisfy {
                $0.properties.generalCategory != .control
            })
    }
}

extension IndexPair {
    /// The first treatment minus the second.
    static var first: IndexPair { IndexPair(first: 0, second: 1) }
}
