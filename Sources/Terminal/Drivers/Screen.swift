// What the program asks of a terminal, whichever stands behind it.

import Foundation
import Imaging

/// A key with the time at which its bytes were read.
public struct TimedKey: Sendable, Hashable {
    /// The key.
    public let key: Key
    /// When, in nanoseconds of the monotonic clock (`MonotonicTime`).
    public let nanoseconds: UInt64

    /// Makes an event.
    public init(_ key: Key, nanoseconds: UInt64) {
        self.key = key
        self.nanoseconds = nanoseconds
    }
}

/// The monotonic clock that keys and frames are stamped by.
public enum MonotonicTime {
    /// CLOCK_MONOTONIC in nanoseconds: never set, and the same for every process of a machine.
    public static var nanoseconds: UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}

/// A terminal that shows frames and reports keys.
@MainActor public protocol Screen: AnyObject {
    /// The size in cells.
    var size: GridSize { get }
    /// What it can show.
    var capabilities: Capabilities { get }
    /// The colours in use; setting others redraws everything at the next frame.
    var theme: Theme { get set }
    /// What is known of the display; nil where nothing is.
    var calibration: DisplayCalibration? { get set }
    /// Keys, pastes, resizes; ends when the terminal is gone. To be consumed once.
    var events: AsyncStream<TimedKey> { get }
    /// Shows a frame: writes what differs from the last one.
    ///
    /// `preview` makes the same frame, with the words that its picture is a preview. Where it is
    /// given, some cells of a picture that moved may be rough for a while, and then the words stand
    /// there too; without it every cell is exact.
    func present(_ frame: Frame, preview: (() -> Frame)?)
    /// Forgets what is shown, so that the next frame is written whole.
    func invalidate()
    /// Draws attention: bell or flash.
    func beep()
    /// Asks for mouse reports (SGR, buttons, drags, wheel), or asks for none.
    func setMouse(_ isOn: Bool)
    /// Puts a text on the reader's clipboard through the terminal, where it allows that (OSC 52).
    func copy(_ text: String)
    /// Shows grey pixels over a rectangle of cells that the last frame left blank; false where the
    /// terminal cannot (`Capabilities.graphics`).
    func showPixels(_ grey: [UInt8], width: Int, height: Int, in area: Rectangle) -> Bool
    /// Takes the pixels off the screen.
    func hidePixels()
    /// Gives the terminal back and stops the process as ^Z does; returns when it runs again.
    func suspend()
    /// Gives the terminal back for good; harmless when called again.
    func stop()
}

extension Screen {
    /// Shows a frame, every cell of it exact.
    public func present(_ frame: Frame) { present(frame, preview: nil) }
}
