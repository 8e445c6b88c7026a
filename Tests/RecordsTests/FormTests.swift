// The forms in which things are written: moments, canonical JSON, messages.

import Foundation
import Radiology
import Records
import Testing
import WetreadTesting

@Suite struct FormTests {
    private static let moments: [(seconds: Double, text: String)] = [
        (0, "1970-01-01T00:00:00.000000Z"), (-0.000001, "1969-12-31T23:59:59.999999Z"),
        (951_782_400, "2000-02-29T00:00:00.000000Z"),
        (1_795_000_000.123456, "2026-11-18T11:06:40.123456Z"),
        (4_107_542_399.5, "2100-02-28T23:59:59.500000Z"),
        (-62_135_596_800, "0001-01-01T00:00:00.000000Z"),
        (.infinity, "9999-12-31T23:59:59.999999Z"), (.nan, "0001-01-01T00:00:00.000000Z"),
    ]

    @Test(arguments: moments)
    func momentsAreWrittenInUTCToTheMicrosecond(seconds: Double, text: String) throws {
        let timestamp = Timestamp(Date(timeIntervalSince1970: seconds))
        #expect(timestamp.text == text)
        #expect(Timestamp(text) == timestamp)
    }

    @Test func everyMomentComesBackAndAgreesWithTheSystemsCalendar() throws {
        var random = SplitMix64(seed: 7)
        let style = Date.ISO8601FormatStyle(includingFractionalSeconds: false)
        for _ in 0..<2000 {
            let seconds = Double(
                Int64.random(in: -60_000_000_000...250_000_000_000, using: &random))
            guard seconds > -12_000_000_000 else { continue }  // before 1582 calendars differ
            let timestamp = Timestamp(Date(timeIntervalSince1970: seconds))
            let system = Date(timeIntervalSince1970: seconds).formatted(style)
            #expect(timestamp.text.prefix(19) + "Z" == system)
            #expect(Timestamp(timestamp.date) == timestamp)
        }
    }

    @Test(arguments: [
        "", "2026-11-18T11:06:40Z", "2026-13-18T11:06:40.000000Z", "2026-11-18T24:00:00.000000Z",
        "2026-11-18 11:06:40.000000Z", "0000-11-18T11:06:40.000000Z", "2026-11-18T11:06:4é.00000Z",
    ])
    func whatIsNoMomentIsRefused(text: String) { #expect(Timestamp(text) == nil) }

    @Test func canonicalJSONIsWhatPythonWrites() throws {
        let controls = String(
            String.UnicodeScalarView((0..<0x21).compactMap { Unicode.Scalar($0) }))
        let value = CanonicalJSON.object([
            "b": .array([.null, .boolean(true), .integer(-5), .integer(.max)]),
            "a": .string("\"\\/é\u{7F}\u{2028}\u{1F6D1}" + controls), "é": .object([:]),
            "": .array([]), "aa": .boolean(false), "B": .string(""),
        ])
        let code = """
            import json, sys
            value = json.loads(sys.argv[1])
            print(json.dumps(value, sort_keys=True, separators=(',', ':'), ensure_ascii=False), end='')
            """
        let result = try run("python3", ["-X", "utf8", "-c", code, value.text])
        #expect(result.output == value.text)
    }

    private static let claim = Claim(
        reader: ReaderID("ada\u{1B}[2J"), session: "north:12",
        since: Date(timeIntervalSince1970: 1_795_000_000),
        expires: Date(timeIntervalSince1970: 1_795_000_600))
    private static let hash = ContentHash(digest: [UInt8](repeating: 0xAB, count: 32))

    private static let messages: [(RecordsError, String)] = [
        (
            .readOnlyHome(task: .open, home: "wetread", reason: "Read-only file system"),
            "cannot open the records: the home folder wetread cannot be written (Read-only file "
                + "system). Nothing was changed. Make it writable, or set WETREAD_HOME to a folder "
                + "that is."
        ),
        (
            .unusableHome(home: "x", reason: "Not a directory"),
            "cannot use the records: x cannot be the home folder (Not a directory). Set "
                + "WETREAD_HOME to a folder, or to a path where one can be made."
        ),
        (
            .emptyHome(home: "x"),
            "cannot open the records: the home folder x holds no wetread.sqlite yet. Import "
                + "something first: wetread import PATH"
        ),
        (
            .openedReadOnly(task: .sign),
            "cannot sign a study: the records were opened for reading only."
        ),
        (
            .diskFull(task: .importImages, home: "wetread"),
            "cannot import images: the disk that holds the home folder wetread is full. Nothing "
                + "half-written was kept, what was stored before is whole. Free some space and try "
                + "again."
        ),
        (
            .locked(task: .claim),
            "cannot take a study for reading: another process has kept the database locked for "
                + "5 s. Nothing was changed; try again."
        ),
        (
            .damaged(task: .readStudy, detail: "a moment cannot be read"),
            "cannot read a study: wetread.sqlite is damaged (a moment cannot be read). Restore it "
                + "from a backup; sqlite3 wetread.sqlite 'PRAGMA integrity_check' says more."
        ),
        (
            .foreignDatabase(home: "x"),
            "cannot open the records: wetread.sqlite in x is not a database of Wetread. Move it "
                + "away, or set WETREAD_HOME to another folder."
        ),
        (
            .newerSchema(found: 7, known: 1),
            "cannot open the records: they have schema version 7, this program knows versions up "
                + "to 1. Use the newer Wetread that wrote them."
        ),
        (
            .olderSchema(found: 1, known: 2),
            "cannot open the records for reading only: they have schema version 1, this program "
                + "needs 2. Open them once for writing to bring them up to date."
        ),
        (.noSuchImage(ImageID(3)), "there is no image 3."),
        (
            .missingObject(image: ImageID(3), sha256: hash),
            "cannot read image 3: its file objects/ab/ab/\(hash.hexadecimal) is missing. Import "
                + "the same file again, or restore the folder from a backup."
        ),
        (
            .heldBy(study: StudyID(4), claim: claim),
            "study 4 is being read by ada\u{FFFD}[2J at north:12 since 2026-11-18 11:06 UTC. Wait "
                + "until it is given back or lapses (2026-11-18 11:16 UTC)."
        ),
        (
            .notClaimed(study: StudyID(4)),
            "study 4 is not held by this session. Open it to read and sign again; the draft is "
                + "kept."
        ),
        (
            .alreadySigned(study: StudyID(4), by: ReaderID("ada"), at: claim.since),
            "study 4 was signed by ada at 2026-11-18 11:06 UTC. What is signed is never changed; "
                + "write an addendum."
        ),
        (
            .notReady(study: StudyID(4), obstacles: ["no decision yet on Mass", "b"]),
            "study 4 cannot be signed yet: no decision yet on Mass; b."
        ),
        (
            .moveNotAllowed(study: StudyID(4), from: .unread, move: .addend),
            "study 4 is unread; addend is not allowed from there."
        ),
        (
            .system(task: .readImage, operation: "opening its file", code: EMFILE),
            "cannot read a stored image: opening its file failed (Too many open files)."
        ),
        (
            .database(task: .sign, code: 19, message: "constraint failed"),
            "cannot sign a study: the database refused (SQLite code 19: constraint failed)."
        ),
    ]

    @Test(arguments: messages)
    func anErrorSaysWhatWasTriedAndWhatToDo(error: RecordsError, text: String) {
        #expect(error.description == text)
        #expect(error.localizedDescription == text)
    }
}
