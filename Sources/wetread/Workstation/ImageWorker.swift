// Decodes images for the screen, off the loop and beside the records.

import Foundation
import Imaging
import Radiology
import Records
import Synchronization
import Workstation

/// Decodes what the screen waits for, newest question first, and what may be opened next.
///
/// Of several questions for one study only the newest is decoded; the others are answered as
/// dropped. A study to be prefetched waits until nothing else does.
final class ImageWorker: Sendable {
    /// One frame of one image.
    private struct FrameKey: Hashable, Sendable {
        let image: ImageID
        let frame: Int
    }

    private struct Job: Sendable {
        let study: StudyID
        let key: FrameKey
        let processing: PictureProcessing
        let request: RequestNumber
    }

    private struct State: Sendable {
        var jobs: [Job] = []
        var prefetch: StudyID?
        /// Decoded frames, the one used last at the end.
        var cache: [(key: FrameKey, pyramid: ImagePyramid)] = []
        var cacheByteCount = 0
    }

    /// Memory for decoded frames, the one on the screen among them: two of 2048 x 2048.
    private static let cacheByteCountMax = 48 << 20

    private let store: RecordStore
    private let mailbox: Mailbox
    private let state = Mutex(State())
    private let wakes: AsyncStream<Void>
    private let waker: AsyncStream<Void>.Continuation

    init(store: RecordStore, mailbox: Mailbox) {
        self.store = store
        self.mailbox = mailbox
        (wakes, waker) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Takes an effect that asks for pixels.
    func take(_ effect: Effect) {
        switch effect {
        case .loadImage(let study, let image, let frame, let processing, let request):
            let job = Job(
                study: study, key: FrameKey(image: image, frame: frame), processing: processing,
                request: request)
            let dropped = state.withLock { state in
                let old = state.jobs.filter { $0.study == study }
                state.jobs.removeAll { $0.study == study }
                state.jobs.append(job)
                return old
            }
            for job in dropped { mailbox.post(.imageDropped(request: job.request)) }
        case .prefetch(let study): state.withLock { $0.prefetch = study }
        default: return
        }
        waker.yield()
    }

    /// Works until `finish`.
    func run() async {
        for await _ in wakes {
            while let job = state.withLock({ $0.jobs.popLast() }) { answer(job) }
            if let study = state.withLock({ $0.prefetch.take() }) { prefetch(study) }
            if state.withLock({ !$0.jobs.isEmpty }) { waker.yield() }
        }
    }

    /// Ends `run` after the job at hand.
    func finish() {
        state.withLock {
            $0.jobs = []
            $0.prefetch = nil
        }
        waker.finish()
    }

    /// The decoded frame as the file has it, for those that need its values (heat maps).
    func pyramid(_ image: ImageID, frame: Int) throws -> ImagePyramid {
        try pyramid(FrameKey(image: image, frame: frame))
    }

    private func answer(_ job: Job) {
        do {
            var pyramid = try pyramid(job.key)
            if job.processing != PictureProcessing() {
                pyramid = ImagePyramid(
                    pyramid.radiograph.oriented(job.processing.orientation)
                        .enhanced(job.processing.enhancement))
            }
            mailbox.post(
                .imageLoaded(
                    job.study, job.key.image, frame: job.key.frame, pyramid: pyramid,
                    request: job.request))
        } catch {
            mailbox.post(.failed(Problem(describing: error), request: job.request))
        }
    }

    private func prefetch(_ study: StudyID) {
        // What cannot be had now is asked for, and its error shown, when the study is opened.
        guard let first = try? store.images(of: study).first else { return }
        _ = try? pyramid(FrameKey(image: first.id, frame: 0))
    }

    private func pyramid(_ key: FrameKey) throws -> ImagePyramid {
        let cached = state.withLock { state -> ImagePyramid? in
            guard let place = state.cache.firstIndex(where: { $0.key == key }) else { return nil }
            let entry = state.cache.remove(at: place)
            state.cache.append(entry)
            return entry.pyramid
        }
        if let cached { return cached }
        let file = try ImageFile(bytes: store.imageBytes(key.image), name: "image")
        let pyramid = ImagePyramid(try file.radiograph(frame: key.frame))
        state.withLock { state in
            state.cache.append((key, pyramid))
            state.cacheByteCount += Self.byteCount(pyramid)
            while state.cache.count > 1, state.cacheByteCount > Self.cacheByteCountMax {
                state.cacheByteCount -= Self.byteCount(state.cache.removeFirst().pyramid)
            }
        }
        return pyramid
    }

    private static func byteCount(_ pyramid: ImagePyramid) -> Int {
        pyramid.radiograph.values.count * 5
    }
}
