// Makes heat maps for the screen, off the loop: they need a run of the network.

import Foundation
import Imaging
import Radiology
import Records
import Workstation

/// Answers questions for heat maps, one at a time.
struct HeatWorker: Sendable {
    let store: RecordStore
    let images: ImageWorker
    let shelf: ModelShelf
    let mailbox: Mailbox

    /// Does what an effect asks and posts the answer.
    func run(_ effect: Effect) {
        guard case .loadHeat(let study, let image, let frame, let request) = effect else { return }
        do {
            guard let analysis = try store.study(study).analysis else {
                throw CommandFailure(.badData, "the study has no analysis")
            }
            let fields = try shelf.heatMaps(
                of: images.pyramid(image, frame: frame).radiograph, hash: analysis.model.sha256)
            mailbox.post(.heatLoaded(study, image, fields, request: request))
        } catch {
            mailbox.post(.failed(Problem(describing: error), request: request))
        }
    }
}
