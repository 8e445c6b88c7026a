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
            looks = ThemeLooks(theme, colour: capabilities.colour)
            invalidate()
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
    private var looks: ThemeLooks
    private var images: ImageWriter
    private var shown: Frame?
    private var isStopped = false
    /// True while another program has the terminal.
    private var isLent = false
    /// The frame that waits while another is on its way, and its number.
    private var waiting: (frame: Frame, number: Int)?
    /// The frame that the terminal was asked to confirm.
    private var asked: (byteCount: Int, since: ContinuousClock.Instant)?
    /// Bytes of the last frame that had the whole picture in it, as the exact one.
    private var exactByteCount = 0
    private var refinement: Task<Void, Never>?
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
        looks = ThemeLooks(theme, colour: capabilities.colour)
        images = ImageWriter(colour: capabilities.colour)
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
    public func present(_ frame: Frame) {
        presentedCount += 1
        present(frame, number: presentedCount)
    }

    private func present(_ frame: Frame, number: Int) {
        guard !isStopped, !isLent else { return }
        refinement?.cancel()
        if isBehind {
            waiting = (frame, number)
            return
        }
        waiting = nil
        let everything = takesEverything(frame)
        var bytes = compose(frame, everything: everything)
        shown = frame
        defer { planRefinement(byteCount: bytes.count) }
        if bytes.isEmpty {
            onWritten?(number, MonotonicTime.nanoseconds)
            return
        }
        lastFrameByteCount = bytes.count
        if capabilities.thrift == nil { exactByteCount = max(exactByteCount / 2, bytes.count) }
        if answers.isComplete, bytes.count >= LinkMeter.telling {
            bytes += Array("\u{1B}[5n".utf8)
            asked = (bytes.count, .now)
        }
        send(bytes, number: number)
    }

    /// Forgets what is shown, so that the next frame is written whole.
    public func invalidate() { shown = nil }

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

    private func takesEverything(_ frame: Frame) -> Bool {
        wt_terminal_resize(Int32(frame.size.columns), Int32(frame.size.rows))
        if reader.takesRedraw() || shown?.size != frame.size { shown = nil }
        return shown == nil
    }

    /// The bytes of a frame: moves of a picture, then text, then pictures, shown at once.
    private func compose(_ wanted: Frame, everything: Bool) -> [UInt8] {
        let frame =
            capabilities.unicode ? wanted.drawn(with: theme.marks) : wanted.asciiOnly()
        guard capabilities.hasOwnWriter else {
            return composeText(frame, everything: everything, isOurs: { _ in false })
        }
        var moved = shown
        var bytes: [UInt8] = []
        if let shown,
            let shift = ImageShift.between(
                shown, and: frame, hasSideMargins: answers.hasSideMargins)
        {
            bytes = shift.bytes(over: shown)
            moved = shift.applied(to: shown)
            if shift.rows != 0, !shift.isWithinMargins {
                wt_terminal_scrolled(
                    Int32(shift.area.row), Int32(shift.area.endRow - 1), Int32(-shift.rows))
                hold(frame)
            }
        }
        var everything = everything
        var text = composeText(frame, everything: everything, isOurs: ImageWriter.isPicture)
        if Self.hasHeldGlyph(text) {
            // ncurses moved lines, and parts of the picture with them: all is written anew.
            everything = true
            bytes = []
            text = composeText(frame, everything: true, isOurs: ImageWriter.isPicture)
        }
        bytes += text
        if everything { hold(frame) }
        bytes += images.bytes(frame, over: everything ? nil : moved)
        let gains = answers.hasSynchronisedOutput && bytes.count > 256
        return gains ? Array("\u{1B}[?2026h".utf8) + bytes + Array("\u{1B}[?2026l".utf8) : bytes
    }

    /// The bytes of ncurses; cells that are ours are left alone, and blank in a whole frame.
    private func composeText(
        _ frame: Frame, everything: Bool, isOurs: (Cell) -> Bool
    ) -> [UInt8] {
        let last = everything ? nil : shown
        if !put(frame, over: last, isOurs: isOurs) {
            wt_terminal_forget_pairs()
            _ = put(frame, over: nil, isOurs: isOurs)
        }
        let cursor = frame.cursor.flatMap { frame.bounds.contains($0) ? $0 : nil }
        wt_terminal_compose(Int32(cursor?.row ?? -1), Int32(cursor?.column ?? -1), everything)
        let count = wt_terminal_composed(nil, 0)
        return [UInt8](unsafeUninitializedCapacity: Int(count)) { buffer, filled in
            filled = Int(wt_terminal_composed(buffer.baseAddress, Int64(buffer.count)))
        }
    }

    /// True where the bytes of ncurses have a glyph that stands for a picture's cell.
    private static func hasHeldGlyph(_ bytes: [UInt8]) -> Bool {
        let held = Array(String(Character(Unicode.Scalar(UInt32(WT_TERMINAL_HELD)) ?? " ")).utf8)
        return zip(bytes, bytes.dropFirst()).contains { $0 == held[0] && $1 == held[1] }
    }

    /// Tells ncurses which cells are a picture's.
    private func hold(_ frame: Frame) {
        for row in 0..<frame.size.rows {
            for column in 0..<frame.size.columns
            where ImageWriter.isPicture(frame.cells[row * frame.size.columns + column]) {
                wt_terminal_hold(Int32(row), Int32(column), 1)
            }
        }
    }

    /// Puts the cells that differ; false when the terminal has no colour pair left.
    private func put(_ frame: Frame, over last: Frame?, isOurs: (Cell) -> Bool) -> Bool {
        var scalars: [UInt32] = []
        scalars.reserveCapacity(8)
        var index = 0
        for row in 0..<frame.size.rows {
            for column in 0..<frame.size.columns {
                defer { index += 1 }
                let cell = frame.cells[index]
                // The second half of a wide glyph comes with the first.
                if cell.width == 0 || cell == last?.cells[index] { continue }
                let isOurs = isOurs(cell)
                if isOurs, let last {
                    if !ImageWriter.isPicture(last.cells[index]) {
                        wt_terminal_hold(Int32(row), Int32(column), 1)
                    }
                    continue
                }
                let shownCell = isOurs ? .blank : cell
                let look = looks.look(of: shownCell.style)
                scalars.removeAll(keepingCapacity: true)
                for scalar in shownCell.glyph.unicodeScalars { scalars.append(scalar.value) }
                let wasPut = wt_terminal_put(
                    Int32(row), Int32(column), scalars, Int32(scalars.count),
                    Int32(shownCell.width), Int32(look.foreground), Int32(look.background),
                    UInt32(look.attributes.rawValue))
                if !wasPut { return false }
            }
        }
        return true
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
        guard !isStopped, !isBehind, let (frame, number) = waiting else { return }
        present(frame, number: number)
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
        looks = ThemeLooks(theme, colour: capabilities.colour)
        images = ImageWriter(colour: capabilities.colour)
        invalidate()
        reader.announceChange()
    }

    /// On a slow link the next pictures are previews, and the exact one follows when all is quiet.
    private func planRefinement(byteCount: Int) {
        let wasPreview = capabilities.thrift != nil
        capabilities.thrift = link.thrift(exactByteCount: exactByteCount)
        guard wasPreview, byteCount >= LinkMeter.telling else { return }
        refinement = Task { [weak self] in
            try? await Task.sleep(for: Self.idleBeforeRefinement)
            while !Task.isCancelled, let self, self.isBehind {
                try? await Task.sleep(for: .milliseconds(50))
            }
            guard !Task.isCancelled, let self, !self.isStopped, !self.isLent else { return }
            // The next frame is the exact one; what follows may be a preview again.
            self.capabilities.thrift = nil
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
