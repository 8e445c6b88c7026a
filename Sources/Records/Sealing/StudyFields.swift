// What of a study and an image is sealed, and what it can be found by.

import Foundation
import Radiology

/// The texts of a study's row that may name a patient, in the order in which they are sealed.
struct StudyFields {
    let patient: Patient
    let study: StudyHeader

    private static let count = 17

    init(patient: Patient, study: StudyHeader) {
        self.patient = patient
        self.study = study
    }

    init(sealed: [UInt8], study id: Int64, _ vault: Vault) throws {
        let texts = try SealedFields.texts(
            vault.opened(sealed, "study:\(id)"), count: Self.count)
        patient = Patient(
            name: PersonName(alphabetic: texts[0], ideographic: texts[1], phonetic: texts[2]),
            identifier: texts[3], birthDate: texts[4], sex: texts[5], age: texts[6])
        study = StudyHeader(
            studyInstanceUID: texts[7], accessionNumber: texts[8], date: texts[9],
            time: texts[10], timezoneOffset: texts[11], description: texts[12],
            referringPhysician: PersonName(
                alphabetic: texts[13], ideographic: texts[14], phonetic: texts[15]),
            institution: texts[16])
    }

    func sealed(study id: Int64, _ vault: Vault) throws -> Data {
        let fields = SealedFields([
            patient.name.alphabetic, patient.name.ideographic, patient.name.phonetic,
            patient.identifier, patient.birthDate, patient.sex, patient.age,
            study.studyInstanceUID, study.accessionNumber, study.date, study.time,
            study.timezoneOffset, study.description, study.referringPhysician.alphabetic,
            study.referringPhysician.ideographic, study.referringPhysician.phonetic,
            study.institution,
        ])
        return Data(try vault.seal(fields.bytes, "study:\(id)"))
    }

    /// The keyed hashes that the study is found by: identifier, accession number, UID, and each
    /// word of the name.
    func searchHashes(_ vault: Vault) -> Set<[UInt8]> {
        var words = [patient.identifier, study.accessionNumber, study.studyInstanceUID]
        for group in [patient.name.alphabetic, patient.name.ideographic, patient.name.phonetic] {
            words += group.split { "^ =,".contains($0) }.map(String.init)
        }
        return Set(words.compactMap { Self.searchHash($0, vault) })
    }

    /// The hash of one word that is looked for; nil for nothing.
    static func searchHash(_ word: String, _ vault: Vault) -> [UInt8]? {
        let normal = word.trimmingSpaces().precomposedStringWithCompatibilityMapping.lowercased()
        return normal.isEmpty ? nil : vault.searchHash("word", normal)
    }
}

/// The texts of an image's row that may name a patient.
struct ImageFields {
    let sopInstanceUID: String
    let seriesInstanceUID: String
    let sourceName: String

    init(sopInstanceUID: String, seriesInstanceUID: String, sourceName: String) {
        self.sopInstanceUID = sopInstanceUID
        self.seriesInstanceUID = seriesInstanceUID
        self.sourceName = sourceName
    }

    init(sealed: [UInt8], image id: Int64, _ vault: Vault) throws {
        let texts = try SealedFields.texts(vault.opened(sealed, "image:\(id)"), count: 3)
        self.init(sopInstanceUID: texts[0], seriesInstanceUID: texts[1], sourceName: texts[2])
    }

    func sealed(image id: Int64, _ vault: Vault) throws -> Data {
        let fields = SealedFields([sopInstanceUID, seriesInstanceUID, sourceName])
        return Data(try vault.seal(fields.bytes, "image:\(id)"))
    }
}

extension Vault {
    /// Seals a text for a column.
    func sealText(_ text: String, _ context: String) throws -> Data {
        Data(try seal(Array(text.utf8), context))
    }

    /// Opens a column's text.
    func openText(_ sealed: Data, _ context: String) throws -> String {
        String(decoding: try opened([UInt8](sealed), context), as: UTF8.self)
    }

    /// What a sealed analysis, signature and draft belong to.
    static func analysis(_ id: String) -> String { "analysis:\(id)" }
    static func signOff(_ sequence: Int64) -> String { "sign-off:\(sequence)" }
    static func draft(_ study: StudyID, _ reader: ReaderID) -> String {
        "draft:\(study.rawValue):\(reader.rawValue)"
    }
}
