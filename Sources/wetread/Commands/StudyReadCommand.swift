// wetread study read: a reader reads the cases of a study.

import ArgumentParser
import Foundation
import Imaging
import Radiology
import ReaderStudy
import Records
import StudyReading
import Terminal
import Workstation

struct StudyReadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "read", abstract: "Read the cases of a study, timed and recorded.",
        discussion: """
            Shows the cases in the order that was drawn for this reader, goes on where an earlier \
            session ended, and ends with the period or the session's time. Patient data are hidden, \
            and the AI is shown only where the condition says so. Exit status: 0 recorded; 65 the \
            design, the AI's answers, an image or the log is not what it was; 75 the washout is not \
            over, or the reader has another window open; 77 the reader is none of the study's.
            """)

    @Argument(help: "The study's name.")
    var name: String

    @Option(help: "The reader, as the plan names them (default: the configured reader).")
    var reader: String?

    @Option(help: "Theme (default: the configured one).")
    var theme: String?

    @Option(help: "Glyphs for pictures, as for the workstation.")
    var glyphs: String?

    func validate() throws {
        if let glyphs, Capabilities.Glyphs(rawValue: glyphs) == nil {
            let known = Capabilities.Glyphs.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("--glyphs must be one of \(known)")
        }
    }

    @MainActor func run() async throws {
        let configuration = try Configuration.load()
        let folder = try StudyFolder(named: name, configuration)
        let reader = try StudyReaders.reader(self.reader, of: folder, configuration)
        try folder.checkAdvice()
        let images = try StudyImages(configuration)
        let log = try ReadingLogFile(
            folder, reader: folder.plan.readers.firstIndex(of: reader) ?? 0)
        let record = try StudyRecord(plan: folder.plan, records: log.records)
        let plan = ReadingPlan(folder, reader: reader, record: record)
        guard !plan.tasks.isEmpty else {
            return Output.line("\(reader.inert()) has read everything of this study; thank you")
        }
        try check(plan, folder)
        guard Output.isTerminal(0), Output.isTerminal(1) else {
            throw CommandFailure(
                .usage, "a reading needs a terminal on standard input and output")
        }
        ImageMemory.returnsAtOnce()
        let themes = ThemeCatalogue(
            folders: [configuration.themes] + Installation.themeFolders)
        let screen = try NCursesScreen(
            theme: themes.theme(named: theme ?? configuration.theme ?? "dark"),
            options: TerminalOptions(glyphs: glyphs.flatMap(Capabilities.Glyphs.init)))
        screen.calibration = configuration.settings.display?.calibration
        let ending: ReadingEnding
        do {
            let trips = await screen.roundTrips(count: 5)
            let loop = try ReadingLoop(
                screen: screen, folder: folder, log: log, images: images, reader: reader,
                plan: plan, facts: Self.facts(trips, log: log, terminal: screen.terminalType))
            ending = try await loop.run()
            screen.stop()
        } catch {
            screen.stop()
            throw error
        }
        Output.line(try summary(ending, folder, reader))
    }

    /// Refuses a period that may not begin yet, and cases without an image.
    private func check(_ plan: ReadingPlan, _ folder: StudyFolder) throws {
        if let task = plan.tasks.first(where: { folder.plan.cases[$0.caseIndex].image == nil }) {
            throw CommandFailure(
                .noInput,
                "case \(task.caseIndex + 1) of the study has no image here; create the study with "
                    + "`images` in its plan")
        }
        guard let start = plan.earliestStart, start > Date().timeIntervalSince1970 else { return }
        let day = Date(timeIntervalSince1970: start).formatted(.iso8601)
        throw CommandFailure(
            .tryAgain,
            "period \(plan.period + 1) may begin at \(day): the washout is "
                + "\(folder.plan.washoutDays) days from the last reading of the period before")
    }

    /// What the log is to know of the session.
    private static func facts(
        _ trips: [Double], log: ReadingLogFile, terminal: String
    ) -> [String: String] {
        var resolution = timespec()
        clock_getres(CLOCK_MONOTONIC, &resolution)
        var facts = [
            "utc": String(format: "%.3f", Date().timeIntervalSince1970),
            "program": Wetread.configuration.version, "terminal": terminal,
            "clock_resolution_ns": String(resolution.tv_nsec),
        ]
        let sorted = trips.sorted()
        if let least = sorted.first {
            facts["round_trip_s"] = String(format: "%.6f", sorted[sorted.count / 2])
            facts["round_trip_least_s"] = String(format: "%.6f", least)
        }
        if log.tornByteCount > 0 { facts["torn_bytes"] = String(log.tornByteCount) }
        return facts
    }

    private func summary(
        _ ending: ReadingEnding, _ folder: StudyFolder, _ reader: String
    ) throws -> String {
        let index = folder.plan.readers.firstIndex(of: reader) ?? 0
        let records = try ReadingLog.records(
            in: folder.logText(ofReader: index),
            file: folder.logURL(ofReader: index).lastPathComponent)
        let record = try StudyRecord(plan: folder.plan, records: records)
        let left = record.remaining(for: reader, schedule: folder.schedule).count
        return "\(ending.rawValue): \(record.completed.count) readings recorded, \(left) to read"
    }
}

/// Who reads.
enum StudyReaders {
    /// The reader: as asked for, else as configured; where the home has accounts, the one logged in.
    static func reader(
        _ wanted: String?, of folder: StudyFolder, _ configuration: Configuration
    ) throws -> String {
        var reader = wanted ?? configuration.reader.rawValue
        let database = configuration.home.appendingPathComponent("wetread.sqlite")
        if FileManager.default.fileExists(atPath: database.path) {
            let (store, account) = try Access.recordsForReading(configuration)
            if let actor = store.actor {
                if let wanted, wanted != actor.id.rawValue {
                    throw CommandFailure(
                        .noPermission,
                        "you are logged in as \(account.rawValue.inert()); nobody reads as another")
                }
                reader = actor.id.rawValue
            }
            store.close()
        }
        guard folder.plan.readers.contains(reader) else {
            throw CommandFailure(
                .noPermission,
                "\(reader.inert()) is no reader of study \(folder.plan.name.inert()); its readers are "
                    + folder.plan.readers.map { $0.inert() }.joined(separator: ", "))
        }
        return reader
    }
}
