// The picture pane, and what is said about the picture.

import Foundation
import Imaging
import Radiology
import Terminal

extension StudyState {
    /// The part of the picture that `size` cells show; nil without a picture.
    func viewport(size: GridSize) -> Viewport? {
        guard hasPicture, var viewport = view.viewport else { return nil }
        viewport.resize(to: size)
        return viewport
    }
}

extension Canvas {
    mutating func drawPicturePane(in area: Rectangle) {
        guard let study = model.study else { return }
        guard study.hasPicture, let picture = study.picture, let window = study.window,
            let viewport = study.viewport(size: area.size)
        else {
            drawCentered(linesWithoutPicture(study), in: area)
            return
        }
        let options = PictureOptions(capabilities)
        let isInverted = study.view.isInverted
        let key = PictureMemo.Key(
            request: picture.request, viewport: viewport, window: window, isInverted: isInverted,
            options: options)
        let shown = model.pictures.frame(key) {
            Picture.frame(
                of: picture.pyramid, in: viewport, window: window, isInverted: isInverted,
                options: options, tiles: model.pictures.tiles(of: picture.request))
        }
        frame.draw(shown, at: area.origin)
        drawHeat(study, picture: picture, viewport: viewport, in: area)
        drawMeasurements(study, picture: picture, viewport: viewport, in: area)
        drawTool(study, picture: picture, viewport: viewport, window: window, in: area)
    }

    private func linesWithoutPicture(_ study: StudyState) -> [TextRun] {
        if study.problem != nil { return [] }
        if let problem = study.imageProblem {
            return [
                TextRun("✗ This image cannot be shown.", Style(.failure)),
                TextRun(problem.summary), TextRun("v shows the whole message.", Style(.dim)),
            ]
        }
        guard let detail = study.detail else { return [TextRun("Reading…", Style(.dim))] }
        if detail.images.isEmpty {
            return [TextRun("This study has no image that can be shown.", Style(.failure))]
        }
        let number = "image \(study.view.imageIndex + 1) of \(detail.images.count)"
        return [TextRun("Decoding \(number)…", Style(.dim))]
    }

    /// Magnification, and what one cell stands for in pixels and millimetres.
    func pictureScaleWords(in area: Rectangle) -> [String] {
        guard let study = model.study, let picture = study.picture,
            let viewport = study.viewport(size: area.size)
        else { return [] }
        let pixels = viewport.cellWidthPixels
        let zoom = viewport.zoom == 1 ? "fit" : String(format: "x%.1f", viewport.zoom)
        var cell =
            pixels >= 9.95 ? String(format: "%.0f px", pixels) : String(format: "%.1f px", pixels)
        if let spacing = picture.pyramid.radiograph.spacing {
            let width = viewport.cellWidthMillimetres(spacing)
            cell += String(format: width >= 9.95 ? ", %.0f mm" : ", %.1f mm", width)
            if spacing.plane == .detector { cell += " (det.)" }
        }
        let parts = PictureOptions(capabilities).partsPerCell
        let share = viewport.shareOfDetail(partsPerCell: parts)
        let detail =
            share >= 0.995
            ? "all detail"
            : String(format: share < 0.1 ? "%.1f" : "%.0f", share * 100) + " % of detail"
        return [zoom, "1 cell = \(cell)", detail]
    }
}
