// Import and analysis as one pipeline: files in, studies with findings out.

import Analyzer
import Foundation
import Imaging
import Radiology
import Records
import Synchronization

/// What became of each path of an import; a path is in exactly one list.
struct ImportSummary: Encodable {
    struct Refusal: Encodable {
        let path: String
        let reason: String
    }

    var imported: [String] = []
    var alreadyPresent: [String] = []
    var refused: [Refusal] = []

    /// Why the first refused path was refused, as an exit status.
    fileprivate(set) var firstRefusal: ExitStatus?
    /// Studies that were analysed.
    fileprivate(set) var analysedCount = 0
    /// True where Ctrl-C ended it early.
    fileprivate(set) var wasInterrupted = false

    private enum CodingKeys: String, CodingKey {
        case imported, alreadyPresent, refused
    }

    mutating func refuse(_ path: String, _ failure: CommandFailure) {
        refused.append(Refusal(path: path, reason: failure.description))
        firstRefusal = firstRefusal ?? failure.status
    }

    /// 0 where all went well, the first refusal's status where nothing did, else 1.
    var exitStatus: Int32 {
        if wasInterrupted { return ExitStatus.interrupted.rawValue }
        guard let firstRefusal else { return 0 }
        let nothingTaken = imported.isEmpty && alreadyPresent.isEmpty
        return (nothingTaken ? firstRefusal : .someFailed).rawValue
    }
}

/// One run of `wetread import`.
final class ImportRun {
    /// Files that are read, decoded and analysed together, then stored in one transaction.
    private static let batchCount = 8

    private let store: RecordStore
    private let analyzer: Analyzer?
    private let passes: AnalysisPasses
    private let actor: ReaderID
    private let threads: Int
    private let isCancelled: @Sendable () -> Bool
    private var summary = ImportSummary()
    /// Analysed images of studies that are not consolidated yet, and the batch that last added one.
    private var pending: [StudyID: PendingStudy] = [:]
    private var batchNumber = 0

    private struct PendingStudy {
        var images: [ImageID: Result<ImageAnalysis, AnalyzerError>] = [:]
        var lastBatch = 0
    }

    init(
        store: RecordStore, analyzer: Analyzer?, passes: AnalysisPasses, actor: ReaderID,
        threads: Int, isCancelled: @escaping @Sendable () -> Bool
    ) {
        self.store = store
        self.analyzer = analyzer
        self.passes = passes
        self.actor = actor
        self.threads = threads
        self.isCancelled = isCancelled
    }

    /// Imports every item; `progress` is told after each batch how many items are done.
    ///
    /// While one batch is stored, the next is read: the disk and the cores work at the same time.
    func run(_ items: [FileScanner.Item], progress: (Int) -> Void) throws -> ImportSummary {
        var start = 0
        var next = prepare(items, from: start)
        while start < items.count {
            if isCancelled() {
                summary.wasInterrupted = true
                break
            }
            let batch = Array(items[start..<min(start + Self.batchCount, items.count)])
            let prepared = next()
            start += batch.count
            next = prepare(items, from: start)
            try record(batch, prepared)
            progress(start)
        }
        try finishStudies(before: .max)
        return summary
    }

    /// Starts reading the batch at an index; the returned closure waits for it.
    private func prepare(_ items: [FileScanner.Item], from start: Int) -> () -> [PreparedImage] {
        let batch = Array(items.dropFirst(start).prefix(Self.batchCount))
        let results = PreparedBatch(count: batch.count)
        let done = DispatchSemaphore(value: 0)
        let analyzer = analyzer
        let passes = passes
        let workers = min(threads, batch.count)
        DispatchQueue.global().async {
            DispatchQueue.concurrentPerform(iterations: workers) { worker in
                for index in stride(from: worker, to: batch.count, by: workers) {
                    results.set(Self.prepare(batch[index], analyzer, passes), at: index)
                }
            }
            done.signal()
        }
        return {
            done.wait()
            return results.all
        }
    }

    private static func prepare(
        _ item: FileScanner.Item, _ analyzer: Analyzer?, _ passes: AnalysisPasses
    ) -> PreparedImage {
        do {
            let url = try item.reachableURL()
            let file = try ImageFile(contentsOf: url)
            // Decoding is part of import: what cannot be shown is not taken.
            let radiograph = try file.radiograph(frame: 0)
            let candidate = ImportCandidate(
                header: file.header, bytes: file.bytes, sourceName: file.name,
                notes: radiograph.notes)
            return .ready(candidate, analyzer?.imageAnalysis(of: file, radiograph, passes))
        } catch {
            return .refused(CommandFailure(describing: error))
        }
    }

    private func record(_ batch: [FileScanner.Item], _ prepared: [PreparedImage]) throws {
        batchNumber += 1
        var candidates: [ImportCandidate] = []
        for case .ready(let candidate, _) in prepared { candidates.append(candidate) }
        var outcomes = try store.importImages(candidates, actor: actor)[...]
        for (item, result) in zip(batch, prepared) {
            let path = item.path
            switch result {
            case .refused(let failure):
                summary.refuse(path, failure)
                try store.recordRefusal(
                    name: item.name, reason: failure.description, actor: actor)
            case .ready(_, let analysis):
                guard let outcome = outcomes.popFirst() else { continue }
                take(outcome, path: path, analysis: analysis)
            }
        }
        try finishStudies(before: batchNumber)
    }

    private func take(
        _ outcome: ImportOutcome, path: String, analysis: Result<ImageAnalysis, AnalyzerError>?
    ) {
        switch outcome {
        case .imported(let study, let image):
            summary.imported.append(path)
            guard let analysis else { return }
            pending[study, default: PendingStudy()].images[image] = analysis
            pending[study]?.lastBatch = batchNumber
        case .alreadyPresent:
            summary.alreadyPresent.append(path)
        case .conflict(let reason):
            summary.refuse(path, CommandFailure(.badData, reason))
        }
    }

    /// Stores the analysis of every study that got no image since a batch.
    private func finishStudies(before batch: Int) throws {
        guard let analyzer else { return }
        let ready = pending.filter { $0.value.lastBatch < batch }.keys.sorted()
        for study in ready {
            let known = pending.removeValue(forKey: study)?.images ?? [:]
            try StudyAnalysis(store: store, analyzer: analyzer, passes: passes, actor: actor)
                .analyze(study, known: known)
            summary.analysedCount += 1
        }
    }
}

/// One file after reading: ready to store, or refused.
private enum PreparedImage: Sendable {
    case ready(ImportCandidate, Result<ImageAnalysis, AnalyzerError>?)
    case refused(CommandFailure)
}

/// The results of one batch, written by several threads at different places.
private final class PreparedBatch: Sendable {
    private let results: Mutex<[PreparedImage?]>

    init(count: Int) { results = Mutex(Array(repeating: nil, count: count)) }

    func set(_ result: PreparedImage, at index: Int) {
        results.withLock { $0[index] = result }
    }

    var all: [PreparedImage] { results.withLock { $0.compactMap(\.self) } }
}
