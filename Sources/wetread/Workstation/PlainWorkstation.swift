// The workstation by lines: for screen readers, pipes, and lines too slow for screens.

import Foundation
import Radiology
import Records
import Terminal
import Workstation

/// Reads lines from standard input, and says after each what the place shows.
@MainActor final class PlainWorkstation {
    private let mailbox = Mailbox()
    private let worker: RecordsWorker
    private let store: RecordStore
    private let sessions: SessionLock
    private var model: Model
    private var isLeaving = false

    init(
        store: RecordStore, session: Session, canRecord: Bool, processName: String,
        configuration: Configuration, sessions: SessionLock
    ) throws {
        self.store = store
        self.sessions = sessions
        // Lines that were said stay where they were said: a lock would hide nothing.
        var settings = configuration.settings
        settings.lockAfterSeconds = nil
        let shelf = ModelShelf(configuration: configuration)
        shelf.read()
        worker = RecordsWorker(
            store: store, canRecord: canRecord, reader: session.reader, session: processName,
            utcOffsetSeconds: session.utcOffsetSeconds, mailbox: mailbox,
            feed: WorklistFeed(store: store),
            shelf: shelf, sessions: sessions,
            configuration: configuration)
        // As wide as a page and as high as a list may be: nothing is drawn, but motions count it.
        model = Model(
            session: session, size: GridSize(columns: 100, rows: 60), capabilities: .least,
            settings: settings, now: Date(),
            monotonicSeconds: WorkstationLoop.monotonicSeconds())
    }

    /// Runs until the reader leaves or the input ends.
    func run() throws {
        let renewal = renewClaims()
        defer {
            renewal.cancel()
            sessions.end()
        }
        perform(model.start())
        settle()
        say()
        while !isLeaving, let line = readLine() {
            send(WorkstationLoop.tick())
            follow()
            switch PlainInput(line: line, model: model) {
            case .keys(let keys): for key in keys { send(.key(key)) }
            case .help:
                for line in PlainText.help(model) { Output.line(line) }
            case .again: break
            case .unknown(let text):
                Output.line("There is no command \(text.inert()) here; help lists them.")
            }
            if !isLeaving { say() }
        }
        if !isLeaving { send(.key(.terminate)) }
    }

    private func say() {
        for line in PlainText.lines(model) { Output.line(line.inert(keepsNewlines: true)) }
        Output.line()
        // A window of text is read out whole: there is nothing to close by hand.
        if model.overlay != nil, !model.place.takesText { send(.key(.escape)) }
    }

    private func send(_ message: Message) {
        perform(update(&model, message))
        settle()
    }

    /// Takes what other processes changed since the last line.
    private func follow() { send(.recordsChanged) }

    /// Takes answers until nothing is under way.
    private func settle() {
        while true {
            let messages = mailbox.take()
            if messages.isEmpty { return }
            for message in messages { perform(update(&model, message)) }
        }
    }

    private func perform(_ effects: [Effect]) {
        for effect in effects {
            switch effect {
            case .loadImage(_, _, _, _, let request):
                mailbox.post(.imageDropped(request: request))
            case .loadHeat(_, _, _, let request):
                mailbox.post(
                    .failed(
                        Problem(summary: "heat maps are pictures: they need the screens"),
                        request: request))
            case .edit(_, let request):
                let problem = Problem(summary: "an editor needs the screens")
                mailbox.post(.failed(problem, request: request))
            case .quit: isLeaving = true
            case .bell, .redraw, .copy, .setMouse, .prefetch, .suspend: break
            default: worker.run(effect)
            }
        }
    }

    /// Keeps this session's claims alive while a line is awaited.
    private func renewClaims() -> Task<Void, Never> {
        Task.detached { [worker, store] in
            while (try? await Task.sleep(for: .seconds(15))) != nil {
                for study in (try? store.claimedStudies()) ?? [] { worker.run(.renewClaim(study)) }
            }
        }
    }
}
