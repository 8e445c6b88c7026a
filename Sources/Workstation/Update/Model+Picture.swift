// What the keys do to the picture: its window, its place, which image and which frame.

import Imaging
import Radiology
import Terminal

extension Model {
    /// Asks for the pixels that are to be shown, where they are not at hand or on their way.
    mutating func loadPicture() -> [Effect] {
        guard let study, let image = study.image, !study.hasFinalPicture else { return [] }
        let frame = study.view.frame
        let processing = study.view.processing
        let asked = study.pictureRequest
        let isOnItsWay =
            asked?.image == image.id && asked?.frame == frame && asked?.processing == processing
        guard !isOnItsWay, study.imageProblem == nil else { return [] }
        let request = requests.ask(.image(study.id))
        // The same image laid down otherwise stays on the screen until the new one is there.
        if !study.hasPicture { self.study?.picture = nil }
        self.study?.pictureRequest = PictureRequest(
            number: request, image: image.id, frame: frame, processing: processing)
        return [
            .loadImage(study.id, image.id, frame: frame, processing: processing, request: request)
        ]
    }

    mutating func showPicture(_ picture: LoadedPicture) {
        let before = study?.picture?.processing.orientation ?? .upright
        study?.pictureRequest = nil
        study?.imageProblem = nil
        let isSameImage = study?.picturedImage == picture.image
        study?.picturedImage = picture.image
        study?.picture = picture
        let isTurned = isSameImage && before != picture.processing.orientation
        guard !isSameImage || isTurned || study?.view.viewport == nil else { return }
        let old = study?.view.viewport
        var viewport = newViewport(of: picture, size: pictureSize)
        if isTurned, let old {
            turn(&viewport, from: old, before: before, after: picture.processing.orientation)
        }
        study?.view.viewport = viewport
    }

    /// A viewport that shows the whole of a picture.
    func newViewport(of picture: LoadedPicture, size: GridSize) -> Viewport {
        let radiograph = picture.pyramid.radiograph
        return Viewport(
            pictureWidth: radiograph.width, pictureHeight: radiograph.height,
            pixelAspectRatio: radiograph.pixelAspectRatio, size: size,
            cellAspect: capabilities.cellAspect)
    }

    /// Keeps magnification and middle when a picture is laid down otherwise.
    private func turn(
        _ viewport: inout Viewport, from old: Viewport, before: Orientation, after: Orientation
    ) {
        let exchanged = before.exchangesSides
        let width = Double(exchanged ? old.pictureHeight : old.pictureWidth)
        let height = Double(exchanged ? old.pictureWidth : old.pictureHeight)
        let middle = before.stored(x: old.centerX, y: old.centerY, width: width, height: height)
        let shown = after.shown(x: middle.x, y: middle.y, width: width, height: height)
        viewport.setZoom(old.zoom)
        if old.zoom > 1 { viewport.center(onX: shown.x, y: shown.y) }
    }

    /// Answers that concern pixels and what is laid over them.
    mutating func takePictureAnswer(_ message: Message) -> [Effect] {
        switch message {
        case .imageLoaded(let id, let image, let frame, let pyramid, let request):
            guard requests.close(request) != nil else { return [] }
            let processing = study?.pictureRequest?.processing ?? PictureProcessing()
            if study?.prior?.entry.id == id, study?.prior?.pictureRequest == request {
                study?.prior?.pictureRequest = nil
                study?.prior?.picture = LoadedPicture(
                    image: image, frame: frame, processing: PictureProcessing(), pyramid: pyramid)
            } else if study?.id == id, study?.pictureRequest?.number == request {
                showPicture(
                    LoadedPicture(
                        image: image, frame: frame, processing: processing, pyramid: pyramid))
            }
        case .imageDropped(let request): _ = requests.close(request)
        case .priorLoaded(let detail, let request):
            guard requests.close(request) != nil, study?.prior?.request == request else {
                return []
            }
            return showPrior(detail)
        case .heatLoaded(let id, let image, let fields, let request):
            guard requests.close(request) != nil, study?.id == id,
                study?.heat?.request == request, study?.heat?.image == image
            else { return [] }
            study?.heat?.request = nil
            study?.heat?.fields = fields
            noteHeat()
        default: break
        }
        return []
    }

    /// Why there is no frame or image `step` places on; nil where there is one.
    func imageObstacle(_ step: Int) -> String? {
        guard let study, let detail = study.detail else { return "the study is still loading" }
        if nextImage(step) != nil { return nil }
        if detail.images.isEmpty { return "the study has no image" }
        let isOnly = detail.images.count == 1 && (study.image?.header.frameCount ?? 1) == 1
        if isOnly { return "the study has one image of one frame" }
        return step > 0 ? "this is the last one" : "this is the first one"
    }

    /// The frame `step` (1 or -1) places on, in the next image where this one has no more.
    private func nextImage(_ step: Int) -> (image: Int, frame: Int)? {
        guard let study, let image = study.image, let detail = study.detail else { return nil }
        let frame = study.view.frame + step
        if (0..<image.header.frameCount).contains(frame) { return (study.view.imageIndex, frame) }
        let index = study.view.imageIndex + step
        guard detail.images.indices.contains(index) else { return nil }
        return (index, step > 0 ? 0 : max(detail.images[index].header.frameCount - 1, 0))
    }

    /// Goes to the next frame or image; another image starts with its own window and whole.
    mutating func changeImage(_ step: Int) -> [Effect] {
        guard let target = nextImage(step), let study else { return [] }
        if target.image != study.view.imageIndex {
            self.study?.view = PictureView()
            self.study?.heat = nil
        }
        self.study?.points = nil
        self.study?.imageProblem = nil
        self.study?.view.imageIndex = target.image
        self.study?.view.frame = target.frame
        return loadPicture()
    }

