// The terminal itself, through ncursesw.

import CTerminal
import Foundation

/// The terminal on standard input and output, driven by ncursesw.
///
/// Cells are written on the main actor only. A thread of its own waits for bytes and signals and
/// turns them into `events`; it never touches ncurses. Only what differs from the last frame
/// reaches ncurses, which in turn writes what differs from the terminal.
@MainActor public final class NCursesScreen: Screen {
    /// The size in cells, as the terminal says it now.
    public var size: GridSize { Self.currentSize() }
    /// What the terminal can show.
    public let capabilities: Capabilities
    /// The terminal type in use.
    public let terminalType: String
    /// True when TERM is unknown here, and a plain type stands in for it.
    public let usesStandInType: Bool
    /// Keys, pastes, resizes.
    public let events: AsyncStream<Key>
    /// The colours in use.
    public var theme: Theme {
        didSet {
            looks = ThemeLooks(theme, colour: capabilities.colour)
            invalidate()
        }
    }

    private let reader: InputReader
    private var looks: ThemeLooks
    private var shown: Frame?
    private var isStopped = false

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
        var facts = wt_terminal_facts()
        switch wt_terminal_start(wished.colour != .monochrome, &facts) {
        case WT_TERMINAL_OK: break
        case WT_TERMINAL_NOT_A_TERMINAL: throw .notATerminal
        case WT_TERMINAL_UNKNOWN_TYPE:
            throw .unknownTerminal(type: environment["TERM"] ?? "")
        default:
            let code = errno
            throw .system(code: code, message: String(cString: strerror(code)))
        }
        capabilities = Capabilities.detected(
            environment: environment, colourCount: Int(facts.colours), isUTF8: isUTF8,
            options: options)
        terminalType = withUnsafeBytes(of: facts.name) { bytes in
            String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
        usesStandInType = facts.fallback
        self.theme = theme
        looks = ThemeLooks(theme, colour: capabilities.colour)
        reader = InputReader(
            parser: KeyParser(named: Self.namedKeys()),
            escapeDelayMilliseconds: options.escapeDelayMilliseconds)
        events = reader.events
        reader.start()
    }

    /// Shows a frame: only what differs from the last one is written.
    public func present(_ frame: Frame) {
        guard !isStopped else { return }
        let frame = capabilities.unicode ? frame : frame.asciiOnly()
        wt_terminal_resize(Int32(frame.size.columns), Int32(frame.size.rows))
        if reader.takesRedraw() || shown?.size != frame.size { shown = nil }
        let everything = shown == nil
        if !put(frame, over: shown) {
            wt_terminal_forget_pairs()
            _ = put(frame, over: nil)
        }
        let cursor = frame.cursor.flatMap { frame.bounds.contains($0) ? $0 : nil }
        wt_terminal_flush(Int32(cursor?.row ?? -1), Int32(cursor?.column ?? -1), everything)
        shown = frame
    }

    /// Forgets what is shown, so that the next frame is written whole.
    public func invalidate() { shown = nil }

    /// Rings the bell, or flashes where there is none.
    public func beep() { wt_terminal_beep() }

    /// Gives the terminal back and stops the process group as ^Z does; `events` reports `.resumed`.
    public func suspend() {
        guard !isStopped else { return }
        wt_terminal_suspend()
        invalidate()
    }

    /// Gives the terminal to another program while `body` runs, and takes it again.
    public func lend<Result>(_ body: () throws -> Result) rethrows -> Result {
        wt_terminal_leave()
        defer {
            wt_terminal_enter()
            invalidate()
        }
        return try body()
    }

    /// Gives the terminal back and ends `events`.
    public func stop() {
        guard !isStopped else { return }
        isStopped = true
        reader.stop()
        wt_terminal_stop()
    }

    /// Puts the cells that differ; false when the terminal has no colour pair left.
    private func put(_ frame: Frame, over last: Frame?) -> Bool {
        var scalars: [UInt32] = []
        scalars.reserveCapacity(8)
        var index = 0
        for row in 0..<frame.size.rows {
            for column in 0..<frame.size.columns {
                defer { index += 1 }
                let cell = frame.cells[index]
                // The second half of a wide glyph comes with the first.
                if cell.width == 0 || cell == last?.cells[index] { continue }
                let look = looks.look(of: cell.style)
                scalars.removeAll(keepingCapacity: true)
                for scalar in cell.glyph.unicodeScalars { scalars.append(scalar.value) }
                let wasPut = wt_terminal_put(
                    Int32(row), Int32(column), scalars, Int32(scalars.count), Int32(cell.width),
                    Int32(look.foreground), Int32(look.background),
                    UInt32(look.attributes.rawValue))
                if !wasPut { return false }
            }
        }
        return true
    }

    private static func currentSize() -> GridSize {
        var columns: Int32 = 0
        var rows: Int32 = 0
        wt_terminal_size(&columns, &rows)
        return GridSize(columns: Int(columns), rows: Int(rows))
    }

    /// The byte strings that this terminal type sends for keys, by terminfo.
    private static func namedKeys() -> [[UInt8]: Key] {
        let names: [(String, Key)] = [
            ("kcuu1", .up), ("kcud1", .down), ("kcub1", .left), ("kcuf1", .right),
            ("khome", .home), ("kend", .end), ("kpp", .pageUp), ("knp", .pageDown),
            ("kich1", .insert), ("kdch1", .delete), ("kcbt", .backTab), ("kent", .enter),
            ("kUP", .modified(.up, .shift)), ("kDN", .modified(.down, .shift)),
            ("kLFT", .modified(.left, .shift)), ("kRIT", .modified(.right, .shift)),
        ]
        let functions = (1...12).map { ("kf\($0)", Key.function($0)) }
        var keys: [[UInt8]: Key] = [:]
        for (name, key) in names + functions {
            if let bytes = wt_terminal_key_bytes(name) {
                keys[Array(String(cString: bytes).utf8)] = key
            }
        }
        return keys
    }
}
