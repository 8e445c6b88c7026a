// kill -9 in the middle of the work: what was told to be stored is there, nothing is half there.

import Foundation
import Radiology
import Records
import Testing
import WetreadTesting

@Suite(.serialized) struct CrashTests {
    /// Fifty homes are each worked in by four processes, one after the other; each is killed at a moment
    /// that nobody chose: while importing, analysing, claiming, drafting or signing.
    @Test(arguments: 1...50 as ClosedRange<UInt64>)
    func aKilledProcessLeavesWholeRecords(seed: UInt64) async throws {
        let home = TestHome()
        var random = SplitMix64(seed: seed)
        for round in 1...4 {
            let path = home.url.path
            let microseconds = UInt32.random(in: 100...40_000, using: &random)
            await #expect(processExitsWith: .signal(SIGKILL)) {
                [path = path as String, round = round as Int, microseconds = microseconds as UInt32]
                in
                try workUntilKilled(path: path, round: round, after: microseconds)
            }
            try checkWhole(home)
        }
        home.clock.advance(3600)
        let store = try home.open()
        let before = try store.worklist().count
        try store.claimAndSign(try store.take(candidate(study: 999_999)))
        #expect(try store.worklist().count == before + 1)
    }

    private func checkWhole(_ home: TestHome) throws {
        let store = try home.open()
        let verification = try store.verifyAudit()
        #expect(verification.isWhole, "\(String(describing: verification.firstBreak))")
        let integrity = try run(
            "python3",
            [
                "-c",
                "import sqlite3, sys; db = sqlite3.connect(sys.argv[1]); "
                    + "print(db.execute('PRAGMA integrity_check').fetchone()[0], "
                    + "db.execute('PRAGMA foreign_key_check').fetchall())", home.database,
            ])
        #expect(integrity.output == "ok []\n")
        var signatures = 0
        for entry in try store.worklist() {
            let record = try store.study(entry.id, draftOf: ada)
            signatures += record.signOffs.count
            #expect(record.entry.state.isSigned == !record.signOffs.isEmpty)
            for image in record.images {
                #expect(try store.imageBytes(image.id).count == image.byteCount)
            }
        }
        try checkAcknowledged(home, store)
        let events = try store.auditEvents(limit: 1_000_000).map(\.kind)
        #expect(events.filter { $0 == .signed }.count == signatures)
        store.close()
    }

    /// What a killed process was told to be stored is stored.
    private func checkAcknowledged(_ home: TestHome, _ store: RecordStore) throws {
        let told = try? String(contentsOfFile: acknowledgedFile(home.url.path), encoding: .utf8)
        for line in (told ?? "").split(separator: "\n") {
            let words = line.split(separator: " ")
            let study = StudyID(try #require(words.last.flatMap { Int64($0) }))
            let record = try store.study(study, draftOf: ada)
            switch words.first {
            case "imported": #expect(record.images.count == 2)
            case "analysed": #expect(record.analysis != nil)
            case "drafted": #expect(record.draft != nil || !record.signOffs.isEmpty)
            default: #expect(record.signOffs.count == 1)
            }
        }
    }
}

/// Where a process notes what it was told to be stored.
private func acknowledgedFile(_ home: String) -> String { home + "/acknowledged" }

/// Imports, analyses, claims, drafts and signs study after study until it is killed.
private func workUntilKilled(path: String, round: Int, after microseconds: UInt32) throws {
    let store = try RecordStore.open(home: URL(fileURLWithPath: path))
    Thread.detachNewThread {
        usleep(microseconds)
        kill(getpid(), SIGKILL)
    }
    let log = Foundation.open(acknowledgedFile(path), O_WRONLY | O_CREAT | O_APPEND, 0o600)
    func note(_ word: String, _ study: StudyID) {
        let line = Array("\(word) \(study.rawValue)\n".utf8)
        _ = write(log, line, line.count)
    }
    for number in 1... {
        let study = try store.take(
            candidate(study: round * 1000 + number, byteCount: 200_000),
            candidate(study: round * 1000 + number, image: 2, byteCount: 100_000))
        note("imported", study)
        try store.store(analysis(), for: study, actor: service)
        note("analysed", study)
        try store.saveDraft(completeDraft(), for: study, reader: ada)
        note("drafted", study)
        try store.claimAndSign(study)
        note("signed", study)
    }
}
