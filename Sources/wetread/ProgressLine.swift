// A progress line on a terminal, plain lines elsewhere.

import Foundation

/// Tells how far a list of files is, on standard error.
final class ProgressLine {
    private let total: Int
    private let verb: String
    private let isTerminal = Output.isTerminal(2)
    private let start = ContinuousClock.now
    private var lastShown: ContinuousClock.Instant?
    private var done = 0

    init(total: Int, verb: String) {
        self.total = total
        self.verb = verb
    }

    /// Shows the state, at most ten times a second on a terminal and every five seconds elsewhere.
    func show(_ done: Int) {
        self.done = done
        let now = ContinuousClock.now
        let pause: Duration = isTerminal ? .milliseconds(100) : .seconds(5)
        if let lastShown, now - lastShown < pause { return }
        if lastShown == nil && !isTerminal && now - start < pause { return }
        lastShown = now
        Output.write(isTerminal ? "\r\u{1B}[K" + text : text + "\n", to: 2)
    }

    /// Clears the line.
    func finish() {
        if isTerminal && lastShown != nil { Output.write("\r\u{1B}[K", to: 2) }
    }

    private var text: String {
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        let rate = seconds > 0 ? Double(done) / seconds : 0
        let remaining = rate > 0 ? Int((Double(total - done) / rate).rounded(.up)) : 0
        return "\(verb) \(done) of \(total) files, \(String(format: "%.1f", rate)) a second, "
            + "\(remaining / 60):\(remaining % 60 < 10 ? "0" : "")\(remaining % 60) left"
    }
}
