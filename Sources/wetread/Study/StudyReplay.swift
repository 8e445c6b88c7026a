// A reader's log, carried out again: every frame and every event must come out as recorded.

import Foundation
import Imaging
import ReaderStudy
import StudyReading
import Terminal

/// Carries out a reader's log on the pure screen and compares.
@MainActor struct StudyReplay {
    /// What came out differently.
    struct Difference {
        /// The line of the log, from 1.
        let line: Int
        /// What differs.
        let text: String
    }

    /// Sessions, keys, frames and events so far.
    private(set) var counts = (sessions: 0, keys: 0, frames: 0, events: 0)
    /// What came out differently.
    private(set) var differences: [Difference] = []

    private let folder: StudyFolder
    private let images: StudyImages
    private let reader: String
    private let records: [ReadingLog.Record]
    private var model: ReadingModel?
    private var expected: [ReadingEvent] = []
    private var facts: [Int: FrameFacts] = [:]
    private var pyramid: (caseIndex: Int, pyramid: ImagePyramid)?

    /// A replay of a reader's log.
    init(_ folder: StudyFolder, images: StudyImages, reader: String) throws {
        self.folder = folder
        self.images = images
        self.reader = reader
        let index = folder.plan.readers.firstIndex(of: reader) ?? 0
        records = try ReadingLog.records(
            in: folder.logText(ofReader: index),
            file: folder.logURL(ofReader: index).lastPathComponent)
    }

    /// Carries out the log; `onFrame` gets each frame with its time in nanoseconds.
    mutating func run(
        onFrame: @MainActor (Frame, UInt64) async throws -> Void
    ) async throws {
        for (number, record) in records.enumerated() {
            let line = number + 1
            switch record.event {
            case .session:
                counts.sessions += 1
                model = nil
                expected = []
                facts = [:]
            case .screen(let texts): try take(ScreenFacts(logged: texts), at: number)
            case .key(let text):
                counts.keys += 1
                guard let key = Key(logged: text) else {
                    differences.append(Difference(line: line, text: "no key: \(text)"))
                    continue
                }
                take(.key(key), at: record.nanoseconds)
            case .loaded:
                guard let model else { continue }
                let task = model.taskIndex
                take(
                    .loaded(task: task, try image(of: model.task.caseIndex)), at: record.nanoseconds
                )
            case .advised:
                guard let model else { continue }
                let advice = try folder.advice(ofCase: model.task.caseIndex)
                take(.advised(task: model.taskIndex, advice), at: record.nanoseconds)
            case .frame(let frameNumber, let hash):
                counts.frames += 1
                guard let model else { continue }
                let frame = draw(model)
                facts[frameNumber] = model.facts
                if StudyFolder.sha256(frame.fingerprint) != hash {
                    differences.append(
                        Difference(line: line, text: "frame \(frameNumber) is another"))
                }
                try await onFrame(frame, record.nanoseconds)
            case .painted(let frameNumber):
                guard let shown = facts.removeValue(forKey: frameNumber) else { continue }
                take(.painted(shown), at: record.nanoseconds)
            case .reading(let event): compare(event, at: record.nanoseconds, line: line)
            case .end:
                model = nil
            }
        }
    }

    /// The screen at the start of a session, or its new size.
    private mutating func take(_ screen: ScreenFacts?, at number: Int) throws {
        guard let screen else {
            differences.append(Difference(line: number + 1, text: "no screen"))
            return
        }
        let now = records[number].nanoseconds
        if model != nil {
            return take(.screen(screen.size, screen.capabilities), at: now)
        }
        let record = try StudyRecord(plan: folder.plan, records: Array(records[..<number]))
        let plan = ReadingPlan(folder, reader: reader, record: record)
        guard !plan.tasks.isEmpty else { return }
        model = plan.model(
            folder, reader: reader, size: screen.size, capabilities: screen.capabilities,
            nanoseconds: now)
    }

    private mutating func take(_ message: ReadingMessage, at nanoseconds: UInt64) {
        guard var current = model else { return }
        for effect in update(&current, message, at: nanoseconds) {
            if case .record(_, let event) = effect { expected.append(event) }
        }
        model = current
    }

    private mutating func compare(_ event: ReadingEvent, at nanoseconds: UInt64, line: Int) {
        counts.events += 1
        // Idleness is noticed by the clock, which is not in the log.
        if event == .idle, expected.isEmpty { take(.clock, at: nanoseconds) }
        let found = expected.isEmpty ? nil : expected.removeFirst()
        if found != event {
            differences.append(
                Difference(
                    line: line,
                    text: "\(event.name) was recorded, the keys give \(found?.name ?? "nothing")"))
        }
    }

    private mutating func image(of index: Int) throws -> ImagePyramid {
        if let pyramid, pyramid.caseIndex == index { return pyramid.pyramid }
        guard let image = folder.plan.cases[index].image else {
            throw CommandFailure(.noInput, "case \(index + 1) has no image")
        }
        let read = ImagePyramid(try images.image(image, number: index + 1).radiograph(frame: 0))
        pyramid = (index, read)
        return read
    }
}
