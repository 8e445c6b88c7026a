// The analysis of images and whole studies, as the database holds them.

import Analyzer
import Foundation
import Imaging
import Radiology
import Records

/// How an analysis samples.
struct AnalysisPasses: Sendable {
    /// Monte-Carlo dropout passes; 0 for the single deterministic one.
    let samples: Int
    /// The seed, stored with the result.
    let seed: UInt64
}

extension Analyzer {
    /// The analysis of one decoded image of a file.
    func imageAnalysis(
        of file: ImageFile, _ radiograph: Radiograph, _ passes: AnalysisPasses
    ) -> Result<ImageAnalysis, AnalyzerError> {
        Result { () throws(AnalyzerError) in
            try analyze(
                radiograph, image: file.header.image, samples: passes.samples, seed: passes.seed)
        }
    }
}

/// Analyses a study of the database and stores the result, or the failure.
struct StudyAnalysis {
    let store: RecordStore
    let analyzer: Analyzer
    let passes: AnalysisPasses
    let actor: ReaderID

    /// Analyses every image of a study that is not `known` yet, consolidates, and stores.
    func analyze(
        _ study: StudyID, known: [ImageID: Result<ImageAnalysis, AnalyzerError>] = [:]
    ) throws {
        do {
            var images: [ImageAnalysis] = []
            let stored = try store.images(of: study)
            for image in stored {
                images.append(try known[image.id]?.get() ?? analyze(image))
            }
            guard !images.isEmpty else {
                throw CommandFailure(.badData, "the study holds no image")
            }
            let analysis = Analysis(
                id: .new(), timestamp: Date(), model: analyzer.package.identity,
                samples: passes.samples, seed: passes.seed, images: images)
            try store.store(
                analysis, for: study, considered: stored.map(\.id), actor: actor)
        } catch let error as RecordsError {
            throw error
        } catch {
            let failure = AnalysisFailure(timestamp: Date(), reason: "\(error)")
            try store.store(failure, for: study, actor: actor)
        }
    }

    private func analyze(_ image: StoredImage) throws -> ImageAnalysis {
        let file = try ImageFile(
            bytes: store.imageBytes(image.id), name: "image \(image.id.rawValue)")
        return try analyzer.imageAnalysis(of: file, file.radiograph(frame: 0), passes).get()
    }
}
