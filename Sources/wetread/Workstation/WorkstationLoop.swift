// The one loop: messages in, effects out, a frame on the screen.

import Foundation
import Radiology
import Records
import Terminal
import Workstation

/// Runs the workstation on a terminal until the reader leaves.
@MainActor final class WorkstationLoop {
    private let screen: any Screen
    private let store: RecordStore
    private let mailbox = Mailbox()
    private var model: Model
    private let records: AsyncStream<Effect>.Continuation
    private let images: ImageWorker
    private let heat: AsyncStream<Effect>.Continuation
    private let sessions: SessionLock
    private let watch: ConfigurationWatch
    private var workers: [Task<Void, Never>] = []
    private var isLeaving = false
    /// The pixels over the frame.
    private var pixels: PixelLayer?

    init(
        screen: any Screen, store: RecordStore, canRecord: Bool, session: Session,
        processName: String, configuration: Configuration, sessions: SessionLock,
        watch: ConfigurationWatch
    ) {
        self.screen = screen
        self.store = store
        self.sessions = sessions
        self.watch = watch
        model = Model(
            session: session, size: screen.size, capabilities: screen.capabilities,
            settings: configuration.settings, now: Date(),
            monotonicSeconds: Self.monotonicSeconds())
        let recordEffects = AsyncStream.makeStream(of: Effect.self)
        let heatEffects = AsyncStream.makeStream(of: Effect.self)
        records = recordEffects.continuation
        heat = heatEffects.continuation
        let images = ImageWorker(store: store, mailbox: mailbox)
        self.images = images
        let shelf = ModelShelf(configuration: configuration)
        let recordsWorker = RecordsWorker(
            store: store, canRecord: canRecord, reader: session.reader, session: processName,
            utcOffsetSeconds: session.utcOffsetSeconds, mailbox: mailbox,
            feed: WorklistFeed(store: store), shelf: shelf, sessions: sessions,
            configuration: configuration)
        let heatWorker = HeatWorker(
            store: store, images: images, shelf: shelf, mailbox: mailbox)
        workers.append(
            Task.detached { for await effect in recordEffects.stream { recordsWorker.run(effect) } }
        )
        workers.append(Task.detached { await images.run() })
        workers.append(
            Task.detached { [mailbox] in
                shelf.read()
                // A study that was opened meanwhile gets what is known of its model.
                mailbox.post(.recordsChanged)
                for await effect in heatEffects.stream { heatWorker.run(effect) }
            })
    }

    /// Runs until the reader leaves or the terminal goes away.
    func run() async {
        let sources = [
            watchKeys(), watchClock(), watchRecords(), watchConfiguration(), watchCritical(),
        ]
        perform(model.start())
        show()
        for await _ in mailbox.wakeUps {
            for message in mailbox.take() {
                perform(update(&model, message))
                if isLeaving { break }
            }
            if isLeaving { break }
            show()
        }
        for item in sources { item.cancel() }
        await finish()
        screen.stop()
    }

    private func show() {
        let capabilities = screen.capabilities
        var rough = capabilities
        rough.showsRoughCells = true
        screen.present(draw(model, size: model.size, capabilities: capabilities)) { [model] in
            draw(model, size: model.size, capabilities: rough)
        }
        showPixels(model.pixelLayer(capabilities: capabilities))
    }

    /// Lays pixels over the frame, or takes them away; they are made off the loop, and only the
    /// newest are shown.
    private func showPixels(_ layer: PixelLayer?) {
        guard layer != pixels else { return }
        pixels = layer
        guard let layer else { return screen.hidePixels() }
        Task.detached { [weak self] in
            let grey = layer.grey()
            await self?.show(grey, of: layer)
        }
    }

    private func show(_ grey: [UInt8], of layer: PixelLayer) {
        guard pixels == layer, !isLeaving else { return }
        _ = screen.showPixels(grey, width: layer.width, height: layer.height, in: layer.area)
    }

