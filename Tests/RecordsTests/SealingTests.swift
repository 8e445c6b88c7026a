// What lies on the disk: nothing of a patient, and nothing that opens elsewhere.

import Foundation
import Radiology
import Records
import Testing
import WetreadTesting

/// Patients whose every value is one that nothing else contains.
private let people: [Patient] = (1...5).map { number in
    Patient(
        name: PersonName(
            alphabetic: "Quagmire\(number)^Zebulon\(number)", ideographic: "山田\(number)^太郎",
            phonetic: "やまだ\(number)^たろう"),
        identifier: "PID-7734-\(number)", birthDate: "1951020\(number)", sex: "F",
        age: "07\(number)Y")
}

private func candidates() -> [ImportCandidate] {
    people.enumerated().map { index, patient in
        var item = candidate(study: index + 1, byteCount: 5000, patient: patient)
        let words = "\(patient.name.alphabetic)|\(patient.identifier)|\(patient.birthDate)"
        item.bytes.replaceSubrange(100..<100 + words.utf8.count, with: words.utf8)
        item.header.study.studyInstanceUID = "1.2.840.99999.\(index + 1)"
        item.header.study.accessionNumber = "ACC-5512-\(index + 1)"
        item.header.study.date = "20250317"
        item.header.study.referringPhysician = PersonName(alphabetic: "Wintergreen^Ottoline")
        item.header.image.sopInstanceUID = "1.2.840.99999.\(index + 1).8"
        item.header.study.institution = "Hospital Zugspitze"
        item.sourceName = "\(patient.name.alphabetic).dcm"
        return item
    }
}

/// What must not be found in the open.
private var secrets: [String] {
    people.flatMap { patient in
        [
            patient.name.ideographic, patient.name.phonetic, patient.identifier,
            patient.birthDate,
        ] + patient.name.alphabetic.split(separator: "^").map(String.init)
    } + [
        "ACC-5512", "20250317", "Wintergreen", "Ottoline", "Zugspitze", "1.2.840.99999",
        "Left pneumothorax", "rib fracture",
    ]
}

/// Every file under a home, with what of the secrets is in it.
private func leaks(_ home: URL) throws -> [String] {
    let names = FileManager.default.enumerator(atPath: home.path)?.allObjects as? [String] ?? []
    #expect(names.count > 5)
    var found: [String] = []
    for name in names where !HomeTests.isFolder(home.path + "/" + name) {
        let data = try Data(contentsOf: home.appendingPathComponent(name))
        for secret in secrets where data.range(of: Data(secret.utf8)) != nil {
            found.append("\(name): \(secret)")
        }
        for secret in secrets where name.contains(secret) { found.append("name \(name)") }
    }
    return found
}

@Suite struct SealingTests {
    let home = TestHome()

    /// A home with everything that can hold a patient's data: images, an analysis, a draft, a
    /// signature, a refusal.
    private func filledStore() throws -> RecordStore {
        let store = try home.open()
        _ = try store.importImages(candidates(), actor: service)
        for number in 1...5 {
            let made = analysis(sop: "1.2.840.99999.\(number).8")
            try store.store(made, for: StudyID(Int64(number)), actor: service)
        }
        try store.saveDraft(completeDraft(), for: StudyID(2), reader: ada)
        try store.claimAndSign(StudyID(1))
        try store.recordRefusal(
            name: "\(people[0].name.alphabetic).dcm",
            reason: "cannot read \(people[0].name.alphabetic).dcm", actor: service)
        return store
    }

    @Test func nothingOfAPatientLiesInTheOpen() throws {
        let store = try filledStore()
        #expect(try leaks(home.url) == [], "with the log still there")
        store.close()
        #expect(try leaks(home.url) == [])
        let again = try home.open()
        #expect(try again.worklist().map(\.patient) == people)
        for (index, item) in candidates().enumerated() {
            #expect(try again.imageBytes(ImageID(Int64(index + 1))) == item.bytes)
        }
        #expect(try again.study(StudyID(2), draftOf: ada).draft == completeDraft())
        #expect(try again.study(StudyID(1)).signOffs.first?.reading == completeDraft())
    }

    @Test func theKeyFileIsPrivateAndMadeOnce() throws {
        try home.open().close()
        let path = home.url.appendingPathComponent("key").path
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        #expect(attributes[.posixPermissions] as? Int == 0o600)
        let key = FileManager.default.contents(atPath: path)
        try home.open().close()
        #expect(FileManager.default.contents(atPath: path) == key && key?.count == 65)
    }

