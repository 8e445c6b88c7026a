// Import: once only, whole or not at all, and the bytes come back.

import Foundation
import Radiology
import Records
import Testing

@Suite struct ImportTests {
    let home = TestHome()

    @Test func storedBytesComeBackAndLieUnderTheirHash() throws {
        let store = try home.open()
        let image = candidate(byteCount: 100_000)
        let outcomes = try store.importImages([image], actor: service)
        #expect(outcomes == [.imported(study: StudyID(1), image: ImageID(1))])
        #expect(try store.imageBytes(ImageID(1)) == image.bytes)
        let hash = ContentHash(of: image.bytes)
        let path = home.url.appendingPathComponent("objects/\(hash.objectPath)").path
        // Sealed: 33 bytes more, and nothing of the content.
        let stored = try #require(FileManager.default.contents(atPath: path))
        #expect(stored.count == image.bytes.count + 33)
        #expect(stored.range(of: Data(image.bytes.prefix(16))) == nil)
    }

    @Test func everythingTheFileSaysComesBack() throws {
        let store = try home.open()
        var image = candidate()
        image.header.patient = Patient(
            name: PersonName(alphabetic: "Yamada^Tarou", ideographic: "山田^太郎", phonetic: "やまだ"),
            identifier: "X", birthDate: "19700101", sex: "M", age: "056Y")
        image.header.study.referringPhysician = PersonName(value: "A^B=C=D")
        image.header.study.institution = "Clinic"
        image.header.study.timezoneOffset = "+0100"
        image.header.image.laterality = "L"
        image.header.image.frameCount = 3
        image.header.image.seriesNumber = nil
        let record = try store.study(try store.take(image))
        #expect(record.entry.patient == image.header.patient)
        #expect(record.entry.study == image.header.study)
        #expect(record.images.map(\.header) == [image.header.image])
        #expect(record.images[0].notes == image.notes)
        #expect(record.images[0].sourceName == image.sourceName)
        #expect(record.entry.receivedAt == home.clock.now)
        #expect(record.entry.state == .unread)
        #expect(record.awaitsAnalysis)
    }

    @Test func theSameImageTwiceIsOneImage() throws {
        let store = try home.open()
        try store.take(candidate())
        let token = try store.changeToken()
        let again = try store.importImages([candidate(), candidate()], actor: service)
        let present = ImportOutcome.alreadyPresent(study: StudyID(1), image: ImageID(1))
        #expect(again == [present, present])
        #expect(try store.changeToken() == token)
        #expect(try store.auditKinds == [.imported])
    }