    /// Makes the window narrower or wider, or moves its center by a share of its width.
    mutating func changeWindow(width factor: Double = 1, center step: Double = 0) -> [Effect] {
        guard let study, let picture = study.picture, let window = study.window else { return [] }
        let range = picture.valueRange
        let extent = max(Double(range.upperBound - range.lowerBound), 1e-6)
        // Four times the values of the image in width, and centers within them, bound the keys.
        let width = min(max(window.width * factor, extent / 4096), extent * 4)
        let moved = window.center + step * window.width
        let center = min(max(moved, Double(range.lowerBound)), Double(range.upperBound))
        let shape: DisplayWindow.Shape =
            switch window.shape {
            case .linear: .linear(center: center, width: max(width, 1))
            case .linearExact, .table: .linearExact(center: center, width: width)
            case .sigmoid: .sigmoid(center: center, width: width)
            }
        self.study?.view.window = DisplayWindow(shape: shape, origin: .reader)
        return []
    }

    /// The window of a place in the list of presets: tissues by kind, the file's first, automatic.
    mutating func takePreset(_ kind: PresetKind) -> [Effect] {
        guard let presets = study?.picture?.presets else { return [] }
        let window: DisplayWindow? =
            switch kind {
            case .tissue(let tissue):
                presets.first { $0.origin == .reader && $0.explanation == tissue.rawValue }
            case .file: presets.first { $0.origin == .file }
            case .automatic: presets.first { $0.origin == .automatic }
            }
        guard let window else {
            show(Notice(.warning, "the file carries no window of its own; 6 is the automatic one"))
            return []
        }
        study?.view.window = window
        return []
    }

    /// The next of the file's windows, the automatic one, and those of tissues.
    mutating func nextPreset() -> [Effect] {
        guard let study, let presets = study.picture?.presets, !presets.isEmpty else { return [] }
        let place = study.window.flatMap { presets.firstIndex(of: $0) } ?? presets.count - 1
        let next = presets[(place + 1) % presets.count]
        self.study?.view.window = next
        let name = next.explanation.isEmpty ? next.origin.rawValue : next.explanation.inert()
        let number = (place + 1) % presets.count + 1
        show(Notice(.information, "window \(number) of \(presets.count): \(name)"))
        return []
    }

    mutating func invert() -> [Effect] {
        study?.view.isInverted.toggle()
        return []
    }

    /// Turns the picture by quarter turns clockwise.
    mutating func rotate(_ quarterTurns: Int) -> [Effect] {
        guard let old = study?.view.processing.orientation else { return [] }
        study?.view.processing.orientation = old.rotated(quarterTurns: quarterTurns)
        return loadPicture()
    }

    /// Exchanges left and right.
    mutating func flip() -> [Effect] {
        guard let old = study?.view.processing.orientation else { return [] }
        study?.view.processing.orientation = old.mirrored()
        show(Notice(.warning, "left and right are exchanged on the screen"))
        return loadPicture()
    }

    /// The next filter: none, edges, CLAHE.
    mutating func nextEnhancement() -> [Effect] {
        guard let next = study?.view.processing.enhancement.next else { return [] }
        study?.view.processing.enhancement = next
        // No window of the plain values fits equalised ones, nor the other way round.
        study?.view.window = nil
        return loadPicture()
    }
}

/// The windows that have keys of their own.
enum PresetKind: Sendable, Equatable {
    case tissue(TissueWindow)
    case file
    case automatic
}

// Magnification and place.

extension Model {
    /// The cells of the picture pane of the screen that is shown.
    var pictureSize: GridSize {
        let pane =
            screen == .signOff
            ? SignOffLayout(size: size, rowCount: signOffRows.count).picture
            : picturePane
        return pane.isEmpty ? picturePane.size : pane.size
    }

    /// The cells of the current study's picture on the study screen.
    var picturePane: Rectangle { studyLayout.picture }

    /// Why nothing can be done to the picture; nil where something can.
    var pictureObstacle: String? {
        study?.hasPicture == true ? nil : "there is no picture yet"
    }

    /// Keeps the viewport as large as its pane.
    mutating func fitViewport() {
        guard var viewport = study?.view.viewport,
            viewport.size != pictureSize || viewport.cellAspect != capabilities.cellAspect
        else { return }
        viewport.resize(to: pictureSize, cellAspect: capabilities.cellAspect)
        study?.view.viewport = viewport
    }

    mutating func zoom(by factor: Double) -> [Effect] {
        study?.view.viewport?.zoom(by: factor)
        return []
    }

    mutating func fitPicture() -> [Effect] {
        study?.view.viewport?.fit()
        study?.isDetailFolded = false
        return []
    }

    /// One image pixel for each part of a cell that has its own brightness.
    mutating func showOneToOne() -> [Effect] {
        let across = capabilities.glyphs == .half || capabilities.glyphs == .ascii ? 1 : 2
        study?.view.viewport?.zoomToPixels(partsAcross: across)
        return []
    }

    mutating func pan(columns: Int, rows: Int) -> [Effect] {
        if study?.view.viewport?.showsWhole == true {
            show(Notice(.information, "the whole image is in view; + magnifies"))
        } else {
            study?.pan(columns: columns, rows: rows)
        }
        return []
    }
}

extension StudyState {
    /// Moves the view over the image, and folds what is said of the selected finding.
    mutating func pan(columns: Int, rows: Int) {
        view.viewport?.pan(columns: columns, rows: rows)
        isDetailFolded = true
    }
}
