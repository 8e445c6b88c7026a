// wetread study export: ratings in the forms that the field uses.

import ArgumentParser
import Foundation
import Radiology
import ReaderStudy

struct StudyExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write a study's ratings as CSV, for iMRMC, or as RJafroc's workbook.",
        discussion: """
            The suffix of --output chooses the form: .csv, .imrmc (ROC and LROC ratings) or .xlsx \
            (ROC and free response).
            """)

    @Option(help: "The ratings: CSV, iMRMC (.imrmc) or RJafroc's workbook (.xlsx).")
    var csv: String

    @Option(help: "The file to write.")
    var output: String

    @Flag(help: "Name readers R1, R2, ... and cases C1, C2, ..., in an order that says nothing.")
    var anonymous = false

    @Option(help: "Seed of the anonymous order; drawn anew where it is not given.")
    var seed: UInt64?

    func run() throws {
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
}
