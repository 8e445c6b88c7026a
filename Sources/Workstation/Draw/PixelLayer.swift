// The picture as pixels over the cells, for terminals that have graphics.

import Imaging
import Radiology
import Terminal

/// Pixels that stand in the place of a picture's characters.
public struct PixelLayer: Sendable, Equatable {
    /// The cells that they cover.
    public let area: Rectangle
    /// Columns of pixels.
    public let width: Int
    /// Rows of pixels.
    public let height: Int
    private let key: PictureMemo.Key
    private let picture: LoadedPicture

    init(
        _ picture: LoadedPicture, key: PictureMemo.Key, graphics: Capabilities.Graphics,
        area: Rectangle
    ) {
        self.key = key
        self.picture = picture
        self.area = area
        width = area.columns * graphics.cellWidth
        height = area.rows * graphics.cellHeight
    }

    /// True where the same pixels stand in the same place.
    public static func == (first: PixelLayer, second: PixelLayer) -> Bool {
        first.picture.memo === second.picture.memo && first.key == second.key
            && first.area == second.area && first.width == second.width
            && first.height == second.height
    }

    /// The pixels, 0 (black) to 255 (white), row-major `height * width`.
    ///
    /// Averaged first and windowed after, as for characters.
    public func grey() -> [UInt8] {
        let levels = Picture.levels(
            of: picture.pyramid, region: key.viewport.region, columns: width, rows: height,
            window: key.window, isInverted: key.isInverted, greys: key.options.greys)
        return levels.map { $0 >= 0 ? UInt8(min($0, 255).rounded()) : 0 }
    }
}

extension Model {
    /// The pixels that stand over the frame of this state; nil where characters stand.
    ///
    /// What is drawn over the picture is made of characters: tools, measurements, heat and priors
    /// bring the characters back for as long as they are there.
    public func pixelLayer(capabilities: Capabilities) -> PixelLayer? {
        guard wantsPixels, let graphics = capabilities.graphics, screen == .study, overlay == nil,
            let study, study.points == nil, study.view.heat == .off, study.prior == nil,
            let (picture, key) = picture(size: picturePane.size, capabilities: capabilities)
        else { return nil }
        let isMeasured = study.measurements.contains {
            $0.image == picture.image && $0.frame == picture.frame
        }
        guard !isMeasured, !picturePane.isEmpty else { return nil }
        return PixelLayer(picture, key: key, graphics: graphics, area: picturePane)
    }

    /// Parts of a cell that can be told apart where the picture stands now.
    var partsPerCell: Int {
        guard pixelLayer(capabilities: capabilities) != nil,
            let graphics = capabilities.graphics
        else { return PictureOptions(capabilities).partsPerCell }
        return graphics.cellWidth * graphics.cellHeight
    }

    /// Why the picture cannot be shown as pixels; nil where it can.
    var graphicsObstacle: String? {
        if let pictureObstacle { return pictureObstacle }
        return capabilities.graphics == nil
            ? "this terminal answered neither to Kitty graphics nor to sixel" : nil
    }

    /// Pixels instead of characters, or characters again.
    mutating func togglePixels() -> [Effect] {
        wantsPixels.toggle()
        if wantsPixels, pixelLayer(capabilities: capabilities) == nil {
            show(Notice(.information, "pixels come when tools, heat map and prior are put away"))
        }
        return []
    }

    /// Dither and noise shaping off, or on again.
    mutating func togglePlainFit() -> [Effect] {
        drawsPlainly.toggle()
        let options = pictureOptions(capabilities)
        show(
            Notice(
                .information,
                drawsPlainly
                    ? "plain fit: every cell on its own, no dither (\(options.summary))"
                    : "cells share their error, areas keep their brightness (\(options.summary))"))
        return []
    }

    /// Shows patterns by which the display is judged.
    mutating func openCalibration() -> [Effect] {
        overlay = .calibration(top: 0)
        return []
    }
}
