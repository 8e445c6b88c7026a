// The one loop of a study's reading: messages with their times in, the log and frames out.

import Foundation
import Imaging
import ReaderStudy
import StudyReading
import Terminal

/// Runs the reading screen on a terminal until the session ends.
///
/// Everything is on the main actor but the reading of images. Keys carry the time at which their
/// bytes were read, frames that at which their last byte was written; the log's times never go
/// back, also not after the machine was started anew.
@MainActor final class ReadingLoop {
    private let screen: NCursesScreen
    private let folder: StudyFolder
    private let log: ReadingLogFile
    private let images: StudyImages
    private let reader: String
    private var model: ReadingModel
    private var pending: [(message: ReadingMessage, nanoseconds: UInt64, paint: Int?)] = []
    private let wakes: AsyncStream<Void>
    private let waker: AsyncStream<Void>.Continuation
    private var facts: [Int: FrameFacts] = [:]
    private var shown: Frame?
    private var shownScreen: ScreenFacts
    /// Added to the machine's clock, so that a log that another boot began goes on.
    private let offset: UInt64
    private var last: UInt64
    private var failure: (any Error)?
    private var ending: ReadingEnding?
    private var prefetched: (caseIndex: Int, task: Task<ImagePyramid, any Error>)?

    init(
        screen: NCursesScreen, folder: StudyFolder, log: ReadingLogFile, images: StudyImages,
        reader: String, plan: ReadingPlan, facts: [String: String]
    ) throws {
        self.screen = screen
        self.folder = folder
        self.log = log
        self.images = images
        self.reader = reader
        let now = MonotonicTime.nanoseconds
        offset = log.lastNanoseconds > now ? log.lastNanoseconds - now + 1 : 0
        last = max(log.lastNanoseconds, now + offset)
        shownScreen = ScreenFacts(screen.size, screen.capabilities)
        model = plan.model(
            folder, reader: reader, size: screen.size, capabilities: screen.capabilities,
            nanoseconds: last)
        (wakes, waker) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        try add(.session(facts.merging(["clock_offset_ns": String(offset)]) { own, _ in own }))
        try add(.screen(shownScreen.logged))
        try log.sync()
    }

    /// Runs until the session ends; throws where the log cannot be written or an image not read.
    func run() async throws -> ReadingEnding {
        screen.onWritten = { [weak self] number, nanoseconds in
            guard let self, let facts = self.facts.removeValue(forKey: number) else { return }
            self.post(.painted(facts), at: nanoseconds, paint: number)
        }
        let sources = [watchKeys(), watchClock()]
        show()
        for await _ in wakes {
            takePending()
            if ending != nil { break }
            show()
        }
        for source in sources { source.cancel() }
        prefetched?.task.cancel()
        screen.onWritten = nil
        let reason = ending ?? .terminated
        if failure == nil {
            try add(.end(reason.rawValue))
            try log.sync()
        }
        if let failure { throw failure }
        return reason
    }

    // MARK: in

    private func post(_ message: ReadingMessage, at nanoseconds: UInt64, paint: Int? = nil) {
        pending.append((message, nanoseconds, paint))
        waker.yield()
    }

    private func takePending() {
        let waiting = pending.enumerated().sorted {
            ($0.element.nanoseconds, $0.offset) < ($1.element.nanoseconds, $1.offset)
        }
        pending = []
        for (_, item) in waiting where ending == nil {
            do {
                try take(item.message, at: item.nanoseconds, paint: item.paint)
            } catch {
                failure = error
                ending = .failed
            }
        }
    }

