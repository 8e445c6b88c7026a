// A study in the home: its frozen design, the AI's answers, and the readers' logs.

import Crypto
import Foundation
import Radiology
import ReaderStudy

/// The folder `studies/NAME` of the home.
///
/// `design.json` is what the study is run and analysed by (`plan.toml` is kept as it was given),
/// `study.json` holds its hash, `advice/` the AI's answers by case, `readings/` a log for each reader.
struct StudyFolder {
    /// The folder.
    let url: URL
    /// The frozen plan.
    let plan: StudyPlan
    /// SHA-256 of the plan, by which every log begins.
    let hash: String
    /// Who reads what when.
    let schedule: StudySchedule

    /// What `study.json` holds of the design.
    private struct Head: Decodable {
        let designSHA256: String

        enum CodingKeys: String, CodingKey {
            case designSHA256 = "design_sha256"
        }
    }

    /// The hash function of logs and designs: SHA-256, hexadecimal.
    static let sha256: ReadingLog.Hash = { ContentHash(digest: SHA256.hash(data: $0)).hexadecimal }

    /// Opens a study and checks that its design is the one that it was created with.
    init(named name: String, _ configuration: Configuration) throws {
        let url = try Self.url(of: name, configuration)
        guard FileManager.default.fileExists(atPath: url.appendingPathComponent("study.json").path)
        else {
            throw CommandFailure(
                .noInput,
                "there is no study \(name.inert()) in this home; make one with `wetread study create`"
            )
        }
        try self.init(at: url)
    }

    /// Opens a study's folder.
    init(at url: URL) throws {
        self.url = url
        let name = url.lastPathComponent.inert()
        let head: Head
        do {
            head = try JSONDecoder().decode(
                Head.self, from: Data(contentsOf: url.appendingPathComponent("study.json")))
            plan = try JSONDecoder().decode(
                StudyPlan.self, from: Data(contentsOf: url.appendingPathComponent("design.json")))
        } catch {
            throw CommandFailure(
                .badData,
                "study \(name): study.json or design.json cannot be read; restore the folder from a "
                    + "backup, or create the study anew under another name")
        }
        hash = Self.sha256(Array(plan.canonicalText.utf8))
        guard hash == head.designSHA256 else {
            throw CommandFailure(
                .badData,
                "study \(name): the design was changed after the study was created (its hash is "
                    + "\(hash.prefix(12))…, it was frozen as \(head.designSHA256.prefix(12))…); a "
                    + "changed design is a new version with a name of its own")
        }
        schedule = StudySchedule(plan)
    }

    /// Where a study of a name belongs; throws where the name is none for a folder.
    static func url(of name: String, _ configuration: Configuration) throws -> URL {
        let isPlain = name.allSatisfy {
            $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0))
        }
        guard isPlain, !name.isEmpty, name.first != "." else {
            throw CommandFailure(
                .badData, "a study's name may hold letters, digits, '-', '_' and '.' only")
        }
        return configuration.home.appendingPathComponent("studies").appendingPathComponent(name)
    }

    // MARK: the AI

    /// The file of the AI's answers for a case.
    static func adviceName(ofCase index: Int) -> String {
        "advice/" + String(format: "%05d", index + 1) + ".json"
    }

    /// The AI's answers for a case; throws where they are missing or were changed.
    func advice(ofCase index: Int) throws -> ReadingAdvice {
        let file = url.appendingPathComponent(Self.adviceName(ofCase: index))
        do {
            return try JSONDecoder().decode(ReadingAdvice.self, from: Data(contentsOf: file))
        } catch {
            throw CommandFailure(
                .badData,
                "the AI's answers for case \(index + 1) of study \(plan.name.inert()) cannot be read; "
                    + "restore \(file.lastPathComponent) from a backup")
        }
    }

    /// Checks that the stored answers are those of the frozen design.
    func checkAdvice() throws {
        guard let model = plan.model else { return }
        var digest = SHA256()
        for index in plan.cases.indices {
            let file = url.appendingPathComponent(Self.adviceName(ofCase: index))
            digest.update(data: (try? Data(contentsOf: file)) ?? Data())
        }
        guard ContentHash(digest: digest.finalize()).hexadecimal == model.adviceSHA256 else {
            throw CommandFailure(
                .badData,
                "study \(plan.name.inert()): the AI's answers were changed after the study was "
                    + "created; restore the folder `advice` from a backup")
        }
    }

    // MARK: logs

    /// The log of a reader, by place in the plan.
    func logURL(ofReader index: Int) -> URL {
        url.appendingPathComponent("readings/reader-\(index + 1).log")
    }

    /// True where somebody has begun to read: from then on the design is frozen.
    static func hasReadings(at url: URL) -> Bool {
        let folder = url.appendingPathComponent("readings")
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return names.contains { $0.hasSuffix(".log") }
    }

    /// A reader's log with its chain checked, without a line that a crash cut; empty before the
    /// first reading.
    func logText(ofReader index: Int) throws -> String {
        let file = logURL(ofReader: index)
        guard let data = try? Data(contentsOf: file) else { return "" }
        let name = "\(plan.name.inert())/\(file.lastPathComponent)"
        let whole = data.lastIndex(of: 0x0A).map { data[...$0] } ?? data.prefix(0)
        guard let text = String(validating: whole, as: UTF8.self) else {
            throw CommandFailure(.badData, "\(name) is not UTF-8 text: it was damaged")
        }
        if let line = ReadingLog.firstBreak(in: text, planHash: hash, hash: Self.sha256) {
            throw CommandFailure(
                .badData,
                "\(name), line \(line + 1): the chain of hashes is broken, so this line or the one "
                    + "before was changed, dropped or moved; restore the log from a backup")
        }
        try checkHead(of: text, file: file, name: name)
        return text
    }

    /// Checks that the log still reaches the head that was written down beside it.
    private func checkHead(of text: String, file: URL, name: String) throws {
        let head = file.deletingPathExtension().appendingPathExtension("head")
        guard let line = try? String(contentsOf: head, encoding: .utf8) else { return }
        let fields = line.split(whereSeparator: \.isWhitespace)
        let lines = text.split(separator: "\n")
        guard fields.count == 2, let count = Int(fields[0]), count > 0 else { return }
        guard lines.count >= count, lines[count - 1].hasPrefix(fields[1]) else {
            throw CommandFailure(
                .badData,
                "\(name): the log had \(count) lines and now has \(lines.count), or others: its end "
                    + "was cut off; restore it from a backup")
        }
    }

    /// Everything that readers have recorded, one reader after another.
    func records() throws -> [ReadingLog.Record] {
        try plan.readers.indices.flatMap { index in
            try ReadingLog.records(
                in: logText(ofReader: index), file: logURL(ofReader: index).lastPathComponent)
        }
    }

    /// The readings so far.
    func record() throws -> StudyRecord {
        try StudyRecord(plan: plan, records: records())
    }
}
