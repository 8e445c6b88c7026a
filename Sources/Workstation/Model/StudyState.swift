// The open study as state: what is loaded, how it is shown, what the reader decided.

import Foundation
import Imaging
import Radiology
import Terminal

/// Orders of the findings panel.
enum FindingOrder: Sendable, Equatable, CaseIterable {
    /// Critical first, then by suspicion.
    case urgency
    /// By the calibrated probability.
    case probability
    /// By how much the passes disagree, measured by each label's own bound.
    case disagreement
    /// By name.
    case name

    var words: String {
        switch self {
        case .urgency: "urgency: critical, then suspicion"
        case .probability: "probability"
        case .disagreement: "disagreement of the passes"
        case .name: "name"
        }
    }

    var next: FindingOrder {
        let all = Self.allCases
        return all[((all.firstIndex(of: self) ?? 0) + 1) % all.count]
    }

    func arranged(_ findings: [Finding]) -> [Finding] {
        switch self {
        case .urgency: findings.byUrgency
        case .probability: findings.sorted { $0.probability > $1.probability }
        case .disagreement: findings.sorted { Self.spread($0) > Self.spread($1) }
        case .name: findings.sorted { $0.pathology.displayName < $1.pathology.displayName }
        }
    }

    private static func spread(_ finding: Finding) -> Double {
        (finding.uncertainty ?? 0) / max(finding.bounds.uncertainAbove, 1e-9)
    }
}

/// Where the question for the right to sign stands.
enum ClaimState: Sendable, Equatable {
    /// Not asked.
    case none
    /// Asked under this number.
    case asked(RequestNumber)
    /// This workstation has the study.
    case held(Claim)
    /// Somebody else has it.
    case refused(Claim)
    /// It was ours and is not any more; who has it now, where that is known.
    case lost(Claim?)
    /// The question failed.
    case failed(String)

    var isHeld: Bool {
        if case .held = self { true } else { false }
    }
}

/// The pixels on the screen.
struct LoadedPicture: Sendable {
    let image: ImageID
    let frame: Int
    let pyramid: ImagePyramid
    /// What was done to the pixels.
    let processing: PictureProcessing
    /// The windows to step through: the file's own, then the automatic one, then tissues.
    let presets: [DisplayWindow]
    /// The least and the greatest value, without padding.
    let valueRange: ClosedRange<Float>
    /// The last cells drawn of it; no part of the state, only of its cost.
    let memo = PictureMemo()

    init(
        image: ImageID, frame: Int, processing: PictureProcessing, pyramid: ImagePyramid
    ) {
        self.processing = processing
        self.image = image
        self.frame = frame
        self.pyramid = pyramid
        let radiograph = pyramid.radiograph
        valueRange = radiograph.valueRange
        let own = radiograph.windows
        let hasAutomatic = own.contains { $0.origin == .automatic }
        let automatic =
            hasAutomatic
            ? []
            : [
                DisplayWindow.automatic(
                    values: radiograph.values, isPadding: radiograph.isPadding)
            ]
        presets = own + automatic + TissueWindow.allCases.map { radiograph.window(for: $0) }
    }
}

/// A question for pixels.
struct PictureRequest: Sendable, Equatable {
    let number: RequestNumber
    let image: ImageID
    let frame: Int
    let processing: PictureProcessing
}

/// How the picture is shown.
struct PictureView: Sendable, Equatable {
    /// Which image of the study.
    var imageIndex = 0
    /// Which frame of it, from 0.
    var frame = 0
    /// The window; nil for the image's first one.
    var window: DisplayWindow?
    /// True where the reader turned black and white round.
    var isInverted = false
    /// How it is laid down, and the filter over it.
    var processing = PictureProcessing()
    /// How the selected finding's heat map is laid over it.
    var heat = HeatMode.off
    /// Magnification and place; nil before the first pixels of the image.
    var viewport: Viewport?
}

/// The open study.
struct StudyState: Sendable {
    let id: StudyID
    /// What the list knew of it when it was opened; shown until the study is loaded.
    let entryBefore: WorklistEntry?
    /// The newest question about this study; older answers are dropped.
    var request: RequestNumber
    var detail: StudyDetail?
    var problem: Problem?
    /// When it was opened, on the monotonic clock.
    let openedAtSeconds: Double

    var view = PictureView()
    var picture: LoadedPicture?
    /// The image that the viewport is of: its frames keep magnification and place.
    var picturedImage: ImageID?
    /// True while the picture and not the findings takes the letters.
    var isPictureFocused = false
    /// True while the picture has the whole width and the findings are hidden.
    var isPictureAlone = false
    /// True from a pan until the findings or the whole picture are asked for: what is said of the
    /// selected finding is folded, for beside a picture that moves it would be written again each
    /// time.
    var isDetailFolded = false
    /// The tool that takes points; nil for none.
    var points: PointState?
    var measurements: [Measurement] = []
    var heat: HeatState?
    /// Which parts stood on the screen, for each image.
    var coverage: [ImageID: Coverage] = [:]
    var prior: PriorState?
    /// What a drag of the mouse began with.
    var drag: MouseEvent?
    var impression = FirstImpression()
    /// True while the AI is hidden for want of a first impression.
    var hidesAI = false
    /// Since when each analysis was on the screen, UTC.
    var shownSince: [AnalysisID: Date] = [:]
    /// The number of the peer review that it is open for; nil where it is not.
    var review: Int64?
    /// True where this reader's own reading for the review is stored.
    var isReadBlind = false
    var undoPoints: [UndoPoint] = []
    var redoPoints: [UndoPoint] = []
    /// True where the last point was made by typing: more typing belongs to it.
    var isTypingUndo = false
    /// The newest question for pixels; nil where none is open.
    var pictureRequest: PictureRequest?
    var imageProblem: Problem?

    var selectedFinding: Pathology?
    var findingTop = 0
    var isLinear = false
    var order = FindingOrder.urgency

    var draft = ReadingDraft()
    /// What the records hold; nil where that is not known since a save failed.
    var savedDraft: ReadingDraft? = ReadingDraft()
    /// When the draft was last changed and not yet kept, on the monotonic clock.
    var changedAtSeconds: Double?
    var claim = ClaimState.none
    var signing: SignOffState?

    /// The newest that is known of its row of the worklist.
    var entry: WorklistEntry? { detail?.entry ?? entryBefore }

    /// The findings in the order shown.
    ///
    /// While the AI is hidden they stand in the model's own order, which tells nothing.
    var findings: [Finding] {
        hidesAI ? detail?.analysis?.findings ?? [] : order.arranged(detail?.findings ?? [])
    }

    var finding: Finding? {
        findings.first { $0.pathology == selectedFinding } ?? findings.first
    }

    /// The image that is shown or to be shown.
    var image: StudyImage? {
        guard let detail, detail.images.indices.contains(view.imageIndex) else { return nil }
        return detail.images[view.imageIndex]
    }

    /// True where pixels of the image to be shown are at hand, though perhaps laid down otherwise.
    var hasPicture: Bool {
        picture.map { $0.image == image?.id && $0.frame == view.frame } ?? false
    }

    /// True where the pixels at hand are just those to be shown.
    var hasFinalPicture: Bool { hasPicture && picture?.processing == view.processing }

    /// The window in use.
    var window: DisplayWindow? { view.window ?? picture?.presets.first }

    /// True where low values are shown bright, after the reader's inversion.
    var showsLowValuesBright: Bool {
        (picture?.pyramid.radiograph.showsLowValuesBright ?? false) != view.isInverted
    }

    /// True where the draft differs from what is kept.
    var hasUnsavedDraft: Bool { draft != savedDraft }
}
