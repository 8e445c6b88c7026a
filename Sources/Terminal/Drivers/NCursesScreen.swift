// The terminal itself: text through ncursesw, pictures through our own writer where it is allowed.

import CTerminal
import Foundation
import Imaging

/// The terminal on standard input and output.
///
/// Cells are written on the main actor only. A thread of its own waits for bytes and signals and
/// turns them into `events`; it never touches ncurses. Only what differs from the last frame
/// reaches ncurses, which in turn writes what differs from the terminal; the bytes of a frame
/// leave in one write. While a frame is on its way the newest one waits, and older ones are dropped.
@MainActor public final class NCursesScreen: Screen {
    /// The size in cells, as the terminal says it now.
    public var size: GridSize { Self.currentSize() }
    /// What the terminal can show; more once it has answered, less bytes while the link is slow.
    public private(set) var capabilities: Capabilities
    /// What the terminal answered so far.
    public private(set) var answers = TerminalAnswers()
    /// How fast the link is.
    public private(set) var link = LinkMeter()
    /// Bytes of the last frame that had any.
    public private(set) var lastFrameByteCount = 0
    /// The terminal type in use.
    public let terminalType: String
    /// True when TERM is unknown here, and a plain type stands in for it.
    public let usesStandInType: Bool
    /// Keys, pastes, resizes.
    public let events: AsyncStream<TimedKey>
    /// The colours in use.
    public var theme: Theme {
        didSet {
            composer.use(theme, colour: capabilities.colour)
            upgrade(capabilities)
        }
    }
    /// What is known of the display; pictures are drawn for it.
    public var calibration: DisplayCalibration? {
        didSet { upgrade(capabilities) }
    }

    /// Told when the last byte of a frame was written: the number that the frame was presented
    /// under (`presentedCount`), and the time in nanoseconds of `MonotonicTime`.
    ///
    /// Frames that were dropped because a newer one came are never told of.
    public var onWritten: ((_ number: Int, _ nanoseconds: UInt64) -> Void)?
    /// Frames presented so far, dropped ones among them.
    public private(set) var presentedCount = 0

    let reader: InputReader
    let output = FrameOutput()
    private let detect: (TerminalAnswers) -> Capabilities
    private var composer: FrameComposer
    private var isStopped = false
    /// True while another program has the terminal.
    private var isLent = false
    /// A frame as it was presented.
    private struct Presented {
        let frame: Frame
        let preview: (() -> Frame)?
        let number: Int
    }

    /// The frame that waits while another is on its way.
    private var waiting: Presented?
    /// The frame that the terminal was asked to confirm.
    private var asked: (byteCount: Int, since: ContinuousClock.Instant)?
    /// Bytes of the last frame that wrote most of a picture, as the exact one.
    private var exactByteCount = 0
    /// Waits until no picture has changed for a while, to ask for the exact one.
    private var refinement: Task<Void, Never>?
    /// True while the picture on the screen saves bytes for a slow link.
    private var showsPreview = false
    /// True where the next frame is to have every cell exact.
    private var isExactDue = false
    /// True while `roundTrips` waits for an answer.
    var isProbing = false
    /// When the answer came that `roundTrips` waits for.
    var probedAt: UInt64?
    /// What is to be written once the frame on its way has left.
    private var extras: [UInt8] = []
    private var replies: Task<Void, Never>?

    /// Replies that do not come within this time are not waited for.
    private static let replyPatience = Duration.seconds(3)
    /// Time without a new frame after which the exact picture follows a preview.
    private static let idleBeforeRefinement = Duration.milliseconds(400)

