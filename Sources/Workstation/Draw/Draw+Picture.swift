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
        if let layer = model.pixelLayer(capabilities: capabilities), layer.area == area { return }
        let key = PictureMemo.Key(
            request: picture.request, viewport: viewport, window: window,
            isInverted: study.view.isInverted, options: pictureOptions)
        let drawn = model.pictures.drawn(key) {
            Self.drawn(picture, key, tiles: model.pictures.tiles(of: picture.request))
        }
        // Where every pixel has a part of a cell, nothing of the source is hidden.
        let share = viewport.shareOfDetail(partsPerCell: key.options.partsPerCell)
        detailHint = share < 0.995 ? drawn.hint : nil
        showsPreview = model.pictures.isPreview(key)
        frame.draw(drawn.frame, at: area.origin)
        drawHeat(study, picture: picture, viewport: viewport, in: area)
        drawMeasurements(study, picture: picture, viewport: viewport, in: area)
        drawTool(study, picture: picture, viewport: viewport, window: window, in: area)
    }

    /// How the terminal shows pictures.
    var pictureOptions: PictureOptions {
        PictureOptions(capabilities, dithers: !model.drawsPlainly)
    }

    private static func drawn(
        _ picture: LoadedPicture, _ key: PictureMemo.Key, tiles: PictureTiles
    ) -> PictureMemo.Drawn {
        let cells = Picture.cells(
            of: picture.pyramid, in: key.viewport, window: key.window, isInverted: key.isInverted,
            options: key.options, tiles: tiles)
        if let cells { return PictureMemo.Drawn(frame: cells.frame, hint: DetailHint(cells)) }
        let frame = Picture.frame(
            of: picture.pyramid, in: key.viewport, window: key.window, isInverted: key.isInverted,
            options: key.options)
        return PictureMemo.Drawn(frame: frame, hint: nil)
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
}
