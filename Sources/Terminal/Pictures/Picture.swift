// Pictures as cells: display values in, a frame out; pure and the same for the same input.

import CKernels
import Imaging

/// Draws grey pictures with the characters and colours that a terminal has.
public enum Picture {
    /// The cells of a picture.
    ///
    /// - Parameters:
    ///   - levels: display values 0 (black) ... 255 (white), row-major, as many as
    ///     `options.grid(for: size)` says; values beyond are clamped, NaN is black.
    ///   - size: the cells to fill.
    ///   - options: glyphs, colours, dithering.
    public static func frame(levels: [Float], size: GridSize, options: PictureOptions) -> Frame {
        let grid = options.grid(for: size)
        precondition(levels.count == grid.columns * grid.rows, "one level for each sample")
        let levels = levels.map { $0 >= 0 ? min($0, 255) : 0 }
        switch options.method {
        case .half: return HalfBlocks.frame(levels: levels, size: size, options: options)
        case .fit: return PictureFit.cells(levels: levels, size: size, options: options).frame
        case .braille: return Braille.frame(levels: levels, size: size, options: options)
        case .background:
            let greys = Dither.quantised(
                levels, columns: size.columns, palette: options.palette,
                dithers: options.isDithering)
            return frame(size: size) { index in
                Cell(" ", style: Style(foreground: .role(.text), background: .grey(greys[index])))
            }
        case .ramp: return ASCIIRamp.frame(levels: levels, size: size, options: options)
        }
    }

    /// Makes what the fit of pictures of a size looks up, so that the first picture need not wait
    /// for it; worth a call on another thread while an image is decoded.
    public static func prepare(size: GridSize, options: PictureOptions) {
        if options.isFitted { _ = FitTables.tables(size: size, options: options) }
    }

    /// The fitted cells of a picture, for glyph sets that are fitted: quadrants to octants.
    ///
    /// - Precondition: `options.isFitted`; `levels` as for `frame(levels:size:options:)`.
    public static func cells(
        levels: [Float], size: GridSize, options: PictureOptions
    ) -> PictureCells {
        let grid = options.grid(for: size)
        precondition(options.isFitted, "these glyphs are not fitted")
        precondition(levels.count == grid.columns * grid.rows, "one level for each sample")
        return PictureFit.cells(levels: levels, size: size, options: options)
    }

    /// The same, by the kernel for any processor: every kernel gives the same cells, which a test
    /// holds.
    package static func plainCells(
        levels: [Float], size: GridSize, options: PictureOptions
    ) -> PictureCells {
        PictureFit.cells(levels: levels, size: size, options: options, variant: .plain)
    }

    /// The part of a picture that a viewport shows, windowed, as cells.
    ///
    /// Modality values are averaged first and windowed after, so that small bright things keep
    /// their weight. A magnified picture is made of tiles anchored to it: after a move by whole
    /// cells the same cells stand there, moved.
    /// - Parameter isInverted: exchanges black and white over what the file asks for.
    public static func frame(
        of pyramid: ImagePyramid, in viewport: Viewport, window: DisplayWindow,
        isInverted: Bool = false, options: PictureOptions
    ) -> Frame {
        let cells = cells(
            of: pyramid, in: viewport, window: window, isInverted: isInverted, options: options)
        if let cells { return cells.frame }
        return frame(
            levels: levels(
                of: pyramid, region: viewport.region, size: viewport.size, window: window,
                isInverted: isInverted, options: options),
            size: viewport.size, options: options)
    }

    /// The fitted cells of the same picture, which also know their error (see `DetailHint`); nil
    /// for glyph sets that are not fitted.
    ///
    /// `tiles` remembers those of a magnified picture from one call to the next.
    static func cells(
        of pyramid: ImagePyramid, in viewport: Viewport, window: DisplayWindow,
        isInverted: Bool = false, options: PictureOptions, tiles: PictureTiles? = nil
    ) -> PictureCells? {
        guard options.isFitted else { return nil }
        if viewport.zoom > 1 {
            return (tiles ?? PictureTiles()).cells(
                of: pyramid, in: viewport, window: window, isInverted: isInverted, options: options)
        }
        let levels = levels(
            of: pyramid, region: viewport.region, size: viewport.size, window: window,
            isInverted: isInverted, options: options)
        return cells(levels: levels, size: viewport.size, options: options)
    }

    /// The display values of a region's samples: averaged first, windowed after.
    public static func levels(
        of pyramid: ImagePyramid, region: Region, size: GridSize, window: DisplayWindow,
        isInverted: Bool = false, options: PictureOptions
    ) -> [Float] {
        let grid = options.grid(for: size)
        return levels(
            of: pyramid, region: region, columns: grid.columns, rows: grid.rows, window: window,
            isInverted: isInverted, greys: options.greys)
    }

    /// The display values of so many samples of a region, row-major `rows * columns`.
    public static func levels(
        of pyramid: ImagePyramid, region: Region, columns: Int, rows: Int, window: DisplayWindow,
        isInverted: Bool, greys: GreyScale
    ) -> [Float] {
        greys.sent(
            pyramid.displayValues(
                region, columns: columns, rows: rows, window: window,
                showsLowValuesBright: pyramid.radiograph.showsLowValuesBright != isInverted))
    }

    /// A cell of one grey.
    static func solid(_ grey: UInt8) -> Cell {
        Cell(" ", style: Style(foreground: .grey(grey), background: .grey(grey)))
    }

    static func frame(size: GridSize, cell: (Int) -> Cell) -> Frame {
        var frame = Frame(size: size)
        frame.setCells(cell)
        return frame
    }
}
