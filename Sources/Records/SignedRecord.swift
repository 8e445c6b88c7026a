// The signed record in its canonical form.

import Foundation
import Radiology

/// The canonical record of a signature: what its SHA-256 stands for.
enum SignedRecord {
    private struct Members: Decodable {
        var reader: String
        var signedAt: String
        var utcOffsetSeconds: Int
        var meaning: String
        var openMilliseconds: Int64
        var analysis: String?
        var printedName: String?
        var viewing: StoredViewing?

        enum CodingKeys: String, CodingKey {
            case reader, meaning, analysis, viewing
            case printedName = "printed_name"
            case signedAt = "signed_at"
            case utcOffsetSeconds = "utc_offset_seconds"
            case openMilliseconds = "open_milliseconds"
        }
    }

    static func text(
        _ signOff: SignOff, studyUID: String, analysis: Analysis?, analysisSHA256: String?
    ) -> String {
        var members = StoredReading(signOff.reading).members
        members["format"] = .string("wetread-sign-off-1")
        members["study"] = .integer(signOff.study.rawValue)
        members["study_instance_uid"] = .string(studyUID)
        members["reader"] = .string(signOff.reader.rawValue)
        members["printed_name"] = .string(signOff.printedName)
        members["signed_at"] = .string(Timestamp(signOff.signedAt).text)
        members["utc_offset_seconds"] = .integer(Int64(signOff.utcOffsetSeconds))
        members["meaning"] = .string(signOff.meaning.rawValue)
        members["statement"] = .string(SignOff.statement(meaning: signOff.meaning))
        members["open_milliseconds"] = .integer(Int64((signOff.openSeconds * 1000).rounded()))
        members["analysis"] = signOff.analysis.map { .string($0.rawValue) } ?? .null
        members["analysis_sha256"] = analysisSHA256.map { .string($0) } ?? .null
        if let analysis {
            members["model_sha256"] = .string(analysis.model.sha256.hexadecimal)
            members["seed"] = .string(String(analysis.seed))
            members["samples"] = .integer(Int64(analysis.samples))
        }
        if let first = signOff.viewing?.firstImpression, let analysis {
            let shift = first.shift(to: signOff.reading, findings: analysis.findings)
            members["shift"] = .object([
                "taken": .array(shift.taken.map { .string($0.rawValue) }),
                "dropped": .array(shift.dropped.map { .string($0.rawValue) }),
            ])
        }
        if let viewing = signOff.viewing { members["viewing"] = StoredViewing(viewing).json }
        return CanonicalJSON.object(members).text
    }

    static func signOff(_ text: String, study: StudyID) throws -> SignOff {
        let members = try JSONDecoder().decode(Members.self, from: Data(text.utf8))
        let signedAt: Timestamp = try .stored(members.signedAt)
        return SignOff(
            study: study, reader: ReaderID(members.reader), signedAt: signedAt.date,
            utcOffsetSeconds: members.utcOffsetSeconds, meaning: try .stored(members.meaning),
            openSeconds: Double(members.openMilliseconds) / 1000,
            analysis: members.analysis.map { AnalysisID($0) },
            reading: try StoredReading(text: text).draft(),
            printedName: members.printedName ?? "", viewing: try members.viewing?.viewing())
    }
}
