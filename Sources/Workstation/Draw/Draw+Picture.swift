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

extension Model {
    /// How a terminal shows pictures.
    func pictureOptions(_ capabilities: Capabilities) -> PictureOptions {
        PictureOptions(capabilities, dithers: !drawsPlainly)
    }

    /// The open study's picture, and what decides its cells; nil without one.
    func picture(
        size: GridSize, capabilities: Capabilities
    ) -> (picture: LoadedPicture, key: PictureMemo.Key)? {
        guard let study, let picture = study.picture, let window = study.window,
            let viewport = study.viewport(size: size)
        else { return nil }
        let key = PictureMemo.Key(
            viewport: viewport, window: window, isInverted: study.view.isInverted,
            options: pictureOptions(capabilities))
        return (picture, key)
    }
}

extension Canvas {
    mutating func drawPicturePane(in area: Rectangle) {
        guard let study = model.study else { return }
        guard let (picture, key) = model.picture(size: area.size, capabilities: capabilities)
        else {
            drawCentered(linesWithoutPicture(study), in: area)
            return
        }
        if let pixels, pixels.area == area { return }
        let viewport = key.viewport
        // An exact picture that is known, or only moved, stands in for a preview: few bytes of it are
        // not on the screen.
        let exact =
            picture.memo.known(key.exact)
            ?? (picture.memo.isMoved(key.exact)
                ? picture.memo.drawn(key.exact, of: picture.pyramid) : nil)
        let drawn = exact ?? picture.memo.drawn(key, of: picture.pyramid)
        // Where every pixel has a part of a cell, nothing of the source is hidden.
        let share = viewport.shareOfDetail(partsPerCell: key.options.partsPerCell)
        detailHint = share < 0.995 ? drawn.hint : nil
        showsPreview = capabilities.showsRoughCells || key.options.isPreview && exact == nil
        frame.draw(drawn.frame, at: area.origin)
        drawHeat(study, picture: picture, viewport: viewport, in: area)
        drawMeasurements(study, picture: picture, viewport: viewport, in: area)
        drawTool(study, picture: picture, viewport: viewport, window: key.window, in: area)
    }

    /// How the terminal shows pictures.
    var pictureOptions: PictureOptions { model.pictureOptions(capabilities) }

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