    /// Takes the terminal over; `stop` gives it back, as do a crash, SIGTERM and exit.
    ///
    /// - Throws: `notATerminal`, `unknownTerminal`, `system`.
    public init(
        theme: Theme, options: TerminalOptions = TerminalOptions(),
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws(TerminalError) {
        let isUTF8 = Capabilities.localeIsUTF8(forced: options.forcesUnicode)
        let wished = Capabilities.detected(
            environment: environment, colourCount: 256, isUTF8: isUTF8, options: options)
        let facts = try Self.start(hasColour: wished.colour != .monochrome, environment)
        let colourCount = Int(facts.colours)
        detect = { answers in
            Capabilities.detected(
                environment: environment, colourCount: colourCount, isUTF8: isUTF8,
                options: options, answers: answers)
        }
        capabilities = detect(answers)
        terminalType = withUnsafeBytes(of: facts.name) { bytes in
            String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
        usesStandInType = facts.fallback
        self.theme = theme
        capabilities.greys = theme.greys
        composer = FrameComposer(facts, theme: theme, colour: capabilities.colour)
        reader = InputReader(
            parser: KeyParser(named: Self.namedKeys()),
            escapeDelayMilliseconds: options.escapeDelayMilliseconds)
        events = reader.events
        if options.asksTerminal, !facts.fallback, TerminalAnswers.canAsk(type: terminalType) {
            send(Array(TerminalAnswers.questions.utf8))
        }
        replies = Task { [weak self, stream = reader.replies] in
            for await reply in stream { self?.take(reply) }
        }
        reader.start()
    }

    /// Shows a frame: only what differs from the last one is written.
    ///
    /// Returns at once. While an earlier frame is still on its way this one waits; a later one
    /// takes its place.
    public func present(_ frame: Frame, preview: (() -> Frame)?) {
        presentedCount += 1
        present(Presented(frame: frame, preview: preview, number: presentedCount))
    }

    private func present(_ next: Presented) {
        guard !isStopped, !isLent else { return }
        if isBehind {
            waiting = next
            return
        }
        waiting = nil
        if reader.takesRedraw() { composer.forget() }
        var bytes = composer.bytes(
            next.frame, preview: next.preview, settles: isExactDue, capabilities: capabilities,
            answers: answers)
        let followsPreview = isExactDue
        isExactDue = false
        defer { planRefinement(byteCount: bytes.count) }
        if bytes.isEmpty {
            onWritten?(next.number, MonotonicTime.nanoseconds)
            return
        }
        lastFrameByteCount = bytes.count
        if capabilities.thrift == nil, !followsPreview, composer.pictureChange == .most {
            exactByteCount = bytes.count
        }
        if answers.isComplete, bytes.count >= LinkMeter.telling {
            bytes += Array("\u{1B}[5n".utf8)
            asked = (bytes.count, .now)
        }
        send(bytes, number: next.number)
    }

    /// Forgets what is shown, so that the next frame is written whole.
    public func invalidate() { composer.forget() }

    /// Rings the bell, or flashes where there is none.
    public func beep() { wt_terminal_beep() }

    /// Gives the terminal back and stops the process group as ^Z does; `events` reports `.resumed`.
    public func suspend() {
        guard !isStopped else { return }
        giveUpFrame()
        wt_terminal_suspend()
    }

    /// Gives the terminal to another program while `body` runs, and takes it again.
    ///
    /// Frames that come meanwhile are dropped, and no key is read.
    public func lend<Result: Sendable>(_ body: @Sendable () async -> Result) async -> Result {
        giveUpFrame()
        isLent = true
        reader.pause()
        wt_terminal_leave()
        let result = await body()
        wt_terminal_enter()
        reader.resume()
        isLent = false
        invalidate()
        return result
    }

    /// Gives the terminal back and ends `events`; a frame on its way is given up.
    public func stop() {
        guard !isStopped else { return }
        isStopped = true
        refinement?.cancel()
        giveUpFrame()
        reader.stop()
        wt_terminal_stop()
    }

    // MARK: frames

    /// True while the terminal has not shown the last frame yet.
    var isBehind: Bool {
        if output.isBusy { return true }
        guard let asked else { return false }
        return ContinuousClock.now - asked.since < Self.replyPatience
    }

    private func giveUpFrame() {
        output.abandon()
        waiting = nil
        asked = nil
        invalidate()
    }

    // MARK: the way out and back

    /// Sends bytes; those of a frame with its number.
    private func send(_ bytes: [UInt8], number: Int? = nil) {
        let hasLeft = output.send(bytes) { [weak self] writtenAt in
            Task { @MainActor in
                if let number { self?.onWritten?(number, writtenAt) }
                self?.presentWaiting()
            }
        }
        if hasLeft, let number { onWritten?(number, MonotonicTime.nanoseconds) }
    }

    /// Writes bytes as they are: mouse modes, a clipboard.
    ///
    /// Waits while a frame is on its way.
    func sendBetweenFrames(_ bytes: [UInt8]) {
        guard !isStopped else { return }
        if output.isBusy {
            extras += bytes
        } else {
            send(bytes)
        }
    }

    private func presentWaiting() {
        if !extras.isEmpty, !output.isBusy {
            let bytes = extras
            extras = []
            sendBetweenFrames(bytes)
        }
        guard !isStopped, !isBehind, let waiting else { return }
        present(waiting)
    }

    private func take(_ reply: TerminalReply) {
        if case .status = reply {
            if isProbing {
                probedAt = probedAt ?? MonotonicTime.nanoseconds
                return
            }
            guard let sent = asked else { return }
            asked = nil
            let seconds = (ContinuousClock.now - sent.since) / .seconds(1)
            link.record(byteCount: sent.byteCount, seconds: seconds)
            presentWaiting()
            return
        }
        answers.take(reply)
        guard answers.isComplete else { return }
        upgrade(detect(answers))
    }

    /// Uses what the terminal is now known to show.
    private func upgrade(_ wished: Capabilities) {
        var better = wished
        better.greys = theme.greys.on(calibration)
        guard better != capabilities else { return }
        capabilities = better
        composer.use(theme, colour: capabilities.colour)
        reader.announceChange()
    }

    /// On a slow link the next pictures are previews; the exact one follows a preview, or a move
    /// with rough cells, when no picture changed for a while.
    private func planRefinement(byteCount: Int) {
        if capabilities.thrift == nil {
            showsPreview = false
        } else if byteCount >= LinkMeter.telling {
            showsPreview = true
        }
        capabilities.thrift = link.thrift(exactByteCount: exactByteCount)
        guard showsPreview || composer.isRough else {
            refinement?.cancel()
            refinement = nil
            return
        }
        guard refinement == nil || composer.pictureChange != .none else { return }
        refinement?.cancel()
        refinement = Task { [weak self] in
            try? await Task.sleep(for: Self.idleBeforeRefinement)
            while !Task.isCancelled, let self, self.isBehind {
                try? await Task.sleep(for: .milliseconds(50))
            }
            guard !Task.isCancelled, let self else { return }
            self.refinement = nil
            guard !self.isStopped, !self.isLent else { return }
            // The next frame is the exact one; what follows may be a preview again.
            self.capabilities.thrift = nil
            self.isExactDue = true
            self.reader.announceChange()
        }
    }

    // MARK: the terminal

    private static func start(
        hasColour: Bool, _ environment: [String: String]
    ) throws(TerminalError) -> wt_terminal_facts {
        var facts = wt_terminal_facts()
        switch wt_terminal_start(hasColour, &facts) {
        case WT_TERMINAL_OK: return facts
        case WT_TERMINAL_NOT_A_TERMINAL: throw .notATerminal
        case WT_TERMINAL_UNKNOWN_TYPE:
            throw .unknownTerminal(type: environment["TERM"] ?? "")
        default:
            let code = errno
            throw .system(code: code, message: String(cString: strerror(code)))
        }
    }

    private static func currentSize() -> GridSize {
        var columns: Int32 = 0
        var rows: Int32 = 0
        wt_terminal_size(&columns, &rows)
        return GridSize(columns: Int(columns), rows: Int(rows))
    }
}