    private func take(_ message: ReadingMessage, at nanoseconds: UInt64, paint: Int?) throws {
        // Messages of two threads may come in another order than they happened in: never back.
        last = max(last, nanoseconds + offset)
        switch message {
        case .key(let key): if let text = key.logged { try add(.key(text)) }
        case .loaded(let task, _):
            let image = folder.plan.cases[model.tasks[task].caseIndex].image
            try add(.loaded(image?.sha256 ?? ""))
        case .advised: try add(.advised)
        case .painted: if let paint { try add(.painted(number: paint)) }
        case .screen(let size, let capabilities):
            let facts = ScreenFacts(size, capabilities)
            if facts.logged == shownScreen.logged { return }
            shownScreen = facts
            try add(.screen(facts.logged))
        case .clock, .failed: break
        }
        try perform(update(&model, message, at: last))
    }

    private func perform(_ effects: [ReadingEffect]) throws {
        for effect in effects {
            switch effect {
            case .load(let task): load(task)
            case .loadAdvice(let task):
                let advice = try folder.advice(ofCase: model.tasks[task].caseIndex)
                post(.advised(task: task, advice), at: MonotonicTime.nanoseconds)
            case .record(let task, let event):
                try add(.reading(event), task: model.tasks[task])
                switch event {
                case .submit, .decision, .mark, .pause, .reopen: try log.sync()
                default: break
                }
            case .bell: screen.beep()
            case .redraw:
                screen.invalidate()
                shown = nil
            case .leave(let reason): ending = reason
            }
        }
    }

    // MARK: out

    private func add(_ event: LoggedEvent, task: ReadingTask? = nil) throws {
        try log.add(
            event, caseName: task.map { folder.plan.cases[$0.caseIndex].name } ?? "",
            condition: task.map { folder.plan.conditions[$0.conditionIndex].name } ?? "",
            nanoseconds: last)
    }

    private func show() {
        let frame = draw(model)
        if frame == shown { return }
        shown = frame
        let number = screen.presentedCount + 1
        facts[number] = model.facts
        // Of frames that were dropped nothing is ever told.
        facts = facts.filter { $0.key > number - 64 }
        do {
            last = max(last, MonotonicTime.nanoseconds + offset)
            try add(.frame(number: number, hash: StudyFolder.sha256(frame.fingerprint)))
        } catch {
            failure = error
            ending = .failed
            waker.yield()
            return
        }
        screen.present(frame)
    }

    // MARK: images

    private func load(_ task: Int) {
        let index = model.tasks[task].caseIndex
        let reading =
            prefetched?.caseIndex == index ? prefetched?.task ?? decode(index) : decode(index)
        prefetched = nil
        Task {
            do {
                post(
                    .loaded(task: task, try await reading.value), at: MonotonicTime.nanoseconds)
                prefetch(after: task)
            } catch {
                failure = error
                post(.failed("\(error)"), at: MonotonicTime.nanoseconds)
            }
        }
    }

    private func prefetch(after task: Int) {
        guard task + 1 < model.tasks.count else { return }
        let index = model.tasks[task + 1].caseIndex
        prefetched = (index, decode(index))
    }

    private func decode(_ index: Int) -> Task<ImagePyramid, any Error> {
        let (images, image) = (images, folder.plan.cases[index].image)
        return Task.detached {
            guard let image else {
                throw CommandFailure(.noInput, "case \(index + 1) has no image")
            }
            return ImagePyramid(
                try images.image(image, number: index + 1).radiograph(frame: 0))
        }
    }

    // MARK: sources

    private func watchKeys() -> Task<Void, Never> {
        Task { [weak self, screen] in
            for await event in screen.events {
                if case .resize(let size) = event.key {
                    self?.post(.screen(size, screen.capabilities), at: event.nanoseconds)
                } else {
                    self?.post(.key(event.key), at: event.nanoseconds)
                }
            }
            self?.post(.key(.terminate), at: MonotonicTime.nanoseconds)
        }
    }

    private func watchClock() -> Task<Void, Never> {
        Task { [weak self] in
            while (try? await Task.sleep(for: .seconds(1))) != nil {
                self?.post(.clock, at: MonotonicTime.nanoseconds)
            }
        }
    }
}
