// wetread workstation: the screens.

import ArgumentParser
import Foundation
import Imaging
import Radiology
import Records
import Terminal
import Workstation

struct WorkstationCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "workstation",
        abstract: "Open the workstation: worklist, studies, critical queue, sign-off (default).",
        discussion: "Press ? on any screen for its keys.")

    @Option(
        help: "Theme: dark, light, high-contrast, okabe-ito, mono, reading-room-dim, or your own.")
    var theme: String?

    @Option(
        help: """
            Glyphs for pictures: ascii, half, quadrant, blocks, sextant, octant, braille (default: \
            blocks).
            """)
    var glyphs: String?

    @Option(help: "Colours: none, 8, 16, 256, truecolor (default: what the terminal has).")
    var colours: String?

    @Flag(help: "Look only: nothing is recorded but that studies were opened.")
    var readOnly = false

    @Flag(help: "Lines of text instead of screens, for screen readers and for pipes.")
    var plain = false

    @Flag(
        inversion: .prefixedNo,
        help: "Hide the AI until a first impression of the study is recorded.")
    var firstImpression: Bool?

    func validate() throws {
        if let glyphs, Capabilities.Glyphs(rawValue: glyphs) == nil {
            let known = Capabilities.Glyphs.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("--glyphs must be one of \(known)")
        }
        if let colours, Self.colourNames[colours] == nil {
            throw ValidationError("--colours must be none, 8, 16, 256 or truecolor")
        }
    }

    private static let colourNames: [String: Capabilities.Colour] = [
        "none": .monochrome, "8": .eight, "16": .sixteen, "256": .xterm256,
        "truecolor": .direct,
    ]

    @MainActor func run() async throws {
        guard plain || (Output.isTerminal(0) && Output.isTerminal(1)) else {
            throw CommandFailure(
                .usage,
                "the workstation needs a terminal on standard input and output; "
                    + "`wetread worklist` prints the worklist as text, and --plain works by lines")
        }
        ImageMemory.returnsAtOnce()
        var configuration = try Configuration.load()
        if let firstImpression, !configuration.settings.requiresFirstImpression {
            configuration.settings.showsImpressionFirst = firstImpression
        }
        try FirstStart.walkThrough(&configuration, isPlain: plain)
        let (store, reader, canRecord) = try records(of: configuration)
        configuration.setLock(hasAccounts: store.actor != nil)
        // The list on the screen names patients: who opened it stands in the trail.
        if canRecord {
            try? store.recordAccess("workstation", count: store.studyCount(), reader: reader)
        }
        let printedName = store.actor?.printedName ?? reader.rawValue
        let session = Session(
            reader: reader, readerName: printedName.inert(),
            meaning: store.actor?.roles == [.resident] ? .preliminary : .final,
            isReadOnly: readOnly || !canRecord,
            utcOffsetSeconds: TimeZone.current.secondsFromGMT(), asksSecret: store.actor != nil,
            secretHint: ProcessInfo.processInfo.environment["WETREAD_DEMO_SECRET"] ?? "")
        let process = "\(ProcessInfo.processInfo.hostName)/\(getpid())/\(UUID().uuidString)"
        let lockFolder = canRecord ? configuration.home : FileManager.default.temporaryDirectory
        guard let sessions = SessionLock(home: lockFolder, session: process) else {
            throw CommandFailure(
                .cannotCreate, "cannot make a session's lock in \(lockFolder.path.inert())")
        }
        if plain {
            try PlainWorkstation(
                store: store, session: session, canRecord: canRecord, processName: process,
                configuration: configuration, sessions: sessions
            ).run()
            try? store.recordScreen(.loggedOut)
            store.close()
            return
        }
        let screen = try NCursesScreen(
            theme: themes(configuration).theme(named: theme ?? configuration.theme ?? "dark"),
            options: TerminalOptions(
                colour: colours.flatMap { Self.colourNames[$0] },
                glyphs: glyphs.flatMap(Capabilities.Glyphs.init)))
        screen.calibration = configuration.settings.display?.calibration
        let loop = WorkstationLoop(
            screen: screen, store: store, canRecord: canRecord, session: session,
            processName: process, configuration: configuration, sessions: sessions,
            watch: ConfigurationWatch(
                configuration: configuration, themes: themes(configuration),
                themeOption: theme, firstImpression: firstImpression,
                hasAccounts: store.actor != nil))
        await loop.run()
        try? store.recordScreen(.loggedOut)
        store.close()
    }

    /// The records; only to be read where the home cannot be written to.
    private func records(
        of configuration: Configuration
    ) throws -> (store: RecordStore, reader: ReaderID, canRecord: Bool) {
        do {
            let (store, reader) = try Access.records(configuration)
            return (store, reader, true)
        } catch RecordsError.readOnlyHome {
            let (store, reader) = try Access.recordsForReading(configuration)
            return (store, reader, false)
        }
    }

    private func themes(_ configuration: Configuration) -> ThemeCatalogue {
        ThemeCatalogue(folders: [configuration.themes] + Installation.themeFolders)
    }
}