    @Test func theSameImageTwiceInOneCallIsOneImage() throws {
        let store = try home.open()
        let outcomes = try store.importImages([candidate(), candidate()], actor: service)
        #expect(
            outcomes == [
                .imported(study: StudyID(1), image: ImageID(1)),
                .alreadyPresent(study: StudyID(1), image: ImageID(1)),
            ])
    }

    @Test(arguments: [true, false])
    func theSameIdentifierWithOtherBytesIsRefusedAndLeavesNoFile(inOneCall: Bool) throws {
        let store = try home.open()
        let other = candidate(content: 9)
        var outcomes: [ImportOutcome]
        if inOneCall {
            outcomes = try store.importImages([candidate(), other], actor: service)
        } else {
            try store.take(candidate())
            outcomes = try store.importImages([other], actor: service)
        }
        guard case .conflict(let reason) = outcomes.removeLast() else {
            Issue.record("not refused")
            return
        }
        #expect(reason.contains("same SOP Instance UID"))
        #expect(objectFiles(home).count == 1)
        #expect(try store.imageBytes(ImageID(1)) == candidate().bytes)
        #expect(try store.auditKinds == [.imported, .refused])
    }

    @Test func imagesOfOneStudyMeetAndStandInOrder() throws {
        let store = try home.open()
        let study = try store.take(
            candidate(image: 10, view: "LL"), candidate(image: 2, view: "PA"), candidate(study: 2))
        let record = try store.study(study)
        #expect(record.entry.views == ["PA", "LL"])
        #expect(record.images.map(\.header.instanceNumber) == [2, 10])
        #expect(try store.worklist().count == 2)
    }

    @Test func anotherPatientInOneStudyIsSaidAndTheFirstStays() throws {
        let store = try home.open()
        let stranger = Patient(name: PersonName(alphabetic: "Roe^Max"), identifier: "ID-2")
        let study = try store.take(candidate(), candidate(image: 2, patient: stranger))
        let record = try store.study(study)
        #expect(record.entry.patient.identifier == "ID-1")
        #expect(record.notes.count == 1)
        #expect(record.notes[0].contains("Patient ID, Patient's Name"))
        #expect(record.images[1].notes.last?.contains("another patient") == true)
        let detail = try store.auditEvents()[1].detail
        #expect(detail.contains(#""patient_differs":["Patient ID","Patient's Name"]"#))
        #expect(!detail.contains("Roe") && !detail.contains("ID-2"))
    }

    @Test func anotherSpellingOfTheSamePatientIsNoDifference() throws {
        let store = try home.open()
        let same = Patient(
            name: PersonName(alphabetic: "DOE^JANE^ ", ideographic: "x"), identifier: "ID-1 ",
            birthDate: "1950.01.01")
        let study = try store.take(candidate(), candidate(image: 2, patient: same))
        #expect(try store.study(study).notes.isEmpty)
    }

    @Test func filesWithoutIdentifiersDoNotMeet() throws {
        let store = try home.open()
        var first = candidate()
        var second = candidate(image: 2)
        for index in 0...1 {
            var image = index == 0 ? first : second
            image.header.study.studyInstanceUID = ""
            image.header.image.seriesInstanceUID = ""
            image.header.image.sopInstanceUID = ""
            if index == 0 { first = image } else { second = image }
        }
        let outcomes = try store.importImages([first, second, first], actor: service)
        #expect(try store.worklist().count == 2)
        #expect(outcomes[2] == .alreadyPresent(study: StudyID(1), image: ImageID(1)))
        let uid = try store.study(StudyID(1)).images[0].header.sopInstanceUID
        #expect(uid.hasPrefix("2.25.") && uid.count <= 64)
    }

    @Test func aRefusedFileIsRecordedWithoutItsName() throws {
        let store = try home.open()
        try store.recordRefusal(
            name: "DOE_JANE.dcm", reason: "cannot decode DOE_JANE.dcm: not DICOM", actor: service)
        let event = try #require(try store.auditEvents().first)
        #expect(event.kind == .refused)
        #expect(event.detail.contains("cannot decode the file: not DICOM"))
        #expect(!event.detail.contains("DOE"))
        let hash = ContentHash(of: Array("DOE_JANE.dcm".utf8))
        #expect(event.detail.contains(hash.hexadecimal))
    }

    @Test func aChangedObjectIsNotGivenOutAndIsMendedByTheSameFile() throws {
        let store = try home.open()
        try store.take(candidate())
        let path = try #require(objectFiles(home).first)
        var bytes = candidate().bytes
        bytes[50] ^= 1
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        let error = #expect(throws: RecordsError.self) { try store.imageBytes(ImageID(1)) }
        guard case .changedObject(ImageID(1), _, let found) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(found == ContentHash(of: bytes))
        let outcomes = try store.importImages([candidate()], actor: service)
        #expect(outcomes == [.alreadyPresent(study: StudyID(1), image: ImageID(1))])
        #expect(try store.imageBytes(ImageID(1)) == candidate().bytes)
        #expect(try store.auditKinds == [.imported])
    }

    @Test func aLostObjectIsSaidAndComesBackWithTheSameFile() throws {
        let store = try home.open()
        try store.take(candidate())
        try FileManager.default.removeItem(atPath: #require(objectFiles(home).first))
        let expected = ContentHash(of: candidate().bytes)
        #expect(throws: RecordsError.missingObject(image: ImageID(1), sha256: expected)) {
            try store.imageBytes(ImageID(1))
        }
        let outcomes = try store.importImages([candidate()], actor: service)
        #expect(outcomes == [.alreadyPresent(study: StudyID(1), image: ImageID(1))])
        #expect(try store.imageBytes(ImageID(1)) == candidate().bytes)
    }

    @Test func anImageAfterTheSignatureIsStoredAndSaid() throws {
        let store = try home.open()
        let study = try store.take(candidate())
        try store.store(analysis(), for: study, actor: service)
        try store.claimAndSign(study)
        _ = try store.importImages([candidate(image: 2)], actor: service)
        let record = try store.study(study)
        #expect(record.entry.state == .final)
        #expect(record.notes.first?.contains("after the report was signed") == true)
        #expect(record.awaitsAnalysis)
        let event = try store.auditEvents().last { $0.kind == .imported }
        #expect(event?.detail.contains("after_signature") == true)
    }

    @Test func whatDeadWritersLeftIsRemovedAtTheNextStart() throws {
        try home.open().close()
        let incoming = home.url.appendingPathComponent("objects/.incoming")
        let dead = incoming.appendingPathComponent("dead")
        let fresh = incoming.appendingPathComponent("fresh")
        let locked = incoming.appendingPathComponent("locked")
        for file in [dead, fresh, locked] { try Data(count: 10).write(to: file) }
        let hourAgo = Date().addingTimeInterval(-3600)
        for file in [dead, locked] {
            try FileManager.default.setAttributes(
                [.modificationDate: hourAgo], ofItemAtPath: file.path)
        }
        let descriptor = Foundation.open(locked.path, O_RDONLY)
        #expect(flock(descriptor, LOCK_EX) == 0)
        defer { Foundation.close(descriptor) }
        _ = try home.open()
        let left = try FileManager.default.contentsOfDirectory(atPath: incoming.path)
        #expect(left.sorted() == ["fresh", "locked"])
    }
}

/// The paths of all objects in a home.
func objectFiles(_ home: TestHome) -> [String] {
    let root = home.url.appendingPathComponent("objects").path
    let names = FileManager.default.enumerator(atPath: root)?.allObjects as? [String] ?? []
    return names.filter { $0.split(separator: "/").last?.count == 64 }.map { "\(root)/\($0)" }
}
