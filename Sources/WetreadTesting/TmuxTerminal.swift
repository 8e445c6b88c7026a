// A real terminal for the real program: tmux, driven and read like a person would.

import Foundation

/// A tmux server of its own with one window, in which a program runs.
public final class TmuxTerminal: Sendable {
    /// What did not come in time, with the screen as it stood.
    public struct TimedOut: Error, CustomStringConvertible {
        /// What was waited for, and the last screen.
        public let description: String
    }

    private static let tmux = URL(fileURLWithPath: "/usr/bin/tmux")
    private let socket = "wetread-\(UUID().uuidString)"
    private let folder: ScratchFolder

    /// Starts a command line of `sh` in a terminal of the given size; the window stays when it ends.
    public init(
        _ commandLine: String, columns: Int, rows: Int, environment: [String: String] = [:],
        terminal: String = "xterm-256color"
    ) throws {
        let variables = environment.sorted { $0.key < $1.key }.map { name, value in
            "\(name)='\(value.replacingOccurrences(of: "'", with: "'\\''"))' "
        }.joined()
        folder = try ScratchFolder("tmux")
        let configuration = folder.url.appendingPathComponent("tmux.conf")
        try """
        set -g default-terminal \(terminal)
        set -g remain-on-exit on
        set -g status off
        set -s escape-time 0
        """.write(to: configuration, atomically: true, encoding: .utf8)
        _ = try tmux([
            "-f", configuration.path, "new-session", "-d", "-x", "\(columns)", "-y", "\(rows)",
            "env LANG=C.UTF-8 LC_ALL=C.UTF-8 \(variables)\(commandLine)",
        ])
    }

    deinit { _ = try? tmux(["kill-server"]) }

    /// The screen as text, a line for each row.
    public func screen() throws -> String { try tmux(["capture-pane", "-p"]) }

    /// The screen with its colours, as escape sequences.
    public func colouredScreen() throws -> String { try tmux(["capture-pane", "-p", "-e"]) }

    /// What can be seen in each row: glyphs with their colours and attributes, without a blank's ink
    /// and without what lies behind a full block.
    public func visibleRows() throws -> [String] {
        // tmux goes on in the next row with the colours of the one before.
        var look = SeenLook()
        return try colouredScreen().split(separator: "\n", omittingEmptySubsequences: false).map {
            var text = ""
            for (index, part) in $0.components(separatedBy: "\u{1B}[").enumerated() {
                var glyphs = part[...]
                if index > 0, let end = part.firstIndex(of: "m") {
                    look.take(part[..<end])
                    glyphs = part[part.index(after: end)...]
                }
                for glyph in glyphs { text += look.seen(glyph) }
            }
            return text
        }
    }

    /// Sends keys by tmux's names (`Enter`, `Escape`, `Down`, `a`).
    public func press(_ keys: String...) throws {
        for key in keys { _ = try tmux(["send-keys", key]) }
    }

    /// Types text as it is.
    public func type(_ text: String) throws { _ = try tmux(["send-keys", "-l", text]) }

    /// Pastes text as the terminal does it, bracketed where the program asked for that.
    public func paste(_ text: String) throws {
        _ = try tmux(["set-buffer", text])
        _ = try tmux(["paste-buffer", "-p"])
    }

    /// Gives the window another size.
    public func resize(columns: Int, rows: Int) throws {
        _ = try tmux(["resize-window", "-x", "\(columns)", "-y", "\(rows)"])
    }

    /// The exit status of the program, or nil while it runs.
    public func exitStatus() throws -> Int32? {
        let text = try tmux([
            "display-message", "-p", "#{pane_dead} #{pane_dead_status}#{?pane_dead_signal,-1,}",
        ])
        let parts = text.split(whereSeparator: \.isWhitespace)
        guard parts.first == "1" else { return nil }
        // tmux 3.3 leaves the status out where it is 0, and states a signal's number for itself.
        return parts.count > 1 ? Int32(parts[1]) ?? -1 : 0
    }

    /// Waits until a condition on the screen holds, and returns that screen.
    @discardableResult public func wait(
        for what: String, seconds: Double = 20, until isMet: (String) throws -> Bool
    ) throws -> String {
        let clock = ContinuousClock()
        let deadline = clock.now + .seconds(seconds)
        var last = ""
        while clock.now < deadline {
            last = try screen()
            if try isMet(last) { return last }
            usleep(20_000)
        }
        throw TimedOut(description: "waited \(seconds) s for \(what); the screen shows:\n\(last)")
    }

    /// Waits until a text stands on the screen.
    @discardableResult public func wait(forText text: String, seconds: Double = 20) throws -> String
    {
        try wait(for: "'\(text)'", seconds: seconds) { $0.contains(text) }
    }

    /// Waits until the program ends, and returns its exit status.
    public func waitForExit(seconds: Double = 20) throws -> Int32 {
        var status: Int32 = -1
        try wait(for: "the program to end", seconds: seconds) { _ in
            guard let ended = try exitStatus() else { return false }
            status = ended
            return true
        }
        return status
    }

    private func tmux(_ arguments: [String]) throws -> String {
        let run = try ProgramRun(
            Self.tmux, ["-L", socket] + arguments,
            environment: ["TMUX": "", "TERM": "xterm-256color"])
        guard run.status == 0 else {
            throw TimedOut(
                description: "tmux \(arguments.first ?? "") failed: \(run.errors)")
        }
        return run.output
    }
}

/// Colours and attributes as tmux writes them.
private struct SeenLook {
    private var front = ""
    private var back = ""
    private var attributes: Set<Int> = []
    /// Underline, blink, reverse, strike: what shows on a blank.
    private static let shownOnBlanks: Set = [4, 5, 7, 9]

    mutating func take(_ codes: some StringProtocol) {
        var rest = codes.split(separator: ";").map { Int($0) ?? 0 }[...]
        if rest.isEmpty { self = SeenLook() }
        while let code = rest.popFirst() {
            switch code {
            case 0: self = SeenLook()
            case 38, 48:
                let count = rest.first == 5 ? 2 : 4
                let colour = rest.prefix(count).map(String.init).joined(separator: ";")
                rest = rest.dropFirst(count)
                if code == 38 { front = colour } else { back = colour }
            case 30...37, 39, 90...97: front = code == 39 ? "" : String(code)
            case 40...47, 49, 100...107: back = code == 49 ? "" : String(code)
            case 22: attributes.subtract([1, 2])
            case 23...29: attributes.remove(code - 20)
            default: attributes.insert(code)
            }
        }
    }

    func seen(_ glyph: Character) -> String {
        let shown = glyph == " " ? attributes.intersection(Self.shownOnBlanks) : attributes
        let hasInk = glyph != " " || !shown.isEmpty
        let ground = glyph == "█" ? "" : back
        return "\(glyph)\(hasInk ? front : "")/\(ground)\(shown.sorted())"
    }
}
