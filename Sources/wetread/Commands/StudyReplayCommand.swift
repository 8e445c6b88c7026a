// wetread study replay: carry out a reader's log again.

import ArgumentParser
import Foundation
import Radiology
import ReaderStudy
import StudyReading
import Terminal

struct StudyReplayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Carry out a reader's recorded keys again and compare every frame and event.",
        discussion: """
            Checks the log's chain of hashes, then the keys are taken again at their recorded times: \
            each frame must have the recorded SHA-256 and each event be the recorded one. With \
            --play the frames are shown in a terminal as they were. Exit status: 0 all as recorded, \
            65 not.
            """)

    @Argument(help: "The study's name.")
    var name: String

    @Option(help: "The reader (default: all readers).")
    var reader: String?

    @Flag(help: "Show the frames in this terminal, at their pace.")
    var play = false

    @Option(help: "How many times faster, with --play.")
    var speed = 1.0

    func validate() throws {
        if !(0.01...1000).contains(speed) {
            throw ValidationError("--speed must be 0.01 to 1000")
        }
        if play, reader == nil { throw ValidationError("--play needs --reader") }
    }

    @MainActor func run() async throws {
        let configuration = try Configuration.load()
        let folder = try StudyFolder(named: name, configuration)
        let readers = reader.map { [$0] } ?? folder.plan.readers
        guard readers.allSatisfy(folder.plan.readers.contains) else {
            throw CommandFailure(
                .usage, "\(reader?.inert() ?? "") is no reader of study \(name.inert())")
        }
        try folder.checkAdvice()
        let images = try StudyImages(configuration)
        var differs = false
        for reader in readers {
            var replay = try StudyReplay(folder, images: images, reader: reader)
            if play {
                try await play(&replay, configuration)
            } else {
                try await replay.run { _, _ in }
            }
            let counts = replay.counts
            Output.line(
                "\(reader.inert()): \(counts.sessions) sessions, \(counts.keys) keys, "
                    + "\(counts.events) events, \(counts.frames) frames: "
                    + (replay.differences.isEmpty
                        ? "all as recorded" : "\(replay.differences.count) differ"))
            for difference in replay.differences.prefix(10) {
                Output.line("  line \(difference.line): \(difference.text.inert())")
            }
            differs = differs || !replay.differences.isEmpty
        }
        if differs { throw ExitCode(ExitStatus.badData.rawValue) }
    }

    @MainActor private func play(
        _ replay: inout StudyReplay, _ configuration: Configuration
    ) async throws {
        guard Output.isTerminal(0), Output.isTerminal(1) else {
            throw CommandFailure(.usage, "--play needs a terminal")
        }
        let themes = ThemeCatalogue(
            folders: [configuration.themes] + Installation.themeFolders)
        let screen = try NCursesScreen(theme: themes.theme(named: configuration.theme ?? "dark"))
        defer { screen.stop() }
        var last: UInt64?
        try await replay.run { [speed] frame, nanoseconds in
            if let last {
                // Between sessions there may be days: nobody waits longer than two seconds.
                let seconds = min(Double(nanoseconds - last) / 1e9 / speed, 2)
                try await Task.sleep(for: .seconds(seconds))
            }
            last = nanoseconds
            screen.present(frame)
        }
    }
}
