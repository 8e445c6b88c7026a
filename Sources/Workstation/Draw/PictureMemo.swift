// The last picture drawn, so that moving a cursor does not draw it again.

import Imaging
import Radiology
import Synchronization
import Terminal

/// Remembers one drawn picture under all that decides it.
///
/// A memo and nothing else: `draw` gives the same frame with and without it, and copies of a model
/// may share it. Drawing 121 x 55 cells with fitted blocks costs milliseconds, a cursor move a
/// hundredth of that.
final class PictureMemo: Sendable {
    /// All that decides the cells of a picture.
    struct Key: Sendable, Equatable {
        /// The question that brought the pixels: unique in the life of a model.
        let request: RequestNumber
        let viewport: Viewport
        let window: DisplayWindow
        let isInverted: Bool
        let options: PictureOptions

        /// The same picture with nothing saved for a slow link.
        var exact: Key {
            var options = options
            options.thrift = nil
            return Key(
                request: request, viewport: viewport, window: window, isInverted: isInverted,
                options: options)
        }
    }

    /// A drawn picture, and where it holds detail that its cells cannot show.
    struct Drawn: Sendable {
        let frame: Frame
        let hint: DetailHint?
    }

    private let last = Mutex<(key: Key, drawn: Drawn)?>(nil)
    private let tiles = Mutex<(request: RequestNumber, tiles: PictureTiles)?>(nil)

    /// The tiles of the picture that a question brought.
    func tiles(of request: RequestNumber) -> PictureTiles {
        tiles.withLock { known in
            if let known, known.request == request { return known.tiles }
            let tiles = PictureTiles()
            known = (request, tiles)
            return tiles
        }
    }

    /// The picture of a key: the remembered one, or a new one that is then remembered.
    ///
    /// Where a preview is asked for and the exact picture is known, it is the exact one.
    func drawn(_ key: Key, make: () -> Drawn) -> Drawn {
        if let known = known(key) { return known }
        let drawn = make()
        last.withLock { $0 = (key, drawn) }
        return drawn
    }

    /// The remembered picture of a key.
    private func known(_ key: Key) -> Drawn? {
        last.withLock { last in
            last.flatMap { $0.key == key || $0.key == key.exact ? $0.drawn : nil }
        }
    }

    /// True where what stands for the key saves bytes for a slow link.
    func isPreview(_ key: Key) -> Bool {
        key.options.isPreview && last.withLock { $0?.key != key.exact }
    }
}
