// The program under test, with a home of its own.

import Foundation
import Testing
import WetreadTesting

/// A scratch home and the runs on it.
struct Home {
    private let folder: ScratchFolder
    /// Environment that every run gets.
    var environment: [String: String]

    init(model: String = "phantom-cxr14", reader: String = "tester") throws {
        folder = try ScratchFolder("home")
        environment = [
            "WETREAD_HOME": folder.url.appendingPathComponent("home").path,
            "WETREAD_MODEL": model, "WETREAD_READER": reader,
            // `swift test` sets it where its own output is no terminal; empty means not set.
            "NO_COLOR": "",
        ]
    }

    /// The home folder; made by the first run that needs it.
    var url: URL { folder.url.appendingPathComponent("home") }

    /// A place for files beside the home.
    var beside: URL { folder.url }

    /// Runs `wetread`.
    func run(_ arguments: String...) throws -> ProgramRun { try run(arguments) }

    /// Runs `wetread`.
    func run(_ arguments: [String]) throws -> ProgramRun {
        try ProgramRun(Installed.program, arguments, environment: environment)
    }

    /// Imports paths and reads the summary.
    func importing(_ paths: [String], options: [String] = []) throws -> ImportResult {
        let run = try run(["import", "--json"] + options + paths)
        let result = try JSONDecoder.snakeCase.decode(
            ImportResult.self, from: Data(run.output.utf8))
        return ImportResult(
            imported: result.imported, alreadyPresent: result.alreadyPresent,
            refused: result.refused, status: run.status)
    }
}

/// What `wetread import --json` printed.
struct ImportResult: Decodable {
    struct Refusal: Decodable {
        let path: String
        let reason: String
    }

    let imported: [String]
    let alreadyPresent: [String]
    let refused: [Refusal]
    var status: Int32? = nil
}

/// One line of `wetread analyze --json`.
struct AnalysisLine: Decodable {
    struct Model: Decodable {
        let name: String
        let version: String
        let sha256: String
    }

    struct Finding: Decodable {
        let pathology: String
        let probability: Double
        let uncertainty: Double?
        let riskLevel: String
        let clinicalSignificance: String
    }

    struct Quality: Decodable {
        let frontalChest: Bool
    }

    let file: String
    let timestamp: String
    let error: Bool?
    let message: String?
    let reason: String?
    let analysisId: String?
    let model: Model?
    let samples: Int?
    let seed: UInt64?
    let findings: [Finding]?
    let criticalFindings: [String]?
    let quality: Quality?
    let report: String?
    let disclaimer: String?

    static func lines(_ text: String) throws -> [AnalysisLine] {
        try text.split(separator: "\n").map {
            try JSONDecoder.snakeCase.decode(AnalysisLine.self, from: Data($0.utf8))
        }
    }
}

/// The sample studies of the repository.
enum Samples {
    static let folder = Installed.top.appendingPathComponent("SampleStudies")

    /// Every DICOM file of the samples.
    static func files() throws -> [URL] {
        let walk = try #require(
            FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil))
        return walk.compactMap { $0 as? URL }.filter { $0.pathExtension == "dcm" }
            .sorted { $0.path < $1.path }
    }
}
