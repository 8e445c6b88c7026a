// What the keys do to the picture: its window, its place, which image and which frame.

import Imaging
import Radiology
import Terminal

extension Model {
    /// Asks for the pixels that are to be shown, where they are not at hand or on their way.
    mutating func loadPicture() -> [Effect] {
        guard let study, let image = study.image, !study.hasPicture else { return [] }
        let frame = study.view.frame
        let asked = study.pictureRequest
        let isOnItsWay = asked?.image == image.id && asked?.frame == frame
        guard !isOnItsWay, study.imageProblem == nil else { return [] }
        let request = requests.ask(.image(study.id))
        self.study?.picture = nil
        self.study?.pictureRequest = PictureRequest(
            number: request, image: image.id, frame: frame)
        return [.loadImage(study.id, image.id, frame: frame, request: request)]
    }

    mutating func showPicture(_ picture: LoadedPicture) {
        study?.pictureRequest = nil
        study?.imageProblem = nil
        let isSameImage = study?.picturedImage == picture.image
        study?.picturedImage = picture.image
        study?.picture = picture
        guard !isSameImage || study?.view.viewport == nil else { return }
        let radiograph = picture.pyramid.radiograph
        let viewport = Viewport(
            pictureWidth: radiograph.width, pictureHeight: radiograph.height,
            pixelAspectRatio: radiograph.pixelAspectRatio, size: pictureSize,
            cellAspect: capabilities.cellAspect)
        study?.view.viewport = viewport
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
        if target.image != study.view.imageIndex { self.study?.view = PictureView() }
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

    /// The next of the file's windows and the automatic one.
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
}

// Magnification and place.

extension Model {
    /// The cells of the picture pane of the screen that is shown.
    var pictureSize: GridSize {
        let pane =
            screen == .signOff
            ? SignOffLayout(size: size, rowCount: signOffRows.count).picture
            : StudyLayout(size: size).picture
        return pane.isEmpty ? StudyLayout(size: size).picture.size : pane.size
    }

    /// Why nothing can be done to the picture; nil where something can.
    var pictureObstacle: String? {
        study?.hasPicture == true ? nil : "there is no picture yet"
    }

    /// Keeps the viewport as large as its pane.
    mutating func fitViewport() {
        guard var viewport = study?.view.viewport, viewport.size != pictureSize else { return }
        viewport.resize(to: pictureSize)
        study?.view.viewport = viewport
    }

    mutating func zoom(by factor: Double) -> [Effect] {
        study?.view.viewport?.zoom(by: factor)
        return []
    }

    mutating func fitPicture() -> [Effect] {
        study?.view.viewport?.fit()
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
            return []
        }
        study?.view.viewport?.pan(columns: columns, rows: rows)
        return []
    }
}