    private func perform(_ effects: [Effect]) {
        for effect in effects {
            switch effect {
            case .loadImage, .prefetch: images.take(effect)
            case .loadHeat: heat.yield(effect)
            case .bell: screen.beep()
            case .redraw: screen.invalidate()
            case .suspend: suspend()
            case .edit(let text, let request): edit(text, request)
            case .copy(let text):
                recordCopy()
                screen.copy(text)
            case .setMouse(let isOn): screen.setMouse(isOn)
            case .quit: isLeaving = true
            case .loadWorklist, .loadRows, .openStudy, .reloadStudy, .loadPrior, .claim,
                .renewClaim, .release, .saveDraft, .sign, .examine, .recordImpression,
                .screenLocked, .unlock, .loadCritical, .communicate, .dismissCritical,
                .loadPeers, .readPeer, .scorePeer:
                records.yield(effect)
            }
        }
    }

    /// What goes to a clipboard leaves the records: an event of the trail.
    private func recordCopy() {
        guard !model.session.isReadOnly, let study = model.currentStudy else { return }
        let reader = model.session.reader
        Task.detached { [store] in
            try? store.recordAccess("clipboard", study: study, reader: reader)
        }
    }

    /// Lends the terminal to the reader's editor; the loop goes on meanwhile, unseen.
    private func edit(_ text: String, _ request: RequestNumber) {
        guard let terminal = screen as? NCursesScreen else {
            let problem = Problem(summary: "an editor needs a terminal")
            return mailbox.post(.failed(problem, request: request))
        }
        Task { [mailbox] in
            let outcome = await terminal.lend { await TextInEditor.edit(text) }
            switch outcome {
            case .success(let edited): mailbox.post(.edited(edited, request: request))
            case .failure(let failure):
                mailbox.post(.failed(Problem(describing: failure), request: request))
            }
            if model.takesMouse { terminal.setMouse(true) }
        }
    }

    /// Stops as ^Z does; what was asked of the records before is done by their own worker.
    private func suspend() {
        records.yield(.suspend)
        screen.suspend()
        if model.takesMouse { screen.setMouse(true) }
    }

    /// Follows the configuration, the key map and the theme; what is wrong in a file is said.
    private func watchConfiguration() -> Task<Void, Never> {
        Task { [watch, mailbox] in
            while (try? await Task.sleep(for: .seconds(1))) != nil {
                switch watch.look() {
                case .unchanged: break
                case .failed(let problem): mailbox.post(.noticed(problem))
                case .changed(let settings, let theme):
                    if let theme, theme != screen.theme { screen.theme = theme }
                    let calibration = settings.display?.calibration
                    if calibration != screen.calibration { screen.calibration = calibration }
                    mailbox.post(.settingsChanged(settings))
                }
            }
        }
    }

    /// Lets what was asked before leaving be done: drafts saved, studies given back.
    private func finish() async {
        records.finish()
        images.finish()
        heat.finish()
        await workers.first?.value
        sessions.end()
    }

    private func watchKeys() -> Task<Void, Never> {
        Task { [mailbox, screen] in
            for await event in screen.events {
                let key = event.key
                mailbox.post(Self.tick())
                if case .resize(let size) = key {
                    // Also what the terminal shows may be other than before.
                    mailbox.post(.capabilitiesChanged(screen.capabilities))
                    mailbox.post(.resized(size))
                } else {
                    mailbox.post(.key(key))
                }
            }
            mailbox.close()
        }
    }

    private func watchClock() -> Task<Void, Never> {
        Task.detached { [mailbox] in
            while (try? await Task.sleep(for: .seconds(1))) != nil { mailbox.post(Self.tick()) }
        }
    }

    /// Tells the model when any process changed the records; asked twice a second.
    private func watchRecords() -> Task<Void, Never> {
        Task.detached { [mailbox, store] in
            var known = try? store.changeToken()
            while (try? await Task.sleep(for: .milliseconds(500))) != nil {
                guard let token = try? store.changeToken(), token != known else { continue }
                known = token
                mailbox.post(.recordsChanged)
            }
        }
    }

    /// Runs the site's hook on what comes due, while this workstation may write.
    private func watchCritical() -> Task<Void, Never> {
        let reader = model.session.reader
        let mayRecord = !model.session.isReadOnly
        return Task.detached { [store] in
            guard mayRecord, !store.settings.critical.hook.isEmpty else { return }
            while (try? await Task.sleep(for: .seconds(30))) != nil {
                _ = try? CriticalHook.announce(store, reader: reader)
            }
        }
    }

    nonisolated static func tick() -> Message {
        .tick(now: Date(), monotonicSeconds: monotonicSeconds())
    }

    nonisolated static func monotonicSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