    @Test func withoutTheRightKeyNothingOpens() throws {
        try filledStore().close()
        let path = home.url.appendingPathComponent("key").path
        let key = try #require(FileManager.default.contents(atPath: path))
        try FileManager.default.removeItem(atPath: path)
        let missing = #expect(throws: RecordsError.self) { try home.open() }
        #expect(missing?.description.contains("no readable key file") == true)
        #expect(!FileManager.default.fileExists(atPath: path), "no second key is made")
        try Data(String(repeating: "ab", count: 32).utf8).write(to: URL(fileURLWithPath: path))
        #expect(throws: RecordsError.keyWrong) { try home.open() }
        #expect(throws: RecordsError.keyWrong) { try home.open(readOnly: true) }
        try Data("rubbish".utf8).write(to: URL(fileURLWithPath: path))
        #expect(throws: RecordsError.self) { try home.open() }
        try key.write(to: URL(fileURLWithPath: path))
        #expect(try home.open().worklist().count == 5)
    }

    @Test(arguments: ["WETREAD_KEY", "WETREAD_KEY_COMMAND", "WETREAD_KEY_FILE"])
    func theKeyMayComeFromElsewhere(variable: String) throws {
        let digits = String(repeating: "0f", count: 32)
        let file = home.url.path + "-key"
        try Data((digits + "\n").utf8).write(to: URL(fileURLWithPath: file))
        defer { try? FileManager.default.removeItem(atPath: file) }
        let values = [
            "WETREAD_KEY": digits, "WETREAD_KEY_COMMAND": "cat '\(file)'", "WETREAD_KEY_FILE": file,
        ]
        var settings = home.settings
        settings.keys = .environment([variable: values[variable] ?? ""])
        let store = try RecordStore.open(home: home.url, settings: settings)
        try store.take(candidate())
        store.close()
        #expect(!FileManager.default.fileExists(atPath: home.url.path + "/key"))
        #expect(throws: RecordsError.self) { try home.open() }
        settings.keys = .bytes([UInt8](repeating: 0x0F, count: 32))
        #expect(try RecordStore.open(home: home.url, settings: settings).worklist().count == 1)
    }

    @Test func aSealedValueOpensOnlyInItsPlace() throws {
        try filledStore().close()
        try tamper(
            home,
            "UPDATE study SET sealed = (SELECT s.sealed FROM study s WHERE s.id = 2) WHERE id = 1")
        let error = #expect(throws: RecordsError.self) { _ = try home.open().worklist() }
        #expect(error == .sealBroken(detail: "of study"))
    }

    @Test func rotationChangesEveryKeyAndKeepsEverything() throws {
        let store = try filledStore()
        let path = home.url.appendingPathComponent("key").path
        let old = try #require(FileManager.default.contents(atPath: path))
        let before = try Data(contentsOf: URL(fileURLWithPath: #require(objectFiles(home).first)))
        let result = try store.rotateKeys()
        #expect(result.valueCount == 5 + 5 + 5 + 1 + 1 && result.objectCount == 5)
        #expect(FileManager.default.contents(atPath: path) != old)
        let after = try Data(contentsOf: URL(fileURLWithPath: #require(objectFiles(home).first)))
        #expect(before != after && before.count == after.count)
        #expect(try store.worklist().map(\.patient) == people)
        store.close()
        let again = try home.open()
        #expect(try again.worklist().map(\.patient) == people)
        #expect(try again.imageBytes(ImageID(3)) == candidates()[2].bytes)
        #expect(try again.verifyAudit().isWhole)
        #expect(try again.studies(foundBy: "PID-7734-3") == [StudyID(3)])
        try old.write(to: URL(fileURLWithPath: path))
        #expect(throws: RecordsError.keyWrong) { try home.open() }
    }

    @Test func aRotationCutOffBeforeTheFileTookItsPlaceIsFinishedAtTheNextStart() throws {
        try filledStore().close()
        let path = home.url.appendingPathComponent("key").path
        let old = try #require(FileManager.default.contents(atPath: path))
        let store = try home.open()
        _ = try store.rotateKeys()
        store.close()
        try FileManager.default.moveItem(atPath: path, toPath: path + ".next")
        try old.write(to: URL(fileURLWithPath: path))
        #expect(try home.open().worklist().count == 5)
        #expect(!FileManager.default.fileExists(atPath: path + ".next"))
        #expect(try home.open(readOnly: true).worklist().count == 5)
    }

    @Test(
        arguments: [
            ("quagmire3", 3), ("ZEBULON2", 2), ("山田4", 4), ("PID-7734-5", 5), ("acc-5512-1", 1),
            ("1.2.840.99999.2", 2),
        ] as [(String, Int64)])
    func studiesAreFoundByKeyedHash(word: String, study: Int64) throws {
        let store = try filledStore()
        #expect(try store.studies(foundBy: word) == [StudyID(study)])
        #expect(try store.studies(foundBy: word + "x") == [])
    }

    @Test func openSSLOpensWhatWeSealed() throws {
        // The audit script opens every signed record with OpenSSL; it says `whole` only then.
        try filledStore().close()
        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("verify_audit.py").path
        let result = try run("python3", [script, home.database])
        #expect(result.output.hasPrefix("whole "), "\(result.output)")
    }
}
