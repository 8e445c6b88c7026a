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
    }

    private let last = Mutex<(key: Key, frame: Frame)?>(nil)

    /// The frame of a key: the remembered one, or a new one that is then remembered.
    func frame(_ key: Key, make: () -> Frame) -> Frame {
        if let frame = last.withLock({ $0?.key == key ? $0?.frame : nil }) { return frame }
        let frame = make()
        last.withLock { $0 = (key, frame) }
        return frame
    }
}
