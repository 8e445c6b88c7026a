// What goes under a signature's hash, and what comes after it.

import Foundation
import Radiology
import Records
import Testing

@Suite struct SignOffTests {
    let home = TestHome()

    @Test func whatWasOnTheScreenStaysWithTheSignatureAlsoAfterANewerModel() throws {
        let store = try home.open()
        let study = try store.take(candidate())
        let shown = analysis()
        try store.store(shown, for: study, actor: service)
        _ = try store.claim(study, reader: ada, session: "s", seconds: 60)
        let viewing = ViewingRecord(
            analyses: [
                ShownAnalysis(id: shown.id, wasVisible: true, visibleSince: home.clock.now)
            ],
            images: [
                SeenImage(image: ImageID(1), seenThousandths: 1000, seenCloselyThousandths: 640)
            ],
            firstImpression: FirstImpression(lockedAt: home.clock.now, findings: [.edema]))
        var draft = completeDraft()
        draft.ownFindings.append(
            OwnFinding(
                text: "old", pathology: .fibrosis, side: .left, severity: .mild,
                location: "upper zone"))
        let signed = try store.sign(
            study, reader: ada, session: "s", draft: draft, meaning: .final, openSeconds: 5,
            analysis: shown.id, utcOffsetSeconds: -18_000, viewing: viewing)
        try store.store(analysis(pneumothorax: 0.01), for: study, actor: service)
        let again = try #require(try home.open().study(study).signOffs.first)
        #expect(again == signed && again.viewing == viewing && again.reading == draft)
        #expect(again.analysis == shown.id)
        #expect(try store.analysis(shown.id, of: study) == shown)
        let record = try #require(try store.signedRecords(of: study).first)
        for part in [
            #""closely":640"#, #""seed":"18446744073709551615""#, #""samples":10"#,
            #""model_sha256":"0707"#, #""severity":"mild""#, #""utc_offset_seconds":-18000"#,
            #""statement":"This is a FINAL report"#, #""findings":["Edema"]"#,
        ] { #expect(record.record.contains(part), "\(part)") }
        #expect(try store.verifyAudit().isWhole)
    }

    @Test func theShiftAfterTheRevealIsWhatWasTakenUpAndGivenUp() {
        let shown = analysis()
        var reading = completeDraft()
        reading.ownFindings = [OwnFinding(text: "", pathology: .fibrosis)]
        let first = FirstImpression(lockedAt: Date(), findings: [.edema, .fibrosis])
        let shift = first.shift(to: reading, findings: shown.findings)
        #expect(shift.taken == [.pneumothorax] && shift.dropped == [.edema])
    }

    @Test func aFirstImpressionIsRecordedOnceAndSignedWithTheShift() throws {
        let store = try home.open()
        let study = try store.take(candidate())
        let shown = analysis()
        try store.store(shown, for: study, actor: service)
        let first = try store.recordFirstImpression(
            findings: [.edema], unsure: [.nodule], of: study, reader: ada)
        #expect(first.lockedAt == home.clock.now && first.unsure == [.nodule])
        #expect(throws: RecordsError.impressionRecorded(study: study)) {
            try store.recordFirstImpression(findings: [], unsure: [], of: study, reader: ada)
        }
        #expect(try home.open().firstImpression(of: study, reader: ada) == first)
        #expect(try store.firstImpression(of: study, reader: ben) == nil)
        // Also where the screen says nothing, or something else, of it.
        let signed = try store.claimAndSign(study)
        #expect(signed.viewing?.firstImpression == first)
        let record = try #require(try store.signedRecords(of: study).first).record
        #expect(record.contains(#""shift":{"dropped":["Edema"],"taken":["Pneumothorax"]}"#))
        #expect(try store.auditKinds.contains(.impressionRecorded))
        #expect(try store.verifyAudit().isWhole)
    }

    @Test func aSiteMayWantTheOwnCallBeforeAnyReport() throws {
        var settings = home.settings
        settings.requiresFirstImpression = true
        let store = try RecordStore.open(
            home: home.url, clock: { [home] in home.clock.now }, settings: settings)
        let study = try store.take(candidate())
        try store.store(analysis(), for: study, actor: service)
        #expect(throws: RecordsError.self) { try store.claimAndSign(study) }
        #expect(try store.study(study).signOffs.isEmpty)
        _ = try store.recordFirstImpression(findings: [], unsure: [], of: study, reader: ada)
        store.close()
        let again = try RecordStore.open(
            home: home.url, clock: { [home] in home.clock.now }, settings: settings)
        try again.release(study, reader: ada, session: "s")
        #expect(try again.claimAndSign(study).viewing?.firstImpression != nil)
    }

    @Test func aLateImageReopensForAnAddendumUntilOneIsSigned() throws {
        let store = try home.open()
        let study = try store.take(candidate())
        try store.store(analysis(), for: study, actor: service)
        try store.claimAndSign(study)
        #expect(try store.worklist()[0].awaitsAddendum == false)
        _ = try store.importImages([candidate(image: 2)], actor: service)
        let entry = try store.worklist()[0]
        #expect(entry.awaitsAddendum && entry.state == .final)
        #expect(entry.placeInWords(at: home.clock.now).contains("addendum"))
        #expect(try store.auditKinds.suffix(2) == [.imported, .reopened])
        _ = try store.sign(
            study, reader: ada, session: "s",
            draft: ReadingDraft(impression: "The late image changes nothing."),
            meaning: .addended, openSeconds: 3, analysis: nil, utcOffsetSeconds: 0)
        let after = try store.worklist()[0]
        #expect(!after.awaitsAddendum && after.state == .addended)
        #expect(try store.study(study).signOffs.count == 2, "the first report stays")
    }

    @Test func aResidentsPreliminaryAndTheAttendingsFinalAreKeptApart() throws {
        let store = try home.open()
        let study = try store.take(candidate())
        try store.store(analysis(), for: study, actor: service)
        let id = try store.study(study).analysis?.id
        var first = completeDraft(impression: "No pneumothorax.")
        first.decisions[.pneumothorax] = .disagree
        first.ownFindings = []
        for (reader, draft, meaning) in [
            (ben, first, ReadingState.preliminary), (ada, completeDraft(), .final),
        ] {
            _ = try store.claim(study, reader: reader, session: "s", seconds: 60)
            _ = try store.sign(
                study, reader: reader, session: "s", draft: draft, meaning: meaning,
                openSeconds: 3, analysis: id, utcOffsetSeconds: 0)
        }
        let record = try store.study(study)
        #expect(record.signOffs.map(\.reader) == [ben, ada])
        #expect(record.signOffs.map(\.meaning) == [.preliminary, .final])
        let found = Discrepancy.all(of: record.signOffs, findings: analysis().findings)
        #expect(
            found.map { "\($0.kind.rawValue) \($0.pathology?.rawValue ?? "-")" } == [
                "readers Pneumothorax", "readers -",
            ])
    }

    @Test func everyStateAndMoveIsInTheTableOfTheDocumentation() {
        let table = ReadingState.movesAsMarkdown
        for state in ReadingState.allCases { #expect(table.contains("| \(state.rawValue) |")) }
        let rows = table.split(separator: "\n")
        #expect(rows.count == ReadingState.allCases.count + 2)
        for (row, state) in zip(rows.dropFirst(2), ReadingState.allCases) {
            let cells = row.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
            for (cell, move) in zip(cells.dropFirst(), ReadingMove.allCases) {
                let next = state.after(move)
                let expected =
                    move == .release && next != nil ? "as before" : next?.rawValue ?? "–"
                #expect(cell == expected, "\(state) \(move)")
            }
        }
    }
}
