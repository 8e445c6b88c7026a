// A study of the home as one archive, and back.

import ArgumentParser
import Crypto
import Foundation
import Radiology
import ReaderStudy

/// Packs a study for somebody else to recompute, and unpacks it again.
enum StudyBundle {
    private static let readMe = """
        A reader study of Wetread. design.json is the frozen design (study.json has its SHA-256),
        readings/*.log are the readers' logs (each line holds the hash of the line before, the first
        that of the design), advice/*.json what the AI said of each case, ratings-*.csv, times.csv
        and remarks.csv the tables made of the logs. manifest.json has the SHA-256 of every file.
        `wetread study import FILE` takes it in; `wetread study analyze NAME` computes everything.

        """

    /// The archive of a study; with a seed without identities.
    static func archive(_ folder: StudyFolder, anonymousSeed: UInt64?) throws -> [UInt8] {
        var archive = StudyArchive()
        let record: StudyRecord
        if let anonymousSeed {
            record = try addAnonymous(folder, seed: anonymousSeed, to: &archive)
        } else {
            for name in try files(of: folder) {
                let data = try Data(contentsOf: folder.url.appendingPathComponent(name))
                archive.add(name, [UInt8](data))
            }
            record = try folder.record()
        }
        for (index, pathology) in record.plan.pathologies.enumerated() {
            guard let table = try? record.ratings(of: pathology) else { continue }
            archive.add("ratings-\(index + 1).csv", Array(StudyCSV.text(of: table).utf8))
        }
        archive.add("times.csv", Array(record.timesCSV.utf8))
        archive.add("remarks.csv", Array(record.remarksCSV.utf8))
        archive.add("README.txt", Array(readMe.utf8))
        archive.add(
            "manifest.json",
            Array(manifest(archive, record.plan, isAnonymous: anonymousSeed != nil).utf8))
        return archive.bytes
    }

    private static func files(of folder: StudyFolder) throws -> [String] {
        var names = ["plan.toml", "design.json", "schedule.csv", "study.json"]
        if folder.plan.model != nil {
            names += folder.plan.cases.indices.map { StudyFolder.adviceName(ofCase: $0) }
        }
        let readings = folder.url.appendingPathComponent("readings")
        let logs = (try? FileManager.default.contentsOfDirectory(atPath: readings.path)) ?? []
        return names + logs.sorted().filter(isKnown).map { "readings/\($0)" }
    }

    private static func addAnonymous(
        _ folder: StudyFolder, seed: UInt64, to archive: inout StudyArchive
    ) throws -> StudyRecord {
        let name = "anonymous-" + String(folder.hash.suffix(8).reversed())
        var anonymous = AnonymousStudy(folder.plan, name: name, seed: seed)
        if folder.plan.model != nil {
            var digest = SHA256()
            for (new, old) in anonymous.caseOrder.enumerated() {
                let data = try Data(
                    contentsOf: folder.url.appendingPathComponent(
                        StudyFolder.adviceName(ofCase: old)))
                digest.update(data: data)
                archive.add(StudyFolder.adviceName(ofCase: new), [UInt8](data))
            }
            anonymous.setAdviceHash(ContentHash(digest: digest.finalize()).hexadecimal)
        }
        let plan = anonymous.plan
        let hash = StudyPlanText.hash(of: plan)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        archive.add("design.json", [UInt8](try encoder.encode(plan)))
        archive.add("study.json", Array((StudyPlanText.json(plan, hash: hash) + "\n").utf8))
        var all: [ReadingLog.Record] = []
        for (new, old) in anonymous.readerOrder.enumerated() {
            let records = anonymous.records(
                try ReadingLog.records(in: folder.logText(ofReader: old), file: "the log"))
            guard !records.isEmpty else { continue }
            var log = ReadingLog(planHash: hash, hash: StudyFolder.sha256)
            let text = records.map { log.add($0) }.joined()
            archive.add("readings/reader-\(new + 1).log", Array(text.utf8))
            all += records
        }
        return try StudyRecord(plan: plan, records: all)
    }

    private static func manifest(
        _ archive: StudyArchive, _ plan: StudyPlan, isAnonymous: Bool
    ) -> String {
        JSONTree.object([
            ("program", .text(Wetread.configuration.version)), ("anonymous", .flag(isAnonymous)),
            ("model", .text(plan.model?.name ?? "")),
            ("model_sha256", plan.model.map { .text($0.sha256) } ?? .null),
            (
                "files",
                .object(
                    archive.files.map { ($0.name, .text(StudyFolder.sha256($0.bytes))) })
            ),
        ]).written() + "\n"
    }

    // MARK: back

    private struct Manifest: Decodable {
        let files: [String: String]
    }

    /// The files of the archive that make a study; everything else in it is derived.
    private static func isKnown(_ name: String) -> Bool {
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        guard let last = parts.last, parts.count <= 2 else { return false }
        let isPlain = last.utf8.allSatisfy {
            ($0 >= 0x30 && $0 <= 0x39) || ($0 >= 0x61 && $0 <= 0x7A) || $0 == 0x2D || $0 == 0x2E
        }
        guard isPlain, last.first != "." else { return false }
        if parts.count == 1, last.hasPrefix("reader-") {
            return last.hasSuffix(".log") || last.hasSuffix(".head")
        }
        if parts.count == 1 {
            return ["plan.toml", "design.json", "schedule.csv", "study.json"].contains(name)
        }
        return parts[0] == "advice" && last.hasSuffix(".json")
            || parts[0] == "readings" && last.hasPrefix("reader-")
    }

    /// Unpacks an archive into a folder that does not exist yet, and checks hashes and chains.
    static func unpack(_ archive: StudyArchive, to folder: URL, file: String) throws {
        guard let text = archive.bytes(of: "manifest.json"),
            let manifest = try? JSONDecoder().decode(Manifest.self, from: Data(text))
        else {
            throw CommandFailure(.badData, "\(file) is no study: it has no manifest.json")
        }
        for (name, bytes) in archive.files where name != "manifest.json" {
            guard manifest.files[name] == StudyFolder.sha256(bytes) else {
                throw CommandFailure(
                    .badData, "\(file): \(name.inert()) is not what the manifest says it was")
            }
        }
        let staged = folder.deletingLastPathComponent()
            .appendingPathComponent(".import-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: staged) }
        for (name, bytes) in archive.files where isKnown(name) {
            let url = staged.appendingPathComponent(name)
            do {
                try FileManager.default.createDirectory(
                    at: url.deletingLastPathComponent(), withIntermediateDirectories: true,
                    attributes: [.posixPermissions: 0o700])
                try Data(bytes).write(to: url)
            } catch {
                throw CommandFailure(.cannotCreate, "cannot write the study's folder")
            }
        }
        let study = try StudyFolder(at: staged)
        try study.checkAdvice()
        _ = try study.record()
        guard (try? FileManager.default.moveItem(at: staged, to: folder)) != nil else {
            throw CommandFailure(
                .cannotCreate,
                "the study \(folder.lastPathComponent.inert()) exists; import it by another --name")
        }
    }
}
