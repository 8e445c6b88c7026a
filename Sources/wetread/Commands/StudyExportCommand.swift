// wetread study export: ratings in the forms that the field uses.

import ArgumentParser
import Foundation
import Radiology
import ReaderStudy

struct StudyExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write a study as an archive, or ratings as CSV, for iMRMC or RJafroc.",
        discussion: """
            The suffix of --output chooses the form: .csv, .imrmc (ROC and LROC ratings) or .xlsx \
            (ROC and free response). A study of this home goes out whole as .zip: design, logs, the \
            AI's answers, tables and hashes, for somebody else to recompute.
            """)

    @Argument(help: "A study of this home; goes out as .zip.")
    var name: String?

    @Option(help: "The ratings: CSV, iMRMC (.imrmc) or RJafroc's workbook (.xlsx).")
    var csv: String?

    @Option(help: "The file to write.")
    var output: String

    @Flag(help: "Name readers R1, R2, ... and cases C1, C2, ..., in an order that says nothing.")
    var anonymous = false

    @Option(help: "Seed of the anonymous order; drawn anew where it is not given.")
    var seed: UInt64?

    func validate() throws {
        if (name == nil) == (csv == nil) {
            throw ValidationError("Name a study, or give ratings by --csv: one of the two.")
        }
    }

    func run() throws {
        if let name { return try exportStudy(name) }
        guard let csv else { return }
        var table = try StudyFile.table(contentsOf: URL(fileURLWithPath: csv))
        if anonymous { table = table.anonymised(seed: seed ?? .random(in: 0 ... .max)) }
        let target = URL(fileURLWithPath: output)
        let data: Data
        switch target.pathExtension.lowercased() {
        case "csv": data = Data(StudyCSV.text(of: table).utf8)
        case "imrmc":
            let title = anonymous ? "Reader study" : "Reader study \(target.lastPathComponent)"
            data = Data(try IMRMCFile.text(of: table, title: title.inert()).utf8)
        case "xlsx": data = Data(try RJafrocWorkbook.bytes(of: table))
        default:
            throw CommandFailure(.usage, "--output must end in .csv, .imrmc or .xlsx")
        }
        do {
            try data.write(to: target, options: .atomic)
        } catch {
            throw CommandFailure(
                .cannotCreate, "cannot write \(target.lastPathComponent.inert())")
        }
        Output.line(
            "\(table.readers.count) readers, \(table.treatments.count) treatments, "
                + "\(table.cases.count) cases written to \(target.lastPathComponent.inert())")
    }

    private func exportStudy(_ name: String) throws {
        let target = URL(fileURLWithPath: output)
        guard target.pathExtension.lowercased() == "zip" else {
            throw CommandFailure(.usage, "a whole study goes out as .zip")
        }
        let folder = try StudyFolder(named: name, Configuration.load())
        try folder.checkAdvice()
        let bytes = try StudyBundle.archive(
            folder, anonymousSeed: anonymous ? seed ?? .random(in: 0 ... .max) : nil)
        do {
            try Data(bytes).write(to: target, options: .atomic)
        } catch {
            throw CommandFailure(
                .cannotCreate, "cannot write \(target.lastPathComponent.inert())")
        }
        Output.line(
            "study \(name.inert()) written to \(target.lastPathComponent.inert()), "
                + "\(bytes.count) bytes" + (anonymous ? ", without identities" : ""))
    }
}

struct StudyImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Take in a study that `export` wrote as an archive.",
        discussion: """
            Checks the SHA-256 of every file, the design's hash and every log's chain, then writes \
            studies/NAME in the home. The study can be analysed at once; images are not in it.
            """)

    @Argument(help: "The archive, a .zip file.")
    var file: String

    @Option(help: "The name in this home (default: the study's own).")
    var name: String?

    func run() throws {
        let label = StudyInput.name(file)
        let archive = try StudyArchive(StudyInput.bytes(file), name: label)
        guard let design = archive.bytes(of: "design.json"),
            let plan = try? JSONDecoder().decode(StudyPlan.self, from: Data(design))
        else { throw CommandFailure(.badData, "\(label) is no study: it has no design.json") }
        let configuration = try Configuration.load()
        let folder = try StudyFolder.url(of: name ?? plan.name, configuration)
        try? FileManager.default.createDirectory(
            at: folder.deletingLastPathComponent(), withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700])
        try StudyBundle.unpack(archive, to: folder, file: label)
        Output.line(
            "study \(folder.lastPathComponent) taken in: \(plan.readers.count) readers, "
                + "\(plan.cases.count) cases")
    }
}
