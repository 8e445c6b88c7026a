// Round trips through iMRMC, RJafroc's workbook and CSV; damage; anonymity.

import Foundation
import ReaderStudy
import Testing
import WetreadTesting

@Suite struct ExchangeTests {
    private static func rows(_ table: ReadingTable) -> Set<String> {
        Set(StudyCSV.text(of: table).split(separator: "\n").map(String.init))
    }

    @Test(arguments: [
        "crossed-5x2x114", "split-plot-6x2x120", "unbalanced-4x2x80", "ties-5x2x120",
    ])
    func `ROC ratings come back from iMRMC and CSV as they went`(name: String) throws {
        let table = try StudyFiles.synthetic(name)
        let text = try IMRMCFile.text(of: table, title: "t")
        let back = try IMRMCFile.table(Array(text.utf8), name: "t.imrmc")
        let isSame = Self.rows(back) == Self.rows(table)
        #expect(isSame)
        let csv = try StudyCSV.table(Array(StudyCSV.text(of: table).utf8), name: "t.csv")
        let isSameCSV = Self.rows(csv) == Self.rows(table)
        #expect(isSameCSV)
    }

    @Test(arguments: ["crossed-5x2x114", "froc-4x2x60", "perfect-reader-3x2x60"])
    func `a workbook holds the same study, its cases numbered`(name: String) throws {
        let table = try StudyFiles.synthetic(name)
        let bytes = try RJafrocWorkbook.bytes(of: table)
        let back = try RJafrocWorkbook.table(bytes, name: "t.xlsx")
        #expect(back.form == table.form)
        #expect(back.cases.count == table.cases.count)
        let figure = FigureOfMerit.standard(for: table.form)
        let (first, second) = (
            try ObuchowskiRockette(table, figure: figure, covariance: .jackknife),
            try ObuchowskiRockette(back, figure: figure, covariance: .jackknife)
        )
        #expect(agree(first.means[0], second.means[0]) && agree(first.means[1], second.means[1]))
        #expect(
            agree(
                try #require(first.test(.readersAndCases)).f,
                try #require(second.test(.readersAndCases)).f, 1e-7))
    }

    /// `Data/rjafroc-layout.xlsx` was written by openpyxl (compressed, shared strings).
    @Test func `a workbook of another program is read`() throws {
        let table = try StudyFile.table(
            contentsOf: StudyFiles.data.appendingPathComponent("rjafroc-layout.xlsx"))
        #expect(table.form == .freeResponse)
        #expect(table.readers == ["1", "Dr <2>"])
        #expect(table.treatments == ["A", "B"])
        #expect(table.cases.count == 5)
        #expect(table.diseasedCount == 2)
        let twoLesions = try #require(table.cases.first { $0.lesionWeights.count == 2 })
        #expect(agree(twoLesions.lesionWeights[0], 0.3) && agree(twoLesions.lesionWeights[1], 0.7))
        let marks = table.readings(treatment: 0, reader: 1).flatMap(\.falseMarks)
        #expect(marks.sorted() == [1.5, 2.25])
    }

    @Test func `damaged workbooks are refused and never crash`() throws {
        var random = SplitMix64.replayable(seed: 3)
        let good = Array(
            try Data(contentsOf: StudyFiles.data.appendingPathComponent("rjafroc-layout.xlsx")))
        for _ in 0..<300 {
            var bytes = good
            for _ in 0..<random.integer(1...8) {
                bytes[random.next(below: bytes.count)] = UInt8(truncatingIfNeeded: random.next())
            }
            if random.flag() { bytes.removeLast(random.next(below: bytes.count)) }
            _ = try? RJafrocWorkbook.table(bytes, name: "t.xlsx")
        }
        for bytes in [[], [0x50], Array("PK\u{5}\u{6}".utf8), Array(good.prefix(100))] {
            #expect(throws: ReaderStudyError.self) {
                try RJafrocWorkbook.table(bytes, name: "t.xlsx")
            }
        }
    }

    @Test func `an iMRMC file without data or truth is refused with its line`() {
        for (text, words) in [
            ("title\n1,c,1,3\n", "BEGIN DATA"),
            ("BEGIN DATA:\n-1,c,0,1\nr,d,m,3\n", "line 3"),
            ("BEGIN DATA:\n-1,c,0,1\nr,c,m\n", "line 3: too few"),
            ("BEGIN DATA:\n-1,c,0,5\nr,c,m,3\n", "neither 0 nor 1"),
        ] {
            do {
                _ = try IMRMCFile.table(Array(text.utf8), name: "t.imrmc")
                Issue.record("accepted: \(text)")
            } catch {
                #expect(error.description.contains(words), "\(error.description)")
            }
        }
    }

    @Test func `an anonymous study has no name left and the same statistics`() throws {
        let table = try StudyFiles.synthetic("froc-4x2x60").rebuilt {
            ["Dr Meier \($0[0])", $0[1], "patient-\($0[2])"] + $0[3...]
        }
        let anonymous = table.anonymised(seed: 5)
        let text = StudyCSV.text(of: anonymous)
        #expect(!text.contains("Meier") && !text.contains("patient"))
        #expect(anonymous.readers == ["R1", "R2", "R3", "R4"])
        #expect(anonymous != table.anonymised(seed: 6))
        let (first, second) = (
            try ObuchowskiRockette(table, figure: .weightedAFROC, covariance: .jackknife),
            try ObuchowskiRockette(anonymous, figure: .weightedAFROC, covariance: .jackknife)
        )
        #expect(
            agree(
                try #require(first.test(.readersAndCases)).f,
                try #require(second.test(.readersAndCases)).f))
    }

    @Test func `a list of cases is read with its truths, and its faults are named`() throws {
        let text = "case,findings,training\nc1,Effusion; Nodule,0\nc2,,1\n"
        let cases = try PlannedCase.list(Array(text.utf8), name: "c.csv")
        #expect(
            cases[0].planned.findings == ["Effusion", "Nodule"] && !cases[0].planned.isTraining)
        #expect(cases[1].planned.findings.isEmpty && cases[1].planned.isTraining)
        #expect(throws: ReaderStudyError.self) {
            try PlannedCase.list(Array("case\nc".utf8), name: "c.csv")
        }
        #expect(throws: ReaderStudyError.self) {
            try PlannedCase.list(Array("case,findings,training\nc,,x\n".utf8), name: "c.csv")
        }
    }
}
