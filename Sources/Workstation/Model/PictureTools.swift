// Tools on the picture as state: points and what is measured between them, heat maps, priors.

import Foundation
import Imaging
import Radiology
import Terminal

/// What is asked of an image besides its pixels; done off the loop.
public struct PictureProcessing: Sendable, Hashable {
    /// How it is laid down.
    public var orientation = Orientation.upright
    /// The filter over it.
    public var enhancement = Enhancement.none

    /// Upright, without a filter.
    public init() {}
}

/// A point of an image as stored, in pixels from its top left corner.
struct ImagePoint: Sendable, Equatable {
    var x: Double
    var y: Double
}

/// A tool that takes points.
enum PointTool: Sendable, Equatable {
    /// A lens that follows the cross.
    case magnifier
    /// The distance of two points.
    case ruler
    /// Four points: the heart's borders, then the thorax's inner borders.
    case cardiothoracicRatio
    /// Two corners to magnify.
    case region

    /// Points that it takes; 0 for the lens.
    var pointCount: Int {
        switch self {
        case .magnifier: 0
        case .ruler, .region: 2
        case .cardiothoracicRatio: 4
        }
    }

    /// What the next point is, for the status line.
    func prompt(pointsSet: Int) -> String {
        switch self {
        case .magnifier: "lens: arrows move it, + and - change it, Esc ends"
        case .ruler: pointsSet == 0 ? "ruler: first end" : "ruler: second end"
        case .region: pointsSet == 0 ? "zoom: first corner" : "zoom: opposite corner"
        case .cardiothoracicRatio:
            "heart/thorax ratio: "
                + [
                    "one border of the heart", "other border of the heart",
                    "inner border of the thorax", "other inner border of the thorax",
                ][
                    min(pointsSet, 3)]
        }
    }
}

/// A tool in use.
struct PointState: Sendable, Equatable {
    var tool: PointTool
    /// The cross, in cells of the picture pane.
    var cross: Position
    /// The points set so far.
    var points: [ImagePoint] = []
    /// How much more the lens magnifies.
    var lens = 4.0
}

/// Something measured on one frame of one image.
struct Measurement: Sendable, Equatable {
    enum Kind: Sendable, Equatable {
        case length
        case cardiothoracicRatio
    }

    let kind: Kind
    let image: ImageID
    let frame: Int
    let points: [ImagePoint]

    /// The result in words; millimetres only where the file states a spacing.
    func words(radiograph: Radiograph, orientation: Orientation) -> String {
        switch kind {
        case .length: return lengthWords(radiograph, orientation)
        case .cardiothoracicRatio:
            // Widths across the picture as it stands on the screen.
            let (width, height) = storedSize(radiograph, orientation)
            let across = points.map {
                orientation.shown(x: $0.x, y: $0.y, width: width, height: height).x
            }
            let thorax = abs(across[3] - across[2])
            guard thorax > 0 else { return "ratio not defined: the thorax has no width" }
            let ratio = abs(across[1] - across[0]) / thorax
            return String(format: "heart/thorax %.2f", ratio)
        }
    }

    private func lengthWords(_ radiograph: Radiograph, _ orientation: Orientation) -> String {
        let (dx, dy) = (points[1].x - points[0].x, points[1].y - points[0].y)
        guard let spacing = radiograph.spacing else {
            let aspect =
                orientation.exchangesSides
                ? 1 / radiograph.pixelAspectRatio : radiograph.pixelAspectRatio
            return String(format: "%.0f px (no spacing in the file)", hypot(dx, dy * aspect))
        }
        let exchanges = orientation.exchangesSides
        let across = exchanges ? spacing.rowMillimetres : spacing.columnMillimetres
        let down = exchanges ? spacing.columnMillimetres : spacing.rowMillimetres
        let length = hypot(dx * across, dy * down)
        let plane = spacing.plane == .detector ? " at the detector" : ""
        return String(format: length < 99.95 ? "%.1f mm" : "%.0f mm", length) + plane
    }

    private func storedSize(
        _ radiograph: Radiograph, _ orientation: Orientation
    ) -> (width: Double, height: Double) {
        orientation.exchangesSides
            ? (Double(radiograph.height), Double(radiograph.width))
            : (Double(radiograph.width), Double(radiograph.height))
    }
}

/// How heat is laid over the picture.
enum HeatMode: Sendable, Equatable {
    case off
    case colour
    case contour

    var next: HeatMode {
        switch self {
        case .off: .colour
        case .colour: .contour
        case .contour: .off
        }
    }
}

/// The heat maps of one image.
struct HeatState: Sendable {
    var image: ImageID
    var request: RequestNumber?
    var fields: [Pathology: HeatField] = [:]
    var problem: Problem?
}

/// An earlier study of the same patient beside the open one.
struct PriorState: Sendable {
    let entry: WorklistEntry
    var request: RequestNumber
    var detail: StudyDetail?
    var problem: Problem?
    var picture: LoadedPicture?
    var pictureRequest: RequestNumber?
}

/// What a first impression says of one pathology.
enum FirstLook: Sendable, Equatable {
    case present
    case unsure
}

/// What the reader saw before the AI was shown.
struct FirstImpression: Sendable, Equatable {
    /// What was marked; the rest counts as not present.
    var looks: [Pathology: FirstLook] = [:]
    /// When it was recorded, UTC; nil while it is being made.
    var recordedAt: Date?

    /// Nothing marked yet.
    init() {}

    /// What the records hold.
    init(_ recorded: Radiology.FirstImpression) {
        for pathology in recorded.findings { looks[pathology] = .present }
        for pathology in recorded.unsure { looks[pathology] = .unsure }
        recordedAt = recorded.lockedAt
    }

    /// What was marked in a way, by name.
    func marked(_ look: FirstLook) -> [Pathology] {
        looks.filter { $0.value == look }.keys.sorted { $0.rawValue < $1.rawValue }
    }

    /// True where the reader and the model say opposite things of a finding.
    func disagrees(with finding: Finding) -> Bool {
        switch looks[finding.pathology] {
        case .present: !SignOffState.stands(finding)
        case .unsure: false
        case nil: SignOffState.stands(finding)
        }
    }
}

/// What `u` takes back: everything of a study that a key may change before the signature.
struct UndoPoint: Sendable, Equatable {
    var draft: ReadingDraft
    var window: DisplayWindow?
    var isInverted: Bool
    var processing: PictureProcessing
    var measurements: [Measurement]
    var impression: FirstImpression

    init(_ study: StudyState) {
        draft = study.draft
        window = study.view.window
        isInverted = study.view.isInverted
        processing = study.view.processing
        measurements = study.measurements
        impression = study.impression
    }

    /// What differs between two points, in words.
    func differences(from other: UndoPoint) -> String {
        var words: [String] = []
        if draft.decisions != other.draft.decisions { words.append("decision") }
        if draft.ownFindings != other.draft.ownFindings { words.append("own finding") }
        if draft.impression != other.draft.impression { words.append("impression") }
        if window != other.window { words.append("window") }
        if isInverted != other.isInverted { words.append("inversion") }
        if processing != other.processing { words.append("picture") }
        if measurements != other.measurements { words.append("measurement") }
        if impression != other.impression { words.append("first impression") }
        return words.joined(separator: ", ")
    }
}
