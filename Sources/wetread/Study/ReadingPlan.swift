// What a reader has to read now, from the study and what was read before.

import Foundation
import Imaging
import ReaderStudy
import StudyReading
import Terminal

/// The part of a study that one session of one reader is about.
struct ReadingPlan {
    /// What is to be read, in order; empty where nothing is left.
    let tasks: [ReadingTask]
    /// The period, from 0.
    let period: Int
    /// Readings of the period that are done.
    let doneBefore: Int
    /// The first task's reading, where it was begun before.
    let resumed: ReadingSession?
    /// When the period may begin, in seconds since 1970; nil for now.
    let earliestStart: Double?

    /// Works out what is next for a reader.
    init(_ folder: StudyFolder, reader: String, record: StudyRecord) {
        let left = record.remaining(for: reader, schedule: folder.schedule)
        period = left.first?.period ?? 0
        tasks = left.prefix { [period] in $0.period == period }.map {
            ReadingTask(
                caseIndex: $0.reading.caseIndex, conditionIndex: $0.reading.conditionIndex,
                purpose: $0.reading.purpose)
        }
        let index = folder.plan.readers.firstIndex(of: reader) ?? 0
        doneBefore = folder.schedule.periods[index][period].readings.count - tasks.count
        resumed = record.unfinished[reader]?.session
        earliestStart =
            doneBefore == 0 && resumed == nil
            ? record.earliestStart(of: period, for: reader, schedule: folder.schedule) : nil
    }

    /// The state at the beginning of a session.
    func model(
        _ folder: StudyFolder, reader: String, size: GridSize, capabilities: Capabilities,
        nanoseconds: UInt64
    ) -> ReadingModel {
        ReadingModel(
            plan: folder.plan, reader: reader, tasks: tasks, doneBefore: doneBefore,
            period: (period, folder.schedule.periods[0].count), resumed: resumed, size: size,
            capabilities: capabilities, nanoseconds: nanoseconds)
    }
}

/// A terminal's size and abilities as a log writes them: all that decides a frame beside the state.
struct ScreenFacts: Equatable {
    let size: GridSize
    let capabilities: Capabilities

    /// The texts of the log.
    var logged: [String] {
        [
            String(size.columns), String(size.rows), String(capabilities.colour.rawValue),
            capabilities.glyphs.rawValue, capabilities.unicode ? "unicode" : "ascii",
            String(capabilities.cellAspect), capabilities.hasOwnWriter ? "own" : "ncurses",
            String(greys.levels), String(greys.black), String(greys.white),
            greys.calibration.map {
                "\($0.luminanceMin) \($0.luminanceMax) \($0.ambient) \($0.gamma)"
            } ?? "uncalibrated",
        ]
    }

    private var greys: GreyScale { capabilities.greys }

    init(_ size: GridSize, _ capabilities: Capabilities) {
        self.size = size
        self.capabilities = capabilities
    }

    /// Reads what `logged` wrote; nil for anything else.
    init?(logged: [String]) {
        guard logged.count == 11, let columns = Int(logged[0]), let rows = Int(logged[1]),
            (0...10_000).contains(columns), (0...10_000).contains(rows),
            let number = Int(logged[2]), let colour = Capabilities.Colour(rawValue: number),
            let glyphs = Capabilities.Glyphs(rawValue: logged[3]), let aspect = Double(logged[5]),
            let levels = Int(logged[7]), let black = UInt8(logged[8]),
            let white = UInt8(logged[9])
        else { return nil }
        let luminances = logged[10].split(separator: " ").compactMap { Double($0) }
        let calibration =
            luminances.count == 4
            ? DisplayCalibration(
                luminanceMin: luminances[0], luminanceMax: luminances[1], ambient: luminances[2],
                gamma: luminances[3]) : nil
        size = GridSize(columns: columns, rows: rows)
        capabilities = Capabilities(
            colour: colour, glyphs: glyphs, unicode: logged[4] == "unicode", cellAspect: aspect,
            hasOwnWriter: logged[6] == "own",
            greys: GreyScale(
                levels: levels, black: black, white: white, calibration: calibration))
    }
}
