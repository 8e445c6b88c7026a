// A screen without a terminal, for tests and for frames that go to a file.

import Imaging

/// A screen that keeps the frames it is given and plays keys that a test hands in.
@MainActor public final class FakeScreen: Screen {
    /// The size in cells.
    public private(set) var size: GridSize
    /// What it pretends to show.
    public let capabilities: Capabilities
    /// The colours in use.
    public var theme: Theme
    /// What is known of the display.
    public var calibration: DisplayCalibration?
    /// Where pixels stand; nil where none are shown.
    public private(set) var pixels: Rectangle?
    /// What `press` handed in.
    public let events: AsyncStream<TimedKey>
    /// Every frame presented, degraded as a driver would.
    public private(set) var frames: [Frame] = []
    /// Times the bell rang.
    public private(set) var beepCount = 0
    /// True after `stop`.
    public private(set) var isStopped = false

    private let continuation: AsyncStream<TimedKey>.Continuation

    /// Makes a screen of a size.
    public init(size: GridSize, capabilities: Capabilities = .ordinary, theme: Theme = .plain) {
        self.size = size
        self.capabilities = capabilities
        self.theme = theme
        (events, continuation) = AsyncStream.makeStream()
    }

    /// The frame that stands on the screen.
    public var frame: Frame? { frames.last }

    /// Hands in keys as if they were typed.
    public func press(_ keys: Key...) {
        for key in keys {
            if case .resize(let size) = key { self.size = size }
            continuation.yield(TimedKey(key, nanoseconds: MonotonicTime.nanoseconds))
        }
    }

    /// Hands in a text character by character; a line feed is Enter.
    public func type(_ text: String) {
        for character in text { press(character == "\n" ? .enter : .character(character)) }
    }

    /// Keeps the frame; nothing is ever rough here.
    public func present(_ frame: Frame, preview: (() -> Frame)?) {
        frames.append(capabilities.unicode ? frame : frame.asciiOnly())
    }

    /// Does nothing: a fake always shows what it was given.
    public func invalidate() {}

    /// Counts.
    public func beep() { beepCount += 1 }

    /// Does nothing: a test hands mouse events in as keys.
    public func setMouse(_ isOn: Bool) {}

    /// Does nothing.
    public func copy(_ text: String) {}

    /// Keeps the place of the pixels.
    public func showPixels(_ grey: [UInt8], width: Int, height: Int, in area: Rectangle) -> Bool {
        guard capabilities.graphics != nil, grey.count == width * height else { return false }
        pixels = area
        return true
    }

    /// Forgets the pixels.
    public func hidePixels() { pixels = nil }

    /// Reports that the program runs again.
    public func suspend() {
        continuation.yield(TimedKey(.resumed, nanoseconds: MonotonicTime.nanoseconds))
    }

    /// Ends the keys.
    public func stop() {
        isStopped = true
        continuation.finish()
    }
}
