// The last picture drawn, so that a key that does not touch it does not draw it again.

import Imaging
import Synchronization
import Terminal

/// Remembers one drawn picture under all that decides it; the frames are the same without.
final class PictureMemo: Sendable {
    /// All that decides the cells of one image.
    struct Key: Sendable, Equatable {
        let viewport: Viewport
        let window: DisplayWindow
        let isInverted: Bool
        let options: PictureOptions
    }

    private let last = Mutex<(key: Key, frame: Frame)?>(nil)
    /// The tiles of the image.
    let tiles = PictureTiles()

    /// The frame of a key: the remembered one, or a new one that is then remembered.
    func frame(_ key: Key, make: () -> Frame) -> Frame {
        let known = last.withLock { last in last?.key == key ? last?.frame : nil }
        if let known { return known }
        let frame = make()
        last.withLock { $0 = (key, frame) }
        return frame
    }
}
