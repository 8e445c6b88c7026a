// The last picture drawn, so that a key that does not touch it does not draw it again.

import Imaging
import Synchronization

/// Remembers one drawn picture under all that decides it, for one pyramid.
///
/// A memo and nothing else: cells are the same with and without it. Drawing 121 x 55 cells with
/// fitted blocks costs milliseconds, looking them up a hundredth of that.
public final class PictureMemo: Sendable {
    /// All that decides the cells of a picture, but its pixels.
    public struct Key: Sendable, Equatable {
        /// The part that is shown, and the cells to fill.
        public let viewport: Viewport
        /// The window over modality values.
        public let window: DisplayWindow
        /// True where black and white are exchanged over what the file asks for.
        public let isInverted: Bool
        /// Glyphs, colours, dithering, thrift.
        public let options: PictureOptions

        /// A key of the four things that decide the cells.
        public init(
            viewport: Viewport, window: DisplayWindow, isInverted: Bool, options: PictureOptions
        ) {
            self.viewport = viewport
            self.window = window
            self.isInverted = isInverted
            self.options = options
        }

        /// The same picture with nothing saved for a slow link.
        public var exact: Key {
            var options = options
            options.thrift = nil
            return Key(
                viewport: viewport, window: window, isInverted: isInverted, options: options)
        }
    }

    /// A drawn picture, and where it holds detail that its cells cannot show.
    public struct Drawn: Sendable {
        /// The cells, as many as the viewport has.
        public let frame: Frame
        /// Nil where no detail is lost, and for glyph sets that are not fitted.
        public let hint: DetailHint?
    }

    private let last = Mutex<(key: Key, drawn: Drawn)?>(nil)
    private let tiles = PictureTiles()

    /// Nothing remembered.
    ///
    /// One for each pyramid: a key does not say whose pixels it means.
    public init() {}

    /// The remembered picture of a key; nil where another one is remembered.
    public func known(_ key: Key) -> Drawn? {
        last.withLock { last in
            last.flatMap { $0.key == key ? $0.drawn : nil }
        }
    }

    /// The picture of a key: the remembered one, or a new one that is then remembered.
    public func drawn(_ key: Key, of pyramid: ImagePyramid) -> Drawn {
        if let known = known(key) { return known }
        let drawn = draw(key, of: pyramid)
        last.withLock { $0 = (key, drawn) }
        return drawn
    }

    /// True where the remembered picture is that of a key but for a move that terminals can make:
    /// most of its cells stand on the screen already, and what comes in takes few bytes.
    public func isMoved(_ key: Key) -> Bool {
        guard let known = last.withLock({ $0?.key }), known.window == key.window,
            known.isInverted == key.isInverted, known.options == key.options,
            known.viewport.size == key.viewport.size, !key.viewport.showsWhole,
            let move = TileGrid(key.viewport).move(from: TileGrid(known.viewport))
        else { return false }
        return ImageShift.canMake(columns: move.columns, rows: move.rows)
    }

    private func draw(_ key: Key, of pyramid: ImagePyramid) -> Drawn {
        let cells = Picture.cells(
            of: pyramid, in: key.viewport, window: key.window, isInverted: key.isInverted,
            options: key.options, tiles: tiles)
        if let cells { return Drawn(frame: cells.frame, hint: DetailHint(cells)) }
        let frame = Picture.frame(
            of: pyramid, in: key.viewport, window: key.window, isInverted: key.isInverted,
            options: key.options)
        return Drawn(frame: frame, hint: nil)
    }
}
