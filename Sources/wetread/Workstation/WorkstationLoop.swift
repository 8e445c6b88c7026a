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
    private let images: AsyncStream<Effect>.Continuation
    private var workers: [Task<Void, Never>] = []
    private var isLeaving = false

    init(
        screen: any Screen, store: RecordStore, canRecord: Bool, session: Session,
        processName: String
    ) {
        self.screen = screen
        self.store = store
        model = Model(
            session: session, size: screen.size, capabilities: screen.capabilities, now: Date(),
            monotonicSeconds: Self.monotonicSeconds())
        let recordEffects = AsyncStream.makeStream(of: Effect.self)
        let imageEffects = AsyncStream.makeStream(of: Effect.self)
        records = recordEffects.continuation
        images = imageEffects.continuation
        let recordsWorker = RecordsWorker(
            store: store, canRecord: canRecord, reader: session.reader, session: processName,
            utcOffsetSeconds: session.utcOffsetSeconds, mailbox: mailbox)
        let imageWorker = ImageWorker(store: store, mailbox: mailbox)
        workers.append(
            Task.detached { for await effect in recordEffects.stream { recordsWorker.run(effect) } }
        )
        workers.append(
            Task.detached {
                for await effect in imageEffects.stream {
                    guard case .loadImage(let study, let image, let frame, let request) = effect
                    else { continue }
                    imageWorker.run(study: study, image: image, frame: frame, request: request)
                }
            })
    }

    /// Runs until the reader leaves or the terminal goes away.
    func run() async {
        let sources = [watchKeys(), watchClock(), watchRecords()]
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
        screen.present(draw(model, size: model.size, capabilities: screen.capabilities))
    }

    private func perform(_ effects: [Effect]) {
        for effect in effects {
            switch effect {
            case .loadImage: images.yield(effect)
            case .bell: screen.beep()
            case .redraw: screen.invalidate()
            case .suspend: screen.suspend()
            case .quit: isLeaving = true
            case .loadWorklist, .openStudy, .reloadStudy, .claim, .renewClaim, .release,
                .saveDraft, .sign:
                records.yield(effect)
            }
        }
    }

    /// Lets what was asked before leaving be done: drafts saved, studies given back.
    private func finish() async {
        records.finish()
        images.finish()
        await workers.first?.value
    }

    private func watchKeys() -> Task<Void, Never> {
        Task { [mailbox, screen] in
            for await key in screen.events {
                mailbox.post(Self.tick())
                if case .resize(let size) = key {
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

    nonisolated private static func tick() -> Message {
        .tick(now: Date(), monotonicSeconds: monotonicSeconds())
    }

    nonisolated private static func monotonicSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
