// Homes, images and analyses for the tests of this room.

import Foundation
import Radiology
import Records
import Synchronization
import Testing

/// A clock that stands still until it is moved.
final class TestClock: Sendable {
    private let seconds = Mutex(1_795_000_000.0)
    private let steady = Mutex(1000.0)
    var now: Date { Date(timeIntervalSince1970: seconds.withLock { $0 }) }
    var steadySeconds: Double { steady.withLock { $0 } }
    func advance(_ by: Double) {
        seconds.withLock { $0 += by }
        steady.withLock { $0 += by }
    }
    /// Somebody sets the system's clock; the steady one does not notice.
    func set(_ by: Double) { seconds.withLock { $0 += by } }
}

/// A home folder that is removed with the last use of this value and of the stores on it.
final class TestHome: Sendable {
    let url: URL
    let clock = TestClock()

    init() {
        url = FileManager.default.temporaryDirectory
            .appendingPathComponent("wetread-records-\(UUID().uuidString)")
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    func open(readOnly: Bool = false) throws -> RecordStore {
        try RecordStore.open(
            home: url, clock: { [self] in clock.now }, readOnly: readOnly, settings: settings)
    }

    /// The standard, with a steady clock of the test's and cheap secrets.
    var settings: RecordSettings {
        var settings = RecordSettings.standard
        settings.secrets.cost = .cheap
        settings.steadySeconds = { [clock] in clock.steadySeconds }
        return settings
    }

    var database: String { url.appendingPathComponent("wetread.sqlite").path }
}

/// What a shell command printed and its exit status.
@discardableResult
func run(_ command: String, _ arguments: [String]) throws -> (status: Int32, output: String) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [command] + arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let data = try pipe.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: data, as: UTF8.self))
}

let service = ReaderID("service")
let ada = ReaderID("ada")
let ben = ReaderID("ben")

/// A candidate of study `study` with image `image`; other bytes for another `content`.
func candidate(
    study: Int = 1, image: Int = 1, content: UInt8 = 0, byteCount: Int = 64,
    patient: Patient = Patient(
        name: PersonName(alphabetic: "Doe^Jane"), identifier: "ID-1", birthDate: "19500101",
        sex: "F"), view: String = "PA"
) -> ImportCandidate {
    var bytes = [UInt8](repeating: content, count: byteCount)
    bytes.withUnsafeMutableBytes { $0.storeBytes(of: Int64(study * 1000 + image), as: Int64.self) }
    return ImportCandidate(
        header: ImageHeader(
            patient: patient,
            study: StudyHeader(
                studyInstanceUID: "1.2.3.\(study)", accessionNumber: "A\(study)", date: "20261120",
                time: "101112", description: "CHEST"),
            image: InstanceHeader(
                sopInstanceUID: "1.2.3.\(study).\(image)", seriesInstanceUID: "1.2.3.\(study).0",
                seriesNumber: 1, instanceNumber: image, modality: "DX", viewPosition: view,
                photometricInterpretation: "MONOCHROME2", rows: 2048, columns: 2048, bitsStored: 12)
        ), bytes: bytes, sourceName: "IM-\(image).dcm", notes: ["overlay ignored"])
}

/// An analysis of the founding fourteen; `pneumothorax` is that label's probability.
func analysis(
    pneumothorax: Double = 0.9, id: AnalysisID = .new(), sop: String = "1.2.3.1.1",
    isFrontal: Bool = true
) -> Analysis {
    let findings = Pathology.foundingFourteen.map { pathology in
        Finding(
            pathology: pathology, probability: pathology == .pneumothorax ? pneumothorax : 0.123,
            uncertainty: 0.017, table: .founding, passes: [0.1, 0.2, 1.0 / 3])
    }
    let quality = ImageQuality(
        width: 2048, height: 2048, bitDepth: 12, contrast: 0.5, clippedShare: 0.01, sharpness: 1,
        isFrontalChest: isFrontal, frontalChestScore: 0.9, observations: [], notes: [])
    return Analysis(
        id: id, timestamp: Date(timeIntervalSince1970: 1_795_000_000.25),
        model: ModelIdentity(
            name: "baseline-cxr14", version: "1.0",
            sha256: ContentHash(digest: [UInt8](repeating: 7, count: 32)), notice: ""),
        samples: 10, seed: .max,
        images: [
            ImageAnalysis(
                name: "PA", sopInstanceUID: sop, viewPosition: "PA", findings: findings,
                quality: quality)
        ])
}

/// A draft that may be signed.
func completeDraft(impression: String = "Left pneumothorax.\n\"Tension\"? \u{1F6D1} \\ é")
    -> ReadingDraft
{
    var draft = ReadingDraft(
        ownFindings: [OwnFinding(text: "rib fracture")], impression: impression)
    for pathology in Pathology.foundingFourteen { draft.decisions[pathology] = .agree }
    draft.decisions[.hernia] = .unsure
    return draft
}

extension RecordStore {
    /// Imports images and expects that all are new; gives the study of the first.
    @discardableResult
    func take(_ candidates: ImportCandidate...) throws -> StudyID {
        let outcomes = try importImages(candidates, actor: service)
        guard case .imported(let study, _) = try #require(outcomes.first) else {
            throw RecordsError.openedReadOnly(task: .importImages)
        }
        return study
    }

    /// Claims and signs a study with its latest analysis.
    @discardableResult
    func claimAndSign(_ study: StudyID, reader: ReaderID = ada) throws -> SignOff {
        _ = try claim(study, reader: reader, session: "s", seconds: 60)
        return try sign(
            study, reader: reader, session: "s", draft: completeDraft(), meaning: .final,
            openSeconds: 12.3456, analysis: self.study(study).analysis?.id, utcOffsetSeconds: 3600)
    }

    var auditKinds: [AuditEventKind] {
        get throws { try auditEvents().map(\.kind) }
    }
}

/// Runs SQL from outside, as somebody would who bypasses the product.
func tamper(_ home: TestHome, _ sql: String) throws {
    let script = """
        import sqlite3, sys
        db = sqlite3.connect(sys.argv[1])
        for (name,) in db.execute("SELECT name FROM sqlite_schema WHERE type='trigger'").fetchall():
            db.execute(f"DROP TRIGGER {name}")
        db.executescript(sys.argv[2])
        db.commit()
        """
    let result = try run("python3", ["-c", script, home.database, sql])
    #expect(result.status == 0, "\(result.output)")
}
